"""The roll-up through the graph on worked examples (SEMANTICS §9)."""

import pytest

from objectives.choices import RollupState
from objectives.rollup import (
    NO_SIDE,
    Edge,
    Figure,
    Input,
    Node,
    Part,
    Side,
    decompose,
    find_cycle,
    roll_up,
    weighted_side,
)

OK, INSUFFICIENT, NO_INPUT = RollupState.OK, RollupState.INSUFFICIENT_DATA, RollupState.NO_INPUT


def kpi(progress: float | None, expected: float | None = 0.5, weight: float = 1.0) -> Side:
    return weighted_side([Input(progress, expected, weight)])


def test_weighted_side_is_the_weighted_mean_of_what_is_known() -> None:
    side = weighted_side([Input(0.2, 0.5, 1), Input(1.4, 0.5, 2), Input(None, 0.9, 1), Input(0.9, 0.1, 0)])
    assert side == Side(0.733333333333, 0.5, 0.75, OK, 2, 3)


def test_weighted_side_clamps_below_at_zero_and_above_at_the_cap() -> None:
    assert weighted_side([Input(-3, 1, 1), Input(3, 1, 1)], 1.2).progress == 0.6


def test_weighted_side_below_the_floor_has_no_progress() -> None:
    inputs = [Input(0.9, 0.5, 1), Input(None, 0.5, 3)]
    assert weighted_side(inputs) == Side(None, None, 0.25, INSUFFICIENT, 1, 2)
    assert weighted_side(inputs, 1, 0.25).progress == 0.9


def test_weighted_side_without_a_weight_is_no_input() -> None:
    assert weighted_side([]) == NO_SIDE
    assert weighted_side([Input(0.9, 0.5, 0)]) == NO_SIDE


def test_weighted_side_has_no_expectation_where_an_input_lacks_one() -> None:
    assert weighted_side([Input(0.4, None, 1), Input(0.8, 0.5, 1)]).expected is None


def test_roll_up_weights_children_and_their_expectation() -> None:
    nodes = [Node(1), Node(2, direct=kpi(0.4, 0.8)), Node(3, direct=kpi(1.6, 0.4))]
    edges = [Edge(2, 1, weight=3), Edge(3, 1, weight=1)]
    assert roll_up(nodes, edges)[1] == Figure(0.55, 0.7, 1.0, OK, 2, 2)


@pytest.mark.parametrize("lifecycle", ["paused", "cancelled", "not_started", "draft"])
def test_roll_up_leaves_out_what_does_not_count(lifecycle: str) -> None:
    nodes = [Node(1), Node(2, direct=kpi(0.4)), Node(3, lifecycle=lifecycle, direct=kpi(0.9))]
    figures = roll_up(nodes, [Edge(2, 1), Edge(3, 1)])
    assert figures[1] == Figure(0.4, 0.5, 1.0, OK, 1, 1)
    assert figures[3].progress == 0.9


def test_roll_up_counts_a_closed_child() -> None:
    nodes = [Node(1), Node(2, lifecycle="closed", direct=kpi(0.4))]
    assert roll_up(nodes, [Edge(2, 1)])[1].progress == 0.4


def test_roll_up_of_supports_harms_and_weight_zero_is_no_input() -> None:
    nodes = [Node(1), Node(2, direct=kpi(0.4))]
    for edge in (Edge(2, 1, "supports"), Edge(2, 1, "harms"), Edge(2, 1, weight=0)):
        assert roll_up(nodes, [edge])[1] == Figure(None, None, 0.0, NO_INPUT, 0, 0)


def test_roll_up_of_a_child_without_input_is_insufficient_and_not_zero() -> None:
    figures = roll_up([Node(1), Node(2)], [Edge(2, 1)])
    assert figures[2] == Figure(None, None, 0.0, NO_INPUT, 0, 0)
    assert figures[1] == Figure(None, None, 0.0, INSUFFICIENT, 0, 1)


def test_roll_up_by_default_takes_own_kpis_when_there_are_any() -> None:
    nodes = [Node(1, direct=kpi(0.1)), Node(2, direct=kpi(0.9))]
    assert roll_up(nodes, [Edge(2, 1)])[1].progress == 0.1


def test_roll_up_of_own_kpis_without_a_value_stays_direct() -> None:
    nodes = [Node(1, direct=kpi(None)), Node(2, direct=kpi(0.9))]
    assert roll_up(nodes, [Edge(2, 1)])[1] == Figure(None, None, 0.0, INSUFFICIENT, 0, 1)


