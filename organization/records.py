"""Creating, changing and deleting one row that people address by its code.

The services of every app are built on these three: they validate, lock, check the version the editor saw, check the
scope again after the edit, and write the audit event in the same transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from organization.actors import Actor
from organization.choices import EDITING_ROLES
from organization.texts import some_of

M = TypeVar("M", bound=models.Model)


class Conflict(Exception):
    """The write contradicts what is there now (HTTP 409); the message names what blocks it."""


class StaleVersion(Exception):
    """Someone else changed the row meanwhile (HTTP 412); carries the present row."""

    def __init__(self, present: models.Model) -> None:
        super().__init__(_("Someone else has changed this meanwhile."))
        self.present = present


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row of a batch: its number (from 1), the field, a code for machines, a sentence."""

    row: int
    field: str
    code: str
    message: str


class InvalidRows(Exception):
    """A batch that is refused as a whole (HTTP 400), with every problem at once."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(_("Nothing was stored: some rows are wrong."))
        self.problems = list(problems)


def create_record(model: type[M], fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> M:
    """Insert one row of the actor's organization. Raises ValidationError, Conflict or PermissionDenied."""
    with transaction.atomic():
        row = model(**{"organization_id": actor.organization_id, **fields})
        insert_checked(row)
        require_editable(row, actor=actor)
        record_event(Entry(_verb(row, "created"), _type(row), _code(row), None, state_of(row)), actor=actor, at=at)
    return row


def change_record(row: M, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None) -> M:
    """Change the named fields. `version` is what the editor saw (None = a machine that does not care).

    Locks the row, refuses a stale version, leaves nothing behind when no field differs.
    """
    with transaction.atomic():
        row = lock_row(row, version=version)
        require_editable(row, actor=actor)
        before = state_of(row)
        for name, value in changes.items():
            setattr(row, name, value)
        after = state_of(row)
        if before == after:
            return row
        row.version += 1  # type: ignore[attr-defined]
        row.full_clean()
        row.save()
        require_editable(row, actor=actor)
        was, now = difference(before, after)
        record_event(Entry(_verb(row, "changed"), _type(row), _code(row), was, now), actor=actor, at=at)
    return row


def delete_record(row: models.Model, *, actor: Actor, at: datetime, version: int | None) -> None:
    """Delete one row; a row that others depend on is a Conflict that names them."""
    with transaction.atomic():
        row = lock_row(row, version=version)
        require_editable(row, actor=actor)
        entry = Entry(_verb(row, "deleted"), _type(row), _code(row), state_of(row), None)
        try:
            row.delete()
        except ProtectedError as error:
            names = some_of(sorted(str(blocker) for blocker in error.protected_objects))
            raise Conflict(_("Still used by %(names)s.") % {"names": names}) from error
        record_event(entry, actor=actor, at=at)


def insert_checked(row: models.Model, *, unchecked: Collection[str] = ()) -> None:
    """Validate and insert; a natural key that exists already is a ValidationError, also when two race.

    `unchecked` fields are not what anybody typed: who did it, where the system did.
    """
    row.full_clean(exclude=unchecked)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        row.full_clean(exclude=unchecked)
        raise Conflict(_("This contradicts what is stored already.")) from error


def lock_row(row: M, *, version: int | None) -> M:
    """The row as it is now, locked until the transaction ends. Raises StaleVersion when `version` is outdated."""
    present = type(row)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    require_version(present, version)
    return present


def require_version(present: models.Model, version: int | None) -> None:
    """The locked row is the one the editor saw, if `version` says which; else StaleVersion."""
    if version is not None and present.version != version:  # type: ignore[attr-defined]
        raise StaleVersion(present)


def hold(key: int, organization_id: int, *, shared: bool = False) -> None:
    """Hold what `key` stands for in one organization until the transaction ends: alone, or with others who share it.

    An advisory lock, taken before rows are: what it guards is a set of rows, or one that is not there yet. Not the
    organization's row: that is the counter of its figures, which every write locks last. Locked first here, it would
    meet a writer that holds figures and waits for the counter.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [key, organization_id % 2**31])


def require_editable(row: models.Model, *, actor: Actor) -> None:
    """The row as it stands lies within what the actor may edit; else PermissionDenied."""
    manager = type(row)._default_manager
    if not hasattr(manager, "editable_by"):
        if not actor.holds(*EDITING_ROLES):
            raise PermissionDenied(_("Your role does not allow this."))
        return
    if not manager.editable_by(actor).filter(pk=row.pk).exists():
        raise PermissionDenied(_("Your role does not allow this here."))


def state_of(row: models.Model) -> dict[str, Any]:
    """The stored fields of a row as the ledger keeps them: foreign keys by code where they have one."""
    state: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in ("organization", "version", "updated_at", "created_at", "path"):
            continue
        if field.is_relation:
            target = getattr(row, field.name)
            state[field.name] = (
                None if target is None else getattr(target, "code", None) or str(getattr(target, "email", target.pk))
            )
        else:
            value = field.to_python(getattr(row, field.attname))
            state[field.name] = value
    return state


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs, on both sides."""
    names: Sequence[str] = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def _verb(row: models.Model, done: str) -> str:
    return f"{row._meta.model_name}.{done}"


def _type(row: models.Model) -> str:
    return str(row._meta.model_name)


def _code(row: models.Model) -> str:
    return str(getattr(row, "code", None) or row)
