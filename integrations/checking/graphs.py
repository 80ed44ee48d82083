"""Circles: a department above itself, an objective that contributes to itself in the end."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from django.utils.translation import gettext as _

from integrations.checking.cells import BAD, CheckedTable
from integrations.file_errors import FileError
from integrations.stored_rows import Stored
from integrations.tables import CONTRIBUTIONS, DEPARTMENTS, KPIS, Table
from objectives.choices import EdgeKind
from objectives.rollup import Edge, find_cycle

Pair = tuple[str, str]


def department_circles(tables: Mapping[str, CheckedTable], stored: Stored) -> Iterator[FileError]:
    """Each circle of departments once, at the row that names it."""
    parents = {key[0]: parent for key, parent in stored.of(DEPARTMENTS).column("parent") if parent}
    rows = {child: number for (child, _parent), number in _pairs(tables, DEPARTMENTS, "code", "parent").items()}
    for key in tables[DEPARTMENTS.name].keys if "parent" in _columns(tables, DEPARTMENTS) else ():
        if key is not None:
            parents.pop(key[0], None)  # the package decides
    parents.update(_pairs(tables, DEPARTMENTS, "code", "parent").keys())
    yield from _circles(DEPARTMENTS, {pair: rows.get(pair[0]) for pair in parents.items()})


def contribution_circle(tables: Mapping[str, CheckedTable], stored: Stored) -> Iterator[FileError]:
    """Each circle of contributions once, at a row of the package that closes it; all kinds of edge count."""
    pairs: dict[Pair, int | None] = {(key[0], key[1]): None for key in stored.of(CONTRIBUTIONS).rows}
    pairs.update(_pairs(tables, CONTRIBUTIONS, "child", "parent"))
    yield from _circles(CONTRIBUTIONS, pairs)


def _columns(tables: Mapping[str, CheckedTable], table: Table) -> Mapping[str, object]:
    return tables[table.name].columns if table.name in tables else {}


def _pairs(tables: Mapping[str, CheckedTable], table: Table, child: str, parent: str) -> dict[Pair, int]:
    checked = tables.get(table.name) or CheckedTable(table)
    rows = zip(checked.cells(child), checked.cells(parent), checked.numbers, strict=True)
    return {(low, high): row for low, high, row in rows if BAD not in (low, high) and high is not None}


def kpi_circles(edges: Mapping[Pair, tuple[int | None, str, str]]) -> Iterator[FileError]:
    """Each circle of formulas and parts once; an edge comes with the row, the column and the cell that draw it."""
    rows = {pair: row for pair, (row, _column, _said) in edges.items()}
    yield from _circles(KPIS, rows, {pair: (column, said) for pair, (_row, column, said) in edges.items()})


def _circles(
    table: Table, rows: Mapping[Pair, int | None], cells: Mapping[Pair, tuple[str, str]] | None = None
) -> Iterator[FileError]:
    """Report a circle, take its last edge of the package away, look again.

    `cells` are the column and the text that draw an edge; without them it is the parent.
    """
    names = sorted({name for pair in rows for name in pair})
    ids = {name: number for number, name in enumerate(names)}
    edges = {(ids[low], ids[high]): row for (low, high), row in rows.items()}
    while cycle := find_cycle(Edge(low, high, EdgeKind.CONTRIBUTES.value) for low, high in edges):
        steps = list(pairwise(cycle))
        closing = max(steps, key=lambda step: edges[step] or 0)
        path = " → ".join(names[id_] for id_ in cycle)
        expected = _("no circle; this closes %(path)s") % {"path": path}
        column, said = ("parent", names[closing[1]])
        if cells is not None:
            column, said = cells[names[closing[0]], names[closing[1]]]
        yield FileError(table.name, edges[closing] or 0, column, said, expected)
        del edges[closing]
