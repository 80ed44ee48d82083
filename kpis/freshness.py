"""How old a value is (SEMANTICS §10): due = end of the period after the last observed one + grace days."""

from dataclasses import dataclass
from datetime import date, timedelta

from kpis.choices import Freshness
from kpis.periods import later, period_start


@dataclass(frozen=True)
class Age:
    """Freshness of the last value, and the day on which the next one is due; None when none is expected any more."""

    freshness: Freshness
    due_on: date | None


def age_of(
    last_period: date | None,
    *,
    frequency: str,
    on: date,
    grace_days: int = 0,
    start: date | None = None,
    end: date | None = None,
    fiscal_year_start: int = 1,
) -> Age:
    """Fresh before the next value is due; due up to one more grace; late beyond; stale once the one after is due too.

    After the end date the last value is final. Without any value the first one is due for the period of the start.
    """
    grace = timedelta(days=grace_days)
    if last_period is None:
        first = period_start(start, frequency, fiscal_year_start) if start else None
        return Age(Freshness.NO_DATA, _due(first, frequency, grace, end) if first else None)
    coming = later(period_start(last_period, frequency, fiscal_year_start), frequency)
    due_on = _due(coming, frequency, grace, end)
    if end is not None and on > end:
        return Age(Freshness.FINAL, None)
    if due_on is None or on < due_on:
        return Age(Freshness.FRESH, due_on)
    after = _due(later(coming, frequency), frequency, grace, end)
    if after is not None and on >= after:
        return Age(Freshness.STALE, due_on)
    return Age(Freshness.DUE if on <= due_on + grace else Freshness.LATE, due_on)


def _due(period: date, frequency: str, grace: timedelta, end: date | None) -> date | None:
    """When the value of a period is due; None for a period that begins after the end."""
    if end is not None and period > end:
        return None
    return later(period, frequency) - timedelta(days=1) + grace
