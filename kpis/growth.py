"""The growth pace of a `compound` KPI (SEMANTICS §5, after Open SDG): yearly growth so far over what is needed."""

from datetime import date
from decimal import Decimal
from typing import Final

from kpis.choices import Frequency
from kpis.periods import MONTHS, period_start
from objectives.pace import EXACT

ZERO, ONE = Decimal(0), Decimal(1)
DAYS_OF_A_YEAR: Final = Decimal("365.2425")
MONTHS_OF_A_YEAR: Final = Decimal(12)


def years_between(first: date, last: date, frequency: str, fiscal_year_start: int = 1) -> Decimal:
    """Years from the period that holds one day to the period that holds the other.

    Whole years for a yearly KPI, twelfths and quarters for monthly and quarterly ones, so that two Januaries lie one
    year apart whatever their days; days / 365.2425 between the first days of weeks, and between days.
    """
    start, end = (period_start(day, frequency, fiscal_year_start) for day in (first, last))
    if str(frequency) in (Frequency.DAILY.value, Frequency.WEEKLY.value):
        return EXACT.divide(Decimal((end - start).days), DAYS_OF_A_YEAR)
    months = (end.year - start.year) * 12 + end.month - start.month
    periods = months // MONTHS[str(frequency)]
    return EXACT.divide(Decimal(periods * MONTHS[str(frequency)]), MONTHS_OF_A_YEAR)


def yearly_growth(first: Decimal, last: Decimal, years: Decimal) -> Decimal | None:
    """(last / first)^(1 / years) − 1; None without time between them, from 0, or across it."""
    if years <= 0 or not first:
        return None
    ratio = EXACT.divide(last, first)
    if ratio < 0:
        return None
    if not ratio:
        return -ONE
    return EXACT.subtract(EXACT.power(ratio, EXACT.divide(ONE, years)), ONE)


def growth_pace(
    baseline: Decimal | None, target: Decimal | None, actual: Decimal | None, *, so_far: Decimal, in_all: Decimal
) -> Decimal | None:
    """Observed yearly growth over required yearly growth; 1 is exactly on the way, below 0 the other way.

    None where a value is unknown, either growth has no meaning, or no growth is required.
    """
    if baseline is None or target is None or actual is None:
        return None
    observed = yearly_growth(baseline, actual, so_far)
    required = yearly_growth(baseline, target, in_all) if target else None
    if observed is None or not required:
        return None
    return EXACT.divide(observed, required)
