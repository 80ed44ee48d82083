"""Making an initiative, changing it with the objectives that it serves, deleting it."""

from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from initiatives.forms import AllocationRows, InitiativeForm, ServedRow, allocation_rows
from initiatives.models import Initiative
from initiatives.services import change_initiative, create_initiative, delete_initiative
from initiatives.views.pages import UNPROCESSABLE, visible_initiative
from objectives.forms.numbers import as_typed
from objectives.models import Objective
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.editing import Newer, VersionForm, asked_code, code_choices, may_edit_somewhere, people_choices
from organization.forms import add_errors
from organization.records import Conflict, StaleVersion

SERVED: Final = "objectives"
"""What the services call the allocation when they refuse it."""


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def initiative_new(request: MemberRequest) -> HttpResponseBase:
    """Make an initiative; `?objective=` and `?department=` say what it serves and where it belongs."""
    if not may_edit_somewhere(request.actor):
        raise PermissionDenied(_("Your role does not allow this here."))
    who: dict[str, Any] = {"actor": request.actor, "organization": request.organization}
    if request.method != "POST":
        found = Objective.objects.visible_to(request.actor).filter(code=asked_code(request, "objective"))
        served = [ServedRow(row.code, row.text("title")) for row in found]
        form = InitiativeForm(initial={"department": asked_code(request, "department")}, **who)
        return _form_page(request, None, form, allocation_rows(request.actor, served))
    form, rows = InitiativeForm(request.POST, **who), allocation_rows(request.actor, (), request.POST)
    if not (form.is_valid() and rows.is_valid()):
        return _form_page(request, None, form, rows, status=UNPROCESSABLE)
    try:
        made = create_initiative(form.changes(), shares=rows.shares(), actor=request.actor, at=request.at)
    except (ValidationError, PermissionDenied, Conflict) as error:
        return _refused(request, None, form, rows, error)
    ring()
    messages.success(request, _("%(code)s saved.") % {"code": made.code})
    return redirect("initiative-detail", made.code)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def initiative_edit(request: MemberRequest, code: str) -> HttpResponseBase:
    """Change an initiative and what it serves; who sees it and may not change it is told so."""
    initiative = _editable(request, code)
    sent = request.POST if request.method == "POST" else None
    form = InitiativeForm(sent, actor=request.actor, organization=request.organization, record=initiative)
    seen, hidden = _served(request, initiative)
    rows = allocation_rows(request.actor, seen, sent)
    if sent is None:
        return _form_page(request, initiative, form, rows, hidden=len(hidden))
    if not (form.is_valid() and rows.is_valid()):
        return _form_page(request, initiative, form, rows, hidden=len(hidden), status=UNPROCESSABLE)
    version = form.cleaned_data["version"] or 0
    shares = {**rows.shares(), **hidden}
    try:
        change_initiative(
            initiative, form.changes(), shares=shares, actor=request.actor, at=request.at, version=version
        )
    except StaleVersion:
        present = _editable(request, code)
        newer = (*form.overtaken_by(present), *_otherwise_served(rows, seen))
        return _form_page(request, present, form, rows, hidden=len(hidden), newer=newer, status=UNPROCESSABLE)
    except (ValidationError, PermissionDenied, Conflict) as error:
        return _refused(request, _editable(request, code), form, rows, error, hidden=len(hidden))
    ring()
    messages.success(request, _("%(code)s saved.") % {"code": code})
    return redirect("initiative-detail", code)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def initiative_delete(request: MemberRequest, code: str) -> HttpResponseBase:
    """Delete an initiative with its status updates; asked before it is done."""
    initiative = _editable(request, code)
    if request.method != "POST":
        return _delete_page(request, initiative)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        delete_initiative(initiative, actor=request.actor, at=request.at, version=version)
    except (StaleVersion, Conflict) as error:
        return _delete_page(request, _editable(request, code), problem=str(error), status=UNPROCESSABLE)
    ring()
    messages.success(request, _("%(code)s deleted.") % {"code": code})
    return redirect("initiative-list")


def _delete_page(
    request: MemberRequest, initiative: Initiative, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "code": initiative.code,
        "title": initiative.text("title"),
        "version": initiative.version,
        "updates": initiative.status_updates.count(),
        "objectives": initiative.allocations.count(),
        "problem": problem,
    }
    return render(request, "initiatives/delete.html", context, status=status)


def _editable(request: MemberRequest, code: str) -> Initiative:
    initiative = visible_initiative(request, code)
    if not Initiative.objects.editable_by(request.actor).filter(pk=initiative.pk).exists():
        raise PermissionDenied(_("Your role does not allow this here."))
    return initiative


def _served(request: MemberRequest, initiative: Initiative) -> tuple[list[ServedRow], dict[int, Decimal | None]]:
    """The objectives that are served; and the shares of those that the person does not see, by key."""
    shares = dict(initiative.allocations.values_list("objective_id", "allocation"))
    known = Objective.objects.visible_to(request.actor).filter(pk__in=shares).order_by("code")
    seen = [ServedRow(row.code, row.text("title"), shares.pop(row.pk)) for row in known]
    return seen, shares


def _otherwise_served(rows: AllocationRows, seen: list[ServedRow]) -> tuple[Newer, ...]:
    """What is served now where the rows say something else."""
    if rows.by_code() == {row.code: row.share for row in seen}:
        return ()
    shown = [row.code if row.share is None else f"{row.code} {as_typed(row.share * 100)} %" for row in seen]
    return (Newer(_("Objectives that it serves"), ", ".join(shown) or _("none")),)


def _refused(
    request: MemberRequest,
    initiative: Initiative | None,
    form: InitiativeForm,
    rows: AllocationRows,
    error: Exception,
    *,
    hidden: int = 0,
) -> HttpResponse:
    """What the service refuses, where it is said."""
    if not isinstance(error, ValidationError):
        form.add_error(None, str(error))
    elif hasattr(error, "error_dict") and SERVED in error.error_dict:
        rows.refuse(error.error_dict[SERVED])
    else:
        add_errors(form, error)
    return _form_page(request, initiative, form, rows, hidden=hidden, status=UNPROCESSABLE)


def _form_page(
    request: MemberRequest,
    initiative: Initiative | None,
    form: InitiativeForm,
    rows: AllocationRows,
    *,
    hidden: int = 0,
    newer: tuple[Newer, ...] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "rows": rows,
        "hidden": hidden,
        "code": initiative.code if initiative else "",
        "title": initiative.text("title") if initiative else "",
        "newer": newer,
        "people": people_choices(request.actor),
        "objectives": code_choices(Objective.objects.visible_to(request.actor), "title"),
        "back": reverse("initiative-detail", args=[initiative.code]) if initiative else reverse("initiative-list"),
    }
    return render(request, "initiatives/edit.html", context, status=status)
