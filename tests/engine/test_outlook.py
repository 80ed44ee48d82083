"""Horizon, goal and behaviour of an outlook: pure."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.definition import Definition, Reading, TargetPoint
from kpis.outlook import Goal, Missing, goal_of, horizon_of, outlook_of, points_of
from kpis.signals import Assurance, Rule

MONTHS = [date(2024 + number // 12, number % 12 + 1, 1) for number in range(36)]


def definition(**fields: Any) -> Definition:
    return Definition(**{"kind": "guardrail", "target": Decimal(10), **fields})


def readings(count: int, *, start: int = 0, level: int = 10) -> list[Reading]:
    return [Reading(month, Decimal(level + number % 3)) for number, month in enumerate(MONTHS[start : start + count])]


def horizon(count: int, **fields: Any) -> Any:
    defined = definition(**fields)
    return horizon_of(defined, points_of(defined, readings(count)))


def test_horizon_ends_with_the_period_that_holds_the_end() -> None:
    found = horizon(10, end=date(2025, 2, 10))
    assert (found.periods[0], found.periods[-1], len(found.periods)) == (date(2024, 11, 1), date(2025, 2, 1), 4)
    assert found.day == date(2025, 2, 28)


def test_horizon_of_a_plan_asks_for_the_target_on_its_own_last_day() -> None:
    assert horizon(10, kind="move", end=date(2025, 2, 10)).day == date(2025, 2, 10)


def test_horizon_without_an_end_is_the_fiscal_year_of_the_period_that_follows() -> None:
    assert horizon(10).periods == (date(2024, 11, 1), date(2024, 12, 1))
    assert horizon(12).periods[-1] == date(2025, 12, 1)
    assert horizon(10, fiscal_year_start=4).periods[-1] == date(2025, 3, 1)


@pytest.mark.parametrize(
    ("count", "fields", "missing"),
    [
        (5, {}, Missing.TOO_FEW),
        (12, {"end": date(2024, 12, 31)}, Missing.ENDED),
        (12, {"end": date(2090, 12, 31)}, Missing.TOO_FAR),
        (12, {"end": date(2950, 12, 31)}, Missing.TOO_FAR),
    ],
)
def test_horizon_says_why_there_is_none(count: int, fields: dict[str, Any], missing: Missing) -> None:
    assert horizon(count, **fields).missing == missing


def test_horizon_of_a_seasonal_plan_counts_the_periods_since_its_start() -> None:
    plan = {"kind": "move", "trajectory": "seasonal", "time_aggregation": "sum", "end": date(2025, 12, 31)}
    assert horizon(30, **plan, start=date(2025, 1, 1)).reached is None  # its end has passed
    assert horizon(15, **plan, start=date(2025, 1, 1)).reached == 3
    assert horizon(12, **plan, start=date(2025, 1, 1)).reached == 0
    assert horizon(11, **plan, start=date(2025, 1, 1)).missing == Missing.NOT_STARTED


def test_goal_is_the_target_valid_at_the_end() -> None:
    rows = (TargetPoint(date(2024, 12, 1), Decimal(12)),)
    up, down = definition(targets=rows), definition(targets=rows, direction="down")
    assert goal_of(up, horizon(10)) == Goal(low=Decimal(12))
    assert goal_of(down, horizon(10)) == Goal(high=Decimal(12))


def test_goal_of_a_range_has_both_bounds_and_that_of_an_unscored_kpi_none() -> None:
    between = definition(kind="range", target=None, low=Decimal(1), high=Decimal(3))
    assert goal_of(between, horizon(10)) == Goal(Decimal(1), Decimal(3))
    assert goal_of(definition(kind="unscored"), horizon(10)) == Goal()


def test_end_that_rounds_to_the_target_reaches_it() -> None:
    flat = [Reading(month, Decimal(10)) for month in MONTHS[:12]]
    found = outlook_of(definition(target=Decimal("10.4")), flat)
    assert found.ahead is not None
    assert found.ahead.probability == 1.0
    finer = outlook_of(definition(target=Decimal("10.4"), precision=1), flat)
    assert finer.ahead is not None
    assert finer.ahead.probability == 0.0


def test_values_after_the_end_do_not_count() -> None:
    found = outlook_of(definition(end=date(2024, 8, 31)), readings(12))
    assert (found.points, found.last, found.missing) == (8, date(2024, 8, 1), Missing.ENDED)


def test_signal_on_the_wrong_side_of_a_range_has_no_nature() -> None:
    rows = [*readings(15), Reading(MONTHS[15], Decimal(40))]
    found = outlook_of(definition(kind="range", target=None, low=Decimal(0), high=Decimal(20)), rows).behaviour
    assert found.chart is not None
    assert [(one.rule, one.nature) for one in found.chart.signals] == [(Rule.OUTSIDE, "neutral")]
    assert found.assurance == Assurance.CONSISTENTLY_PASSES


def test_season_is_taken_off_and_nothing_is_assured_then() -> None:
    wave = [
        Reading(month, Decimal(100 + 50 * (month.month in (6, 7, 8)) + number * 7 % 5))
        for number, month in enumerate(MONTHS)
    ]
    found = outlook_of(definition(target=Decimal(90)), wave).behaviour
    assert (found.season_removed, found.assurance) == (True, None)
    assert found.chart is not None
    assert [one for one in found.chart.signals if one.rule == Rule.OUTSIDE] == []
    assert [point.value for point in found.observed] == [row.value for row in wave]


def test_total_of_values_that_are_never_negative_cannot_fall() -> None:
    plan = definition(
        kind="move",
        trajectory="seasonal",
        time_aggregation="sum",
        baseline=Decimal(0),
        target=Decimal(200),
        start=date(2025, 1, 1),
        end=date(2025, 12, 31),
    )
    rows = [Reading(month, Decimal(number * 7 % 20)) for number, month in enumerate(MONTHS[:20])]
    found = outlook_of(plan, rows, minimum=Decimal(0))
    assert found.ahead is not None
    reached = sum((row.value for row in rows[12:] if row.value is not None), Decimal(0))
    assert min(step.low95 for step in found.ahead.steps) >= reached


values = st.lists(st.decimals(-1000, 1000, places=1), min_size=0, max_size=30)


@given(values, st.randoms(use_true_random=False))
def test_outlook_of_the_same_values_is_equal_whatever_order_they_came_in(found: list[Decimal], chance: Any) -> None:
    rows = [Reading(month, value) for month, value in zip(MONTHS, found, strict=False)]
    mixed = list(rows)
    chance.shuffle(mixed)
    defined = definition(precision=1)
    breaks = [MONTHS[12], MONTHS[4]]
    assert outlook_of(defined, rows, breaks=breaks) == outlook_of(defined, mixed, breaks=reversed(breaks))
