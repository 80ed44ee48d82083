"""The values of a KPI, newest first, with everything they replaced; and the form's surroundings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from kpis.comparisons import year_before
from kpis.models import Kpi, Measurement, MeasurementRevision
from kpis.series import PeriodPoint
from objectives.choices import State


@dataclass(frozen=True, slots=True)
class Correction:
    """A value that was replaced: what it said, since when, who replaced it when and why."""

    value: Decimal | None
    estimate: bool
    note: str
    recorded_at: datetime
    recorded_by: str
    replaced_at: datetime
    replaced_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One period of the table. `actual` is what was held against `expected`: the value, or for a season the sum."""

    period: date
    value: Decimal | None
    actual: Decimal | None
    expected: Decimal | None
    low: Decimal | None
    high: Decimal | None
    variance: Decimal | None
    good: bool | None
    last_year: Decimal | None
    state: str
    colour: str
    estimate: bool
    note: str
    source: str
    recorded_at: datetime | None
    recorded_by: str
    corrections: tuple[Correction, ...]
    signal: str


def period_rows(
    kpi: Kpi,
    points: Sequence[PeriodPoint],
    *,
    current: date,
    limit: int | None,
    signals: Mapping[date, str],
) -> tuple[PeriodRow, ...]:
    """Periods that have a value or should have one, newest first; the current one only with a value. Two queries.

    `signals` says of periods what the process behaviour chart says.
    """
    passed = [point for point in reversed(points) if _is_shown(point, current)]
    shown = passed if limit is None else passed[:limit]
    if not shown:
        return ()
    reach = {"period__gte": shown[-1].period, "period__lte": shown[0].period}
    stored = {row.period: row for row in Measurement.objects.filter(kpi=kpi, **reach).select_related("recorded_by")}
    revisions = _revisions(
        MeasurementRevision.objects.filter(kpi=kpi, **reach).select_related("recorded_by", "replaced_by")
    )
    values = {point.period: point.value for point in points}
    rows = (_row(kpi, point, stored.get(point.period), revisions.get(point.period, ()), values) for point in shown)
    return tuple(replace(row, signal=signals.get(row.period, "")) for row in rows)


def _is_shown(point: PeriodPoint, current: date) -> bool:
    return point.value is not None or (point.period < current and point.state in (State.NO_DATA, State.NO_TARGET))


def _row(
    kpi: Kpi,
    point: PeriodPoint,
    stored: Measurement | None,
    corrections: tuple[Correction, ...],
    values: Mapping[date, Decimal | None],
) -> PeriodRow:
    known = point.value is not None
    before = year_before(point.period, kpi.frequency)
    return PeriodRow(
        period=point.period,
        value=point.value,
        actual=point.actual,
        expected=point.expected,
        low=point.low,
        high=point.high,
        variance=point.variance if known else None,
        good=None if not known or point.favourable_variance is None else point.favourable_variance >= 0,
        last_year=values.get(before),
        state=str(point.state or ""),
        colour=str(point.colour),
        estimate=bool(stored and stored.estimate),
        note=stored.note if stored else "",
        source=stored.source if stored else "",
        recorded_at=stored.recorded_at if stored else None,
        recorded_by=str(stored.recorded_by) if stored and stored.recorded_by else "",
        corrections=corrections,
        signal="",
    )


def _revisions(rows: Iterable[MeasurementRevision]) -> dict[date, tuple[Correction, ...]]:
    found: dict[date, list[Correction]] = {}
    for row in rows:
        found.setdefault(row.period, []).append(
            Correction(
                value=row.value,
                estimate=row.estimate,
                note=row.note,
                recorded_at=row.recorded_at,
                recorded_by=str(row.recorded_by or ""),
                replaced_at=row.replaced_at,
                replaced_by=str(row.replaced_by or ""),
                reason=row.reason,
            )
        )
    return {period: tuple(corrections) for period, corrections in found.items()}
