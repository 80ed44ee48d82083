"""Setting a KPI's status by hand, and ending that."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kpis.explain import by_hand_of
from kpis.forms import OverrideForm
from kpis.models import Kpi
from kpis.reports.page import kpi_page
from kpis.services import end_override, override_status
from kpis.views.entry import entry_context
from kpis.views.fetching import updatable_kpi
from kpis.views.hand import hand_context
from organization.access import MemberRequest, member_required
from organization.forms import add_errors
from organization.records import Conflict


@require_POST
@member_required
def kpi_status(request: MemberRequest, code: str) -> HttpResponseBase:
    """Say the status by hand; back to the page, which shows it beside the computed one."""
    kpi = updatable_kpi(request, code)
    form: OverrideForm = hand_context(request, kpi, None, request.POST)["hand"]
    if form.is_valid():
        try:
            override_status(kpi, actor=request.actor, at=request.at, **form.said())
        except ValidationError as refusal:
            add_errors(form, refusal)
        except Conflict as refusal:
            form.add_error(None, str(refusal))
            present = by_hand_of(kpi, kpi.figures)
            form.data = request.POST.copy() | {"hand-seen": present.id if present else ""}
        else:
            messages.success(request, _("The status of %(code)s is set by hand.") % {"code": kpi.code})
            return redirect("kpi-detail", kpi.code)
    return _refused(request, kpi, form)


@require_POST
@member_required
def kpi_status_end(request: MemberRequest, code: str) -> HttpResponseBase:
    """Back to the computed status."""
    kpi = updatable_kpi(request, code)
    end_override(kpi, actor=request.actor, at=request.at)
    messages.success(request, _("%(code)s shows its computed status again.") % {"code": kpi.code})
    return redirect("kpi-detail", kpi.code)


def _refused(request: MemberRequest, kpi: Kpi, form: OverrideForm) -> HttpResponse:
    """The page with what was typed and what is wrong with it."""
    page = kpi_page(kpi, actor=request.actor, organization=request.organization, at=request.at)
    context = entry_context(request, kpi) | {"page": page, "oob": False, "hand": form}
    return render(request, "kpis/detail.html", context, status=422)
