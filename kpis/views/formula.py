"""The page of a KPI's formula: what saving it would change is shown before it is saved."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kpis.choices import UnitAggregation
from kpis.forms.formula import FormulaForm
from kpis.models import Kpi
from kpis.services import Impact, change_kpi, preview_kpi
from kpis.services.relations import Refusal, RefusedRelations
from kpis.views.fetching import visible_kpi
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.forms import add_errors
from organization.records import StaleVersion

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def kpi_formula(request: MemberRequest, code: str) -> HttpResponseBase:
    """The formula for everybody who sees the KPI; the form, with its preview, for those who may edit it."""
    kpi = visible_kpi(request, code)
    may_edit = Kpi.objects.editable_by(request.actor).filter(pk=kpi.pk).exists()
    if request.method != "POST":
        form = FormulaForm(initial={"formula": kpi.formula, "version": kpi.version}) if may_edit else None
        return _shown(request, kpi, form)
    if not may_edit:
        raise PermissionDenied(_("You may not change the formula of %(names)s.") % {"names": kpi.code})
    form = FormulaForm(request.POST)
    if not form.is_valid():
        return _shown(request, kpi, form, status=UNPROCESSABLE)
    if request.POST.get("do") == "save":
        return _saved(request, kpi, form)
    return _previewed(request, kpi, form)


def _previewed(request: MemberRequest, kpi: Kpi, form: FormulaForm) -> HttpResponse:
    impact = preview_kpi(kpi, {"formula": form.cleaned_data["formula"]}, actor=request.actor, at=request.at)
    _refuse(form, impact.problems)
    return _shown(request, kpi, form, impact=None if impact.problems else impact, status=_status(form))


def _saved(request: MemberRequest, kpi: Kpi, form: FormulaForm) -> HttpResponseBase:
    sent = form.cleaned_data
    try:
        change_kpi(kpi, {"formula": sent["formula"]}, actor=request.actor, at=request.at, version=sent["version"])
    except StaleVersion:
        newer = visible_kpi(request, kpi.code)
        again = FormulaForm({"formula": sent["formula"], "version": newer.version})
        again.is_valid()
        return _shown(request, newer, again, stale=True, status=UNPROCESSABLE)
    except RefusedRelations as refused:
        _refuse(form, tuple(refused.refusals))
        return _shown(request, kpi, form, status=UNPROCESSABLE)
    except ValidationError as refused:
        add_errors(form, refused)
        return _shown(request, kpi, form, status=UNPROCESSABLE)
    ring()
    messages.success(request, _("Formula saved. All periods are worked out again."))
    return redirect("kpi-detail", kpi.code)


def _refuse(form: FormulaForm, problems: tuple[Refusal, ...]) -> None:
    """Each problem at the formula, with its place in it; those of other fields name themselves."""
    for problem in problems:
        words = {"text": problem.message.rstrip("."), "place": (problem.position or 0) + 1}
        located = _("%(text)s (at character %(place)d)") % words if problem.position is not None else problem.message
        form.add_error("formula", ValidationError(located, problem.code))


def _parts_rule(kpi: Kpi) -> str:
    """How the values follow from its parts, in words; "" where they do not."""
    if kpi.formula or kpi.unit_aggregation == UnitAggregation.NONE or not kpi.parts.exists():
        return ""
    return str(UnitAggregation(kpi.unit_aggregation).label)


def _status(form: FormulaForm) -> int:
    return UNPROCESSABLE if form.errors else 200


def _shown(
    request: MemberRequest,
    kpi: Kpi,
    form: FormulaForm | None,
    *,
    impact: Impact | None = None,
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"kpi": kpi, "name": kpi.text("name"), "form": form, "impact": impact, "stale": stale}
    context["parts_rule"] = _parts_rule(kpi)
    return render(request, "kpis/formula.html", context, status=status)
