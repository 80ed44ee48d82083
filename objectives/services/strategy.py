"""Writing the strategy itself: visions, objectives, contributions, check-ins."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from objectives.choices import EdgeKind
from objectives.models import CheckIn, Contribution, Objective, ObjectiveFigures, Vision
from objectives.rollup import Edge, find_cycle
from objectives.services.figures import ensure_figures, mark_stale
from organization.actors import Actor
from organization.records import change_record, create_record, delete_record, difference, lock_row
from organization.services import lock_tree, next_code

ANNOUNCED_FIELDS = frozenset({"owner", "department"})
"""What an alert repeats of its objective: a change of it is announced like a change of the figures."""


def create_vision(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> Vision:
    return create_record(Vision, fields, actor=actor, at=at)


def change_vision(
    row: Vision, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> Vision:
    return change_record(row, changes, actor=actor, at=at, version=version)


def delete_vision(row: Vision, *, actor: Actor, at: datetime, version: int | None) -> None:
    delete_record(row, actor=actor, at=at, version=version)


def create_objective(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> Objective:
    """Insert an objective, with the next free code where none is given, and its row of figures, to be rolled up."""
    with transaction.atomic():
        if not fields.get("code"):
            fields = {**fields, "code": next_code(Objective, "OBJ", organization_id=actor.organization_id)}
        row = create_record(Objective, fields, actor=actor, at=at)
        ensure_figures([row.pk], at=at)
    return row


def change_objective(
    row: Objective, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> Objective:
    """Change an objective; its figures and everything above are rolled up again."""
    with transaction.atomic():
        changed = change_record(row, changes, actor=actor, at=at, version=version)
        mark_stale([row.pk], at=at)
        if changes.keys() & ANNOUNCED_FIELDS:
            ObjectiveFigures.objects.filter(pk=row.pk).update(announced=False)
    return changed


def delete_objective(row: Objective, *, actor: Actor, at: datetime, version: int | None) -> None:
    """Delete an objective that no edge and no initiative uses; what blocks it is named in the Conflict."""
    delete_record(row, actor=actor, at=at, version=version)


def create_contribution(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> Contribution:
    """Insert an edge child → parent. A cycle is refused with its path; edges of one organization are serialized."""
    with transaction.atomic():
        lock_tree(actor.organization_id)
        _require_own(fields["child"], fields["parent"], actor)
        row = create_record(Contribution, fields, actor=actor, at=at)
        require_no_cycle(actor.organization_id)
        mark_stale([row.parent_id], at=at)
    return row


def change_contribution(
    row: Contribution, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> Contribution:
    """Change the kind or the weight of an edge."""
    with transaction.atomic():
        lock_tree(actor.organization_id)
        changed = change_record(row, changes, actor=actor, at=at, version=version)
        require_no_cycle(actor.organization_id)
        mark_stale([row.parent_id, changed.parent_id], at=at)
    return changed


def delete_contribution(row: Contribution, *, actor: Actor, at: datetime, version: int | None) -> None:
    with transaction.atomic():
        lock_tree(actor.organization_id)
        parent = row.parent_id
        delete_record(row, actor=actor, at=at, version=version)
        mark_stale([parent], at=at)


def check_in(
    row: Objective,
    *,
    confidence: int | None,
    comment: str,
    progress: Decimal | None,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> CheckIn:
    """A dated statement of the owner, a manager above or the strategy office on an objective.

    Stores the new confidence (and, for an objective whose progress is the owner's figure, the progress), keeps the
    statement, asks for a roll-up, and announces the confidence to the alerts.
    """
    with transaction.atomic():
        row = lock_row(row, version=version)
        if not Objective.objects.updatable_by(actor).filter(pk=row.pk).exists():
            raise PermissionDenied(_("Only the owner, a manager above or the strategy office checks in here."))
        before = {"confidence": row.confidence, "manual_progress": row.manual_progress}
        statement = CheckIn(
            objective=row,
            author_id=actor.user_id,
            at=at,
            confidence=confidence,
            previous_confidence=row.confidence,
            progress=progress,
            comment=comment,
        )
        statement.full_clean(exclude=["author", "previous_confidence"])
        statement.save(force_insert=True)
        if confidence is not None:
            row.confidence = confidence
        if progress is not None:
            row.manual_progress = progress
        row.version += 1
        row.save(update_fields=["confidence", "manual_progress", "version", "updated_at"])
        was, now = difference(before, {"confidence": row.confidence, "manual_progress": row.manual_progress})
        entry = Entry("objective.checked_in", "objective", row.code, was, {**now, "comment": comment})
        record_event(entry, actor=actor, at=at)
        mark_stale([row.pk], at=at)
        if confidence is not None:
            ObjectiveFigures.objects.filter(pk=row.pk).update(announced=False)
    return statement


def require_no_cycle(organization_id: int) -> None:
    """Raise a ValidationError that names the path when the organization's edges form a circle."""
    rows = Contribution.objects.filter(organization_id=organization_id).values_list("child_id", "parent_id")
    cycle = find_cycle(Edge(child, parent, EdgeKind.CONTRIBUTES.value) for child, parent in rows)
    if cycle is None:
        return
    codes = dict(Objective.objects.filter(pk__in=cycle).values_list("pk", "code"))
    path = " → ".join(codes[pk] for pk in cycle)
    message = _("This would make a circle: %(path)s.") % {"path": path}
    raise ValidationError({"parent": ValidationError(message, "cycle")})


def _require_own(child: Objective, parent: Objective, actor: Actor) -> None:
    for name, row in (("child", child), ("parent", parent)):
        if row.organization_id != actor.organization_id:
            raise ValidationError({name: ValidationError(_("No such objective."), "reference")})
