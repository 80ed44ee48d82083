"""The list of KPIs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from kpis.forms import filters_from
from kpis.reports.listing import kpi_listing
from organization.access import MemberRequest, member_required
from organization.editing import may_edit_somewhere
from organization.partials import wants_part, with_address


@require_safe
@vary_on_headers("HX-Request")
@member_required
def kpi_list(request: MemberRequest) -> HttpResponse:
    """One page of the KPIs that the person sees, narrowed and sorted as the address says."""
    listing = kpi_listing(request.actor, request.organization, filters_from(request.GET), at=request.at)
    if not wants_part(request):
        return render(request, "kpis/list.html", {"listing": listing, "may_add": may_edit_somewhere(request.actor)})
    if request.GET.get("seen") == listing.version:
        return HttpResponse(status=204)
    response = render(request, "kpis/list_table.html", {"listing": listing})
    return with_address(request, response, listing.query)
