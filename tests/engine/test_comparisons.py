"""A value beside the one before, the one of last year, and the baseline (SEMANTICS §7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kpis.comparisons import Comparison, Versus, change_against, comparisons_of, year_before
from kpis.definition import Definition

D = Decimal
JULY, JUNE, LAST_JULY = date(2026, 7, 1), date(2026, 6, 1), date(2025, 7, 1)
COSTS = Definition(direction="down", precision=1, baseline=D(50), target=D(40), start=date(2026, 1, 1))


def test_comparisons_carry_the_direction() -> None:
    values = {JULY: D("44.96"), JUNE: D(50), LAST_JULY: D(40)}
    assert comparisons_of(COSTS, values, JULY) == (
        Comparison(Versus.PREVIOUS, JUNE, D("50.0"), D("-5.0"), D("5.0")),
        Comparison(Versus.LAST_YEAR, LAST_JULY, D("40.0"), D("5.0"), D("-5.0")),
        Comparison(Versus.BASELINE, date(2026, 1, 1), D("50.0"), D("-5.0"), D("5.0")),
    )


def test_comparisons_leave_out_what_is_unknown() -> None:
    assert comparisons_of(COSTS, {JULY: D(45), date(2026, 5, 1): D(50)}, JULY)[0].versus is Versus.BASELINE
    assert comparisons_of(COSTS, {JUNE: D(50)}, JULY) == ()
    assert change_against((), Versus.PREVIOUS) is None


def test_range_has_no_better_side() -> None:
    costs = comparisons_of(replace(COSTS, baseline=None), {JULY: D(3), JUNE: D("0.04")}, JULY)
    assert [(one.change, one.favourable) for one in costs] == [(3, -3)]
    ranged = comparisons_of(replace(COSTS, kind="range"), {JULY: D(3), JUNE: D(2)}, JULY)
    assert [(one.change, one.favourable) for one in ranged] == [(1, None)]


def test_yearly_kpi_is_compared_with_last_year_once() -> None:
    yearly = replace(COSTS, frequency="yearly", baseline=None)
    found = comparisons_of(yearly, {date(2026, 1, 1): D(3), date(2025, 1, 1): D(2)}, date(2026, 1, 1))
    assert [one.versus for one in found] == [Versus.PREVIOUS]


def test_baseline_is_held_against_the_sum_of_a_season() -> None:
    found = comparisons_of(COSTS, {JULY: D(3), JUNE: D(2)}, JULY, actual=D(60))
    assert [(one.versus.value, one.change) for one in found] == [("previous_period", 1), ("baseline", 10)]


@pytest.mark.parametrize(
    ("period", "frequency", "before"),
    [
        (JULY, "monthly", LAST_JULY),
        (date(2024, 2, 29), "daily", date(2023, 3, 2)),
        (date(2026, 6, 1), "weekly", date(2025, 6, 2)),
    ],
)
def test_year_before_is_a_period_of_the_same_kind(period: date, frequency: str, before: date) -> None:
    assert year_before(period, frequency) == before
