"""What a KPI may be computed from: formulas that can be read, units and frequencies that fit, no circle.

For one KPI that a person saves, and for all KPIs of a file at once: a constant number of queries.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kpis.choices import Frequency, UnitAggregation
from kpis.definition import minus, quotient, ratio_scale
from kpis.formulas import Formula, FormulaError, check_unit, cycle_in, parse
from kpis.formulas.tree import Operand, nodes_of
from kpis.models import FormulaOperand, Kpi, Measurement
from kpis.windows import FINENESS
from organization.actors import Actor


class Timed(Protocol):
    """A KPI as far as its rhythm goes, stored or in a file."""

    @property
    def code(self) -> str: ...
    @property
    def frequency(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a KPI is not saved like this; `position` counts characters in its formula."""

    field: str
    code: str
    message: str
    position: int | None = None


def relate_kpis(kpis: Sequence[Kpi], *, actor: Actor, seeing: Collection[int] = ()) -> dict[int, list[Refusal]]:
    """Check what these saved KPIs are computed from and for, and store whom their formulas read.

    Returns what is wrong by KPI, the ids of those that are right missing; the caller then rolls back. Formulas of the
    KPIs in `seeing` may name only what the actor sees: a person who writes them must. The caller holds the graph.
    """
    if not kpis:
        return {}
    found: dict[int, list[Refusal]] = {}
    formulas = dict(_parsed(kpis, found))
    known = _named(formulas, actor)
    hidden = _hidden(known, formulas, actor, seeing)
    for kpi in kpis:
        formula = formulas.get(kpi.pk)
        if formula is not None:
            problems = _formula_problems(kpi, formula, known, hidden if kpi.pk in seeing else frozenset())
            found.setdefault(kpi.pk, []).extend(problems)
    _connect(kpis, formulas, known)
    for pk, refusal in (*_part_problems(kpis), *_reader_problems(kpis), *_circle(kpis)):
        found.setdefault(pk, []).append(refusal)
    return {pk: problems for pk, problems in found.items() if problems}


def scale_refusals(kpis: Sequence[Kpi]) -> dict[int, list[Refusal]]:
    """Those whose unit was changed, and that hold values divided for the unit before: a value in % counts hundredths.

    What is worked out has been worked out again by then, but for closed periods. One query.
    """
    scales = {kpi.pk: ratio_scale(kpi.unit) for kpi in kpis}
    rows = Measurement.objects.filter(kpi_id__in=scales, value__isnull=False, denominator__isnull=False)
    stale: set[int] = set()
    for pk, value, above, below in rows.values_list("kpi_id", "value", "numerator", "denominator"):
        if value is None or above is None or below is None:
            continue
        right = quotient(above, below, scales[pk])
        if right is not None and abs(minus(value, right)) > abs(right) / 2:  # a unit apart is ten times at least
            stale.add(pk)
    message = _("Values are recorded that were divided for the unit before; the unit of a ratio can no longer change.")
    return {pk: [Refusal("unit", "ratio", message)] for pk in sorted(stale)}


