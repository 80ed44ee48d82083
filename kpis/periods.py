"""Periods of a frequency, each named by its first day: ISO weeks; quarters and years of the fiscal calendar."""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from kpis.choices import Frequency

MONTHS: Final = {Frequency.MONTHLY.value: 1, Frequency.QUARTERLY.value: 3, Frequency.YEARLY.value: 12}
DAYS: Final = {Frequency.DAILY.value: 1, Frequency.WEEKLY.value: 7}
DAILY: Final = Frequency.DAILY.value
WEEKLY: Final = Frequency.WEEKLY.value
SHORTEST_MONTH: Final = 28


def period_start(day: date, frequency: str, fiscal_year_start: int = 1) -> date:
    """First day of the period that holds the day."""
    name = str(frequency)
    if name == DAILY:
        return day
    if name == WEEKLY:
        return day - timedelta(days=day.weekday())
    back = (day.month - fiscal_year_start) % MONTHS[name]
    return _months_later(day.replace(day=1), -back)


def next_period(period: date, frequency: str, fiscal_year_start: int = 1) -> date:
    """First day of the period after the one that holds the day."""
    return later(period_start(period, frequency, fiscal_year_start), frequency)


def previous_period(period: date, frequency: str, fiscal_year_start: int = 1) -> date:
    """First day of the period before the one that holds the day."""
    start = period_start(period, frequency, fiscal_year_start)
    return period_start(start - timedelta(days=1), frequency, fiscal_year_start)


def period_end(period: date, frequency: str, fiscal_year_start: int = 1) -> date:
    """Last day of the period that holds the day."""
    return next_period(period, frequency, fiscal_year_start) - timedelta(days=1)


def is_period_start(day: date, frequency: str, fiscal_year_start: int = 1) -> bool:
    """Whether a period begins on the day."""
    return period_start(day, frequency, fiscal_year_start) == day


def periods_between(first: date, last: date, frequency: str, fiscal_year_start: int = 1) -> Iterator[date]:
    """First days of the periods from the one that holds `first` to the one that holds `last`, both included."""
    period = period_start(first, frequency, fiscal_year_start)
    while period <= last:
        yield period
        period = later(period, frequency)


def later(day: date, frequency: str) -> date:
    """The same day one period on; the last day of the month where it does not exist."""
    name = str(frequency)
    return day + timedelta(days=DAYS[name]) if name in DAYS else _months_later(day, MONTHS[name])


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= SHORTEST_MONTH:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
