"""Making an objective, changing it, closing or deleting it."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dashboards.reports.links import objective_url
from dashboards.reports.objective_edit import dependents_of
from dashboards.views.objectives import visible_objective
from objectives.choices import Lifecycle
from objectives.forms import ObjectiveForm, objective_start
from objectives.models import Objective
from objectives.services import (
    change_objective,
    create_contribution,
    create_objective,
    delete_objective,
    today_of,
)
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.editing import Newer, VersionForm, asked_code, code_choices, may_edit_somewhere, people_choices
from organization.forms import add_errors
from organization.records import Conflict, StaleVersion

UNPROCESSABLE: Final = 422


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def objective_new(request: MemberRequest) -> HttpResponseBase:
    """Make an objective; `?parent=` and `?department=` say where it belongs."""
    if not may_edit_somewhere(request.actor):
        raise PermissionDenied(_("Your role does not allow this here."))
    who: dict[str, Any] = {"actor": request.actor, "organization": request.organization}
    if request.method != "POST":
        return _form_page(request, None, ObjectiveForm(initial=_start(request), **who))
    form = ObjectiveForm(request.POST, **who)
    if not form.is_valid():
        return _form_page(request, None, form, status=UNPROCESSABLE)
    parent: Objective | None = form.cleaned_data["parent"]
    try:
        made = create_objective(form.changes(), actor=request.actor, at=request.at)
    except (ValidationError, PermissionDenied, Conflict) as error:
        return _refused(request, None, form, error)
    messages.success(request, _("%(code)s saved. Now say what it is linked with.") % {"code": made.code})
    if parent is not None:
        _link(request, made, parent)
    ring()
    return redirect("objective-links", made.code)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def objective_edit(request: MemberRequest, code: str) -> HttpResponseBase:
    """Change an objective; who sees it and may not change it is told so."""
    objective = editable_objective(request, code)
    form = ObjectiveForm(
        request.POST if request.method == "POST" else None,
        actor=request.actor,
        organization=request.organization,
        record=objective,
    )
    if request.method != "POST":
        return _form_page(request, objective, form)
    if not form.is_valid():
        return _form_page(request, objective, form, status=UNPROCESSABLE)
    version = form.cleaned_data["version"] or 0
    try:
        change_objective(objective, form.changes(), actor=request.actor, at=request.at, version=version)
    except StaleVersion:
        present = visible_objective(request, code)
        newer = form.overtaken_by(present)
        return _form_page(request, present, form, newer=newer, status=UNPROCESSABLE)
    except (ValidationError, PermissionDenied, Conflict) as error:
        return _refused(request, objective, form, error)
    ring()
    messages.success(request, _("%(code)s saved.") % {"code": code})
    return redirect(way_back(request) or objective_url(code))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def objective_end(request: MemberRequest, code: str) -> HttpResponseBase:
    """Close an objective, or delete it where nothing needs it; asked before it is done."""
    objective = editable_objective(request, code)
    if request.method != "POST":
        return _end_page(request, objective)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    do_delete = request.POST.get("do") == "delete"
    try:
        if do_delete:
            delete_objective(objective, actor=request.actor, at=request.at, version=version)
        else:
            closed = {"lifecycle": Lifecycle.CLOSED}
            change_objective(objective, closed, actor=request.actor, at=request.at, version=version)
    except (StaleVersion, Conflict, ValidationError) as error:
        problem = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return _end_page(request, visible_objective(request, code), problem=problem, status=UNPROCESSABLE)
    ring()
    done = _("%(code)s deleted.") if do_delete else _("%(code)s closed.")
    messages.success(request, done % {"code": code})
    return redirect("objective-list") if do_delete else redirect(objective_url(code))


def editable_objective(request: MemberRequest, code: str) -> Objective:
    """The objective with its figures; 404 outside of what the person sees, 403 where they may not change it."""
    objective = visible_objective(request, code)
    if not Objective.objects.editable_by(request.actor).filter(pk=objective.pk).exists():
        raise PermissionDenied(_("Your role does not allow this here."))
    return objective


def way_back(request: MemberRequest) -> str:
    """Where the person came from, as `next` says it: a page of ours, or nothing."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def _link(request: MemberRequest, made: Objective, parent: Objective) -> None:
    """The first link of a new objective; where it fails, the page that comes next says so and takes it again."""
    try:
        create_contribution({"child": made, "parent": parent}, actor=request.actor, at=request.at)
    except (ValidationError, PermissionDenied, Conflict) as error:
        words = {"code": parent.code, "reason": " ".join(getattr(error, "messages", None) or [str(error)])}
        messages.error(request, _("Not linked with %(code)s: %(reason)s") % words)


def _start(request: MemberRequest) -> dict[str, Any]:
    asked = {name: asked_code(request, name) for name in ("parent", "department")}
    rows = Objective.objects.visible_to(request.actor).select_related("department", "vision")
    parent = rows.filter(code=asked["parent"]).first() if asked["parent"] else None
    today = today_of(request.organization, request.at)
    return objective_start(parent=parent, department=asked["department"], today=today)


def _form_page(
    request: MemberRequest,
    objective: Objective | None,
    form: ObjectiveForm,
    *,
    newer: tuple[Newer, ...] | None = None,
    status: int = 200,
) -> HttpResponse:
    known = Objective.objects.visible_to(request.actor)
    back = way_back(request)
    context = {
        "form": form,
        "code": objective.code if objective else "",
        "title": objective.text("title") if objective else "",
        "newer": newer,
        "people": people_choices(request.actor),
        "objectives": code_choices(known, "title") if objective is None else (),
        "next": back,
        "back": back or (objective_url(objective.code) if objective else reverse("objective-list")),
    }
    return render(request, "dashboards/objective_edit.html", context, status=status)


def _refused(
    request: MemberRequest, objective: Objective | None, form: ObjectiveForm, error: Exception
) -> HttpResponse:
    if isinstance(error, ValidationError):
        add_errors(form, error)
    elif isinstance(error, PermissionDenied):
        form.add_error("department", _("You may not do this in that department."))
    else:
        form.add_error(None, str(error))
    return _form_page(request, objective, form, status=UNPROCESSABLE)


def _end_page(request: MemberRequest, objective: Objective, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "code": objective.code,
        "title": objective.text("title"),
        "version": objective.version,
        "is_closed": objective.lifecycle == Lifecycle.CLOSED,
        "dependents": dependents_of(objective, request.actor),
        "problem": problem,
    }
    return render(request, "dashboards/objective_end.html", context, status=status)