def test_roll_up_blends_coverage_too() -> None:
    own = weighted_side([Input(0.2, 0.4, 3), Input(None, 0.4, 1)])
    nodes = [Node(1, "blend", direct=own, blend=0.25), Node(2, direct=kpi(0.6, 0.8))]
    assert roll_up(nodes, [Edge(2, 1)])[1] == Figure(0.5, 0.7, 0.9375, OK, 2, 3)


@pytest.mark.parametrize(
    ("own", "child", "progress", "coverage", "state"),
    [
        (kpi(0.2), kpi(None), 0.2, 1.0, OK),
        (kpi(None), kpi(0.6), 0.6, 1.0, OK),
        (kpi(0.2), NO_SIDE, 0.2, 1.0, OK),
        (NO_SIDE, kpi(0.6), 0.6, 1.0, OK),
        (NO_SIDE, kpi(None), None, 0.0, INSUFFICIENT),
        (weighted_side([Input(1, 1, 1), Input(None, 1, 3)]), kpi(None), None, 0.25, INSUFFICIENT),
    ],
)
def test_roll_up_blend_with_one_side_null_lets_the_other_stand_alone(
    own: Side, child: Side, progress: float | None, coverage: float, state: RollupState
) -> None:
    figure = roll_up([Node(1, "blend", direct=own), Node(2, direct=child)], [Edge(2, 1)])[1]
    assert (figure.progress, figure.coverage, figure.state) == (progress, coverage, state)


def test_roll_up_manual_is_the_owners_figure_or_insufficient() -> None:
    nodes = [Node(1), Node(2, "manual", manual_progress=-0.3, manual_expected=0.4), Node(3, "manual")]
    figures = roll_up(nodes, [Edge(2, 1), Edge(3, 1)])
    assert figures[2] == Figure(-0.3, 0.4, 1.0, OK, 1, 1)
    assert figures[3] == Figure(None, None, 0.0, INSUFFICIENT, 0, 1)
    assert figures[1] == Figure(0.0, 0.4, 0.5, OK, 1, 2)


def test_roll_up_serves_a_child_of_several_parents_at_several_depths() -> None:
    nodes = [Node(1), Node(2), Node(3), Node(4, direct=kpi(0.8)), Node(5, direct=kpi(0.2))]
    edges = [Edge(2, 1), Edge(3, 1), Edge(4, 3), Edge(4, 1, weight=2), Edge(5, 2), Edge(3, 2)]
    figures = roll_up(nodes, edges)
    assert (figures[3].progress, figures[2].progress, figures[1].progress) == (0.8, 0.5, 0.725)


def test_roll_up_refuses_a_cycle_and_an_unknown_child() -> None:
    with pytest.raises(ValueError, match="cycle"):
        roll_up([Node(1), Node(2)], [Edge(1, 2), Edge(2, 1)])
    with pytest.raises(ValueError, match="not given"):
        roll_up([Node(1)], [Edge(9, 1)])


def test_roll_up_of_nothing_is_nothing() -> None:
    assert roll_up([], []) == {}


def test_find_cycle_names_the_path_whatever_the_order() -> None:
    edges = [Edge(7, 3), Edge(3, 5), Edge(5, 7), Edge(1, 3), Edge(7, 9)]
    assert find_cycle(edges) == [3, 5, 7, 3]
    assert find_cycle(reversed(edges)) == [3, 5, 7, 3]
    assert find_cycle([Edge(4, 4)]) == [4, 4]
    assert find_cycle([Edge(1, 2), Edge(1, 3), Edge(2, 3)]) is None


def test_decompose_gives_points_that_add_up_to_the_progress() -> None:
    parts = [
        Part("a", 1.4, 0.5, 2),
        Part("b", 0.4, 0.8, 1),
        Part("c", None, 0.5, 1),
        Part("d", 0.9, 0.9, 5, counts=False),
    ]
    rows = decompose(parts)
    assert [row.key for row in rows] == ["a", "b", "c", "d"]
    assert [row.share for row in rows] == [0.5, 0.25, 0.25, 0.0]
    assert [row.points for row in rows] == [0.666666666667, 0.133333333333, None, None]
    assert [row.missing for row in rows] == [0.333333333333, -0.133333333333, None, None]
    assert [row.clamped for row in rows] == [1.0, 0.4, None, 0.9]
