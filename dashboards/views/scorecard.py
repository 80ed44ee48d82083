"""Departments and their scorecards."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from dashboards.reports.scorecard import Scorecard, filters_from, perspective_name, perspective_of, scorecard
from dashboards.reports.scorecard_tree import department_tree
from organization.access import MemberRequest, member_required
from organization.downloads import Cell, csv_download
from organization.models import Department
from organization.partials import wants_part, with_address

CSV_HEAD = (
    "code",
    "name",
    "department",
    "perspective",
    "objectives",
    "owner",
    "unit",
    "period",
    "actual",
    "target",
    "expected",
    "low",
    "high",
    "variance",
    "favourable_share",
    "state",
    "colour",
    "freshness",
    "due_on",
    "recorded_at",
)


@require_safe
@vary_on_headers("HX-Request")
@member_required
def departments(request: MemberRequest) -> HttpResponse:
    """The departments as a tree; for scripts the tree alone."""
    tree = department_tree(request.actor)
    if not wants_part(request):
        return render(request, "dashboards/departments.html", {"tree": tree})
    if request.GET.get("seen") == tree.version:
        return HttpResponse(status=204)
    return render(request, "dashboards/departments_table.html", {"tree": tree})


@require_safe
@vary_on_headers("HX-Request")
@member_required
def scorecard_page(request: MemberRequest, code: str) -> HttpResponse:
    """One department's KPIs by perspective; for scripts the part that changes alone."""
    card = _card(request, code)
    if not wants_part(request):
        return render(request, "dashboards/scorecard.html", {"card": card})
    if request.GET.get("seen") == card.version:
        return HttpResponse(status=204)
    response = render(request, "dashboards/scorecard_table.html", {"card": card})
    return with_address(request, response, card.query)


@require_safe
@member_required
def scorecard_csv(request: MemberRequest, code: str) -> HttpResponse:
    """What the scorecard shows, as a file."""
    card = _card(request, code)
    return csv_download(f"{card.code}-scorecard", CSV_HEAD, _lines(card))


def _card(request: MemberRequest, code: str) -> Scorecard:
    department = get_object_or_404(Department.objects.visible_to(request.actor), code=code)
    return scorecard(
        department,
        filters_from(request.GET),
        actor=request.actor,
        organization=request.organization,
        at=request.at,
    )


def _lines(card: Scorecard) -> Iterator[tuple[Cell, ...]]:
    for row in card.rows:
        yield (
            row.code,
            row.name,
            row.department_code,
            perspective_name(perspective_of(row)),
            " ".join(one.code for one in row.objectives),
            row.owner.name if row.owner else "",
            row.unit,
            row.period,
            row.value,
            row.target,
            row.expected,
            row.lower,
            row.upper,
            row.variance,
            row.effect,
            row.state,
            row.colour,
            row.freshness,
            row.due_on,
            row.recorded_at,
        )
