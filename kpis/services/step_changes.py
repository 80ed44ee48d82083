"""Step changes: from a period on the process is another one, and the cause has a name. New limits begin there."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from kpis.models import Kpi, StepChange
from kpis.periods import is_period_start
from kpis.services.evaluation import lock_kpi_figures
from kpis.services.outlook import mark_outlooks_stale
from objectives.services import today_of
from organization.actors import Actor
from organization.records import difference, insert_checked, lock_row

SAID = ("period", "cause", "cause_code", "note")
UNTYPED = ("author",)


def record_step_change(
    kpi: Kpi, *, period: date, cause: str, note: str, actor: Actor, at: datetime, cause_code: str = ""
) -> StepChange:
    """State that another process runs from the period on; the same again changes nothing.

    Who may enter the KPI's values may say this; the system too, then there is no author. `cause_code` is kept as it is
    written, not looked up: what it names may live in another system. Locks the KPI's figures; leaves an audit event and
    a stale outlook.
    """
    with transaction.atomic():
        _hold(kpi, actor)
        said = {"period": period, "cause": cause, "cause_code": cause_code, "note": note.strip()}
        present = StepChange.objects.filter(kpi=kpi, **said).first()
        if present is not None:
            return present
        _require_period(kpi, period, today_of(kpi.organization, at))
        row = StepChange(kpi=kpi, author_id=actor.user_id, recorded_at=at, **said)
        insert_checked(row, unchecked=UNTYPED)
        record_event(Entry("step_change.recorded", "kpi", kpi.code, None, said), actor=actor, at=at)
        mark_outlooks_stale([kpi.pk])
    return row


def change_step_change(
    row: StepChange, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> StepChange:
    """Correct what was stated; nothing is left behind when no field differs. Raises StaleVersion."""
    with transaction.atomic():
        kpi = row.kpi
        _hold(kpi, actor)
        row = lock_row(row, version=version)
        before = _said(row)
        for name, value in changes.items():
            setattr(row, name, value.strip() if name == "note" else value)
        after = _said(row)
        if before == after:
            return row
        _require_period(kpi, row.period, today_of(kpi.organization, at))
        row.version += 1
        row.full_clean(exclude=UNTYPED)
        row.save()
        was, now = difference(before, after)
        record_event(Entry("step_change.changed", "kpi", kpi.code, was, now), actor=actor, at=at)
        mark_outlooks_stale([kpi.pk])
    return row


def delete_step_change(row: StepChange, *, actor: Actor, at: datetime, version: int | None) -> None:
    """Take back what was stated; the ledger keeps it. Raises StaleVersion."""
    with transaction.atomic():
        kpi = row.kpi
        _hold(kpi, actor)
        row = lock_row(row, version=version)
        record_event(Entry("step_change.deleted", "kpi", kpi.code, _said(row)), actor=actor, at=at)
        row.delete()
        mark_outlooks_stale([kpi.pk])


def _hold(kpi: Kpi, actor: Actor) -> None:
    lock_kpi_figures([kpi.pk])
    if not Kpi.objects.updatable_by(actor).filter(pk=kpi.pk).exists():
        raise PermissionDenied(_("Only who may enter values of %(code)s states a step change.") % {"code": kpi.code})


def _said(row: StepChange) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SAID}


def _require_period(kpi: Kpi, period: date, today: date) -> None:
    if not is_period_start(period, kpi.frequency, kpi.organization.fiscal_year_start):
        text = _("%(day)s is not the first day of one of its periods.") % {"day": period.isoformat()}
        raise ValidationError({"period": ValidationError(text, "not_a_period")})
    if period > today:
        text = _("This period has not begun; today is %(day)s.") % {"day": today.isoformat()}
        raise ValidationError({"period": ValidationError(text, "future")})
