"""Entering, correcting and undoing one value; with htmx in place, without it by POST and redirect."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from kpis.forms import ValueForm, seen_text
from kpis.models import Kpi
from kpis.reports.entry import Entry, Stored, entry_of, implausible, stored_of
from kpis.reports.page import kpi_page
from kpis.reports.words import amount, language, period_name
from kpis.services import ChangedMeanwhile, Reading, enter_value, is_locked, propose_restatement, undo_value
from kpis.views.fetching import day_of, updatable_kpi, visible_kpi
from kpis.views.hand import hand_context
from kpis.views.moving import moved
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.forms import add_errors
from organization.numbers import NotANumber, parse_number
from organization.partials import wants_part
from organization.records import InvalidRows

SAVED = "kpi_value_saved"
"""Where the session keeps what was just saved, for the page after the redirect."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What the remark after saving says and what its Undo needs; no Undo without `recorded_at`."""

    code: str
    text: str
    period: str
    recorded_at: str
    warns: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def kpi_values(request: MemberRequest, code: str) -> HttpResponseBase:
    """The form for a period (GET, asked by a script) and the saving of its value (POST)."""
    kpi = updatable_kpi(request, code)
    asked = day_of((request.POST if request.method == "POST" else request.GET).get("period"))
    if request.method != "POST":
        if not wants_part(request):
            query = f"?period={asked}" if asked else ""
            return redirect(f"{reverse('kpi-detail', args=[code])}{query}#kpi-entry")
        return render(request, "kpis/entry.html", entry_context(request, kpi, asked=asked))
    return _save(request, kpi, asked)


@require_safe
@member_required
def kpi_value_check(request: MemberRequest, code: str) -> HttpResponse:
    """The remark under the number while it is typed: whether it lies outside what is usual."""
    kpi = updatable_kpi(request, code)
    entry = entry_of(kpi, organization=request.organization, at=request.at, asked=day_of(request.GET.get("period")))
    value = _typed(request.GET.get("value", ""), kpi)
    return render(request, "kpis/plausibility.html", {"entry": entry, "value": value, "odd": implausible(entry, value)})


@require_POST
@member_required
def kpi_value_undo(request: MemberRequest, code: str) -> HttpResponseBase:
    """Take back what was just saved: a correction to what it was before."""
    kpi = updatable_kpi(request, code)
    period, recorded_at = day_of(request.POST.get("period")), _moment(request.POST.get("recorded_at"))
    if period is None or recorded_at is None:
        return redirect("kpi-detail", code)
    name = period_name(period, kpi)
    try:
        undo_value(kpi, period, actor=request.actor, at=request.at, recorded_at=recorded_at)
    except ChangedMeanwhile:
        text = _("%(period)s was not undone: its value has been changed again since.") % {"period": name}
        return _answer(request, kpi, Saved(kpi.code, text, "", "", warns=True))
    ring()
    return _answer(request, kpi, Saved(kpi.code, _("%(period)s is back to what it was.") % {"period": name}, "", ""))


def entry_context(
    request: MemberRequest,
    kpi: Kpi,
    *,
    asked: date | None = None,
    form: ValueForm | None = None,
) -> dict[str, Any]:
    """What the panel with the form needs; `present` is what is stored where the person saw something else."""
    entry = entry_of(kpi, organization=request.organization, at=request.at, asked=asked)
    shown = form or ValueForm(kpi=kpi, choices=entry.choices, initial=_initial(entry))
    shown.hint(_hint(kpi, entry))
    return {"entry": entry, "form": shown, "present": None, "meanwhile": False, "saved": None, "takes_focus": False}


def take_saved(request: MemberRequest, kpi: Kpi) -> Saved | None:
    """What was saved just before the redirect to this page, once."""
    kept = request.session.get(SAVED)
    if not kept or kept.get("code") != kpi.code:
        return None
    del request.session[SAVED]
    return Saved(**kept)


def _save(request: MemberRequest, kpi: Kpi, asked: date | None) -> HttpResponseBase:
    at = request.at
    entry = entry_of(kpi, organization=request.organization, at=at, asked=asked)
    form = ValueForm(request.POST, kpi=kpi, choices=entry.choices)
    if not form.is_valid():
        return _refused(request, kpi, asked, form)
    reading = form.reading()
    try:
        if is_locked(kpi, reading.period):
            return _propose(request, kpi, reading)
        outcome = enter_value(kpi, reading, actor=request.actor, at=at, seen=form.seen_at())
    except ChangedMeanwhile as changed:
        return _overtaken(request, kpi, asked, form, stored_of(changed.present))
    except (ValidationError, InvalidRows) as refusal:
        add_errors(form, refusal)
        return _refused(request, kpi, asked, form)
    ring()
    return _answer(request, kpi, _said(kpi, entry, reading.period, at if outcome.created or outcome.changed else None))


