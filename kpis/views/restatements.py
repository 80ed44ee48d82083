"""Restatements in the pages: the list, the decision of a second person, and the lock on periods."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kpis.forms import DecisionForm, LockForm
from kpis.reports.restatements import restatement_listing, visible_restatements
from kpis.reports.words import language
from kpis.services import approve_restatement, lock_periods, reject_restatement, withdraw_restatement
from kpis.views.refusals import remark_of
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.drawing import dates
from organization.forms import add_errors
from organization.records import Conflict, InvalidRows, StaleVersion

DECISIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "approve": approve_restatement,
    "reject": reject_restatement,
    "withdraw": withdraw_restatement,
}


@require_safe
@member_required
def restatement_list(request: MemberRequest) -> HttpResponse:
    """What waits for a second person and what was decided: before, after, who, why."""
    return _page(request, LockForm())


@require_POST
@member_required
def restatement_decide(request: MemberRequest, code: str, decision: str) -> HttpResponseBase:
    """Approve, reject or withdraw one that waits."""
    if decision not in DECISIONS:
        raise Http404
    row = get_object_or_404(visible_restatements(request.actor), code=code)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The decision could not be read. Reload the page and try again."))
        return redirect("restatement-list")
    sent = form.cleaned_data
    try:
        done = DECISIONS[decision](
            row, comment=sent["comment"], version=sent["version"], actor=request.actor, at=request.at
        )
    except (ValidationError, InvalidRows) as refusal:
        messages.error(request, remark_of(refusal))
    except (Conflict, StaleVersion) as refusal:
        messages.warning(request, str(refusal))
    else:
        ring()
        words = {"code": done.code, "state": done.get_state_display()}
        messages.success(request, _("%(code)s: %(state)s.") % words)
    return redirect(f"{reverse('restatement-list')}#{code}")


@require_POST
@member_required
def period_lock(request: MemberRequest) -> HttpResponseBase:
    """Close periods through a day."""
    form = LockForm(request.POST)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            row = lock_periods(
                request.organization, sent["through"], reason=sent["reason"], actor=request.actor, at=request.at
            )
        except ValidationError as refusal:
            add_errors(form, refusal)
        else:
            messages.success(
                request, _("Periods are closed through %(day)s.") % {"day": dates.day(row.through, language())}
            )
            return redirect("restatement-list")
    return _page(request, form, status=422)


def _page(request: MemberRequest, form: LockForm, *, status: int = 200) -> HttpResponse:
    listing = restatement_listing(request.actor, request.organization, kpi=request.GET.get("kpi", "").strip()[:100])
    return render(request, "kpis/restatements.html", {"listing": listing, "form": form}, status=status)
