"""The lines of a change add up to it, whatever changed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from objectives.rollup import Input, Part, Side, decompose, weighted_side
from objectives.rollup.decomposition import Decomposition, Held, decompose_change

KEYS = st.integers(0, 7)
PARTS = st.dictionaries(
    KEYS,
    st.tuples(
        st.decimals("0", "1000", places=3),
        st.one_of(st.none(), st.floats(-0.5, 1.5, allow_nan=False)),
    ),
    min_size=1,
    max_size=8,
)


def held(parts: dict[int, tuple[Decimal, float | None]], cap: Decimal = Decimal(1)) -> tuple[list[Held], Side]:
    """What the engine makes of the inputs: their lines, and their figure."""
    rows = decompose([Part(key, progress, None, weight) for key, (weight, progress) in parts.items()], cap=cap)
    side = weighted_side([Input(progress, None, weight) for weight, progress in parts.values()], cap, 0)
    known = [row for row in rows if row.normalised is not None and row.clamped is not None]
    return [Held(row.key, row.normalised or 0.0, row.clamped or 0.0) for row in known], side


def sum_of(change: Decomposition) -> Decimal:
    return sum((effect.points for effect in change.effects), Decimal(0)) + change.weights + change.membership


@given(PARTS, PARTS)
def test_lines_add_up_exactly_to_the_change_of_the_engine(
    before: dict[int, tuple[Decimal, float | None]], after: dict[int, tuple[Decimal, float | None]]
) -> None:
    (first, was), (second, now) = held(before), held(after)
    if was.progress is None or now.progress is None:
        return
    change = decompose_change(first, second, was=was.progress, now=now.progress)
    assert sum_of(change) == change.total
    assert change.total == Decimal(f"{now.progress:.12f}") - Decimal(f"{was.progress:.12f}")
    assert {effect.key for effect in change.effects} | set(change.left) == {
        one.key for one in first
    } or not change.effects


@given(PARTS, st.data())
def test_with_the_same_weights_and_inputs_each_gives_its_weight_times_its_change(
    before: dict[int, tuple[Decimal, float | None]], data: st.DataObject
) -> None:
    after = {
        key: (weight, None if progress is None else data.draw(st.floats(0, 1)))
        for key, (weight, progress) in before.items()
    }
    (first, was), (second, now) = held(before), held(after)
    if was.progress is None or now.progress is None:
        return
    change = decompose_change(first, second, was=was.progress, now=now.progress)
    assert change.membership == 0
    assert abs(change.weights) <= Decimal("1e-11")
    weights = {one.key: one.weight for one in first}
    for effect in change.effects:
        assert float(effect.points) == pytest.approx(weights[effect.key] * (effect.after - effect.before), abs=1e-10)


@given(PARTS)
def test_no_change_has_no_line(parts: dict[int, tuple[Decimal, float | None]]) -> None:
    rows, side = held(parts)
    if side.progress is None:
        return
    change = decompose_change(rows, rows, was=side.progress, now=side.progress)
    assert (change.total, change.weights, change.membership) == (0, 0, 0)
    assert [effect.points for effect in change.effects] == [0] * len(rows)


def test_published_example_splits_into_progress_weights_and_entries() -> None:
    """a stays at weight 1 of 2 and rises, b rises and weighs three times as much, c leaves, d comes."""
    first = [Held("a", 0.25, 0.4), Held("b", 0.25, 0.2), Held("c", 0.5, 0.9)]
    second = [Held("a", 0.125, 0.6), Held("b", 0.375, 0.4), Held("d", 0.5, 0.1)]
    change = decompose_change(first, second, was=0.6, now=0.275)
    assert [(one.key, one.points) for one in change.effects] == [("a", Decimal("0.1")), ("b", Decimal("0.1"))]
    assert (change.weights, change.membership) == (Decimal("-0.05"), Decimal("-0.475"))
    assert (change.entered, change.left) == (("d",), ("c",))


def test_nothing_in_common_is_all_entries_and_exits() -> None:
    change = decompose_change([Held("a", 1.0, 0.4)], [Held("b", 1.0, 0.7)], was=0.4, now=0.7)
    assert (change.effects, change.weights, change.membership) == ((), 0, Decimal("0.3"))


def test_inputs_that_do_not_make_the_figure_are_refused() -> None:
    with pytest.raises(ValueError, match=r"do not make the figure 0\.5"):
        decompose_change([Held("a", 1.0, 0.4)], [Held("a", 1.0, 0.4)], was=0.5, now=0.4)
