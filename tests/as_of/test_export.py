"""The export from the command line as known on a past day."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.versioning import known_since
from kpis.models import Kpi
from tests.permissions.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(db: Any) -> None:
    """Known since March; the KPI is renamed in July."""
    with known_since(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        make_world()
    with known_since(datetime(2026, 7, 1, tzinfo=UTC)):
        Kpi.objects.filter(code="ZEBRA-K").update(name="Zebra renamed")


def exported(folder: Path, *options: str) -> dict[str, str]:
    call_command("export_strategy", str(folder), "--organization", "ZEBRA", *options)
    with (folder / "kpis.csv").open(newline="", encoding="utf-8-sig") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def test_export_as_known_on_a_day(tmp_path: Path) -> None:
    days = ((), ("--as-of", "2026-06-20"), ("--as-of", "2026-07-02"), ("--as-of", "9999-12-31"))
    names = [exported(tmp_path / str(number), *options)["ZEBRA-K"] for number, options in enumerate(days)]
    assert names == ["Zebra renamed", "Zebra kpi", "Zebra renamed", "Zebra renamed"]


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("soon", "“soon” is not a day. Write it like 2026-09-30."),
        ("2026-02-01", "On 2026-02-01 nothing was known of ZEBRA yet."),
    ],
)
def test_export_says_why_there_is_none(tmp_path: Path, day: str, message: str) -> None:
    with pytest.raises(CommandError) as refusal:
        exported(tmp_path / "out", "--as-of", day)
    assert str(refusal.value) == message
    assert not (tmp_path / "out").exists()
