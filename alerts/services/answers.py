"""What people say to an alert: acknowledge, snooze, assign, close with an outcome, reopen.

Each locks the alert (assigning and reopening first the organization's reconciliation, because a group may form), then
its group, and last the organization's counter. Twice the same is once.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alerts.choices import ENDED_STATES, OPEN_STATES, AlertState, Outcome
from alerts.lifecycle import Verdict, due_at
from alerts.models import Alert
from alerts.services.groups import Gathering, end_empty_groups
from alerts.services.lives import life_of
from alerts.services.locking import lock_reconciliation
from alerts.services.subjects import patience_of
from audit.services import Entry, record_event
from objectives.services import today_of
from organization.actors import Actor
from organization.models import Membership, User
from organization.records import Conflict, StaleVersion, lock_row
from organization.services import bump_figures_version

LONGEST_SNOOZE: Final = timedelta(days=366)


@dataclass(frozen=True)
class Closing:
    """How an alert is closed. An accepted deviation ends on a day, an action is named."""

    comment: str
    outcome: str = Outcome.DECISION
    accepted_until: date | None = None
    action_code: str = ""


def acknowledge_alert(alert: Alert, *, actor: Actor, at: datetime, comment: str = "", version: int | None) -> Alert:
    """Say that somebody is on it: it no longer escalates. An alert that has ended is a Conflict."""
    with transaction.atomic():
        row = _lock_answerable(alert, actor=actor)
        if row.state in OPEN_STATES and row.acknowledged_at is not None and comment in ("", row.comment):
            return row
        _require_open(row, version=version)
        said: dict[str, Any] = {"comment": comment or row.comment}
        if row.acknowledged_at is None:
            said |= {"acknowledged_at": at, "acknowledged_by_id": actor.user_id}
        if row.state == AlertState.FIRING:
            said["state"] = AlertState.ACKNOWLEDGED
        return _write(row, said, verb="alert.acknowledged", actor=actor, at=at)


def snooze_alert(alert: Alert, *, until: datetime | None, actor: Actor, at: datetime, version: int | None) -> Alert:
    """Leave it alone until a moment (None = end the snooze now): it does not escalate, and then it is told of again.

    It wakes before that when it gets worse, and ends as ever when it recovers.
    """
    if until is not None and not at < until <= at + LONGEST_SNOOZE:
        text = _("Choose a moment within the coming year.")
        raise ValidationError({"until": ValidationError(text, "until")})
    with transaction.atomic():
        row = _lock_answerable(alert, actor=actor)
        if row.state in OPEN_STATES and row.snoozed_until == until:
            return row
        _require_open(row, version=version)
        said = {"snoozed_until": until, "snoozed_by_id": actor.user_id if until is not None else None}
        verb = "alert.snoozed" if until is not None else "alert.woken"
        return _write(row, said, verb=verb, actor=actor, at=at)


def assign_alert(alert: Alert, *, owner: User, actor: Actor, at: datetime, version: int | None) -> Alert:
    """Give it to somebody, who is told of it with the group of theirs; from now on it keeps this owner."""
    if not Membership.objects.filter(user=owner, organization_id=actor.organization_id).exists():
        text = _("%(name)s has no role in this organization.") % {"name": owner.email}
        raise ValidationError({"owner": ValidationError(text, "membership")})
    with transaction.atomic():
        lock_reconciliation(actor.organization_id)
        row = _lock_answerable(alert, actor=actor)
        if row.state in OPEN_STATES and row.owner_id == owner.pk and row.assigned_by_id is not None:
            return row
        _require_open(row, version=version)
        said = {"owner_id": owner.pk, "assigned_by_id": actor.user_id}
        return _write(row, said, verb="alert.assigned", actor=actor, at=at, joins=row.owner_id != owner.pk)


def close_alert(
    alert: Alert,
    *,
    actor: Actor,
    at: datetime,
    comment: str,
    version: int | None,
    outcome: str = Outcome.DECISION,
    accepted_until: date | None = None,
    action_code: str = "",
) -> Alert:
    """End an alert with a decision, an action or an accepted deviation, while its condition may still hold.

    It opens again only after it has recovered, or when the accepted deviation is over and the condition still holds.
    One that has ended otherwise is a Conflict.
    """
    closing = Closing(comment.strip(), outcome, accepted_until, action_code.strip())
    with transaction.atomic():
        row = _lock_answerable(alert, actor=actor)
        said = _checked(closing, row, at=at)
        if row.state == AlertState.CLOSED and all(getattr(row, name) == value for name, value in said.items()):
            return row
        _require_open(row, version=version)
        said |= {
            "state": AlertState.CLOSED,
            "ended_at": at,
            "closed_by_id": actor.user_id,
            "snoozed_until": None,
            "snoozed_by_id": None,
        }
        return _write(row, said, verb="alert.closed", actor=actor, at=at)


def reopen_alert(alert: Alert, *, actor: Actor, at: datetime, version: int | None) -> Alert:
    """Take a closing back while the condition still holds: it fires again, in the group it belongs to now."""
    with transaction.atomic():
        lock_reconciliation(actor.organization_id)
        row = _lock_answerable(alert, actor=actor)
        if row.state in OPEN_STATES:
            return row
        if row.state != AlertState.CLOSED or not row.holds:
            raise Conflict(_("%(alert)s has recovered: it opens by itself when it comes back.") % {"alert": row.code})
        if version is not None and row.version != version:
            raise StaleVersion(row)
        said = {
            "state": AlertState.ACKNOWLEDGED if row.acknowledged_at else AlertState.FIRING,
            "ended_at": None,
            "closed_by_id": None,
            "outcome": "",
            "accepted_until": None,
            "action_code": "",
        }
        return _write(row, said, verb="alert.reopened", actor=actor, at=at, joins=True)


def require_answerable(alert: Alert, *, actor: Actor) -> None:
    """Raises PermissionDenied for those who may only look on."""
    if not Alert.objects.answerable_by(actor).filter(pk=alert.pk).exists():
        raise PermissionDenied(_("Only its owner, a manager above or an executive answers this alert."))


def _checked(closing: Closing, row: Alert, *, at: datetime) -> dict[str, Any]:
    problems: dict[str, ValidationError] = {}
    if not closing.comment:
        problems["comment"] = ValidationError(_("Say why it can be closed."), "required")
    if closing.outcome not in Outcome.values or closing.outcome == Outcome.RECOVERED:
        problems["outcome"] = ValidationError(
            _("Close it with a decision, an action or an accepted deviation."), "choice"
        )
    is_accepted, until = closing.outcome == Outcome.ACCEPTED, closing.accepted_until
    if is_accepted and until is None:
        problems["accepted_until"] = ValidationError(_("Say until when the deviation is accepted."), "required")
    elif is_accepted and until is not None and until < today_of(row.organization, at):
        problems["accepted_until"] = ValidationError(_("This day is over already."), "past")
    if closing.outcome == Outcome.ACTION and not closing.action_code:
        problems["action_code"] = ValidationError(_("Name the initiative, or what will be done."), "required")
    if problems:
        raise ValidationError(problems)
    return {
        "comment": closing.comment,
        "outcome": closing.outcome,
        "accepted_until": until if is_accepted else None,
        "action_code": closing.action_code,
    }


def _lock_answerable(alert: Alert, *, actor: Actor) -> Alert:
    row = lock_row(alert, version=None)
    require_answerable(row, actor=actor)
    return row


def _require_open(row: Alert, *, version: int | None) -> None:
    if row.state in ENDED_STATES:
        state = AlertState(row.state).label
        raise Conflict(_("%(alert)s has ended already: %(state)s.") % {"alert": row.code, "state": state})
    if row.state == AlertState.PENDING:
        raise Conflict(_("%(alert)s has not opened yet.") % {"alert": row.code})
    if version is not None and row.version != version:
        raise StaleVersion(row)


def _write(row: Alert, said: dict[str, Any], *, verb: str, actor: Actor, at: datetime, joins: bool = False) -> Alert:
    names = sorted({"state", "comment", *(name.removesuffix("_id") for name in said)} - set(WHO_AND_WHEN))
    before = {name: _plain(row, name) for name in names}
    for name, value in said.items():
        setattr(row, name, value)
    gathering = Gathering(row.organization_id, at=at)
    if joins:
        gathering.join(row, row.department.path if row.department else None)
        gathering.gather()
    row.due_at = due_at(life_of(row, row.organization.zone), _last_verdict(row), patience_of(row.rule))
    row.changed_at = at
    row.version += 1
    written = [*(name.removesuffix("_id") for name in said), "group", "episode", "due_at", "changed_at", "version"]
    row.save(update_fields=written)
    gathering.settle()
    if row.state in ENDED_STATES and row.group_id is not None:
        end_empty_groups([row.group_id], at=at)
    after = {name: _plain(row, name) for name in names}
    record_event(Entry(verb, "alert", row.code, before, after), actor=actor, at=at)
    bump_figures_version([row.organization_id])
    return row


WHO_AND_WHEN: Final = (
    "acknowledged_at",
    "acknowledged_by",
    "assigned_by",
    "closed_by",
    "ended_at",
    "snoozed_by",
)
"""What the event itself says."""


def _plain(row: Alert, name: str) -> Any:
    if name == "owner":
        return row.owner.email if row.owner else None
    return getattr(row, name)


def _last_verdict(row: Alert) -> Verdict:
    """What the last comparison said, as far as the row keeps it."""
    said = {AlertState.NO_DATA.value: Verdict.UNKNOWN, AlertState.ERROR.value: Verdict.UNJUDGED}
    return said.get(row.state, Verdict.HOLDS if row.holds else Verdict.OVER)
