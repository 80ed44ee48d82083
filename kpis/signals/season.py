"""The season in a series, and the series without it.

A value's place is the number of its period, so that missing periods leave no trace; its season is the place modulo the
length of the cycle. The index of a season is the median of its values about the straight line through the series, less
the mean of all indices, in the unit of the values. An index is an estimate: it is computed in floating point about the
first value and rounded to nine decimals; what it is taken off stays exact. A series is estimated from anew after each
cycle, so what all its beginnings share is worked out once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from objectives.pace import EXACT, compared

CYCLES: Final = 2
FEWEST: Final = 12
"""Cycles' worth of values, and values, before a season can be told from chance."""

SHARE: Final = 0.5
"""A season is there when it explains at least half of the variance about the trend, counted per degree of freedom."""

NOTHING: Final = 1e-18
"""Squares about the trend line that are rounding, as a share of all squares."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LENGTHS: Final[Mapping[str, tuple[int, ...]]] = {"daily": (7,), "weekly": (52,), "monthly": (12,), "quarterly": (4,)}
"""Cycles to look for, by the frequency of a KPI."""


@dataclass(frozen=True, slots=True)
class Season:
    """A cycle of `length` places, what each season adds, and the share of the variance about the trend it explains."""

    length: int
    indices: tuple[Decimal, ...]
    share: Decimal

    def index_at(self, place: int) -> Decimal:
        """What the season adds at a place."""
        return self.indices[place % self.length]


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Values less their season, at nine decimals; `since` is the first one whose season was known before it came.

    `season` is the latest estimate, None where the longer record no longer bears one out.
    """

    values: tuple[Decimal, ...]
    season: Season | None
    since: int


class _Record:
    """A series as arrays that are made once; its beginnings are estimated from as many of their first entries."""

    def __init__(self, values: Sequence[Decimal], places: Sequence[int] | None) -> None:
        self.places = np.arange(len(values)) if places is None else np.array(places, dtype=np.int64)
        self.height = np.array([float(EXACT.subtract(value, values[0])) for value in values])
        self.squares = np.cumsum(self.height * self.height)
        self.along = self.places - float(self.places[0]) if len(values) else np.zeros(0)
        self._pairs: dict[int, tuple[Floats, Ints]] = {}
        self._seasons: dict[int, tuple[Ints, list[Ints]]] = {}

    def __len__(self) -> int:
        return len(self.height)

    def changes(self, count: int, length: int) -> Floats:
        """The changes from one cycle to the next at the same season, among the first `count` values."""
        if length not in self._pairs:
            later = np.searchsorted(self.places, self.places + length)
            there = later < len(self)
            there[there] = self.places[later[there]] == self.places[there] + length
            later = later[there]
            self._pairs[length] = self.height[later] - self.height[there], later
        changes, later = self._pairs[length]
        return changes[: np.searchsorted(later, count)]

    def seasons(self, count: int, length: int) -> tuple[Ints, list[Ints]]:
        """The season of each of the first values, and for every season which of them are of it."""
        if length not in self._seasons:
            phases = self.places % length
            self._seasons[length] = phases, [np.flatnonzero(phases == phase) for phase in range(length)]
        phases, groups = self._seasons[length]
        return phases[:count], [group[: np.searchsorted(group, count)] for group in groups]

    def about_trend(self, count: int, length: int) -> tuple[Floats, float]:
        """The first values less their straight line, and the squares that remain; 0 where that is only rounding.

        The slope is the median change from one cycle to the next at the same season, which no season leans on.
        """
        changes = self.changes(count, length)
        slope = float(np.median(changes)) / length if len(changes) else 0.0
        off = self.height[:count] - slope * self.along[:count]
        off -= off.mean()
        whole = float(off @ off)
        return off, whole if whole > NOTHING * float(self.squares[count - 1]) else 0.0


