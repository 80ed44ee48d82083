"""The season of an additive KPI (SEMANTICS §5): the share of a year that is normally reached by a day, and A so far."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from kpis.choices import Frequency, Kind, Trajectory
from kpis.definition import Definition, Planned, Reading, Season, exact, minus, sum_of
from kpis.periods import period_end, period_start, periods_between
from objectives.pace import EXACT

ZERO, ONE = Decimal(0), Decimal(1)
FEWEST_YEARS: Final = 2
PLACES: Final = {
    Frequency.DAILY.value: 365,
    Frequency.WEEKLY.value: 52,
    Frequency.MONTHLY.value: 12,
    Frequency.QUARTERLY.value: 4,
    Frequency.YEARLY.value: 1,
}
"""Positions of a year. The 53rd week and the 366th day belong to the one before them."""


def is_seasonal(definition: Planned) -> bool:
    """Whether the plan follows the season: then A is the baseline and all that came since the start."""
    return str(definition.kind) == Kind.MOVE.value and str(definition.trajectory) == Trajectory.SEASONAL.value


def seasoned(definition: Definition, readings: Sequence[Reading]) -> Definition:
    """The definition with the season that the complete years before its start show; unchanged where there is none."""
    if not is_seasonal(definition) or definition.start is None or definition.end is None:
        return definition
    season = season_of(definition, readings)
    known = replace(definition, season=season)
    if season is None or reached_by(known, season, definition.end) <= reached_by(known, season, definition.start):
        return replace(definition, season=None)
    return known


def season_of(definition: Definition, readings: Sequence[Reading]) -> Season | None:
    """s_i = mean over the complete fiscal years before the start of x_i / Σx; None with fewer than two of them.

    A year whose values sum up to 0 shows no shares and does not count.
    """
    if definition.start is None:
        return None
    years: dict[int, dict[date, Decimal]] = {}
    for reading in readings:
        period = period_start(reading.period, definition.frequency, definition.fiscal_year_start)
        if reading.value is not None and _ends(definition, period) < definition.start:
            years.setdefault(year_of(definition, period), {})[period] = reading.value
    shares = [found for year in sorted(years) if (found := _shares(definition, year, years[year])) is not None]
    if len(shares) < FEWEST_YEARS:
        return None
    reached, total = [], ZERO
    for place in range(len(shares[0])):
        for one in shares:
            total = EXACT.add(total, EXACT.divide(one[place], Decimal(len(shares))))
        reached.append(total)
    reached[-1] = ONE
    return Season(tuple(reached), len(shares))


def seasonal_share(definition: Definition, on: date) -> Decimal | None:
    """p(t) = (S(t) − S(t0)) / (S(t1) − S(t0)), straight within a period; None where no season is known."""
    season, start, end = definition.season, definition.start, definition.end
    if season is None or start is None or end is None:
        return None
    if on <= start or on >= end:
        return ZERO if on <= start else ONE
    first = reached_by(definition, season, start)
    way = minus(reached_by(definition, season, end), first)
    return EXACT.divide(minus(reached_by(definition, season, on), first), way)


def reached_by(definition: Definition, season: Season, day: date) -> Decimal:
    """S(t): whole years count 1 each; within a period from its first day to its last one in a straight line."""
    period = period_start(day, definition.frequency, definition.fiscal_year_start)
    last = _ends(definition, period)
    year = year_of(definition, period)
    place = place_of(definition, period)
    before = season.reached[place - 1] if place else ZERO
    after = season.reached[place] if place < len(season.reached) else before
    within = ONE if last == period else EXACT.divide(Decimal((day - period).days), Decimal((last - period).days))
    return EXACT.add(EXACT.add(Decimal(year), before), EXACT.multiply(minus(after, before), within))


def year_of(definition: Definition, period: date) -> int:
    """The calendar year in which the fiscal year of the period's first day begins."""
    return period.year if period.month >= definition.fiscal_year_start else period.year - 1


def place_of(definition: Definition, period: date) -> int:
    """Position of the period in its fiscal year, from 0; beyond the last one only in a long year."""
    first = _first_of(definition, year_of(definition, period))
    frequency = str(definition.frequency)
    if frequency in (Frequency.DAILY.value, Frequency.WEEKLY.value):
        return (period - first).days // (7 if frequency == Frequency.WEEKLY.value else 1)
    months = (period.year - first.year) * 12 + period.month - first.month
    return months * PLACES[frequency] // 12


def held(definition: Definition, values: Sequence[Reading]) -> list[Reading]:
    """The values as they are held against the plan, by period.

    For a seasonal KPI A = b + Σ of the values of the periods that begin at or after the start; earlier ones are left
    out. For every other KPI they are the values themselves.
    """
    start = definition.start
    if not is_seasonal(definition) or start is None:
        return list(values)
    total = exact(definition.baseline, definition.precision) or ZERO
    found = []
    for reading in values:
        value = exact(reading.value, definition.precision)
        if value is not None and reading.period >= start:
            total = EXACT.add(total, value)
            found.append(Reading(reading.period, total))
    return found


def has_gaps(definition: Definition, values: Sequence[Reading]) -> bool:
    """Whether a period between the start and the last value of a seasonal KPI has none."""
    start = definition.start
    if not is_seasonal(definition) or start is None or not values or values[-1].period < start:
        return False
    known = {reading.period for reading in values}
    between = periods_between(start, values[-1].period, definition.frequency, definition.fiscal_year_start)
    return any(period >= start and period not in known for period in between)


def _shares(definition: Definition, year: int, values: dict[date, Decimal]) -> list[Decimal] | None:
    """x_i / Σx of one year by position; None unless every period has a value and they sum up to something."""
    first, following = _first_of(definition, year), _first_of(definition, year + 1)
    wanted = [day for day in _periods(definition, first, following) if day < following]
    if any(period not in values for period in wanted):
        return None
    total = sum_of(values.values())
    if not total:
        return None
    shares = [ZERO] * PLACES[str(definition.frequency)]
    for period in wanted:
        place = min(place_of(definition, period), len(shares) - 1)
        shares[place] = EXACT.add(shares[place], EXACT.divide(values[period], total))
    return shares


def _periods(definition: Definition, first: date, last: date) -> list[date]:
    return list(periods_between(first, last, definition.frequency, definition.fiscal_year_start))


def _first_of(definition: Definition, year: int) -> date:
    """First day of the first period that begins in the fiscal year: a Monday for weeks."""
    day = date(year, definition.fiscal_year_start, 1)
    first = period_start(day, definition.frequency, definition.fiscal_year_start)
    return first if first >= day else date.fromordinal(_ends(definition, first).toordinal() + 1)


def _ends(definition: Definition, period: date) -> date:
    return period_end(period, definition.frequency, definition.fiscal_year_start)
