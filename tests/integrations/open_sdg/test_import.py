"""Open SDG folders as organizations: small ones by hand, and what countries publish."""

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from integrations.connectors.open_sdg import Strategy, open_folder, strategy_of
from integrations.services import export_strategy, import_strategy, plan_import
from kpis.forms import KpiFilters
from kpis.models import Kpi, KpiFigures, Measure, Measurement
from kpis.reports.listing import kpi_listing
from objectives.models import Objective
from organization.actors import system_actor
from organization.models import Organization
from tests.integrations.open_sdg.samples import write_folder

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"


def published(name: str) -> Path:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"the published folder {name} is not here")
    return folder


def read(folder: Path) -> Strategy:
    return strategy_of(open_folder(folder), code="SDG", name="Goals", fiscal_year_start=1, today=AT.date())


def imported(strategy: Strategy) -> Organization:
    outcome = import_strategy(strategy.package, actor=system_actor(0), at=AT, organization_code="SDG")
    return Organization.objects.get(pk=outcome.organization_id)


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_folder_becomes_a_strategy(tmp_path: Path) -> None:
    imported(read(write_folder(tmp_path)))
    assert list(Kpi.objects.of_their_own().order_by("pk").values_list("code", flat=True)) == [
        "1-1-1",
        "1-2-1",
        "1-3-1",
        "1-10-1",
        "2-a-1",
    ]
    parts = Kpi.objects.filter(parent__code="1-1-1").order_by("pk")
    assert [row.dimensions["Series"] for row in parts] == ["Rate", "Number"]
    assert {row.unit_aggregation for row in parts} == {"none"}
    assert Measurement.objects.filter(kpi__code="1-1-1", value__isnull=True).count() == 3
    figures = KpiFigures.objects.get(kpi__code="1-1-1")
    assert (figures.period, figures.value, figures.expected is not None) == (date(2020, 1, 1), Decimal("10.4"), True)
    assert KpiFigures.objects.get(kpi__code="1-10-1").state == "no_target"
    assert Objective.objects.get(code="1-1").title == "Eradicate · By 2030"
    assert Measure.objects.count() == 5


