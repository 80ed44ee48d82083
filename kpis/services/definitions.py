"""Writing what is measured: KPIs, their dated targets, their use by objectives."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from kpis.definition import ratio_scale
from kpis.models import Kpi, KpiFigures, Measure, Measurement, Target
from kpis.services.derivation import dependents_of, hold_graph, refresh_computed
from kpis.services.evaluation import ensure_figures, evaluate_kpis, refresh_directs
from kpis.services.reading import definition_of, target_points
from kpis.services.relations import raise_refusals, relate_kpis, scale_refusals
from kpis.validation import validate
from objectives.models import Objective
from organization.actors import Actor
from organization.records import (
    Conflict,
    change_record,
    create_record,
    delete_record,
    insert_checked,
    lock_row,
    state_of,
)
from organization.services import next_code
from organization.texts import some_of

RELATED_FIELDS = frozenset(
    {
        "code",
        "department",
        "dimensions",
        "end",
        "formula",
        "frequency",
        "parent",
        "start",
        "time_aggregation",
        "unit",
        "unit_aggregation",
        "unit_weight",
    }
)
"""What decides how values are computed, or whether they may be."""

ANNOUNCED_FIELDS = frozenset({"owner", "department"})
"""What an alert repeats of its KPI: a change of it is announced like a change of the figures."""


def create_kpi(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> Kpi:
    """Insert a KPI; a definition that contradicts itself is refused with what would be right.

    Without a code it gets the next free one. What is computed, or part of another one, is worked out with all that
    follows from it.
    """
    with transaction.atomic():
        related = bool(fields.get("formula") or fields.get("parent"))
        if related:
            hold_graph(actor.organization_id, shared=False)
        if not fields.get("code"):
            fields = {**fields, "code": next_code(Kpi, "KPI", organization_id=actor.organization_id)}
        row = create_record(Kpi, _tidied(fields), actor=actor, at=at)
        require_sound(row)
        ensure_figures([row.pk], at=at)
        if related or row.dimensions:
            _relate(row, fields, actor=actor, at=at, affected=[row.pk])
        evaluate_kpis([row.pk], at=at)
    return row


def change_kpi(row: Kpi, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None) -> Kpi:
    """Change a KPI; it is scored again and its objectives hear of it.

    A change of what values are computed from is checked against the whole graph, and what follows is worked out anew.
    """
    changes = _tidied(changes)
    with transaction.atomic():
        held = bool(RELATED_FIELDS & changes.keys() and _related(Kpi.objects.get(pk=row.pk), changes))
        if held:
            hold_graph(actor.organization_id, shared=False)
        present = lock_row(row, version=version)
        related = _related(present, changes)
        if related and not held:  # changed between the two looks
            hold_graph(actor.organization_id, shared=False)
        affected = [row.pk, *(dependents_of([row.pk]) if related else ())]
        changed = change_record(row, changes, actor=actor, at=at, version=version)
        require_sound(changed)
        _require_same_periods(present, changed)
        if related:
            _relate(changed, {name: changes[name] for name in related}, actor=actor, at=at, affected=affected)
        if ratio_scale(changed.unit) != ratio_scale(present.unit):
            raise_refusals(scale_refusals([changed]).get(changed.pk, ()))
        evaluate_kpis([row.pk], at=at)
        if changes.keys() & ANNOUNCED_FIELDS:
            KpiFigures.objects.filter(pk=row.pk).update(announced=False)
    return changed


def delete_kpi(row: Kpi, *, actor: Actor, at: datetime, version: int | None) -> None:
    """Delete a KPI with its values; its objectives are told, and what it was a part of is worked out without it.

    One that others read or sum up is a Conflict that names them. The audit event keeps the definition.
    """
    with transaction.atomic():
        hold_graph(actor.organization_id, shared=False)
        _require_unused(row)
        affected = dependents_of([row.pk])
        objectives = list(Measure.objects.filter(kpi=row).values_list("objective_id", flat=True))
        delete_record(row, actor=actor, at=at, version=version)
        reason = _("%(code)s was deleted") % {"code": row.code}
        refresh_computed(affected, actor=actor, at=at, reason=reason)
        refresh_directs(objectives, at=at)


def _related(present: Kpi, changes: Mapping[str, Any]) -> list[str]:
    """The fields among the changes that differ and decide what is computed from what."""
    return sorted(name for name in RELATED_FIELDS & changes.keys() if getattr(present, name) != changes[name])


def _tidied(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The formula without the spaces around it."""
    tidy = dict(fields)
    if isinstance(tidy.get("formula"), str):
        tidy["formula"] = tidy["formula"].strip()
    return tidy


