"""What holds of every template and style sheet: nothing inline, colours in one file, bundles current."""

import hashlib
import json
import re
from pathlib import Path

import django_htmx
import pytest
from plotly.offline import get_plotlyjs_version

from scripts.vendor import build_bundles, build_plotly

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted(
    path
    for folder in ROOT.iterdir()
    if folder.name not in {".venv", "var", "node_modules", "staticfiles"} and folder.is_dir()
    for path in folder.rglob("*.html")
)
STYLES = [STATIC / "css" / f"{name}.css" for name in build_bundles.STYLES]
SCRIPTS = [path for path in sorted((STATIC / "js").rglob("*.js")) if path.name != "charts.js"]

FORBIDDEN = {
    "style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "event handler": re.compile(r"<[a-z][^>]*\s(?:on[a-z]+|hx-on[:a-z-]*)\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "another host": re.compile(r"(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE),
    "colour": re.compile(r"[\"' :]#[0-9a-f]{3}(?:[0-9a-f]{3})?[\"' ;]", re.IGNORECASE),
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_holds_nothing_that_the_policy_refuses(template: Path) -> None:
    text = template.read_text()
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


def test_colours_are_written_in_tokens_only() -> None:
    colour = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(", re.IGNORECASE)
    assert [path.name for path in STYLES if path.stem != "tokens" and colour.search(path.read_text())] == []


def test_every_style_sheet_has_its_place_in_the_bundle() -> None:
    found = {str(path.relative_to(STATIC / "css").with_suffix("")) for path in (STATIC / "css").rglob("*.css")}
    assert found == {*build_bundles.STYLES, "app"}


def test_every_chart_script_has_its_place_in_the_bundle() -> None:
    assert {path.stem for path in (STATIC / "js" / "charts").glob("*.js")} == set(build_bundles.RECIPES)


def test_bundles_are_current() -> None:
    stale = [path.name for path, text in build_bundles.bundles().items() if path.read_text() != text]
    assert stale == [], "run python scripts/vendor/build_bundles.py"


@pytest.mark.parametrize("path", [*STYLES, *SCRIPTS, *TEMPLATES], ids=lambda path: str(path.relative_to(ROOT)))
def test_source_file_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 400


def test_vendored_files_are_the_ones_of_the_manifest() -> None:
    entries = json.loads((STATIC / "vendor" / "MANIFEST.json").read_text())
    assert {entry["file"]: entry["sha256"] for entry in entries} == {
        entry["file"]: hashlib.sha256((STATIC / entry["file"]).read_bytes()).hexdigest() for entry in entries
    }
    assert [entry["licence file"] for entry in entries if not (STATIC / entry["licence file"]).is_file()] == []
    served = {path.relative_to(STATIC).as_posix() for path in (STATIC / "vendor").glob("*.*") if path.suffix != ".json"}
    assert served | {"fonts/inter-variable.woff2"} == {entry["file"] for entry in entries}


def test_plotly_bundle_is_the_version_of_the_python_package() -> None:
    entries = json.loads((STATIC / "vendor" / "MANIFEST.json").read_text())
    [plotly] = [entry for entry in entries if entry["file"] == "vendor/plotly-portal.min.js"]
    assert plotly["version"] == get_plotlyjs_version()
    head = (STATIC / "vendor" / "plotly-portal.min.js").read_text()[:400]
    assert head.startswith(f"/* plotly.js v{get_plotlyjs_version()}, MIT licence, traces: scatter, ")
    assert all(trace in head for trace in build_plotly.TRACES)


def test_htmx_is_the_one_of_the_python_package() -> None:
    package = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    assert (STATIC / "vendor" / "htmx-2.min.js").read_bytes() == package.read_bytes()
