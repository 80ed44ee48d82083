"""Builds the one Plotly bundle that pages load, from the sources that npm serves.

No official partial bundle holds sunburst, treemap, icicle and sankey together, and the full one is three times as
large. The version is the one that the Python package of the lock carries (`plotly.offline.get_plotlyjs_version()`).
No trace here needs `unsafe-eval`. Needs node and npm:

    python scripts/vendor/build_plotly.py && python scripts/vendor/write_manifest.py
"""

import subprocess
import tempfile
from pathlib import Path

from plotly.offline import get_plotlyjs_version

STATIC = Path(__file__).resolve().parents[2] / "static"
ESBUILD = "0.28"
TRACES = (
    "bar",
    "heatmap",
    "histogram",
    "box",
    "waterfall",
    "funnel",
    "indicator",
    "sunburst",
    "treemap",
    "icicle",
    "sankey",
    "scatterpolar",
)
"""Kinds of chart beside scatter, which the core holds."""


def entry() -> str:
    """The bundle's source: the core, its traces, and the name under which pages find it."""
    traces = ",\n".join(f"  require('plotly.js/lib/{name}')" for name in TRACES)
    return (
        f"const Plotly = require('plotly.js/lib/core');\nPlotly.register([\n{traces},\n]);\nmodule.exports = Plotly;\n"
    )


def build() -> Path:
    """Writes static/vendor/plotly-portal.min.js and its licence; returns the bundle's path."""
    target = STATIC / "vendor" / "plotly-portal.min.js"
    version = get_plotlyjs_version()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "package.json").write_text('{"private": true}')
        (Path(folder) / "entry.js").write_text(entry())
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", f"plotly.js@{version}", f"esbuild@{ESBUILD}"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        subprocess.run(
            [
                "node_modules/.bin/esbuild",
                "entry.js",
                "--bundle",
                "--minify",
                "--format=iife",
                "--global-name=Plotly",
                "--target=es2019",
                "--define:global=window",
                "--define:define.amd=false",
                "--legal-comments=none",
                f"--banner:js=/* plotly.js v{version}, MIT licence, traces: scatter, {', '.join(TRACES)} */",
                "--outfile=bundle.js",
            ],
            cwd=folder,
            check=True,
        )
        # Only the script: the sheet beside it belongs to maps, which are left out.
        target.write_bytes((Path(folder) / "bundle.js").read_bytes())
        licence = Path(folder) / "node_modules" / "plotly.js" / "LICENSE"
        (STATIC / "vendor" / "licences" / "plotly-MIT.txt").write_text(licence.read_text())
    return target


if __name__ == "__main__":
    print(f"{build().stat().st_size:,} bytes")
