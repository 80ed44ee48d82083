"""Where a KPI will be at its end (SEMANTICS §10): the method that erred least so far, an interval, a probability."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from kpis.forecasts.backtest import Past, Trial, best_of, complete, past_of, try_method
from kpis.forecasts.interval import LEVELS, widths
from kpis.forecasts.methods import Floats, MethodName, methods_for

FEWEST_POINTS: Final = 6
"""Below this there is not enough data."""
MOST_POINTS: Final = 400
"""Only the last values of a longer series are read."""
LARGEST: Final = float(np.finfo(np.float64).max)
SHOWN: Final = (0.8, 0.95)
"""The intervals that are shown."""
ASKED: Final = SHOWN + LEVELS
NEAR: Final = 1e-9
"""An end closer to the target than this share of it is at the target: no miss by a rounding of floats."""


@dataclass(frozen=True)
class Candidate:
    """How one method did in the back-test. `naive_ratio` below 1 beats the last value; None where that never errs."""

    name: MethodName
    mae: float
    naive_ratio: float | None
    simplicity: int


@dataclass(frozen=True)
class Point:
    """A step ahead: the middle, and what 80 % and 95 % are expected to lie between."""

    step: int
    centre: float
    low80: float
    high80: float
    low95: float
    high95: float


@dataclass(frozen=True)
class Forecast:
    """The chosen method looking ahead, and why it was chosen.

    `probability` of the end being at the target or beyond, None without a target. `naive` is what the last value says
    of the end; keep it beside the forecast to judge it later. `steps_tested` is how far ahead the back-test looked.
    """

    method: MethodName
    points: tuple[Point, ...]
    probability: float | None
    mae: float
    naive_mae: float
    naive: float
    candidates: tuple[Candidate, ...]
    points_used: int
    origins: int
    steps_tested: int

    @property
    def end(self) -> Point:
        """The last step: the period that holds the KPI's end."""
        return self.points[-1]

    @property
    def naive_ratio(self) -> float | None:
        """Back-tested error beside that of the last value; None where that never errs."""
        return _ratio(self.mae, self.naive_mae)


@dataclass(frozen=True, eq=False)
class Look:
    """A forecast that nobody has asked for a target yet, and the simulated ends that answer who does."""

    forecast: Forecast
    ends: Floats

    def share(self, target: float, direction: str) -> float:
        """Share of the ends (the centre and every size of error, to both sides) at the target or beyond."""
        slack = NEAR * abs(target)
        hit = self.ends >= target - slack if direction == "up" else self.ends <= target + slack
        return float(hit.mean())


@dataclass(frozen=True)
class Frame:
    """How the arithmetic's numbers become the KPI's: × 2 ** exponent, + what was reached, cut at the bounds."""

    exponent: int
    reached: float
    lower: float
    upper: float

    def outside(self, numbers: Floats) -> Floats:
        with np.errstate(over="ignore"):
            grown = np.ldexp(numbers, self.exponent) + self.reached
        return np.clip(np.clip(grown, -LARGEST, LARGEST), self.lower, self.upper)

    def size(self, number: float) -> float:
        """An error, which neither what was reached nor a bound changes."""
        with np.errstate(over="ignore"):
            return float(np.minimum(np.ldexp(number, self.exponent), LARGEST))


def forecast_of(
    values: Sequence[float | None],
    *,
    ahead: int,
    season: int,
    additive_total: int | None = None,
    target: float | None = None,
    direction: str = "up",
    lower: float | None = None,
    upper: float | None = None,
) -> Forecast | None:
    """What `look_ahead` sees, with the probability of one target."""
    if direction not in ("up", "down"):
        raise ValueError("direction is up or down")
    look = look_ahead(values, ahead=ahead, season=season, additive_total=additive_total, lower=lower, upper=upper)
    if look is None or target is None:
        return look.forecast if look else None
    return replace(look.forecast, probability=look.share(target, direction))


