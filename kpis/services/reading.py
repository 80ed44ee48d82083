"""KPIs as the pure scoring needs them, read in a constant number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kpis.definition import Definition, Reading, TargetPoint
from kpis.models import Kpi, Measurement, Target
from kpis.seasons import held, is_seasonal, seasoned
from objectives.services import thresholds_of
from organization.models import Organization

ELSEWHERE: Final = frozenset({"fiscal_year_start", "season", "targets", "thresholds"})
"""What a definition does not have from the row of its KPI."""

OF_THE_ROW: Final = tuple(one.name for one in fields(Definition) if one.name not in ELSEWHERE)


def definition_of(
    kpi: Kpi, targets: Iterable[TargetPoint] = (), organization: Organization | None = None
) -> Definition:
    """One KPI as its row says, with the given dated targets; its season is for `kpis.seasons.seasoned` to fill in."""
    owner = organization or kpi.organization
    values: dict[str, Any] = {name: getattr(kpi, name) for name in OF_THE_ROW}
    return Definition(
        **values,
        targets=tuple(targets),
        thresholds=thresholds_of(owner),
        fiscal_year_start=owner.fiscal_year_start,
    )


def definitions_of(kpi_ids: Iterable[int]) -> dict[int, Definition]:
    """Definitions with their dated targets, by KPI: three queries for any number, a fourth where some are seasonal."""
    kpis = list(Kpi.objects.filter(pk__in=list(kpi_ids)))
    organizations = Organization.objects.in_bulk({kpi.organization_id for kpi in kpis})
    return with_seasons(plain_definitions(kpis, organizations))


def plain_definitions(kpis: Sequence[Kpi], organizations: Mapping[int, Organization]) -> dict[int, Definition]:
    """The same of KPIs in hand, for what fills in the season itself from values in hand, as scoring does: one query."""
    points = targets_of(kpi.pk for kpi in kpis)
    return {kpi.pk: definition_of(kpi, points.get(kpi.pk, ()), organizations[kpi.organization_id]) for kpi in kpis}


def with_seasons(definitions: dict[int, Definition]) -> dict[int, Definition]:
    """The same with the seasons that the values of the seasonal ones show: one query where there are any."""
    seasonal = [pk for pk, definition in definitions.items() if is_seasonal(definition)]
    past = readings_of(seasonal) if seasonal else {}
    return definitions | {pk: seasoned(definitions[pk], past.get(pk, [])) for pk in seasonal}


def actuals_of(definitions: Mapping[int, Definition]) -> dict[int, dict[date, Decimal]]:
    """What the seasonal ones among them hold against their plan, by period: one query where there are any.

    The values of all others are their actuals already.
    """
    seasonal = [pk for pk, definition in definitions.items() if is_seasonal(definition)]
    readings = readings_of(seasonal) if seasonal else {}
    return {
        pk: {row.period: row.value for row in held(definitions[pk], readings.get(pk, [])) if row.value is not None}
        for pk in seasonal
    }


def target_points(kpi: Kpi) -> list[TargetPoint]:
    """The dated targets of one KPI by period: one query."""
    return targets_of([kpi.pk]).get(kpi.pk, [])


def targets_of(kpi_ids: Iterable[int]) -> dict[int, list[TargetPoint]]:
    """The dated targets by KPI, each by period: one query."""
    points: dict[int, list[TargetPoint]] = {}
    rows = Target.objects.filter(kpi_id__in=list(kpi_ids)).order_by("kpi_id", "period")
    for kpi_id, period, value, low, high in rows.values_list("kpi_id", "period", "value", "low", "high"):
        points.setdefault(kpi_id, []).append(TargetPoint(period, value, low, high))
    return points


def readings_of(kpi_ids: Iterable[int], *, until: date | None = None) -> dict[int, list[Reading]]:
    """All known values by KPI and period: one query."""
    rows = Measurement.objects.filter(kpi_id__in=list(kpi_ids), value__isnull=False)
    if until is not None:
        rows = rows.filter(period__lte=until)
    found: dict[int, list[Reading]] = {}
    for kpi_id, period, value in rows.order_by("kpi_id", "period").values_list("kpi_id", "period", "value"):
        found.setdefault(kpi_id, []).append(Reading(period, value))
    return found
