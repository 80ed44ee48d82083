"""One value typed by a person who saw what was stored; and its undoing."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kpis.models import Kpi, Measurement, MeasurementRevision
from kpis.services.derivation import lock_with_dependents
from kpis.services.recording import Outcome, Reading, reading_of, record_measurements
from organization.actors import Actor

WEB = "web"
"""Source of what is typed into a page."""


class ChangedMeanwhile(Exception):
    """The stored value is not the one the person saw; carries what is stored now (None: nothing)."""

    def __init__(self, present: Measurement | None) -> None:
        super().__init__(_("Someone else has changed this value meanwhile."))
        self.present = present


def enter_value(kpi: Kpi, reading: Reading, *, actor: Actor, at: datetime, seen: datetime | None) -> Outcome:
    """Record one value of one period; `seen` is when the value on the person's screen was recorded (None: none).

    Locks the figures of the KPI and of what follows from it, then compares: raises ChangedMeanwhile when something else
    is stored by now, and a ValidationError on `reason` when a known value would be replaced without one. Nothing is
    stored in either case.
    """
    with transaction.atomic():
        present = _locked(kpi, reading.period)
        if (present.recorded_at if present else None) != seen:
            raise ChangedMeanwhile(present)
        outcome = record_measurements([reading], actor=actor, at=at, source=WEB, reason=reading.reason)
        if outcome.changed and present is not None and present.value is not None and not reading.reason.strip():
            message = _("Say why the stored value is replaced. It is kept beside the new one.")
            raise ValidationError({"reason": ValidationError(message, "required")})
    return outcome


def undo_value(kpi: Kpi, period: date, *, actor: Actor, at: datetime, recorded_at: datetime) -> Outcome:
    """Correct a value back to what it was before it was recorded at `recorded_at`: unknown, when it was the first one.

    Raises ChangedMeanwhile when the value has been replaced since; twice is once.
    """
    with transaction.atomic():
        present = _locked(kpi, period)
        if present is None or present.recorded_at != recorded_at:
            raise ChangedMeanwhile(present)
        replaced = MeasurementRevision.objects.filter(kpi=kpi, period=period, replaced_at=recorded_at)
        before = replaced.order_by("-id").first()
        return record_measurements(
            [reading_of(kpi.pk, period, before)], actor=actor, at=at, source=WEB, reason=_("Undone")
        )


def _locked(kpi: Kpi, period: date) -> Measurement | None:
    lock_with_dependents([kpi.pk], organization_id=kpi.organization_id)
    return Measurement.objects.select_related("recorded_by").filter(kpi=kpi, period=period).first()
