"""What the past of a KPI says, as page and API show it: the forecast with its record, the chart with its signals.

Numbers are plain; whoever shows them formats them. The sentences are in the reader's language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from kpis.choices import Cause
from kpis.definition import Definition, Reading
from kpis.forecasts.accuracy import Kept, accuracy_of
from kpis.models import Kpi, KpiOutlook, PastForecast, StepChange
from kpis.outlook import Behaviour, Goal, Missing, assured_target, goal_of, horizon_of, points_of
from kpis.reports.known import behaviour_known
from kpis.reports.outlook_words import (
    accuracy_sentence,
    forecast_sentences,
    method_name,
    reason_sentence,
    signal_sentences,
)
from kpis.seasons import held, is_seasonal
from kpis.services import definitions_of, readings_of
from kpis.signals import Phase
from kpis.signals import Signal as Mark

PAST_READ: Final = 400
PAST_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class ForecastStep:
    """A period ahead: the middle, and what 80 % and 95 % are expected to lie between."""

    period: date
    value: Decimal
    low: Decimal
    high: Decimal
    low95: Decimal
    high95: Decimal


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A method with its mean absolute error on the KPI's own past; `naive_ratio` below 1 beats the last value."""

    method: str
    name: str
    error: float
    naive_ratio: float | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Record:
    """How good the forecasts that were kept turned out: `count` periods, over all steps ahead, have happened."""

    count: int
    mean_error: float | None
    naive_ratio: float | None
    within_interval: float | None
    sentence: str


@dataclass(frozen=True, slots=True)
class PastRow:
    """A forecast of the end as it was made; `actual` is what happened, where it has."""

    based_on: date
    made_at: datetime
    method: str
    period: date
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    probability: float | None
    actual: Decimal | None


@dataclass(frozen=True, slots=True)
class ForecastReport:
    """The forecast at t1, the fan that leads there from `last_value`, and what it rests on.

    `is_total`: of all that came since the plan's start. `reason` says why there is none. `stale`: values or targets
    have changed since `computed_at`, and a worker is at it.
    """

    code: str
    computed_at: datetime | None
    stale: bool
    points: int
    last_period: date | None
    last_value: Decimal | None
    is_total: bool
    method: str
    method_name: str
    period: date | None
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    probability: float | None
    target_low: Decimal | None
    target_high: Decimal | None
    error: float | None
    naive_error: float | None
    missing: str
    reason: str
    sentences: tuple[str, ...]
    steps: tuple[ForecastStep, ...]
    candidates: tuple[CandidateRow, ...]
    accuracy: Record
    past: tuple[PastRow, ...]


