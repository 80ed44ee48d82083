"""The alignment page: the map, its branches, the Plotly views of the same data, the coverage."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dashboards.reports.alignment import AlignmentMap, alignment_map, one_group
from dashboards.reports.coverage import coverage_gaps
from dashboards.reports.matrix import coverage_matrix
from dashboards.reports.pictures import icicle_picture, sankey_picture
from dashboards.reports.remembered import remembered, state_of
from dashboards.views.parts import render_part
from objectives.services import today_of
from organization.access import MemberRequest, member_required

PICTURES = {"icicle": icicle_picture, "sankey": sankey_picture}


@require_safe
@member_required
def alignment(request: MemberRequest) -> HttpResponse:
    """The whole page; `view` chooses the picture, `open` the branch."""
    view, drawn = request.GET.get("view", "map"), _map(request)
    context: dict[str, object] = {"map": drawn, "view": view if view in PICTURES else "map", "chart": None}
    if view in PICTURES:
        opened = request.GET.get("open", "")
        context["chart"] = PICTURES[view](
            request.actor,
            request.organization,
            opened="" if opened == "*" else opened,
            at=request.at,
            language=get_language() or "en",
        )
    if drawn.is_whole:
        context |= _coverage(request)
    return render(request, "dashboards/alignment.html", context)


@require_safe
@member_required
def map_again(request: MemberRequest) -> HttpResponse:
    """The map alone, for an open page."""
    return render(request, "dashboards/alignment_map.html", {"map": _map(request)})


@require_safe
@member_required
def branch(request: MemberRequest, code: str) -> HttpResponse:
    """The rows of one objective, opened in place."""
    group = one_group(request.actor, code)
    if group is None:
        raise Http404
    return render(request, "dashboards/alignment_group.html", {"group": group})


@require_safe
@member_required
def coverage(request: MemberRequest) -> HttpResponse:
    """Gaps and matrix, when the reader reaches them."""
    return render_part(request, "dashboards/alignment_coverage.html", _coverage(request), title=_("Coverage and gaps"))


def _map(request: MemberRequest) -> AlignmentMap:
    return alignment_map(request.actor, request.organization, opened=request.GET.get("open", ""), at=request.at)


def _coverage(request: MemberRequest) -> dict[str, object]:
    state = state_of(request.actor, request.organization, today_of(request.organization, request.at))
    return {
        "findings": remembered("gaps", state, lambda: coverage_gaps(request.actor)),
        "matrix": remembered("matrix", state, lambda: coverage_matrix(request.actor)),
    }