def _relate(row: Kpi, changes: Mapping[str, Any], *, actor: Actor, at: datetime, affected: list[int]) -> None:
    """Check the KPI's place among the others and work out all that this changes; `affected` followed from it before."""
    parent = changes.get("parent")
    if parent is not None and not Kpi.objects.editable_by(actor).filter(pk=parent.pk).exists():
        raise PermissionDenied(_("Your role does not allow adding parts to %(code)s.") % {"code": parent.code})
    seeing = [row.pk] if "formula" in changes else []
    raise_refusals(relate_kpis([row], actor=actor, seeing=seeing).get(row.pk, ()))
    reason = _("The definition of %(code)s changed") % {"code": row.code}
    refresh_computed([*affected, row.pk], actor=actor, at=at, reason=reason)


def _require_unused(row: Kpi) -> None:
    readers = Kpi.objects.filter(Q(operands__operand=row) | Q(parent=row)).order_by("code").distinct()
    codes = list(readers.values_list("code", flat=True)[:6])
    if codes:
        raise Conflict(_("Still used by %(names)s.") % {"names": some_of(codes)})


def create_measure(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> Measure:
    """Let an objective use a KPI with a weight. Needs the objective within what the actor edits."""
    objective, kpi = fields["objective"], fields["kpi"]
    with transaction.atomic():
        _require_objective(objective, actor)
        if kpi.organization_id != actor.organization_id:
            raise ValidationError({"kpi": ValidationError(_("No such KPI."), "reference")})
        row = Measure(**fields)
        insert_checked(row)
        code = measure_code(row)
        record_event(Entry("measure.created", "measure", code, None, state_of(row)), actor=actor, at=at)
        refresh_directs([objective.pk], at=at)
    return row


def change_measure(
    row: Measure, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> Measure:
    with transaction.atomic():
        _require_objective(row.objective, actor)
        row = lock_row(row, version=version)
        before = state_of(row)
        for name, value in changes.items():
            setattr(row, name, value)
        row.full_clean()
        after = state_of(row)
        if before != after:
            row.version += 1
            row.save()
            record_event(Entry("measure.changed", "measure", measure_code(row), before, after), actor=actor, at=at)
            refresh_directs([row.objective_id], at=at)
    return row


def delete_measure(row: Measure, *, actor: Actor, at: datetime, version: int | None) -> None:
    with transaction.atomic():
        _require_objective(row.objective, actor)
        row = lock_row(row, version=version)
        entry = Entry("measure.deleted", "measure", measure_code(row), state_of(row), None)
        objective = row.objective_id
        row.delete()
        record_event(entry, actor=actor, at=at)
        refresh_directs([objective], at=at)


def measure_code(row: Measure) -> str:
    """`OBJECTIVE~KPI`: how files, URLs and the ledger name a measure."""
    return f"{row.objective.code}~{row.kpi.code}"


def _require_same_periods(before: Kpi, after: Kpi) -> None:
    """A value of a month is none of a quarter: what was entered keeps the periods that it was entered for."""
    if before.frequency == after.frequency or Kpi.objects.computed().filter(pk=after.pk).exists():
        return
    if Measurement.objects.filter(kpi=after).exists() or Target.objects.filter(kpi=after).exists():
        message = _("Values or targets are recorded for its periods: another frequency takes a new KPI.")
        raise ValidationError({"frequency": ValidationError(message, "periods")})


def require_sound(kpi: Kpi) -> None:
    """Raise a ValidationError with everything that contradicts itself in the definition and its targets."""
    problems = validate(definition_of(kpi, target_points(kpi)))
    if problems:
        found: dict[str, list[ValidationError]] = {}
        for problem in problems:
            found.setdefault(problem.field, []).append(ValidationError(str(problem.message), problem.code))
        raise ValidationError(found)


def _require_objective(objective: Objective, actor: Actor) -> None:
    if not Objective.objects.editable_by(actor).filter(pk=objective.pk).exists():
        raise PermissionDenied(_("Your role does not allow this here."))
