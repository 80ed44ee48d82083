"""Measurements through the API: batches in, pages out."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.api import rows
from kpis.api.batches import MOST_ROWS, Batch, JsonRows, LineRows, TableRows, too_many
from kpis.api.finding import ids_named, kpi_of
from kpis.api.serializers import KpiMeasurementInput, MeasurementInput, MeasurementRow, Recorded
from kpis.models import Kpi, Measurement
from kpis.services import record_batch
from objectives.tasks import ring
from organization.api import filters as by
from organization.api.base import ApiView, Rows, once
from organization.api.filters import ListFilters
from organization.api.pagination import KeysetPagination, order_of, read_cursor
from organization.choices import OWNER_UPDATING_ROLES, Scope

FILTERS = by.named(
    [
        by.days("period", "period"),
        by.moments("recorded", "recorded_at"),
        by.flag("estimate", "estimate", "Only estimates, or none."),
    ]
)
SOURCE = "api"


def rows_in(request: Request) -> list[Any]:
    """The rows of the body, not too many; no body at all is a mistake, not an empty batch."""
    given = request.data
    if not isinstance(given, list):
        raise ParseError(_("There is no body. Send a list of rows."))
    if len(given) > MOST_ROWS:
        raise too_many()
    return given


class MeasurementViews(ApiView):
    """What was observed, by KPI and period."""

    filter_backends = (ListFilters,)
    pagination_class = KeysetPagination
    parser_classes = (JsonRows, LineRows, TableRows)
    row_class = MeasurementRow
    write_scope = Scope.KPI_WRITE
    listing = rows.MEASUREMENTS
    filters = by.named(
        [by.reference("kpi", "kpi__code", "Code of a KPI."), by.department("kpi__department__path"), FILTERS]
    )

    def get_queryset(self) -> QuerySet[Any]:
        """From the KPI on with which the page starts: said for both tables, both indexes are entered there."""
        kpis = Kpi.objects.visible_to(self.actor)
        keys, cursor = order_of(self.request, self.listing), self.request.query_params.get("cursor")
        if cursor and keys[0].column == "kpi_id" and not keys[0].descending:
            kpis = kpis.filter(pk__gte=read_cursor(cursor, keys, Measurement)[0])
        return Measurement.objects.filter(kpi__in=kpis.values("pk"))

    def shown(self, page: Rows) -> Rows:
        codes = dict(Kpi.objects.filter(pk__in={row["kpi_id"] for row in page}).values_list("pk", "code"))
        return [rows.measurement_row(row, codes) for row in page]

    @extend_schema(operation_id="measurements_list", responses=MeasurementRow(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """By KPI, then by period."""
        found = self.filter_queryset(self.get_queryset())
        return self.paged(found, self.listing, self.shown)

    @extend_schema(
        operation_id="measurements_record",
        request=MeasurementInput(many=True),
        responses={201: Recorded},
        filters=False,
    )
    @once
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Record up to 10,000 rows, all or nothing: a JSON list, NDJSON, or CSV with a header. The same again is
        `unchanged`; another value for a known period replaces it and keeps the old one with the `reason`."""
        self.require_role(*OWNER_UPDATING_ROLES)
        given = rows_in(request)
        return self.recorded(Batch(ids_named(self.actor, given)), given)

    def recorded(self, batch: Batch, given: Any) -> Response:
        outcome, stored = record_batch(batch.read(given), actor=self.actor, at=self.at, source=SOURCE)
        ring()
        return Response({**vars(outcome), "batch": stored.code if stored else None}, status=201)


class KpiMeasurementViews(MeasurementViews):
    """The measurements of one KPI; rows need not name it."""

    listing = rows.MEASUREMENTS_OF_ONE
    filters = FILTERS

    def kpi(self) -> Kpi:
        return kpi_of(self.actor, self.kwargs["code"])

    def get_queryset(self) -> QuerySet[Any]:
        return Measurement.objects.filter(kpi=self.kpi())

    @extend_schema(operation_id="kpis_measurements_list", responses=MeasurementRow(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """By period; `ordering=-period` for the newest first."""
        return super().list(request, **kwargs)

    @extend_schema(
        operation_id="kpis_measurements_record",
        request=KpiMeasurementInput(many=True),
        responses={201: Recorded},
        filters=False,
    )
    @once
    def create(self, request: Request, **kwargs: Any) -> Response:
        """As `measurements/`, for one KPI."""
        kpi = self.kpi()
        self.require_role(*OWNER_UPDATING_ROLES)
        return self.recorded(Batch({kpi.code: kpi.pk}, only=kpi.code), rows_in(request))
