"""Making a KPI, changing what it is, deleting it."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kpis.forms.definition import DefinitionForm
from kpis.models import Kpi
from kpis.reports.removal import going_with
from kpis.services import Impact, change_kpi, create_kpi, delete_kpi, preview_kpi
from kpis.views.fetching import visible_kpi
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.editing import Newer, VersionForm, asked_code, code_choices, may_edit_somewhere, people_choices
from organization.forms import add_errors
from organization.records import Conflict, StaleVersion

UNPROCESSABLE: Final = 422


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def kpi_new(request: MemberRequest) -> HttpResponseBase:
    """Make a KPI; `?department=` and `?parent=` say where it belongs."""
    if not may_edit_somewhere(request.actor):
        raise PermissionDenied(_("Your role does not allow this here."))
    who: dict[str, Any] = {"actor": request.actor, "organization": request.organization}
    if request.method != "POST":
        initial = {name: code for name in ("department", "parent") if (code := asked_code(request, name))}
        return _form_page(request, None, DefinitionForm(initial=initial, **who))
    form = DefinitionForm(request.POST, **who)
    if not form.is_valid():
        return _form_page(request, None, form, status=UNPROCESSABLE)
    try:
        made = create_kpi(form.changes(), actor=request.actor, at=request.at)
    except (ValidationError, PermissionDenied, Conflict) as error:
        return _refused(request, None, form, error)
    ring()
    messages.success(request, _("%(code)s saved.") % {"code": made.code})
    return redirect("kpi-detail", made.code)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def kpi_edit(request: MemberRequest, code: str) -> HttpResponseBase:
    """Change what a KPI is; who sees it and may not change it is told so."""
    kpi = _editable(request, code)
    sent = request.POST if request.method == "POST" else None
    form = DefinitionForm(sent, actor=request.actor, organization=request.organization, record=kpi)
    if sent is None:
        return _form_page(request, kpi, form)
    if not form.is_valid():
        return _form_page(request, kpi, form, status=UNPROCESSABLE)
    if request.POST.get("do") == "preview":
        return _previewed(request, kpi, form)
    version = form.cleaned_data["version"] or 0
    try:
        change_kpi(kpi, form.changes(), actor=request.actor, at=request.at, version=version)
    except StaleVersion:
        present = _editable(request, code)
        newer = form.overtaken_by(present)
        return _form_page(request, present, form, newer=newer, status=UNPROCESSABLE)
    except (ValidationError, PermissionDenied, Conflict) as error:
        return _refused(request, _editable(request, code), form, error)
    ring()
    messages.success(request, _("%(code)s saved.") % {"code": code})
    return redirect("kpi-detail", code)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def kpi_delete(request: MemberRequest, code: str) -> HttpResponseBase:
    """Delete a KPI with its values, where no other one is made of it; asked before it is done."""
    kpi = _editable(request, code)
    if request.method != "POST":
        return _delete_page(request, kpi)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        delete_kpi(kpi, actor=request.actor, at=request.at, version=version)
    except (StaleVersion, Conflict) as error:
        return _delete_page(request, _editable(request, code), problem=str(error), status=UNPROCESSABLE)
    ring()
    messages.success(request, _("%(code)s deleted.") % {"code": code})
    return redirect("kpi-list")


def _delete_page(request: MemberRequest, kpi: Kpi, *, problem: str = "", status: int = 200) -> HttpResponse:
    going = going_with(kpi, request.actor)
    context = {"code": kpi.code, "title": kpi.text("name"), "version": kpi.version, "going": going, "problem": problem}
    return render(request, "kpis/delete.html", context, status=status)


def _editable(request: MemberRequest, code: str) -> Kpi:
    kpi = visible_kpi(request, code)
    if not Kpi.objects.editable_by(request.actor).filter(pk=kpi.pk).exists():
        raise PermissionDenied(_("Your role does not allow this here."))
    return kpi


def _previewed(request: MemberRequest, kpi: Kpi, form: DefinitionForm) -> HttpResponse:
    """What saving would change, or what keeps it from being saved; nothing is stored."""
    try:
        impact = preview_kpi(kpi, form.changes(), actor=request.actor, at=request.at)
    except PermissionDenied as error:
        return _refused(request, kpi, form, error)
    if not impact.problems:
        return _form_page(request, kpi, form, impact=impact)
    for one in impact.problems:
        form.add_error(one.field if one.field in form.fields else None, ValidationError(one.message, one.code))
    return _form_page(request, kpi, form, status=UNPROCESSABLE)


def _refused(request: MemberRequest, kpi: Kpi | None, form: DefinitionForm, error: Exception) -> HttpResponse:
    """What the service refuses, at the field that it speaks of."""
    if isinstance(error, ValidationError):
        add_errors(form, error)
    else:
        form.add_error(None, str(error))
    return _form_page(request, kpi, form, status=UNPROCESSABLE)


def _form_page(
    request: MemberRequest,
    kpi: Kpi | None,
    form: DefinitionForm,
    *,
    newer: tuple[Newer, ...] | None = None,
    impact: Impact | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "code": kpi.code if kpi else "",
        "name": kpi.text("name") if kpi else "",
        "newer": newer,
        "impact": impact,
        "precision": kpi.precision if kpi else 0,
        "frequency": kpi.frequency if kpi else "",
        "people": people_choices(request.actor),
        "kpis": code_choices(Kpi.objects.visible_to(request.actor).of_their_own(), "name"),
        "back": reverse("kpi-detail", args=[kpi.code]) if kpi else reverse("kpi-list"),
    }
    return render(request, "kpis/definition.html", context, status=status)
