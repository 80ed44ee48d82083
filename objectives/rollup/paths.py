"""Paths through the strategy graph: cycles (SEMANTICS §9)."""

from collections import deque
from collections.abc import Iterable, Mapping

from objectives.rollup.sides import Edge


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
