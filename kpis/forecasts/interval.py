"""How far what happens may lie from a forecast: from the errors of the back-test alone (SEMANTICS §10)."""

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Final

import numpy as np

from kpis.forecasts.methods import Floats

PRIOR_GROWTH: Final = 0.5
"""Errors grow with the square root of the steps ahead (a random walk) until the series shows otherwise."""
MOST_GROWTH: Final = 1.5
"""The growth of a running total whose parts walk."""
PRIOR_WEIGHT: Final = 8.0
"""As many separate origins as it takes for a step's own errors to count as much as those of all steps on one scale."""
DRAWS: Final = 1000
LEVELS: Final = tuple((draw + 0.5) / DRAWS for draw in range(DRAWS))
"""Shares of errors that are smaller, in the middle of equal steps: a simulation without chance."""


def widths(residuals: Floats, steps: int, levels: tuple[float, ...]) -> Floats:
    """Half width of the interval by step ahead and by level (0.8: what 80 % of the errors stay within).

    The size of the errors counts, not their sign. Few errors at a step lean on those of all steps, brought to one scale
    by step ** growth; a quantile stands at i / (n + 1), and small numbers are widened as Student's t beside the normal.
    Widths never shrink with the steps.
    """
    sizes = {step: np.sort(np.abs(column[~np.isnan(column)])) for step, column in enumerate(residuals.T, start=1)}
    sizes = {step: column for step, column in sizes.items() if column.size}
    growth = growth_of(sizes)
    scaled = np.sort(np.concatenate([column / step**growth for step, column in sizes.items()]))
    scale = _scale(levels)
    shared = scale.quantiles(scaled, max(column.size for column in sizes.values()))
    found = np.empty((steps, len(levels)))
    for step in range(1, steps + 1):
        found[step - 1] = shared * step**growth
        if step in sizes:
            separate = sizes[step].size / step
            weight = separate / (separate + PRIOR_WEIGHT)
            found[step - 1] += weight * (scale.quantiles(sizes[step], separate) - found[step - 1])
    return np.maximum.accumulate(found, axis=0)


def growth_of(sizes: dict[int, Floats]) -> float:
    """The exponent by which the mean error grows with the steps ahead, drawn to that of a random walk; 0 to 1.5."""
    means = {step: float(column.mean()) for step, column in sizes.items()}
    rows = [(step, mean, sizes[step].size / step) for step, mean in means.items() if mean > 0]
    if len(rows) < 2:
        return PRIOR_GROWTH
    step, mean, weight = np.array(rows).T
    ahead, size = np.log(step), np.log(mean)
    centred = ahead - np.average(ahead, weights=weight)
    slope = float(np.sum(weight * centred * size) / np.sum(weight * centred**2))
    trust = float(weight[0] / (weight[0] + PRIOR_WEIGHT))
    return min(max(trust * slope + (1 - trust) * PRIOR_GROWTH, 0.0), MOST_GROWTH)


@lru_cache(maxsize=1024)
def normal(levels: tuple[float, ...]) -> Floats:
    """Within how many standard deviations a share `levels` of a normal's values lies."""
    inverse = NormalDist().inv_cdf
    return np.array([inverse((1 + level) / 2) for level in levels])


@dataclass(frozen=True)
class _Scale:
    """What of some levels does not hang on the errors: their places under a normal, and Student's t beside it.

    The latter as Cornish and Fisher's expansion, to the third term.
    """

    levels: Floats
    reach: Floats
    terms: tuple[Floats, Floats, Floats]

    def quantiles(self, ordered: Floats, separate: float) -> Floats:
        """Quantiles of sizes; beyond the largest one the tail goes on as the normal's does."""
        places = np.arange(ordered.size + 1) / (ordered.size + 1)
        inside = np.interp(self.levels, places, np.concatenate([[0.0], ordered]))
        beyond = np.maximum(self.reach / normal((float(places[-1]),)), 1.0)
        found: Floats = inside * beyond * self._student(max(separate - 1.0, 2.0))
        return found

    def _student(self, freedom: float) -> Floats:
        first, second, third = self.terms
        ratio: Floats = 1 + first / freedom + second / freedom**2 + third / freedom**3
        return ratio


@lru_cache(maxsize=16)
def _scale(levels: tuple[float, ...]) -> _Scale:
    reach = normal(levels)
    square = reach**2
    terms = (
        (square + 1) / 4,
        (5 * square**2 + 16 * square + 3) / 96,
        (3 * square**3 + 19 * square**2 + 17 * square - 15) / 384,
    )
    return _Scale(np.array(levels), reach, terms)
