"""The process behaviour chart of a series: phases, limits, signals, and what they say of the target (SEMANTICS §11)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from kpis.signals.dense import Band, Following, follow, is_dense
from kpis.signals.limits import FIRM, RANGE_FACTOR, Limits, limits_of, moving_ranges
from kpis.signals.moments import mean_of
from kpis.signals.rules import Assurance, Rule, Side, Signal, assurance_of, nature_of, signals_of
from objectives.pace import EXACT

ORDER: Final = {rule: number for number, rule in enumerate(Rule)}

MOVED: Final = frozenset({Rule.OUTSIDE, Rule.RUN_OF_8})
"""Rules that speak of the level, not of a single value near a limit."""


class Method(StrEnum):
    """How a phase is judged: by constant limits, or, with many daily points, by limits that follow the level."""

    PLAIN = "plain"
    DENSE = "dense"


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a period, named by its first day (or instant)."""

    period: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch without a recorded step change: its points from `start` on, `count` of them, and their limits.

    Locked limits rest on the first fifteen points and stay. Of a dense phase the limits are those of the next point;
    `autocorrelation` and `weight` are known there alone.
    """

    start: int
    count: int
    first: date
    last: date
    method: Method
    limits: Limits | None
    locked: bool
    autocorrelation: Decimal | None = None
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """All that is drawn. `bands` and `moving_ranges` have one entry per point, None where there is none."""

    points: tuple[Point, ...]
    moving_ranges: tuple[Decimal | None, ...]
    bands: tuple[Band | None, ...]
    phases: tuple[Phase, ...]
    signals: tuple[Signal, ...]
    assurance: Assurance | None

    @property
    def limits(self) -> Limits | None:
        """Limits of the latest phase."""
        return self.phases[-1].limits if self.phases else None

    @property
    def has_left_its_limits(self) -> bool:
        """Whether the latest point says that the level is another one than the locked limits rest on."""
        return bool(self.phases) and self.phases[-1].locked and any(one.rule in MOVED for one in self.latest_signals)

    @property
    def latest_signals(self) -> tuple[Signal, ...]:
        """The signals that the latest point gives."""
        return tuple(signal for signal in self.signals if signal.index == len(self.points) - 1)


def is_charted(*, cumulative: bool, carried_forward: bool = False) -> bool:
    """Whether a value may stand on the chart.

    Not one of a series that adds up within the year (`cumulative`: each value holds the one before), nor one carried
    forward because its period brought none: neither varies of its own.
    """
    return not (cumulative or carried_forward)


def chart_of(
    points: Sequence[Point],
    *,
    direction: str,
    target: Decimal | None = None,
    breaks: Sequence[date] = (),
    dense: bool | None = None,
) -> Chart:
    """The chart of values in order of time; ValueError where they are not.

    `direction` is `up`, `down` or empty. Each recorded step change in `breaks` starts a phase at the first point of its
    day or later. `dense` says whether points are daily or finer; None lets their distance decide. A dense phase is
    followed from its fiftieth point on. Signals are in order of time, then of the rules.
    """
    if any(after.period <= before.period for before, after in pairwise(points)):
        raise ValueError("the points of a chart come in order of time, one per period")
    parts = [_judged(points[start:end], start, direction, dense) for start, end in _stretches(points, breaks)]
    signals = (signal for part in parts for signal in part.signals)
    return Chart(
        points=tuple(points),
        moving_ranges=tuple(each for part in parts for each in part.moving_ranges),
        bands=tuple(band for part in parts for band in part.bands),
        phases=tuple(part.phase for part in parts),
        signals=tuple(sorted(signals, key=lambda signal: (signal.index, ORDER[signal.rule]))),
        assurance=assurance_of(parts[-1].phase.limits, target, direction) if parts else None,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A phase with what is drawn and marked in it."""

    phase: Phase
    moving_ranges: list[Decimal | None]
    bands: list[Band | None]
    signals: list[Signal]


def _stretches(points: Sequence[Point], breaks: Sequence[date]) -> list[tuple[int, int]]:
    """Index ranges of the phases; breaks before the first point or beyond the last one make none."""
    starts = {0} if points else set()
    for day in breaks:
        found = next((index for index, point in enumerate(points) if point.period >= day), None)
        if found is not None:
            starts.add(found)
    return list(pairwise([*sorted(starts), len(points)]))


def _judged(points: Sequence[Point], start: int, direction: str, dense: bool | None) -> _Part:
    values = [point.value for point in points]
    ranges = moving_ranges(values)
    if is_dense([point.period for point in points], within_a_day=dense):
        following = follow(values)
        bands = list(following.bands)
        phase = _dense_phase(points, start, following, bands.pop(), mean_of(ranges))
        found = _outside(values, bands, direction)
    else:
        phase = _plain_phase(points, start, limits_of(values[:FIRM]))
        limits = phase.limits
        bands = [None if limits is None else Band(limits.centre, limits.lower, limits.upper)] * len(points)
        found = signals_of(values, limits, direction=direction)
    return _Part(phase, [None, *ranges], bands, [_placed(signal, points, start) for signal in found])


def _plain_phase(points: Sequence[Point], start: int, limits: Limits | None) -> Phase:
    return Phase(
        start=start,
        count=len(points),
        first=points[0].period,
        last=points[-1].period,
        method=Method.PLAIN,
        limits=limits,
        locked=limits is not None and not limits.provisional,
    )


def _dense_phase(
    points: Sequence[Point], start: int, following: Following, coming: Band | None, mean_range: Decimal
) -> Phase:
    limits = None
    if coming is not None:
        limits = Limits(
            centre=coming.centre,
            lower=coming.lower,
            upper=coming.upper,
            range_upper=EXACT.multiply(RANGE_FACTOR, mean_range),
            mean_range=mean_range,
            provisional=False,
        )
    return Phase(
        start=start,
        count=len(points),
        first=points[0].period,
        last=points[-1].period,
        method=Method.DENSE,
        limits=limits,
        locked=False,
        autocorrelation=following.autocorrelation,
        weight=following.weight,
    )


def _outside(values: Sequence[Decimal], bands: Sequence[Band | None], direction: str) -> list[Signal]:
    found = []
    for index, (value, band) in enumerate(zip(values, bands, strict=True)):
        if band is not None and not band.lower <= value <= band.upper:
            side = Side.ABOVE if value > band.upper else Side.BELOW
            found.append(Signal(Rule.OUTSIDE, index, side, nature_of(side, direction)))
    return found


def _placed(signal: Signal, points: Sequence[Point], start: int) -> Signal:
    return replace(signal, index=start + signal.index, period=points[signal.index].period)
