"""A KPI over time through the API: by its own periods, or by the windows of the fiscal calendar."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.api.finding import kpi_of
from kpis.reports.windows import too_short
from kpis.series import PeriodPoint, period_series
from kpis.services import definitions_of, readings_of, windows_of_kpi
from kpis.windows import By, TooShort, WindowPoint
from objectives.services import today_of
from organization.api import filters
from organization.api.base import ApiView
from organization.api.described import described
from organization.api.plain import plain
from organization.api.refusals import invalid

BY = (
    "Without it period by period. `ytd` and `qtd`: the year and the quarter up to each period; `rolling12`: the twelve "
    "months up to it. Values are aggregated by the KPI's own rule, and so are its targets."
)
PARAMETERS = [
    OpenApiParameter("by", str, enum=[one.value for one in By], description=BY),
    OpenApiParameter("period_from", str, description="From this period on (a date)."),
    OpenApiParameter("period_to", str, description="Up to this period (a date)."),
]
EITHER = PolymorphicProxySerializer(
    component_name="SeriesPoint",
    serializers=[described(PeriodPoint), described(WindowPoint)],
    resource_type_field_name=None,
    many=True,
)


class KpiSeriesViews(ApiView):
    """Actual, target, plan, variance and status over time."""

    @extend_schema(operation_id="kpis_series", responses=EITHER, parameters=PARAMETERS, filters=False)
    def list(self, request: Request, code: str) -> Response:
        """Period by period, also those without a value; or by month, quarter, year, to date, over twelve months."""
        kpi = kpi_of(self.actor, code)
        first, last = (request.query_params.get(name, "") for name in ("period_from", "period_to"))
        since = filters.parse_day("period_from", first) if first else None
        until = filters.parse_day("period_to", last) if last else None
        on = today_of(self.organization, self.at)
        asked = request.query_params.get("by", "")
        points: list[Any]
        if asked:
            try:
                points = windows_of_kpi(kpi, by=_window(asked), on=on, since=since, until=until)
            except TooShort as error:
                raise invalid("by", too_short(error), "too_short") from error
        else:
            found = period_series(definitions_of([kpi.pk])[kpi.pk], readings_of([kpi.pk]).get(kpi.pk, []), on=on)
            points = [
                point
                for point in found
                if (since is None or point.period >= since) and (until is None or point.period <= until)
            ]
        return Response([plain(point) for point in points])


def _window(word: str) -> By:
    try:
        return By(word)
    except ValueError:
        raise filters.none_of("by", word, [one.value for one in By]) from None
