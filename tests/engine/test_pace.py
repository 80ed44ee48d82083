"""Pace, bands and the order of a status (SEMANTICS §5–6)."""

from decimal import Decimal

import pytest

from objectives.choices import Colour, Rule, State
from objectives.pace import Status, Thresholds, band_status, objective_status, pace_status

GREEN = Status(State.ON_TRACK, Colour.GREEN, Rule.PACE)
AMBER = Status(State.AT_RISK, Colour.AMBER, Rule.PACE)
RED = Status(State.OFF_TRACK, Colour.RED, Rule.PACE)


@pytest.mark.parametrize(
    ("progress", "expected", "status"),
    [
        ("0.57", "0.6", GREEN),  # exactly 95 %
        ("0.5699", "0.6", AMBER),
        ("0.17", "0.2", GREEN),  # gap of exactly 3 points
        ("0.48", "0.6", AMBER),  # exactly 80 %
        ("0.10", "0.2", AMBER),  # gap of exactly 10 points
        ("0.4799", "0.6", RED),
        ("-0.4", "0.6", RED),
        ("1.4", "0.6", GREEN),
    ],
)
def test_pace_bands_are_inclusive(progress: str, expected: str, status: Status) -> None:
    found = pace_status(Decimal(progress), Decimal(expected), period_share=Decimal("0.083"), ended=False)
    assert found == status


def test_pace_of_floats_meets_the_band_exactly() -> None:
    assert pace_status(0.57, 0.6, period_share=0, ended=False) == GREEN
    assert pace_status(0.1 + 0.47, 0.6, period_share=0, ended=False) == GREEN


@pytest.mark.parametrize(("expected", "share"), [("0", "0"), ("0.05", "0.083")])
def test_pace_is_too_early_before_the_first_update(expected: str, share: str) -> None:
    found = pace_status(Decimal("0.9"), Decimal(expected), period_share=Decimal(share), ended=False)
    assert found == Status(State.TOO_EARLY, Colour.GREY, Rule.TOO_EARLY)


def test_pace_of_a_duration_shorter_than_a_period_ends_with_an_outcome() -> None:
    found = pace_status(Decimal(1), Decimal(1), period_share=Decimal("1.5"), ended=True)
    assert found == Status(State.ACHIEVED, Colour.GREEN, Rule.OUTCOME)


@pytest.mark.parametrize(
    ("progress", "state", "colour"),
    [
        ("1", State.ACHIEVED, Colour.GREEN),
        ("0.7", State.PARTLY_ACHIEVED, Colour.AMBER),
        ("0.69", State.MISSED, Colour.RED),
    ],
)
def test_pace_at_the_end_is_an_outcome(progress: str, state: State, colour: Colour) -> None:
    found = pace_status(Decimal(progress), Decimal(1), period_share=Decimal("0.1"), ended=True)
    assert found == Status(state, colour, Rule.OUTCOME)


def test_pace_without_progress_or_plan_is_grey() -> None:
    assert pace_status(None, 1, period_share=0, ended=True) == Status(State.NO_DATA, Colour.GREY, Rule.NO_DATA)
    assert pace_status(1, None, period_share=0, ended=False) == Status(State.NO_TARGET, Colour.GREY, Rule.NO_PLAN)


def test_pace_uses_the_thresholds_given() -> None:
    strict = Thresholds(green_ratio=Decimal(1), green_gap=Decimal(0))
    assert pace_status(Decimal("0.57"), Decimal("0.6"), period_share=0, ended=False, thresholds=strict) == AMBER


@pytest.mark.parametrize(
    ("attainment", "achieved", "state", "rule"),
    [
        ("0.95", False, State.ON_TRACK, Rule.BAND),
        ("0.80", False, State.AT_RISK, Rule.BAND),
        ("0.7999", False, State.OFF_TRACK, Rule.BAND),
        ("1.2", True, State.ON_TRACK, Rule.ACHIEVED),
        (None, True, State.ON_TRACK, Rule.ACHIEVED),
        (None, False, State.OFF_TRACK, Rule.BAND),
        (None, None, State.NO_DATA, Rule.NO_DATA),
    ],
)
def test_band_of_an_attainment(attainment: str | None, achieved: bool | None, state: State, rule: Rule) -> None:
    found = band_status(None if attainment is None else Decimal(attainment), achieved)
    assert (found.state, found.rule) == (state, rule)


@pytest.mark.parametrize(
    ("changes", "state", "rule"),
    [
        ({}, State.ON_TRACK, Rule.PACE),
        ({"lifecycle": "paused", "started": False}, State.PAUSED, Rule.LIFECYCLE),
        ({"lifecycle": "cancelled"}, State.CANCELLED, Rule.LIFECYCLE),
        ({"started": False, "figure_state": "no_input"}, State.NOT_STARTED, Rule.NOT_STARTED),
        ({"figure_state": "no_input", "progress": None}, State.NO_DATA, Rule.NO_INPUT),
        ({"figure_state": "insufficient_data", "progress": None}, State.NO_DATA, Rule.COVERAGE),
        ({"expected": 0.01}, State.TOO_EARLY, Rule.TOO_EARLY),
        ({"ended": True, "progress": 1.0, "expected": 1.0}, State.ACHIEVED, Rule.OUTCOME),
    ],
)
def test_objective_status_takes_the_first_rule_that_matches(
    changes: dict[str, object], state: State, rule: Rule
) -> None:
    usual: dict[str, object] = {
        "lifecycle": "active",
        "started": True,
        "ended": False,
        "figure_state": "ok",
        "progress": 0.5,
        "expected": 0.5,
        "period_share": 0.1,
    }
    found = objective_status(**(usual | changes))  # type: ignore[arg-type]
    assert (found.state, found.rule) == (state, rule)
