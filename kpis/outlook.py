"""What the past of a KPI says of its present and of its end: signals (SEMANTICS §11) and forecast (§10), put together.

Pure: the same values give the same outlook, in whatever order they came and on whatever day it is worked out. The
horizon hangs on the last value, never on today.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from math import fsum
from typing import Final

from kpis.choices import Frequency, Kind
from kpis.definition import Definition, Reading, exact, unit
from kpis.forecasts.forecast import FEWEST_POINTS, Candidate, Look, look_ahead
from kpis.forecasts.forecast import Point as StepAhead
from kpis.periods import next_period, period_end, period_start, periods_between
from kpis.scoring import bounds_on, observed
from kpis.seasons import is_seasonal
from kpis.signals import LENGTHS, Assurance, Chart, Limits, Point, Season, chart_of, deseasonalised, is_charted
from kpis.trajectory import target_on
from objectives.pace import EXACT

MOST_AHEAD: Final = 400
"""Periods between the last value and the end beyond which nothing is forecast."""
LARGEST: Final = Decimal(10) ** 20 - 1
MONTHS: Final = {Frequency.QUARTERLY.value: 3, Frequency.YEARLY.value: 12}


class Missing(StrEnum):
    """Why there is no forecast, or no chart."""

    NOTHING = ""
    TOO_FEW = "too_few"
    ENDED = "ended"
    NOT_STARTED = "not_started"
    TOO_FAR = "too_far"
    CUMULATIVE = "cumulative"


@dataclass(frozen=True, slots=True)
class Goal:
    """What the end is held against: a target with its better side, or bounds to stay between. None is open."""

    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def is_known(self) -> bool:
        return self.low is not None or self.high is not None


@dataclass(frozen=True, slots=True)
class Horizon:
    """The periods from the last value to the one that holds the end, and the day for which the target is asked.

    `reached` is of a running total how many of the last periods count already; None for a KPI whose single values are
    held against the target.
    """

    periods: tuple[date, ...] = ()
    day: date | None = None
    reached: int | None = None
    missing: Missing = Missing.NOTHING


@dataclass(frozen=True, slots=True)
class Step:
    """A period ahead: the middle, what 80 % and 95 % are expected to lie between, and what the last value says."""

    period: date
    value: Decimal
    low: Decimal
    high: Decimal
    low95: Decimal
    high95: Decimal
    naive: Decimal


@dataclass(frozen=True, slots=True)
class Tried:
    """A candidate method and its mean absolute error over the KPI's own past."""

    method: str
    error: float
    naive_ratio: float | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """The forecast up to the KPI's end, and what it rests on."""

    method: str
    steps: tuple[Step, ...]
    probability: float | None
    error: float
    naive_error: float
    candidates: tuple[Tried, ...]

    @property
    def end(self) -> Step:
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The process behaviour chart: of the values less their `season` where there is one; `observed` as they came."""

    chart: Chart | None
    observed: tuple[Point, ...] = ()
    season: Season | None = None
    season_removed: bool = False
    assurance: Assurance | None = None
    missing: Missing = Missing.NOTHING


@dataclass(frozen=True, slots=True)
class Outlook:
    """Both, for one KPI; `last` is the latest period with a value."""

    points: int
    last: date | None
    behaviour: Behaviour
    ahead: Ahead | None
    missing: Missing


def outlook_of(
    definition: Definition,
    readings: Sequence[Reading],
    *,
    breaks: Iterable[date] = (),
    minimum: Decimal | None = None,
    maximum: Decimal | None = None,
) -> Outlook:
    """Signals and forecast of a KPI from its values in any order; those after its end do not count.

    `breaks` are the periods from which a recorded step change holds; `minimum` and `maximum` what a value can be.
    """
    values = points_of(definition, readings)
    ahead, missing = ahead_of(definition, values, minimum=minimum, maximum=maximum)
    return Outlook(
        points=len(values),
        last=values[-1].period if values else None,
        behaviour=behaviour_of(definition, values, breaks),
        ahead=ahead,
        missing=missing,
    )


def ahead_of(
    definition: Definition, values: Sequence[Point], *, minimum: Decimal | None = None, maximum: Decimal | None = None
) -> tuple[Ahead | None, Missing]:
    """The forecast alone, from the values of `points_of`; or why there is none."""
    horizon = horizon_of(definition, values)
    ahead = None if horizon.missing else _forecast(definition, values, horizon, minimum, maximum)
    return ahead, horizon.missing


def points_of(definition: Definition, readings: Sequence[Reading]) -> tuple[Point, ...]:
    """One value per period, by period, rounded to the precision."""
    ordered = sorted(readings, key=lambda reading: reading.period)
    found = {
        period_start(row.period, definition.frequency, definition.fiscal_year_start): row.value
        for row in observed(definition, ordered, date.max)
        if row.value is not None
    }
    return tuple(Point(period, value) for period, value in found.items())


def behaviour_of(definition: Definition, values: Sequence[Point], breaks: Iterable[date]) -> Behaviour:
    """The chart of the single values, less their season where one is found; none of a series that adds up."""
    if not is_charted(cumulative=definition.cumulative):
        return Behaviour(None, tuple(values), missing=Missing.CUMULATIVE)
    if not values:
        return Behaviour(None, missing=Missing.TOO_FEW)
    lengths = LENGTHS.get(str(definition.frequency), ())
    places = [_place(definition, point.period) for point in values]
    adjusted = deseasonalised([point.value for point in values], lengths, places) if lengths else None
    shown = values
    if adjusted is not None:
        shown = [Point(point.period, value) for point, value in zip(values, adjusted.values, strict=True)]
    two_sided = str(definition.kind) in (Kind.RANGE.value, Kind.UNSCORED.value)
    target = None if adjusted is not None else assured_target(definition, values[-1].period)
    chart = chart_of(
        shown, direction="" if two_sided else str(definition.direction), target=target, breaks=sorted(set(breaks))
    )
    assurance = chart.assurance
    if str(definition.kind) == Kind.RANGE.value and adjusted is None:
        assurance = _assured_between(chart.limits, _goal_on(definition, _closes(definition, values[-1].period)))
    return Behaviour(
        chart=chart,
        observed=tuple(values),
        season=adjusted.season if adjusted else None,
        season_removed=adjusted is not None,
        assurance=assurance,
        missing=Missing.TOO_FEW if chart.limits is None else Missing.NOTHING,
    )


def horizon_of(definition: Definition, values: Sequence[Point]) -> Horizon:
    """From the last value to t1: the KPI's end; without one, the end of the fiscal year of the period that follows."""
    if len(values) < FEWEST_POINTS:
        return Horizon(missing=Missing.TOO_FEW)
    frequency, year = definition.frequency, definition.fiscal_year_start
    following = next_period(values[-1].period, frequency, year)
    end = definition.end or period_end(following, Frequency.YEARLY.value, year)
    last = period_start(end, frequency, year)
    if last < following:
        return Horizon(missing=Missing.ENDED)
    if (end - following).days > MOST_AHEAD * 366:
        return Horizon(missing=Missing.TOO_FAR)
    periods = tuple(periods_between(following, last, frequency, year))
    if len(periods) > MOST_AHEAD:
        return Horizon(missing=Missing.TOO_FAR)
    day = end if str(definition.kind) == Kind.MOVE.value else _closes(definition, last)
    start = definition.start
    if not is_seasonal(definition) or start is None:
        return Horizon(periods, day)
    if following < start:
        return Horizon(missing=Missing.NOT_STARTED)
    since = max(start, values[0].period)
    known = list(periods_between(since, values[-1].period, frequency, year)) if since <= values[-1].period else []
    return Horizon(periods, day, reached=sum(period >= start for period in known))


