"""One request, one effect: a repeated POST with the same `Idempotency-Key` gets the answer of the first."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from organization.actors import Actor
from organization.models import IdempotencyKey

KEPT: Final = timedelta(hours=24)


class KeyReused(Exception):
    """The same key came with another request (HTTP 422)."""

    def __init__(self) -> None:
        super().__init__(_("This Idempotency-Key was used for another request. Choose a new key for a new request."))


@dataclass(frozen=True)
class Answer:
    """What was answered: status, body as text, and the headers that belong to it."""

    status: int
    body: str
    headers: dict[str, str]


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same."""
    head = f"{method}\n{path}\n{hashlib.sha256(body).hexdigest()}"
    return hashlib.sha256(head.encode()).hexdigest()


def answer_once(key: str, mark: str, work: Callable[[], Answer], *, actor: Actor, at: datetime) -> tuple[Answer, bool]:
    """Do the work and keep its answer in the same transaction, or return the kept answer (True = repeated).

    Two at the same moment: the second waits on the unique key until the first is through. Work that raises leaves
    nothing behind, so it may be tried again. Keys older than a day are forgotten on the way.
    """
    with transaction.atomic():
        IdempotencyKey.objects.filter(created_at__lt=at - KEPT).delete()
        mine = {"organization_id": actor.organization_id, "user_id": actor.user_id, "key": key}
        row, created = IdempotencyKey.objects.get_or_create(
            **mine, defaults={"fingerprint": mark, "status": 0, "body": "", "headers": {}, "created_at": at}
        )
        if not created:
            if row.fingerprint != mark:
                raise KeyReused
            return Answer(row.status, row.body, row.headers), True
        answer = work()
        row.status, row.body, row.headers = answer.status, answer.body, answer.headers
        row.save(update_fields=["status", "body", "headers"])
        return answer, False
