"""A KPI by month, quarter, year, to date or over twelve months (SEMANTICS §8): the windows of the fiscal calendar.

Values are added up first and judged then: A, E and the targets of a window follow the KPI's own rule over time, and
the variance is taken between the two, never as a sum or a mean of the periods' percents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kpis.aggregation import NONE, RATIO, Aggregate, Pair, aggregate, aggregate_ratio
from kpis.choices import Freshness, Kind, TimeAggregation
from kpis.definition import Definition, Reading, exact, minus
from kpis.freshness import age_of
from kpis.periods import period_end, period_start
from kpis.scoring import bounds_on, end_of, is_scored, percent, period_share
from kpis.seasons import is_seasonal, seasoned
from kpis.series import PeriodPoint, period_series, plan_at
from kpis.trajectory import target_on
from kpis.windows.calendar import By, Window, require_fitting, windows_of
from kpis.zones import attainment_of, progress_of, stored, zone_of
from objectives.choices import Colour, Rule, State
from objectives.pace import EXACT, Status, band_status, grey, pace_status


class Blank(StrEnum):
    """Why a window has no value although something was observed."""

    NONE = ""
    NOT_AGGREGATED = "not_aggregated"
    NO_OPERANDS = "no_operands"
    ZERO_DIVISOR = "zero_divisor"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Observed:
    """A value of a period, and for a ratio what it was divided from."""

    period: date
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    @property
    def is_known(self) -> bool:
        """Whether something was observed; a ratio with a zero divisor was, although it has no value."""
        return self.value is not None or (self.numerator is not None and self.denominator is not None)


@dataclass(frozen=True)
class WindowPoint:
    """One window. `target` is that of all its periods, `expected` that of the periods that have a value.

    `actual` is what is held against it: the value, of a seasonal KPI the baseline and all that came since the start.
    `observed` of `periods` have a value; `coverage` is their share. `blank` says why there is none.
    """

    period: date
    first: date
    last: date
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    actual: Decimal | None
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
    observed: int
    periods: int
    coverage: Decimal
    partial: bool
    provisional: bool
    blank: Blank


def windowed_series(
    definition: Definition,
    values: Sequence[Observed],
    *,
    by: By,
    on: date,
    since: date | None = None,
    until: date | None = None,
) -> list[WindowPoint]:
    """The KPI window by window, by its own rule over time; `values` in any order.

    `since` and `until` cut the windows by their name; a window keeps all its periods. Raises TooShort.
    """
    frequency, year = definition.frequency, definition.fiscal_year_start
    require_fitting(by, frequency)
    readings = [Reading(one.period, one.value) for one in sorted(values, key=lambda one: one.period)]
    definition = seasoned(definition, readings)
    points = {point.period: point for point in period_series(definition, readings, on=on)}
    if not points:
        return []
    raw = {period_start(one.period, frequency, year): one for one in values if one.is_known}
    judge = _Judge(definition, points, raw, on)
    found = windows_of(by, frequency, year, first=min(points), last=max(points), end=definition.end, on=on)
    wanted = (one for one in found if (since is None or one.period >= since) and (until is None or one.period <= until))
    return [_point(judge, window) for window in wanted]


@dataclass(frozen=True)
class _Ahead:
    """What is wanted in a period after the last one of an open-ended series."""

    target: Decimal | None
    low: Decimal | None
    high: Decimal | None
    plan: Decimal | None


def _ahead(definition: Definition, period: date) -> _Ahead:
    closes = end_of(definition, period)
    zoned = str(definition.kind) in (Kind.GUARDRAIL.value, Kind.RANGE.value)
    target, low, high = bounds_on(definition, closes) if zoned else (target_on(definition, closes), None, None)
    return _Ahead(target if is_scored(definition) else None, low, high, plan_at(definition, closes))


@dataclass(frozen=True)
class _Judge:
    """What all windows of one KPI share."""

    definition: Definition
    points: Mapping[date, PeriodPoint]
    raw: Mapping[date, Observed]
    on: date

    @property
    def method(self) -> str:
        """The KPI's rule over time."""
        return str(self.definition.time_aggregation)

    @property
    def runs(self) -> bool:
        """Whether the plan runs on from period to period and is never added up: it is that of the last one."""
        return is_seasonal(self.definition)

    def at(self, period: date) -> "PeriodPoint | _Ahead":
        """What is wanted in a period; also in one that lies beyond the series."""
        return self.points.get(period) or _ahead(self.definition, period)

    def level(self, periods: Sequence[date], name: str) -> Decimal | None:
        """A target or plan of some periods by the KPI's own rule; None where one of them has none.

        A ratio's target is weighted by the denominators, as the ratio is: Σ target × denominator / Σ denominator.
        """
        levels = [getattr(self.at(period), name) for period in (periods[-1:] if self.runs else periods)]
        if not levels or any(level is None for level in levels):
            return None
        if self.runs or (len(set(levels)) == 1 and self.method != TimeAggregation.SUM.value):
            return exact(levels[0], self.definition.precision)
        if self.method != RATIO:
            return exact(aggregate(self.method, levels).value, self.definition.precision)
        pairs: list[Pair | None] = []
        for period, level in zip(periods, levels, strict=True):
            below = self.raw[period].denominator if period in self.raw else None
            pairs.append(None if below is None else (EXACT.multiply(level, below), below))
        return exact(aggregate(RATIO, pairs).value, self.definition.precision)

    def same(self, level: Decimal | None, number: int) -> Decimal | None:
        """A level that is the same in every period, over so many of them: only a sum makes more of it."""
        if level is None or self.runs or self.method != TimeAggregation.SUM.value:
            return level
        return EXACT.multiply(level, Decimal(number))


