"""What is said on a line of my week: a value, a check-in, a status update; then the next line."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dashboards.agenda import Kind
from dashboards.views.objectives import is_manual, may_check_in, visible_objective
from dashboards.views.week import Bound, Undo, answered, refused
from dashboards.views.week_panels import check_in_form, key_of, last_blocker, update_form, value_form
from initiatives.models import Initiative
from initiatives.services import StatusUpdateInput, post_status_update
from kpis.forms import ValueForm, seen_text
from kpis.models import Kpi
from kpis.reports.entry import Entry, entry_of, implausible, stored_of
from kpis.reports.words import amount, period_name
from kpis.services import ChangedMeanwhile, Reading, enter_value, is_locked, propose_restatement, undo_value
from kpis.views.fetching import day_of, updatable_kpi
from objectives.models import Objective
from objectives.services import check_in
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.forms import add_errors
from organization.records import InvalidRows, StaleVersion

SAME = "same"
"""The button that repeats what was said last."""


@require_POST
@member_required
def enter_week_value(request: MemberRequest, code: str) -> HttpResponseBase:
    """The value of the period that waits; of a closed period, a proposal."""
    kpi = updatable_kpi(request, code)
    entry = entry_of(kpi, organization=request.organization, at=request.at, asked=day_of(request.POST.get("period")))
    form = value_form(kpi, entry, request.POST)
    key = key_of(Kind.VALUE, code)
    if not form.is_valid():
        return refused(request, Bound(key, "form", form))
    reading = form.reading()
    try:
        if is_locked(kpi, reading.period):
            return _proposed(request, kpi, reading)
        outcome = enter_value(kpi, reading, actor=request.actor, at=request.at, seen=form.seen_at())
    except ChangedMeanwhile as changed:
        return refused(request, Bound(key, "form", *_overtaken(request, kpi, entry, form, changed)))
    except (ValidationError, InvalidRows) as refusal:
        add_errors(form, refusal)
        return refused(request, Bound(key, "form", form))
    ring()
    return answered(request, _stored(kpi, entry, reading.period, request.at, bool(outcome.created or outcome.changed)))


@require_POST
@member_required
def undo_week_value(request: MemberRequest, code: str) -> HttpResponseBase:
    """Take back what was just saved."""
    kpi = updatable_kpi(request, code)
    period, recorded_at = day_of(request.POST.get("period")), _moment(request.POST.get("recorded_at"))
    if period is None or recorded_at is None:
        return answered(request, Undo(_("Nothing was undone."), warns=True))
    words = {"period": period_name(period, kpi)}
    try:
        undo_value(kpi, period, actor=request.actor, at=request.at, recorded_at=recorded_at)
    except ChangedMeanwhile:
        text = _("%(period)s was not undone: its value has been changed again since.") % words
        return answered(request, Undo(text, warns=True))
    ring()
    return answered(request, Undo(_("%(period)s is back to what it was.") % words))


@require_POST
@member_required
def give_check_in(request: MemberRequest, code: str) -> HttpResponseBase:
    """A check-in; with `same`, the confidence as it was said last."""
    row = visible_objective(request, code)
    if not may_check_in(request, row):
        raise PermissionDenied(_("Only the owner, a manager above or the strategy office checks in here."))
    key = key_of(Kind.CHECK_IN, code)
    form = check_in_form(row, _repeated(request, _last_check_in(row)))
    if not form.is_valid():
        return refused(request, Bound(key, "form", form))
    try:
        check_in(
            row,
            confidence=form.stored_confidence(),
            progress=form.stored_progress(),
            comment=form.cleaned_data["comment"],
            actor=request.actor,
            at=request.at,
            version=form.cleaned_data["version"],
        )
    except StaleVersion:
        row = visible_objective(request, code)
        again = check_in_form(row, {**dict(form.data.items()), "version": str(row.version)})
        again.is_valid()
        return refused(request, Bound(key, "form", again, {"overtaken": True}))
    except ValidationError as refusal:
        add_errors(form, refusal)
        return refused(request, Bound(key, "form", form))
    ring()
    return answered(request, Undo(_("Check-in on %(code)s saved.") % {"code": code}))


@require_POST
@member_required
def give_update(request: MemberRequest, code: str) -> HttpResponseBase:
    """A status update; with `same`, everything as it was said last, what blocks it included."""
    rows = Initiative.objects.visible_to(request.actor)
    row = get_object_or_404(rows, code=code)
    if not Initiative.objects.updatable_by(request.actor).filter(pk=row.pk).exists():
        raise PermissionDenied(_("Only its owner, its sponsor or a manager above updates this."))
    key = key_of(Kind.UPDATE, code)
    same = SAME in request.POST
    form = update_form(request, row, _repeated(request, {"stage": row.stage}))
    if not form.is_valid():
        return refused(request, Bound(key, "form", form))
    said = StatusUpdateInput(blocker=last_blocker(row)) if same else form.update()
    try:
        post_status_update(row, said, actor=request.actor, at=request.at, version=form.cleaned_data["version"])
    except StaleVersion:
        form.show_newer(rows.get(pk=row.pk))
        return refused(request, Bound(key, "form", form, {"stale": True}))
    except ValidationError as refusal:
        add_errors(form, refusal)
        return refused(request, Bound(key, "form", form))
    ring()
    text = _("%(code)s: no change, said again.") if same else _("%(code)s: update sent.")
    return answered(request, Undo(text % {"code": code}))


def _repeated(request: MemberRequest, last: dict[str, str]) -> Any:
    """What was sent; with `same`, what was said last on the version that was seen."""
    if SAME not in request.POST:
        return request.POST
    sent = request.POST.copy()
    for name in list(sent):
        if name != "version":
            del sent[name]
    sent.update(last)
    return sent


def _last_check_in(row: Objective) -> dict[str, str]:
    said = {"confidence": "" if row.confidence is None else str(Decimal(row.confidence) / 10)}
    if is_manual(row) and row.manual_progress is not None:
        said["progress"] = f"{row.manual_progress * 100:.2f}"
    return said


def _proposed(request: MemberRequest, kpi: Kpi, reading: Reading) -> HttpResponseBase:
    row = propose_restatement([reading], reason=reading.reason, actor=request.actor, at=request.at)
    words = {"code": row.code, "period": period_name(reading.period, kpi)}
    text = _("%(code)s proposes another value for %(period)s. A second person decides.") % words
    return answered(request, Undo(text))


def _overtaken(
    request: MemberRequest, kpi: Kpi, entry: Entry, form: ValueForm, changed: ChangedMeanwhile
) -> tuple[ValueForm, dict[str, Any]]:
    """What is stored now beside what was typed; saving again replaces it, knowingly."""
    present = stored_of(changed.present)
    sent = request.POST.copy()
    sent["seen"] = seen_text(form.cleaned_data["period"], present.recorded_at if present else None)
    again = value_form(kpi, entry, sent)
    again.is_valid()
    problem = _("Someone else has changed this value meanwhile.")
    return again, {"present": present, "problem": problem}


def _stored(kpi: Kpi, entry: Entry, period: date, at: datetime, is_new: bool) -> Undo:
    value = kpi.measurements.filter(period=period).values_list("value", flat=True).first()
    words = {"name": kpi.text("name"), "period": period_name(period, kpi), "value": amount(value, kpi)}
    if not is_new:
        return Undo(_("%(period)s: %(value)s was stored already.") % words)
    text = _("%(name)s, %(period)s: %(value)s saved.") % words
    odd = implausible(entry, value)
    if odd and entry.usual is not None:
        limits = {"low": amount(entry.usual.low, kpi), "high": amount(entry.usual.high, kpi)}
        remark = _("It lies outside the usual range, %(low)s to %(high)s.") % limits
        text = f"{text} {remark}"
    fields = {"period": period.isoformat(), "recorded_at": at.isoformat(), "then": key_of(Kind.VALUE, kpi.code)}
    return Undo(text, reverse("week-value-undo", args=[kpi.code]), fields, warns=odd)


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None
