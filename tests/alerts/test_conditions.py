"""Whether a rule's condition holds, judged on present figures alone."""

from datetime import date
from decimal import Decimal

import pytest

from alerts.choices import RuleKind, Severity
from alerts.conditions import Condition, Outlook, Present, Watch, condition_of, facts_of
from alerts.lifecycle import Verdict

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


@pytest.mark.parametrize(
    ("value", "side", "holds"),
    [
        ("50.04", "above", False),  # 50.0 at one decimal: exactly at the threshold is good
        ("50.05", "above", False),  # half-even
        ("50.06", "above", True),
        ("49.9", "above", False),
        ("49.96", "below", False),
        ("49.94", "below", True),
        (None, "below", None),
    ],
)
def test_threshold_compares_both_sides_rounded_to_the_precision(
    value: str | None, side: str, holds: bool | None
) -> None:
    watch = Watch(RuleKind.THRESHOLD, threshold=Decimal("50.01"), threshold_side=side)
    present = Present("no_target", "grey", "fresh", value=Decimal(value) if value else None, precision=1)
    assert condition_of(present, watch).holds is holds


def test_threshold_of_a_stale_value_says_nothing_and_one_without_a_limit_cannot_be_judged() -> None:
    present = Present("stale", "grey", "stale", value=Decimal(99))
    assert condition_of(present, Watch(RuleKind.THRESHOLD, threshold=Decimal(1), threshold_side="above")).holds is None
    broken = condition_of(present, Watch(RuleKind.THRESHOLD, threshold_side="above"))
    assert (broken.verdict, broken.facts) == (Verdict.UNJUDGED, {"error": "threshold"})


MAY, APRIL = date(2026, 5, 1), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("rule", "nature", "period", "expected"),
    [
        ("outside", "concern", MAY, Verdict.HOLDS),
        ("outside", "concern", APRIL, Verdict.OVER),  # not at the latest value
        ("outside", "improvement", MAY, Verdict.OVER),
        ("outside", "neutral", MAY, Verdict.OVER),
        ("", "", None, Verdict.OVER),
    ],
)
def test_signal_holds_for_a_concern_at_the_latest_value(
    rule: str, nature: str, period: date | None, expected: Verdict
) -> None:
    outlook = Outlook(known=True, signal_rule=rule, signal_nature=nature, signal_period=period)
    present = Present("on_track", "green", "fresh", MAY, Decimal(4), outlook=outlook)
    condition = condition_of(present, Watch(RuleKind.SIGNAL))
    assert condition.verdict == expected
    if expected == Verdict.HOLDS:
        assert (condition.severity, condition.facts["signal_rule"]) == (Severity.AMBER, "outside")


@pytest.mark.parametrize("kind", [RuleKind.SIGNAL, RuleKind.FORECAST])
def test_what_the_past_says_waits_while_it_is_computed(kind: str) -> None:
    present = Present("on_track", "green", "fresh", MAY, Decimal(4), outlook=Outlook())
    assert condition_of(present, Watch(kind)).verdict == Verdict.UNCHANGED


@pytest.mark.parametrize(
    ("probability", "holds"), [(0.4999999, True), (0.5, False), (0.4999999999999, False), (0.9, False), (None, None)]
)
def test_forecast_holds_below_the_probability(probability: float | None, holds: bool | None) -> None:
    present = Present("on_track", "green", "fresh", MAY, outlook=Outlook(known=True, probability=probability))
    assert condition_of(present, Watch(RuleKind.FORECAST)).holds is holds


@pytest.mark.parametrize(
    ("newest_first", "holds"),
    [
        ((60, 80), True),
        ((61, 80), False),
        ((79, 80, 81), True),
        ((80, 80, 81), False),
        ((80, 79, 81), False),
        ((10,), False),
        ((), False),
        ((0, 19, 19), False),
    ],
)
def test_confidence_holds_for_twenty_points_or_two_falls_in_a_row(newest_first: tuple[int, ...], holds: bool) -> None:
    present = Present("on_track", "green", confidences=newest_first)
    assert verdict(condition_of(present, Watch(RuleKind.CONFIDENCE))) == (holds, Severity.AMBER)


@pytest.mark.parametrize(
    ("budget", "cost", "progress", "holds", "severity"),
    [
        ("100", "60", "0.5", False, Severity.AMBER),  # exactly the tenth ahead is still good
        ("100", "60.1", "0.5", True, Severity.AMBER),
        ("100", "101", "0.5", True, Severity.RED),
        ("0", "1", "1", True, Severity.RED),
        ("0", "0", "0", False, Severity.RED),
        (None, "5", "0", False, Severity.AMBER),
        ("100", None, "0", False, Severity.AMBER),
        ("100", "50", None, False, Severity.AMBER),
    ],
)
def test_budget_holds_when_the_spent_share_runs_ahead(
    budget: str | None, cost: str | None, progress: str | None, holds: bool, severity: Severity
) -> None:
    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    present = Present(
        "in_progress", "", value=number(progress), budget=number(budget), actual_cost=number(cost), unit="EUR"
    )
    assert verdict(condition_of(present, Watch(RuleKind.BUDGET))) == (holds, severity)


@pytest.mark.parametrize("stage", ["done", "cancelled"])
def test_budget_of_what_is_done_asks_nobody(stage: str) -> None:
    present = Present(stage, "", value=Decimal(0), budget=Decimal(1), actual_cost=Decimal(5))
    assert condition_of(present, Watch(RuleKind.BUDGET)).verdict == Verdict.UNWATCHED
