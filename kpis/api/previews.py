"""What saving a formula, a parent or a rule would do, asked through the API before it is saved."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.api.finding import kpi_of
from kpis.api.serializers import KpiDetail, KpiInput
from kpis.models import Kpi
from kpis.services import Impact, preview_kpi
from organization.api.base import ApiView
from organization.api.described import described
from organization.api.plain import plain
from organization.choices import EDITING_ROLES


class KpiPreviewViews(ApiView):
    """The impact of a change that is not saved."""

    detail_class = KpiDetail

    @extend_schema(
        operation_id="kpis_formula_preview", request=KpiInput(partial=True), responses={200: described(Impact)}
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Each period before and after, what follows from it, or why it cannot be saved, with the place in the
        formula. Nothing is stored."""
        return self.previewed(kpi_of(self.actor, kwargs["code"]))

    def previewed(self, kpi: Kpi | None) -> Response:
        self.require_role(*EDITING_ROLES)
        fields: dict[str, Any] = self.valid(KpiInput, partial=True)
        return Response(plain(preview_kpi(kpi, fields, actor=self.actor, at=self.at)))


class NewKpiPreviewViews(KpiPreviewViews):
    """The impact of a KPI that does not exist yet."""

    @extend_schema(
        operation_id="kpis_formula_preview_of_new", request=KpiInput(partial=True), responses={200: described(Impact)}
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """As for a KPI that exists; code and name may be left out."""
        return self.previewed(None)
