"""What KPIs of every kind show (SEMANTICS §1–7, §10)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kpis.choices import Flag, Freshness
from kpis.definition import Definition, Reading, TargetPoint
from kpis.scoring import period_share, score
from kpis.zones import progress_of
from objectives.choices import Colour, Rule, State

D = Decimal
START, END = date(2026, 1, 1), date(2026, 12, 31)
JUNE = date(2026, 6, 1)
ON = date(2026, 7, 5)
MOVE = Definition(
    kind="move",
    precision=1,
    frequency="monthly",
    baseline=D(100),
    target=D(200),
    start=START,
    end=END,
    grace_days=10,
)


def test_progress_of_a_decrease_to_zero_is_half_way_at_the_middle() -> None:
    assert progress_of(D(100), D(200), D(0), "down", 0).progress == D("0.5")


def test_move_is_held_against_where_the_plan_is_today() -> None:
    found = score(MOVE, [Reading(date(2026, 5, 1), D("140.04")), Reading(JUNE, D("147.26"))], on=ON)
    assert (found.period, found.value, found.previous_value) == (JUNE, D("147.3"), D("140.0"))
    assert (found.expected, found.target) == (D("150.8"), D(200))
    assert (found.progress, found.roll_progress) == (D("0.473"), D("0.473"))
    assert (found.roll_expected, found.counts) == (D("0.508241758242"), True)
    assert (found.variance, found.favourable_variance) == (D("-3.5"), D("-3.5"))
    assert found.variance_pct == D("-0.023209549072")
    assert (found.state, found.colour, found.rule) == (State.AT_RISK, Colour.AMBER, Rule.PACE)
    assert (found.freshness, found.due_on, found.flags) == (Freshness.FRESH, date(2026, 8, 10), ())


def test_move_downwards_has_a_favourable_variance_below_the_plan() -> None:
    definition = replace(MOVE, direction="down", baseline=D(200), target=D(100))
    found = score(definition, [Reading(JUNE, D(140))], on=ON)
    assert (found.expected, found.variance, found.favourable_variance) == (D("149.2"), D("-9.2"), D("9.2"))
    assert (found.progress, found.state) == (D("0.6"), State.ON_TRACK)


def test_move_away_from_the_target_keeps_its_raw_figure() -> None:
    found = score(MOVE, [Reading(JUNE, D(80))], on=ON)
    assert (found.progress, found.roll_progress, found.flags) == (D("-0.2"), D("-0.2"), (Flag.REGRESSING,))


def test_move_without_a_baseline_is_baselining() -> None:
    found = score(replace(MOVE, baseline=None), [Reading(JUNE, D(150))], on=ON)
    assert (found.progress, found.roll_progress, found.counts) == (None, None, True)
    assert (found.state, found.rule, found.flags) == (State.NO_DATA, Rule.BASELINING, (Flag.BASELINING,))
    assert found.achieved is False


def test_move_uses_the_target_valid_today() -> None:
    definition = replace(MOVE, targets=(TargetPoint(date(2026, 7, 1), D(300)),))
    readings = [Reading(JUNE, D(200))]
    assert score(definition, readings, on=date(2026, 6, 30)).progress == 1
    assert score(definition, readings, on=ON).progress == D("0.5")


def test_move_with_target_equal_to_baseline_is_met_or_not() -> None:
    definition = replace(MOVE, target=D(100))
    assert score(definition, [Reading(JUNE, D(100))], on=ON).progress == 1
    found = score(definition, [Reading(JUNE, D("99.9"))], on=ON)
    assert (found.progress, found.flags) == (0, (Flag.DEGENERATE,))


@pytest.mark.parametrize(
    ("definition", "readings", "on", "state", "rule", "counts"),
    [
        (MOVE, [], date(2025, 12, 31), State.NOT_STARTED, Rule.NOT_STARTED, False),
        (replace(MOVE, kind="unscored"), [Reading(JUNE, D(1))], ON, State.NO_TARGET, Rule.NO_TARGET, False),
        (replace(MOVE, target=None), [Reading(JUNE, D(1))], ON, State.NO_TARGET, Rule.NO_TARGET, True),
        (MOVE, [], ON, State.NO_DATA, Rule.NO_DATA, True),
        (MOVE, [Reading(JUNE, None)], ON, State.NO_DATA, Rule.NO_DATA, True),
        (MOVE, [Reading(START, D(100))], date(2026, 1, 20), State.TOO_EARLY, Rule.TOO_EARLY, True),
        (MOVE, [Reading(START, D(100))], date(2026, 5, 20), State.STALE, Rule.STALE, True),
        (MOVE, [Reading(START, D(180))], date(2027, 5, 20), State.PARTLY_ACHIEVED, Rule.OUTCOME, True),
        (MOVE, [Reading(date(2026, 12, 1), D(200))], END, State.ACHIEVED, Rule.OUTCOME, True),
    ],
)
def test_status_takes_the_first_rule_that_matches(
    definition: Definition, readings: list[Reading], on: date, state: State, rule: Rule, counts: bool
) -> None:
    found = score(definition, readings, on=on)
    assert (found.state, found.rule, found.counts) == (state, rule, counts)


def test_stale_keeps_the_last_colour_as_outline_and_enters_no_roll_up() -> None:
    found = score(MOVE, [Reading(START, D(100))], on=date(2026, 5, 20))
    assert (found.colour, found.outline_colour, found.progress) == (Colour.GREY, Colour.RED, 0)
    assert (found.roll_progress, found.roll_expected, found.counts) == (None, None, True)


def test_values_after_today_or_after_the_end_do_not_count() -> None:
    readings = [Reading(JUNE, D(150)), Reading(date(2026, 8, 1), D(190)), Reading(date(2027, 2, 1), D(500))]
    assert score(MOVE, readings, on=ON).value == 150
    assert score(MOVE, readings, on=date(2027, 3, 1)).value == 190


PERIOD = Definition(
    kind="period",
    precision=0,
    target=D(50),
    targets=(TargetPoint(date(2026, 6, 1), D(80)), TargetPoint(date(2026, 7, 1), D(90))),
    grace_days=10,
)


def test_period_is_held_against_the_target_of_its_own_period() -> None:
    found = score(PERIOD, [Reading(date(2026, 5, 1), D(55)), Reading(JUNE, D(72))], on=ON)
    assert (found.target, found.expected, found.attainment, found.achieved) == (D(80), D(80), D("0.9"), False)
    assert (found.variance, found.variance_pct, found.state) == (D(-8), D("-0.1"), State.AT_RISK)
    assert (found.roll_progress, found.roll_expected, found.flags) == (D("0.9"), D(1), ())
    assert score(PERIOD, [Reading(date(2026, 5, 1), D(55))], on=ON).target == 50


def test_period_closed_without_a_value_is_missing() -> None:
    assert score(PERIOD, [Reading(date(2026, 5, 1), D(55))], on=ON).flags == (Flag.MISSING,)


def test_period_with_target_zero_says_met_or_not_and_has_no_percent() -> None:
    definition = Definition(kind="period", direction="down", target=D(0))
    met, missed = (score(definition, [Reading(JUNE, D(value))], on=ON) for value in (0, 2))
    assert (met.attainment, met.achieved, met.colour) == (None, True, Colour.GREEN)
    assert (missed.attainment, missed.achieved, missed.colour) == (None, False, Colour.RED)
    assert (missed.variance, missed.favourable_variance, missed.variance_pct) == (D(2), D(-2), None)
    assert (missed.roll_progress, missed.counts) == (None, True)


def test_guardrail_is_green_inside_and_falls_with_the_distance() -> None:
    definition = Definition(kind="guardrail", direction="up", target=D(99), precision=1, width=D(2))
    readings = [Reading(date(2026, 4, 1), D(99)), Reading(date(2026, 5, 1), D("99.4")), Reading(JUNE, D(98))]
    found = score(definition, readings, on=ON)
    assert (found.low, found.high, found.inside, found.attainment) == (D(99), None, False, D("0.5"))
    assert (found.compliance_rate, found.variance, found.colour) == (D("0.666666666667"), D(-1), Colour.RED)
    down = replace(definition, direction="down")
    assert (score(down, readings, on=ON).high, score(down, readings, on=ON).inside) == (D(99), True)


def test_range_has_dated_bounds_and_no_favourable_side_outside() -> None:
    definition = Definition(
        kind="range", low=D(3), high=D(5), precision=1, targets=(TargetPoint(JUNE, low=D(4), high=D(5)),)
    )
    may, june = Reading(date(2026, 5, 1), D("3.5")), Reading(JUNE, D("5.2"))
    inside, outside = score(definition, [may], on=date(2026, 6, 4)), score(definition, [may, june], on=ON)
    assert (inside.variance, inside.variance_pct, inside.inside, inside.expected) == (0, 0, True, None)
    assert (outside.low, outside.high, outside.attainment) == (D(4), D(5), D("0.6"))
    assert (outside.variance, outside.favourable_variance, outside.variance_pct) == (D("0.2"), D("-0.2"), D("-0.04"))
    assert outside.compliance_rate == D("0.5")


@pytest.mark.parametrize(
    ("values", "colour"),
    [
        ([50, 50, 50, 90], Colour.RED),
        ([50, 50, 90, 90], Colour.GREEN),
        ([50, 90, 50, 90], Colour.GREEN),
        ([90], Colour.GREEN),
    ],
)
def test_daily_colour_changes_after_two_values_in_a_row_agree(values: list[int], colour: Colour) -> None:
    definition = Definition(kind="period", frequency="daily", target=D(80), grace_days=3)
    readings = [Reading(date(2026, 7, 1 + day), D(value)) for day, value in enumerate(values)]
    assert score(definition, readings, on=readings[-1].period).colour == colour


def test_period_share_is_one_calendar_step_and_at_most_the_whole() -> None:
    assert period_share(START, date(2026, 4, 11), "monthly") == D("0.31")
    assert period_share(START, date(2026, 2, 1), "yearly") == 1
    assert period_share(START, START, "yearly") == 1
    assert period_share(None, END, "monthly") == 0
