"""Every candidate held against the series' own past from a rolling origin (SEMANTICS §10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from kpis.forecasts.methods import Floats, Indices, Method, MethodName

MOST_STEPS: Final = 24
"""The back-test looks no further ahead than this; the interval of later steps is drawn on from there."""
FEWEST_SEEN: Final = 3
"""Known values before the first origin that is judged; up to 8 where the series has them."""
MOST_SEEN: Final = 8
TIE: Final = 0.02
"""Errors within 2 % of the lowest are a tie, and the simplest of them wins."""
NOTHING: Final = 1e-12
"""An error below this share of the largest value is no error."""


@dataclass(frozen=True)
class Past:
    """Where the back-test stands and what happened in each period: `actual[origin, step]`, `nan` if unknown.

    The origins are all known values. Those from the index `first` on are judged, the earlier ones only choose settings.
    """

    origins: Indices
    first: int
    actual: Floats
    total: bool

    @property
    def steps(self) -> int:
        return int(self.actual.shape[1])

    @property
    def judged(self) -> int:
        """How many origins have something known after them within the steps."""
        return int((~np.isnan(self.actual[self.origins >= self.first])).any(axis=1).sum())


@dataclass(frozen=True)
class Trial:
    """How one method did: `residuals[origin, step]` = what happened − what it said; the setting it would use now."""

    method: Method
    setting: int
    residuals: Floats

    @property
    def name(self) -> MethodName:
        return self.method.name

    @cached_property
    def mae(self) -> float:
        """Mean absolute error over all judged origins and steps."""
        return float(np.nanmean(np.abs(self.residuals)))

    def ahead(self, values: Floats, steps: int) -> Floats:
        """What the method says now, per period."""
        said: Floats = self.method.project(np.array([values.size - 1]), steps)[self.setting, 0]
        return said


def past_of(values: Floats, methods: Sequence[Method], *, ahead: int, total: bool) -> Past:
    """Judged from the first origin that every candidate can answer; as far ahead as half the origins reach."""
    origins = np.flatnonzero(~np.isnan(values))
    seen = max(FEWEST_SEEN, min(MOST_SEEN, origins.size // 2))
    first = max(int(origins[seen - 1]), *(method.earliest for method in methods))
    first = min(first, int(origins[-2]))
    nearest = int(np.diff(origins[origins >= first]).min())
    steps = max(min(ahead, (values.size - 1 - first) // 2, MOST_STEPS), nearest, 1)
    padded = np.concatenate([values, np.full(steps, np.nan)])
    return Past(origins, first, padded[origins[:, None] + np.arange(1, steps + 1)], total)


def try_method(method: Method, past: Past) -> Trial:
    """At each origin the setting that had erred least on what was known by then is the one that is judged.

    Of a running total the errors add up from step to step; a missing period adds none.
    """
    errors = past.actual - method.project(past.origins, past.steps)
    if past.total:
        errors = np.where(np.isnan(errors), np.nan, np.cumsum(_known(errors), axis=2))
    chosen = _settings_over_time(errors, past)
    residuals = np.take_along_axis(errors, chosen[None, :, None], axis=0)[0]
    return Trial(method, int(chosen[-1]), residuals[past.origins >= past.first])


def _settings_over_time(errors: Floats, past: Past) -> Indices:
    """Per origin the setting with the lowest absolute error over the steps that had happened by that origin."""
    count, origins, steps = errors.shape
    if count == 1:
        return np.zeros(origins, dtype=np.intp)
    known = np.zeros((count, int(past.origins[-1]) + 1 + steps))
    sizes = _known(np.abs(errors))
    for step in range(steps):
        known[:, past.origins + step + 1] += sizes[:, :, step]
    chosen: Indices = np.argmin(np.cumsum(known, axis=1)[:, past.origins], axis=0)
    return chosen


def _known(errors: Floats) -> Floats:
    """The errors, 0 where none is known."""
    return np.where(np.isnan(errors), 0.0, errors)


def best_of(trials: Sequence[Trial]) -> Trial:
    """The lowest mean absolute error; of those within the tie the simplest."""
    lowest = min(trial.mae for trial in trials)
    level = [trial for trial in trials if trial.mae <= lowest * (1 + TIE) + NOTHING]
    return min(level, key=lambda trial: trial.name.simplicity)


def complete(trials: Sequence[Trial]) -> list[Trial]:
    """The trials that answered wherever the last value did, so that all are judged on the same."""
    asked = ~np.isnan(trials[0].residuals)
    return [trial for trial in trials if not np.isnan(trial.residuals[asked]).any()]
