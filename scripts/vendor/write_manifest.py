"""Writes static/vendor/MANIFEST.json: the third-party files, their sources, licences and hashes.

Run it after a build script of this folder, or after copying a new htmx from the django-htmx package:

    cp .venv/lib/python3*/site-packages/django_htmx/static/django_htmx/htmx-2.min.js static/vendor/
    python scripts/vendor/write_manifest.py
"""

import hashlib
import json
import re
from pathlib import Path

from plotly.offline import get_plotlyjs_version

STATIC = Path(__file__).resolve().parents[2] / "static"


def htmx_version() -> str:
    """The version that the committed htmx says it has."""
    text = (STATIC / "vendor" / "htmx-2.min.js").read_text()
    found = re.search(r'version:"(2\.[0-9.]+)"', text)
    if found is None:
        raise SystemExit("static/vendor/htmx-2.min.js does not say its version")
    return found[1]


def entry(file: str, version: str, package: str, licence: str, licence_file: str) -> dict[str, str]:
    """One line of the manifest; the hash is of the committed file."""
    return {
        "file": file,
        "version": version,
        "source package": package,
        "licence": licence,
        "licence file": f"vendor/licences/{licence_file}",
        "sha256": hashlib.sha256((STATIC / file).read_bytes()).hexdigest(),
    }


def manifest() -> list[dict[str, str]]:
    """Every vendored file, in the order of their names."""
    return [
        entry("fonts/inter-variable.woff2", "4.1.1", "npm inter-ui", "OFL-1.1", "inter-OFL.txt"),
        entry("vendor/htmx-2.min.js", htmx_version(), "npm htmx.org, as in PyPI django-htmx", "0BSD", "htmx-0BSD.txt"),
        entry(
            "vendor/plotly-portal.min.js",
            get_plotlyjs_version(),
            "npm plotly.js, custom bundle",
            "MIT",
            "plotly-MIT.txt",
        ),
    ]


if __name__ == "__main__":
    (STATIC / "vendor" / "MANIFEST.json").write_text(json.dumps(manifest(), indent=2) + "\n")
