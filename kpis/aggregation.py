"""Many values as one (SEMANTICS §8): over time, or across departments. Exact; nothing is made up for a gap."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from kpis.choices import TimeAggregation, UnitAggregation
from kpis.definition import quotient, sum_of
from objectives.pace import EXACT

Pair = tuple[Decimal | None, Decimal | None]
"""Numerator and denominator of a ratio; known when both are."""

ZERO, ONE = Decimal(0), Decimal(1)
RATIO: Final = TimeAggregation.RATIO.value
WEIGHTED_MEAN: Final = UnitAggregation.WEIGHTED_MEAN.value
NONE: Final = TimeAggregation.NONE.value


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One value made of many. `coverage` is the known share of what was expected, by number or by weight.

    `partial` says that some, but not all, was known. A ratio also carries the sums it was divided from.
    """

    value: Decimal | None
    coverage: Decimal
    partial: bool
    numerator: Decimal | None = None
    denominator: Decimal | None = None


def aggregate(
    method: str, values: Sequence[Decimal | Pair | None], weights: Sequence[Decimal] | None = None
) -> Aggregate:
    """Aggregate values in their order; None is a missing one. `ratio` takes (numerator, denominator) pairs.

    `mean`, `min`, `max` and `last` look at what is known; `sum` adds it and is partial where something lacks. `ratio`
    divides the sums, blank when they are divided by zero. `none` never has a value.
    """
    name = str(method)
    if name == RATIO:
        return _ratio(values)
    numbers = [value if isinstance(value, Decimal) else None for value in values]
    if name == WEIGHTED_MEAN:
        return _weighted(numbers, weights or ())
    known = [number for number in numbers if number is not None]
    coverage = _share(Decimal(len(known)), Decimal(len(numbers)))
    value = None if name == NONE or not known else METHODS[name](known)
    return Aggregate(value, coverage, _is_partial(coverage))


def aggregate_ratio(pairs: Sequence[Pair | None], scale: Decimal) -> Aggregate:
    """The ratio of the sums in a unit of this scale: 100 × Σ numerator / Σ denominator in percent."""
    found = aggregate(RATIO, pairs)
    if found.numerator is None or found.denominator is None:
        return found
    return replace(found, value=quotient(found.numerator, found.denominator, scale))


def _ratio(values: Sequence[Decimal | Pair | None]) -> Aggregate:
    known = [pair for value in values if (pair := _pair(value)) is not None]
    coverage = _share(Decimal(len(known)), Decimal(len(values)))
    if not known:
        return Aggregate(None, coverage, partial=False)
    above, below = sum_of([pair[0] for pair in known]), sum_of([pair[1] for pair in known])
    value = EXACT.divide(above, below) if below else None
    return Aggregate(value, coverage, _is_partial(coverage), above, below)


def _pair(value: Decimal | Pair | None) -> tuple[Decimal, Decimal] | None:
    if not isinstance(value, tuple):
        return None
    above, below = value
    return None if above is None or below is None else (above, below)


def _weighted(numbers: Sequence[Decimal | None], weights: Sequence[Decimal]) -> Aggregate:
    """Σ weight × value / Σ weight over what is known; nothing where no weight is known."""
    rows = list(zip(numbers, weights, strict=True))
    known = [(number, weight) for number, weight in rows if number is not None]
    carried = sum_of([weight for _number, weight in known])
    coverage = _share(carried, sum_of([weight for _number, weight in rows]))
    if not carried:
        return Aggregate(None, coverage, _is_partial(coverage))
    total = sum_of([EXACT.multiply(number, weight) for number, weight in known])
    return Aggregate(EXACT.divide(total, carried), coverage, _is_partial(coverage))


def _mean(numbers: Sequence[Decimal]) -> Decimal:
    return EXACT.divide(sum_of(numbers), Decimal(len(numbers)))


def _last(numbers: Sequence[Decimal]) -> Decimal:
    return numbers[-1]


def _share(known: Decimal, expected: Decimal) -> Decimal:
    return EXACT.divide(known, expected) if expected else ZERO


def _is_partial(coverage: Decimal) -> bool:
    return ZERO < coverage < ONE


METHODS: Final[dict[str, Callable[[Sequence[Decimal]], Decimal]]] = {
    TimeAggregation.SUM.value: sum_of,
    TimeAggregation.MEAN.value: _mean,
    TimeAggregation.LAST.value: _last,
    TimeAggregation.MIN.value: min,
    TimeAggregation.MAX.value: max,
}
