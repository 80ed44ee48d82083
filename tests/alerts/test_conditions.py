"""Whether a rule's condition holds, judged on present figures alone."""

from datetime import date
from decimal import Decimal

import pytest

from alerts.choices import RuleKind, Severity
from alerts.conditions import Condition, Present, Watch, condition_of, facts_of

COLOUR_RED = Watch(RuleKind.COLOUR, "red")
COLOUR_AMBER = Watch(RuleKind.COLOUR, "amber")
VARIANCE = Watch(RuleKind.VARIANCE, variance_pct=Decimal("0.10"), variance_abs=Decimal(5))
STALE = Watch(RuleKind.STALE)


def verdict(condition: Condition) -> tuple[bool | None, Severity]:
    return condition.holds, condition.severity


def behind(favourable: str | None, pct: float | None, colour: str = "red") -> Present:
    variance = None if favourable is None else Decimal(favourable)
    return Present("off_track", colour, favourable_variance=variance, variance_pct=pct)


@pytest.mark.parametrize(
    ("state", "colour", "red_rule", "amber_rule"),
    [
        ("off_track", "red", True, True),
        ("missed", "red", True, True),
        ("at_risk", "amber", False, True),
        ("on_track", "green", False, False),
        ("no_target", "grey", False, False),
        ("not_started", "grey", False, False),
        ("stale", "grey", None, None),
        ("no_data", "grey", None, None),
        ("too_early", "grey", None, None),
        ("paused", "grey", False, False),
        ("cancelled", "grey", False, False),
    ],
)
def test_colour_holds_from_the_least_severity_on(
    state: str, colour: str, red_rule: bool | None, amber_rule: bool | None
) -> None:
    present = Present(state, colour)
    assert (condition_of(present, COLOUR_RED).holds, condition_of(present, COLOUR_AMBER).holds) == (
        red_rule,
        amber_rule,
    )


def test_colour_severity_is_the_present_colour() -> None:
    assert verdict(condition_of(Present("at_risk", "amber"), COLOUR_AMBER)) == (True, Severity.AMBER)
    assert verdict(condition_of(Present("off_track", "red"), COLOUR_AMBER)) == (True, Severity.RED)


@pytest.mark.parametrize(
    ("favourable", "pct", "holds"),
    [
        ("-6", -0.11, True),
        ("-5", -0.11, False),  # exactly at the amount is still good
        ("-6", -0.10, False),  # exactly at the share is still good
        ("-6", -0.1000000001, False),  # equal after rounding to nine decimals
        ("6", 0.50, False),
        ("-6", None, False),
        (None, None, False),
    ],
)
def test_variance_needs_both_thresholds_on_the_unfavourable_side(
    favourable: str | None, pct: float | None, holds: bool
) -> None:
    assert condition_of(behind(favourable, pct), VARIANCE).holds is holds


def test_variance_severity_follows_the_colour() -> None:
    assert verdict(condition_of(behind("-6", -0.2, "red"), VARIANCE)) == (True, Severity.RED)
    assert verdict(condition_of(behind("-6", -0.2, "green"), VARIANCE)) == (True, Severity.AMBER)


def test_variance_of_a_stale_value_says_nothing() -> None:
    present = Present("stale", "grey", favourable_variance=Decimal(-9), variance_pct=-0.9)
    assert condition_of(present, VARIANCE).holds is None


@pytest.mark.parametrize(
    ("freshness", "holds"),
    [("fresh", False), ("due", False), ("late", False), ("stale", True), ("final", False), ("no_data", False)],
)
def test_staleness_holds_for_a_stale_value_alone(freshness: str, holds: bool) -> None:
    assert verdict(condition_of(Present("stale", "grey", freshness=freshness), STALE)) == (holds, Severity.DATA)


def test_staleness_asks_nobody_about_a_paused_kpi() -> None:
    assert condition_of(Present("paused", "grey", freshness="stale"), STALE).holds is False


def test_facts_keep_numbers_exact_as_text() -> None:
    present = Present(
        "off_track",
        "red",
        "fresh",
        date(2026, 5, 1),
        Decimal("40.50"),
        Decimal("50"),
        Decimal("-9.5"),
        Decimal("-9.5"),
        -0.19,
        "EUR",
    )
    assert facts_of(present) == {
        "state": "off_track",
        "colour": "red",
        "period": "2026-05-01",
        "value": "40.5",
        "expected": "50",
        "variance": "-9.5",
        "variance_pct": "-0.19",
        "unit": "EUR",
    }
    assert facts_of(Present("on_track", "green", value=0.4, expected=None))["expected"] is None
