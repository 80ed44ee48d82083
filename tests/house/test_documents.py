"""The documents that are written from the code are current, and the README names commands that exist."""

import re
from pathlib import Path

from django.core.management import get_commands

from scripts.write_strategy_files import PAGE, page

CHECKOUT = Path(__file__).resolve().parents[2]


def test_strategy_files_page_is_current() -> None:
    assert PAGE.read_text() == page()


def test_readme_leads_with_the_two_commands_that_make_knows() -> None:
    readme = (CHECKOUT / "README.md").read_text()
    made = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.M))
    named = re.findall(r"make ([a-z-]+)", readme)
    assert named[:1] + [name for name in named if name != "demo"][:1] == ["demo", "test"]
    assert set(named) - {"sh"} <= made


def test_readme_names_only_commands_and_files_that_exist() -> None:
    readme = (CHECKOUT / "README.md").read_text()
    commands = set(re.findall(r"manage\.py ([a-z_]+)", readme))
    assert commands <= set(get_commands())
    files = set(re.findall(r"`(docs/[^`]+|\.env\.example|static/[^`]+)`", readme)) | set(
        re.findall(r"\]\((docs/[^)]+)\)", readme)
    )
    assert sorted(name for name in files if not (CHECKOUT / name).exists()) == []


def test_ci_calls_make_test() -> None:
    assert "make test" in (CHECKOUT / ".ci" / "run").read_text()
