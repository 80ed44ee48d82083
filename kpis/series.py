"""A KPI period by period, for charts and the series of the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpis.choices import Kind
from kpis.comparisons import Versus, change_against, comparisons_of
from kpis.definition import Definition, Reading, exact
from kpis.periods import period_start, periods_between
from kpis.scoring import Figures, bounds_on, end_of, figures_of, is_scored, judged
from kpis.seasons import held, is_seasonal, seasoned
from kpis.trajectory import expected_value, target_on
from objectives.choices import Colour, Rule, State
from objectives.pace import Status, grey


@dataclass(frozen=True)
class PeriodPoint:
    """One period. `actual` is what is held against the plan: the value, or for a seasonal KPI the baseline and all that
    came since the start. `plan` is the expected value at its end, for the plan line, future periods too.

    `expected` is what the value was compared with: the plan at the period's end, or today's while the period is open.
    `state` is None for a period that lies ahead. `versus_…` are the changes against the period before, the same one a
    year earlier, and the baseline.
    """

    period: date
    value: Decimal | None
    target: Decimal | None
    low: Decimal | None
    high: Decimal | None
    plan: Decimal | None
    expected: Decimal | None
    variance: Decimal | None
    favourable_variance: Decimal | None
    variance_pct: Decimal | None
    progress: Decimal | None
    attainment: Decimal | None
    achieved: bool | None
    colour: Colour
    state: State | None
    actual: Decimal | None = None
    versus_previous: Decimal | None = None
    versus_last_year: Decimal | None = None
    versus_baseline: Decimal | None = None


def period_series(
    definition: Definition,
    readings: Sequence[Reading],
    *,
    on: date,
    since: date | None = None,
    until: date | None = None,
) -> list[PeriodPoint]:
    """Every period from the first value or the start to the end, or to the later of today and the last value.

    Two values in one period: the later one stands. Each is judged at the end of its own period,
    without regard to its age. `since` and `until` cut the stretch; nothing outside it is computed.
    """
    year_start = definition.fiscal_year_start
    values = {
        period_start(reading.period, definition.frequency, year_start): reading.value
        for reading in readings
        if reading.value is not None
    }
    firsts = [*values, *([definition.start] if definition.start else [])]
    if not firsts:
        return []
    last = max([*values, definition.end or on])
    first = min(firsts) if since is None else max(since, min(firsts))
    last = last if until is None else min(until, last)
    definition = seasoned(definition, readings)
    actuals = _actuals(definition, values)
    periods = periods_between(first, last, definition.frequency, year_start)
    return [_point(definition, period, values, actuals, on) for period in periods]


def _actuals(definition: Definition, values: Mapping[date, Decimal]) -> Mapping[date, Decimal | None]:
    if not is_seasonal(definition):
        return values
    return {row.period: row.value for row in held(definition, [Reading(day, values[day]) for day in sorted(values)])}


def _point(
    definition: Definition,
    period: date,
    values: Mapping[date, Decimal],
    actuals: Mapping[date, Decimal | None],
    on: date,
) -> PeriodPoint:
    value, actual = exact(values.get(period), definition.precision), exact(actuals.get(period), definition.precision)
    closes = end_of(definition, period)
    seen_on = closes if value is None else min(closes, max(on, period))
    figures = figures_of(definition, Reading(period, actual), on=seen_on)
    status = _status(definition, figures, period, actual, seen_on, on)
    versus = comparisons_of(definition, values, period, actual=actual)
    return PeriodPoint(
        period=period,
        value=value,
        actual=actual,
        target=figures.target,
        low=figures.low,
        high=figures.high,
        plan=plan_at(definition, closes),
        expected=figures.expected,
        variance=figures.variance,
        favourable_variance=figures.favourable_variance,
        variance_pct=figures.variance_pct,
        progress=figures.progress,
        attainment=figures.attainment,
        achieved=figures.achieved,
        colour=status.colour if status else Colour.GREY,
        state=status.state if status else None,
        versus_previous=change_against(versus, Versus.PREVIOUS),
        versus_last_year=change_against(versus, Versus.LAST_YEAR),
        versus_baseline=change_against(versus, Versus.BASELINE),
    )


def plan_at(definition: Definition, closes: date) -> Decimal | None:
    """The plan line at a period's end: the trajectory, the period's target, or the bound to keep."""
    if str(definition.kind) == Kind.MOVE.value:
        return expected_value(definition, target_on(definition, closes), closes)
    if str(definition.kind) == Kind.PERIOD.value:
        return target_on(definition, closes)
    return bounds_on(definition, closes)[0] if is_scored(definition) else None


def _status(
    definition: Definition, figures: Figures, period: date, value: Decimal | None, seen_on: date, on: date
) -> Status | None:
    if value is None and period > on:
        return None
    if definition.start is not None and seen_on < definition.start:
        return grey(State.NOT_STARTED, Rule.NOT_STARTED)
    if not is_scored(definition) or not figures.has_target:
        return grey(State.NO_TARGET, Rule.NO_TARGET)
    if value is None:
        return grey(State.NO_DATA, Rule.NO_DATA)
    return judged(definition, figures, seen_on)
