"""Search or jump to."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from dashboards.reports.search import find
from organization.access import MemberRequest, member_required


@require_safe
@member_required
def search(request: MemberRequest) -> HttpResponse:
    """What matches; a code typed in full leads straight to its page."""
    found = find(request.actor, request.GET.get("q", "").replace("\x00", ""))
    if found.exact:
        return redirect(found.exact)
    return render(request, "dashboards/search.html", {"found": found})