def look_ahead(
    values: Sequence[float | None],
    *,
    ahead: int,
    season: int,
    additive_total: int | None = None,
    lower: float | None = None,
    upper: float | None = None,
) -> Look | None:
    """Look `ahead` periods beyond the last known value; None with fewer than 6 known values.

    `values`: one number per period, None where it is missing (no origin, no error there); missing ends are cut off.
    `season`: the periods after which a pattern returns, 1 for none. `additive_total`: None forecasts the value
    of a period; a number the sum of that many last values, as far as known, and of those to come. `lower` and `upper`
    cannot be passed.
    """
    if ahead < 1 or season < 1 or (additive_total is not None and additive_total < 0):
        raise ValueError("ahead and season are 1 or more, additive_total is 0 or more")
    whole = _trimmed(_series(values))
    series = _trimmed(whole[-MOST_POINTS:])
    known = int((~np.isnan(series)).sum())
    if known < FEWEST_POINTS:
        return None
    exponent = int(np.frexp(np.nanmax(np.abs(series)))[1])
    frame = Frame(exponent, _reached(whole, additive_total), *_bounds(lower, upper))
    scaled = np.ldexp(series, -exponent)
    past, trials = _back_test(scaled, ahead, season, additive_total)
    chosen = best_of(trials)
    centres = _ahead(chosen, scaled, past, ahead)
    half = widths(chosen.residuals, ahead, ASKED)
    ends = frame.outside(np.concatenate([centres[-1] + sign * half[-1, len(SHOWN) :] for sign in (-1, 1)]))
    found = Forecast(
        method=chosen.name,
        points=_points(centres, half, frame),
        probability=None,
        mae=frame.size(chosen.mae),
        naive_mae=frame.size(trials[0].mae),
        naive=float(frame.outside(_ahead(trials[0], scaled, past, ahead))[-1]),
        candidates=_candidates(trials, frame),
        points_used=known,
        origins=past.judged,
        steps_tested=past.steps,
    )
    return Look(found, ends)


def _back_test(scaled: Floats, ahead: int, season: int, run: int | None) -> tuple[Past, list[Trial]]:
    """Every candidate that can be judged, the last value first."""
    methods = list(methods_for(scaled, season=season, run=run))
    past = past_of(scaled, methods, ahead=ahead, total=run is not None)
    return past, complete([try_method(method, past) for method in methods])


def _series(values: Sequence[float | None]) -> Floats:
    if any(value is not None and not math.isfinite(value) for value in values):
        raise ValueError("values are finite numbers or None")
    return np.array([math.nan if value is None else float(value) for value in values])


def _trimmed(series: Floats) -> Floats:
    """From the first to the last known value, `nan` where one is missing."""
    known = np.flatnonzero(~np.isnan(series))
    return series[known[0] : known[-1] + 1] if known.size else series[:0]


def _reached(series: Floats, run: int | None) -> float:
    """The sum of the last `run` values that are known."""
    try:
        return math.fsum(value for value in series[-run:].tolist() if not math.isnan(value)) if run else 0.0
    except OverflowError:
        return LARGEST if float(np.nansum(np.sign(series[-(run or 0) :]))) > 0 else -LARGEST


def _bounds(lower: float | None, upper: float | None) -> tuple[float, float]:
    return -LARGEST if lower is None else lower, LARGEST if upper is None else upper


def _ahead(trial: Trial, scaled: Floats, past: Past, ahead: int) -> Floats:
    """What a method says of each step; of the sum up to it for a running total."""
    said = trial.ahead(scaled, ahead)
    return np.cumsum(said) if past.total else said


def _points(centres: Floats, half: Floats, frame: Frame) -> tuple[Point, ...]:
    lines = (centres, *(centres + sign * half[:, level] for level in range(len(SHOWN)) for sign in (-1, 1)))
    columns = [frame.outside(line).tolist() for line in lines]
    return tuple(Point(step, *row) for step, row in enumerate(zip(*columns, strict=True), start=1))


def _candidates(trials: Sequence[Trial], frame: Frame) -> tuple[Candidate, ...]:
    """Least error first."""
    naive = trials[0].mae
    rows = [
        Candidate(trial.name, frame.size(trial.mae), _ratio(trial.mae, naive), trial.name.simplicity)
        for trial in trials
    ]
    return tuple(sorted(rows, key=lambda row: (row.mae, row.simplicity)))


def _ratio(error: float, naive: float) -> float | None:
    return error / naive if naive > 0 else None