def goal_of(definition: Definition, horizon: Horizon) -> Goal:
    """What is wanted at the end: the target valid then; of a range its bounds then; nothing of an unscored KPI."""
    return Goal() if horizon.day is None else _goal_on(definition, horizon.day)


def _goal_on(definition: Definition, day: date) -> Goal:
    kind = str(definition.kind)
    if kind == Kind.UNSCORED.value:
        return Goal()
    if kind == Kind.RANGE.value:
        _target, low, high = bounds_on(definition, day)
        return Goal(low, high)
    target = target_on(definition, day)
    return Goal(low=target) if definition.sign > 0 else Goal(high=target)


@dataclass(frozen=True)
class _Frame:
    """What all looks ahead of one KPI share; numbers without the baseline of a running total."""

    definition: Definition
    series: tuple[float | None, ...]
    horizon: Horizon
    base: float
    reached: float
    lower: float | None
    upper: float | None

    def look(self) -> Look | None:
        return look_ahead(
            self.series,
            ahead=len(self.horizon.periods),
            season=min(LENGTHS.get(str(self.definition.frequency), (1,))),
            additive_total=self.horizon.reached,
            lower=self.lower,
            upper=self.upper,
        )

    def naive(self, step: int) -> float:
        """What the last value says of a step."""
        last = next(value for value in reversed(self.series) if value is not None)
        return last if self.horizon.reached is None else self.reached + last * step


