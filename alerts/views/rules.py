"""Rules: the list, one rule to make or change, its replay over a KPI's past, and what watches one KPI."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alerts.choices import RuleKind
from alerts.forms import RuleForm
from alerts.models import Alert, AlertRule
from alerts.reports import kpi_rules, rule_page
from alerts.reports.pictures import simulation_chart
from alerts.reports.rule_words import condition_sentence, flaw_word, patience_sentence, place_name
from alerts.services import change_rule, create_rule, delete_rule, simulate_rule
from alerts.tasks import ring_for_rules
from kpis.models import Kpi
from organization.access import MemberRequest, member_required
from organization.editing import VersionForm, code_choices, may_edit_somewhere
from organization.forms import add_errors
from organization.models import Department
from organization.partials import wants_part
from organization.records import Conflict, StaleVersion

UNPROCESSABLE = 422


@require_safe
@member_required
def rule_list(request: MemberRequest) -> HttpResponse:
    """What is watched, by level."""
    return render(request, "alerts/rules.html", {"page": rule_page(request.actor)})


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def rule_new(request: MemberRequest) -> HttpResponseBase:
    """Make a rule; `?kpi=` makes it one of that KPI."""
    if not may_edit_somewhere(request.actor):
        raise PermissionDenied(_("Your role does not allow this here."))
    if request.method != "POST":
        kpi = request.GET.get("kpi", "").replace("\x00", "")[:100]
        start = {"place": "kpi", "kpi": kpi, "on_kpi": kpi} if kpi else {"place": "department"}
        kind = request.GET.get("kind", "")
        if kind in RuleKind.values:
            start["kind"] = kind
        return _page(request, None, RuleForm(actor=request.actor, initial=start))
    form = RuleForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _page(request, None, form, status=UNPROCESSABLE)
    try:
        rule = create_rule(_fields(request, form), actor=request.actor, at=request.at)
    except (ValidationError, PermissionDenied) as error:
        return _refused(request, None, form, error)
    ring_for_rules({rule.kind})
    messages.success(request, _("%(rule)s saved. What it watches is compared now.") % {"rule": rule.code})
    return redirect("alert-rules")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def rule_change(request: MemberRequest, code: str) -> HttpResponseBase:
    """One rule to read; for those who may, to change."""
    rule = _rule(request, code)
    if request.method != "POST":
        start = {"on_kpi": request.GET.get("on", "")[:100]} if request.GET.get("on") else {}
        return _page(request, rule, RuleForm(actor=request.actor, rule=rule, initial=start))
    _require_editable(request, rule)
    form = RuleForm(request.POST, actor=request.actor, rule=rule)
    if not form.is_valid():
        return _page(request, rule, form, status=UNPROCESSABLE)
    try:
        version = form.cleaned_data["version"] or 0
        changed = change_rule(rule, _fields(request, form), actor=request.actor, at=request.at, version=version)
    except StaleVersion as error:
        form.data = {**form.data.dict(), "version": _rule(request, code).version}  # type: ignore[attr-defined]
        return _page(request, _rule(request, code), form, problem=str(error), status=UNPROCESSABLE)
    except (ValidationError, PermissionDenied) as error:
        return _refused(request, rule, form, error)
    ring_for_rules({rule.kind, changed.kind})
    messages.success(request, _("Rule saved. What it watches is compared again."))
    return redirect("alert-rules")


@require_POST
@member_required
def rule_delete(request: MemberRequest, code: str) -> HttpResponseBase:
    """Delete a rule that never fired; else say what is in the way."""
    rule = _rule(request, code)
    _require_editable(request, rule)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        delete_rule(rule, actor=request.actor, at=request.at, version=version)
    except (Conflict, StaleVersion) as error:
        fresh = _rule(request, code)
        shown = RuleForm(actor=request.actor, rule=fresh)
        return _page(request, fresh, shown, problem=_delete_problem(error), status=UNPROCESSABLE)
    ring_for_rules({rule.kind})
    messages.success(request, _("%(rule)s deleted.") % {"rule": code})
    return redirect("alert-rules")


@require_POST
@member_required
def rule_simulate(request: MemberRequest) -> HttpResponse:
    """Replay what the form says over the past of a KPI; nothing is stored. A part, or the page with it."""
    code = request.POST.get("rule", "").replace("\x00", "")
    rule = _rule(request, code) if code else None
    trial = _trial(request, rule)
    kpi: Kpi | None = trial.cleaned_data.get("on_kpi") if trial.is_valid() else None
    context: dict[str, Any] = {"simulation": None, "chart": None, "trial": trial}
    if kpi is not None:
        try:
            simulation = simulate_rule(AlertRule(**trial.draft()), kpi, actor=request.actor, at=request.at)
            context |= {"simulation": simulation, "chart": simulation_chart(kpi, simulation)}
        except ValidationError as error:
            add_errors(trial, error)
    status = 200 if context["simulation"] is not None else UNPROCESSABLE
    if wants_part(request):
        return render(request, "alerts/simulation.html", context, status=status)
    typed = {**request.POST.dict(), "enabled": "enabled" in request.POST}
    return _page(request, rule, RuleForm(actor=request.actor, rule=rule, initial=typed), status=status, **context)


def _trial(request: MemberRequest, rule: AlertRule | None) -> RuleForm:
    """What was typed, as a rule of the KPI that it is tried out on: a name and a place do not matter for that."""
    data = request.POST.copy()
    data["name"], data["place"], data["kpi"] = "–", "kpi", data.get("on_kpi", "")
    return RuleForm(data, actor=request.actor, rule=rule)


@require_safe
@member_required
def rules_of_kpi(request: MemberRequest, code: str) -> HttpResponse:
    """What watches a KPI, as a part of its page and as a page of its own."""
    kpi = get_object_or_404(Kpi.objects.visible_to(request.actor), code=code)
    template = "alerts/kpi_rules.html" if wants_part(request) else "alerts/kpi_rules_page.html"
    return render(request, template, {"watched": kpi_rules(request.actor, kpi)})


def _page(
    request: MemberRequest,
    rule: AlertRule | None,
    form: RuleForm,
    *,
    problem: str = "",
    status: int = 200,
    simulation: Any = None,
    chart: Any = None,
    trial: RuleForm | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "code": rule.code if rule else "",
        "name": rule.text("name") if rule else "",
        "place": place_name(rule) if rule else "",
        "condition": condition_sentence(rule) if rule else "",
        "patience": patience_sentence(rule) if rule else "",
        "flaw": flaw_word(rule) if rule else "",
        "enabled": rule.enabled if rule else True,
        "open_alerts": Alert.objects.open().visible_to(request.actor).filter(rule=rule).count() if rule else 0,
        "version": rule.version if rule else 0,
        "may_change": rule is None or AlertRule.objects.editable_by(request.actor).filter(pk=rule.pk).exists(),
        "kpis": code_choices(Kpi.objects.visible_to(request.actor), "name"),
        "problem": problem,
        "simulation": simulation,
        "chart": chart,
        "trial": trial,
    }
    return render(request, "alerts/rule.html", context, status=status)


def _fields(request: MemberRequest, form: RuleForm) -> dict[str, Any]:
    code = form.cleaned_data["department"] if form.cleaned_data["place"] == "department" else ""
    department = Department.objects.visible_to(request.actor).filter(code=code).first() if code else None
    return {**form.changes(), "department": department}


def _refused(
    request: MemberRequest, rule: AlertRule | None, form: RuleForm, error: ValidationError | PermissionDenied
) -> HttpResponse:
    if isinstance(error, PermissionDenied):
        form.add_error("place", _("You may not make rules there."))
    else:
        add_errors(form, error)
    return _page(request, rule, form, status=UNPROCESSABLE)


def _delete_problem(error: Exception) -> str:
    if isinstance(error, StaleVersion):
        return str(error)
    advice = _("A rule that has fired stays, because its alerts name it. Switch it off instead.")
    return f"{error} {advice}"


def _rule(request: MemberRequest, code: str) -> AlertRule:
    rows = AlertRule.objects.visible_to(request.actor).select_related("department", "kpi")
    return get_object_or_404(rows, code=code)


def _require_editable(request: MemberRequest, rule: AlertRule) -> None:
    if not AlertRule.objects.editable_by(request.actor).filter(pk=rule.pk).exists():
        raise PermissionDenied(_("Your role does not allow this here."))
