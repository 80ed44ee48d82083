"""Forecast and signals of a KPI, with what they rest on."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.models import Kpi
from kpis.reports.outlook import ForecastReport, SignalReport, forecast_report, signal_report
from organization.api.base import ApiView
from organization.api.described import described
from organization.api.plain import plain


class KpiOutlookViews(ApiView):
    """What the past of a KPI says."""

    http_method_names = ("get", "head", "options")

    def kpi(self, code: str) -> Kpi:
        row: Kpi | None = Kpi.objects.visible_to(self.actor).filter(code=code).select_related("organization").first()
        if row is None:
            raise Http404
        return row


class KpiForecastViews(KpiOutlookViews):
    """Where the KPI will be at its end."""

    @extend_schema(operation_id="kpis_forecast", responses=described(ForecastReport))
    def retrieve(self, request: Request, code: str) -> Response:
        """The forecast up to the KPI's end (or that of the fiscal year): 80 % and 95 % intervals, probability of the
        target, the errors of all candidate methods on its own past, and how good earlier forecasts turned out.

        `missing` and `reason` say why there is none.
        """
        return Response(plain(forecast_report(self.kpi(code))))


class KpiSignalViews(KpiOutlookViews):
    """Signal or noise."""

    @extend_schema(operation_id="kpis_signals", responses=described(SignalReport))
    def retrieve(self, request: Request, code: str) -> Response:
        """The process behaviour chart: phases with their limits, every point with the rules that it breaks, whether
        the process as it is reaches the target, the season that was taken off, and the recorded step changes."""
        return Response(plain(signal_report(self.kpi(code))))
