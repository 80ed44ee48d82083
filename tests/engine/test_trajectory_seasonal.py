"""Plans that follow the season and plans of equal growth (SEMANTICS §5): share, plan line, bands, actual so far."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpis.bands import edges_on
from kpis.definition import Definition, Reading, TargetPoint, minus
from kpis.periods import period_end, periods_between
from kpis.scoring import score
from kpis.seasons import held, seasoned
from kpis.series import period_series
from kpis.trajectory import curved, expected_value, share_on, target_on, time_passed
from objectives.pace import EXACT

D = Decimal
TOLERANCE = D("1e-80")
YEAR = Definition(
    baseline=D(0), target=D(1200), start=date(2026, 1, 1), end=date(2026, 12, 31), frequency="monthly",
    trajectory="seasonal", time_aggregation="sum",
)  # fmt: skip
SHAPE = [1, 1, 2, 2, 3, 3, 0, 0, 2, 2, 2, 2]
"""A year of twenty, summer weak."""


def year(first: int, values: Sequence[int], start_month: int = 1) -> list[Reading]:
    months = [date(first + (start_month + step - 1) // 12, (start_month + step - 1) % 12 + 1, 1) for step in range(12)]
    return [Reading(month, D(value)) for month, value in zip(months, values, strict=False)]


PAST = [*year(2024, SHAPE), *year(2025, [value * 5 for value in SHAPE])]
PLAN = seasoned(YEAR, PAST)


def test_season_is_the_mean_share_of_each_month() -> None:
    flat_and_shaped = [*year(2024, [5] * 12), *year(2025, SHAPE)]
    season = seasoned(YEAR, flat_and_shaped).season
    assert season is not None
    january = EXACT.divide(EXACT.add(EXACT.divide(D(1), D(12)), D("0.05")), D(2))
    assert abs(minus(season.reached[0], january)) < TOLERANCE
    assert (season.reached[-1], season.years) == (1, 2)


@pytest.mark.parametrize(
    ("day", "share"),
    [
        (date(2025, 6, 1), D(0)),
        (date(2026, 1, 1), D(0)),
        (date(2026, 1, 16), D("0.025")),
        (date(2026, 1, 31), D("0.05")),
        (date(2026, 2, 1), D("0.05")),
        (date(2026, 6, 30), D("0.6")),
        (date(2026, 8, 31), D("0.6")),
        (date(2026, 12, 31), D(1)),
        (date(2027, 5, 1), D(1)),
    ],
)
def test_share_of_a_seasonal_plan_is_what_the_year_has_normally_reached(day: date, share: Decimal) -> None:
    assert share_on(PLAN, D(1200), day) == share
    assert expected_value(PLAN, D(1200), day) == EXACT.multiply(D(1200), share)


def test_share_over_part_of_a_year_is_what_lies_within_the_window() -> None:
    half = seasoned(replace(YEAR, start=date(2026, 5, 1), end=date(2026, 10, 31)), PAST)
    shares = [share_on(half, D(1200), day) for day in (date(2026, 5, 31), date(2026, 8, 31), date(2026, 10, 31))]
    assert shares == [D("0.3"), D("0.6"), D(1)]


def test_share_over_several_years_counts_each_as_one() -> None:
    long = seasoned(replace(YEAR, end=date(2027, 12, 31)), PAST)
    assert share_on(long, D(1200), date(2026, 12, 31)) == D("0.5")
    assert share_on(long, D(1200), date(2027, 6, 30)) == D("0.8")


def test_season_follows_the_fiscal_year() -> None:
    fiscal = replace(YEAR, fiscal_year_start=4, start=date(2026, 4, 1), end=date(2027, 3, 31))
    past = [*year(2024, SHAPE, 4), *year(2025, SHAPE, 4)]
    assert share_on(seasoned(fiscal, past), D(1200), date(2026, 9, 30)) == D("0.6")


@pytest.mark.parametrize(
    "past",
    [
        [],
        year(2025, SHAPE),
        [*year(2024, SHAPE)[1:], *year(2025, SHAPE)],
        [*year(2024, [0] * 12), *year(2025, SHAPE)],
        [*year(2025, SHAPE), *year(2026, SHAPE)],
    ],
)
def test_season_needs_two_complete_years_before_the_start(past: list[Reading]) -> None:
    found = score(YEAR, [*past, Reading(date(2026, 1, 1), D(100))], on=date(2026, 7, 2))
    assert seasoned(YEAR, past).season is None
    assert found.expected_share == D("0.5").quantize(D("1e-12"))
    assert "unseasoned" in found.flags


def test_season_without_any_share_in_the_window_is_a_straight_line() -> None:
    summer = replace(YEAR, start=date(2026, 7, 1), end=date(2026, 8, 31))
    assert seasoned(summer, PAST).season is None


def test_actual_of_a_seasonal_kpi_is_all_that_came_since_the_start() -> None:
    readings = [*PAST, *year(2026, [70, 60, 100])]
    found = score(replace(YEAR, baseline=D(10), target=D(1210)), readings, on=date(2026, 3, 31))
    assert (found.value, found.previous_value, found.period) == (240, 140, date(2026, 3, 1))
    assert (found.expected, found.variance, found.favourable_variance) == (250, -10, -10)
    assert (found.progress, found.colour, found.flags) == (D("0.191666666667"), "green", ())


def test_actual_with_a_month_left_out_is_partial() -> None:
    readings = [*PAST, Reading(date(2026, 1, 1), D(70)), Reading(date(2026, 3, 1), D(100))]
    found = score(YEAR, readings, on=date(2026, 3, 31))
    assert (found.value, found.flags) == (170, ("partial",))


def test_values_before_the_start_alone_say_nothing_of_a_seasonal_plan() -> None:
    found = score(YEAR, PAST, on=date(2026, 2, 3))
    assert (found.value, found.state, found.roll_progress) == (None, "no_data", None)


def test_series_of_a_seasonal_kpi_holds_the_sum_against_the_plan_and_shows_each_value() -> None:
    points = period_series(YEAR, [*PAST, *year(2026, [70, 60])], on=date(2026, 2, 28), since=date(2025, 12, 1))
    seen = [(point.value, point.actual, point.plan, point.variance) for point in points[:4]]
    assert seen == [(10, None, 0, None), (70, 70, 60, 10), (60, 130, 120, 10), (None, None, 240, None)]
    assert [point.versus_last_year for point in points[1:3]] == [65, 55]
    assert [point.versus_previous for point in points[1:3]] == [60, -10]
    assert [point.versus_baseline for point in points[1:3]] == [70, 130]
    assert points[-1].plan == 1200


def test_edges_of_a_seasonal_plan_lie_on_the_bad_side_of_it() -> None:
    edges = edges_on(PLAN, date(2026, 6, 30))
    assert (edges.amber, edges.red) == (D("684.00"), D("576.0"))


def test_dated_targets_of_a_seasonal_plan_are_targets() -> None:
    raised = replace(PLAN, targets=(TargetPoint(date(2026, 7, 1), D(2400)),))
    assert [target_on(raised, day) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [1200, 2400]
    assert score(raised, PAST, on=date(2026, 8, 31)).expected == 1440


weights = st.lists(st.integers(0, 50), min_size=12, max_size=12).filter(any)
days = st.dates(date(2025, 11, 1), date(2029, 2, 1))


@given(weights, weights, days, days, st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(1, 900))
def test_seasonal_share_rises_from_zero_to_one(
    first: list[int], second: list[int], one: date, other: date, start: date, length: int
) -> None:
    definition = replace(YEAR, start=start, end=start + timedelta(days=length))
    plan = seasoned(definition, [*year(2024, first), *year(2025, second)])
    earlier, later = (share_on(plan, D(1200), day) for day in sorted((one, other)))
    assert earlier is not None
    assert later is not None
    assert 0 <= earlier <= later <= 1
    assert (share_on(plan, D(1200), start), share_on(plan, D(1200), start + timedelta(days=length))) == (0, 1)


@pytest.mark.parametrize("frequency", ["daily", "weekly", "quarterly", "yearly"])
def test_season_of_every_rhythm_ends_at_the_end_of_the_year(frequency: str) -> None:
    definition = replace(YEAR, frequency=frequency, start=date(2027, 1, 4), end=date(2027, 12, 31))
    past = [Reading(day, D(1)) for day in periods_between(date(2024, 1, 1), date(2026, 12, 31), frequency)]
    plan = seasoned(definition, past)
    assert plan.season is not None
    assert (plan.season.years, plan.season.reached[-1]) == (3, 1)
    ends = [period_end(day, frequency) for day in periods_between(date(2027, 1, 4), date(2027, 12, 31), frequency)]
    shares = [share_on(plan, D(1200), day) or D(0) for day in ends]
    assert shares == sorted(shares)
    assert shares[-1] == 1


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=12))
def test_actual_is_the_baseline_and_the_sum(values: list[int]) -> None:
    definition = replace(YEAR, baseline=D(7))
    found = held(definition, year(2026, values))
    assert [row.value for row in found] == [7 + sum(values[: place + 1]) for place in range(len(values))]


# --- equal growth ---

GROWTH = Definition(
    baseline=D(100), target=D(400), precision=2, start=date(2024, 1, 1), end=date(2028, 1, 1), frequency="monthly",
    trajectory="compound",
)  # fmt: skip


def test_compound_plan_multiplies_by_the_same_in_the_same_time() -> None:
    days = [date(2024, 1, 1), date(2025, 12, 31) + timedelta(days=1), date(2028, 1, 1)]
    assert [expected_value(GROWTH, D(400), day) for day in days] == [100, D("200.09"), 400]
    two_years = replace(GROWTH, end=date(2026, 1, 1) + timedelta(days=731))
    assert expected_value(two_years, D(400), date(2026, 1, 1)) == 200


def test_compound_plan_of_a_decrease_and_of_negative_values() -> None:
    fall = replace(GROWTH, direction="down", baseline=D(400), target=D(100), end=date(2028, 1, 2))
    loss = replace(GROWTH, baseline=D(-400), target=D(-100), end=date(2028, 1, 2))
    assert expected_value(fall, D(100), date(2026, 1, 1)) == 200
    assert expected_value(loss, D(-100), date(2026, 1, 1)) == -200


def test_compound_without_a_curve_in_old_data_is_a_straight_line() -> None:
    crossing = replace(GROWTH, baseline=D(-100), target=D(100), end=date(2028, 1, 2))
    assert share_on(crossing, D(100), date(2026, 1, 1)) == D("0.5")
    assert expected_value(crossing, D(100), date(2026, 1, 1)) == 0


values = st.decimals(D("0.01"), D(10**6), places=2)


@given(values, values, st.booleans(), st.dates(date(2023, 1, 1), date(2029, 1, 1)))
def test_compound_runs_through_both_ends_within_them_and_one_way(
    base: Decimal, target: Decimal, negative: bool, day: date
) -> None:
    assume(base != target)
    first, last = (-base, -target) if negative else (base, target)
    plan = replace(GROWTH, baseline=first, target=last, direction="up" if last > first else "down")
    seen = [expected_value(plan, last, on) for on in (date(2024, 1, 1), date(2028, 1, 1), day)]
    share, later = share_on(plan, last, day), share_on(plan, last, day + timedelta(days=40))
    assert seen[:2] == [first, last]
    assert share is not None
    assert later is not None
    assert 0 <= share <= later <= 1
    assert min(first, last) <= (seen[2] or D(0)) <= max(first, last)
    found = score(plan, [Reading(date(2022, 12, 1), seen[2])], on=day)
    assert found.variance == 0


@given(values, values, st.decimals(D("0.001"), D("0.999"), places=3))
def test_time_passed_is_the_inverse_of_the_curve(base: Decimal, target: Decimal, passed: Decimal) -> None:
    assume(base != target)
    assert abs(minus(time_passed(base, target, curved(base, target, passed)), passed)) < D("1e-60")