def _forecast(
    definition: Definition,
    values: Sequence[Point],
    horizon: Horizon,
    minimum: Decimal | None,
    maximum: Decimal | None,
) -> Ahead | None:
    known = {point.period: float(point.value) for point in values}
    year = definition.fiscal_year_start
    grid = periods_between(values[0].period, values[-1].period, definition.frequency, year)
    series = tuple(known.get(period) for period in grid)
    base, reached = _reached(definition, series, horizon)
    lower, upper = _possible(horizon, reached, minimum, maximum)
    frame = _Frame(definition, series, horizon, base, reached, lower, upper)
    look = frame.look()
    if look is None:
        return None
    found, probability = look.forecast, _share_of(look, frame, goal_of(definition, horizon))
    steps = zip(horizon.periods, found.points, strict=True)
    return Ahead(
        method=str(found.method),
        steps=tuple(_step(definition, period, point, base, frame.naive(point.step)) for period, point in steps),
        probability=None if probability is None else round(probability, 6),
        error=_significant(found.mae),
        naive_error=_significant(found.naive_mae),
        candidates=tuple(_tried(row) for row in found.candidates),
    )


def _share_of(look: Look, frame: _Frame, goal: Goal) -> float | None:
    """The share of ends that round to the goal or beyond; between two bounds, inside of both."""
    half = float(unit(frame.definition.precision)) / 2
    above = None if goal.low is None else look.share(float(goal.low) - frame.base - half, "up")
    below = None if goal.high is None else look.share(float(goal.high) - frame.base + half, "down")
    if above is None or below is None:
        return below if above is None else above
    return max(0.0, above + below - 1)


def _tried(row: Candidate) -> Tried:
    ratio = None if row.naive_ratio is None else _significant(row.naive_ratio)
    return Tried(str(row.name), _significant(row.mae), ratio)


def _reached(definition: Definition, series: Sequence[float | None], horizon: Horizon) -> tuple[float, float]:
    """The baseline that a running total begins with, and what its periods so far add to it; 0 for single values."""
    if horizon.reached is None:
        return 0.0, 0.0
    counted = series[len(series) - horizon.reached :]
    base = exact(definition.baseline, definition.precision) or Decimal(0)
    return float(base), fsum(value for value in counted if value is not None)


def _possible(
    horizon: Horizon, reached: float, minimum: Decimal | None, maximum: Decimal | None
) -> tuple[float | None, float | None]:
    """The bounds of a value; a total of values that are never negative cannot fall below what is reached."""
    if horizon.reached is not None:
        return (reached if minimum is not None and minimum >= 0 else None), None
    return None if minimum is None else float(minimum), None if maximum is None else float(maximum)


def _step(definition: Definition, period: date, point: StepAhead, base: float, naive: float) -> Step:
    places = definition.precision
    return Step(
        period=period,
        value=_number(base + point.centre, places),
        low=_number(base + point.low80, places),
        high=_number(base + point.high80, places),
        low95=_number(base + point.low95, places),
        high95=_number(base + point.high95, places),
        naive=_number(base + naive, places),
    )


def _number(value: float, precision: int) -> Decimal:
    """A computed number with two digits more than the KPI declares: what another processor may differ in is gone."""
    kept = min(max(Decimal(repr(value)), -LARGEST), LARGEST)
    places = Decimal(1).scaleb(-min(10, precision + 2))
    return EXACT.add(kept.quantize(places, rounding=ROUND_HALF_EVEN, context=EXACT), Decimal(0))


def _significant(value: float) -> float:
    return float(f"{value:.12g}")


def assured_target(definition: Definition, period: date) -> Decimal | None:
    """The target that the limits of single values are held against: of the latest period, or of the end of a plan.

    None for a running total, whose single values have none, and for a range, which has two bounds.
    """
    if is_seasonal(definition) or str(definition.kind) in (Kind.RANGE.value, Kind.UNSCORED.value):
        return None
    closes = _closes(definition, period)
    on = definition.end if str(definition.kind) == Kind.MOVE.value and definition.end else closes
    return target_on(definition, on)


def _assured_between(limits: Limits | None, goal: Goal) -> Assurance | None:
    """A range: passes when both limits lie inside it, fails when they lie beyond one of its bounds."""
    if limits is None or not goal.is_known:
        return None
    low, high = goal.low, goal.high
    if (low is not None and limits.upper < low) or (high is not None and limits.lower > high):
        return Assurance.CONSISTENTLY_FAILS
    inside = (low is None or limits.lower >= low) and (high is None or limits.upper <= high)
    return Assurance.CONSISTENTLY_PASSES if inside else Assurance.HIT_OR_MISS


def _closes(definition: Definition, period: date) -> date:
    return period_end(period, definition.frequency, definition.fiscal_year_start)


def _place(definition: Definition, period: date) -> int:
    """The number of a period: the next one has the next number."""
    frequency = str(definition.frequency)
    if frequency in (Frequency.DAILY.value, Frequency.WEEKLY.value):
        return period.toordinal() // (7 if frequency == Frequency.WEEKLY.value else 1)
    return (period.year * 12 + period.month - 1) // MONTHS.get(frequency, 1)
