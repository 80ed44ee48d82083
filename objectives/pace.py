"""Status of a figure: pace against the plan, attainment bands, order of evaluation (SEMANTICS §5–6).

Every comparison is inclusive on the good side and made on values rounded half-even to nine decimals.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from objectives.choices import Colour, Lifecycle, RollupState, Rule, State

Number = Decimal | float | int

EXACT: Final = Context(prec=100, rounding=ROUND_HALF_EVEN)
"""Wide enough that rounding to a declared precision never overflows the digits."""

COMPARED: Final = Decimal("1e-9")
SEVERITY: Final = {Colour.GREY: 0, Colour.GREEN: 1, Colour.AMBER: 2, Colour.RED: 3}


@dataclass(frozen=True)
class Thresholds:
    """Bands of a status; defaults of SEMANTICS §5, which an organization or a KPI may replace."""

    green_ratio: Decimal = Decimal("0.95")
    green_gap: Decimal = Decimal("-0.03")
    amber_ratio: Decimal = Decimal("0.80")
    amber_gap: Decimal = Decimal("-0.10")
    green_attainment: Decimal = Decimal("0.95")
    amber_attainment: Decimal = Decimal("0.80")
    achieved: Decimal = Decimal(1)
    partly: Decimal = Decimal("0.7")


DEFAULT_THRESHOLDS: Final = Thresholds()


@dataclass(frozen=True)
class Status:
    """What a status says, how it is coloured, and which rule decided it."""

    state: State
    colour: Colour
    rule: Rule


PREVAILING: Final = frozenset(
    {State.CANCELLED, State.PAUSED, State.NOT_STARTED, State.NO_TARGET, State.NO_DATA, State.STALE}
)
"""Steps 1–4 of SEMANTICS §6: what no status set by hand can hide."""

BY_HAND: Final = {
    State.ON_TRACK: Colour.GREEN,
    State.AT_RISK: Colour.AMBER,
    State.OFF_TRACK: Colour.RED,
    State.TOO_EARLY: Colour.GREY,
}
"""What may be said by hand before the end, with its colour."""

BY_HAND_AT_THE_END: Final = {
    State.ACHIEVED: Colour.GREEN,
    State.PARTLY_ACHIEVED: Colour.AMBER,
    State.MISSED: Colour.RED,
}
"""What may be said by hand from the end on: never “on track”."""


def shown_status(computed: Status, by_hand: Status | None) -> Status:
    """Step 5 of SEMANTICS §6: a status set by hand stands before everything but what prevails over it."""
    return computed if by_hand is None or computed.state in PREVAILING else by_hand


def compared(value: Number) -> Decimal:
    """The value as it enters a comparison: nine decimals, half-even."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(COMPARED, context=EXACT)


def grey(state: State, rule: Rule) -> Status:
    """A status without a judgement."""
    return Status(state, Colour.GREY, rule)


def pace_status(
    progress: Number | None,
    expected: Number | None,
    *,
    period_share: Number,
    ended: bool,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> Status:
    """Judge progress P against the expected share p: ratio q = P / p, gap g = P − p (SEMANTICS §5).

    `period_share` is one update period as a share of the whole duration; less expected than that is too early.
    Unknown progress is `no_data`; unknown expectation before the end is grey by the rule `no_plan`.
    """
    if progress is None:
        return grey(State.NO_DATA, Rule.NO_DATA)
    reached = compared(progress)
    if expected is not None:
        share = compared(expected)
        if share <= 0 or share < min(compared(period_share), Decimal(1)):
            return grey(State.TOO_EARLY, Rule.TOO_EARLY)
    if ended:
        return _outcome(reached, thresholds)
    if expected is None:
        return grey(State.NO_TARGET, Rule.NO_PLAN)
    ratio = compared(EXACT.divide(reached, share))
    gap = reached - share
    if ratio >= thresholds.green_ratio or gap >= thresholds.green_gap:
        return Status(State.ON_TRACK, Colour.GREEN, Rule.PACE)
    if ratio >= thresholds.amber_ratio or gap >= thresholds.amber_gap:
        return Status(State.AT_RISK, Colour.AMBER, Rule.PACE)
    return Status(State.OFF_TRACK, Colour.RED, Rule.PACE)


def _outcome(reached: Decimal, thresholds: Thresholds) -> Status:
    if reached >= thresholds.achieved:
        return Status(State.ACHIEVED, Colour.GREEN, Rule.OUTCOME)
    if reached >= thresholds.partly:
        return Status(State.PARTLY_ACHIEVED, Colour.AMBER, Rule.OUTCOME)
    return Status(State.MISSED, Colour.RED, Rule.OUTCOME)


def band_status(
    attainment: Number | None, achieved: bool | None, *, thresholds: Thresholds = DEFAULT_THRESHOLDS
) -> Status:
    """Judge an attainment R: green when achieved or R ≥ 0.95, amber R ≥ 0.80, red otherwise (SEMANTICS §5).

    R is null when the target is 0: then achieved decides alone. Nothing known at all is `no_data`.
    """
    if achieved:
        return Status(State.ON_TRACK, Colour.GREEN, Rule.ACHIEVED)
    if attainment is None:
        if achieved is None:
            return grey(State.NO_DATA, Rule.NO_DATA)
        return Status(State.OFF_TRACK, Colour.RED, Rule.BAND)
    reached = compared(attainment)
    if reached >= thresholds.green_attainment:
        return Status(State.ON_TRACK, Colour.GREEN, Rule.BAND)
    if reached >= thresholds.amber_attainment:
        return Status(State.AT_RISK, Colour.AMBER, Rule.BAND)
    return Status(State.OFF_TRACK, Colour.RED, Rule.BAND)


def objective_status(
    *,
    lifecycle: str,
    started: bool,
    ended: bool,
    figure_state: str,
    progress: Number | None,
    expected: Number | None,
    period_share: Number,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> Status:
    """Status of an objective in the order of SEMANTICS §6: lifecycle, start, what is known, then pace."""
    if lifecycle == Lifecycle.CANCELLED:
        return grey(State.CANCELLED, Rule.LIFECYCLE)
    if lifecycle == Lifecycle.PAUSED:
        return grey(State.PAUSED, Rule.LIFECYCLE)
    if not started or lifecycle == Lifecycle.DRAFT:
        return grey(State.NOT_STARTED, Rule.NOT_STARTED)
    if figure_state == RollupState.NO_INPUT:
        return grey(State.NO_DATA, Rule.NO_INPUT)
    if figure_state == RollupState.INSUFFICIENT_DATA or progress is None:
        return grey(State.NO_DATA, Rule.COVERAGE)
    return pace_status(progress, expected, period_share=period_share, ended=ended, thresholds=thresholds)
