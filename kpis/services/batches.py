"""Values that come together: previewed, stored in one transaction under a code, undone as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from kpis.choices import BatchState
from kpis.columns import Assignment
from kpis.models import Batch, Measurement, MeasurementRevision
from kpis.services.derivation import lock_with_dependents
from kpis.services.numbering import next_number
from kpis.services.recording import Outcome, Reading, reading_of, record_measurements
from kpis.services.uploads import Fault, Said, column_of, guess_columns, open_table, read_values
from kpis.services.weighing import Verdict, Weighed, Weighing, weigh
from organization.actors import Actor
from organization.choices import OWNER_UPDATING_ROLES
from organization.records import Conflict, lock_row, require_version

FILE: Final = "file"
UNDO: Final = "undo"
"""Sources of what an uploaded file stores, and of what takes it back."""

COUNTS: Final = ("created", "changed", "unchanged")
"""What a batch remembers of its outcome."""


@dataclass(frozen=True)
class Preview:
    """What a batch would store: the rows that would do something, and everything that is wrong."""

    created: int
    changed: int
    unchanged: int
    left_out: int
    rows: tuple[Weighed, ...]
    faults: tuple[Fault, ...]
    weighing: Weighing
    lines: tuple[int, ...]
    """The line of the file of each row, by its number."""

    @property
    def counts(self) -> str:
        """What a person has seen before they say yes."""
        return f"{self.created}-{self.changed}-{self.unchanged}"


class _NothingNew(Exception):
    """Rolls back to before the batch had a number."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


@dataclass(frozen=True)
class Undone:
    """How many values are back to what stood before, and how many were left as others had changed them since."""

    restored: int = 0
    left: int = 0


def record_batch(
    readings: Sequence[Reading], *, actor: Actor, at: datetime, source: str, name: str = ""
) -> tuple[Outcome, Batch | None]:
    """Record rows under the code of a batch; a batch that changes nothing leaves nothing behind."""
    try:
        with transaction.atomic():
            batch = _new_batch(actor, at=at, source=source, name=name)
            batch.state, batch.applied_at = BatchState.APPLIED, at
            batch.save()
            outcome = record_measurements(readings, actor=actor, at=at, source=source, batch=batch)
            if not outcome.created and not outcome.changed:
                raise _NothingNew(outcome)
            _count(batch, outcome)
            batch.save(update_fields=COUNTS)
            record_event(Entry("batch.applied", "batch", batch.code, None, _after(batch)), actor=actor, at=at)
    except _NothingNew as same:
        return same.outcome, None
    return outcome, batch


def start_batch(name: str, content: bytes, *, actor: Actor, at: datetime) -> Batch:
    """Take in a file with its columns guessed; nothing is stored of it yet. Raises ValidationError on `file`."""
    if not actor.holds(*OWNER_UPDATING_ROLES) or actor.user_id is None:
        raise PermissionDenied(_("Your role does not allow this."))
    columns = guess_columns(open_table(content), actor=actor)
    with transaction.atomic():
        batch = _new_batch(actor, at=at, source=FILE, name=name[-255:])
        batch.content, batch.columns = content, columns.as_dict()
        batch.save()
    return batch


def assign_columns(batch: Batch, assignment: Assignment, *, actor: Actor, version: int | None = None) -> Batch:
    """Say what the columns of a draft mean."""
    with transaction.atomic():
        row = lock_row(batch, version=version)
        _require_draft(row, actor)
        row.columns = assignment.as_dict()
        row.version += 1
        row.save(update_fields=["columns", "version"])
    return row


def preview_batch(batch: Batch, *, actor: Actor, at: datetime) -> Preview:
    """What a draft would store as its columns are assigned. Writes nothing; constant queries."""
    return _preview(_said(batch, actor), actor=actor, at=at)


def apply_batch(
    batch: Batch, *, actor: Actor, at: datetime, seen: str | None = None, version: int | None = None
) -> Batch:
    """Store a draft, all of it or nothing; twice is once.

    `seen` are the counts of the preview on the person's screen: a Conflict when it would do something else by now.
    Raises ValidationError while anything is wrong with the file.
    """
    with transaction.atomic():
        row = lock_row(batch, version=None)
        if row.state == BatchState.APPLIED:
            return row
        require_version(row, version)
        _require_draft(row, actor)
        preview = _preview(_said(row, actor), actor=actor, at=at)
        if preview.faults:
            raise ValidationError(_("Nothing was stored: some cells are wrong."), "refused")
        if seen is not None and seen != preview.counts:
            raise Conflict(_("What would change is not what you saw: values have changed meanwhile. Look again."))
        readings = [one.reading for one in preview.rows]
        reason = _("File %(name)s") % {"name": row.name}
        outcome = record_measurements(readings, actor=actor, at=at, source=FILE, reason=reason, batch=row)
        row.state, row.applied_at, row.content = BatchState.APPLIED, at, None
        row.version += 1
        _count(row, Outcome(outcome.created, outcome.changed, preview.unchanged))
        row.save(update_fields=["state", "applied_at", "content", "version", *COUNTS])
        record_event(Entry("batch.applied", "batch", row.code, None, _after(row)), actor=actor, at=at)
    return row


