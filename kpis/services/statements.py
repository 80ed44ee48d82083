"""What people say about a KPI in place of the computed status; and the end of it."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from kpis.choices import Kind
from kpis.models import Kpi, KpiFigures, StatusOverride
from kpis.services.evaluation import evaluate_locked, lock_kpi_figures
from objectives.services import ANY, end_statements, said_by_hand, standing_already, today_of
from organization.actors import Actor


def override_status(
    kpi: Kpi,
    *,
    state: str,
    reason: str,
    until: date | None,
    actor: Actor,
    at: datetime,
    seen: int | None = ANY,
) -> StatusOverride:
    """Set the status of a KPI by hand, in place of an earlier statement; the same again changes nothing.

    Who may enter its values may say this. `seen` is the key of the statement on the person's screen (None: none was);
    another one in force by now is a Conflict. Ends with the next value, on the chosen day, or by `end_override`.
    Locks the KPI's figures; roll-ups go on reading what is computed.
    """
    with transaction.atomic():
        figures, present = _hold(kpi, actor=actor, at=at)
        end = kpi.end if kpi.kind == Kind.MOVE else None
        said = said_by_hand(state, reason=reason, until=until, today=today_of(kpi.organization, at), end=end)
        standing = standing_already(present, said, seen=seen)
        if standing is not None:
            return standing
        if present is not None:
            end_statements([present], at=at, user_id=actor.user_id)
        row = StatusOverride.objects.create(
            kpi=kpi, author_id=actor.user_id, set_at=at, spoken_at=figures[kpi.pk].recorded_at, **vars(said)
        )
        was = {"state": present.state, "reason": present.reason} if present else None
        record_event(Entry("kpi.status_set", "kpi", kpi.code, was, vars(said)), actor=actor, at=at)
        evaluate_locked(figures, at=at)
    return row


def end_override(kpi: Kpi, *, actor: Actor, at: datetime) -> bool:
    """End the statement in force; False when there is none. Twice is once."""
    with transaction.atomic():
        figures, present = _hold(kpi, actor=actor, at=at)
        if present is None:
            return False
        end_statements([present], at=at, user_id=actor.user_id)
        was = {"state": present.state, "reason": present.reason}
        record_event(Entry("kpi.status_released", "kpi", kpi.code, was), actor=actor, at=at)
        evaluate_locked(figures, at=at)
    return True


def _hold(kpi: Kpi, *, actor: Actor, at: datetime) -> tuple[Mapping[int, KpiFigures], StatusOverride | None]:
    """Lock and score the KPI as of now, which ends what is over; then the statement in force."""
    figures = lock_kpi_figures([kpi.pk])
    if not Kpi.objects.updatable_by(actor).filter(pk=kpi.pk).exists():
        raise PermissionDenied(_("Only the owner, a manager above or the strategy office sets a status by hand."))
    evaluate_locked(figures, at=at)
    return figures, kpi.overrides.filter(ended_at__isnull=True).first()
