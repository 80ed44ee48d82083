"""The recent course of a few KPIs and their plan, for the small pictures in rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from kpis.models import Measurement
from kpis.periods import period_end
from kpis.series import plan_at
from kpis.services.reading import actuals_of, definitions_of

PERIODS_SHOWN = 13


@dataclass(frozen=True)
class Course:
    """The last values from old to new, and the plan for the same periods."""

    values: tuple[float | None, ...] = ()
    plan: tuple[float | None, ...] = ()


def courses_of(kpi_ids: Iterable[int]) -> dict[int, Course]:
    """Four queries for any number of KPIs, two more where a seasonal one is among them."""
    ids = sorted(set(kpi_ids))
    if not ids:
        return {}
    newest = Window(RowNumber(), partition_by=F("kpi_id"), order_by=F("period").desc())
    rows = (
        Measurement.objects.filter(kpi_id__in=ids, value__isnull=False)
        .annotate(place=newest)
        .filter(place__lte=PERIODS_SHOWN)
        .order_by("kpi_id", "period")
        .values_list("kpi_id", "period", "value")
    )
    points: dict[int, list[tuple[date, float]]] = defaultdict(list)
    for kpi_id, period, value in rows:
        points[kpi_id].append((period, float(value or 0)))
    definitions = definitions_of(points)
    for kpi_id, actuals in actuals_of(definitions).items():
        points[kpi_id] = [(period, float(actuals[period])) for period in sorted(actuals)][-PERIODS_SHOWN:]
    courses = {}
    for kpi_id, found in points.items():
        definition = definitions[kpi_id]
        closes = [period_end(period, definition.frequency, definition.fiscal_year_start) for period, _value in found]
        plan = [plan_at(definition, day) for day in closes]
        courses[kpi_id] = Course(
            tuple(value for _period, value in found), tuple(None if due is None else float(due) for due in plan)
        )
    return courses
