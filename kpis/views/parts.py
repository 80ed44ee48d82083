"""The larger parts of a KPI's page that are fetched by themselves; each is a page of its own without a script."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from kpis.models import Kpi
from kpis.reports.behaviour import behaving
from kpis.reports.outlook import forecast_report, outlook_row
from kpis.reports.series import series_page
from kpis.reports.variance import variance_panel
from kpis.services import definitions_of, readings_of
from kpis.views.fetching import visible_kpi
from objectives.services import today_of
from organization.access import MemberRequest, member_required
from organization.narrowing import page_asked
from organization.partials import wants_part


@require_safe
@vary_on_headers("HX-Request")
@member_required
def kpi_signals(request: MemberRequest, code: str) -> HttpResponse:
    """The process behaviour chart: signal or noise."""
    kpi = visible_kpi(request, code)
    definition, readings = definitions_of([kpi.pk])[kpi.pk], readings_of([kpi.pk]).get(kpi.pk, [])
    found = behaving(kpi, definition, readings, outlook_row(kpi))
    return _shown(request, kpi, "kpis/signals.html", _("Signals"), {"behaviour": found})


@require_safe
@vary_on_headers("HX-Request")
@member_required
def kpi_forecast(request: MemberRequest, code: str) -> HttpResponse:
    """The forecast with the record of its method: errors on the past, what became of earlier ones."""
    kpi = visible_kpi(request, code)
    return _shown(request, kpi, "kpis/forecast.html", _("Forecast"), {"forecast": forecast_report(kpi)})


@require_safe
@vary_on_headers("HX-Request")
@member_required
def kpi_variance(request: MemberRequest, code: str) -> HttpResponse:
    """What the parts bring to the variance."""
    kpi = visible_kpi(request, code)
    found = variance_panel(kpi, actor=request.actor, today=today_of(request.organization, request.at))
    return _shown(request, kpi, "kpis/variance.html", _("Variance"), {"variance": found})


@require_safe
@vary_on_headers("HX-Request")
@member_required
def kpi_series(request: MemberRequest, code: str) -> HttpResponse:
    """The series and parts of a KPI, a page at a time."""
    kpi = visible_kpi(request, code)
    page = page_asked(request.GET.get("page", ""))
    found = series_page(kpi, actor=request.actor, organization=request.organization, at=request.at, page=page)
    return _shown(request, kpi, "kpis/series.html", _("Series and parts"), {"series": found})


def _shown(request: MemberRequest, kpi: Kpi, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    """The part by itself where a script asks for it, else a page around it."""
    known = {
        "code": kpi.code,
        "name": kpi.text("name"),
        "frequency": kpi.frequency,
        "precision": kpi.precision,
        "unit": kpi.text("unit"),
    }
    if wants_part(request):
        return render(request, template, known | context)
    return render(request, "kpis/part.html", known | context | {"template": template, "title": title})
