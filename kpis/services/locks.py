"""Closing periods: from then on a change of them is a restatement (SEMANTICS §16)."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from kpis.models import PeriodLock
from kpis.services.checks import closed_through, hold_periods
from objectives.services import today_of
from organization.actors import Actor
from organization.choices import Role
from organization.models import Organization

LOCKING_ROLES = frozenset({Role.STRATEGY_OFFICE, Role.ADMIN})
"""Whoever holds one of these in the whole organization closes periods."""


def may_lock(actor: Actor) -> bool:
    """Whether the actor may close periods."""
    return actor.paths(LOCKING_ROLES) is None


def lock_periods(
    organization: Organization, through: date, *, actor: Actor, at: datetime, reason: str = ""
) -> PeriodLock:
    """Close every period that ends on or before the day. Only forward, only days that have passed; twice is once.

    Waits for values that are being recorded; whoever records afterwards meets the lock.
    """
    if not may_lock(actor) or organization.pk != actor.organization_id:
        raise PermissionDenied(_("Only the strategy office and administrators close periods."))
    with transaction.atomic():
        hold_periods(organization.pk, shared=False)
        present = closed_through(organization.pk)
        if through >= today_of(organization, at):
            raise _refusal(_("Only days that have passed can be closed."), "future")
        if present is not None and through < present:
            message = _("Periods are closed through %(day)s already; what is closed stays closed.")
            raise _refusal(message % {"day": present.isoformat()}, "backwards")
        if through == present:
            return PeriodLock.objects.get(organization=organization, through=through)
        row = PeriodLock.objects.create(
            organization=organization, through=through, locked_at=at, locked_by_id=actor.user_id, reason=reason
        )
        entry = Entry(
            "periods.locked",
            "organization",
            organization.code,
            {"through": present} if present else None,
            {"through": through, "reason": reason},
        )
        record_event(entry, actor=actor, at=at)
    return row


def _refusal(message: str, code: str) -> ValidationError:
    return ValidationError({"through": ValidationError(message, code)})