def _point(judge: _Judge, window: Window) -> WindowPoint:
    known = [period for period in window.periods if period in judge.raw]
    found, blank = _aggregated(judge, window)
    value = exact(found.value, judge.definition.precision)
    point = WindowPoint(
        period=window.period,
        first=window.first,
        last=window.last,
        value=value,
        numerator=found.numerator,
        denominator=found.denominator,
        actual=judge.points[known[-1]].actual if judge.runs and known else value,
        target=judge.level(window.periods, "target"),
        low=judge.level(known or window.periods, "low"),
        high=judge.level(known or window.periods, "high"),
        plan=judge.level(window.periods, "plan"),
        expected=judge.level(known, "expected") if value is not None else None,
        variance=None,
        favourable_variance=None,
        variance_pct=None,
        progress=None,
        attainment=None,
        achieved=None,
        colour=Colour.GREY,
        state=None,
        observed=len(known),
        periods=len(window.periods),
        coverage=stored(found.coverage),
        partial=found.partial,
        provisional=window.provisional,
        blank=blank,
    )
    return _judged(judge, window, known, point)


def _aggregated(judge: _Judge, window: Window) -> tuple[Aggregate, Blank]:
    """The value of a window. One that is a single period has that period's value, whatever the rule."""
    rows = [judge.raw.get(period) for period in window.periods]
    values = [None if row is None else row.value for row in rows]
    if len(rows) == 1:
        only = rows[0]
        single = aggregate(TimeAggregation.LAST.value, values)
        return (
            single if only is None else replace(single, numerator=only.numerator, denominator=only.denominator)
        ), Blank.NONE
    if judge.method != RATIO:
        found = aggregate(judge.method, values)
        if judge.method == NONE:
            return found, Blank.NOT_AGGREGATED if found.coverage else Blank.NONE
        if judge.method == TimeAggregation.LAST.value and _is_stale(judge, window, rows):
            return replace(found, value=None), Blank.STALE
        return found, Blank.NONE
    pairs = [None if row is None else (row.numerator, row.denominator) for row in rows]
    found = aggregate_ratio(pairs, judge.definition.scale)
    if found.value is not None or not any(row is not None for row in rows):
        return found, Blank.NONE
    return found, Blank.NO_OPERANDS if found.denominator is None else Blank.ZERO_DIVISOR


def _is_stale(judge: _Judge, window: Window, rows: Sequence[Observed | None]) -> bool:
    """Whether the last value was out of date when the window closed, or is today while it is open."""
    known = [row.period for row in rows if row is not None]
    if not known:
        return False
    definition = judge.definition
    age = age_of(
        known[-1],
        frequency=definition.frequency,
        on=min(window.last, judge.on),
        grace_days=definition.grace_days,
        start=definition.start,
        end=definition.end,
        fiscal_year_start=definition.fiscal_year_start,
    )
    return age.freshness == Freshness.STALE


