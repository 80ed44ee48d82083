"""Whether a rule's condition holds for the present figures of a KPI or an objective (SEMANTICS §7, §15). Pure.

Only the present state is judged, never the change that led to it: a lost or doubled message does no harm.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from alerts.choices import RuleKind, Severity
from objectives.choices import Colour, State
from objectives.pace import compared

Number = Decimal | float

UNKNOWN: Final = frozenset({State.NO_DATA, State.STALE, State.TOO_EARLY})
"""States that say nothing of the figure: what was true before is kept."""

NOT_WATCHED: Final = frozenset({State.PAUSED, State.CANCELLED})
"""States in which nobody is asked to act."""

RANK: Final[dict[str, int]] = {Colour.AMBER: 1, Colour.RED: 2}


@dataclass(frozen=True)
class Present:
    """The figures of one KPI or objective as stored now.

    For an objective `value` is its progress and `expected` its expected progress; it has no variance of its own.
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


@dataclass(frozen=True)
class Watch:
    """What a rule looks for."""

    kind: str
    least_severity: str = Severity.RED
    variance_pct: Decimal = Decimal("0.1")
    variance_abs: Decimal = Decimal(0)


@dataclass(frozen=True)
class Condition:
    """`holds` is None where the figures say nothing: an open alert stays as it is and none is opened.

    The facts are there where it holds.
    """

    holds: bool | None
    severity: Severity = Severity.RED
    facts: dict[str, str | None] = field(default_factory=dict)


def condition_of(present: Present, watch: Watch) -> Condition:
    """Judge one rule on one KPI or objective. What is paused or cancelled needs nobody: nothing holds."""
    if present.state in NOT_WATCHED:
        return Condition(holds=False)
    holds, severity = JUDGES[watch.kind](present, watch)
    return Condition(holds, severity, facts_of(present)) if holds else Condition(holds, severity)


def facts_of(present: Present) -> dict[str, str | None]:
    """What an alert shows beside its rule, as the figures stood when it was last compared; numbers as text."""
    return {
        "state": str(present.state),
        "colour": str(present.colour),
        "period": present.period.isoformat() if present.period else None,
        "value": _text(present.value),
        "expected": _text(present.expected),
        "variance": _text(present.variance),
        "variance_pct": _text(present.variance_pct),
        "unit": present.unit,
    }


def _colour_holds(present: Present, watch: Watch) -> tuple[bool | None, Severity]:
    """The colour is at least as bad as the rule's; grey for want of data leaves open what was open."""
    severity = _severity_of(present.colour)
    if present.state in UNKNOWN:
        return None, severity
    return RANK.get(present.colour, 0) >= RANK[watch.least_severity], severity


def _variance_holds(present: Present, watch: Watch) -> tuple[bool | None, Severity]:
    """Unfavourable beyond both the share and the amount; exactly at a threshold is still good (SEMANTICS rule 1).

    Without a percentage (nothing was expected, or no plan) the two thresholds cannot both be passed.
    """
    severity = Severity.RED if present.colour == Colour.RED else Severity.AMBER
    if present.state in UNKNOWN:
        return None, severity
    if present.variance_pct is None or present.favourable_variance is None or present.favourable_variance >= 0:
        return False, severity
    beyond_share = compared(present.variance_pct) < -watch.variance_pct
    return beyond_share and compared(present.favourable_variance) < -watch.variance_abs, severity


def _stale_holds(present: Present, watch: Watch) -> tuple[bool | None, Severity]:
    """The next period's value is due too, and the last one is still missing."""
    return present.freshness == State.STALE.value, Severity.DATA


def _severity_of(colour: str) -> Severity:
    return Severity.AMBER if colour == Colour.AMBER else Severity.RED


def _text(value: Number | None) -> str | None:
    if value is None:
        return None
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(round(value, 6))


JUDGES: Final[dict[str, Callable[[Present, Watch], tuple[bool | None, Severity]]]] = {
    RuleKind.COLOUR: _colour_holds,
    RuleKind.VARIANCE: _variance_holds,
    RuleKind.STALE: _stale_holds,
}
