"""A roll-up depends neither on the order of rows nor on the extent of the computed part, to the last bit."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from objectives.choices import RollupState
from objectives.rollup import (
    Edge,
    Figure,
    Input,
    Node,
    find_cycle,
    roll_up,
    weighted_side,
)

shares = st.one_of(st.none(), st.floats(-2, 3, allow_nan=False))
inputs = st.builds(Input, shares, st.one_of(st.none(), st.floats(0, 1)), st.floats(0, 9))
lifecycles = st.sampled_from(["active", "closed", "paused", "cancelled", "draft", "not_started"])
modes = st.sampled_from([None, "direct", "rollup", "blend", "manual"])


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Node], list[Edge]]:
    """An acyclic graph: a child has a larger number than its parents."""
    size = draw(st.integers(1, 14))
    nodes = [
        Node(
            id=number,
            mode=draw(modes),
            lifecycle=draw(lifecycles),
            direct=weighted_side(draw(st.lists(inputs, max_size=4))),
            manual_progress=draw(shares),
            manual_expected=draw(st.one_of(st.none(), st.floats(0, 1))),
            blend=draw(st.one_of(st.none(), st.floats(0, 1))),
        )
        for number in range(size)
    ]
    pairs = draw(st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=40))
    kinds = st.sampled_from(["contributes", "contributes", "contributes", "supports", "harms"])
    edges = [Edge(child, parent, draw(kinds), draw(st.floats(0, 9))) for parent, child in pairs if child > parent]
    return nodes, edges


def ancestors(edges: list[Edge], start: int) -> set[int]:
    reached, waiting = set(), [start]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting += [edge.parent for edge in edges if edge.child == here]
    return reached


@given(graphs(), st.randoms(use_true_random=False))
def test_roll_up_does_not_depend_on_the_order(graph: tuple[list[Node], list[Edge]], chance: random.Random) -> None:
    nodes, edges = graph
    expected = roll_up(nodes, edges)
    chance.shuffle(nodes)
    chance.shuffle(edges)
    assert roll_up(nodes, edges) == expected


@given(graphs(), st.data())
def test_roll_up_of_the_ancestors_equals_the_whole(graph: tuple[list[Node], list[Edge]], data: st.DataObject) -> None:
    nodes, edges = graph
    before = roll_up(nodes, edges)
    changed = data.draw(st.integers(0, len(nodes) - 1))
    nodes[changed] = Node(changed, "direct", direct=weighted_side(data.draw(st.lists(inputs, max_size=4))))
    whole = roll_up(nodes, edges)
    dirty = ancestors(edges, changed)
    assert roll_up(nodes, edges, only=dirty) == {id_: whole[id_] for id_ in dirty}
    assert before | roll_up(nodes, edges, only=dirty, known=before) == whole


@given(graphs())
def test_roll_up_never_turns_null_into_a_number(graph: tuple[list[Node], list[Edge]]) -> None:
    nodes, edges = graph
    unknown = [Node(node.id, node.mode, node.lifecycle, weighted_side([Input(None, 1, 1)])) for node in nodes]
    assert {figure.progress for figure in roll_up(unknown, edges).values()} == {None}
    for figure in roll_up(nodes, edges).values():
        assert (figure.progress is None) == (figure.state != RollupState.OK)
        assert (figure.state == RollupState.NO_INPUT) <= (figure.coverage == 0)


@given(st.lists(inputs, max_size=8), st.randoms(use_true_random=False), st.sampled_from([0.0, 0.5, 1.0]))
def test_weighted_side_does_not_depend_on_the_order(rows: list[Input], chance: random.Random, floor: float) -> None:
    expected = weighted_side(rows, 1.2, floor)
    chance.shuffle(rows)
    assert weighted_side(rows, 1.2, floor) == expected


@given(graphs())
def test_find_cycle_is_silent_on_an_acyclic_graph_and_sees_a_closing_edge(graph: tuple[list[Node], list[Edge]]) -> None:
    _nodes, edges = graph
    assert find_cycle(edges) is None
    for edge in edges[:3]:
        path = find_cycle([*edges, Edge(edge.parent, edge.child)])
        assert path is not None
        links = {(one.child, one.parent) for one in edges} | {(edge.parent, edge.child)}
        assert all(step in links for step in pairwise(path))
        assert path[0] == path[-1]


def test_roll_up_of_a_standing_figure_is_taken_as_it_is() -> None:
    standing = Figure(0.25, 0.5, 0.6, RollupState.OK, 3, 5)
    figures = roll_up([Node(1), Node(2), Node(3)], [Edge(2, 1), Edge(3, 2)], only={1}, known={2: standing})
    assert figures == {1: Figure(0.25, 0.5, 1.0, RollupState.OK, 1, 1)}
