"""A KPI over the windows of the fiscal calendar, read from its stored values. Two queries."""

from datetime import date

from kpis.models import Kpi, Measurement
from kpis.services.reading import definition_of, target_points
from kpis.windows import By, Observed, WindowPoint, windowed_series


def windows_of_kpi(
    kpi: Kpi, *, by: By, on: date, since: date | None = None, until: date | None = None
) -> list[WindowPoint]:
    """Window by window, oldest first; a computed KPI's stored values count like any other's. Raises TooShort."""
    return windowed_series(
        definition_of(kpi, target_points(kpi)), observed_values(kpi), by=by, on=on, since=since, until=until
    )


def observed_values(kpi: Kpi) -> list[Observed]:
    """The values with what they were divided from, by period."""
    rows = Measurement.objects.filter(kpi=kpi).order_by("period")
    return [Observed(*row) for row in rows.values_list("period", "value", "numerator", "denominator")]
