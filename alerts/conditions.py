"""Whether a rule's condition holds for the present figures of what it watches (SEMANTICS §7, §10, §11, §15). Pure.

Only the present state is judged, never the change that led to it: a lost or doubled message does no harm. "Became red"
and "crossed" are the alert's opening, and the facts then hold how things stood before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from alerts.choices import RuleKind, Severity, ThresholdSide
from alerts.lifecycle import Verdict
from initiatives.choices import Stage
from kpis.choices import Freshness
from kpis.definition import exact
from objectives.choices import Colour, State
from objectives.pace import compared

Number = Decimal | float
Facts = dict[str, str | None]

UNKNOWN: Final = frozenset({State.NO_DATA, State.STALE, State.TOO_EARLY})
"""States that say nothing of the figure: what was true before is kept."""

NOT_WATCHED: Final = frozenset({State.PAUSED, State.CANCELLED, Stage.DONE, Stage.CANCELLED})
"""States in which nobody is asked to act."""

WITHOUT_VALUE: Final = frozenset({Freshness.STALE, Freshness.NO_DATA})
"""Freshness of a value that says nothing of today."""

CONCERN: Final = "concern"

RANK: Final[dict[str, int]] = {Colour.AMBER: 1, Colour.RED: 2}


@dataclass(frozen=True)
class Outlook:
    """What the past of a KPI says (SEMANTICS §10, §11). `known` is False while it is being computed again."""

    known: bool = False
    signal_rule: str = ""
    signal_nature: str = ""
    signal_period: date | None = None
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    forecast_period: date | None = None
    forecast_value: Decimal | None = None
    forecast_low: Decimal | None = None
    forecast_high: Decimal | None = None
    probability: float | None = None


@dataclass(frozen=True)
class Present:
    """The figures of one KPI, objective or initiative as stored now.

    For an objective `value` is its progress and `expected` its expected progress; it has no variance of its own.
    `confidences` are those of its last check-ins that gave one, the newest first. For an initiative `state` is its
    stage and `value` its progress.
    """

    state: str
    colour: str
    freshness: str = ""
    period: date | None = None
    value: Number | None = None
    expected: Number | None = None
    variance: Number | None = None
    favourable_variance: Number | None = None
    variance_pct: float | None = None
    unit: str = ""
    precision: int = 0
    target: Number | None = None
    outlook: Outlook = field(default_factory=Outlook)
    confidences: tuple[int, ...] = ()
    budget: Decimal | None = None
    actual_cost: Decimal | None = None


@dataclass(frozen=True)
class Watch:
    """What a rule looks for."""

    kind: str
    least_severity: str = Severity.RED
    variance_pct: Decimal = Decimal("0.1")
    variance_abs: Decimal = Decimal(0)
    threshold: Decimal | None = None
    threshold_side: str = ""
    confidence_points: int = 20
    probability_below: Decimal = Decimal("0.5")
    burn_ahead: Decimal = Decimal("0.1")


@dataclass(frozen=True)
class Condition:
    """The verdict on one rule and one subject. The facts are there where it holds; where it cannot be judged, why."""

    verdict: Verdict
    severity: Severity = Severity.RED
    facts: Facts = field(default_factory=dict)

    @property
    def holds(self) -> bool | None:
        """True or False; None where the figures say nothing."""
        said = {Verdict.HOLDS: True, Verdict.OVER: False, Verdict.UNWATCHED: False}
        return said.get(self.verdict)


Judged = tuple[bool | None, Severity]


class Waiting(Exception):
    """What the rule needs is being computed."""


def condition_of(present: Present, watch: Watch) -> Condition:
    """Judge one rule on one subject. What is paused, cancelled or done needs nobody."""
    if present.state in NOT_WATCHED:
        return Condition(Verdict.UNWATCHED)
    if flaw := flaw_of(watch):
        return Condition(Verdict.UNJUDGED, facts={"error": flaw})
    try:
        holds, severity = JUDGES[watch.kind](present, watch)
    except Waiting:
        return Condition(Verdict.UNCHANGED)
    if holds is None:
        return Condition(Verdict.UNKNOWN, severity)
    if not holds:
        return Condition(Verdict.OVER, severity)
    return Condition(Verdict.HOLDS, severity, {**facts_of(present), **special_facts(present, watch)})


def flaw_of(watch: Watch) -> str:
    """What a rule lacks so that it can be judged, in a word for machines; "" when nothing."""
    names_a_threshold = watch.threshold is not None and watch.threshold_side in ThresholdSide.values
    return "" if watch.kind != RuleKind.THRESHOLD or names_a_threshold else "threshold"


def facts_of(present: Present) -> Facts:
    """What an alert shows beside its rule, as the figures stood when it was last compared; numbers as text."""
    return {
        "state": str(present.state),
        "colour": str(present.colour),
        "period": present.period.isoformat() if present.period else None,
        "value": text_of(present.value),
        "expected": text_of(present.expected),
        "variance": text_of(present.variance),
        "variance_pct": text_of(present.variance_pct),
        "unit": present.unit,
    }


def special_facts(present: Present, watch: Watch) -> Facts:
    """What a rule of this kind looked at beyond the usual figures."""
    outlook = present.outlook
    if watch.kind == RuleKind.THRESHOLD:
        return {"threshold": text_of(watch.threshold), "threshold_side": watch.threshold_side}
    if watch.kind == RuleKind.SIGNAL:
        return {
            "signal_rule": outlook.signal_rule,
            "lower_limit": text_of(outlook.lower_limit),
            "upper_limit": text_of(outlook.upper_limit),
        }
    if watch.kind == RuleKind.FORECAST:
        return {
            "probability": text_of(outlook.probability),
            "forecast_value": text_of(outlook.forecast_value),
            "forecast_low": text_of(outlook.forecast_low),
            "forecast_high": text_of(outlook.forecast_high),
            "forecast_period": outlook.forecast_period.isoformat() if outlook.forecast_period else None,
            "target": text_of(present.target),
        }
    if watch.kind == RuleKind.CONFIDENCE:
        return {"confidences": ", ".join(str(points) for points in reversed(present.confidences))}
    if watch.kind == RuleKind.BUDGET:
        return {
            "budget": text_of(present.budget),
            "actual_cost": text_of(present.actual_cost),
            "spent": text_of(spent_share(present)),
        }
    return {}


def spent_share(present: Present) -> Decimal | None:
    """Cost to date / budget; None where there is no budget to divide by."""
    if not present.budget or present.actual_cost is None:
        return None
    return compared(present.actual_cost / present.budget)


def _colour_holds(present: Present, watch: Watch) -> Judged:
    """The colour is at least as bad as the rule's; grey for want of data leaves open what was open."""
    severity = _severity_of(present.colour)
    if present.state in UNKNOWN:
        return None, severity
    return RANK.get(present.colour, 0) >= RANK[watch.least_severity], severity


