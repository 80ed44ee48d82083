"""Paths through the strategy graph: cycles and influence (SEMANTICS §9)."""

from collections import deque
from collections.abc import Iterable, Mapping

from objectives.choices import EdgeKind
from objectives.rollup.sides import Edge, rounded


def find_cycle(edges: Iterable[Edge]) -> list[int] | None:
    """A cycle child → parent → … → the same child, beginning with its smallest id, or None. All kinds of edge count.

    The answer depends on the set of edges only, not on their order.
    """
    ups, downs = _neighbours(edges)
    left = set(ups) | set(downs)
    for near, far in ((ups, downs), (downs, ups)):
        left = _peeled(left, near, far)
    if not left:
        return None
    return _walked(min(left), {id_: [up for up in ups.get(id_, ()) if up in left] for id_ in left})


def _neighbours(edges: Iterable[Edge]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    pairs = sorted({(edge.child, edge.parent) for edge in edges})
    ups: dict[int, list[int]] = {}
    downs: dict[int, list[int]] = {}
    for child, parent in pairs:
        ups.setdefault(child, []).append(parent)
        downs.setdefault(parent, []).append(child)
    return ups, downs


def _peeled(nodes: set[int], forward: Mapping[int, list[int]], backward: Mapping[int, list[int]]) -> set[int]:
    """Drop, again and again, what nothing left leads to."""
    left = set(nodes)
    waiting = {id_: sum(near in left for near in backward.get(id_, ())) for id_ in left}
    ready = deque(sorted(id_ for id_, count in waiting.items() if not count))
    while ready:
        id_ = ready.popleft()
        left.discard(id_)
        for far in forward.get(id_, ()):
            if far in left:
                waiting[far] -= 1
                if not waiting[far]:
                    ready.append(far)
    return left


def _walked(start: int, ups: Mapping[int, list[int]]) -> list[int]:
    """Follow the smallest parent until a node comes twice; every node here has a parent left."""
    seen: dict[int, int] = {}
    path: list[int] = []
    here = start
    while here not in seen:
        seen[here] = len(path)
        path.append(here)
        here = ups[here][0]
    cycle = path[seen[here] :]
    first = cycle.index(min(cycle))
    turned = cycle[first:] + cycle[:first]
    return [*turned, turned[0]]


def normalised(edges: Iterable[Edge]) -> dict[int, list[tuple[int, float]]]:
    """Per parent its (child, w / Σ w), by child id; only `contributes` edges with a weight above 0."""
    rows = sorted(
        (edge.parent, edge.child, float(edge.weight))
        for edge in edges
        if str(edge.kind) == EdgeKind.CONTRIBUTES.value and float(edge.weight) > 0
    )
    totals: dict[int, float] = {}
    for parent, _child, weight in rows:
        totals[parent] = totals.get(parent, 0.0) + weight
    below: dict[int, list[tuple[int, float]]] = {}
    for parent, child, weight in rows:
        below.setdefault(parent, []).append((child, weight / totals[parent]))
    return below


def _parents_first(below: Mapping[int, list[tuple[int, float]]], roots: Iterable[int]) -> list[int]:
    """What lies at and below the roots, every parent before its children; ValueError on a cycle."""
    reached: set[int] = set()
    waiting: dict[int, int] = {}
    open_ids = list(roots)
    while open_ids:
        id_ = open_ids.pop()
        if id_ in reached:
            continue
        reached.add(id_)
        for child, _weight in below.get(id_, ()):
            waiting[child] = waiting.get(child, 0) + 1
            open_ids.append(child)
    order: list[int] = []
    ready = deque(sorted(id_ for id_ in reached if not waiting.get(id_)))
    while ready:
        id_ = ready.popleft()
        order.append(id_)
        for child, _weight in below.get(id_, ()):
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    if len(order) < len(reached):
        raise ValueError("the contributions form a cycle")
    return order


def influence(edges: Iterable[Edge], root: int) -> dict[int, float]:
    """Σ over all paths from each node up to the root of Π normalised weights; the root itself is 1."""
    below = normalised(edges)
    shares: dict[int, float] = {root: 1.0}
    for id_ in _parents_first(below, [root]):
        for child, weight in below.get(id_, ()):
            shares[child] = shares.get(child, 0.0) + shares[id_] * weight
    return {id_: rounded(share) for id_, share in sorted(shares.items())}
