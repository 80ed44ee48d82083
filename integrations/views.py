"""Import and export in the browser: upload, look at what would change, confirm; take the whole strategy out."""

import re

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from integrations.forms import UploadForm
from integrations.models import ImportJob
from integrations.packages import TooLarge, spreadsheet_bytes, zip_bytes
from integrations.reports import import_shown, recent_imports
from integrations.services import confirm_import, discard_import, export_strategy, require_exchange, submit_import
from integrations.tasks import ring
from organization.access import MemberRequest, member_required
from organization.forms import add_errors
from organization.partials import wants_part
from organization.records import Conflict

FORMS = {
    "zip": (zip_bytes, "application/zip"),
    "xlsx": (spreadsheet_bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@member_required
def exchange(request: MemberRequest) -> HttpResponse:
    """The page of both directions; a POST takes a file in and goes on to its page."""
    require_exchange(request.actor)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = submit_import(
                str(file.name), file.read(), actor=request.actor, at=request.at, language=get_language() or ""
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            ring()
            return redirect("import-detail", job.pk)
    context = {"form": form, "imports": recent_imports(request.actor)}
    return render(request, "integrations/exchange.html", context, status=422 if form.is_bound else 200)


@require_GET
@member_required
def import_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """One import: how far it is, what it would change, what it did, or everything that is wrong."""
    require_exchange(request.actor)
    shown = import_shown(_job(request, pk))
    name = "integrations/import_state.html" if wants_part(request) else "integrations/import.html"
    return render(request, name, {"shown": shown})


@require_POST
@member_required
def import_decide(request: MemberRequest, pk: int, decision: str) -> HttpResponse:
    """Confirm or discard a checked package."""
    require_exchange(request.actor)
    job = _job(request, pk)
    decide = {"confirm": confirm_import, "discard": discard_import}[decision]
    try:
        decide(job, actor=request.actor, at=request.at)
    except Conflict as error:
        messages.warning(request, str(error))
    else:
        ring()
    return redirect("import-detail", pk)


@require_GET
@member_required
def export(request: MemberRequest, form: str) -> HttpResponse:
    """The whole strategy as one file."""
    if form not in FORMS:
        raise Http404
    package = export_strategy(actor=request.actor)
    write, content_type = FORMS[form]
    try:
        content = write(package)
    except TooLarge as error:
        messages.error(request, str(error))
        return redirect("exchange")
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{_file_name(request)}.{form}"'
    return response


def _job(request: MemberRequest, pk: int) -> ImportJob:
    rows = ImportJob.objects.visible_to(request.actor).select_related("author", "progress").defer("content")
    return get_object_or_404(rows, pk=pk)


def _file_name(request: MemberRequest) -> str:
    """The code of the organization in letters that every system takes, and the day."""
    code = re.sub(r"[^A-Za-z0-9_-]+", "-", request.organization.code).strip("-")
    day = request.at.astimezone(request.organization.zone).date()
    name = code or _("strategy")
    return f"{name}-{day.isoformat()}"
