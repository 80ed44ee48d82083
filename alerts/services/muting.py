"""When nobody is to be disturbed: a person's quiet hours, and the mute windows of the whole organization."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from alerts.models import MuteWindow
from organization.actors import Actor
from organization.records import change_record, create_record, delete_record
from organization.services import next_code


def add_mute_window(fields: Mapping[str, Any], *, everybody: bool, actor: Actor, at: datetime) -> MuteWindow:
    """A window of the actor, or of everybody, which is for those who keep the organization's post."""
    with transaction.atomic():
        code = fields.get("code") or next_code(MuteWindow, "MUTE", organization_id=actor.organization_id)
        whose = {"user_id": None if everybody else actor.user_id}
        return create_record(MuteWindow, {**fields, **whose, "code": code}, actor=actor, at=at)


def change_mute_window(
    row: MuteWindow, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> MuteWindow:
    """Change times or reason; whose it is stays."""
    return change_record(row, changes, actor=actor, at=at, version=version)


def delete_mute_window(row: MuteWindow, *, actor: Actor, at: datetime, version: int | None) -> None:
    """From now on nothing waits for it; what it has put off keeps its time."""
    delete_record(row, actor=actor, at=at, version=version)
