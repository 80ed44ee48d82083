"""The candidate methods of a forecast, each projected from every origin of a series at once (SEMANTICS §10).

A series is one number per period, `nan` where the value is missing; it begins and ends with a known value. An origin is
the index of the last value a method may see. A method with settings (how fast it forgets) is projected once for each.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]
Projection: TypeAlias = Callable[[Indices, int], Floats]
"""(origins, steps ahead) → values by setting, origin and step; `nan` where the method cannot say anything yet."""

CYCLES_WANTED: Final = 2
"""Complete cycles a series needs before a seasonal method is a candidate."""
RETURNS: Final = (0.9, 0.5, 0.7, 0.8, 0.95, 0.98)
"""How much of the distance to the mean is left after one period."""


class MethodName(StrEnum):
    """The methods, simplest first: of two that err alike the one that stands earlier is taken."""

    LAST_VALUE = "last_value"
    RUN_RATE = "run_rate"
    DRIFT = "drift"
    SMOOTHED_LEVEL = "smoothed_level"
    RETURN_TO_MEAN = "return_to_mean"
    SEASONAL_LAST_VALUE = "seasonal_last_value"
    SEASONAL_SHARE = "seasonal_share"
    DAMPED_TREND = "damped_trend"
    SEASONAL_SMOOTHING = "seasonal_smoothing"

    @property
    def simplicity(self) -> int:
        """Rank, 1 is the simplest."""
        return list(MethodName).index(self) + 1


@dataclass(frozen=True)
class Method:
    """A candidate, how it looks ahead, and the first origin from which it can."""

    name: MethodName
    project: Projection
    earliest: int = 0


@dataclass(frozen=True)
class Setting:
    """How fast smoothing forgets: the level, the trend, the damping of the trend, the season."""

    level: float
    trend: float = 0.0
    damping: float = 0.0
    season: float = 0.0


LEVELS: Final = tuple(Setting(level) for level in (0.3, 0.1, 0.2, 0.5, 0.8))
TRENDS: Final = tuple(
    Setting(level, trend, damping)
    for damping, level, trend in product((0.9, 0.8, 0.98), (0.5, 0.2, 0.8, 1.0), (0.1, 0.3, 0.6, 1.0))
)
SEASONS: Final = tuple(
    Setting(level, trend, damping, season)
    for (trend, damping), level, season in product(((0.0, 0.0), (0.1, 0.9)), (0.3, 0.1, 0.6, 0.9), (0.1, 0.3, 0.6))
)


def methods_for(values: Floats, *, season: int, run: int | None) -> Iterator[Method]:
    """The candidates for a series; `run` is the number of last periods a running total covers, None for a level."""
    latest = _latest(values)
    yield Method(MethodName.LAST_VALUE, _flat(latest))
    if run is not None:
        yield Method(MethodName.RUN_RATE, _flat(_moving_mean(values, run if run > 0 else values.size)))
    yield Method(MethodName.DRIFT, _drift(latest), earliest=1)
    yield Method(MethodName.SMOOTHED_LEVEL, smoothed(values, LEVELS))
    yield Method(MethodName.RETURN_TO_MEAN, _return_to_mean(values, latest))
    yield Method(MethodName.DAMPED_TREND, smoothed(values, TRENDS))
    if season > 1 and values.size >= CYCLES_WANTED * season:
        yield Method(MethodName.SEASONAL_LAST_VALUE, _seasonal_last_value(values, latest, season), season - 1)
        yield Method(MethodName.SEASONAL_SMOOTHING, smoothed(values, SEASONS, season=season), season - 1)
        if run is not None:
            yield from _seasonal_shares(values, season, start=(values.size - run) % season)


def _latest(values: Floats) -> Floats:
    """The last known value at each period."""
    known = np.where(np.isnan(values), 0, np.arange(values.size))
    return values[np.maximum.accumulate(known)]


def _flat(level: Floats) -> Projection:
    def project(origins: Indices, steps: int) -> Floats:
        return np.repeat(level[origins][:, None], steps, axis=1)[None]

    return project


def _drift(latest: Floats) -> Projection:
    """The straight line through the first and the last value."""
    slope = np.full(latest.size, np.nan)
    slope[1:] = (latest[1:] - latest[0]) / np.arange(1, latest.size)

    def project(origins: Indices, steps: int) -> Floats:
        return (latest[origins][:, None] + slope[origins][:, None] * np.arange(1, steps + 1))[None]

    return project


def _sums(values: Floats) -> tuple[Floats, Floats]:
    """Running sum and count of the known values, from before the first one."""
    known = ~np.isnan(values)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    return total, np.concatenate([[0.0], np.cumsum(known.astype(np.float64))])


def _moving_mean(values: Floats, window: int) -> Floats:
    """Mean of the known values among the last `window` periods; of as many as there are where there are fewer."""
    total, count = _sums(values)
    end = np.arange(1, values.size + 1)
    start = np.maximum(end - window, 0)
    seen = count[end] - count[start]
    return np.where(seen > 0, (total[end] - total[start]) / np.maximum(seen, 1.0), _latest(values))


def _return_to_mean(values: Floats, latest: Floats) -> Projection:
    """The distance to the mean so far shrinks by the same share each period."""
    mean = _moving_mean(values, values.size)
    left = np.array(RETURNS)

    def project(origins: Indices, steps: int) -> Floats:
        away = (latest - mean)[origins]
        remaining = left[:, None] ** np.arange(1, steps + 1)
        return mean[origins][None, :, None] + remaining[:, None, :] * away[None, :, None]

    return project


def _seasonal_last_value(values: Floats, latest: Floats, season: int) -> Projection:
    """The same period of the last cycle, moved by the change of the mean from one cycle to the next."""
    filled = values.copy()
    for index in np.flatnonzero(np.isnan(values)):
        filled[index] = filled[index - season] if index >= season else latest[index]
    mean = _moving_mean(values, season)
    change = np.zeros(values.size)
    change[2 * season - 1 :] = mean[2 * season - 1 :] - mean[season - 1 : -season]

    def project(origins: Indices, steps: int) -> Floats:
        ahead = np.arange(1, steps + 1)
        cycles = (ahead - 1) // season + 1
        source = origins[:, None] + ahead - cycles * season
        same = np.where(source >= 0, filled[np.maximum(source, 0)], np.nan)
        return (same + change[origins][:, None] * cycles)[None]

    return project


def _seasonal_shares(values: Floats, season: int, *, start: int) -> Iterator[Method]:
    """What the year brought so far, divided by the share complete years had by then, spread by their shares (§5).

    `start` is where the first complete year begins. Only where two are complete and no value is missing or negative.
    """
    if (values.size - start) // season < CYCLES_WANTED or np.isnan(values).any() or (values < 0).any():
        return
    years = values[start : start + (values.size - start) // season * season].reshape(-1, season)
    totals = years.sum(axis=1, keepdims=True)
    if not (totals > 0).all():
        return
    count = np.arange(1, len(years) + 1)[:, None]
    shares = np.cumsum(years / totals, axis=0) / count

    def project(origins: Indices, steps: int) -> Floats:
        complete = (origins + 1 - start) // season
        elapsed = (origins - start) % season + 1
        share = shares[np.maximum(complete, 1) - 1]
        reached = _window_sums(values, origins, elapsed)
        expected = np.take_along_axis(np.cumsum(share, axis=1), elapsed[:, None] - 1, axis=1)[:, 0]
        year = np.divide(reached, expected, out=np.full(origins.size, np.nan), where=expected > 0)
        year[complete < 1] = np.nan
        places = (origins[:, None] - start + np.arange(1, steps + 1)) % season
        found: Floats = (year[:, None] * np.take_along_axis(share, places, axis=1))[None]
        return found

    yield Method(MethodName.SEASONAL_SHARE, project, start + season - 1)


def _window_sums(values: Floats, origins: Indices, lengths: Indices) -> Floats:
    total, _count = _sums(values)
    sums: Floats = total[origins + 1] - total[origins + 1 - np.minimum(lengths, origins + 1)]
    return sums


def smoothed(values: Floats, settings: tuple[Setting, ...], *, season: int = 1) -> Projection:
    """Exponential smoothing with a damped additive trend and an additive season; a missing value changes nothing.

    The level begins at the first value (with a season: at the mean of the first cycle), the trend at 0.
    """
    states = _states(values, settings, season)

    def project(origins: Indices, steps: int) -> Floats:
        weights = np.cumsum(_column(settings, "damping")[:, None] ** np.arange(1, steps + 1), axis=1)
        found = states.level[origins].T[:, :, None] + states.trend[origins].T[:, :, None] * weights[:, None, :]
        if season > 1:
            place = (origins[:, None] + np.arange(1, steps + 1)) % season
            found = found + states.pattern[origins[:, None], :, place].transpose(2, 0, 1)
        return found

    return project


@dataclass(frozen=True)
class States:
    """What smoothing holds after each period: level and trend by setting, the season's pattern by place too."""

    level: Floats
    trend: Floats
    pattern: Floats


