"""The dated targets of a KPI with their history, and the targets that its past suggests."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.api.finding import kpi_of
from kpis.api.serializers import TargetShown
from kpis.definition import TargetPoint
from kpis.models import Kpi
from kpis.reports.targets import (
    ProposedTarget,
    TargetChange,
    TargetRow,
    target_changes,
    target_proposals,
    target_rows,
)
from kpis.services import set_targets
from objectives.services import today_of
from objectives.tasks import ring
from organization.api.base import ApiView
from organization.api.conditions import asked_version, etag_of
from organization.api.described import described
from organization.api.plain import plain
from organization.api.refusals import PreconditionFailed
from organization.api.schema import IF_MATCH
from organization.choices import EDITING_ROLES
from organization.records import StaleVersion


class TargetsShown(serializers.Serializer[Any]):
    targets = described(TargetRow)(many=True)
    history = described(TargetChange)(many=True)


class TargetsInput(serializers.Serializer[Any]):
    targets = TargetShown(many=True)
    reason = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=2000,
        help_text="Needed when a target that is or was in force changes.",
    )


class KpiTargetViews(ApiView):
    """Dated targets; the latest one at or before a day is valid on it."""

    detail_class = TargetsShown
    http_method_names: Any = ["get", "put", "head", "options"]

    def answer(self, kpi: Kpi) -> tuple[dict[str, Any], str]:
        """What is set, how it came about, and its ETag."""
        today = today_of(self.organization, self.at)
        body = {
            "targets": [plain(row) for row in target_rows(kpi, today=today)],
            "history": [plain(one) for one in target_changes(kpi)],
        }
        return body, etag_of(kpi.version, body)

    @extend_schema(operation_id="kpis_targets", responses=TargetsShown)
    def retrieve(self, request: Request, code: str) -> Response:
        """The dated targets, each with its reason, and every change of them from the ledger, the newest first."""
        body, etag = self.answer(kpi_of(self.actor, code))
        return Response(body, headers={"ETag": etag})

    @extend_schema(operation_id="kpis_set_targets", request=TargetsInput, responses=TargetsShown, parameters=[IF_MATCH])
    def update(self, request: Request, code: str) -> Response:
        """Replace all dated targets. `If-Match` is the KPI's version; changing what was in force needs a `reason`."""
        kpi = kpi_of(self.actor, code)
        self.require_role(*EDITING_ROLES)
        version = asked_version(request, kpi.version)
        given = self.valid(TargetsInput)
        points = [TargetPoint(**row) for row in given["targets"]]
        try:
            kpi = set_targets(kpi, points, actor=self.actor, at=self.at, version=version, reason=given["reason"])
        except StaleVersion as error:
            raise PreconditionFailed(*self.answer(kpi_of(self.actor, code))) from error
        ring()
        body, etag = self.answer(kpi)
        return Response(body, headers={"ETag": etag})


class KpiProposalViews(ApiView):
    """Targets that the past suggests."""

    http_method_names: Any = ["get", "head", "options"]

    @extend_schema(operation_id="kpis_target_proposals", responses=described(ProposedTarget)(many=True))
    def list(self, request: Request, code: str) -> Response:
        """Two to four targets, the easiest first: each with its reasons, how often it was reached, how likely it is."""
        kpi = kpi_of(self.actor, code)
        today = today_of(self.organization, self.at)
        return Response([plain(one) for one in target_proposals(kpi, organization=self.organization, today=today)])
