"""The list of initiatives, the page of one, its status update."""

import json

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from initiatives.forms import StatusUpdateForm, filters_from
from initiatives.models import Initiative
from initiatives.reports import initiative_page, portfolio
from initiatives.services import post_status_update
from objectives.services import today_of
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.choices import Role
from organization.editing import may_edit_in, may_edit_somewhere
from organization.forms import add_errors
from organization.partials import wants_part
from organization.records import StaleVersion

UNPROCESSABLE = 422


@require_safe
@member_required
def initiative_list(request: MemberRequest) -> HttpResponse:
    """The initiatives that the person sees, narrowed as the address says; a part of the page for htmx."""
    listing = portfolio(request.actor, filters_from(request.GET))
    template = "initiatives/list_table.html" if wants_part(request) else "initiatives/list.html"
    context = {
        "listing": listing,
        "currency": request.organization.currency,
        "may_add": may_edit_somewhere(request.actor),
    }
    return render(request, template, context)


@require_safe
@member_required
def initiative_detail(request: MemberRequest, code: str) -> HttpResponse:
    """One initiative, with the form for a status update where the person may send one."""
    initiative = visible_initiative(request, code)
    return _page(request, initiative, _form(request, initiative))


@require_POST
@member_required
def status_update(request: MemberRequest, code: str) -> HttpResponse:
    """Take a status update; a page that has become stale shows the newer state and keeps what was typed."""
    initiative = visible_initiative(request, code)
    if not Initiative.objects.updatable_by(request.actor).filter(pk=initiative.pk).exists():
        raise PermissionDenied(_("Only its owner, its sponsor or a manager above updates this."))
    form = StatusUpdateForm(request.POST, initiative=initiative, any_stage=request.actor.holds(Role.STRATEGY_OFFICE))
    if not form.is_valid():
        return _page(request, initiative, form, status=UNPROCESSABLE)
    try:
        post_status_update(
            initiative, form.update(), actor=request.actor, at=request.at, version=form.cleaned_data["version"]
        )
    except StaleVersion:
        newer = visible_initiative(request, code)
        form.show_newer(newer)
        return _page(request, newer, form, status=UNPROCESSABLE, stale=True)
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, initiative, form, status=UNPROCESSABLE)
    ring()
    if wants_part(request):
        fresh = visible_initiative(request, code)
        response = _page(request, fresh, _form(request, fresh))
        response["HX-Trigger"] = json.dumps({"toast": {"text": _("Update sent.")}})
        return response
    messages.success(request, _("Update sent."))
    return redirect("initiative-detail", code=code)


def visible_initiative(request: MemberRequest, code: str) -> Initiative:
    """The initiative with its people; 404 outside of what the person sees."""
    rows = Initiative.objects.visible_to(request.actor).select_related("department", "owner", "sponsor")
    return get_object_or_404(rows, code=code)


def _form(request: MemberRequest, initiative: Initiative) -> StatusUpdateForm:
    return StatusUpdateForm(initiative=initiative, any_stage=request.actor.holds(Role.STRATEGY_OFFICE))


def _page(
    request: MemberRequest, initiative: Initiative, form: StatusUpdateForm, *, status: int = 200, stale: bool = False
) -> HttpResponse:
    page = initiative_page(request.actor, initiative, today=today_of(request.organization, request.at))
    template = "initiatives/detail_body.html" if wants_part(request) else "initiatives/detail.html"
    context = {
        "page": page,
        "form": form,
        "stale": stale,
        "currency": request.organization.currency,
        "may_edit": may_edit_in(request.actor, initiative.department),
    }
    return render(request, template, context, status=status)
