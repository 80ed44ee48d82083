"""The growth pace of compound KPIs (SEMANTICS §5): published values, and the cases in which it has no meaning."""

import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import isnan
from pathlib import Path

import pytest

from kpis.definition import Definition, Reading
from kpis.growth import growth_pace, yearly_growth, years_between
from kpis.scoring import score
from kpis.validation import validate
from objectives.pace import EXACT

D = Decimal
PUBLISHED = Path(__file__).resolve().parents[2] / "../shared/data/canada-cif/expected_progress_by_series.csv"
CONTRADICTING = {"14-2-1", "15-5-1", "3-13-1", "9-7-1"}
"""Indicators with a series whose wanted direction contradicts its target, as the publisher's notes name them."""

EMISSIONS = Definition(
    direction="down", frequency="yearly", precision=2, baseline=D("14.5"), target=D("7.25"), trajectory="compound",
    start=date(2015, 1, 1), end=date(2030, 12, 31), grace_days=1000,
)  # fmt: skip


def published() -> list[dict[str, str]]:
    if not PUBLISHED.is_file():
        pytest.skip("the published progress of the Canadian Indicator Framework is not beside the repository")
    with PUBLISHED.open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["target"]]


def definition_of(row: dict[str, str]) -> Definition:
    """The series as a KPI: yearly, at as many decimals as its numbers have, ten at most."""
    numbers = [D(row[name]) for name in ("base_value", "current_value", "target")]
    return Definition(
        direction="up" if row["direction"] == "1" else "down",
        frequency="yearly",
        precision=min(10, max(-int(number.as_tuple().exponent) for number in numbers)),
        baseline=numbers[0],
        target=numbers[2],
        start=date(int(float(row["base_year"])), 1, 1),
        end=date(int(float(row["target_year"])), 12, 31),
        trajectory="compound",
        grace_days=1000,
    )


def test_growth_pace_reproduces_the_published_progress() -> None:
    rows = [row for row in published() if row["direction_consistent_with_target"] == "1"]
    found = {}
    for row in rows:
        current = Reading(date(int(float(row["current_year"])), 1, 1), D(row["current_value"]))
        pace = score(definition_of(row), [current], on=date(2026, 1, 1)).growth_pace
        found[row["series_key"]] = float("nan") if pace is None else float(pace)
    wanted = {row["series_key"]: float(row["progress_value"] or "nan") for row in rows}
    assert found == pytest.approx(wanted, rel=1e-9, abs=0, nan_ok=True)
    assert (len(found), sum(isnan(value) for value in found.values())) == (37, 2)  # two have only their base year


def test_series_that_contradict_their_target_are_refused_by_name() -> None:
    refused = {}
    for row in published():
        codes = {problem.code for problem in validate(definition_of(row))}
        if codes:
            refused[row["indicator"]] = codes
    assert refused == {indicator: {"direction_contradicts"} for indicator in CONTRADICTING}


def test_growth_pace_of_a_decrease_is_one_on_the_curve_and_negative_the_other_way() -> None:
    half_way = D("14.5") * D("0.5") ** (D(5) / 15)
    on_curve, worse = (
        growth_pace(D("14.5"), D("7.25"), value, so_far=D(5), in_all=D(15)) or D(0) for value in (half_way, D(16))
    )
    assert abs(on_curve - 1) < D("1e-25")
    assert worse < 0


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "so_far"),
    [
        (None, D(2), D(1), D(1)),
        (D(1), None, D(1), D(1)),
        (D(1), D(2), None, D(1)),
        (D(0), D(2), D(1), D(1)),
        (D(1), D(0), D(1), D(1)),
        (D(1), D(1), D(2), D(1)),
        (D(-1), D(1), D(2), D(1)),
        (D(1), D(2), D(-1), D(1)),
        (D(1), D(2), D(1), D(0)),
    ],
)
def test_growth_pace_without_a_meaning_is_unknown(
    baseline: Decimal | None, target: Decimal | None, actual: Decimal | None, so_far: Decimal
) -> None:
    assert growth_pace(baseline, target, actual, so_far=so_far, in_all=D(4)) is None


def test_growth_to_nothing_is_all_of_it() -> None:
    assert yearly_growth(D(5), D(0), D(3)) == -1
    assert yearly_growth(D(-100), D(-50), D(1)) == D("-0.5")


@pytest.mark.parametrize(
    ("frequency", "first", "last", "years"),
    [
        ("yearly", date(2015, 1, 1), date(2023, 12, 31), D(8)),
        ("quarterly", date(2025, 2, 14), date(2026, 8, 30), D("1.5")),
        ("monthly", date(2025, 1, 1), date(2026, 1, 31), D(1)),
        ("weekly", date(2025, 1, 1), date(2025, 1, 5), D(0)),
    ],
)
def test_years_are_counted_between_periods(frequency: str, first: date, last: date, years: Decimal) -> None:
    assert years_between(first, last, frequency) == years


def test_years_of_a_fiscal_calendar_begin_with_it() -> None:
    assert years_between(date(2024, 3, 31), date(2024, 4, 1), "yearly", 4) == 1
    assert years_between(date(2020, 1, 1), date(2024, 1, 1), "daily") == EXACT.divide(D(1461), D("365.2425"))


def test_score_of_a_compound_kpi_on_its_curve_is_green_on_plan() -> None:
    on_curve = Reading(date(2022, 1, 1), D("10.25"))
    found = score(EMISSIONS, [on_curve], on=date(2023, 1, 1))
    assert (found.expected, found.variance, found.colour) == (D("10.25"), 0, "green")
    assert (round(found.progress or 0, 4), round(found.expected_share or 0, 4)) == (D("0.5862"), D("0.5859"))
    assert round(found.growth_pace or 0, 4) == D("1.0706")


def test_growth_pace_belongs_to_compound_kpis_alone() -> None:
    reading = [Reading(date(2022, 1, 1), D("10.25"))]
    assert score(replace(EMISSIONS, trajectory="linear"), reading, on=date(2023, 1, 1)).growth_pace is None
    assert score(replace(EMISSIONS, kind="guardrail"), reading, on=date(2023, 1, 1)).growth_pace is None
    assert score(replace(EMISSIONS, baseline=D(0)), reading, on=date(2023, 1, 1)).growth_pace is None
