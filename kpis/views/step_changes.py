"""Stating from when on a KPI runs differently, and why; correcting it and taking it back."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kpis.forms.step_change import StepChangeForm
from kpis.models import Kpi, StepChange
from kpis.reports.outlook import StepChangeRow, step_change_row, step_change_rows
from kpis.services import change_step_change, delete_step_change, record_step_change
from kpis.tasks import ring_outlooks
from kpis.views.fetching import may_update, visible_kpi
from organization.access import MemberRequest, member_required
from organization.forms import add_errors
from organization.records import StaleVersion

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def kpi_step_changes(request: MemberRequest, code: str) -> HttpResponseBase:
    """Those that are recorded, for everybody who sees the KPI; the form for those who may enter its values."""
    kpi = visible_kpi(request, code)
    allowed = may_update(kpi, request.actor)
    if request.method != "POST":
        return _shown(request, kpi, StepChangeForm(kpi=kpi) if allowed else None)
    _require(kpi, allowed=allowed)
    form = StepChangeForm(request.POST, kpi=kpi)
    if form.is_valid():
        try:
            record_step_change(kpi, **form.said(), actor=request.actor, at=request.at)
        except ValidationError as refusal:
            add_errors(form, refusal)
        else:
            ring_outlooks()
            messages.success(request, _("The step change is recorded; new limits begin there."))
            return redirect("kpi-step-changes", kpi.code)
    return _shown(request, kpi, form, status=UNPROCESSABLE)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def kpi_step_change(request: MemberRequest, code: str, period: str) -> HttpResponseBase:
    """Correct one that is recorded."""
    kpi = visible_kpi(request, code)
    _require(kpi, allowed=may_update(kpi, request.actor))
    row = _stated(kpi, period)
    if request.method != "POST":
        known = {name: getattr(row, name) for name in ("period", "cause", "cause_code", "note", "version")}
        return _shown(request, kpi, StepChangeForm(initial=known, kpi=kpi), edited=step_change_row(row))
    form = StepChangeForm(request.POST, kpi=kpi)
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            change_step_change(row, form.said(), actor=request.actor, at=request.at, version=version)
        except ValidationError as refusal:
            add_errors(form, refusal)
        except StaleVersion as stale:
            form.add_error(None, _("Someone else has changed this meanwhile. What you typed is below; save again."))
            form.data = request.POST.copy() | {"version": str(getattr(stale.present, "version", ""))}
        else:
            ring_outlooks()
            messages.success(request, _("The step change is corrected."))
            return redirect("kpi-step-changes", kpi.code)
    return _shown(request, kpi, form, edited=step_change_row(_stated(kpi, period)), status=UNPROCESSABLE)


@require_POST
@member_required
def kpi_step_change_delete(request: MemberRequest, code: str, period: str) -> HttpResponseBase:
    """Take one back; the ledger keeps it."""
    kpi = visible_kpi(request, code)
    _require(kpi, allowed=may_update(kpi, request.actor))
    delete_step_change(_stated(kpi, period), actor=request.actor, at=request.at, version=None)
    ring_outlooks()
    messages.success(request, _("The step change is taken back."))
    return redirect("kpi-step-changes", kpi.code)


def _stated(kpi: Kpi, period: str) -> StepChange:
    try:
        day = date.fromisoformat(period)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(StepChange.objects.select_related("author", "kpi__organization"), kpi=kpi, period=day)


def _require(kpi: Kpi, *, allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied(_("Only who may enter values of %(code)s states a step change.") % {"code": kpi.code})


def _shown(
    request: MemberRequest,
    kpi: Kpi,
    form: StepChangeForm | None,
    *,
    edited: StepChangeRow | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "code": kpi.code,
        "name": kpi.text("name"),
        "frequency": kpi.frequency,
        "rows": step_change_rows(kpi),
        "form": form,
        "edited": edited,
    }
    return render(request, "kpis/step_changes.html", context, status=status)
