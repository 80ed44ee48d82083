"""Batches of values through the API: what came together, what rows would do, and the undoing of a whole batch."""

from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.api.batches import Batch as Rows
from kpis.api.batches import JsonRows, LineRows, TableRows
from kpis.api.finding import ids_named
from kpis.api.measurements import rows_in
from kpis.api.serializers import MeasurementInput
from kpis.choices import BatchState
from kpis.models import Batch, Kpi
from kpis.reports.batches import visible_batches
from kpis.services import Verdict, Weighed, undo_batch, weigh
from objectives.tasks import ring
from organization.api import filters as by
from organization.api.base import ApiView, once
from organization.api.described import FigureField
from organization.api.filters import ListFilters
from organization.api.pagination import Key, KeysetPagination, Listing, Row
from organization.api.plain import address, day_text, exact_text, moment_text
from organization.choices import OWNER_UPDATING_ROLES, Scope

BATCHES: Final = Listing(
    (
        "code",
        "state",
        "source",
        "name",
        "created",
        "changed",
        "unchanged",
        "started_at",
        "started_by__email",
        "applied_at",
        "undone_at",
        "undone_by__email",
    ),
    {"number": Key("number")},
    ("-number",),
    "number",
)


class BatchRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    state = serializers.ChoiceField(choices=BatchState.choices)
    source = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField(help_text="Of the file.")
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    started_by = serializers.EmailField(allow_null=True)
    applied_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)
    undone_by = serializers.EmailField(allow_null=True)
    url = serializers.URLField()


class PreviewedRow(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    kpi = serializers.CharField()
    period = serializers.DateField()
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])
    before = FigureField(allow_null=True)
    after = FigureField(allow_null=True)


class RefusedRow(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class Previewed(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rows = PreviewedRow(many=True)
    refused = RefusedRow(many=True)


class UndoneShown(serializers.Serializer[Any]):
    restored = serializers.IntegerField()
    left = serializers.IntegerField(help_text="Values that somebody has changed since; they stay as they are.")
    batch = BatchRow()


class BatchViews(ApiView):
    """Values that came together: a file, or one call."""

    filter_backends = (ListFilters,)
    pagination_class = KeysetPagination
    row_class = detail_class = BatchRow
    write_scope = Scope.KPI_WRITE
    listing = BATCHES
    filters = by.named([by.choice("state", "state", BatchState.values), by.moments("started", "started_at")])

    def get_queryset(self) -> QuerySet[Batch]:
        return visible_batches(self.actor)

    def as_row(self, row: Row) -> dict[str, Any]:
        return batch_row(row, self.request.build_absolute_uri("/api/v1/batches/"))

    @extend_schema(operation_id="batches_list", responses=BatchRow(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """The newest first."""
        found = self.filter_queryset(self.get_queryset())
        return self.paged(found, self.listing, lambda page: [self.as_row(row) for row in page])

    @extend_schema(operation_id="batches_retrieve", responses=BatchRow, filters=False)
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        return Response(self.present())

    @extend_schema(operation_id="batches_undo", request=None, responses=UndoneShown, filters=False)
    @once
    def undo(self, request: Request, **kwargs: Any) -> Response:
        """Bring every value back to what stood before the batch. The same again changes nothing."""
        batch = self.get_queryset().filter(code=self.kwargs["code"]).first()
        if batch is None:
            raise Http404
        self.require_role(*OWNER_UPDATING_ROLES)
        done = undo_batch(batch, actor=self.actor, at=self.at)
        ring()
        return Response({**vars(done), "batch": self.present()})

    def present(self) -> dict[str, Any]:
        row = self.get_queryset().filter(code=self.kwargs["code"]).values(*BATCHES.columns).first()
        if row is None:
            raise Http404
        return self.as_row(row)


class BatchPreviewViews(ApiView):
    """What rows would do, without storing them."""

    parser_classes = (JsonRows, LineRows, TableRows)
    write_scope = Scope.KPI_WRITE

    @extend_schema(operation_id="batches_preview", request=MeasurementInput(many=True), responses=Previewed)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """The body of `measurements/`; every row that would change something, every row that would be refused."""
        self.require_role(*OWNER_UPDATING_ROLES)
        given = rows_in(request)
        found = weigh(Rows(ids_named(self.actor, given)).read(given), actor=self.actor, at=self.at)
        return Response(
            {
                "created": found.count(Verdict.NEW),
                "changed": found.count(Verdict.CHANGED),
                "unchanged": found.count(Verdict.UNCHANGED),
                "rows": [previewed_row(row, found.kpis) for row in found.rows if row.verdict is not Verdict.UNCHANGED],
                "refused": [vars(problem) for problem in found.problems],
            }
        )


def previewed_row(row: Weighed, kpis: dict[int, Kpi]) -> dict[str, Any]:
    return {
        "row": row.number,
        "kpi": kpis[row.reading.kpi_id].code,
        "period": day_text(row.reading.period),
        "verdict": row.verdict.value,
        "before": exact_text(row.before.value) if row.before else None,
        "after": exact_text(row.reading.value),
    }


def batch_row(row: Row, base: str) -> dict[str, Any]:
    return {
        "code": row["code"],
        "state": row["state"],
        "source": row["source"],
        "name": row["name"],
        "created": row["created"],
        "changed": row["changed"],
        "unchanged": row["unchanged"],
        "started_at": moment_text(row["started_at"]),
        "started_by": row["started_by__email"],
        "applied_at": moment_text(row["applied_at"]),
        "undone_at": moment_text(row["undone_at"]),
        "undone_by": row["undone_by__email"],
        "url": address(base, row["code"]),
    }
