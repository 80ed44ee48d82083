"""What people say to an alert: acknowledge, snooze, assign, close, reopen. Refusals are shown in place."""

import json
from collections.abc import Callable
from typing import Final, TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alerts.forms import AssignForm, CloseForm, SnoozeForm, filters_from
from alerts.services import acknowledge_alert, assign_alert, close_alert, reopen_alert, snooze_alert
from alerts.tasks import ring_sender
from alerts.views.fetching import answerable_alert
from alerts.views.inbox import show_inbox
from objectives.services import today_of
from organization.access import MemberRequest, member_required
from organization.editing import VersionForm
from organization.forms import add_errors
from organization.partials import wants_part
from organization.records import Conflict, StaleVersion

F = TypeVar("F", bound=Form)

FIELDS: Final = {"until": "day"}
"""The service's name of a field, and the form's."""


@require_POST
@member_required
def alert_acknowledge(request: MemberRequest, code: str) -> HttpResponseBase:
    """Say that somebody is on it."""
    alert = answerable_alert(request, code)

    def answer(form: VersionForm) -> str:
        acknowledge_alert(alert, actor=request.actor, at=request.at, version=form.cleaned_data["version"])
        return _("%(alert)s acknowledged.") % {"alert": code}

    return _answer(request, code, "acknowledge", VersionForm(request.POST), answer)


@require_POST
@member_required
def alert_snooze(request: MemberRequest, code: str) -> HttpResponseBase:
    """Leave it alone for a while, or end that."""
    alert = answerable_alert(request, code)

    def answer(form: SnoozeForm) -> str:
        until = form.until(today_of(request.organization, request.at), request.organization.zone)
        snooze_alert(alert, until=until, actor=request.actor, at=request.at, version=form.cleaned_data["version"])
        if until is None:
            return _("%(alert)s is open again.") % {"alert": code}
        return _("%(alert)s snoozed.") % {"alert": code}

    return _answer(request, code, "snooze", SnoozeForm(request.POST, auto_id="snooze-%s"), answer)


@require_POST
@member_required
def alert_assign(request: MemberRequest, code: str) -> HttpResponseBase:
    """Give it to somebody else, who keeps it."""
    alert = answerable_alert(request, code)

    def answer(form: AssignForm) -> str | None:
        owner = form.person(request.actor)
        if owner is None:
            return None
        assign_alert(alert, owner=owner, actor=request.actor, at=request.at, version=form.cleaned_data["version"])
        ring_sender()
        return _("%(alert)s assigned to %(name)s.") % {"alert": code, "name": str(owner)}

    return _answer(request, code, "assign", AssignForm(request.POST, auto_id="assign-%s"), answer)


@require_POST
@member_required
def alert_close(request: MemberRequest, code: str) -> HttpResponseBase:
    """End it with a decision, an action or an accepted deviation."""
    alert = answerable_alert(request, code)

    def answer(form: CloseForm) -> str:
        version = form.cleaned_data["version"]
        close_alert(alert, actor=request.actor, at=request.at, version=version, **form.closing())
        return _("%(alert)s closed.") % {"alert": code}

    return _answer(request, code, "close", CloseForm(request.POST, auto_id="close-%s"), answer)


@require_POST
@member_required
def alert_reopen(request: MemberRequest, code: str) -> HttpResponseBase:
    """Take a closing back while the condition still holds."""
    alert = answerable_alert(request, code)

    def answer(form: VersionForm) -> str:
        reopen_alert(alert, actor=request.actor, at=request.at, version=form.cleaned_data["version"])
        ring_sender()
        return _("%(alert)s is open again.") % {"alert": code}

    return _answer(request, code, "reopen", VersionForm(request.POST), answer)


def _answer(
    request: MemberRequest, code: str, name: str, form: F, answer: Callable[[F], str | None]
) -> HttpResponseBase:
    """Do it, or show in place why not; what was typed is kept, and the newer state is shown."""
    if not form.is_valid():
        return show_inbox(request, code, refused=(name, form))
    try:
        text = answer(form)
    except (StaleVersion, Conflict) as error:
        return show_inbox(request, code, refused=(name, form), problem=str(error))
    except ValidationError as error:
        add_errors(form, error, names=FIELDS)
        text = None
    if text is None:
        return show_inbox(request, code, refused=(name, form))
    return _answered(request, code, text)


def _answered(request: MemberRequest, code: str, text: str) -> HttpResponse:
    if wants_part(request):
        response = show_inbox(request, code)
        response["HX-Trigger"] = json.dumps({"toast": {"text": text}})
        return response
    messages.success(request, text)
    return redirect(f"{reverse('alert-detail', args=[code])}{filters_from(request.GET).query()}")
