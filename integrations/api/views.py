"""Import and export through the API: a package goes in as a job, the whole strategy comes out as one file."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.serializers import ImportShape, UploadInput
from integrations.models import ImportJob
from integrations.packages import TooLarge, spreadsheet_bytes, zip_bytes
from integrations.reports import ImportShown, import_shown
from integrations.services import export_strategy, require_exchange, submit_import
from integrations.services.jobs import KEPT_ERRORS
from integrations.tasks import ring
from organization.api.base import ApiView
from organization.api.plain import moment_text
from organization.choices import Scope


class ImportViews(ApiView):
    """Packages of strategy files that go in, for the strategy office and administrators of the whole organization."""

    lookup_field = "pk"
    lookup_value_regex = "[0-9]{1,18}"
    parser_classes = (MultiPartParser,)
    detail_class = ImportShape
    input_class: ClassVar[Any] = UploadInput
    keeps_answers: ClassVar[bool] = False
    write_scope = Scope.STRATEGY_WRITE

    @extend_schema(
        operation_id="imports_create",
        request={"multipart/form-data": UploadInput},
        responses={202: ImportShape},
        summary="Import a package",
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Take a package in. The answer says where to look for the outcome; everything is stored or nothing."""
        require_exchange(self.actor)
        given = self.valid(UploadInput)
        file = given["file"]
        job = submit_import(
            str(file.name),
            file.read(),
            actor=self.actor,
            at=self.at,
            is_confirmed=not given["dry_run"],
            language=get_language() or "",
        )
        ring()
        body = self.shown(import_shown(job))
        return Response(body, status=202, headers={"Location": body["url"]})

    @extend_schema(
        operation_id="imports_retrieve",
        responses=ImportShape,
        parameters=[OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)],
    )
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """How far an import is, and its outcome."""
        rows = ImportJob.objects.visible_to(self.actor).select_related("author", "progress").defer("content")
        job = rows.filter(pk=int(pk)).first()
        if job is None:
            raise Http404
        require_exchange(self.actor)
        return Response(self.shown(import_shown(job, most=KEPT_ERRORS)))

    def shown(self, job: ImportShown) -> dict[str, Any]:
        counts = ("table", "created", "changed", "unchanged")
        reached = ("table", "step", "steps", "done", "total")
        return {
            "id": job.pk,
            "url": self.request.build_absolute_uri(f"/api/v1/imports/{job.pk}/"),
            "file": job.filename,
            "state": job.state,
            "author": job.author,
            "created_at": moment_text(job.created_at),
            "finished_at": moment_text(job.finished_at),
            "progress": {name: getattr(job, name) for name in reached} if job.is_running else None,
            "message": job.message,
            "tables": [{name: getattr(line, name) for name in counts} for line in job.tables],
            "error_count": job.error_count,
            "errors": [asdict(error) for error in job.errors],
        }


class _Bytes(BaseRenderer):
    """The file as it is."""

    charset = None
    render_style = "binary"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        content: bytes = data
        return content


class ZipFile(_Bytes):
    media_type = "application/zip"
    format = "zip"


class Spreadsheet(_Bytes):
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"


FORMS = {"zip": zip_bytes, "xlsx": spreadsheet_bytes}


class ExportView(ApiView):
    """The whole strategy as one file."""

    renderer_classes = (ZipFile, Spreadsheet)
    serializer_class = serializers.Serializer

    @extend_schema(
        operation_id="export",
        parameters=[OpenApiParameter("format", str, enum=sorted(FORMS), description="zip (the default) or xlsx.")],
        responses={(200, media): OpenApiTypes.BINARY for media in (ZipFile.media_type, Spreadsheet.media_type)},
        summary="Export the strategy",
    )
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """Strategy files of the organization; they can be imported again, here or elsewhere."""
        form = str(request.accepted_renderer.format)
        package = export_strategy(actor=self.actor)
        try:
            content = FORMS[form](package)
        except TooLarge as error:
            raise ValidationError(str(error), "too_large", {"field": "format"}) from error
        headers = {"Content-Disposition": f'attachment; filename="strategy.{form}"'}
        return Response(content, headers=headers)