def season_of(values: Sequence[Decimal], length: int, places: Sequence[int] | None = None) -> Season | None:
    """The season of a cycle, where there is one: two complete cycles, twelve values, and a share of a half.

    Share = 1 − (RSS / (n − m − 1)) / (TSS / (n − 2)), with m seasons seen, TSS the squares about the trend line and RSS
    those about trend and season.
    """
    return _season_in(_Record(values, places), len(values), length)


def _season_in(record: _Record, count: int, length: int) -> Season | None:
    """The season that the first values of a series show."""
    if length < 2 or count < max(FEWEST, CYCLES * length):
        return None
    off, whole = record.about_trend(count, length)
    phases, groups = record.seasons(count, length)
    free = count - sum(1 for group in groups if len(group)) - 1
    if free <= 0 or not whole:
        return None
    indices = np.array([np.median(off[group]) if len(group) else 0.0 for group in groups])
    indices -= indices.mean()
    rest = off - indices[phases]
    rest -= rest.mean()
    share = 1 - (float(rest @ rest) / free) / (whole / (count - 2))
    if share < SHARE:
        return None
    return Season(length, tuple(_decimal(float(index)) for index in indices), _decimal(share))


def strongest_of(
    values: Sequence[Decimal], lengths: Sequence[int], places: Sequence[int] | None = None
) -> Season | None:
    """Of the cycles that are there, the one that explains most; the shorter one of two alike."""
    return _strongest_in(_Record(values, places), len(values), lengths)


def _strongest_in(record: _Record, count: int, lengths: Sequence[int]) -> Season | None:
    found = [season for length in sorted(lengths) if (season := _season_in(record, count, length)) is not None]
    return max(found, key=lambda season: season.share, default=None)


def deseasonalised(
    values: Sequence[Decimal], lengths: int | Sequence[int], places: Sequence[int] | None = None
) -> Adjusted | None:
    """Each value less the season known when its cycle began; None where no season was ever found.

    The season is estimated anew whenever a cycle of the shortest length is complete. Values before the first estimate
    are adjusted once it is there, each by the other cycles, lest the limits come out too narrow. What is adjusted stays
    so when values are added.
    """
    where = list(range(len(values)) if places is None else places)
    cycles = (lengths,) if isinstance(lengths, int) else tuple(lengths)
    record, adjusted = _Record(values, where), list(values)
    season: Season | None = None
    since: int | None = None
    for start, end in _cycles(where, min(cycles)):
        season = _strongest_in(record, start, cycles)
        if season is None:
            continue
        added = [season.index_at(place) for place in where[start:end]]
        if since is None:
            since, added = start, [*_by_other_cycles(record, start, season), *added]
        for index, addition in enumerate(added, start=end - len(added)):
            adjusted[index] = compared(EXACT.subtract(values[index], addition))
    return None if since is None else Adjusted(tuple(adjusted), season, since)


def _cycles(places: Sequence[int], length: int) -> list[tuple[int, int]]:
    """Index ranges that begin where a cycle is complete; the last one may be empty, for the cycle to come."""
    if not places:
        return []
    numbers = [(place - places[0]) // length for place in places]
    starts = [index for index in range(1, len(places)) if numbers[index] != numbers[index - 1]]
    if (places[-1] + 1 - places[0]) % length == 0:
        starts.append(len(places))
    return list(pairwise([*starts, len(places)]))


def _by_other_cycles(record: _Record, count: int, season: Season) -> list[Decimal]:
    """What each place's season adds as the other cycles tell it, so that no value vouches for itself."""
    off, _whole = record.about_trend(count, season.length)
    phases, groups = record.seasons(count, season.length)
    own = np.array([float(season.index_at(phase)) for phase in phases])
    level = float(np.mean([np.median(off[group]) for group in groups if len(group)]))
    for index, phase in enumerate(phases):
        others = np.delete(off, index)[np.delete(phases, index) == phase]
        if len(others):
            own[index] = np.median(others) - level
    return [_decimal(float(index)) for index in own]


def _decimal(value: float) -> Decimal:
    return compared(Decimal(repr(value)))
