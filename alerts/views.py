"""Pages of the alerts: the inbox with its answers, the rules."""

import json

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alerts.forms import AcknowledgeForm, CloseForm, RuleForm, filters_from
from alerts.models import Alert, AlertRule
from alerts.reports import inbox, rule_lines
from alerts.services import acknowledge_alert, change_rule, close_alert
from alerts.tasks import ring
from organization.access import MemberRequest, member_required
from organization.partials import wants_part
from organization.records import Conflict, StaleVersion

UNPROCESSABLE = 422


@require_safe
@member_required
def alert_list(request: MemberRequest) -> HttpResponse:
    """The inbox, narrowed as the address says, with its first alert to read."""
    return _inbox(request, None)


@require_safe
@member_required
def alert_detail(request: MemberRequest, code: str) -> HttpResponse:
    """The inbox with this alert to read."""
    return _inbox(request, code)


@require_POST
@member_required
def alert_acknowledge(request: MemberRequest, code: str) -> HttpResponseBase:
    """Say that somebody is on it."""
    alert = _answerable(request, code)
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        return _inbox(request, code, status=UNPROCESSABLE)
    try:
        version = form.cleaned_data["version"]
        acknowledge_alert(alert, actor=request.actor, at=request.at, version=version)
    except (StaleVersion, Conflict) as error:
        return _inbox(request, code, problem=str(error), status=UNPROCESSABLE)
    return _answered(request, code, _("%(alert)s acknowledged.") % {"alert": code})


@require_POST
@member_required
def alert_close(request: MemberRequest, code: str) -> HttpResponseBase:
    """End an alert with a reason; a page that has become stale shows the newer state and keeps the text."""
    alert = _answerable(request, code)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _inbox(request, code, form=form, status=UNPROCESSABLE)
    said = form.cleaned_data
    try:
        close_alert(alert, actor=request.actor, at=request.at, comment=said["comment"], version=said["version"])
    except (StaleVersion, Conflict) as error:
        return _inbox(request, code, form=form, problem=str(error), status=UNPROCESSABLE)
    return _answered(request, code, _("%(alert)s closed.") % {"alert": code})


@require_http_methods(["GET", "HEAD"])
@member_required
def rule_list(request: MemberRequest) -> HttpResponse:
    """What is watched, with a form for each rule that the person may change."""
    return render(request, "alerts/rules.html", {"rules": rule_lines(request.actor), "problem": ""})


@require_POST
@member_required
def rule_change(request: MemberRequest, code: str) -> HttpResponseBase:
    """Change the thresholds of a rule, or switch it."""
    rule = get_object_or_404(AlertRule.objects.visible_to(request.actor), code=code)
    if not AlertRule.objects.editable_by(request.actor).filter(pk=rule.pk).exists():
        raise PermissionDenied(_("Your role does not allow this here."))
    form = RuleForm(request.POST, rule=rule)
    if not form.is_valid():
        return _rules(request, code, form)
    try:
        version = form.cleaned_data["version"]
        change_rule(rule, form.changes(), actor=request.actor, at=request.at, version=version)
    except StaleVersion as error:
        return _rules(request, code, RuleForm(rule=_fresh(rule)), problem=str(error))
    except ValidationError as error:
        form.add_error(None, error)
        return _rules(request, code, form)
    ring()
    messages.success(request, _("Rule saved. What it watches is compared again."))
    return redirect("alert-rules")


def _answerable(request: MemberRequest, code: str) -> Alert:
    alert = get_object_or_404(Alert.objects.visible_to(request.actor), code=code)
    if not Alert.objects.answerable_by(request.actor).filter(pk=alert.pk).exists():
        raise PermissionDenied(_("Only its owner, a manager above or an executive answers this alert."))
    return alert


def _inbox(
    request: MemberRequest, code: str | None, *, form: Form | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    found = inbox(request.actor, filters_from(request.GET), code=code)
    if code is not None and found.reading is None:
        raise Http404
    version = found.reading.version if found.reading else 0
    close = CloseForm(initial={"version": version})
    if form is not None:
        close = CloseForm({**form.data.dict(), "version": version})  # type: ignore[attr-defined]
        close.full_clean()
    context = {"inbox": found, "close": close, "has_typed": form is not None, "problem": problem}
    return render(request, "alerts/inbox.html" if wants_part(request) else "alerts/list.html", context, status=status)


def _answered(request: MemberRequest, code: str, text: str) -> HttpResponseBase:
    if wants_part(request):
        response = _inbox(request, code)
        response["HX-Trigger"] = json.dumps({"toast": {"text": text}})
        return response
    messages.success(request, text)
    return redirect(f"{reverse('alert-detail', args=[code])}{filters_from(request.GET).query()}")


def _rules(request: MemberRequest, code: str, form: RuleForm, problem: str = "") -> HttpResponse:
    context = {"rules": rule_lines(request.actor, (code, form)), "problem": problem}
    return render(request, "alerts/rules.html", context, status=UNPROCESSABLE)


def _fresh(rule: AlertRule) -> AlertRule:
    return AlertRule.objects.get(pk=rule.pk)
