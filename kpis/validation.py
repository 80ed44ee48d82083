"""What a definition may not say (SEMANTICS §1–5). A missing baseline or target is allowed: its status is grey."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kpis.choices import Kind, TimeAggregation, Trajectory
from kpis.definition import Definition, exact
from kpis.trajectory import same_sign, shaped


@dataclass(frozen=True)
class Problem:
    """Why a definition is refused: the field, a code for machines, a sentence for people."""

    field: str
    code: str
    message: str | Promise


def validate(definition: Definition) -> list[Problem]:
    """Everything that is wrong with a definition, in the order of its fields; empty when it may be saved."""
    return [
        *_common(definition),
        *_dates(definition),
        *_way(definition),
        *_shape(definition),
        *_bounds(definition),
        *_rows(definition),
    ]


def _common(definition: Definition) -> Iterator[Problem]:
    if definition.precision < 0:
        yield Problem("precision", "negative", _("The number of decimals cannot be negative."))
    if definition.grace_days < 0:
        yield Problem("grace_days", "negative", _("The days of grace cannot be negative."))
    if definition.width is not None and definition.width < 0:
        yield Problem("width", "negative", _("The tolerance width cannot be negative."))


def _dates(definition: Definition) -> Iterator[Problem]:
    start, end = definition.start, definition.end
    if start is not None and end is not None and (end < start or (end == start and _moves(definition))):
        yield Problem("end", "before_start", _("The end must come after the start."))
    if _moves(definition) and definition.target is not None:
        for field, day in (("start", start), ("end", end)):
            if day is None:
                yield Problem(field, "required", _("A KPI that moves to a target needs a start and an end."))


def _way(definition: Definition) -> Iterator[Problem]:
    """T = b and a direction against the sign of T − b are refused, compared at the declared precision."""
    if not _moves(definition):
        return
    base = exact(definition.baseline, definition.precision)
    wanted = [("target", definition.target)]
    if not shaped(definition):
        wanted += [("targets", row.value) for row in definition.milestones]
    for field, value in wanted:
        target = exact(value, definition.precision)
        if base is None or target is None:
            continue
        if target == base:
            yield Problem(field, "target_equals_baseline", _("The target equals the baseline: use a range instead."))
        elif (target > base) != (definition.sign > 0):
            message = _("The direction contradicts the way from the baseline to the target: use a guardrail instead.")
            yield Problem("direction" if field == "target" else field, "direction_contradicts", message)


def _shape(definition: Definition) -> Iterator[Problem]:
    """What a trajectory asks of the KPI: a season adds up, equal growth neither starts from 0 nor crosses it."""
    if not _moves(definition):
        return
    trajectory = str(definition.trajectory)
    if trajectory == Trajectory.SEASONAL.value:
        if str(definition.time_aggregation) != TimeAggregation.SUM.value:
            message = _("A seasonal plan needs values that add up over time: aggregate over time by the sum.")
            yield Problem("trajectory", "seasonal_not_additive", message)
        if definition.cumulative:
            message = _("A seasonal plan adds the values up itself: they cannot be running totals.")
            yield Problem("trajectory", "seasonal_running_total", message)
    if trajectory != Trajectory.COMPOUND.value or definition.baseline is None:
        return
    base = exact(definition.baseline, definition.precision)
    wanted = [("trajectory", definition.target), *(("targets", row.value) for row in definition.milestones)]
    for field, value in wanted:
        if value is not None and not same_sign(base, exact(value, definition.precision)):
            message = _("Compound growth needs a baseline and a target on the same side of 0, and neither of them 0.")
            yield Problem(field, "compound_signs", message)


def _bounds(definition: Definition) -> Iterator[Problem]:
    low, high = definition.low, definition.high
    if _reversed(low, high):
        yield Problem("high", "below_low", _("The upper bound lies below the lower one."))
    if str(definition.kind) == Kind.RANGE.value and (low is None) != (high is None):
        field = "low" if low is None else "high"
        yield Problem(field, "required", _("A range needs both bounds: with one bound, use a guardrail."))


def _rows(definition: Definition) -> Iterator[Problem]:
    seen = set()
    for row in definition.targets:
        if row.period in seen:
            yield Problem("targets", "duplicate", _("Two targets are given for the same period."))
        seen.add(row.period)
        if _reversed(row.low, row.high):
            yield Problem("targets", "below_low", _("The upper bound lies below the lower one."))


def _reversed(low: Decimal | None, high: Decimal | None) -> bool:
    return low is not None and high is not None and high < low


def _moves(definition: Definition) -> bool:
    return str(definition.kind) == Kind.MOVE.value
