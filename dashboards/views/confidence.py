"""How good the stated confidences turned out to be."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboards.reports.confidence import record_page
from objectives.services import By
from organization.access import MemberRequest, member_required


@require_safe
@member_required
def confidence(request: MemberRequest) -> HttpResponse:
    """By owner, or by department as the address asks."""
    by = By.DEPARTMENT if request.GET.get("by") == By.DEPARTMENT else By.OWNER
    page = record_page(request.actor, by=by, at=request.at)
    return render(request, "dashboards/confidence.html", {"page": page})
