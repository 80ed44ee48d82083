"""The list of objectives, the page of one, its parts that refresh by themselves, and the check-in."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import trigger_client_event

from dashboards.reports.links import objective_links_url
from dashboards.reports.objective_changes import choice_of
from dashboards.reports.objective_list import objective_list
from dashboards.reports.objective_page import Wanted, objective_page, said_part, standing_part
from dashboards.reports.objective_why import anchor_of, why
from kpis.explain import ByHand, mode_of
from kpis.forms import OverrideForm, has_ended
from objectives.choices import ProgressMode
from objectives.forms import CheckInForm, filters_from
from objectives.models import Objective
from objectives.services import check_in, today_of
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.editing import may_edit_in, may_edit_somewhere
from organization.forms import add_errors
from organization.partials import wants_part
from organization.records import StaleVersion


@require_safe
@vary_on_headers("HX-Request")
@member_required
def listing(request: MemberRequest) -> HttpResponse:
    """One page of the objectives that the person sees, narrowed and sorted as the address says."""
    found = objective_list(request.actor, filters_from(request.GET))
    if not wants_part(request):
        context = {"listing": found, "may_add": may_edit_somewhere(request.actor)}
        return render(request, "dashboards/objective_list.html", context)
    if request.GET.get("seen") == found.version:
        return HttpResponse(status=204)
    return render(request, "dashboards/objective_list_table.html", {"listing": found})


@require_safe
@member_required
def detail(request: MemberRequest, code: str) -> HttpResponse:
    """The whole page; the form for those who may check in."""
    return objective_response(request, visible_objective(request, code))


@require_safe
@member_required
def figures(request: MemberRequest, code: str) -> HttpResponse:
    """The main figures, again."""
    part = standing_part(visible_objective(request, code), **_asker(request))
    return render(request, "dashboards/objective_figures.html", {"standing": part, "is_refresh": True})


@require_safe
@member_required
def explanation(request: MemberRequest, code: str) -> HttpResponse:
    """The why-table, again, with the lines that were open."""
    part = why(visible_objective(request, code), request.actor, opened=request.GET.getlist("open"))
    return render(request, "dashboards/objective_why.html", {"why": part})


@require_safe
@member_required
def explanation_of_part(request: MemberRequest, code: str, part: str) -> HttpResponse:
    """What one line of the why-table is made of, to stand below it; with `shut`, only its closed handle."""
    objective, child = visible_objective(request, code), visible_objective(request, part)
    inside = None if "shut" in request.GET else why(child, request.actor)
    context = {
        "parent": objective.code,
        "code": child.code,
        "title": child.text("title"),
        "anchor": anchor_of(child.code),
        "inside": inside,
    }
    return render(request, "dashboards/objective_why_part.html", context)


@require_safe
@member_required
def said(request: MemberRequest, code: str) -> HttpResponse:
    """Check-ins and history, again."""
    part = said_part(visible_objective(request, code), **_asker(request))
    return render(request, "dashboards/objective_said.html", {"said": part, "is_refresh": True})


@require_POST
@member_required
def take_check_in(request: MemberRequest, code: str) -> HttpResponseBase:
    """A statement on the objective; nothing that was typed is lost when it is refused."""
    objective = visible_objective(request, code)
    if not may_check_in(request, objective):
        raise PermissionDenied(_("Only the owner, a manager above or the strategy office checks in here."))
    form = CheckInForm(request.POST, manual=is_manual(objective))
    if not form.is_valid():
        return _refused(request, objective, form)
    try:
        check_in(
            objective,
            confidence=form.stored_confidence(),
            comment=form.cleaned_data["comment"],
            progress=form.stored_progress(),
            actor=request.actor,
            at=request.at,
            version=form.cleaned_data["version"],
        )
    except StaleVersion:
        return _overtaken(request, visible_objective(request, code))
    except ValidationError as error:
        add_errors(form, error)
        return _refused(request, objective, form)
    ring()
    return _saved(request, visible_objective(request, code))


def _saved(request: MemberRequest, objective: Objective) -> HttpResponseBase:
    text = _("Check-in on %(code)s saved.") % {"code": objective.code}
    if not wants_part(request):
        messages.success(request, text)
        return redirect("objective-detail", objective.code)
    response = render(request, "dashboards/objective_check_in.html", _form_context(objective, None))
    trigger_client_event(response, "toast", {"text": text})
    return trigger_client_event(response, "live", {})  # the figures and the history on this page are older now


def _refused(request: MemberRequest, objective: Objective, form: CheckInForm, **more: Any) -> HttpResponse:
    """The form with its errors: as a part, or on its page."""
    context = _form_context(objective, form) | more
    if wants_part(request):
        for name in [name for name in form.fields if form.has_error(name)][:1]:
            form.fields[name].widget.attrs["data-focus"] = True
        return render(request, "dashboards/objective_check_in.html", context, status=422)
    return objective_response(request, objective, context, status=422)


def _overtaken(request: MemberRequest, present: Objective) -> HttpResponse:
    """Someone else has changed it: what is there now beside what was typed; sending again is then a choice."""
    typed = request.POST.copy()
    typed["version"] = str(present.version)
    again = CheckInForm(typed, manual=is_manual(present))
    latest = present.check_ins.select_related("author").first()
    return _refused(request, present, again, overtaken=True, latest=latest)


def objective_response(
    request: MemberRequest,
    objective: Objective,
    form: dict[str, Any] | None = None,
    *,
    hand: OverrideForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, with the forms as they stand for those who may use them."""
    wanted = Wanted(
        opened=tuple(request.GET.getlist("open")),
        all_kpis=request.GET.get("kpis") == "all",
        all_initiatives=request.GET.get("initiatives") == "all",
    )
    page = objective_page(objective, wanted=wanted, **_asker(request))
    may = form is not None or hand is not None or may_check_in(request, objective)
    context = form or (_form_context(objective, None) if may else {"form": None})
    if hand is None and may:
        hand = hand_form(request, objective, page.standing.by_hand)
    may_edit = may_edit_in(request.actor, objective.department)
    moves = choice_of(objective, today=today_of(request.organization, request.at))
    return render(
        request,
        "dashboards/objective_detail.html",
        {
            "page": page,
            "said": page,
            "wanted": wanted,
            "hand": hand,
            "moves": moves,
            "may_edit": may_edit,
            "links_url": objective_links_url(objective.code, "measures") if may_edit else "",
            **context,
        },
        status=status,
    )


