"""Where a plan says a `move` KPI should be on a day (SEMANTICS §5): E(t) = b + (T − b) × p(t)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from kpis.choices import Kind, Trajectory
from kpis.definition import Definition, Planned, exact, minus
from kpis.seasons import seasonal_share
from objectives.pace import EXACT

ZERO, ONE = Decimal(0), Decimal(1)

WAYS: Final = frozenset([Trajectory.STEPPED.value, Trajectory.MILESTONES.value, Trajectory.CUSTOM.value])
"""Trajectories whose dated rows are milestones on the way; those of the others are targets."""


@dataclass(frozen=True)
class Milestone:
    """A dated share of the way from the baseline to the target."""

    on: date
    share: Decimal


def expected_share(
    shape: str, start: date | None, end: date | None, on: date, milestones: Iterable[Milestone] = ()
) -> Decimal | None:
    """Expected share p(t), clamped to 0..1; None when the dates that the shape needs are unknown.

    `linear` in days; `stepped` the last milestone at or before the day, 0 before the first; `milestones` straight lines
    from (start, 0) through the milestones to (end, 1). `custom` shares are steps too. An end at or before the start
    makes the share 1 from the end on.
    """
    points = sorted(milestones, key=lambda point: point.on)
    if str(shape) in (Trajectory.STEPPED.value, Trajectory.CUSTOM.value):
        reached = [point.share for point in points if point.on <= on]
        return _clamped(reached[-1] if reached else ZERO)
    if start is None or end is None:
        return None
    between = points if str(shape) == Trajectory.MILESTONES.value else []
    inner = [point for point in between if start < point.on < end]
    return _clamped(_along([Milestone(start, ZERO), *inner, Milestone(end, ONE)], on))


def _along(line: list[Milestone], on: date) -> Decimal:
    """Straight lines through the points, constant outside."""
    if on >= line[-1].on:
        return line[-1].share
    if on <= line[0].on:
        return line[0].share
    right = next(index for index, point in enumerate(line) if point.on > on)
    before, after = line[right - 1], line[right]
    rise = EXACT.multiply(minus(after.share, before.share), Decimal((on - before.on).days))
    return EXACT.add(before.share, EXACT.divide(rise, Decimal((after.on - before.on).days)))


def _clamped(share: Decimal) -> Decimal:
    return min(max(share, ZERO), ONE)


def target_on(definition: Definition, on: date) -> Decimal | None:
    """The target of a `move`, `period` or `guardrail` KPI valid on a day, rounded to the precision.

    Dated rows are targets valid from their period on. Rows of a stepped, milestones or custom `move` KPI are the way
    there instead: its target is the declared one, or the last row where none is declared.
    """
    rows = definition.milestones
    if shaped(definition):
        value = definition.target if definition.target is not None or not rows else rows[-1].value
    else:
        valid = [row.value for row in rows if row.period <= on]
        value = valid[-1] if valid else definition.target
    return exact(value, definition.precision)


def shaped(definition: Planned) -> bool:
    """Whether the dated rows are milestones on the way rather than targets."""
    return str(definition.kind) == Kind.MOVE.value and str(definition.trajectory) in WAYS


def share_on(definition: Definition, target: Decimal | None, on: date) -> Decimal | None:
    """Expected share of the way of a `move` KPI on a day: (E − b) / (T − b), so that who is on plan is on pace.

    None without a baseline, where rows cannot become shares, or dates. A `compound` KPI follows its curve where the
    baseline and the target have the same sign; a `seasonal` one its season, a straight line where it shows none.
    """
    shape = str(definition.trajectory)
    base = exact(definition.baseline, definition.precision)
    if shape == Trajectory.COMPOUND.value:
        passed = expected_share(Trajectory.LINEAR, definition.start, definition.end, on)
        return passed if passed is None or not grows(base, target) else curved(base, target, passed)
    if shape == Trajectory.SEASONAL.value:
        share = seasonal_share(definition, on)
        return expected_share(shape, definition.start, definition.end, on) if share is None else _clamped(share)
    if not shaped(definition):
        return expected_share(shape, definition.start, definition.end, on)
    if base is None or target is None:
        return None
    if target == base:
        return expected_share(Trajectory.LINEAR, definition.start, definition.end, on)
    return expected_share(shape, definition.start, definition.end, on, _shares(definition, base, target))


def grows(base: Decimal | None, target: Decimal | None) -> bool:
    """Whether a curve of equal growth leads from the baseline to the target: same sign, neither 0, not the same."""
    return base != target and same_sign(base, target)


def same_sign(base: Decimal | None, target: Decimal | None) -> bool:
    """Whether both are known, neither is 0, and both lie on the same side of it."""
    if base is None or target is None or not base or not target:
        return False
    return (base > 0) == (target > 0)


def curved(base: Decimal | None, target: Decimal | None, passed: Decimal) -> Decimal:
    """((T / b)^p − 1) / (T / b − 1): the share of the way that equal growth has covered after p of the time."""
    if base is None or target is None or passed in (ZERO, ONE):
        return passed
    ratio = EXACT.divide(target, base)
    return EXACT.divide(minus(EXACT.power(ratio, passed), ONE), minus(ratio, ONE))


def time_passed(base: Decimal, target: Decimal, share: Decimal) -> Decimal:
    """The inverse of `curved`: the share of the time at which equal growth has covered this share of the way."""
    ratio = EXACT.divide(target, base)
    reached = EXACT.add(ONE, EXACT.multiply(share, minus(ratio, ONE)))
    return EXACT.divide(EXACT.ln(reached), EXACT.ln(ratio))


def _shares(definition: Definition, base: Decimal, target: Decimal) -> list[Milestone]:
    way = minus(target, base)
    values = ((row.period, exact(row.value, definition.precision)) for row in definition.milestones)
    return [Milestone(day, EXACT.divide(minus(value, base), way)) for day, value in values if value is not None]


def expected_value(definition: Definition, target: Decimal | None, on: date) -> Decimal | None:
    """E(t), rounded to the precision: b + (T − b) × p(t); for `compound` that is b × (T / b)^(share of time passed).

    `custom` is the latest row, the baseline before the first.
    """
    base = exact(definition.baseline, definition.precision)
    if shaped(definition) and str(definition.trajectory) == Trajectory.CUSTOM.value:
        reached = [row.value for row in definition.milestones if row.period <= on]
        return exact(reached[-1], definition.precision) if reached else base
    share = share_on(definition, target, on)
    if base is None or target is None or share is None:
        return None
    return exact(EXACT.add(base, EXACT.multiply(minus(target, base), share)), definition.precision)