def _judged(judge: _Judge, window: Window, known: Sequence[date], point: WindowPoint) -> WindowPoint:
    """The same bands as for a period, on the aggregated sides."""
    definition = judge.definition
    if point.value is None:
        ahead = not window.periods or window.periods[0] > judge.on
        status = None if ahead else grey(State.NO_DATA, Rule.NO_DATA)
        if not ahead and not is_scored(definition):
            status = grey(State.NO_TARGET, Rule.NO_TARGET)
        return _coloured(point, status)
    kind = str(definition.kind)
    if not is_scored(definition):
        return _coloured(point, grey(State.NO_TARGET, Rule.NO_TARGET))
    if kind == Kind.MOVE.value:
        return _moved(judge, known, _varied(definition, point))
    if kind == Kind.PERIOD.value:
        return _attained(definition, _varied(definition, point))
    return _zoned(judge, known, point)


def _attained(definition: Definition, point: WindowPoint) -> WindowPoint:
    if point.expected is None:
        return _coloured(point, grey(State.NO_TARGET, Rule.NO_TARGET))
    found = attainment_of(point.value, point.expected, definition.direction, definition.precision)
    point = replace(point, attainment=found.attainment, achieved=found.achieved)
    return _coloured(point, band_status(found.attainment, found.achieved, thresholds=definition.thresholds))


def _moved(judge: _Judge, known: Sequence[date], point: WindowPoint) -> WindowPoint:
    """Baseline, target and plan over the same periods: how far the window came, against how far it should be."""
    definition = judge.definition
    base = judge.same(exact(definition.baseline, definition.precision), len(known))
    target = judge.level(known, "target")
    if target is None:
        return _coloured(point, grey(State.NO_TARGET, Rule.NO_TARGET))
    if base is None:
        return _coloured(point, grey(State.NO_DATA, Rule.BASELINING))
    found = progress_of(point.actual, base, target, definition.direction, definition.precision)
    point = replace(point, progress=found.progress, achieved=found.achieved)
    share = None
    if point.expected is not None and target != base:
        share = EXACT.divide(minus(point.expected, base), minus(target, base))
    status = pace_status(
        found.progress,
        share,
        period_share=period_share(definition.start, definition.end, definition.frequency),
        ended=definition.end is not None and _seen_on(judge, known[-1]) >= definition.end,
        thresholds=definition.thresholds,
    )
    return _coloured(point, status)


def _seen_on(judge: _Judge, period: date) -> date:
    closes = period_end(period, judge.definition.frequency, judge.definition.fiscal_year_start)
    return min(closes, max(judge.on, period))


def _zoned(judge: _Judge, known: Sequence[date], point: WindowPoint) -> WindowPoint:
    definition = judge.definition
    if point.low is None and point.high is None:
        return _coloured(point, grey(State.NO_TARGET, Rule.NO_TARGET))
    width = judge.same(definition.width, len(known))
    zone = zone_of(point.value, point.low, point.high, width, definition.precision)
    point = replace(point, attainment=zone.attainment, achieved=zone.inside)
    if str(definition.kind) == Kind.GUARDRAIL.value:
        point = _varied(definition, point)
    elif zone.distance is not None:
        crossed = point.high if zone.distance > 0 else point.low
        favourable = minus(Decimal(0), zone.distance.copy_abs())
        share = percent(favourable, crossed, definition.precision) if zone.distance else Decimal(0)
        point = replace(point, variance=zone.distance, favourable_variance=favourable, variance_pct=share)
    return _coloured(point, band_status(zone.attainment, zone.inside, thresholds=definition.thresholds))


def _varied(definition: Definition, point: WindowPoint) -> WindowPoint:
    """V = A − E on the aggregated sides (§7)."""
    if point.actual is None or point.expected is None:
        return point
    variance = minus(point.actual, point.expected)
    favourable = variance if definition.sign > 0 else minus(point.expected, point.actual)
    share = percent(favourable, point.expected, definition.precision)
    return replace(point, variance=variance, favourable_variance=favourable, variance_pct=share)


def _coloured(point: WindowPoint, status: Status | None) -> WindowPoint:
    if status is None:
        return point
    return replace(point, colour=status.colour, state=status.state)
