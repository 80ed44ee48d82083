"""The roll-up on arrays, level by level (SEMANTICS §9). NaN is null.

Edges are put in order of (parent, child) before anything is added, so neither the order of the rows nor the extent of
the computed part changes a bit of the result.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from objectives.choices import ProgressMode, RollupState
from objectives.rollup.sides import COMPARED, DECIMALS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

MODES: Final = {"": 0, "direct": 1, "rollup": 2, "blend": 3, "manual": 4}
"""Code of a progress mode in `GraphArrays.mode`; 0 is the default of SEMANTICS §9."""

STATES: Final = (RollupState.OK, RollupState.INSUFFICIENT_DATA, RollupState.NO_INPUT)
"""State by its code in the arrays."""

OK, INSUFFICIENT, NO_INPUT = 0, 1, 2
DIRECT, ROLLUP, BLEND, MANUAL = (MODES[str(mode.value)] for mode in ProgressMode)


@dataclass(frozen=True)
class SideArrays:
    """One side of every node: shapes (n,); progress and expected NaN where null."""

    progress: Floats
    expected: Floats
    coverage: Floats
    state: Codes
    known: Ints
    total: Ints

    @classmethod
    def empty(cls, size: int) -> "SideArrays":
        """No input anywhere."""
        nothing = np.full(size, np.nan)
        zeros = np.zeros(size, dtype=np.int64)
        state = np.full(size, NO_INPUT, dtype=np.int8)
        return cls(nothing, nothing.copy(), np.zeros(size), state, zeros, zeros.copy())

    def taken(self, rows: Ints) -> "SideArrays":
        """The rows in the given order."""
        return SideArrays(
            self.progress[rows],
            self.expected[rows],
            self.coverage[rows],
            self.state[rows],
            self.known[rows],
            self.total[rows],
        )


@dataclass(frozen=True)
class GraphArrays:
    """Nodes (n rows) and `contributes` edges (m rows) as columns; edges name nodes by their ids.

    `counts`: the node enters its parents' sums (not paused, cancelled, draft or not started).
    """

    ids: Ints
    mode: Codes
    counts: Bools
    direct: SideArrays
    manual_progress: Floats
    manual_expected: Floats
    blend: Floats
    child: Ints
    parent: Ints
    weight: Floats


@dataclass(frozen=True)
class FigureArrays:
    """Figures of all nodes, by ascending id."""

    ids: Ints
    side: SideArrays


@dataclass(frozen=True)
class _Levels:
    """Edges sorted by (level of parent, parent, child), as row numbers, and where each level begins."""

    nodes: Ints
    node_starts: Ints
    child: Ints
    local: Ints
    weight: Floats
    edge_starts: Ints


def roll_up_arrays(graph: GraphArrays, *, cap: float, coverage_floor: float) -> FigureArrays:
    """Figures of every node. Raises ValueError when an edge names no node or the edges that count form a cycle."""
    order = np.argsort(graph.ids, kind="stable")
    ids = graph.ids[order]
    if len(ids) > 1 and bool(np.any(ids[1:] == ids[:-1])):
        raise ValueError("a node is given twice")
    direct = graph.direct.taken(order)
    given = graph.mode[order]
    mode = np.where(given == 0, np.where(direct.state == NO_INPUT, ROLLUP, DIRECT), given)
    side = _settled(graph, order, mode, direct)
    blend = graph.blend[order]
    levels = _levelled(ids, mode, graph.counts[order], graph)
    for number in range(1, len(levels.node_starts) - 1):
        rows = levels.nodes[levels.node_starts[number] : levels.node_starts[number + 1]]
        part = slice(levels.edge_starts[number], levels.edge_starts[number + 1])
        child = levels.child[part]
        progress = np.clip(side.progress[child], 0.0, cap)
        rolled = _sums(
            levels.local[part], progress, side.expected[child], levels.weight[part], len(rows), coverage_floor
        )
        mixed = _blended(blend[rows], direct.taken(rows), rolled)
        _put(side, rows, _chosen(mode[rows] == BLEND, mixed, rolled))
    return FigureArrays(ids, side)


def _settled(graph: GraphArrays, order: Ints, mode: Codes, direct: SideArrays) -> SideArrays:
    """What every node shows before any child is looked at: its own KPIs, the owner's figure, or nothing."""
    size = len(order)
    owner_figure = graph.manual_progress[order]
    said = ~np.isnan(owner_figure)
    manual = SideArrays(
        np.round(owner_figure, DECIMALS) + 0.0,
        np.where(said, np.round(graph.manual_expected[order], DECIMALS), np.nan),
        said.astype(np.float64),
        np.where(said, OK, INSUFFICIENT).astype(np.int8),
        said.astype(np.int64),
        np.ones(size, dtype=np.int64),
    )
    own = _chosen((mode == DIRECT) | (mode == BLEND), direct, SideArrays.empty(size))
    return _chosen(mode == MANUAL, manual, own)


