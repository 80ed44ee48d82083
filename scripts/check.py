"""All checks and all tests, with one line per check and an exit code that tells. See the Makefile.

    python -m scripts.check lint    what needs no test to run
    python -m scripts.check test    that, and every test (`make test`)
    python -m scripts.check fast    the tests alone, without browser and slow ones

BROWSER=0 leaves the browser tests out. Words after the first go to pytest.
"""

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from cmo_portal.local_services import LocalServicesError, stop_services
from cmo_portal.local_services.environment import prepare_environment

CHECKOUT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
MANAGE = [PYTHON, "manage.py"]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Check:
    """One command that must end with 0."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def main(arguments: list[str]) -> int:
    """Run what was asked for. Returns 0 when all of it is well."""
    what, rest = (arguments[0], arguments[1:]) if arguments else ("test", [])
    os.environ["DJANGO_SETTINGS_MODULE"] = "cmo_portal.settings"
    os.environ["CMO_PROFILE"] = "test"
    try:
        prepare_environment("test")
        return run(what, rest)
    except LocalServicesError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        stop_services("test")


def run(what: str, rest: list[str]) -> int:
    """Lint, tests, or both; says at the end which of them failed."""
    failed = [] if what == "fast" else run_checks()
    if what != "lint":
        failed += run_tests(rest, fast=what == "fast")
    if failed:
        print(f"\nNot well: {', '.join(failed)}.", flush=True)
    return 1 if failed else 0


def checks() -> list[Check]:
    """The longest first: they run two at a time."""
    production = {
        "CMO_PROFILE": "production",
        "EMAIL_URL": "none",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "portal.example.org",
    }
    found = [
        Check("mypy", [PYTHON, "-m", "mypy"]),
        Check("ruff check", [PYTHON, "-m", "ruff", "check", "--output-format", "concise", "."]),
        Check("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "--output-format", "concise", "."]),
        Check("import contracts", [str(BIN / "lint-imports"), "--no-logo"]),
        Check("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
        Check(
            "deployment", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING", "--database", "default"], production
        ),
    ]
    if (CHECKOUT / "templates").is_dir():
        found.append(Check("templates", [str(BIN / "djlint"), "templates", "--lint", "--quiet"]))
    return found


def run_checks() -> list[str]:
    """Run the checks and return the names of those that failed, their output printed."""
    with ThreadPoolExecutor(2) as pool:
        return [check.name for check, well in zip(checks(), pool.map(run_check, checks()), strict=True) if not well]


def run_check(check: Check) -> bool:
    began = time.monotonic()
    answer = subprocess.run(
        check.command,
        cwd=CHECKOUT,
        env={**os.environ, **check.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    well = answer.returncode == 0
    line = f"{'ok    ' if well else 'FAILED'} {check.name} ({time.monotonic() - began:.1f} s)"
    print(line if well else f"{line}\n{answer.stdout.rstrip()}", flush=True)
    return well


def run_tests(rest: list[str], *, fast: bool) -> list[str]:
    """Run pytest and return what failed: "tests", "browser tests" when they could not run."""
    without = ["slow"] if fast else []
    browser_wanted = not fast and os.environ.get("BROWSER") != "0"
    browser = ensure_chromium() if browser_wanted else None
    if browser is None:
        without.append("browser")
    else:
        os.environ["CHROMIUM"] = browser
    selection = ["-m", " and ".join(f"not {mark}" for mark in without)] if without else []
    code = subprocess.run([PYTHON, "-m", "pytest", *selection, *rest], cwd=CHECKOUT).returncode
    failed = ["tests"] if code else []
    if browser_wanted and browser is None:
        tell_what_did_not_run()
        failed.append("browser tests (did not run)")
    return failed


def ensure_chromium() -> str | None:
    """The path of Chromium, installed when it is missing and that is allowed."""
    if found := find_chromium():
        return found
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        print("Installing Chromium for the browser tests …", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = [apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        for command in (install, [apt, "update", "-qq"], install):
            answer = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
            if command is install and answer.returncode == 0:
                break
    return find_chromium()


def find_chromium() -> str | None:
    given = os.environ.get("CHROMIUM")
    return given or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def tell_what_did_not_run() -> None:
    """Name the tests that need a browser."""
    command = [PYTHON, "-m", "pytest", "-n", "0", "-m", "browser", "--collect-only", "-q"]
    listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True).stdout
    names = [line for line in listed.splitlines() if "::" in line]
    print(
        "\nThere is no Chromium here, and it could not be installed. These tests did not run:\n  "
        + "\n  ".join(names or ["(none is marked)"])
        + "\nInstall it (as root: apt-get install chromium), or leave them out on purpose: make test BROWSER=0",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