class RefusedRelations(ValidationError):
    """A ValidationError by field that still knows the places in the formula."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = list(refusals)
        found: dict[str, list[ValidationError]] = {}
        for one in self.refusals:
            found.setdefault(one.field, []).append(ValidationError(one.message, one.code))
        super().__init__(found)


def raise_refusals(refusals: Iterable[Refusal]) -> None:
    """Raise RefusedRelations with all of them; nothing where there are none."""
    found = list(refusals)
    if found:
        raise RefusedRelations(found)


def _parsed(kpis: Sequence[Kpi], found: dict[int, list[Refusal]]) -> Iterator[tuple[int, Formula]]:
    for kpi in kpis:
        if not kpi.formula:
            continue
        try:
            yield kpi.pk, parse(kpi.formula)
        except FormulaError as error:
            found.setdefault(kpi.pk, []).append(_refused(error))


def _named(formulas: Mapping[int, Formula], actor: Actor) -> dict[str, Kpi]:
    """The KPIs of the organization that the formulas name, by code."""
    codes = {code for formula in formulas.values() for code in formula.operands}
    rows = Kpi.objects.of_organization(actor).filter(code__in=codes) if codes else ()
    return {row.code: row for row in rows}


def _hidden(
    known: Mapping[str, Kpi], formulas: Mapping[int, Formula], actor: Actor, seeing: Collection[int]
) -> frozenset[str]:
    """The codes among them that the actor does not see; asked only where somebody has to."""
    codes = {code for pk, formula in formulas.items() if pk in seeing for code in formula.operands if code in known}
    if not codes:
        return frozenset()
    seen = Kpi.objects.visible_to(actor).filter(code__in=codes).values_list("code", flat=True)
    return frozenset(codes - set(seen))


def _formula_problems(
    kpi: Kpi, formula: Formula, known: Mapping[str, Kpi], hidden: Collection[str]
) -> Iterator[Refusal]:
    places: dict[str, int] = {}
    for node in nodes_of(formula.root):
        if isinstance(node, Operand):
            places.setdefault(node.code, node.position)
    missing = [code for code in formula.operands if code not in known or code in hidden]
    for code in missing:
        message = _("There is no KPI with the code “%(code)s”.") % {"code": code}
        yield Refusal("formula", "unknown", message, places.get(code))
    if missing:
        return
    for code in formula.operands:
        if _is_coarser(known[code], kpi):
            yield Refusal("formula", "frequency", coarser_than(known[code], kpi), places.get(code))
    wrong = check_unit(formula, {code: known[code].unit for code in formula.operands}, kpi.unit)
    if wrong is not None:
        yield _refused(wrong)


def _connect(kpis: Sequence[Kpi], formulas: Mapping[int, Formula], known: Mapping[str, Kpi]) -> None:
    """Store whom the formulas read; a KPI without a formula reads nobody."""
    wanted = {(pk, known[code].pk) for pk, formula in formulas.items() for code in formula.operands if code in known}
    rows = FormulaOperand.objects.filter(kpi_id__in=[kpi.pk for kpi in kpis])
    present = {(row.kpi_id, row.operand_id): row.pk for row in rows}
    gone = [pk for key, pk in present.items() if key not in wanted]
    if gone:
        FormulaOperand.objects.filter(pk__in=gone).delete()
    new = [FormulaOperand(kpi_id=kpi_id, operand_id=operand) for kpi_id, operand in sorted(wanted - present.keys())]
    if new:
        FormulaOperand.objects.bulk_create(new, batch_size=1000)


def _part_problems(kpis: Sequence[Kpi]) -> Iterator[tuple[int, Refusal]]:
    """Each of them as a part of its parent, and each of its parts; named at the one that is being saved."""
    mine = {kpi.pk: kpi for kpi in kpis}
    rows = Kpi.objects.filter(parent__in=mine).select_related("parent", "department").order_by("code")
    own = Kpi.objects.filter(pk__in=mine, parent__isnull=False).select_related("parent", "department").order_by("code")
    for kpi in kpis:
        if kpi.dimensions and kpi.parent_id is None:
            yield kpi.pk, Refusal("dimensions", "parent", _("A breakdown names the KPI that it is part of."))
        if not _is_plain(kpi.dimensions):
            yield kpi.pk, Refusal("dimensions", "invalid", _("A breakdown is a list of names with a text each."))
    done: set[int] = set()
    for part in own:
        done.add(part.pk)
        for field, code, message in _unfit(part):
            yield part.pk, Refusal(field, code, message)
    for part in rows:
        if part.pk not in done:
            for _field, code, message in _unfit(part):
                yield part.parent_id or 0, Refusal("unit_aggregation", code, f"{part.code}: {message}")


def _unfit(part: Kpi) -> Iterator[tuple[str, str, str]]:
    """What keeps a part from being summed up: another organization, a coarser period, another unit, no weight."""
    parent = part.parent
    assert parent is not None  # noqa: S101 - asked for parts alone
    if parent.organization_id != part.organization_id:
        yield "parent", "reference", _("There is no such KPI.")
        return
    if parent.unit_aggregation == UnitAggregation.NONE or parent.formula:
        return
    if _is_coarser(part, parent):
        yield "parent", "frequency", coarser_than(part, parent)
    if part.unit and parent.unit and part.unit != parent.unit:
        units = {"unit": part.unit, "code": parent.code, "other": parent.unit}
        yield "parent", "unit", _("The unit %(unit)s does not fit %(code)s, which is in %(other)s.") % units
    if parent.unit_aggregation == UnitAggregation.WEIGHTED_MEAN and not _has_weight(part):
        message = _("A weighted mean needs a weight, or a department with a headcount.")
        yield "unit_weight", "required", message


def _has_weight(part: Kpi) -> bool:
    return part.unit_weight is not None or (part.department is not None and part.department.headcount is not None)


def _reader_problems(kpis: Sequence[Kpi]) -> Iterator[tuple[int, Refusal]]:
    """Formulas that read one of them and would no longer fit its code, unit or frequency."""
    mine = {kpi.pk: kpi for kpi in kpis}
    readers = {row.kpi_id: row.kpi for row in FormulaOperand.objects.filter(operand__in=mine).select_related("kpi")}
    if not readers:
        return
    inputs: dict[int, list[Kpi]] = {}
    for row in FormulaOperand.objects.filter(kpi__in=readers).select_related("operand").order_by("operand__code"):
        inputs.setdefault(row.kpi_id, []).append(row.operand)
    for pk in sorted(readers.keys() - mine.keys(), key=lambda one: readers[one].code):
        reader, formula = readers[pk], parse(readers[pk].formula)
        units = {one.code: one.unit for one in inputs[pk]}
        for one in inputs[pk]:
            if one.pk not in mine:
                continue
            if one.code not in formula.operands:
                message = _("Its code stands in the formula of %(code)s: change that first.") % {"code": reader.code}
                yield one.pk, Refusal("code", "used", message)
            elif _is_coarser(one, reader):
                yield one.pk, Refusal("frequency", "frequency", coarser_than(one, reader))
            elif (wrong := check_unit(formula, units, reader.unit)) is not None:
                yield one.pk, Refusal("unit", wrong.code, f"{reader.code}: {wrong.message}")


def _circle(kpis: Sequence[Kpi]) -> Iterator[tuple[int, Refusal]]:
    """A way from a KPI through formulas and parts back to itself, named by its codes."""
    organizations = {kpi.organization_id for kpi in kpis}
    if not any(kpi.formula or kpi.parent_id for kpi in kpis):
        return
    edges: dict[str, list[str]] = {}
    operands = FormulaOperand.objects.filter(kpi__organization__in=organizations)
    parts = Kpi.objects.filter(organization__in=organizations, parent__isnull=False)
    for reader, read in (
        *operands.values_list("kpi__code", "operand__code"),
        *parts.values_list("parent__code", "code"),
    ):
        edges.setdefault(reader, []).append(read)
    path = cycle_in(edges)
    if path is None:
        return
    message = _("This would make a circle: %(path)s.") % {"path": " → ".join(path)}
    in_it = [kpi for kpi in kpis if kpi.code in path] or list(kpis[:1])
    for kpi in in_it:
        yield kpi.pk, Refusal("formula" if kpi.formula else "parent", "cycle", message)


def _is_coarser(one: Kpi, other: Kpi) -> bool:
    return FINENESS[str(one.frequency)] > FINENESS[str(other.frequency)]


def coarser_than(one: Timed, other: Timed) -> str:
    """What is wrong where a KPI that is measured less often shall feed another one."""
    words = {
        "code": one.code,
        "frequency": str(Frequency(one.frequency).label),
        "other": other.code,
        "wanted": str(Frequency(other.frequency).label),
    }
    return _("%(code)s (%(frequency)s) is measured less often than %(other)s (%(wanted)s).") % words


def _is_plain(dimensions: object) -> bool:
    return isinstance(dimensions, dict) and all(
        isinstance(name, str) and name and isinstance(value, str) for name, value in dimensions.items()
    )


def _refused(error: FormulaError) -> Refusal:
    return Refusal("formula", error.code, error.message, error.position)