def _propose(request: MemberRequest, kpi: Kpi, reading: Reading) -> HttpResponseBase:
    """A value of a closed period becomes a proposal; a second person decides on it."""
    row = propose_restatement([reading], reason=reading.reason, actor=request.actor, at=request.at)
    words = {"code": row.code, "period": period_name(reading.period, kpi)}
    messages.success(request, _("%(code)s proposes another value for %(period)s. A second person decides.") % words)
    address = f"{reverse('restatement-list')}#{row.code}"
    return HttpResponseClientRedirect(address) if wants_part(request) else redirect(address)


def _said(kpi: Kpi, entry: Entry, period: date, recorded_at: datetime | None) -> Saved:
    stored = kpi.measurements.filter(period=period).values_list("value", flat=True).first()
    words = {"period": period_name(period, kpi), "value": amount(stored, kpi)}
    if recorded_at is None:
        return Saved(kpi.code, _("%(period)s: %(value)s was stored already.") % words, "", "")
    text = _("%(period)s: %(value)s saved.") % words
    odd = implausible(entry, stored)
    if odd and entry.usual is not None:
        limits = {"low": amount(entry.usual.low, kpi), "high": amount(entry.usual.high, kpi)}
        unusual = _("It lies outside the usual range, %(low)s to %(high)s.") % limits
        text = f"{text} {unusual}"
    return Saved(kpi.code, text, period.isoformat(), recorded_at.isoformat(), warns=odd)


def _overtaken(
    request: MemberRequest, kpi: Kpi, asked: date | None, form: ValueForm, present: Stored | None
) -> HttpResponse:
    """What is stored beside what was typed; saving again replaces it, knowingly."""
    sent = request.POST.copy()
    sent["seen"] = seen_text(form.cleaned_data["period"], present.recorded_at if present else None)
    again = ValueForm(sent, kpi=kpi, choices=form.choices)
    again.is_valid()
    return _refused(request, kpi, asked, again, present=present, meanwhile=form.saw_the_period())


def _refused(
    request: MemberRequest,
    kpi: Kpi,
    asked: date | None,
    form: ValueForm,
    *,
    present: Stored | None = None,
    meanwhile: bool = False,
) -> HttpResponse:
    """The form again with what was typed: in place, or as the whole page."""
    form.point_at_error()
    context = entry_context(request, kpi, asked=asked, form=form) | {"present": present, "meanwhile": meanwhile}
    if wants_part(request):
        return render(request, "kpis/entry.html", context, status=422)
    page = kpi_page(kpi, actor=request.actor, organization=request.organization, at=request.at)
    context |= hand_context(request, kpi, page.why.by_hand)
    return render(request, "kpis/detail.html", {"page": page, "oob": False, **context}, status=422)


def _answer(request: MemberRequest, kpi: Kpi, saved: Saved) -> HttpResponseBase:
    """The changed parts of the page with a toast; or a redirect to the page, which shows the remark."""
    if not wants_part(request):
        if saved.recorded_at:
            request.session[SAVED] = {
                "code": saved.code,
                "text": saved.text,
                "period": saved.period,
                "recorded_at": saved.recorded_at,
                "warns": saved.warns,
            }
        else:
            messages.add_message(request, messages.WARNING if saved.warns else messages.SUCCESS, saved.text)
        return redirect("kpi-detail", kpi.code)
    fresh = visible_kpi(request, kpi.code)
    page = kpi_page(fresh, actor=request.actor, organization=request.organization, at=request.at)
    context = entry_context(request, fresh) | {"page": page, "oob": True, "toast": saved, "takes_focus": True}
    context |= hand_context(request, fresh, page.why.by_hand)
    return moved(render(request, "kpis/saved.html", context))


def _initial(entry: Entry) -> dict[str, Any]:
    """The form's first state: blank for a period that waits, what is stored for a correction."""
    if entry.period is None:
        return {}
    stored = entry.stored
    initial: dict[str, Any] = {
        "period": entry.period.isoformat(),
        "seen": seen_text(entry.period, stored.recorded_at if stored else None),
        "estimate": entry.is_open,
    }
    if stored is not None:
        initial |= {name: getattr(stored, name) for name in ("value", "numerator", "denominator", "estimate", "note")}
    return initial


def _hint(kpi: Kpi, entry: Entry) -> str:
    """Under the number: the value before, and what is usual."""
    parts = []
    if entry.previous_period is not None:
        words = {"period": period_name(entry.previous_period, kpi), "value": amount(entry.previous, kpi)}
        parts.append(_("%(period)s was %(value)s.") % words)
    if entry.usual is not None:
        limits = {"low": amount(entry.usual.low, kpi), "high": amount(entry.usual.high, kpi)}
        parts.append(_("Usually %(low)s to %(high)s.") % limits)
    return " ".join(parts)


def _typed(text: str, kpi: Kpi) -> Decimal | None:
    try:
        return parse_number(text, language=language(), unit=kpi.text("unit"))
    except NotANumber:
        return None


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None
