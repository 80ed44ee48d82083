"""Writing many status updates and check-ins of the past together, in a few statements.

They leave behind what `post_status_update` and `check_in` leave. Nothing is checked again: the people are invented and
their statements sound.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from audit.services import Entry, record_event
from initiatives.models import Initiative, StatusUpdate
from initiatives.services import refresh_delivery
from integrations.demo.story import CheckedIn, Updated
from objectives.models import CheckIn, Objective
from objectives.services import mark_stale
from organization.actors import Actor
from organization.models import Organization
from organization.records import difference

STATED = ("stage", "status", "progress", "confidence", "comment", "actual_cost", "end")


def write_updates(organization: Organization, steps: Sequence[Updated], *, actor: Callable[[str], Actor]) -> None:
    """Keep every statement with its event; the last one on an initiative stands, and delivery is worked out once."""
    with transaction.atomic():
        codes = {step.initiative for step in steps}
        locked = Initiative.objects.select_for_update(no_key=True).filter(organization=organization, code__in=codes)
        rows = {row.code: row for row in locked.order_by("pk")}
        statements = []
        for step in steps:
            row, author = rows[step.initiative], actor(step.by)
            before = _stated(row)
            _stand(row, step)
            statements.append(_statement(row, step, author, before["progress"]))
            was, now = difference(before, _stated(row))
            said = {**now, "blocker": step.blocker} if step.blocker else now
            record_event(Entry("initiative.updated", "initiative", row.code, was, said), actor=author, at=step.at)
        StatusUpdate.objects.bulk_create(statements)
        Initiative.objects.bulk_update(rows.values(), [*STATED, "status_at", "version"])
        served = Initiative.objects.filter(pk__in=[row.pk for row in rows.values()], allocations__isnull=False)
        refresh_delivery(served.values_list("allocations__objective_id", flat=True), at=steps[-1].at)


def write_check_ins(organization: Organization, steps: Sequence[CheckedIn], *, actor: Callable[[str], Actor]) -> None:
    """Keep every check-in with its event; the last one on an objective stands and waits to be rolled up."""
    with transaction.atomic():
        codes = {step.objective for step in steps}
        locked = Objective.objects.select_for_update(no_key=True).filter(organization=organization, code__in=codes)
        rows = {row.code: row for row in locked.order_by("pk")}
        check_ins = []
        for step in steps:
            row, author = rows[step.objective], actor(step.by)
            before = {"confidence": row.confidence, "manual_progress": row.manual_progress}
            check_ins.append(
                CheckIn(
                    objective=row,
                    author_id=author.user_id,
                    at=step.at,
                    confidence=step.confidence,
                    previous_confidence=row.confidence,
                    progress=step.progress,
                    comment=step.comment,
                )
            )
            row.confidence = step.confidence
            row.manual_progress = row.manual_progress if step.progress is None else step.progress
            row.version += 1
            was, now = difference(before, {"confidence": row.confidence, "manual_progress": row.manual_progress})
            entry = Entry("objective.checked_in", "objective", row.code, was, {**now, "comment": step.comment})
            record_event(entry, actor=author, at=step.at)
        CheckIn.objects.bulk_create(check_ins)
        Objective.objects.bulk_update(rows.values(), ["confidence", "manual_progress", "version"])
        mark_stale([row.pk for row in rows.values()], at=steps[-1].at)


def _stated(row: Initiative) -> dict[str, Any]:
    return {name: getattr(row, name) for name in STATED}


def _stand(row: Initiative, step: Updated) -> None:
    said = step.statement
    row.stage, row.status, row.progress, row.confidence = said.stage, said.status, said.progress, said.confidence
    row.comment, row.actual_cost, row.end = step.comment, step.cost, step.end
    row.status_at = step.at
    row.version += 1


def _statement(row: Initiative, step: Updated, author: Actor, previous: Any) -> StatusUpdate:
    return StatusUpdate(
        initiative=row,
        author_id=author.user_id,
        at=step.at,
        stage=row.stage,
        status=row.status,
        progress=row.progress,
        previous_progress=previous,
        confidence=row.confidence,
        comment=step.comment,
        blocker=step.blocker,
    )
