"""Natural process limits of a series from its moving ranges (SEMANTICS §11; Wheeler, Making Sense of Data, 2003).

Values, limits and ranges are in the unit of the KPI. Nothing is rounded: thirds stand to a hundred digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from kpis.signals.moments import mean_of
from objectives.pace import EXACT

LIMIT_FACTOR: Final = Decimal("2.66")
"""Three standard deviations in mean moving ranges: 3 / d2, with d2 = 1.128 for ranges of two."""

NEAR_FACTOR: Final = Decimal("1.773")
"""Two thirds of the way from the centre to a limit."""

RANGE_FACTOR: Final = Decimal("3.267")
"""Upper limit of the moving ranges in mean moving ranges: D4 for ranges of two."""

FEWEST: Final = 6
FIRM: Final = 15


@dataclass(frozen=True, slots=True)
class Limits:
    """Centre line and limits in the unit of the values; provisional while they rest on fewer than 15 of them."""

    centre: Decimal
    lower: Decimal
    upper: Decimal
    range_upper: Decimal
    mean_range: Decimal
    provisional: bool

    @property
    def near_lower(self) -> Decimal:
        """Centre − 1.773 mean moving ranges."""
        return EXACT.subtract(self.centre, self._near)

    @property
    def near_upper(self) -> Decimal:
        """Centre + 1.773 mean moving ranges."""
        return EXACT.add(self.centre, self._near)

    @property
    def _near(self) -> Decimal:
        return EXACT.multiply(NEAR_FACTOR, self.mean_range)


def moving_ranges(values: Sequence[Decimal]) -> list[Decimal]:
    """mR_i = |x_i − x_{i−1}|, from the second value on."""
    return [EXACT.subtract(after, before).copy_abs() for before, after in pairwise(values)]


def limits_of(values: Sequence[Decimal]) -> Limits | None:
    """x̄ ± 2.66 × mean mR and 3.267 × mean mR over all the values.

    None under 6 values, provisional under 15.
    """
    if len(values) < FEWEST:
        return None
    return limits_about(mean_of(values), mean_of(moving_ranges(values)), provisional=len(values) < FIRM)


def limits_about(centre: Decimal, mean_range: Decimal, *, provisional: bool = False) -> Limits:
    """Limits of a known centre and mean moving range."""
    reach = EXACT.multiply(LIMIT_FACTOR, mean_range)
    return Limits(
        centre=centre,
        lower=EXACT.subtract(centre, reach),
        upper=EXACT.add(centre, reach),
        range_upper=EXACT.multiply(RANGE_FACTOR, mean_range),
        mean_range=mean_range,
        provisional=provisional,
    )


def limits_between(lower: Decimal, upper: Decimal) -> Limits:
    """Limits that were published or agreed: the centre lies half way, the mean moving range is what would give them."""
    centre = EXACT.divide(EXACT.add(lower, upper), Decimal(2))
    mean_range = EXACT.divide(EXACT.subtract(upper, lower), EXACT.multiply(Decimal(2), LIMIT_FACTOR))
    return Limits(centre, lower, upper, EXACT.multiply(RANGE_FACTOR, mean_range), mean_range, provisional=False)