def _states(values: Floats, settings: tuple[Setting, ...], season: int) -> States:
    """One pass over the series, all settings abreast."""
    size, count, start = values.size, len(settings), season - 1
    alpha, phi = _column(settings, "level"), _column(settings, "damping")
    beta, gamma = alpha * _column(settings, "trend"), (1 - alpha) * _column(settings, "season")
    level, trend = np.full(count, np.nanmean(values[:season])), np.zeros(count)
    pattern = np.repeat(np.nan_to_num(values[:season] - level[0])[None], count, axis=0)
    kept = States(np.full((size, count), np.nan), np.zeros((size, count)), np.zeros((size, count, season)))
    known = (~np.isnan(values)).tolist()
    for index in range(start, size):
        if index > start:
            trend = phi * trend
            level = level + trend
            if known[index]:
                place = index % season
                error = values[index] - level
                if season > 1:
                    error -= pattern[:, place]
                level = level + alpha * error
                trend = trend + beta * error
                if season > 1:
                    pattern[:, place] += gamma * error
        kept.level[index], kept.trend[index] = level, trend
        if season > 1:
            kept.pattern[index] = pattern
    return kept


def _column(settings: tuple[Setting, ...], name: str) -> Floats:
    return np.array([getattr(setting, name) for setting in settings], dtype=np.float64)
