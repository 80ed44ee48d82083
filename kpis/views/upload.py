"""Values in bulk in the browser: upload a file, say what its columns mean, look, store, undo."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kpis.columns import Assignment
from kpis.forms import ColumnsForm, UploadForm, columns_initial
from kpis.models import Batch
from kpis.reports.batches import (
    head_of,
    may_undo,
    may_upload,
    preview_page,
    recent_batches,
    stored_page,
    visible_batches,
)
from kpis.services import apply_batch, assign_columns, discard_batch, open_table, preview_batch, start_batch, undo_batch
from kpis.views.refusals import remark_of
from objectives.tasks import ring
from organization.access import MemberRequest, member_required
from organization.forms import add_errors
from organization.records import Conflict, InvalidRows, StaleVersion


@member_required
def kpi_upload(request: MemberRequest) -> HttpResponseBase:
    """The form for a file, and the latest batches; a POST goes on to the columns and the preview."""
    if not may_upload(request.actor):
        raise PermissionDenied(_("Your role does not allow this."))
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = start_batch(str(file.name), file.read(), actor=request.actor, at=request.at)
        except ValidationError as refusal:
            add_errors(form, refusal)
        else:
            return redirect("batch-detail", batch.code)
    context = {"form": form, "batches": recent_batches(request.actor)}
    return render(request, "kpis/upload.html", context, status=422 if form.is_bound else 200)


@require_safe
@member_required
def batch_detail(request: MemberRequest, code: str) -> HttpResponse:
    """A draft with its columns and what it would change; or what a batch has stored."""
    return _page(request, _batch(request, code))


@require_POST
@member_required
def batch_columns(request: MemberRequest, code: str) -> HttpResponseBase:
    """Say what the columns mean; the preview follows."""
    batch = _batch(request, code)
    if batch.content is None:
        return redirect("batch-detail", code)
    form = ColumnsForm(request.POST, sheet=open_table(bytes(batch.content)))
    if not form.is_valid():
        return _page(request, batch, form=form, status=422)
    try:
        assign_columns(batch, form.assignment(), actor=request.actor, version=form.cleaned_data["version"])
    except (Conflict, StaleVersion) as refusal:
        messages.warning(request, str(refusal))
    return redirect("batch-detail", code)


@require_POST
@member_required
def batch_decide(request: MemberRequest, code: str, decision: str) -> HttpResponseBase:
    """Store or discard a draft; undo what was stored."""
    batch = _batch(request, code)
    try:
        if decision == "apply":
            done = apply_batch(batch, actor=request.actor, at=request.at, seen=request.POST.get("seen"))
            messages.success(request, _stored(done))
        elif decision == "discard":
            discard_batch(batch, actor=request.actor)
            messages.success(request, _("%(code)s was discarded; nothing was stored.") % {"code": code})
            return redirect("kpi-upload")
        elif decision == "undo":
            undone = undo_batch(batch, actor=request.actor, at=request.at)
            messages.success(request, _undone(code, undone.restored, undone.left))
        else:
            raise Http404
    except (Conflict, StaleVersion) as refusal:
        messages.warning(request, str(refusal))
    except (ValidationError, InvalidRows) as refusal:
        messages.error(request, remark_of(refusal))
    else:
        ring()
    return redirect("batch-detail", code)


def _page(request: MemberRequest, batch: Batch, *, form: ColumnsForm | None = None, status: int = 200) -> HttpResponse:
    head = head_of(batch, request.actor)
    context: dict[str, Any] = {"head": head, "form": None, "preview": None, "stored": None}
    context |= {"may_upload": may_upload(request.actor), "may_undo": may_undo(batch, request.actor)}
    if head.is_draft and batch.content is not None:
        assignment = Assignment.from_dict(batch.columns)
        if form is None:
            sheet = open_table(bytes(batch.content))
            form = ColumnsForm(initial=columns_initial(assignment, batch.version), sheet=sheet)
        context["form"] = form
        if not assignment.missing() and status == 200:
            context["preview"] = preview_page(preview_batch(batch, actor=request.actor, at=request.at))
    elif not head.is_draft:
        context["stored"] = stored_page(batch, request.actor)
    return render(request, "kpis/batch.html", context, status=status)


def _batch(request: MemberRequest, code: str) -> Batch:
    return get_object_or_404(visible_batches(request.actor).select_related("started_by", "undone_by"), code=code)


def _stored(batch: Batch) -> str:
    words = {"code": batch.code, "created": batch.created, "changed": batch.changed}
    return _("%(code)s: %(created)s values are new, %(changed)s changed.") % words


def _undone(code: str, restored: int, left: int) -> str:
    text = ngettext("%(code)s: %(count)s value is back.", "%(code)s: %(count)s values are back.", restored) % {
        "code": code,
        "count": restored,
    }
    if not left:
        return text
    more = ngettext("%(count)s was changed since and is left.", "%(count)s were changed since and are left.", left) % {
        "count": left
    }
    return f"{text} {more}"