def test_the_same_folder_again_changes_nothing_and_a_withdrawn_value_becomes_unknown(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    organization = imported(read(folder))
    actor = system_actor(organization.pk)
    events = Event.objects.count()
    assert import_strategy(read(folder).package, actor=actor, at=AT).plan.changes_nothing
    assert Event.objects.count() == events
    path = folder / "data" / "indicator_1-2-1.csv"
    path.write_text(path.read_text().replace("2016,Ontario,,11", "2016,Ontario,,x"))
    (path.parent / "indicator_1-3-1.csv").write_text("Year,Value\n2010 Q4,1\n2011 Q1,2.75\n2010,7\n")
    plan = plan_import(read(folder).package, actor=actor, at=AT)
    assert {table.table: (table.created, table.changed) for table in plan.tables}["measurements"] == (0, 1)


def test_the_command_says_what_it_found_and_what_it_did(tmp_path: Path) -> None:
    write_folder(tmp_path / "sdg")
    out, err = io.StringIO(), io.StringIO()
    call_command("import_open_sdg", tmp_path / "sdg", "--organization", "CITY", "--dry-run", stdout=out, stderr=err)
    assert "+ kpis 2 1-1-1" in out.getvalue()
    assert "Organization CITY would be created." in out.getvalue()
    assert not Organization.objects.exists()
    arguments = ["import_open_sdg", str(tmp_path / "sdg"), "--organization", "CITY", "--name", "Our city"]
    call_command(*arguments, stdout=(out := io.StringIO()), stderr=err)
    said = out.getvalue()
    assert "5 indicators, 3 of them with values: 8 series, 13 values (1 estimates), 1 targets." in said
    assert "Missing values: 1-1-1 (5)" in said
    assert "1-10-1: reporting has not started" in said
    assert "1-2-1~" in said
    assert said.endswith("Organization CITY created.\n")
    assert Organization.objects.get().name == "Our city"
    call_command(*arguments[:4], stdout=(out := io.StringIO()), stderr=err)
    assert out.getvalue().endswith("Organization CITY: nothing changed.\n")
    assert Organization.objects.get().name == "Our city"


def test_the_command_refuses_what_is_no_folder_of_open_sdg(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="This is no Open SDG folder"):
        call_command("import_open_sdg", tmp_path, "--organization", "CITY")


@pytest.mark.slow
def test_the_canadian_framework_moves_at_the_published_pace() -> None:
    """The published progress values follow from the stored growth pace, which is that of the value's own period."""
    folder = published("canada-cif")
    strategy = read(folder)
    organization = imported(strategy)
    assert Kpi.objects.of_their_own().count() == 86
    expected = [row for row in lines(folder / "expected_progress_by_series.csv") if row["target"]]
    sound = [row for row in expected if row["direction_consistent_with_target"] == "1"]
    figures = {}
    for shown in KpiFigures.objects.filter(kpi__kind="move").select_related("kpi"):
        kpi = shown.kpi
        assert kpi.start is not None
        assert kpi.end is not None
        assert kpi.baseline is not None
        indicator = kpi.code.partition("~")[0]
        figures[indicator, kpi.start.year, round(kpi.baseline, 9), kpi.target, kpi.end.year] = shown
    assert (len(figures), len(sound)) == (38, 37)
    assert [key[0] for key in figures if key[0] not in {row["indicator"] for row in sound}] == ["13-1-1"]  # set by hand
    compared = 0
    for row in sound:
        base, target = round(Decimal(row["base_value"]), 9), Decimal(row["target"])
        found = figures[row["indicator"], int(float(row["base_year"])), base, target, int(float(row["target_year"]))]
        assert found.kpi.trajectory == "compound"
        assert found.period == date(int(float(row["current_year"])), 1, 1)
        assert found.value == pytest.approx(Decimal(row["current_value"]), abs=Decimal("1e-9"))
        if row["progress_value"]:
            assert found.growth_pace == pytest.approx(float(row["progress_value"]), rel=1e-9)
            compared += 1
        else:
            assert found.growth_pace is None
    assert compared == 35
    contradicting = {row["indicator"] for row in expected if row["direction_consistent_with_target"] == "0"}
    assert contradicting == {"14-2-1", "15-5-1", "3-13-1", "9-7-1"}
    warned = {note.where.partition(" ")[0] for note in strategy.summary.warnings if "contradicts" in note.said}
    assert {code.partition("~")[0] for code in warned} == contradicting
    judged = KpiFigures.objects.filter(kpi__code__in=warned)
    assert set(judged.values_list("kpi__kind", "colour", "achieved")) == {("unscored", "grey", None)}
    assert import_strategy(strategy.package, actor=system_actor(organization.pk), at=AT).plan.changes_nothing


@pytest.mark.slow
def test_the_british_indicators_import_in_one_go() -> None:
    """Every difference from the published counts has a name: one file begins with a blank line and was not counted."""
    folder = published("sdg-uk")
    strategy = read(folder)
    organization = imported(strategy)
    assert Kpi.objects.of_their_own().count() == 248
    listing = kpi_listing(system_actor(organization.pk), organization, KpiFilters(), at=AT)
    assert (listing.total, Kpi.objects.count()) == (248, 4238)
    tree = {row["indicator"]: row for row in lines(folder / "tree.csv")}
    assert (sum(int(row["n_series"]) for row in tree.values()), sum(int(row["n_points"]) for row in tree.values())) == (
        4153,
        39931,
    )
    series, points, notes = Counter[str](), Counter[str](), Counter[str]()
    known = Measurement.objects.filter(value__isnull=False).values_list("kpi__code", flat=True)
    for code, count in Counter(known).items():
        series[code.partition("~")[0]] += 1
        points[code.partition("~")[0]] += count
    for note in Measurement.objects.filter(value__isnull=True, note__regex=r"[Mm]issing.*; [0-9]").values_list(
        "kpi__code"
    ):
        notes[note[0].partition("~")[0]] += 1
    assert (sum(series.values()), sum(points.values())) == (4176, 40070)
    summary = strategy.summary
    assert (summary.series, summary.values, summary.said_twice) == (4176, 40070, 62)
    fewer = {
        code: int(row["n_series"]) - series[code] for code, row in tree.items() if int(row["n_series"]) != series[code]
    }
    assert fewer == {"3-3-5": -26, "5-4-1": 1, "6-5-1": 1, "16-1-4": 1}
    assert (summary.indicators, summary.with_values, len(summary.placeholders)) == (248, 186, 62)
    assert summary.missing == 1294
    assert Measurement.objects.filter(value=0, note__icontains="missing").count() == 0
    assert import_strategy(strategy.package, actor=system_actor(organization.pk), at=AT).plan.changes_nothing


@pytest.mark.slow
def test_the_american_indicators_come_out_as_they_went_in() -> None:
    strategy = read(published("sdg-usa"))
    first = export_strategy(actor=system_actor(imported(strategy).pk))
    outcome = import_strategy(first, actor=system_actor(0), at=AT, organization_code="COPY")
    second = export_strategy(actor=system_actor(outcome.organization_id))
    assert {**second.tables, "organization": None} == {**first.tables, "organization": None}
    assert (len(first.tables["kpis"].rows), strategy.summary.placeholder_values) == (531, 127)
    assert len(first.tables["measurements"].rows) == strategy.summary.values + 80
