"""Setting an objective's status by hand, and ending that."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dashboards.views.objectives import hand_form, may_check_in, objective_response, visible_objective
from kpis.explain import by_hand_of
from objectives.models import Objective
from objectives.services import end_override, override_status
from organization.access import MemberRequest, member_required
from organization.forms import add_errors
from organization.records import Conflict


@require_POST
@member_required
def set_status(request: MemberRequest, code: str) -> HttpResponseBase:
    """Say the status by hand; back to the page, which shows it beside the computed one."""
    objective = _updatable(request, code)
    form = hand_form(request, objective, None, request.POST)
    if form.is_valid():
        try:
            override_status(objective, actor=request.actor, at=request.at, **form.said())
        except ValidationError as refusal:
            add_errors(form, refusal)
        except Conflict as refusal:
            form.add_error(None, str(refusal))
            present = by_hand_of(objective, objective.figures)
            form.data = request.POST.copy() | {"hand-seen": present.id if present else ""}
        else:
            messages.success(request, _("The status of %(code)s is set by hand.") % {"code": objective.code})
            return redirect("objective-detail", objective.code)
    return objective_response(request, objective, hand=form, status=422)


@require_POST
@member_required
def end_status(request: MemberRequest, code: str) -> HttpResponseBase:
    """Back to the computed status."""
    objective = _updatable(request, code)
    end_override(objective, actor=request.actor, at=request.at)
    messages.success(request, _("%(code)s shows its computed status again.") % {"code": objective.code})
    return redirect("objective-detail", objective.code)


def _updatable(request: MemberRequest, code: str) -> Objective:
    objective = visible_objective(request, code)
    if not may_check_in(request, objective):
        raise PermissionDenied(_("Only the owner, a manager above or the strategy office sets a status by hand."))
    return objective
