"""Writing the ledger. Everybody calls this inside the transaction of the write itself."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from audit.models import Event
from audit.request_id import current_request_id


class Doer(Protocol):
    """What the ledger needs to know of an actor."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def organization_id(self) -> int | None: ...
    @property
    def label(self) -> str: ...


@dataclass(frozen=True)
class Entry:
    """One line to be written: what happened to which thing."""

    verb: str
    subject_type: str
    subject_code: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def record_event(entry: Entry, *, actor: Doer, at: datetime, organization_id: int | None = None) -> None:
    """Append one event; see `record_events`."""
    record_events([entry], actor=actor, at=at, organization_id=organization_id)


def record_events(entries: Iterable[Entry], *, actor: Doer, at: datetime, organization_id: int | None = None) -> int:
    """Append events in the caller's transaction and return how many.

    Raises TransactionManagementError outside a transaction: an event without its write, or a write
    without its event, must not be possible.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An audit event belongs inside the transaction of its write.")
    request_id = current_request_id()
    owner = organization_id if organization_id is not None else actor.organization_id
    rows = [
        Event(
            organization_id=owner,
            actor_id=actor.user_id,
            actor_label=actor.label,
            verb=entry.verb,
            subject_type=entry.subject_type,
            subject_code=entry.subject_code,
            before=_plain(entry.before),
            after=_plain(entry.after),
            at=at,
            request_id=request_id,
        )
        for entry in entries
    ]
    Event.objects.bulk_create(rows, batch_size=2000)
    return len(rows)


def _plain(state: Mapping[str, Any] | None) -> Any:
    """Dates, decimals and lazy texts become what JSON can hold (decimals as strings, never floats)."""
    return None if state is None else json.loads(json.dumps(dict(state), cls=DjangoJSONEncoder))
