"""Dated targets: read, replaced with a reason, and their history as the ledger keeps it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import Entry, record_event
from kpis.choices import Kind
from kpis.definition import Definition, TargetPoint
from kpis.models import Kpi, Target
from kpis.periods import is_period_start
from kpis.scoring import bounds_on
from kpis.services.definitions import require_sound
from kpis.services.evaluation import evaluate_kpis
from kpis.services.reading import definition_of, target_points
from kpis.trajectory import shaped, target_on
from objectives.services import today_of
from organization.actors import Actor
from organization.records import lock_row

CHANGED = "targets.changed"
"""The verb of the ledger's events that say which dated targets became which."""


def set_targets(
    kpi: Kpi, points: Iterable[TargetPoint], *, actor: Actor, at: datetime, version: int | None, reason: str = ""
) -> Kpi:
    """Replace the KPI's dated targets by these; the same again changes nothing. The event keeps both sets and why.

    A target that was in force on a day up to today changes only with a reason; every row that is new or differs keeps
    it. Refused rows are a ValidationError of `targets`; no reason is one of `reason`.
    """
    wanted = sorted(points, key=lambda point: point.period)
    with transaction.atomic():
        kpi = lock_row(kpi, version=version)
        if not Kpi.objects.editable_by(actor).filter(pk=kpi.pk).exists():
            raise PermissionDenied(_("Your role does not allow changing targets here."))
        present = target_points(kpi)
        if present == wanted:
            return kpi
        _require_periods(definition_of(kpi), wanted)
        if not reason.strip() and needs_reason(kpi, present, wanted, today=today_of(kpi.organization, at)):
            text = _("A target that was in force changes: say why.")
            raise ValidationError({"reason": ValidationError(text, "required")})
        _write(kpi, present, wanted, reason.strip())
        require_sound(kpi)
        kpi.version += 1
        kpi.save(update_fields=["version", "updated_at"])
        before = {"targets": [vars(point) for point in present]}
        after = {"targets": [vars(point) for point in wanted], "reason": reason.strip()}
        record_event(Entry(CHANGED, "kpi", kpi.code, before, after), actor=actor, at=at)
        evaluate_kpis([kpi.pk], at=at)
    return kpi


def needs_reason(kpi: Kpi, before: Sequence[TargetPoint], after: Sequence[TargetPoint], *, today: date) -> bool:
    """Whether a target that was in force on a day up to today is another one afterwards, or gone."""
    was, is_now = definition_of(kpi, before), definition_of(kpi, after)
    days = {point.period for point in (*before, *after) if point.period <= today} | {today}
    if kpi.start is not None and kpi.start <= today:
        days.add(kpi.start)
    return any(
        old is not None and old != new
        for day in days
        for old, new in zip(in_force(was, day), in_force(is_now, day), strict=True)
    )


def in_force(definition: Definition, day: date) -> tuple[object, ...]:
    """The target valid on a day, with the milestone reached by then; or the bounds of a range."""
    if definition.kind == Kind.RANGE:
        return bounds_on(definition, day)
    if not shaped(definition):
        return (target_on(definition, day),)
    reached = [row.value for row in definition.milestones if row.period <= day]
    return target_on(definition, day), reached[-1] if reached else None


def _require_periods(definition: Definition, points: Iterable[TargetPoint]) -> None:
    """A dated target begins with one of the KPI's own periods, so that it can be exported and read again."""
    wrong = [
        point.period
        for point in points
        if not is_period_start(point.period, definition.frequency, definition.fiscal_year_start)
    ]
    if wrong:
        text = _("%(day)s is not the first day of one of its periods.") % {"day": wrong[0].isoformat()}
        raise ValidationError({"targets": ValidationError(text, "not_a_period")})


def _write(kpi: Kpi, present: Iterable[TargetPoint], wanted: Sequence[TargetPoint], reason: str) -> None:
    """Rows that stay keep the reason that they came with."""
    known: Mapping[date, TargetPoint] = {point.period: point for point in present}
    periods = [point.period for point in wanted]
    if len(set(periods)) < len(periods):
        text = _("Two targets are given for the same period.")
        raise ValidationError({"targets": ValidationError(text, "duplicate")})
    moved = [point for point in wanted if known.get(point.period) != point]
    Target.objects.filter(kpi=kpi).exclude(period__in=set(periods) - {point.period for point in moved}).delete()
    Target.objects.bulk_create([Target(kpi=kpi, reason=reason, **vars(point)) for point in moved])
