"""The roll-up on nodes and edges: builds the arrays, runs them, hands back figures by id."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np

from objectives.choices import EdgeKind, ProgressMode
from objectives.pace import Number
from objectives.rollup.arrays import MODES, STATES, FigureArrays, Floats, GraphArrays, SideArrays, roll_up_arrays
from objectives.rollup.sides import Edge, Figure, Node, Side


def roll_up(
    nodes: Iterable[Node],
    edges: Iterable[Edge],
    *,
    cap: Number = 1,
    coverage_floor: Number = 0.5,
    only: Collection[int] | None = None,
    known: Mapping[int, Figure] | None = None,
) -> dict[int, Figure]:
    """Figures by node id (SEMANTICS §9); with `only`, those of these nodes alone, bit for bit as in the whole graph.

    `known` holds figures that stand already: a node in it, and not in `only`, is taken as it is and nothing below it is
    looked at. Nodes needed by `only` and not in `known` are computed. Edges to a parent that is not given are ignored.
    Raises ValueError when a child is not given or when the edges that count form a cycle.
    """
    by_id = {node.id: node for node in nodes}
    kept = [edge for edge in edges if _enters(edge) and edge.parent in by_id]
    if only is not None:
        by_id, kept = _needed(by_id, kept, set(only), known or {})
    arrays = graph_arrays(by_id.values(), kept)
    figures = figures_by_id(roll_up_arrays(arrays, cap=float(cap), coverage_floor=float(coverage_floor)))
    return figures if only is None else {id_: figures[id_] for id_ in sorted(set(only) & figures.keys())}


def _enters(edge: Edge) -> bool:
    return str(edge.kind) == EdgeKind.CONTRIBUTES.value and float(edge.weight) > 0


def _needed(
    by_id: dict[int, Node], edges: list[Edge], only: set[int], known: Mapping[int, Figure]
) -> tuple[dict[int, Node], list[Edge]]:
    """The part of the graph at and below `only`, cut where a figure stands already."""
    below: dict[int, list[Edge]] = {}
    for edge in edges:
        below.setdefault(edge.parent, []).append(edge)
    part: dict[int, Node] = {}
    kept: list[Edge] = []
    open_ids = sorted(only & by_id.keys())
    while open_ids:
        id_ = open_ids.pop()
        if id_ in part:
            continue
        if id_ not in by_id:
            raise ValueError(f"an edge names a node that is not given: {id_}")
        if id_ in known and id_ not in only:
            part[id_] = _standing(by_id[id_], known[id_])
            continue
        part[id_] = by_id[id_]
        for edge in below.get(id_, ()):
            kept.append(edge)
            open_ids.append(edge.child)
    return part, kept


def _standing(node: Node, figure: Figure) -> Node:
    """A node whose figure is taken as it is: to its parents it looks like an owner's figure."""
    return replace(
        node,
        mode=ProgressMode.MANUAL.value,
        manual_progress=figure.progress,
        manual_expected=figure.expected,
    )


def graph_arrays(nodes: Iterable[Node], edges: Iterable[Edge]) -> GraphArrays:
    """Columns for `roll_up_arrays`; edges that do not enter progress must have been left out."""
    rows, links = list(nodes), list(edges)
    return GraphArrays(
        ids=np.array([node.id for node in rows], dtype=np.int64),
        mode=np.array([MODES[str(node.mode or "")] for node in rows], dtype=np.int8),
        counts=np.array([node.counts for node in rows], dtype=np.bool_),
        direct=side_arrays([node.direct for node in rows]),
        manual_progress=_floats([node.manual_progress for node in rows]),
        manual_expected=_floats([node.manual_expected for node in rows]),
        blend=_floats([node.blend for node in rows]),
        child=np.array([edge.child for edge in links], dtype=np.int64),
        parent=np.array([edge.parent for edge in links], dtype=np.int64),
        weight=np.array([float(edge.weight) for edge in links], dtype=np.float64),
    )


def side_arrays(sides: list[Side]) -> SideArrays:
    """Columns of direct sides."""
    return SideArrays(
        _floats([side.progress for side in sides]),
        _floats([side.expected for side in sides]),
        np.array([side.coverage for side in sides], dtype=np.float64),
        np.array([STATES.index(side.state) for side in sides], dtype=np.int8),
        np.array([side.known for side in sides], dtype=np.int64),
        np.array([side.total for side in sides], dtype=np.int64),
    )


def figures_by_id(arrays: FigureArrays) -> dict[int, Figure]:
    """Figures with null as None."""
    side = arrays.side
    columns = zip(
        arrays.ids.tolist(),
        _values(side.progress),
        _values(side.expected),
        side.coverage.tolist(),
        side.state.tolist(),
        side.known.tolist(),
        side.total.tolist(),
        strict=True,
    )
    return {
        id_: Figure(progress, expected, coverage, STATES[state], known, total)
        for id_, progress, expected, coverage, state, known, total in columns
    }


def _floats(values: list[Number | None] | list[float | None]) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _values(column: Floats) -> list[float | None]:
    return [None if math.isnan(value) else value for value in column.tolist()]
