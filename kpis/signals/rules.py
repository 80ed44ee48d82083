"""What counts as a signal, and what it says (SEMANTICS §11).

Default rules: a point outside the limits; eight in a row on one side of the centre; two of three consecutive points
beyond the same line at 1.773 mean moving ranges, of which those beyond it are marked. Beyond means strictly beyond; a
point on the centre ends a run. A moving range above its limit is drawn, it is no signal.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kpis.signals.limits import Limits

RUN: Final = 8
WINDOW: Final = 3
OF_WINDOW: Final = 2


class Rule(StrEnum):
    """Which rule a point breaks, in the order in which signals are listed."""

    OUTSIDE = "outside"
    RUN_OF_8 = "run_of_8"
    TWO_OF_THREE = "two_of_three"


class Side(StrEnum):
    """On which side of the centre."""

    ABOVE = "above"
    BELOW = "below"


class Nature(StrEnum):
    """What a signal means for the KPI; neutral where it has no better side."""

    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEUTRAL = "neutral"


class Assurance(StrEnum):
    """Whether the process as it is reaches the target."""

    CONSISTENTLY_PASSES = "consistently_passes"
    CONSISTENTLY_FAILS = "consistently_fails"
    HIT_OR_MISS = "hit_or_miss"


ALL_RULES: Final = tuple(Rule)
GOOD_SIDE: Final = {"up": Side.ABOVE, "down": Side.BELOW}


@dataclass(frozen=True, slots=True)
class Signal:
    """One marked point: its place in the series, counted from 0, and its period where the series has periods."""

    rule: Rule
    index: int
    side: Side
    nature: Nature = Nature.NEUTRAL
    period: date | None = None


def signals_of(
    values: Sequence[Decimal], limits: Limits | None, *, direction: str = "", rules: Sequence[Rule] = ALL_RULES
) -> list[Signal]:
    """The points that signal against these limits, by rule and then in order of time; none without limits.

    `direction` is `up`, `down`, or empty where no side is the better one.
    """
    if limits is None:
        return []
    return [
        Signal(rule, index, side, nature_of(side, direction))
        for rule in ALL_RULES
        if rule in rules
        for index, side in _FINDERS[rule](values, limits)
    ]


def nature_of(side: Side, direction: str) -> Nature:
    """Improvement on the better side, concern on the other, neutral where there is no better side."""
    better = GOOD_SIDE.get(direction)
    if better is None:
        return Nature.NEUTRAL
    return Nature.IMPROVEMENT if side == better else Nature.CONCERN


def assurance_of(limits: Limits | None, target: Decimal | None, direction: str) -> Assurance | None:
    """Whether the limits lie beyond the target: on its good side, a limit on the target included, or on its bad side.

    None without limits, target or direction.
    """
    if limits is None or target is None or direction not in GOOD_SIDE:
        return None
    if direction == "up":
        passes, fails = limits.lower >= target, limits.upper < target
    else:
        passes, fails = limits.upper <= target, limits.lower > target
    if passes:
        return Assurance.CONSISTENTLY_PASSES
    return Assurance.CONSISTENTLY_FAILS if fails else Assurance.HIT_OR_MISS


Marks = Iterable[tuple[int, Side]]


def _outside(values: Sequence[Decimal], limits: Limits) -> Marks:
    sides = _sides(values, limits.lower, limits.upper)
    return [(index, side) for index, side in enumerate(sides) if side is not None]


def _runs(values: Sequence[Decimal], limits: Limits) -> Marks:
    """Every point of each unbroken run of eight or more on one side."""
    found: list[tuple[int, Side]] = []
    run: list[tuple[int, Side]] = []
    for index, side in enumerate([*_sides(values, limits.centre, limits.centre), None]):
        if run and side != run[-1][1]:
            found.extend(run if len(run) >= RUN else ())
            run = []
        if side is not None:
            run.append((index, side))
    return found


def _two_of_three(values: Sequence[Decimal], limits: Limits) -> Marks:
    sides = _sides(values, limits.near_lower, limits.near_upper)
    found: set[tuple[int, Side]] = set()
    for start in range(len(sides) - WINDOW + 1):
        window = range(start, start + WINDOW)
        for side in Side:
            beyond = [index for index in window if sides[index] is side]
            if len(beyond) >= OF_WINDOW:
                found.update((index, side) for index in beyond)
    return sorted(found)


def _sides(values: Sequence[Decimal], lower: Decimal, upper: Decimal) -> list[Side | None]:
    return list(_side_by_side(values, lower, upper))


def _side_by_side(values: Sequence[Decimal], lower: Decimal, upper: Decimal) -> Iterator[Side | None]:
    for value in values:
        if value > upper:
            yield Side.ABOVE
        else:
            yield Side.BELOW if value < lower else None


_FINDERS: Final[dict[Rule, Callable[[Sequence[Decimal], Limits], Marks]]] = {
    Rule.OUTSIDE: _outside,
    Rule.RUN_OF_8: _runs,
    Rule.TWO_OF_THREE: _two_of_three,
}
