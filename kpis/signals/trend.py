"""Straight lines through a series: least squares, and the half-average trend with its limits (Wheeler 2003, p. 179)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpis.definition import sum_of
from kpis.signals.limits import FEWEST, LIMIT_FACTOR, moving_ranges
from kpis.signals.moments import deviations_of, mean_of, squares_of
from objectives.pace import EXACT


@dataclass(frozen=True, slots=True)
class Line:
    """y = intercept + slope × x. R² is None where y does not vary, the residual deviation under three points."""

    slope: Decimal
    intercept: Decimal
    residual_deviation: Decimal | None
    r_squared: Decimal | None

    def at(self, x: Decimal) -> Decimal:
        """The line's y."""
        return EXACT.add(self.intercept, EXACT.multiply(self.slope, x))


@dataclass(frozen=True, slots=True)
class TrendLimits:
    """A centre line that rises by `slope` per period, with limits at a distance above and below it."""

    slope: Decimal
    start: Decimal
    distance: Decimal

    def centre(self, index: Decimal | int) -> Decimal:
        """The line at a point, counted from 0; halves are between two points."""
        return EXACT.add(self.start, EXACT.multiply(self.slope, Decimal(index)))


def line_through(y: Sequence[Decimal], x: Sequence[Decimal] | None = None) -> Line | None:
    """Least squares: slope Σ(x−x̄)(y−ȳ) / Σ(x−x̄)², intercept ȳ − slope × x̄, residual deviation √(SSR / (n−2)).

    x counts the points from 0 where it is not given. None where fewer than two points differ in x.
    """
    places = [Decimal(index) for index in range(len(y))] if x is None else x
    if len(places) != len(y):
        raise ValueError("as many x as y")
    if len(y) < 2:
        return None
    across, along = deviations_of(places), deviations_of(y)
    spread, whole = squares_of(across), squares_of(along)
    if not spread:
        return None
    slope = EXACT.divide(sum_of(EXACT.multiply(one, other) for one, other in zip(across, along, strict=True)), spread)
    intercept = EXACT.subtract(mean_of(y), EXACT.multiply(slope, mean_of(places)))
    off = squares_of(EXACT.subtract(b, EXACT.multiply(slope, a)) for a, b in zip(across, along, strict=True))
    return Line(
        slope=slope,
        intercept=intercept,
        residual_deviation=EXACT.sqrt(EXACT.divide(off, Decimal(len(y) - 2))) if len(y) > 2 else None,
        r_squared=EXACT.subtract(Decimal(1), EXACT.divide(off, whole)) if whole else None,
    )


def trend_limits(values: Sequence[Decimal]) -> TrendLimits | None:
    """The line through the means of both halves, each at the middle of its half; limits at ± 2.66 mean mR.

    An odd number of points leaves the middle one out of both halves. None under 6 points.
    """
    half = len(values) // 2
    if len(values) < FEWEST:
        return None
    early, late = mean_of(values[:half]), mean_of(values[-half:])
    slope = EXACT.divide(EXACT.subtract(late, early), Decimal(len(values) - half))
    middle = EXACT.divide(Decimal(half - 1), Decimal(2))
    return TrendLimits(
        slope=slope,
        start=EXACT.subtract(early, EXACT.multiply(slope, middle)),
        distance=EXACT.multiply(LIMIT_FACTOR, mean_of(moving_ranges(values))),
    )
