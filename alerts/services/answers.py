"""What people say to an alert."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alerts.choices import OPEN_STATES, AlertState
from alerts.models import Alert
from audit.services import Entry, record_event
from organization.actors import Actor
from organization.records import Conflict, StaleVersion, lock_row
from organization.services import bump_figures_version


def acknowledge_alert(alert: Alert, *, actor: Actor, at: datetime, comment: str = "", version: int | None) -> Alert:
    """Say that somebody is on it. Twice the same is once; an alert that has ended is a Conflict."""
    with transaction.atomic():
        row = _lock_answerable(alert, actor=actor)
        if row.state == AlertState.ACKNOWLEDGED and comment in ("", row.comment):
            return row
        _require_open(row, version=version)
        said: dict[str, Any] = {"comment": comment or row.comment}
        if row.state != AlertState.ACKNOWLEDGED:
            said |= {"state": AlertState.ACKNOWLEDGED, "acknowledged_at": at, "acknowledged_by_id": actor.user_id}
        return _write(row, said, verb="alert.acknowledged", actor=actor, at=at)


def close_alert(alert: Alert, *, actor: Actor, at: datetime, comment: str, version: int | None) -> Alert:
    """End an alert with a reason, while its condition may still hold: it opens again only after it has recovered.

    Twice the same is once; one that has ended otherwise is a Conflict.
    """
    reason = comment.strip()
    if not reason:
        raise ValidationError({"comment": ValidationError(_("Say why it can be closed."), "required")})
    with transaction.atomic():
        row = _lock_answerable(alert, actor=actor)
        if row.state == AlertState.CLOSED and row.comment == reason:
            return row
        _require_open(row, version=version)
        said = {"state": AlertState.CLOSED, "comment": reason, "ended_at": at, "closed_by_id": actor.user_id}
        return _write(row, said, verb="alert.closed", actor=actor, at=at)


def open_count(actor: Actor) -> int:
    """How many alerts that the actor sees still ask for somebody (one query)."""
    return Alert.objects.visible_to(actor).filter(state__in=OPEN_STATES).count()


def _lock_answerable(alert: Alert, *, actor: Actor) -> Alert:
    row = lock_row(alert, version=None)
    if not Alert.objects.answerable_by(actor).filter(pk=row.pk).exists():
        raise PermissionDenied(_("Only its owner, a manager above or an executive answers this alert."))
    return row


def _require_open(row: Alert, *, version: int | None) -> None:
    if row.state not in OPEN_STATES:
        state = AlertState(row.state).label
        raise Conflict(_("%(alert)s has ended already: %(state)s.") % {"alert": row.code, "state": state})
    if version is not None and row.version != version:
        raise StaleVersion(row)


def _write(row: Alert, said: dict[str, Any], *, verb: str, actor: Actor, at: datetime) -> Alert:
    before = {"state": row.state, "comment": row.comment}
    for name, value in said.items():
        setattr(row, name, value)
    row.changed_at = at
    row.version += 1
    row.save(update_fields=[*(name.removesuffix("_id") for name in said), "changed_at", "version"])
    after = {"state": row.state, "comment": row.comment}
    record_event(Entry(verb, "alert", row.code, before, after), actor=actor, at=at)
    bump_figures_version([row.organization_id])
    return row
