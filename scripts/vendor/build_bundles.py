"""Joins the style sheets and the chart scripts into the two files that pages load.

There is no build at run time: the results are committed, and a test says when they are out of date.
Run it after changing a file below static/css or static/js/charts:

    python scripts/vendor/build_bundles.py
"""

from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"

STYLES = (
    "tokens",
    "fonts",
    "reset",
    "base",
    "layout/shell",
    "layout/grid",
    "parts/ink",
    "parts/status",
    "parts/panel",
    "parts/buttons",
    "parts/menus",
    "parts/fields",
    "parts/tables",
    "parts/variance",
    "parts/lists",
    "parts/charts",
    "parts/states",
    "parts/past",
    "util",
    "screens/doors",
    "screens/home",
    "screens/home_panels",
    "screens/alignment",
    "screens/alignment_work",
    "screens/alignment_compact",
    "screens/coverage",
    "screens/objective",
    "screens/objective_links",
    "screens/kpi",
    "screens/kpi_outlook",
    "screens/scorecard",
    "screens/initiative",
    "screens/alerts",
    "screens/week",
    "print",
)
"""The rooms of the style sheet, in the order of the cascade."""

RECIPES = (
    "template",
    "trajectory",
    "xmr",
    "waterfall",
    "course",
    "icicle",
    "sankey",
    "heatmap",
    "figure",
    "start",
)
"""The chart scripts: the template first, then one file for each recipe, then what draws them."""

NOTE = "/* Joined by scripts/vendor/build_bundles.py: change the rooms, not this file. */\n"


def join(folder: Path, names: tuple[str, ...], suffix: str) -> str:
    """One text from the files in order, each announced by its name."""
    parts = [f"\n/* ---- {name} ---- */\n{(folder / (name + suffix)).read_text()}" for name in names]
    return NOTE + "".join(parts)


def bundles() -> dict[Path, str]:
    """What each committed bundle should hold."""
    return {
        STATIC / "css" / "app.css": join(STATIC / "css", STYLES, ".css"),
        STATIC / "js" / "charts.js": join(STATIC / "js" / "charts", RECIPES, ".js"),
    }


if __name__ == "__main__":
    for path, text in bundles().items():
        path.write_text(text)
        print(f"{path.relative_to(STATIC.parent)}: {len(text):,} characters")
