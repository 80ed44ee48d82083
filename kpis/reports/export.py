"""The values of a KPI as lines of a file."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from kpis.models import Kpi, Measurement
from kpis.series import period_series
from kpis.services import definition_of, readings_of, target_points
from objectives.services import today_of
from organization.downloads import Cell
from organization.models import Organization

HEAD: Final = (
    "period",
    "value",
    "numerator",
    "denominator",
    "target",
    "expected",
    "low",
    "high",
    "variance",
    "state",
    "colour",
    "estimate",
    "note",
    "recorded_at",
    "recorded_by",
    "source",
    "actual",
)


def value_lines(kpi: Kpi, *, organization: Organization, at: datetime) -> Iterator[tuple[Cell, ...]]:
    """Every period up to today, oldest first. Three queries."""
    today = today_of(organization, at)
    definition = definition_of(kpi, target_points(kpi), organization)
    readings = readings_of([kpi.pk]).get(kpi.pk, [])
    stored = {row.period: row for row in Measurement.objects.filter(kpi=kpi).select_related("recorded_by")}
    for point in period_series(definition, readings, on=today, until=today):
        row = stored.get(point.period)
        yield (
            point.period,
            row.value if row else None,
            row.numerator if row else None,
            row.denominator if row else None,
            point.target,
            point.expected,
            point.low,
            point.high,
            point.variance,
            str(point.state or ""),
            str(point.colour),
            row.estimate if row else None,
            row.note if row else "",
            row.recorded_at if row else None,
            str(row.recorded_by or "") if row else "",
            row.source if row else "",
            point.actual,
        )
