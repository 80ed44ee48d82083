"""Uploaded packages: taken in by a page or the API, checked and imported by a worker."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from integrations.choices import WAITING_STATES, ImportState
from integrations.file_errors import FileError, PackageRefused
from integrations.models import ImportJob, ImportProgress
from integrations.packages import MAX_UPLOAD, Package, read_bytes
from integrations.services.importing import import_strategy
from integrations.services.planning import ImportPlan, plan_import, require_exchange
from integrations.services.side_notes import SideNotes, side_notes
from organization.actors import Actor
from organization.choices import Language, Scope
from organization.models import User, actor_of
from organization.records import Conflict, lock_row

logger = structlog.get_logger(__name__)

Clock = Callable[[], datetime]

KEPT_ERRORS = 1000
"""So many errors of a package are kept; the count is always complete."""
MAX_ATTEMPTS = 3
KEPT_LENGTH = 200
KEPT_FOR = timedelta(days=1)
"""A checked package that nobody confirms is discarded after this time."""


def submit_import(
    filename: str, content: bytes, *, actor: Actor, at: datetime, is_confirmed: bool = False, language: str = ""
) -> ImportJob:
    """Take in an uploaded package for a worker to check, and to import right away when it is confirmed already.

    Raises PermissionDenied, or ValidationError when the file is empty or larger than MAX_UPLOAD.
    """
    require_exchange(actor)
    if actor.user_id is None:
        raise PermissionDenied(_("Somebody must answer for an import."))
    if not content:
        raise ValidationError({"file": ValidationError(_("The file is empty."), "empty")})
    if len(content) > MAX_UPLOAD:
        message = _("The file is larger than %(size)s MB. Use the command line.") % {"size": MAX_UPLOAD // 1024 // 1024}
        raise ValidationError({"file": ValidationError(message, "too_large")})
    with transaction.atomic():
        job = ImportJob.objects.create(
            organization_id=actor.organization_id,
            author_id=actor.user_id,
            scopes=sorted(actor.scopes) if actor.scopes is not None else None,
            language=language if language in Language.values else Language.ENGLISH,
            filename=filename[-255:],
            size=len(content),
            content=content,
            state=ImportState.CONFIRMED if is_confirmed else ImportState.UPLOADED,
            created_at=at,
        )
        ImportProgress.objects.create(job=job)
        after = {"file": job.filename, "size": job.size, "state": str(job.state)}
        record_event(Entry("import.submitted", "import", str(job.pk), None, after), actor=actor, at=at)
    return job


def confirm_import(job: ImportJob, *, actor: Actor, at: datetime) -> ImportJob:
    """Let a checked package be imported. Twice is once; a package in another state is a Conflict."""
    return _decide(job, ImportState.CONFIRMED, actor=actor, at=at)


def discard_import(job: ImportJob, *, actor: Actor, at: datetime) -> ImportJob:
    """Forget a checked package. Twice is once; a package in another state is a Conflict."""
    return _decide(job, ImportState.DISCARDED, actor=actor, at=at)


def run_next_import(*, clock: Clock) -> bool:
    """Check or import the oldest package that waits; False when there is none that nobody else works at.

    The row stays locked and the import happens in the same transaction: a worker that dies leaves nothing behind, and
    the next one begins again, three times at most.
    """
    discard_forgotten(at=clock())
    with transaction.atomic():
        waiting = ImportJob.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        job = waiting.filter(state__in=WAITING_STATES).order_by("pk").first()
        if job is None:
            return False
        with side_notes(job.pk) as notes, translation.override(job.language):
            attempt = notes.start(at=clock())
            if attempt > MAX_ATTEMPTS:
                _finish(
                    job, ImportState.FAILED, message=_("The import was interrupted several times. Nothing was stored.")
                )
            else:
                _work(job, notes, at=clock())
        job.finished_at = None if job.state == ImportState.CHECKED else clock()
        job.save()
    return True


def discard_forgotten(*, at: datetime) -> int:
    """Discard checked packages that nobody has confirmed for a day; returns how many."""
    forgotten = ImportJob.objects.filter(state=ImportState.CHECKED, created_at__lt=at - KEPT_FOR)
    return forgotten.update(state=ImportState.DISCARDED, content=b"", finished_at=at)


def _decide(job: ImportJob, state: ImportState, *, actor: Actor, at: datetime) -> ImportJob:
    require_exchange(actor)
    with transaction.atomic():
        row = lock_row(job, version=None)
        if row.state == state:
            return row
        if row.state != ImportState.CHECKED:
            raise Conflict(
                _("This import is not waiting for a decision: %(state)s.") % {"state": row.get_state_display()}
            )
        row.state = state
        if state == ImportState.DISCARDED:
            row.content = b""
            row.finished_at = at
        row.author_id = actor.user_id or row.author_id
        row.scopes = sorted(actor.scopes) if actor.scopes is not None else None
        row.save(update_fields=["state", "content", "finished_at", "author", "scopes"])
        ImportProgress.objects.filter(job=row).update(attempts=0, started_at=None, table="", done=0, total=0)
        entry = Entry(f"import.{state}", "import", str(row.pk), {"state": "checked"}, {"state": str(state)})
        record_event(entry, actor=actor, at=at)
    return row


def _work(job: ImportJob, notes: SideNotes, *, at: datetime) -> None:
    """Check or import; whatever happens is said in the job."""
    try:
        actor = _actor(job)
        package = read_bytes(job.filename, bytes(job.content))
        with transaction.atomic():
            plan = _plan(job, package, actor, notes, at)
    except PackageRefused as refusal:
        kept = refusal.errors[:KEPT_ERRORS]
        job.errors = [asdict(replace(error, value=error.value[:KEPT_LENGTH])) for error in kept]
        job.error_count = len(refusal.errors)
        _finish(job, ImportState.REFUSED)
    except (PermissionDenied, Conflict) as refusal:
        _finish(job, ImportState.FAILED, message=str(refusal))
    except ValidationError as refusal:
        _finish(job, ImportState.FAILED, message=" ".join(refusal.messages))
    except DatabaseError:
        logger.exception("An import failed.", job=job.pk)
        _finish(job, ImportState.FAILED, message=_("The database refused the import. Nothing was stored."))
    else:
        job.plan = asdict(plan)
        if job.state == ImportState.CONFIRMED:
            _finish(job, ImportState.DONE)
        else:
            job.state = ImportState.CHECKED


def _plan(job: ImportJob, package: Package, actor: Actor, notes: SideNotes, at: datetime) -> ImportPlan:
    if job.state == ImportState.CONFIRMED:
        return import_strategy(package, actor=actor, at=at, progress=notes).plan
    return plan_import(package, actor=actor, at=at)


def _actor(job: ImportJob) -> Actor:
    """The author with the roles of today and the scopes of the request."""
    author: User = job.author
    scopes = frozenset(Scope(scope) for scope in job.scopes) if job.scopes is not None else None
    actor = actor_of(author, job.organization, scopes=scopes) if author.is_active else None
    if actor is None:
        raise PermissionDenied(_("%(name)s has no role in this organization any more.") % {"name": author})
    return actor


def _finish(job: ImportJob, state: ImportState, *, message: str = "") -> None:
    job.state = state
    job.message = message
    job.content = b""


def job_errors(job: ImportJob) -> list[FileError]:
    """The errors that were kept."""
    rows: list[dict[str, Any]] = job.errors
    return [FileError(**row) for row in rows]
