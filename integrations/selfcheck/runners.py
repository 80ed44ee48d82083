"""One runner per kind of case: it hands the input to the engine that the pages use and names what came out.

A new kind is a function here and its line in `RUNNERS`.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from integrations.selfcheck.table import Fields, TableError
from kpis.aggregation import METHODS, NONE, RATIO, WEIGHTED_MEAN, aggregate
from kpis.choices import Direction, Trajectory
from kpis.signals import assurance_of, limits_of, signals_of
from kpis.trajectory import Milestone, expected_share
from kpis.zones import attainment_of, progress_of, zone_of
from objectives.choices import EdgeKind, Lifecycle, ProgressMode, State
from objectives.pace import Status, band_status, pace_status
from objectives.rollup import Edge, Figure, Input, Node, Side, roll_up, weighted_side

Got = Mapping[str, Any]
Runner = Callable[[Fields], Got]

DIRECTIONS: Final = frozenset(str(word) for word in Direction.values)
SHAPES: Final = frozenset({Trajectory.LINEAR.value, Trajectory.STEPPED.value, Trajectory.MILESTONES.value})
MODES: Final = frozenset(str(word) for word in ProgressMode.values)
AGGREGATIONS: Final = frozenset([*METHODS, RATIO, WEIGHTED_MEAN, NONE])
KINDS_OF_EDGE: Final = frozenset(str(word) for word in EdgeKind.values)
LIFECYCLES: Final = frozenset([*(str(word) for word in Lifecycle.values), State.NOT_STARTED.value])

LIMIT_FIELDS: Final = ("centre", "lower", "upper", "range_upper", "mean_range", "provisional")


def run_progress(given: Fields) -> Got:
    """§2: how far a `move` KPI came."""
    found = progress_of(
        given.number("actual"),
        given.number("baseline"),
        given.number("target"),
        given.word("direction", DIRECTIONS),
        given.whole("precision"),
    )
    return {"progress": found.progress, "achieved": found.achieved, "flags": list(found.flags)}


def run_attainment(given: Fields) -> Got:
    """§3: how much of its target a period reached."""
    direction = given.word("direction", DIRECTIONS)
    found = attainment_of(given.number("actual"), given.number("target"), direction, given.whole("precision"))
    return {"attainment": found.attainment, "achieved": found.achieved}


def run_zone(given: Fields) -> Got:
    """§4: inside a guardrail or a range, or how far outside."""
    bounds = given.number("low"), given.number("high")
    found = zone_of(given.number("actual"), *bounds, given.number("width"), given.whole("precision"))
    return {"attainment": found.attainment, "inside": found.inside, "distance": found.distance}


def run_share(given: Fields) -> Got:
    """§5: the expected share of a trajectory on a day."""
    milestones = [Milestone(row.day("on"), row.required("share")) for row in given.rows("milestones")]
    shape = given.word("shape", SHAPES)
    return {"share": expected_share(shape, given.day("start"), given.day("end"), given.day("on"), milestones)}


def run_pace(given: Fields) -> Got:
    """§5–6: progress against what is expected."""
    status = pace_status(
        given.number("progress"),
        given.number("expected"),
        period_share=given.required("period_share", "0"),
        ended=bool(given.truth("ended")),
    )
    return _status(status)


def run_band(given: Fields) -> Got:
    """§5: the bands of an attainment."""
    return _status(band_status(given.number("attainment"), given.truth("achieved")))


def run_aggregate(given: Fields) -> Got:
    """§8: many values as one."""
    values = [_pair(given, item) if isinstance(item, list) else _number(given, item) for item in _list(given, "values")]
    weights = None
    if given.values.get("weights") is not None:
        weights = [Fields(given.case, {"weights": item}).required("weights") for item in _list(given, "weights")]
    method = given.word("method", AGGREGATIONS)
    if method == WEIGHTED_MEAN and len(weights or ()) != len(values):
        raise TableError(f"{given.case}: weights are as many as values")
    found = aggregate(method, values, weights)
    return {"value": found.value, "coverage": found.coverage, "partial": found.partial}


def _pair(given: Fields, item: list[Any]) -> tuple[Decimal | None, Decimal | None]:
    if len(item) != 2:
        raise TableError(f"{given.case}: a ratio has two numbers")
    return _number(given, item[0]), _number(given, item[1])


def _number(given: Fields, item: object) -> Decimal | None:
    return Fields(given.case, {"values": item}).number("values")


def run_xmr(given: Fields) -> Got:
    """§11: limits over all the values, what signals against them, and what they say of the target."""
    values = [Fields(given.case, {"values": value}).required("values") for value in _list(given, "values")]
    direction = given.word("direction", DIRECTIONS)
    limits = limits_of(values)
    assurance = assurance_of(limits, given.number("target"), direction)
    return {
        "limits": None if limits is None else {name: getattr(limits, name) for name in LIMIT_FIELDS},
        "signals": [[signal.rule.value, signal.index] for signal in signals_of(values, limits, direction=direction)],
        "assurance": None if assurance is None else assurance.value,
    }


def run_rollup(given: Fields) -> Got:
    """§9: figures of every node of a small strategy graph."""
    cap, floor = given.required("cap", "1"), given.required("coverage_floor", "0.5")
    rows = {row.text("id"): row for row in given.rows("nodes")}
    numbers = {name: number for number, name in enumerate(rows)}
    nodes = [_node(numbers[name], row, cap, floor) for name, row in rows.items()]
    edges = [_edge(row, numbers) for row in given.rows("edges")]
    try:
        figures = roll_up(nodes, edges, cap=cap, coverage_floor=floor)
    except ValueError as error:
        raise TableError(f"{given.case}: {error}") from error
    return {"nodes": {name: _figure(figures[number]) for name, number in numbers.items()}}


def _figure(figure: Figure) -> Got:
    return {
        "progress": figure.progress,
        "expected": figure.expected,
        "coverage": figure.coverage,
        "state": figure.state.value,
    }


def _node(number: int, row: Fields, cap: Decimal, floor: Decimal) -> Node:
    return Node(
        id=number,
        mode=row.word("mode", MODES) if row.values.get("mode") else None,
        lifecycle=row.word("lifecycle", LIFECYCLES, Lifecycle.ACTIVE.value),
        direct=_measures(row, cap, floor),
        manual_progress=row.number("manual"),
        manual_expected=row.number("expected"),
        blend=row.number("lambda"),
    )


def _measures(row: Fields, cap: Decimal, floor: Decimal) -> Side:
    measures = row.rows("measures")
    return weighted_side((_input(measure) for measure in measures), cap, floor)


def _input(row: Fields) -> Input:
    return Input(row.number("progress"), row.number("expected"), row.required("weight", "1"))


def _edge(row: Fields, numbers: Mapping[str, int]) -> Edge:
    names = frozenset(numbers)
    child, parent = row.word("child", names), row.word("parent", names)
    kind = row.word("kind", KINDS_OF_EDGE, EdgeKind.CONTRIBUTES.value)
    return Edge(numbers[child], numbers[parent], kind, row.required("weight", "1"))


def _list(given: Fields, name: str) -> list[Any]:
    found = given.values.get(name)
    if not isinstance(found, list):
        raise TableError(f"{given.case}: {name} is no list")
    return found


def _status(status: Status) -> Got:
    return {"state": status.state.value, "colour": status.colour.value, "rule": status.rule.value}


RUNNERS: Final[Mapping[str, Runner]] = {
    "progress": run_progress,
    "attainment": run_attainment,
    "zone": run_zone,
    "share": run_share,
    "pace": run_pace,
    "band": run_band,
    "rollup": run_rollup,
    "aggregate": run_aggregate,
    "xmr": run_xmr,
}

NOT_BUILT: Final = frozenset({"critical_path", "earned_value"})
"""Kinds of the table format whose engine is not part of this version: counted by name, neither passed nor failed."""
