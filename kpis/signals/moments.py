"""Mean, standard deviation and lag-1 autocorrelation of a series, exact where the values are decimals."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from kpis.definition import sum_of
from objectives.pace import EXACT


def squares_of(values: Iterable[Decimal]) -> Decimal:
    """Σ x²."""
    return sum_of(EXACT.multiply(value, value) for value in values)


def mean_of(values: Sequence[Decimal]) -> Decimal:
    """x̄ = Σ x / n, in the unit of the values; ValueError without any."""
    if not values:
        raise ValueError("the mean of no values")
    return EXACT.divide(sum_of(values), Decimal(len(values)))


def deviations_of(values: Sequence[Decimal]) -> list[Decimal]:
    """x − x̄."""
    centre = mean_of(values)
    return [EXACT.subtract(value, centre) for value in values]


def deviation_of(values: Sequence[Decimal]) -> Decimal | None:
    """Standard deviation s = √(Σ (x − x̄)² / (n − 1)), in the unit of the values; None under two values."""
    if len(values) < 2:
        return None
    return EXACT.sqrt(EXACT.divide(squares_of(deviations_of(values)), Decimal(len(values) - 1)))


def autocorrelation_of(values: Sequence[Decimal], lag: int = 1) -> Decimal | None:
    """r = Σ (x_i − x̄)(x_{i+lag} − x̄) / Σ (x_i − x̄)², between −1 and 1.

    None where all values are alike or the lag leaves no pair.
    """
    if not 0 < lag < len(values):
        return None
    off = deviations_of(values)
    whole = squares_of(off)
    if not whole:
        return None
    shared = sum_of(EXACT.multiply(one, other) for one, other in zip(off, off[lag:], strict=False))
    return EXACT.divide(shared, whole)
