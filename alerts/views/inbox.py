"""The inbox and one alert to read."""

from collections.abc import Mapping
from typing import Any

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from alerts.forms import AssignForm, CloseForm, SnoozeForm, filters_from
from alerts.models import Alert
from alerts.reports import Reading, inbox
from alerts.reports.pictures import alert_chart
from objectives.services import today_of
from organization.access import MemberRequest, member_required
from organization.partials import wants_part

UNPROCESSABLE = 422

FORMS: Mapping[str, type[Form]] = {"snooze": SnoozeForm, "assign": AssignForm, "close": CloseForm}


@require_safe
@member_required
def alert_list(request: MemberRequest) -> HttpResponse:
    """The inbox, narrowed as the address says, with its first alert to read."""
    return show_inbox(request, None)


@require_safe
@member_required
def alert_detail(request: MemberRequest, code: str) -> HttpResponse:
    """The inbox with this alert to read."""
    return show_inbox(request, code)


@require_safe
@member_required
def alert_picture(request: MemberRequest, code: str) -> HttpResponse:
    """The course of the alert's KPI, as a part of the pane and as a page of its own."""
    rows = Alert.objects.visible_to(request.actor).select_related(
        "kpi__organization", "rule", "objective", "initiative"
    )
    alert = get_object_or_404(rows, code=code)
    chart = alert_chart(alert, today=today_of(request.organization, request.at))
    template = "alerts/picture.html" if wants_part(request) else "alerts/picture_page.html"
    return render(request, template, {"chart": chart, "code": code})


def show_inbox(
    request: MemberRequest, code: str | None, *, refused: tuple[str, Form] | None = None, problem: str = ""
) -> HttpResponse:
    """The whole page or its part; `refused` is the name of the form that came back and the form."""
    found = inbox(request.actor, filters_from(request.GET), at=request.at, code=code)
    if code is not None and found.reading is None:
        raise Http404
    status = UNPROCESSABLE if refused is not None or problem else 200
    context: dict[str, Any] = {
        "inbox": found,
        "forms": _forms(found.reading, refused),
        "refused": refused[0] if refused else "",
        "problem": problem,
    }
    return render(request, "alerts/inbox.html" if wants_part(request) else "alerts/list.html", context, status=status)


def _forms(reading: Reading | None, refused: tuple[str, Form] | None) -> dict[str, Form]:
    """A form for each answer; the one that was refused keeps what was typed."""
    if reading is None:
        return {}
    made = {name: form(auto_id=f"{name}-%s") for name, form in FORMS.items()}
    if refused is not None and refused[0] in made:
        made[refused[0]] = refused[1]
    return made
