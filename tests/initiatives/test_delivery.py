"""Shares, exact allocation and the delivery progress of an objective, as pure arithmetic."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from initiatives.choices import Stage
from initiatives.delivery import (
    DeliveryFigure,
    Link,
    allocate,
    allocated_totals,
    complete_shares,
    delivery_of,
    effective_shares,
)

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)

amounts = st.decimals(min_value=0, max_value=10**12, places=4)
given_shares = st.lists(st.decimals(min_value=0, max_value=1, places=6), min_size=1, max_size=9)


def test_effective_shares_are_equal_when_none_is_given() -> None:
    assert effective_shares({"A": None, "B": None, "C": None}) == {"A": THIRD, "B": THIRD, "C": THIRD}


def test_effective_shares_normalise_rounded_thirds() -> None:
    third = Decimal("0.333333")
    assert effective_shares({"A": third, "B": third, "C": third}) == {"A": THIRD, "B": THIRD, "C": THIRD}


def test_effective_shares_of_no_objective_are_empty() -> None:
    assert effective_shares({}) == {}


def test_complete_shares_wants_all_or_none_and_a_sum_of_one() -> None:
    cases: list[dict[str, Decimal | None]] = [
        {},
        {"A": None, "B": None},
        {"A": Decimal("0.6"), "B": Decimal("0.4")},
        {"A": Decimal("0.333333"), "B": Decimal("0.333333"), "C": Decimal("0.333333")},
        {"A": Decimal("0.6"), "B": None},
        {"A": Decimal("0.6"), "B": Decimal("0.3")},
    ]
    assert [complete_shares(case) for case in cases] == [True, True, True, True, False, False]


def test_allocate_gives_the_remainder_to_the_earliest_of_equal_parts() -> None:
    parts = allocate(Decimal("100.0000"), {"A": None, "B": None, "C": None})
    assert parts == {"A": Decimal("33.3334"), "B": Decimal("33.3333"), "C": Decimal("33.3333")}


def test_allocate_without_objective_gives_nothing() -> None:
    assert allocate(Decimal(100), {}) == {}


@given(amounts, given_shares)
def test_allocate_parts_add_up_to_the_amount(amount: Decimal, shares: list[Decimal]) -> None:
    assert sum(allocate(amount, dict(enumerate(shares))).values(), Decimal(0)) == amount


def test_delivery_weighs_progress_by_share() -> None:
    links = [
        Link(Fraction(1), Stage.IN_PROGRESS, Decimal("0.2")),
        Link(HALF, Stage.IN_PROGRESS, Decimal("0.8")),
    ]
    assert delivery_of(links) == DeliveryFigure(0.4, 1.0, 2)


def test_delivery_counts_only_stages_under_way_or_done() -> None:
    stages = [Stage.IDEA, Stage.PROPOSED, Stage.APPROVED, Stage.ON_HOLD, Stage.CANCELLED]
    links = [Link(Fraction(1), stage, Decimal("0.9")) for stage in stages]
    assert delivery_of([*links, Link(Fraction(1), Stage.IN_PROGRESS, Decimal("0.1"))]) == DeliveryFigure(0.1, 1.0, 1)
    assert delivery_of(links) == DeliveryFigure(None, 0.0, 0)


def test_delivery_takes_a_done_initiative_without_figure_as_complete() -> None:
    links = [Link(HALF, Stage.DONE, None), Link(HALF, Stage.IN_PROGRESS, Decimal(0))]
    assert delivery_of(links) == DeliveryFigure(0.5, 1.0, 2)


def test_delivery_unknown_progress_lowers_coverage_and_is_never_zero() -> None:
    links = [Link(HALF, Stage.IN_PROGRESS, None), Link(HALF, Stage.IN_PROGRESS, Decimal("0.6"))]
    assert delivery_of(links) == DeliveryFigure(0.6, 0.5, 2)
    assert delivery_of(links[:1]) == DeliveryFigure(None, 0.0, 1)


def test_delivery_ignores_a_share_of_nothing() -> None:
    links = [Link(Fraction(0), Stage.IN_PROGRESS, Decimal(1)), Link(THIRD, Stage.IN_PROGRESS, Decimal("0.25"))]
    assert delivery_of(links) == DeliveryFigure(0.25, 1.0, 1)


@given(st.lists(st.tuples(amounts, st.lists(st.sampled_from("ABCDE"), unique=True, max_size=5)), max_size=8))
def test_allocated_totals_over_all_objectives_equal_the_grand_total(budgets: list[tuple[Decimal, list[str]]]) -> None:
    totals = allocated_totals((amount, dict.fromkeys(served)) for amount, served in budgets)
    assert sum(totals.values(), Decimal(0)) == sum((amount for amount, _served in budgets), Decimal(0))


def test_allocated_totals_keep_what_serves_no_objective_apart() -> None:
    budgets: list[tuple[Decimal, dict[str, Decimal | None]]] = [
        (Decimal(100), {"A": Decimal("0.75"), "B": Decimal("0.25")}),
        (Decimal(10), {"B": None}),
        (Decimal(5), {}),
    ]
    assert allocated_totals(budgets) == {"A": Decimal(75), "B": Decimal(35), None: Decimal(5)}