def discard_batch(batch: Batch, *, actor: Actor, version: int | None = None) -> Batch:
    """Forget a draft and its file; twice is once."""
    with transaction.atomic():
        row = lock_row(batch, version=None)
        if row.state == BatchState.DISCARDED:
            return row
        require_version(row, version)
        _require_draft(row, actor)
        row.state, row.content = BatchState.DISCARDED, None
        row.version += 1
        row.save(update_fields=["state", "content", "version"])
    return row


def undo_batch(batch: Batch, *, actor: Actor, at: datetime) -> Undone:
    """Bring every value of a batch back to what stood before it, through the one way values enter; twice is once.

    Values that somebody has changed since are left. Every KPI must be within what the actor may update. Where nothing
    stood before, the value becomes unknown; what the batch said stays in the history.
    """
    with transaction.atomic():
        row = lock_row(batch, version=None)
        if row.state == BatchState.UNDONE:
            return Undone()
        if row.state != BatchState.APPLIED:
            raise Conflict(_("This batch was never stored."))
        ids = Measurement.objects.filter(batch=row).order_by().values_list("kpi_id", flat=True).distinct()
        lock_with_dependents(ids, organization_id=row.organization_id)
        standing = list(Measurement.objects.filter(batch=row).order_by("kpi_id", "period"))
        left = MeasurementRevision.objects.filter(batch=row).count()
        before = _before(row, standing)
        places = [(one.kpi_id, one.period) for one in standing]
        readings = [reading_of(*place, before.get(place)) for place in places]
        if readings:
            reason = _("Batch %(code)s undone") % {"code": row.code}
            record_measurements(readings, actor=actor, at=at, source=UNDO, reason=reason)
        row.state, row.undone_at, row.undone_by_id = BatchState.UNDONE, at, actor.user_id
        row.version += 1
        row.save(update_fields=["state", "undone_at", "undone_by", "version"])
        done = Undone(len(readings), left)
        record_event(Entry("batch.undone", "batch", row.code, None, vars(done)), actor=actor, at=at)
    return done


def may_touch(batch: Batch, actor: Actor) -> bool:
    """Whether a draft is the actor's own."""
    return actor.is_system or (actor.user_id is not None and batch.started_by_id == actor.user_id)


def _new_batch(actor: Actor, *, at: datetime, source: str, name: str) -> Batch:
    number = next_number(Batch, actor.organization_id)
    return Batch(
        organization_id=actor.organization_id,
        number=number,
        code=f"B-{number}",
        source=source,
        name=name,
        started_at=at,
        started_by_id=actor.user_id,
    )


def _require_draft(row: Batch, actor: Actor) -> None:
    if not may_touch(row, actor):
        raise PermissionDenied(_("Only who uploaded a file decides on it."))
    if row.state != BatchState.DRAFT:
        raise Conflict(_("This batch is not waiting any more: %(state)s.") % {"state": row.get_state_display()})


def _said(batch: Batch, actor: Actor) -> Said:
    assignment = Assignment.from_dict(batch.columns)
    return read_values(open_table(bytes(batch.content or b"")), assignment, actor=actor)


def _preview(said: Said, *, actor: Actor, at: datetime) -> Preview:
    weighing = weigh(said.readings, actor=actor, at=at, says_all=said.says_all)
    places = [column_of(said.givens[problem.row - 1], problem.field) for problem in weighing.problems]
    faults = [
        Fault(said.givens[problem.row - 1].row, cell.column, cell.text[:200], problem.message)
        for problem, cell in zip(weighing.problems, places, strict=True)
    ]
    silent = [one for one in weighing.rows if one.reading.value is None and _is_unknown(one)]
    kept = [one for one in weighing.rows if one.reading.value is not None or not _is_unknown(one)]
    return Preview(
        created=sum(one.verdict is Verdict.NEW for one in kept),
        changed=sum(one.verdict is Verdict.CHANGED for one in kept),
        unchanged=sum(one.verdict is Verdict.UNCHANGED for one in kept),
        left_out=said.left_out + len(silent),
        rows=tuple(one for one in kept if one.verdict is not Verdict.UNCHANGED),
        faults=tuple(sorted((*said.faults, *faults), key=lambda fault: fault.row)),
        weighing=weighing,
        lines=tuple(given.row for given in said.givens),
    )


def _is_unknown(one: Weighed) -> bool:
    """Whether nothing is known where a row says that it does not know."""
    return one.before is None or one.before.value is None


def _before(batch: Batch, standing: Sequence[Measurement]) -> dict[tuple[int, Any], MeasurementRevision]:
    """What stood before each value, by its place: kept at the moment at which the value was stored."""
    moments = {one.recorded_at for one in standing}
    rows = MeasurementRevision.objects.filter(
        kpi_id__in={one.kpi_id for one in standing}, replaced_at__in=moments
    ).order_by("id")
    return {(row.kpi_id, row.period): row for row in rows}


def _count(batch: Batch, outcome: Outcome) -> None:
    batch.created, batch.changed, batch.unchanged = outcome.created, outcome.changed, outcome.unchanged


def _after(batch: Batch) -> dict[str, Any]:
    return {name: getattr(batch, name) for name in ("source", "name", *COUNTS)}