def _sums(local: Ints, progress: Floats, expected: Floats, weight: Floats, size: int, floor: float) -> SideArrays:
    """Weighted means per group, groups 0..size−1; `bincount` adds in the order of the rows."""
    known = ~np.isnan(progress)
    known_weight = np.where(known, weight, 0.0)
    total_sum = np.bincount(local, weight, size)
    known_sum = np.bincount(local, known_weight, size)
    known_count = np.bincount(local, known, size).astype(np.int64)
    points = np.bincount(local, known_weight * np.where(known, progress, 0.0), size)
    plan = np.bincount(local, np.where(known, known_weight * expected, 0.0), size)
    with np.errstate(divide="ignore", invalid="ignore"):
        coverage = np.where(total_sum > 0, np.round(known_sum / total_sum, DECIMALS), 0.0)
        share = np.round(points / known_sum, DECIMALS)
        planned = np.round(plan / known_sum, DECIMALS)
    enough = (known_count > 0) & (np.round(coverage, COMPARED) >= round(floor, COMPARED))
    state = np.where(total_sum > 0, np.where(enough, OK, INSUFFICIENT), NO_INPUT).astype(np.int8)
    return SideArrays(
        np.where(state == OK, share, np.nan),
        np.where(state == OK, planned, np.nan),
        coverage,
        state,
        known_count,
        np.bincount(local, minlength=size).astype(np.int64),
    )


def _blended(blend: Floats, direct: SideArrays, rolled: SideArrays) -> SideArrays:
    """λ direct + (1 − λ) roll-up, coverage too; where one side is null the other stands alone.

    Where both are null the direct side speaks, unless nothing feeds it.
    """
    lam = np.where(np.isnan(blend), 0.5, blend)
    progress = np.round(lam * direct.progress + (1.0 - lam) * rolled.progress, DECIMALS)
    expected = np.round(lam * direct.expected + (1.0 - lam) * rolled.expected, DECIMALS)
    coverage = np.round(lam * direct.coverage + (1.0 - lam) * rolled.coverage, DECIMALS)
    both = replace(direct, progress=progress, expected=expected, coverage=coverage)
    alone_rolled = (direct.state == NO_INPUT) | ((direct.state != OK) & (rolled.state == OK))
    alone = _chosen(alone_rolled, rolled, _chosen(rolled.state != OK, direct, both))
    return replace(alone, known=direct.known + rolled.known, total=direct.total + rolled.total)


def _chosen(mask: Bools, yes: SideArrays, no: SideArrays) -> SideArrays:
    return SideArrays(
        np.where(mask, yes.progress, no.progress),
        np.where(mask, yes.expected, no.expected),
        np.where(mask, yes.coverage, no.coverage),
        np.where(mask, yes.state, no.state),
        np.where(mask, yes.known, no.known),
        np.where(mask, yes.total, no.total),
    )


def _put(side: SideArrays, rows: Ints, values: SideArrays) -> None:
    side.progress[rows] = values.progress
    side.expected[rows] = values.expected
    side.coverage[rows] = values.coverage
    side.state[rows] = values.state
    side.known[rows] = values.known
    side.total[rows] = values.total


def _rows_of(ids: Ints, wanted: Ints) -> Ints:
    rows = np.searchsorted(ids, wanted)
    known = np.minimum(rows, max(len(ids) - 1, 0))
    if len(wanted) and (not len(ids) or bool(np.any(ids[known] != wanted))):
        raise ValueError("an edge names a node that is not given")
    return known.astype(np.int64)


def _levelled(ids: Ints, mode: Codes, counts: Bools, graph: GraphArrays) -> _Levels:
    """Sort the edges that count; level 0 has no input among the nodes, a parent lies above all of its children."""
    size = len(ids)
    child, parent = _rows_of(ids, graph.child), _rows_of(ids, graph.parent)
    rolls = (mode == ROLLUP) | (mode == BLEND)
    used = (graph.weight > 0) & counts[child] & rolls[parent] if len(child) else np.zeros(0, dtype=np.bool_)
    child, parent, weight = child[used], parent[used], graph.weight[used]
    level = _level_of_nodes(size, child, parent)
    nodes = np.argsort(level, kind="stable").astype(np.int64)
    place = np.empty(size, dtype=np.int64)
    place[nodes] = np.arange(size)
    order = np.lexsort((weight, place[parent] * size + child))
    child, parent, weight = child[order], parent[order], weight[order]
    height = int(level.max()) + 1 if size else 0
    node_starts = np.searchsorted(level[nodes], np.arange(height + 1)).astype(np.int64)
    edge_starts = np.searchsorted(level[parent], np.arange(height + 1)).astype(np.int64)
    local = place[parent] - node_starts[level[parent]]
    return _Levels(nodes, node_starts, child, local, weight, edge_starts)


def _level_of_nodes(size: int, child: Ints, parent: Ints) -> Ints:
    """Length of the longest chain of inputs below each node; ValueError on a cycle."""
    level = np.zeros(size, dtype=np.int64)
    waiting = np.bincount(parent, minlength=size)
    by_child = np.argsort(child, kind="stable")
    ups = parent[by_child]
    starts = np.searchsorted(child[by_child], np.arange(size + 1))
    front = np.flatnonzero(waiting == 0)
    done, height = 0, 0
    while len(front):
        level[front] = height
        done += len(front)
        counts = starts[front + 1] - starts[front]
        ends = np.cumsum(counts)
        offsets = np.arange(ends[-1]) - np.repeat(ends - counts, counts) + np.repeat(starts[front], counts)
        touched, times = np.unique(ups[offsets], return_counts=True)
        waiting[touched] -= times
        front = touched[waiting[touched] == 0]
        height += 1
    if done < size:
        raise ValueError("the contributions form a cycle")
    return level
