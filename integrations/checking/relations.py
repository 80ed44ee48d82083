"""KPIs among KPIs: formulas that can be read, parents that can be summed up, nothing that needs itself.

Checked as all of them will stand, so that a dry run says what an import would refuse; `kpis.services.relate_kpis` says
the same of stored rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from integrations.checking.cells import BAD, CheckedTable
from integrations.checking.graphs import Pair, kpi_circles
from integrations.file_errors import FileError
from integrations.stored_rows import Stored
from integrations.tables import DEPARTMENTS, KPIS, MEASUREMENTS
from integrations.values import text_of
from kpis.choices import UnitAggregation
from kpis.formulas import Formula, FormulaError, check_unit, parse
from kpis.formulas.tree import Operand, nodes_of
from kpis.services.relations import coarser_than
from kpis.windows import FINENESS


@dataclass(frozen=True)
class _Kpi:
    """A KPI as it will stand. `row` is its line in the package, None where only the organization knows it."""

    code: str
    unit: str
    frequency: str
    unit_aggregation: str
    department: str | None
    parent: str | None
    formula: str
    unit_weight: Decimal | None
    dimensions: dict[str, str]
    row: int | None

    @property
    def sums_up(self) -> bool:
        return self.unit_aggregation != UnitAggregation.NONE.value and not self.formula


NAMES = tuple(field.name for field in fields(_Kpi))[:-1]


def relation_errors(tables: Mapping[str, CheckedTable], stored: Stored) -> Iterator[FileError]:
    """Faults between KPIs, each at a row of the package; values of KPIs that are computed."""
    kpis = _kpis(tables, stored)
    formulas: dict[str, Formula] = {}
    for kpi in kpis.values():
        if not kpi.formula:
            continue
        try:
            formulas[kpi.code] = parse(kpi.formula)
        except FormulaError as error:
            yield from _at_formula(kpi, error.message, error.position)
    for code, formula in formulas.items():
        yield from _formula_errors(kpis[code], formula, kpis, _codes(tables, stored))
    weighted = _headcounts(tables, stored)
    for kpi in kpis.values():
        yield from _part_errors(kpi, kpis, weighted)
    yield from kpi_circles(_edges(kpis, formulas))
    if MEASUREMENTS.name in tables:
        yield from _computed_errors(tables[MEASUREMENTS.name], kpis)


def computed_codes(rows: Mapping[str, tuple[str, str, str | None]]) -> set[str]:
    """The codes of KPIs whose values follow from others, given (formula, unit_aggregation, parent) by code."""
    parents = {parent for _formula, _method, parent in rows.values() if parent}
    return {
        code
        for code, (formula, method, _parent) in rows.items()
        if formula or (method != UnitAggregation.NONE.value and code in parents)
    }


def _kpis(tables: Mapping[str, CheckedTable], stored: Stored) -> dict[str, _Kpi]:
    before = stored.of(KPIS)
    places = [before.names.index(name) if name in before.names else None for name in NAMES]
    defaults = [KPIS.by_name[name].default for name in NAMES]
    found: dict[str, _Kpi] = {}
    for stored_key, stored_row in before.rows.items():
        known = zip(NAMES, places, defaults, strict=True)
        given = {name: default if place is None else stored_row[place] for name, place, default in known}
        found[stored_key[0]] = _Kpi(**given, row=None)
    checked = tables.get(KPIS.name) or CheckedTable(KPIS)
    columns = [checked.effective(name, before) for name in NAMES]
    for number, key, values in zip(checked.numbers, checked.keys, zip(*columns, strict=True), strict=True):
        if key is not None:
            found.pop(key[0], None)
            if BAD not in values:
                found[key[0]] = _Kpi(**dict(zip(NAMES, values, strict=True)), row=number)
    return found


def _codes(tables: Mapping[str, CheckedTable], stored: Stored) -> set[Any]:
    """Every code that a formula may name, rows with other faults included."""
    checked = tables.get(KPIS.name) or CheckedTable(KPIS)
    return stored.codes(KPIS) | ({*checked.cells("code")} - {BAD})


def _headcounts(tables: Mapping[str, CheckedTable], stored: Stored) -> set[str]:
    """The departments whose size is known."""
    before = stored.of(DEPARTMENTS)
    sizes = {key[0]: size for key, size in before.column("headcount")}
    checked = tables.get(DEPARTMENTS.name) or CheckedTable(DEPARTMENTS)
    for key, size in zip(checked.keys, checked.effective("headcount", before), strict=True):
        if key is not None:
            sizes[key[0]] = size
    return {code for code, size in sizes.items() if size is not None}


def _formula_errors(kpi: _Kpi, formula: Formula, kpis: Mapping[str, _Kpi], codes: set[Any]) -> Iterator[FileError]:
    """At the formula where the package has it, else at the row whose unit or frequency no longer fits it."""
    places: dict[str, int] = {}
    for node in nodes_of(formula.root):
        if isinstance(node, Operand):
            places.setdefault(node.code, node.position)
    for code in formula.operands:
        if code not in codes:
            yield from _at_formula(kpi, _("There is no KPI with the code “%(code)s”.") % {"code": code}, places[code])
    operands = [kpis[code] for code in formula.operands if code in kpis]
    if len(operands) < len(formula.operands):
        return  # what is missing or wrong itself is said already
    for one in operands:
        if FINENESS[one.frequency] > FINENESS[kpi.frequency]:
            yield from _unfit(kpi, [one], "frequency", coarser_than(one, kpi), places[one.code])
    wrong = check_unit(formula, {one.code: one.unit for one in operands}, kpi.unit)
    if wrong is not None:
        yield from _unfit(kpi, operands, "unit", wrong.message, wrong.position)


def _unfit(kpi: _Kpi, operands: Iterable[_Kpi], column: str, why: str, position: int) -> Iterator[FileError]:
    if kpi.row is not None:
        yield from _at_formula(kpi, why, position)
        return
    for one in operands:
        if one.row is not None:
            yield FileError(KPIS.name, one.row, column, str(getattr(one, column)), f"{kpi.code}: {why}")


def _at_formula(kpi: _Kpi, why: str, position: int) -> Iterator[FileError]:
    if kpi.row is not None:
        expected = _("a formula without fault; character %(place)s: %(why)s") % {"place": position + 1, "why": why}
        yield FileError(KPIS.name, kpi.row, "formula", kpi.formula, expected)


def _part_errors(part: _Kpi, kpis: Mapping[str, _Kpi], sized: set[str]) -> Iterator[FileError]:
    """What keeps a part from being summed up; at the part, else at the parent."""
    if part.dimensions and part.parent is None and part.row is not None:
        said = text_of(part.dimensions)
        yield FileError(KPIS.name, part.row, "dimensions", said, _("an empty cell, because there is no parent"))
    parent = kpis.get(part.parent) if part.parent else None
    if parent is None or not parent.sums_up:
        return
    if FINENESS[part.frequency] > FINENESS[parent.frequency]:
        yield from _at_part(part, parent, "parent", coarser_than(part, parent))
    if part.unit and parent.unit and part.unit != parent.unit:
        units = {"unit": part.unit, "code": parent.code, "other": parent.unit}
        said = _("The unit %(unit)s does not fit %(code)s, which is in %(other)s.") % units
        yield from _at_part(part, parent, "parent", said)
    is_weighted = parent.unit_aggregation == UnitAggregation.WEIGHTED_MEAN.value
    if is_weighted and part.unit_weight is None and part.department not in sized:
        said = _("A weighted mean needs a weight, or a department with a headcount.")
        yield from _at_part(part, parent, "unit_weight", said)


def _at_part(part: _Kpi, parent: _Kpi, column: str, said: str) -> Iterator[FileError]:
    if part.row is not None:
        value = part.parent or "" if column == "parent" else ""
        yield FileError(KPIS.name, part.row, column, value, said)
    elif parent.row is not None:
        yield FileError(KPIS.name, parent.row, "unit_aggregation", parent.unit_aggregation, f"{part.code}: {said}")


def _edges(kpis: Mapping[str, _Kpi], formulas: Mapping[str, Formula]) -> dict[Pair, tuple[int | None, str, str]]:
    """Reader and read, with the row, the column and the cell that say so."""
    edges: dict[Pair, tuple[int | None, str, str]] = {}
    for kpi in kpis.values():
        if kpi.parent is not None:
            edges[kpi.parent, kpi.code] = (kpi.row, "parent", kpi.parent)
    for code, formula in formulas.items():
        for operand in formula.operands:
            edges[code, operand] = (kpis[code].row, "formula", kpis[code].formula)
    return edges


def _computed_errors(checked: CheckedTable, kpis: Mapping[str, _Kpi]) -> Iterator[FileError]:
    computed = computed_codes({kpi.code: (kpi.formula, kpi.unit_aggregation, kpi.parent) for kpi in kpis.values()})
    if not computed:
        return
    for number, code in zip(checked.numbers, checked.cells("kpi"), strict=True):
        if code is BAD or code not in computed:
            continue
        expected = (
            _("no value here: this KPI is worked out by its formula")
            if kpis[code].formula
            else _("no value here: this KPI is summed up from its parts")
        )
        yield FileError(MEASUREMENTS.name, number, "kpi", code, expected)
