"""Many values as one: what every method does with what is missing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.aggregation import METHODS, Aggregate, aggregate

D = Decimal
NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False)


@pytest.mark.parametrize(
    ("method", "value"), [("sum", "6"), ("mean", "3"), ("last", "4"), ("min", "2"), ("max", "4"), ("none", None)]
)
def test_aggregate_looks_at_what_is_known_and_says_how_much_that_is(method: str, value: str | None) -> None:
    expected = None if value is None else D(value)
    assert aggregate(method, [D(2), None, D(4), None]) == Aggregate(expected, D("0.5"), partial=True)
    assert not aggregate(method, [D(2), D(4)]).partial


@pytest.mark.parametrize("method", [*METHODS, "none", "ratio"])
def test_aggregate_of_nothing_known_is_unknown_and_never_zero(method: str) -> None:
    assert aggregate(method, [None, None]) == Aggregate(None, D(0), partial=False)
    assert aggregate(method, []) == Aggregate(None, D(0), partial=False)


def test_ratio_divides_the_sums_and_keeps_them() -> None:
    found = aggregate("ratio", [(D(2), D(4)), (D(2), D(100)), (None, D(7))])
    assert (found.numerator, found.denominator, found.partial) == (D(4), D(104), True)
    assert found.value is not None
    assert round(found.value, 9) == D("0.038461538")


def test_ratio_of_a_zero_divisor_is_blank_and_known() -> None:
    assert aggregate("ratio", [(D(2), D(0)), (D(2), D(0))]) == Aggregate(None, D(1), False, D(4), D(0))


def test_weighted_mean_counts_coverage_by_weight() -> None:
    found = aggregate("weighted_mean", [D(10), D(20), None], [D(1), D(3), D(4)])
    assert found == Aggregate(D("17.5"), D("0.5"), partial=True)


def test_weighted_mean_without_any_known_weight_is_blank() -> None:
    assert aggregate("weighted_mean", [D(10), None], [D(0), D(2)]) == Aggregate(None, D(0), partial=False)
    assert aggregate("weighted_mean", [D(10)], [D(0)]) == Aggregate(None, D(0), partial=False)


def test_sum_is_exact_whatever_the_digits() -> None:
    assert aggregate("sum", [D("1e20"), D("1e-10"), D("-1e20")]).value == D("1e-10")


@given(st.lists(st.tuples(NUMBERS, NUMBERS.filter(lambda number: number > 0)), min_size=1, max_size=12))
def test_ratio_over_years_equals_the_ratio_of_the_sums(pairs: list[tuple[Decimal, Decimal]]) -> None:
    half = len(pairs) // 2
    parts = [aggregate("ratio", pairs[:half]), aggregate("ratio", pairs[half:])]
    sums = [(part.numerator, part.denominator) for part in parts if part.numerator is not None]
    assert aggregate("ratio", sums).value == aggregate("ratio", pairs).value


@given(st.lists(NUMBERS, min_size=1, max_size=12))
def test_equal_weights_make_a_weighted_mean_the_mean(values: list[Decimal]) -> None:
    assert aggregate("weighted_mean", values, [D(3)] * len(values)) == aggregate("mean", values)
