"""In which order formulas are computed, and that none needs itself."""

from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter

from kpis.formulas.problems import refusal
from objectives.rollup import Edge, find_cycle


def order_of(edges: Mapping[str, Collection[str]]) -> list[str]:
    """Every code, operands before the formulas that use them; `edges` holds the operands of each formula.

    The order depends on the set of edges only. Raises FormulaError `cycle`, which names the path.
    """
    sorter = TopologicalSorter({code: sorted(edges[code]) for code in sorted(edges)})
    try:
        return list(sorter.static_order())
    except CycleError:
        path = cycle_in(edges) or []
        raise refusal("cycle", path=" → ".join(path)) from None


def cycle_in(edges: Mapping[str, Collection[str]]) -> list[str] | None:
    """A path formula → operand → … → the same formula, beginning with its smallest code, or None."""
    codes = sorted({*edges, *(operand for operands in edges.values() for operand in operands)})
    ids = {code: index for index, code in enumerate(codes)}
    path = find_cycle(Edge(ids[code], ids[operand]) for code, operands in edges.items() for operand in operands)
    return None if path is None else [codes[id_] for id_ in path]
