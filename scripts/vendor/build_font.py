"""Cuts the Inter subset that the pages serve from the complete variable font.

The ready-made latin subset lacks U+202F, the narrow no-break space of French numbers, so the cut is our own. Needs npm
and, in a throw-away virtual environment, `pip install fonttools brotli`:

    python scripts/vendor/build_font.py
"""

import subprocess
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "inter-ui"
VERSION = "4.1.1"
STATIC = Path(__file__).resolve().parents[2] / "static"
RANGES = (
    "U+0020-007E,U+00A0-024F,"  # Basic Latin to Latin Extended-B
    "U+2009-202F,"  # thin spaces, dashes, quotes, ellipsis, narrow no-break space
    "U+2080-2089,U+20AC,U+2190-2199,U+21B5,"  # subscripts, euro, arrows, return key
    "U+2212,U+2264,U+2265,U+00D7"  # minus, comparisons, times
)
FEATURES = "kern,liga,calt,ccmp,locl,mark,mkmk,tnum,lnum,pnum,case,sups,subs,frac,ss01,cv11,zero"


def build() -> Path:
    """Writes static/fonts/inter-variable.woff2 and its licence; returns the font's path."""
    target = STATIC / "fonts" / "inter-variable.woff2"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True, capture_output=True)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            archive.extractall(folder, filter="data")
        package = Path(folder) / "package"
        subprocess.run(
            [
                "pyftsubset",
                str(package / "variable" / "InterVariable.woff2"),
                f"--output-file={target}",
                "--flavor=woff2",
                f"--unicodes={RANGES}",
                f"--layout-features={FEATURES}",
            ],
            check=True,
        )
        (STATIC / "vendor" / "licences" / "inter-OFL.txt").write_text((package / "LICENSE.txt").read_text())
    return target


if __name__ == "__main__":
    print(f"{build().stat().st_size:,} bytes")