def _variance_holds(present: Present, watch: Watch) -> Judged:
    """Unfavourable beyond both the share and the amount; exactly at a threshold is still good (SEMANTICS rule 1).

    Without a percentage (nothing was expected, or no plan) the two thresholds cannot both be passed.
    """
    severity = _milder(present)
    if present.state in UNKNOWN:
        return None, severity
    if present.variance_pct is None or present.favourable_variance is None or present.favourable_variance >= 0:
        return False, severity
    beyond_share = compared(present.variance_pct) < -watch.variance_pct
    return beyond_share and compared(present.favourable_variance) < -watch.variance_abs, severity


def _stale_holds(present: Present, watch: Watch) -> Judged:
    """The next period's value is due too, and the last one is still missing."""
    return present.freshness == State.STALE.value, Severity.DATA


def _threshold_holds(present: Present, watch: Watch) -> Judged:
    """The value lies on the bad side, both rounded to the KPI's precision; exactly at the threshold is good."""
    value = None if present.value is None else exact(Decimal(str(present.value)), present.precision)
    limit = exact(watch.threshold, present.precision)
    if value is None or limit is None or present.freshness in WITHOUT_VALUE:
        return None, Severity.RED
    return (value > limit if watch.threshold_side == ThresholdSide.ABOVE else value < limit), Severity.RED


def _signal_holds(present: Present, watch: Watch) -> Judged:
    """The latest value is part of a signal of concern; what was noise, or has got better, is none."""
    severity, outlook = _milder(present), present.outlook
    if not outlook.known:
        raise Waiting
    if present.freshness in WITHOUT_VALUE:
        return None, severity
    at_the_latest = outlook.signal_period is not None and outlook.signal_period == present.period
    return at_the_latest and outlook.signal_nature == CONCERN, severity


def _forecast_holds(present: Present, watch: Watch) -> Judged:
    """The target is less likely to be met than the rule wants; too few points for a forecast say nothing."""
    severity, outlook = _milder(present), present.outlook
    if not outlook.known:
        raise Waiting
    if outlook.probability is None or present.freshness in WITHOUT_VALUE:
        return None, severity
    return compared(outlook.probability) < watch.probability_below, severity


def _confidence_holds(present: Present, watch: Watch) -> Judged:
    """The last check-in lowered the confidence by that many points, or it was the second fall in a row."""
    said = present.confidences
    if len(said) < 2:
        return False, Severity.AMBER
    fell_far = said[1] - said[0] >= watch.confidence_points
    fell_twice = len(said) > 2 and said[0] < said[1] < said[2]
    return fell_far or fell_twice, Severity.AMBER


def _budget_holds(present: Present, watch: Watch) -> Judged:
    """The share of the budget that is spent runs ahead of the progress; no budget, no cost or no progress is no news.

    Money spent without any budget (0) is ahead of whatever was done.
    """
    if present.budget is None or present.actual_cost is None or present.value is None:
        return False, Severity.AMBER
    if present.budget == 0:
        return present.actual_cost > 0, Severity.RED
    spent = compared(present.actual_cost / present.budget)
    severity = Severity.RED if spent > 1 else Severity.AMBER
    return spent - compared(present.value) > watch.burn_ahead, severity


def _severity_of(colour: str) -> Severity:
    return Severity.AMBER if colour == Colour.AMBER else Severity.RED


def _milder(present: Present) -> Severity:
    """Red for what is red already, else amber: an early word, not a verdict."""
    return Severity.RED if present.colour == Colour.RED else Severity.AMBER


def text_of(value: Number | None) -> str | None:
    """A number as facts keep it: exact decimals without trailing zeros, shares with six decimals."""
    if value is None:
        return None
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(round(value, 6))


JUDGES: Final[dict[str, Callable[[Present, Watch], Judged]]] = {
    RuleKind.THRESHOLD: _threshold_holds,
    RuleKind.COLOUR: _colour_holds,
    RuleKind.VARIANCE: _variance_holds,
    RuleKind.SIGNAL: _signal_holds,
    RuleKind.FORECAST: _forecast_holds,
    RuleKind.STALE: _stale_holds,
    RuleKind.CONFIDENCE: _confidence_holds,
    RuleKind.BUDGET: _budget_holds,
}
