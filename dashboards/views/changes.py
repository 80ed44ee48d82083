"""What moved an objective between two days: a panel of its page, and a page of its own without scripts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from dashboards.reports.objective_changes import moves
from dashboards.views.objectives import visible_objective
from kpis.views.fetching import day_of
from objectives.services import today_of
from organization.access import MemberRequest, member_required
from organization.partials import wants_part


@require_safe
@vary_on_headers("HX-Request")
@member_required
def objective_changes(request: MemberRequest, code: str) -> HttpResponse:
    """The change between the days `from` and `to`, line by line."""
    found = moves(
        visible_objective(request, code),
        day_of(request.GET.get("from")),
        day_of(request.GET.get("to")),
        actor=request.actor,
        today=today_of(request.organization, request.at),
        known_on=request.known_on,
    )
    name = "dashboards/objective_moves.html" if wants_part(request) else "dashboards/objective_changes.html"
    return render(request, name, {"moves": found}, status=422 if found.problem else 200)
