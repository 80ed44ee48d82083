"""The page of a KPI's targets: those that are set, why they changed, what the past suggests."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kpis.definition import TargetPoint
from kpis.forms.targets import ReasonForm, TargetRows, rows_form
from kpis.models import Kpi
from kpis.periods import period_start
from kpis.reports.targets import TargetsPage, targets_page
from kpis.services import set_targets, target_points
from kpis.views.fetching import visible_kpi
from objectives.services import today_of
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.forms import add_errors
from organization.records import StaleVersion

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def kpi_targets(request: MemberRequest, code: str) -> HttpResponseBase:
    """The targets with their history for everybody who sees the KPI; the form for those who may edit it."""
    kpi = visible_kpi(request, code)
    may_edit = Kpi.objects.editable_by(request.actor).filter(pk=kpi.pk).exists()
    if request.method != "POST":
        page = targets_page(kpi, organization=request.organization, at=request.at)
        return _shown(request, page, *(_fresh(request, kpi, page) if may_edit else (None, None)))
    if not may_edit:
        raise PermissionDenied(_("You may not change the targets of %(names)s.") % {"names": kpi.code})
    rows, reason = rows_form(kpi, (), request.POST), ReasonForm(request.POST)
    if not (rows.is_valid() and reason.is_valid()):
        return _refused(request, kpi, rows, reason)
    return _saved(request, kpi, rows, reason)


def _saved(request: MemberRequest, kpi: Kpi, rows: TargetRows, reason: ReasonForm) -> HttpResponseBase:
    sent = reason.cleaned_data
    try:
        set_targets(
            kpi, rows.points(), actor=request.actor, at=request.at, version=sent["version"], reason=sent["reason"]
        )
    except StaleVersion:
        newer = visible_kpi(request, kpi.code)
        again = ReasonForm({"reason": sent["reason"], "version": newer.version})
        again.is_valid()
        return _refused(request, newer, rows, again, stale=True)
    except ValidationError as refusal:
        add_errors(reason, refusal)
        return _refused(request, kpi, rows, reason)
    ring()
    messages.success(request, _("Targets saved."))
    return redirect("kpi-targets", kpi.code)


def _refused(
    request: MemberRequest, kpi: Kpi, rows: TargetRows, reason: ReasonForm, *, stale: bool = False
) -> HttpResponse:
    """The page with what was typed and what is wrong with it."""
    page = targets_page(kpi, organization=request.organization, at=request.at)
    return _shown(request, page, rows, reason, status=UNPROCESSABLE, stale=stale)


def _fresh(request: MemberRequest, kpi: Kpi, page: TargetsPage) -> tuple[TargetRows, ReasonForm]:
    """The form as it opens; `?use=pace` brings a proposal along as a new row from the present period on."""
    points = target_points(kpi)
    asked = next((one for one in page.proposals if one.idea == request.GET.get("use")), None)
    if asked is not None:
        period = _present_period(request, kpi)
        points = [point for point in points if point.period != period]
        points.append(TargetPoint(period, asked.value, asked.low, asked.high))
    return rows_form(kpi, points), ReasonForm(initial={"version": kpi.version})


def _present_period(request: MemberRequest, kpi: Kpi) -> date:
    today = today_of(request.organization, request.at)
    return period_start(today, kpi.frequency, request.organization.fiscal_year_start)


def _shown(
    request: MemberRequest,
    page: TargetsPage,
    rows: TargetRows | None,
    reason: ReasonForm | None,
    *,
    status: int = 200,
    stale: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {"page": page, "rows": rows, "form": reason, "stale": stale}
    return render(request, "kpis/targets.html", context, status=status)
