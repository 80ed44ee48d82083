"""Alignment coverage: every figure with its history, and the work list behind each."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboards.reports.coverage import coverage_rows, gap_list
from objectives.services import today_of
from organization.access import MemberRequest, member_required
from organization.narrowing import page_asked


@require_safe
@member_required
def figures(request: MemberRequest) -> HttpResponse:
    """All figures of alignment coverage."""
    today = today_of(request.organization, request.at)
    return render(request, "dashboards/gaps.html", {"rows": coverage_rows(request.actor, today=today)})


@require_safe
@member_required
def work_list(request: MemberRequest, measure: str) -> HttpResponse:
    """What stands behind one figure, each with a link to where it is mended."""
    page = page_asked(request.GET.get("page", ""))
    try:
        gaps = gap_list(request.actor, measure, today=today_of(request.organization, request.at), page=page)
    except KeyError:
        raise Http404 from None
    return render(request, "dashboards/gap_list.html", {"gaps": gaps})