def hand_form(request: MemberRequest, objective: Objective, by_hand: ByHand | None, data: Any = None) -> OverrideForm:
    """The form that sets the status by hand, over the statement in force."""
    today = today_of(request.organization, request.at)
    hint = _("Empty: until the next check-in.")
    start = {"seen": by_hand.id if by_hand else None}
    return OverrideForm(data, initial=start, ended=has_ended(objective.end, today), hint=hint)


def _form_context(objective: Objective, form: CheckInForm | None) -> dict[str, Any]:
    stated = objective.confidence
    start = {
        "confidence": None if stated is None else Decimal(stated) / 10,
        "progress": None if objective.manual_progress is None else objective.manual_progress * 100,
        "version": objective.version,
    }
    shown = form or CheckInForm(initial=start, manual=is_manual(objective))
    return {"code": objective.code, "form": shown, "overtaken": False, "latest": None}


def visible_objective(request: MemberRequest, code: str) -> Objective:
    """The objective with all that its page reads of it; 404 outside of what the person sees."""
    rows = Objective.objects.visible_to(request.actor).select_related(
        "figures", "owner", "department", "organization", "vision"
    )
    return get_object_or_404(rows, code=code)


def may_check_in(request: MemberRequest, objective: Objective) -> bool:
    return Objective.objects.updatable_by(request.actor).filter(pk=objective.pk).exists()


def is_manual(objective: Objective) -> bool:
    """Whether its progress is the owner's figure."""
    return mode_of(objective, objective.figures) == ProgressMode.MANUAL


def _asker(request: MemberRequest) -> dict[str, Any]:
    return {"actor": request.actor, "organization": request.organization, "at": request.at}
