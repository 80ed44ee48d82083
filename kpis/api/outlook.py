"""Forecast and signals of a KPI, with what they rest on."""

from dataclasses import dataclass

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.api.finding import kpi_of
from kpis.explain import VarianceSplit, variance_split
from kpis.models import Kpi
from kpis.reports.outlook import ForecastReport, SignalReport, forecast_report, signal_report
from objectives.services import today_of
from organization.api.base import ApiView
from organization.api.described import described
from organization.api.plain import plain


class KpiOutlookViews(ApiView):
    """What the past of a KPI says."""

    http_method_names = ("get", "head", "options")

    def kpi(self, code: str) -> Kpi:
        return kpi_of(self.actor, code, "figures", "outlook")


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


@dataclass(frozen=True)
class VarianceAnswer:
    """`split` is null for a KPI that is not the sum or the mean of its parts, or that has nothing to split."""

    code: str
    split: VarianceSplit | None


class KpiVarianceViews(KpiOutlookViews):
    """Who explains the variance."""

    @extend_schema(operation_id="kpis_variance", responses=described(VarianceAnswer))
    def retrieve(self, request: Request, code: str) -> Response:
        """What every part brings to the variance of the latest value: share × (value − expected). The lines and the
        `rest` add up to it exactly; the rest is what the KPI's own target and those of its parts differ by."""
        kpi = self.kpi(code)
        today = today_of(self.organization, self.at)
        split = variance_split(kpi, kpi.figures, actor=self.actor, today=today)
        return Response(plain(VarianceAnswer(kpi.code, split)))
