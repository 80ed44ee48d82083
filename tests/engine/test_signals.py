"""Limits, rules, phases and assurance of a process behaviour chart (SEMANTICS §11)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from kpis.signals import (
    Assurance,
    Chart,
    Method,
    Nature,
    Point,
    Rule,
    Side,
    assurance_of,
    chart_of,
    is_charted,
    limits_about,
    limits_between,
    limits_of,
    moving_ranges,
    signals_of,
)
from kpis.signals.moments import autocorrelation_of, deviation_of, mean_of
from kpis.signals.trend import line_through, trend_limits

LIMITS = limits_about(Decimal(10), Decimal(1))
STEADY = [Decimal(value) for value in (10, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9)]


def numbers(*values: str | int) -> list[Decimal]:
    return [Decimal(value) for value in values]


def monthly(values: Sequence[Decimal]) -> list[Point]:
    return [Point(date(2020 + index // 12, 1 + index % 12, 1), value) for index, value in enumerate(values)]


def chart(values: Sequence[Decimal], direction: str = "up", target: str | None = None, *breaks: date) -> Chart:
    aim = None if target is None else Decimal(target)
    return chart_of(monthly(values), direction=direction, target=aim, breaks=breaks)


def marks(values: Sequence[Decimal], rule: Rule) -> list[tuple[int, str]]:
    return [(signal.index, signal.side.value) for signal in signals_of(values, LIMITS) if signal.rule is rule]


def test_limits_rest_on_the_mean_moving_range() -> None:
    limits = limits_of(numbers(1, 3, 2, 4, 3, 5))
    assert limits is not None
    assert (limits.centre, limits.mean_range) == (Decimal(3), Decimal("1.6"))
    assert (limits.lower, limits.upper) == (Decimal("-1.256"), Decimal("7.256"))
    assert limits.range_upper == Decimal("5.2272")
    assert (limits.near_lower, limits.near_upper) == (Decimal("0.1632"), Decimal("5.8368"))


@pytest.mark.parametrize(("count", "provisional"), [(0, None), (5, None), (6, True), (14, True), (15, False)])
def test_limits_need_six_values_and_are_firm_from_fifteen(count: int, provisional: bool | None) -> None:
    limits = limits_of(STEADY[:count])
    assert (None if limits is None else limits.provisional) == provisional


def test_limits_of_one_value_repeated_have_no_width() -> None:
    limits = limits_of(numbers(*[7] * 15))
    assert limits is not None
    assert [limits.lower, limits.centre, limits.upper] == numbers(7, 7, 7)
    assert [signal.index for signal in signals_of(numbers(*[7] * 20), limits)] == []
    assert [signal.rule.value for signal in signals_of(numbers(7, 8, 7), limits)] == ["outside"]


def test_limits_between_two_bounds_are_those_bounds() -> None:
    limits = limits_between(Decimal("18.0"), Decimal("39.3"))
    assert (limits.lower, limits.centre, limits.upper) == (Decimal("18.0"), Decimal("28.65"), Decimal("39.3"))


def test_a_point_on_a_limit_is_inside() -> None:
    assert marks(numbers("12.66", "7.34", "12.67", "7.33"), Rule.OUTSIDE) == [(2, "above"), (3, "below")]


def test_eight_on_one_side_are_a_run_and_seven_are_not() -> None:
    assert marks(numbers(*["10.1"] * 7), Rule.RUN_OF_8) == []
    assert marks(numbers(*["10.1"] * 8), Rule.RUN_OF_8) == [(index, "above") for index in range(8)]
    assert marks(numbers("10.1", *["9.9"] * 9, "10.1"), Rule.RUN_OF_8) == [(index, "below") for index in range(1, 10)]


def test_a_point_on_the_centre_ends_a_run() -> None:
    assert marks(numbers(*["10.1"] * 7, 10, *["10.1"] * 7), Rule.RUN_OF_8) == []
    assert marks(numbers(10, *["10.1"] * 8, 10), Rule.RUN_OF_8) == [(index, "above") for index in range(1, 9)]


def test_two_of_three_marks_the_points_beyond() -> None:
    assert marks(numbers("11.8", 10, "11.8", 10), Rule.TWO_OF_THREE) == [(0, "above"), (2, "above")]
    assert marks(numbers("11.8", 10, 10, "11.8"), Rule.TWO_OF_THREE) == []
    assert marks(numbers("11.8", "8.2", 10), Rule.TWO_OF_THREE) == []
    assert marks(numbers("11.773", "11.773", "11.773"), Rule.TWO_OF_THREE) == []
    assert marks(numbers(10, "8.2", "8.2"), Rule.TWO_OF_THREE) == [(1, "below"), (2, "below")]


def test_signals_are_listed_by_rule_and_then_by_time() -> None:
    found = [(signal.rule.value, signal.index) for signal in signals_of(numbers("13", "10", "13"), LIMITS)]
    assert found == [("outside", 0), ("outside", 2), ("two_of_three", 0), ("two_of_three", 2)]


@pytest.mark.parametrize(
    ("direction", "above", "below"),
    [
        ("up", Nature.IMPROVEMENT, Nature.CONCERN),
        ("down", Nature.CONCERN, Nature.IMPROVEMENT),
        ("", Nature.NEUTRAL, Nature.NEUTRAL),
    ],
)
def test_direction_says_what_a_signal_means(direction: str, above: Nature, below: Nature) -> None:
    found = signals_of(numbers("13", "7"), LIMITS, direction=direction)
    assert [(signal.side, signal.nature) for signal in found] == [(Side.ABOVE, above), (Side.BELOW, below)]


@pytest.mark.parametrize(
    ("direction", "target", "expected"),
    [
        ("up", "7.34", Assurance.CONSISTENTLY_PASSES),
        ("up", "7.35", Assurance.HIT_OR_MISS),
        ("up", "12.66", Assurance.HIT_OR_MISS),
        ("up", "12.67", Assurance.CONSISTENTLY_FAILS),
        ("down", "12.66", Assurance.CONSISTENTLY_PASSES),
        ("down", "12.65", Assurance.HIT_OR_MISS),
        ("down", "7.34", Assurance.HIT_OR_MISS),
        ("down", "7.33", Assurance.CONSISTENTLY_FAILS),
        ("", "7", None),
    ],
)
def test_assurance_is_inclusive_on_the_good_side(direction: str, target: str, expected: Assurance | None) -> None:
    assert assurance_of(LIMITS, Decimal(target), direction) == expected


def test_assurance_needs_limits_and_a_target() -> None:
    assert assurance_of(None, Decimal(1), "up") is None
    assert assurance_of(LIMITS, None, "up") is None


def test_limits_of_a_chart_lock_at_the_fifteenth_point() -> None:
    before, at, after = (chart([*STEADY, *numbers(30, 31, 32)][:count]) for count in (14, 15, 18))
    assert before.limits == limits_of(STEADY[:14])
    assert (before.phases[0].locked, at.phases[0].locked, after.phases[0].locked) == (False, True, True)
    assert at.limits == after.limits == limits_of(STEADY)
    assert [signal.index for signal in after.signals if signal.rule is Rule.OUTSIDE] == [15, 16, 17]
    assert {signal.nature for signal in after.signals if signal.index >= 15} == {Nature.IMPROVEMENT}
    assert {signal.rule for signal in after.latest_signals} == {Rule.OUTSIDE, Rule.TWO_OF_THREE}


def test_a_recorded_step_change_starts_a_phase_with_its_own_limits() -> None:
    later = [value + 20 for value in STEADY]
    drawn = chart([*STEADY, *later], "up", "25", date(2021, 4, 1))
    first, second = drawn.phases
    assert (first.first, first.last, second.first, second.last) == (
        date(2020, 1, 1),
        date(2021, 3, 1),
        date(2021, 4, 1),
        date(2022, 6, 1),
    )
    assert (first.limits, second.limits) == (limits_of(STEADY), limits_of(later))
    assert (second.start, second.count, second.locked) == (15, 15, True)
    assert drawn.signals == ()
    assert drawn.moving_ranges == (None, *moving_ranges(STEADY), None, *moving_ranges(later))
    assert [band.centre if band else None for band in drawn.bands] == [10] * 15 + [30] * 15
    assert drawn.assurance == Assurance.CONSISTENTLY_PASSES


def test_without_the_step_change_the_same_values_signal() -> None:
    drawn = chart([*STEADY, *(value + 20 for value in STEADY)], "up", "25")
    assert len(drawn.phases) == 1
    assert drawn.assurance == Assurance.CONSISTENTLY_FAILS
    assert {signal.index for signal in drawn.signals} == set(range(15, 30))


def test_signals_of_a_later_phase_carry_their_own_place_and_period() -> None:
    drawn = chart([*STEADY[:6], *STEADY, Decimal(40)], "down", None, date(2020, 6, 15))
    assert [phase.start for phase in drawn.phases] == [0, 6]
    assert [(signal.index, signal.period, signal.nature) for signal in drawn.latest_signals] == [
        (21, date(2021, 10, 1), Nature.CONCERN)
    ]


def test_a_phase_of_five_points_has_no_limits_and_no_assurance() -> None:
    drawn = chart(STEADY, "up", "1", date(2020, 11, 1))
    assert drawn.phases[-1].count == 5
    assert (drawn.limits, drawn.assurance) == (None, None)
    assert drawn.bands[-1] is None


def test_step_changes_outside_of_the_series_make_no_phase() -> None:
    drawn = chart(STEADY, "up", None, date(2019, 1, 1), date(2030, 1, 1), date(2020, 1, 1))
    assert [(phase.start, phase.count) for phase in drawn.phases] == [(0, 15)]


def test_a_chart_of_nothing_is_empty() -> None:
    drawn = chart([], "up", "1")
    assert (drawn.points, drawn.phases, drawn.signals, drawn.limits, drawn.assurance) == ((), (), (), None, None)


def test_a_chart_refuses_points_out_of_order() -> None:
    same = Point(date(2020, 1, 1), Decimal(1))
    with pytest.raises(ValueError, match="order of time"):
        chart_of([same, same], direction="up")


def test_a_long_monthly_chart_stays_plain() -> None:
    drawn = chart(STEADY * 5)
    assert [(phase.method, phase.locked) for phase in drawn.phases] == [(Method.PLAIN, True)]


def test_cumulative_and_carried_values_are_not_charted() -> None:
    assert is_charted(cumulative=False)
    assert not is_charted(cumulative=True)
    assert not is_charted(cumulative=False, carried_forward=True)


def test_moments_of_few_or_equal_values_are_unknown() -> None:
    assert deviation_of(numbers(1)) is None
    assert autocorrelation_of(numbers(2, 2, 2)) is None
    assert autocorrelation_of(numbers(1, 2), lag=2) is None
    with pytest.raises(ValueError, match="no values"):
        mean_of([])


def test_a_line_through_a_straight_series_is_the_series() -> None:
    line = line_through(numbers(5, 8, 11, 14))
    assert line is not None
    assert [line.intercept, line.slope, line.residual_deviation, line.r_squared] == numbers(5, 3, 0, 1)
    assert line.at(Decimal(10)) == 35


def test_a_line_needs_two_places() -> None:
    assert line_through(numbers(5)) is None
    assert line_through(numbers(5, 6), numbers(1, 1)) is None
    level = line_through(numbers(4, 4, 4))
    assert level is not None
    assert (level.slope, level.r_squared) == (Decimal(0), None)
    with pytest.raises(ValueError, match="as many"):
        line_through(numbers(5, 6), numbers(1))


def test_trend_limits_leave_out_the_middle_of_an_odd_number() -> None:
    trend = trend_limits(numbers(1, 2, 3, 100, 5, 6, 7))
    assert trend is not None
    assert [trend.slope, trend.start, trend.centre(6)] == numbers(1, 1, 7)
    assert trend_limits(numbers(1, 2, 3, 4, 5)) is None
