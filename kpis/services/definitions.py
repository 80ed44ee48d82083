"""Writing what is measured: KPIs, their dated targets, their use by objectives."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from kpis.definition import TargetPoint
from kpis.models import Kpi, KpiFigures, Measure, Target
from kpis.services.evaluation import ensure_figures, evaluate_kpis, refresh_directs
from kpis.services.reading import definition_of
from kpis.validation import validate
from objectives.models import Objective
from organization.actors import Actor
from organization.records import change_record, create_record, delete_record, insert_checked, lock_row, state_of

ANNOUNCED_FIELDS = frozenset({"owner", "department"})
"""What an alert repeats of its KPI: a change of it is announced like a change of the figures."""


def create_kpi(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> Kpi:
    """Insert a KPI; a definition that contradicts itself is refused with what would be right."""
    with transaction.atomic():
        row = create_record(Kpi, fields, actor=actor, at=at)
        require_sound(row)
        ensure_figures([row.pk], at=at)
        evaluate_kpis([row.pk], at=at)
    return row


def change_kpi(row: Kpi, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None) -> Kpi:
    """Change a KPI; it is scored again and its objectives hear of it."""
    with transaction.atomic():
        changed = change_record(row, changes, actor=actor, at=at, version=version)
        require_sound(changed)
        evaluate_kpis([row.pk], at=at)
        if changes.keys() & ANNOUNCED_FIELDS:
            KpiFigures.objects.filter(pk=row.pk).update(announced=False)
    return changed


def delete_kpi(row: Kpi, *, actor: Actor, at: datetime, version: int | None) -> None:
    """Delete a KPI with its values; its objectives are told. The audit event keeps the definition."""
    with transaction.atomic():
        objectives = list(Measure.objects.filter(kpi=row).values_list("objective_id", flat=True))
        delete_record(row, actor=actor, at=at, version=version)
        refresh_directs(objectives, at=at)


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


def target_points(kpi: Kpi) -> list[TargetPoint]:
    """The dated targets by period."""
    rows = Target.objects.filter(kpi=kpi).order_by("period")
    return [TargetPoint(row.period, row.value, row.low, row.high) for row in rows]


def measure_code(row: Measure) -> str:
    """`OBJECTIVE~KPI`: how files, URLs and the ledger name a measure."""
    return f"{row.objective.code}~{row.kpi.code}"


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
