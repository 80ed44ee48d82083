"""Confidence through the graph, falls, and how good it was: pure."""

from itertools import permutations

import pytest

from objectives.confidence import Brier, Confidence, Fall, Forecast, Stated, brier_of, confidences, fall_of
from objectives.rollup import Edge

GOAL, LEFT, RIGHT, DEEP = 1, 2, 3, 4
ALL = {GOAL, LEFT, RIGHT, DEEP}


def stated(**said: int | None) -> dict[int, Stated]:
    names = {GOAL: "goal", LEFT: "left", RIGHT: "right", DEEP: "deep"}
    return {pk: Stated(code, said.get(code)) for pk, code in names.items()}


EDGES = [Edge(LEFT, GOAL, weight=3), Edge(RIGHT, GOAL, weight=1), Edge(DEEP, RIGHT, weight=2)]


def test_leaf_has_its_own_statement() -> None:
    found = confidences(stated(left=70), EDGES, only=ALL, known={})
    assert found[LEFT] == Confidence(70.0, 70, "left")
    assert found[DEEP] == Confidence()


def test_parent_has_the_weighted_mean_and_the_lowest_below() -> None:
    found = confidences(stated(goal=90, left=80, right=60, deep=20), EDGES, only=ALL, known={})
    assert found[GOAL] == Confidence(75.0, 20, "deep")
    assert found[RIGHT] == Confidence(20.0, 20, "deep")


def test_parent_without_a_statement_passes_its_mean_on() -> None:
    found = confidences(stated(left=80, deep=20), EDGES, only=ALL, known={})
    assert found[GOAL] == Confidence(65.0, 20, "deep")


def test_silent_children_are_left_out_and_never_zero() -> None:
    assert confidences(stated(left=80), EDGES, only=ALL, known={})[GOAL] == Confidence(80.0, 80, "left")
    assert confidences(stated(goal=40), EDGES, only=ALL, known={})[GOAL] == Confidence(40.0, 40, "goal")
    assert confidences(stated(), EDGES, only=ALL, known={})[GOAL] == Confidence()


def test_children_that_do_not_count_are_left_out() -> None:
    said = stated(left=80, right=10)
    said[RIGHT] = Stated("right", 10, counts=False)
    assert confidences(said, EDGES, only=ALL, known={})[GOAL] == Confidence(80.0, 80, "left")


def test_zero_is_a_statement() -> None:
    assert confidences(stated(left=0, right=100), EDGES, only=ALL, known={})[GOAL] == Confidence(25.0, 0, "left")


def test_part_of_the_graph_reads_what_is_stored_of_the_rest() -> None:
    said = stated(left=80, deep=20)
    whole = confidences(said, EDGES, only=ALL, known={})
    part = confidences(said, EDGES[:2], only={GOAL}, known={pk: whole[pk] for pk in (LEFT, RIGHT, DEEP)})
    assert part == {GOAL: whole[GOAL]}


def test_order_of_the_edges_does_not_matter() -> None:
    said = stated(left=33, right=66, deep=1)
    edges = [Edge(LEFT, GOAL, weight=0.1), Edge(RIGHT, GOAL, weight=0.2), Edge(DEEP, GOAL, weight=0.3)]
    found = {confidences(said, order, only=ALL, known={})[GOAL] for order in permutations(edges)}
    assert len(found) == 1


def test_circle_is_refused() -> None:
    with pytest.raises(ValueError):
        confidences(stated(), [Edge(LEFT, GOAL), Edge(GOAL, LEFT)], only=ALL, known={})


@pytest.mark.parametrize(
    ("said", "fall"),
    [
        ((), None),
        ((50,), None),
        ((51, 70), None),
        ((50, 70), Fall(70, 50, 1)),
        ((45, 60, 70), Fall(70, 45, 2)),
        ((69, 70, 71), Fall(71, 69, 2)),
        ((70, 70, 71), None),
        ((40, 70, 60), Fall(70, 40, 1)),
        ((70, 40, 60), None),
    ],
)
def test_fall_of_twenty_points_or_twice_in_a_row(said: tuple[int, ...], fall: Fall | None) -> None:
    assert fall_of(said) == fall


def test_brier_score_from_ten_closed_items_on() -> None:
    items = [Forecast(80, achieved=True)] * 8 + [Forecast(60, achieved=False)] * 2
    assert brier_of(items) == Brier(10, 0.104, 76.0, 0.8)
    assert brier_of(items[:9]) == Brier(9, None, None, None)


def test_brier_score_of_the_sure_and_right_is_zero() -> None:
    assert brier_of([Forecast(100, achieved=True)] * 10).score == 0.0
    assert brier_of([Forecast(0, achieved=True)] * 10).score == 1.0
