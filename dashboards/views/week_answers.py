"""What is done on a line of my week: all through the services of its app; then the next line."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alerts.forms import CloseForm, SnoozeForm
from alerts.models import Alert
from alerts.services import acknowledge_alert, close_alert, reopen_alert, snooze_alert
from alerts.tasks import ring as ring_alerts
from alerts.views.fetching import answerable_alert
from dashboards.agenda import Kind
from dashboards.views.week import Bound, Undo, answered, refused
from dashboards.views.week_panels import IDS, decision_form, key_of
from kpis.models import Restatement
from kpis.reports.restatements import visible_restatements
from kpis.services import approve_restatement, reject_restatement
from objectives.services import today_of
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.editing import VersionForm
from organization.forms import add_errors
from organization.records import Conflict, InvalidRows, StaleVersion

DECISIONS: Final[Mapping[str, Callable[..., Restatement]]] = {
    "approve": approve_restatement,
    "reject": reject_restatement,
}


@require_POST
@member_required
def answer_alert(request: MemberRequest, code: str, answer: str) -> HttpResponseBase:
    """Acknowledge, snooze or close an alert; reopen or wake one, which takes the last two back."""
    alert = answerable_alert(request, code)
    return ANSWERS[answer](request, alert)


@require_POST
@member_required
def decide_restatement(request: MemberRequest, code: str, decision: str) -> HttpResponseBase:
    """Approve or reject a change of closed periods, as the second person."""
    row = get_object_or_404(visible_restatements(request.actor), code=code)
    form = decision_form(row, request.POST)
    key = key_of(Kind.APPROVAL, code)
    if not form.is_valid():
        return refused(request, Bound(key, "form", form))
    sent = form.cleaned_data
    try:
        done = DECISIONS[decision](
            row, comment=sent["comment"], version=sent["version"], actor=request.actor, at=request.at
        )
    except (ValidationError, InvalidRows) as refusal:
        add_errors(form, refusal)
        return refused(request, Bound(key, "form", form))
    except (Conflict, StaleVersion) as refusal:
        return refused(request, Bound(key, "form", form, {"problem": str(refusal)}))
    ring()
    words = {"code": done.code, "state": done.get_state_display()}
    return answered(request, Undo(_("%(code)s: %(state)s.") % words))


def _acknowledge(request: MemberRequest, alert: Alert) -> HttpResponseBase:
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _reread(request, alert, form)
    try:
        acknowledge_alert(alert, actor=request.actor, at=request.at, version=form.cleaned_data["version"])
    except (Conflict, StaleVersion) as refusal:
        return _reread(request, alert, form, str(refusal))
    return answered(request, Undo(_("%(alert)s acknowledged.") % {"alert": alert.code}))


def _snooze(request: MemberRequest, alert: Alert) -> HttpResponseBase:
    form = SnoozeForm(request.POST, auto_id=f"snooze-{IDS}")
    if not form.is_valid():
        return refused(request, Bound(_key(alert), "snooze", form))
    until = form.until(today_of(request.organization, request.at), request.organization.zone)
    try:
        done = snooze_alert(
            alert, until=until, actor=request.actor, at=request.at, version=form.cleaned_data["version"]
        )
    except (Conflict, StaleVersion) as refusal:
        return _reread(request, alert, form, str(refusal))
    return answered(request, _undo(_("%(alert)s is left alone for now.") % {"alert": alert.code}, done, "wake"))


def _close(request: MemberRequest, alert: Alert) -> HttpResponseBase:
    form = CloseForm(request.POST, auto_id=IDS)
    if not form.is_valid():
        return refused(request, Bound(_key(alert), "form", form))
    version = form.cleaned_data["version"]
    try:
        done = close_alert(alert, actor=request.actor, at=request.at, version=version, **form.closing())
    except ValidationError as refusal:
        add_errors(form, refusal)
        return refused(request, Bound(_key(alert), "form", form))
    except (Conflict, StaleVersion) as refusal:
        alert.refresh_from_db()
        again = CloseForm({**request.POST.dict(), "version": alert.version}, auto_id=IDS)
        again.is_valid()
        return refused(request, Bound(_key(alert), "form", again, {"problem": str(refusal)}))
    return answered(request, _undo(_("%(alert)s closed.") % {"alert": alert.code}, done, "reopen"))


def _reopen(request: MemberRequest, alert: Alert) -> HttpResponseBase:
    return _taken_back(request, alert, reopen_alert)


def _wake(request: MemberRequest, alert: Alert) -> HttpResponseBase:
    return _taken_back(request, alert, snooze_alert, until=None)


def _taken_back(
    request: MemberRequest, alert: Alert, service: Callable[..., Alert], **options: datetime | None
) -> HttpResponseBase:
    form = VersionForm(request.POST)
    try:
        service(
            alert,
            actor=request.actor,
            at=request.at,
            version=form.cleaned_data["version"] if form.is_valid() else None,
            **options,
        )
    except (Conflict, StaleVersion) as refusal:
        return answered(request, Undo(str(refusal), warns=True))
    ring_alerts()
    return answered(request, Undo(_("%(alert)s asks for an answer again.") % {"alert": alert.code}))


def _undo(text: str, alert: Alert, answer: str) -> Undo:
    url = reverse("week-alert", args=[alert.code, answer])
    return Undo(text, url, {"version": str(alert.version), "then": _key(alert)})


def _reread(request: MemberRequest, alert: Alert, form: Any, problem: str = "") -> HttpResponseBase:
    """The newer state, with what stood in the way."""
    return refused(request, Bound(_key(alert), "unread", form, {"problem": problem}))


def _key(alert: Alert) -> str:
    return key_of(Kind.ALERT, alert.code)


ANSWERS: Final[Mapping[str, Callable[[MemberRequest, Alert], HttpResponseBase]]] = {
    "acknowledge": _acknowledge,
    "snooze": _snooze,
    "close": _close,
    "reopen": _reopen,
    "wake": _wake,
}
