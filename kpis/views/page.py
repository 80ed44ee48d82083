"""The page of one KPI, and its values as a file."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from kpis.models import Kpi
from kpis.reports.by_window import by_asked
from kpis.reports.course import SPANS
from kpis.reports.export import HEAD, value_lines
from kpis.reports.page import KpiPage, kpi_page
from kpis.reports.windows import WINDOW_HEAD, window_values
from kpis.views.entry import entry_context, take_saved
from kpis.views.fetching import day_of, may_update, visible_kpi
from kpis.views.hand import hand_context
from kpis.views.moving import moved
from organization.access import MemberRequest, member_required
from organization.downloads import csv_download
from organization.partials import wants_part


@require_safe
@vary_on_headers("HX-Request")
@member_required
def kpi_detail(request: MemberRequest, code: str) -> HttpResponse:
    """What a KPI says, why, since when; and the form for its next value, for those who may enter it."""
    kpi = visible_kpi(request, code)
    page = page_of(request, kpi)
    if wants_part(request):
        if request.GET.get("seen") == page.version:
            return HttpResponse(status=204)
        answer = render(request, "kpis/live.html", {"page": page, "oob": True})
        return moved(answer) if "seen" in request.GET else answer
    context = {"page": page, "oob": False, "entry": None, "hand": None}
    if may_update(kpi, request.actor):
        if not page.is_worked_out:
            asked = day_of(request.GET.get("period"))
            context |= entry_context(request, kpi, asked=asked) | {"saved": take_saved(request, kpi)}
        context |= hand_context(request, kpi, page.why.by_hand)
    return render(request, "kpis/detail.html", context)


@require_safe
@member_required
def kpi_values_csv(request: MemberRequest, code: str) -> HttpResponse:
    """Every period of a KPI as a CSV file; with `by` every window."""
    kpi = visible_kpi(request, code)
    by = by_asked(kpi, request.GET.get("by", ""))
    if by is not None:
        found = window_values(kpi, by, organization=request.organization, at=request.at)
        return csv_download(f"{kpi.code}-{by.value}", WINDOW_HEAD, found)
    lines = value_lines(kpi, organization=request.organization, at=request.at)
    return csv_download(f"{kpi.code}-values", HEAD, lines)


def page_of(request: MemberRequest, kpi: Kpi) -> KpiPage:
    """The report as the address asks for it."""
    span = request.GET.get("span", "2")
    return kpi_page(
        kpi,
        actor=request.actor,
        organization=request.organization,
        at=request.at,
        by=request.GET.get("by", ""),
        span=span if span in SPANS else "2",
        all_periods=request.GET.get("rows") == "all",
    )