@dataclass(frozen=True, slots=True)
class StepChangeRow:
    """From this period on it is another process; the cause has a name."""

    period: date
    cause: str
    cause_name: str
    cause_code: str
    note: str
    author: str
    recorded_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A stretch with limits of its own. Locked ones rest on the first fifteen points and stay.

    `method` is plain or dense; dense limits follow the level, those shown are the next point's.
    """

    first: date
    last: date
    count: int
    method: str
    centre: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    mean_range: Decimal | None
    range_upper: Decimal | None
    provisional: bool
    locked: bool


@dataclass(frozen=True, slots=True)
class SignalPoint:
    """A point of the chart: `value` is what is charted, `observed` what was measured; they differ by the season.

    `rules` are those that it breaks; `nature` is improvement, concern or neutral.
    """

    period: date
    observed: Decimal
    value: Decimal
    moving_range: Decimal | None
    centre: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    rules: tuple[str, ...]
    nature: str


@dataclass(frozen=True, slots=True)
class SignalReport:
    """The process behaviour chart. `stale`: what alerts read of it is older than this chart, and a worker is at it."""

    code: str
    computed_at: datetime | None
    stale: bool
    missing: str
    reason: str
    sentences: tuple[str, ...]
    target: Decimal | None
    assurance: str
    has_left_its_limits: bool
    season_removed: bool
    season_length: int | None
    season: tuple[Decimal, ...]
    phases: tuple[PhaseRow, ...]
    points: tuple[SignalPoint, ...]
    step_changes: tuple[StepChangeRow, ...]


def forecast_report(kpi: Kpi) -> ForecastReport:
    """What is stored of the forecast, held against the values of now. Six queries, seven where it is seasonal."""
    row = outlook_row(kpi)
    definition, readings = _read(kpi)
    values = points_of(definition, readings)
    horizon = horizon_of(definition, values)
    goal = goal_of(definition, horizon) if row.forecast_period else Goal()
    actual = _happened(definition, readings)
    last = max(actual, default=None)
    missing = "" if row.forecast_period else "waiting" if row.stale else str(horizon.missing or Missing.TOO_FEW)
    accuracy, past = _record(kpi, actual)
    return ForecastReport(
        code=kpi.code,
        computed_at=row.computed_at,
        stale=row.stale,
        points=len(values),
        last_period=last,
        last_value=actual[last] if last else None,
        is_total=is_seasonal(definition),
        method=row.forecast_method,
        method_name=method_name(row.forecast_method),
        period=row.forecast_period,
        value=row.forecast_value,
        low=row.forecast_low,
        high=row.forecast_high,
        probability=row.probability,
        target_low=goal.low,
        target_high=goal.high,
        error=row.forecast_error,
        naive_error=row.naive_error,
        missing=missing,
        reason=reason_sentence(missing, len(values)),
        sentences=forecast_sentences(kpi, row, goal) if row.forecast_period else (),
        steps=tuple(forecast_step(one) for one in row.steps),
        candidates=tuple(_candidate(one, row.forecast_method) for one in row.methods),
        accuracy=accuracy,
        past=past,
    )


def signal_report(kpi: Kpi) -> SignalReport:
    """The chart of the values as they stand now. Six queries, seven where it is seasonal."""
    return signals_from(kpi, *_read(kpi), outlook_row(kpi))


def outlook_row(kpi: Kpi) -> KpiOutlook:
    """What is stored of its outlook; an empty row before the first time. One query, none where it was read along."""
    return getattr(kpi, "outlook", None) or KpiOutlook(kpi_id=kpi.pk)


def signals_from(kpi: Kpi, definition: Definition, readings: Sequence[Reading], row: KpiOutlook) -> SignalReport:
    """The same from what is read already. One query."""
    changes = step_change_rows(kpi)
    values = points_of(definition, readings)
    behaviour = behaviour_known(definition, values, [one.period for one in changes])
    target = assured_target(definition, values[-1].period) if values else None
    return SignalReport(
        code=kpi.code,
        computed_at=row.computed_at,
        stale=row.stale,
        missing=str(behaviour.missing),
        reason=reason_sentence(str(behaviour.missing), len(values)),
        sentences=signal_sentences(kpi, behaviour, target),
        target=target,
        assurance=str(behaviour.assurance or ""),
        has_left_its_limits=behaviour.chart is not None and behaviour.chart.has_left_its_limits,
        season_removed=behaviour.season_removed,
        season_length=behaviour.season.length if behaviour.season else None,
        season=behaviour.season.indices if behaviour.season else (),
        phases=tuple(_phase(one) for one in behaviour.chart.phases) if behaviour.chart else (),
        points=_points(behaviour),
        step_changes=changes,
    )


def step_change_rows(kpi: Kpi) -> tuple[StepChangeRow, ...]:
    """The recorded step changes, by period. One query."""
    rows = StepChange.objects.filter(kpi=kpi).select_related("author").order_by("period")
    return tuple(step_change_row(one) for one in rows)


def step_change_row(one: StepChange) -> StepChangeRow:
    return StepChangeRow(
        period=one.period,
        cause=one.cause,
        cause_name=str(Cause(one.cause).label),
        cause_code=one.cause_code,
        note=one.note,
        author=(one.author.name or one.author.email) if one.author else "",
        recorded_at=one.recorded_at,
        version=one.version,
    )


def _read(kpi: Kpi) -> tuple[Definition, list[Reading]]:
    return definitions_of([kpi.pk])[kpi.pk], readings_of([kpi.pk]).get(kpi.pk, [])


def _happened(definition: Definition, readings: Sequence[Reading]) -> dict[date, Decimal]:
    """What a forecast is held against, by period: the values, or of a seasonal plan all that came since its start."""
    values = [Reading(point.period, point.value) for point in points_of(definition, readings)]
    return {row.period: row.value for row in held(definition, values) if row.value is not None}


def _record(kpi: Kpi, actual: Mapping[date, Decimal]) -> tuple[Record, tuple[PastRow, ...]]:
    rows = list(PastForecast.objects.filter(kpi=kpi).order_by("-based_on")[:PAST_READ])
    kept = [
        Kept(
            made_on=row.based_on,
            period=date.fromisoformat(step["period"]),
            centre=float(step["value"]),
            low80=float(step["low"]),
            high80=float(step["high"]),
            naive=float(step["naive"]),
        )
        for row in rows
        for step in row.steps
    ]
    found = accuracy_of(kept, {period: float(value) for period, value in actual.items()})
    record = Record(
        found.count, found.mae, found.naive_ratio, found.within80, accuracy_sentence(found, kpi) if rows else ""
    )
    return record, tuple(_past(row, actual) for row in rows[:PAST_SHOWN])


def _past(row: PastForecast, actual: Mapping[date, Decimal]) -> PastRow:
    return PastRow(
        based_on=row.based_on,
        made_at=row.made_at,
        method=row.method,
        period=row.period,
        value=row.value,
        low=row.low,
        high=row.high,
        probability=row.probability,
        actual=actual.get(row.period),
    )


def forecast_step(one: Mapping[str, str]) -> ForecastStep:
    """A step as it is stored, as numbers."""
    numbers = {name: Decimal(one[name]) for name in ("value", "low", "high", "low95", "high95")}
    return ForecastStep(period=date.fromisoformat(one["period"]), **numbers)


def _candidate(one: Mapping[str, object], chosen: str) -> CandidateRow:
    method, error, ratio = str(one["method"]), one["error"], one["naive_ratio"]
    return CandidateRow(
        method=method,
        name=method_name(method),
        error=float(str(error)),
        naive_ratio=None if ratio is None else float(str(ratio)),
        chosen=method == chosen,
    )


def _phase(one: Phase) -> PhaseRow:
    limits = one.limits
    return PhaseRow(
        first=one.first,
        last=one.last,
        count=one.count,
        method=str(one.method),
        centre=_shown(limits.centre) if limits else None,
        lower=_shown(limits.lower) if limits else None,
        upper=_shown(limits.upper) if limits else None,
        mean_range=_shown(limits.mean_range) if limits else None,
        range_upper=_shown(limits.range_upper) if limits else None,
        provisional=bool(limits and limits.provisional),
        locked=one.locked,
    )


def _points(behaviour: Behaviour) -> tuple[SignalPoint, ...]:
    chart = behaviour.chart
    if chart is None:
        return ()
    marks: dict[int, list[Mark]] = {}
    for signal in chart.signals:
        marks.setdefault(signal.index, []).append(signal)
    columns = zip(behaviour.observed, chart.points, chart.moving_ranges, chart.bands, strict=True)
    return tuple(
        SignalPoint(
            period=point.period,
            observed=observed.value,
            value=point.value,
            moving_range=moving,
            centre=_shown(band.centre) if band else None,
            lower=_shown(band.lower) if band else None,
            upper=_shown(band.upper) if band else None,
            rules=tuple(str(one.rule) for one in marks.get(index, ())),
            nature=str(marks[index][0].nature) if index in marks else "",
        )
        for index, (observed, point, moving, band) in enumerate(columns)
    )


def _shown(value: Decimal) -> Decimal:
    """Ten decimals: a third has no end."""
    return round(value, 10)
