"""Progress, attainment and zone of one value (SEMANTICS §2–4). Both sides are rounded before anything else."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpis.choices import Direction, Flag
from kpis.definition import exact, minus
from objectives.pace import EXACT

ZERO, ONE = Decimal(0), Decimal(1)
GUARDRAIL_WIDTH: Final = Decimal("0.1")
STORED: Final = Decimal("1e-12")


@dataclass(frozen=True)
class Progress:
    """How far from the baseline to the target; None when unknown."""

    progress: Decimal | None
    achieved: bool | None
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Attainment:
    """How much of the target; None when the target is 0 or the value unknown."""

    attainment: Decimal | None
    achieved: bool | None


@dataclass(frozen=True)
class Zone:
    """How far outside the allowed zone: `distance` is signed, above is positive; None when the value is unknown."""

    attainment: Decimal | None
    inside: bool | None
    distance: Decimal | None


def stored(value: Decimal) -> Decimal:
    """A ratio as it is kept: twelve decimals, half-even."""
    kept = value.quantize(STORED, context=EXACT)
    return kept if kept else ZERO


def progress_of(
    actual: Decimal | None, baseline: Decimal | None, target: Decimal | None, direction: str, precision: int
) -> Progress:
    """P = (A − b) / (T − b); the sign of T − b carries the direction. T = b: 1 at the target or better, else 0."""
    value, base, goal = exact(actual, precision), exact(baseline, precision), exact(target, precision)
    if value is None:
        return Progress(None, None, (Flag.NO_DATA.value,))
    if goal is None:
        return Progress(None, None, ())
    if base is None:
        return Progress(None, _reached(value, goal, direction), (Flag.BASELINING.value,))
    if goal == base:
        met = _reached(value, goal, direction)
        return Progress(ONE if met else ZERO, met, (Flag.DEGENERATE.value,))
    share = stored(EXACT.divide(minus(value, base), minus(goal, base)))
    regressing = value != base and (value < base) == (goal > base)
    achieved = value >= goal if goal > base else value <= goal
    return Progress(share, achieved, (Flag.REGRESSING.value,) if regressing else ())


def attainment_of(actual: Decimal | None, target: Decimal | None, direction: str, precision: int) -> Attainment:
    """R = 1 + dir × (A − T) / |T|; null when T = 0, where achieved says it alone."""
    value, goal = exact(actual, precision), exact(target, precision)
    if value is None or goal is None:
        return Attainment(None, None)
    achieved = _reached(value, goal, direction)
    if goal == 0:
        return Attainment(None, achieved)
    better = minus(value, goal) if _higher(direction) else minus(goal, value)
    return Attainment(stored(EXACT.add(ONE, EXACT.divide(better, goal.copy_abs()))), achieved)


def zone_of(
    actual: Decimal | None, low: Decimal | None, high: Decimal | None, width: Decimal | None, precision: int
) -> Zone:
    """R = 1 inside, else max(0, 1 − d / width). Width: explicit, else half of U − L, else 10 % of the one bound."""
    value, floor, ceiling = exact(actual, precision), exact(low, precision), exact(high, precision)
    if value is None or (floor is None and ceiling is None):
        return Zone(None, None, None)
    distance = ZERO
    if floor is not None and value < floor:
        distance = minus(value, floor)
    elif ceiling is not None and value > ceiling:
        distance = minus(value, ceiling)
    if not distance:
        return Zone(ONE, inside=True, distance=ZERO)
    span = _width(floor, ceiling) if width is None else width
    if span <= 0:
        return Zone(ZERO, inside=False, distance=distance)
    share = max(ZERO, minus(ONE, EXACT.divide(distance.copy_abs(), span)))
    return Zone(stored(share), inside=False, distance=distance)


def _width(low: Decimal | None, high: Decimal | None) -> Decimal:
    if low is not None and high is not None:
        return EXACT.divide(minus(high, low), Decimal(2))
    bound = low if low is not None else high
    return EXACT.multiply(GUARDRAIL_WIDTH, bound.copy_abs()) if bound is not None else ZERO


def _higher(direction: str) -> bool:
    return str(direction) != Direction.DOWN.value


def _reached(value: Decimal, target: Decimal, direction: str) -> bool:
    return value >= target if _higher(direction) else value <= target
