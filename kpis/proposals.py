"""Targets that the past of a KPI suggests, the easiest first, each with the numbers that speak for it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kpis.choices import Frequency, Kind
from kpis.definition import Definition, Reading, exact, minus, unit
from kpis.outlook import ahead_of, points_of
from kpis.periods import next_period, period_end, period_start, periods_between
from kpis.seasons import is_seasonal, reached_by, year_of
from kpis.signals import Limits, assurance_of, limits_about, limits_of
from kpis.signals.moments import mean_of
from kpis.signals.trend import line_through, trend_limits
from objectives.pace import EXACT

FEWEST: Final = 6
FEWEST_YEARS: Final = 3
"""Values, or whole years of a KPI that adds up, below which nothing is proposed."""

MOST: Final = 36
RUN: Final = 3
STRETCH: Final = Decimal("1.5")
DAYS_OF_A_YEAR: Final = Decimal("365.2425")
PERIODS_OF_A_YEAR: Final = {
    Frequency.DAILY.value: 365,
    Frequency.WEEKLY.value: 52,
    Frequency.MONTHLY.value: 12,
    Frequency.QUARTERLY.value: 4,
    Frequency.YEARLY.value: 1,
}


class Idea(StrEnum):
    """Where a proposal comes from."""

    PACE = "pace"
    HOLD = "hold"
    SUSTAINED = "sustained"
    USUAL = "usual"
    LIMIT = "natural_limit"
    STRETCH = "stretch"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One target, or the bounds of a range.

    `reached` of `periods` values of the past were at it or better. `facts` are the numbers of its sentence, by name.
    `assurance` is what the natural limits say of it; `probability` that the end reaches it, from the forecast.
    """

    idea: Idea
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    reached: int = 0
    periods: int = 0
    assurance: str | None = None
    probability: float | None = None
    facts: dict[str, Decimal | date | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the quantity can be at all."""

    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """The levels that are looked at, each at its place in time, and how many steps the horizon lies ahead."""

    levels: tuple[Decimal, ...]
    places: tuple[int, ...]
    periods: tuple[date, ...]
    ahead: int
    horizon: date


def proposals_of(
    definition: Definition, readings: Sequence[Reading], *, on: date, bounds: Bounds | None = None
) -> tuple[Proposal, ...]:
    """Two to four targets from the last 36 closed periods; none where there are too few, or nothing to aim at.

    The trend's pace (or the present level, where the trend runs the wrong way), the best three periods in a row, the
    natural limit on the good side, and half as far again beyond it. What is no step from the baseline is left out.
    """
    kind = str(definition.kind)
    past = past_of(definition, readings, on)
    if kind == Kind.UNSCORED.value or len(past.levels) < (FEWEST_YEARS if is_seasonal(definition) else FEWEST):
        return ()
    limits = _natural(definition, past)
    edges = bounds or Bounds()
    if kind == Kind.RANGE.value:
        return tuple(_ranges(definition, past, limits, edges))
    found: dict[Decimal, Proposal] = {}
    for proposal in _ideas(definition, past, limits):
        value = _within(proposal.value, edges, definition)
        if value is not None and _is_step(definition, value):
            found.setdefault(value, _judged(definition, past, limits, proposal, value))
    return tuple(found[value] for value in sorted(found, key=lambda value: value * definition.sign))


def with_probabilities(
    definition: Definition,
    readings: Sequence[Reading],
    proposals: Sequence[Proposal],
    *,
    bounds: Bounds | None = None,
) -> tuple[Proposal, ...]:
    """The same with the probability that the end reaches them: what the outlook would say were they the target."""
    edges = bounds or Bounds()
    return tuple(replace(one, probability=_probability(definition, readings, one, edges)) for one in proposals)


def past_of(definition: Definition, readings: Sequence[Reading], on: date) -> Past:
    """Closed periods up to the day; whole fiscal years, each the sum of its values, of a KPI that adds up."""
    closed = [
        Reading(period_start(row.period, definition.frequency, definition.fiscal_year_start), row.value)
        for row in readings
        if row.value is not None and _closes(definition, row.period) <= on
    ]
    if not closed:
        return Past((), (), (), 1, on)
    if is_seasonal(definition):
        return _years(definition, closed)
    last = closed[-1].period
    reach = list(periods_between(closed[0].period, last, definition.frequency, definition.fiscal_year_start))[-MOST:]
    place = {period: index for index, period in enumerate(reach)}
    known = [(place[row.period], row) for row in closed if row.period in place]
    horizon = definition.end if definition.end is not None and definition.end > _closes(definition, last) else None
    ahead = PERIODS_OF_A_YEAR[str(definition.frequency)]
    if horizon is not None:
        following = next_period(last, definition.frequency, definition.fiscal_year_start)
        ahead = len(list(periods_between(following, horizon, definition.frequency, definition.fiscal_year_start)))
    return Past(
        levels=tuple(exact(row.value, definition.precision) or Decimal(0) for _index, row in known),
        places=tuple(index for index, _row in known),
        periods=tuple(row.period for _index, row in known),
        ahead=max(1, ahead),
        horizon=horizon or _steps_later(definition, last, ahead),
    )


def _natural(definition: Definition, past: Past) -> Limits | None:
    """The natural limits; about the trend's present height where three values in a row have left them on the good side.

    A process on the move is not at home between limits that are drawn through all of its past.
    """
    limits = limits_of(past.levels)
    trend = trend_limits(past.levels)
    if limits is None or trend is None:
        return None
    best = _best_run(definition, past)[0]
    if limits.lower <= best <= limits.upper:
        return limits
    present = trend.centre(len(past.levels) - 1)
    return limits_about(present, limits.mean_range, provisional=limits.provisional)


def _ideas(definition: Definition, past: Past, limits: Limits | None) -> Iterator[Proposal]:
    """The proposals as they come, neither rounded nor cut at what is possible."""
    last = list(past.levels[-RUN:])
    line = line_through(past.levels, [Decimal(place) for place in past.places])
    slope = line.slope if line is not None else Decimal(0)
    if line is not None and slope * definition.sign > 0:
        facts: dict[str, Decimal | date | int] = {"slope": slope, "ahead": past.ahead, "horizon": past.horizon}
        yield Proposal(Idea.PACE, line.at(Decimal(past.places[-1] + past.ahead)), facts=facts)
    else:
        yield Proposal(Idea.HOLD, mean_of(last), facts={"slope": slope, "run": len(last)})
    best, since, until = _best_run(definition, past)
    quarter = _quantile(past.levels, Decimal("0.75") if definition.sign > 0 else Decimal("0.25"))
    facts = {"since": since, "until": until, "run": RUN, "quartile": quarter}
    yield Proposal(Idea.SUSTAINED, best, facts=facts)
    if limits is None:
        return
    edge = limits.upper if definition.sign > 0 else limits.lower
    yield Proposal(Idea.LIMIT, edge, facts={"centre": limits.centre, "limit": edge})
    beyond = EXACT.add(limits.centre, EXACT.multiply(STRETCH, minus(edge, limits.centre)))
    yield Proposal(Idea.STRETCH, beyond, facts={"centre": limits.centre, "limit": edge})


def _ranges(definition: Definition, past: Past, limits: Limits | None, bounds: Bounds) -> Iterator[Proposal]:
    """What nine of ten values keep to, and what the process keeps to by itself."""
    tenth, ninth = (_quantile(past.levels, Decimal(share)) for share in ("0.05", "0.95"))
    pairs = [(Idea.USUAL, tenth, ninth)]
    if limits is not None:
        pairs.append((Idea.LIMIT, limits.lower, limits.upper))
    for idea, lower, upper in pairs:
        low, high = _within(lower, bounds, definition), _within(upper, bounds, definition)
        if low is not None and high is not None:
            inside = sum(low <= level <= high for level in past.levels)
            yield Proposal(idea, low=low, high=high, reached=inside, periods=len(past.levels))


def _judged(definition: Definition, past: Past, limits: Limits | None, idea: Proposal, value: Decimal) -> Proposal:
    """Back from a level of a period to the target, with what the past says of it."""
    level = _level_of(definition, value)
    up = definition.sign > 0
    reached = sum(one >= level if up else one <= level for one in past.levels)
    assurance = assurance_of(limits, level, str(definition.direction))
    return Proposal(
        idea.idea,
        value,
        reached=reached,
        periods=len(past.levels),
        assurance=None if assurance is None else str(assurance.value),
        facts=idea.facts,
    )


def _is_step(definition: Definition, value: Decimal) -> bool:
    """Whether it lies on the good side of the baseline, where there is one."""
    base = exact(definition.baseline, definition.precision)
    if str(definition.kind) != Kind.MOVE.value or base is None:
        return True
    return value != base and (value > base) == (definition.sign > 0)


def _within(level: Decimal | None, bounds: Bounds, definition: Definition) -> Decimal | None:
    """The target for a level, rounded to the precision and cut at what is possible."""
    if level is None:
        return None
    value = _target_of(definition, level)
    if bounds.least is not None:
        value = max(value, bounds.least)
    if bounds.most is not None:
        value = min(value, bounds.most)
    return value.quantize(unit(definition.precision), context=EXACT)


def _target_of(definition: Definition, level: Decimal) -> Decimal:
    """A KPI that adds up needs its baseline and the level of a year as often as its plan has years."""
    if not is_seasonal(definition):
        return level
    return EXACT.add(definition.baseline or Decimal(0), EXACT.multiply(level, _span(definition)))


def _level_of(definition: Definition, target: Decimal) -> Decimal:
    if not is_seasonal(definition):
        return target
    return EXACT.divide(minus(target, definition.baseline or Decimal(0)), _span(definition))


def _span(definition: Definition) -> Decimal:
    """Years of the plan, weighted by their season where one is known."""
    start, end = definition.start, definition.end
    if start is None or end is None or end <= start:
        return Decimal(1)
    if definition.season is not None:
        season = definition.season
        return minus(reached_by(definition, season, end), reached_by(definition, season, start))
    return EXACT.divide(Decimal((end - start).days + 1), DAYS_OF_A_YEAR)


def _years(definition: Definition, closed: Sequence[Reading]) -> Past:
    """Whole fiscal years by the sums of their values."""
    found: dict[int, list[Reading]] = {}
    for row in closed:
        found.setdefault(year_of(definition, row.period), []).append(row)
    fewest = PERIODS_OF_A_YEAR[str(definition.frequency)]
    whole = [year for year in sorted(found) if len({row.period for row in found[year]}) >= fewest][-MOST:]
    horizon = definition.end or (closed[-1].period if closed else date.min)
    return Past(
        levels=tuple(EXACT.multiply(mean_of(_values(found[year])), Decimal(len(found[year]))) for year in whole),
        places=tuple(year - whole[0] for year in whole),
        periods=tuple(found[year][0].period for year in whole),
        ahead=max(1, year_of(definition, horizon) - whole[-1]) if whole else 1,
        horizon=horizon,
    )


def _values(rows: Sequence[Reading]) -> list[Decimal]:
    return [row.value for row in rows if row.value is not None]


def _best_run(definition: Definition, past: Past) -> tuple[Decimal, date, date]:
    """The best mean of three values in a row, and the periods it was reached in."""
    size = min(RUN, len(past.levels))
    runs = [(mean_of(past.levels[start : start + size]), start) for start in range(len(past.levels) - size + 1)]
    best, start = max(runs, key=lambda run: (run[0] * definition.sign, run[1]))
    return best, past.periods[start], past.periods[start + size - 1]


def _quantile(levels: Sequence[Decimal], share: Decimal) -> Decimal:
    """With straight lines between the sorted values."""
    ordered = sorted(levels)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return EXACT.add(ordered[below], EXACT.multiply(minus(ordered[above], ordered[below]), place - below))


def _probability(
    definition: Definition, readings: Sequence[Reading], proposal: Proposal, bounds: Bounds
) -> float | None:
    wanted = replace(definition, target=proposal.value, low=proposal.low, high=proposal.high, targets=())
    ahead, _missing = ahead_of(wanted, points_of(wanted, readings), minimum=bounds.least, maximum=bounds.most)
    return None if ahead is None else ahead.probability


def _closes(definition: Definition, period: date) -> date:
    return period_end(period, definition.frequency, definition.fiscal_year_start)


def _steps_later(definition: Definition, period: date, steps: int) -> date:
    for _step in range(steps):
        period = next_period(period, definition.frequency, definition.fiscal_year_start)
    return period
