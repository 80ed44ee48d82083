"""KPIs, their targets and their use by objectives through the API."""

from typing import Any, cast

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.api import rows
from kpis.api.serializers import (
    KpiDetail,
    KpiInput,
    KpiRow,
    MeasureInput,
    MeasureRow,
)
from kpis.choices import Frequency, Freshness, Kind
from kpis.explain import KpiExplanation, explain_kpi
from kpis.models import Kpi, KpiQuerySet, Measure
from kpis.services import (
    change_kpi,
    change_measure,
    create_kpi,
    create_measure,
    delete_kpi,
    delete_measure,
)
from objectives.choices import Colour, State
from objectives.models import Objective
from objectives.tasks import ring
from organization.actors import Actor
from organization.api import filters as by
from organization.api.base import Resource
from organization.api.described import described
from organization.api.pagination import Row
from organization.api.pairs import pairs_in
from organization.api.plain import plain

USER = "Code of an objective that uses it."
PART = "Code of a KPI that it is part of; its series are included."
SERIES = "`true` includes the KPIs that are series of another one: a breakdown. They are left out otherwise."


def with_last_change(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Adds when the definition or the figures changed last."""
    touched: QuerySet[Any] = queryset.annotate(touched_at=Greatest(F("updated_at"), F("figures__changed_at")))
    return touched


def series_shown() -> by.Filter:
    """Whether series are included; `KpiViews.list` starts from the rows that this asks for."""

    def apply(rows: by.Rows, value: str, actor: Actor) -> by.Rows:
        if value not in ("true", "false"):
            raise by.none_of("series", value, ["true", "false"])
        return rows

    return by.Filter("series", SERIES, apply, {"type": "boolean"})


class KpiViews(Resource):
    """KPIs with their latest scored figures. Texts are in the organization's language; see `translations`."""

    model = Kpi
    collection = "kpis"
    listing = rows.KPIS
    prepared = rows.KPIS.read(with_last_change(Kpi.objects.all()))
    prepared_detail = with_last_change(Kpi.objects.all()).values(*rows.KPI_DETAIL)
    row_class, detail_class, input_class = KpiRow, KpiDetail, KpiInput
    detail_columns = rows.KPI_DETAIL
    filters = by.named(
        [
            by.department(),
            by.person(),
            by.person("updater", "updater__email"),
            by.status(Colour.values, State.values),
            by.full_text("code", "name", "description"),
            by.choice("kind", "kind", Kind.values),
            by.choice("frequency", "frequency", Frequency.values),
            by.choice("freshness", "figures__freshness", Freshness.values),
            by.reference("parent", "parent__code", PART),
            series_shown(),
            by.reference("objective", "measures__objective__code", USER, through_many=True),
            by.days("period", "figures__period"),
            by.days("due", "figures__due_on"),
            by.moments("updated", "touched_at"),
        ]
    )

    def with_counts(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return with_last_change(queryset)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Without series, unless they are asked for."""
        asked = self.request.query_params
        if asked.get("series") != "true" and not asked.get("parent"):
            queryset = cast(KpiQuerySet, queryset).of_their_own()
        return super().filter_queryset(queryset)

    def as_row(self, row: Row) -> dict[str, Any]:
        return rows.kpi_row(row, self.base)

    def as_detail(self, row: Row) -> dict[str, Any]:
        return rows.kpi_detail(row, self.base)

    def create_one(self, fields: dict[str, Any]) -> Kpi:
        return create_kpi(fields, actor=self.actor, at=self.at)

    def change_one(self, row: Kpi, changes: dict[str, Any], version: int | None) -> Kpi:
        return change_kpi(row, changes, actor=self.actor, at=self.at, version=version)

    def delete_one(self, row: Kpi, version: int | None) -> None:
        delete_kpi(row, actor=self.actor, at=self.at, version=version)

    def after_write(self) -> None:
        ring()

    @extend_schema(operation_id="kpis_explain", responses=described(KpiExplanation))
    @action(detail=True)
    def explain(self, request: Request, code: str) -> Response:
        """Why the figure is what it is: inputs, formula with its numbers, the rule that fired, the age of the data."""
        return Response(plain(explain_kpi(self.with_figures(code), actor=self.actor)))

    def with_figures(self, code: str) -> Kpi:
        kpi: Kpi | None = self.addressed(code).select_related("figures", "outlook", "organization").first()
        if kpi is None:
            raise Http404
        return kpi


class MeasureViews(Resource):
    """The weighted use of a KPI by an objective, addressed as `OBJECTIVE~KPI`."""

    model = Measure
    collection = "measures"
    listing = rows.MEASURES
    row_class = detail_class = MeasureRow
    input_class = MeasureInput
    detail_columns = rows.MEASURES.columns
    filters = by.named(
        [
            by.reference("objective", "objective__code", "Code of an objective."),
            by.reference("kpi", "kpi__code", "Code of a KPI."),
            by.department("kpi__department__path"),
            by.moments("updated", "updated_at"),
        ]
    )

    def get_queryset(self) -> QuerySet[Any]:
        kpis = Kpi.objects.visible_to(self.actor).values("pk")
        objectives = Objective.objects.visible_to(self.actor).values("pk")
        return Measure.objects.filter(kpi__in=kpis, objective__in=objectives)

    def addressed(self, code: str) -> QuerySet[Any]:
        meant = Q(pk__in=[])
        for objective, kpi in pairs_in(code):
            meant |= Q(objective__code=objective, kpi__code=kpi)
        return self.get_queryset().filter(meant).order_by("pk")

    def as_row(self, row: Row) -> dict[str, Any]:
        return rows.measure_row(row, self.base)

    as_detail = as_row

    def create_one(self, fields: dict[str, Any]) -> Measure:
        return create_measure(fields, actor=self.actor, at=self.at)

    def change_one(self, row: Measure, changes: dict[str, Any], version: int | None) -> Measure:
        return change_measure(row, changes, actor=self.actor, at=self.at, version=version)

    def delete_one(self, row: Measure, version: int | None) -> None:
        delete_measure(row, actor=self.actor, at=self.at, version=version)

    def after_write(self) -> None:
        ring()
