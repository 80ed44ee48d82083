"""Charts of many points that follow each other: daily values, and readings finer than that (decision 0010).

The three rules of the plain chart are made for a few dozen independent points: on noise alone they fire about once in
ninety points (Champ and Woodall 1987), and where each value resembles the one before, the moving ranges make the limits
far too narrow. From the fiftieth point on a dense series is therefore judged by its one-step errors:

    level_i = level_{i−1} + λ (x_i − level_{i−1}),   e_i = x_i − level_{i−1}
    centre of point i = level_{i−1},   limits = centre ± z_n √(Σ e² / n) over the n errors known before it

with λ by least squares over the first fifty points where their lag-1 autocorrelation is above 2 / √50, and the mean of
all earlier points as level where it is not (Montgomery and Mastrangelo 1991). z_n keeps the chance that any of n points
fires on noise at that of one point of the plain chart: P(|Z| > z_n) = 0.0027 / n. Only points outside are signals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from statistics import NormalDist, median
from typing import Final

from kpis.signals.limits import FIRM
from kpis.signals.moments import autocorrelation_of, squares_of
from objectives.pace import EXACT

MANY: Final = 50
"""Points from which on an autocorrelation can be estimated (Box and Jenkins)."""

A_DAY: Final = timedelta(days=1).total_seconds()
RISK: Final = 0.0027
"""Chance that a point of independent noise lies outside three standard deviations."""

WEIGHTS: Final = tuple(Decimal(tenth) / 10 for tenth in range(1, 11))


@dataclass(frozen=True, slots=True)
class Band:
    """Centre and limits that a point is judged by, in the unit of the values."""

    centre: Decimal
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True, slots=True)
class Following:
    """How a dense series is followed, and the band of each point; the last band awaits the next point.

    `weight` is λ, None where the level is the mean of what came before. No band while fewer than 15 errors are known.
    """

    autocorrelation: Decimal
    weight: Decimal | None
    bands: tuple[Band | None, ...]


def is_dense(periods: Sequence[date], *, within_a_day: bool | None = None) -> bool:
    """At least fifty points, as a rule a day apart or less; `within_a_day` answers the latter where it is known."""
    if len(periods) < MANY:
        return False
    if within_a_day is None:
        return median((after - before).total_seconds() for before, after in pairwise(periods)) <= A_DAY
    return within_a_day


def follow(values: Sequence[Decimal]) -> Following:
    """The bands of a dense series; each rests on earlier values alone once fifty are known. ValueError below fifty."""
    if len(values) < MANY:
        raise ValueError("a dense series has at least fifty points")
    start = values[:MANY]
    autocorrelation = autocorrelation_of(start) or Decimal(0)
    follows = autocorrelation > 0 and EXACT.multiply(autocorrelation, autocorrelation) * MANY > 4
    weight = min(WEIGHTS, key=lambda each: (squares_of(_errors(start, each)[0]), each)) if follows else None
    errors, levels = _errors(values, weight)
    return Following(autocorrelation, weight, tuple(_bands(errors, levels)))


def _errors(values: Sequence[Decimal], weight: Decimal | None) -> tuple[list[Decimal], list[Decimal]]:
    """One-step errors from the second value on, and the level after each value."""
    errors: list[Decimal] = []
    levels = [values[0]]
    for count, value in enumerate(values[1:], start=2):
        error = EXACT.subtract(value, levels[-1])
        step = EXACT.divide(error, Decimal(count)) if weight is None else EXACT.multiply(weight, error)
        errors.append(error)
        levels.append(EXACT.add(levels[-1], step))
    return errors, levels


def _bands(errors: Sequence[Decimal], levels: Sequence[Decimal]) -> list[Band | None]:
    """A band per value and one more: that of value i lies about the level before it, by the errors before it."""
    bands: list[Band | None] = [None, None]
    squares = Decimal(0)
    for known, (error, centre) in enumerate(zip(errors, levels[1:], strict=True), start=1):
        squares = EXACT.add(squares, EXACT.multiply(error, error))
        if known < FIRM:
            bands.append(None)
            continue
        reach = EXACT.multiply(multiple(known), EXACT.sqrt(EXACT.divide(squares, Decimal(known))))
        bands.append(Band(centre, EXACT.subtract(centre, reach), EXACT.add(centre, reach)))
    return bands


@cache
def multiple(known: int) -> Decimal:
    """z_n: P(|Z| > z_n) = 0.0027 / n for a normal Z."""
    return Decimal(str(round(-NormalDist().inv_cdf(RISK / known / 2), 9)))
