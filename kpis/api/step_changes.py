"""Step changes of a KPI: what was stated, stating one, correcting and taking it back."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.api.finding import kpi_of
from kpis.choices import Cause
from kpis.models import Kpi, StepChange
from kpis.reports.outlook import StepChangeRow, step_change_row, step_change_rows
from kpis.services import change_step_change, delete_step_change, record_step_change
from kpis.tasks import ring_outlooks
from organization.api.base import ApiView, once
from organization.api.conditions import asked_version, etag_of
from organization.api.described import described
from organization.api.plain import plain
from organization.api.refusals import PreconditionFailed
from organization.api.schema import IF_MATCH
from organization.choices import OWNER_UPDATING_ROLES, Scope
from organization.records import StaleVersion

Shown = described(StepChangeRow)


class StepChangeInput(serializers.Serializer[Any]):
    period = serializers.DateField(help_text="First day of the period from which the new process holds.")
    cause = serializers.ChoiceField(choices=Cause.choices)
    cause_code = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=100, help_text="Code of the initiative or decision."
    )
    note = serializers.CharField(max_length=2000, help_text="What changed.")


class KpiStepChangeViews(ApiView):
    """From a recorded step change on, the limits of the signals are new ones."""

    detail_class = Shown
    write_scope = Scope.KPI_WRITE
    http_method_names: Any = ["get", "post", "patch", "delete", "head", "options"]

    def kpi(self) -> Kpi:
        return kpi_of(self.actor, self.kwargs["code"])

    def stated(self) -> StepChange:
        try:
            found = StepChange.objects.filter(kpi=self.kpi(), period=date.fromisoformat(self.kwargs["period"]))
            row = found.select_related("author", "kpi__organization").first()
        except (ValueError, ValidationError):
            row = None
        if row is None:
            raise Http404
        return row

    def answer(self, row: StepChange) -> tuple[dict[str, Any], str]:
        body: dict[str, Any] = plain(step_change_row(row))
        return body, etag_of(row.version, body)

    @extend_schema(operation_id="kpis_step_changes", responses=Shown(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The recorded step changes, by period."""
        return Response([plain(one) for one in step_change_rows(self.kpi())])

    @extend_schema(operation_id="kpis_record_step_change", request=StepChangeInput, responses={201: Shown})
    @once
    def create(self, request: Request, **kwargs: Any) -> Response:
        """State from which period on another process runs, and why."""
        kpi = self.kpi()
        self.require_role(*OWNER_UPDATING_ROLES)
        row = record_step_change(kpi, **self.valid(StepChangeInput), actor=self.actor, at=self.at)
        ring_outlooks()
        body, etag = self.answer(row)
        return Response(body, status=201, headers={"ETag": etag})

    @extend_schema(operation_id="kpis_step_change", responses=Shown)
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """One of them, with its ETag."""
        body, etag = self.answer(self.stated())
        return Response(body, headers={"ETag": etag})

    @extend_schema(
        operation_id="kpis_change_step_change", request=StepChangeInput, responses=Shown, parameters=[IF_MATCH]
    )
    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Correct it; what is left out stays."""
        row = self.stated()
        self.require_role(*OWNER_UPDATING_ROLES)
        version = asked_version(request, row.version)
        changes = self.valid(StepChangeInput, partial=True)
        try:
            changed = change_step_change(row, changes, actor=self.actor, at=self.at, version=version)
        except StaleVersion as error:
            raise PreconditionFailed(*self.answer(self.stated())) from error
        ring_outlooks()
        body, etag = self.answer(changed)
        return Response(body, headers={"ETag": etag})

    @extend_schema(operation_id="kpis_delete_step_change", parameters=[IF_MATCH])
    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Take it back."""
        row = self.stated()
        self.require_role(*OWNER_UPDATING_ROLES)
        version = asked_version(request, row.version)
        try:
            delete_step_change(row, actor=self.actor, at=self.at, version=version)
        except StaleVersion as error:
            raise PreconditionFailed(*self.answer(self.stated())) from error
        ring_outlooks()
        return Response(status=204)
