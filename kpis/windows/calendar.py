"""The windows of the fiscal calendar over a KPI's own periods: stretches of it, to date, and over twelve months."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from kpis.choices import Frequency
from kpis.periods import period_end, period_start, periods_between

FINENESS: Final = {str(one.value): place for place, one in enumerate(Frequency)}
"""Daily is 0, yearly 4."""


class By(StrEnum):
    """A window: a stretch of the calendar, the year or quarter up to each period, or the twelve months up to it."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    YTD = "ytd"
    QTD = "qtd"
    ROLLING12 = "rolling12"


LONGEST: Final = {
    By.MONTH: Frequency.MONTHLY.value,
    By.QUARTER: Frequency.QUARTERLY.value,
    By.YEAR: Frequency.YEARLY.value,
    By.QTD: Frequency.QUARTERLY.value,
    By.YTD: Frequency.YEARLY.value,
    By.ROLLING12: Frequency.YEARLY.value,
}
"""The coarsest frequency that a window can hold; also the stretch from whose start a window to date runs."""

RUNNING: Final = frozenset({By.YTD, By.QTD, By.ROLLING12})


class TooShort(ValueError):
    """The window is shorter than the KPI's own period: a yearly KPI by month."""

    def __init__(self, by: By, frequency: str) -> None:
        super().__init__(f"{frequency} by {by}")
        self.by, self.frequency = by, frequency


@dataclass(frozen=True, slots=True)
class Window:
    """Days from first to last and the KPI's own periods in them; `period` names it by the first day of its last step.

    `provisional` as long as it is open.
    """

    period: date
    first: date
    last: date
    periods: tuple[date, ...]
    provisional: bool


def windows_of(
    by: By, frequency: str, fiscal_year_start: int, *, first: date, last: date, end: date | None = None, on: date
) -> Iterator[Window]:
    """The windows from the KPI's first period to its last one, oldest first.

    Only its own periods count in them: none before the first one, none after its `end`, but those still to come.

    A window to date ends with each period, with each month for what is measured more often. A week belongs where its
    Thursday lies. Raises TooShort for a window that cannot hold one period.
    """
    require_fitting(by, frequency)
    stretch = LONGEST[by]
    step = _step(by, str(frequency))
    begin, finish = anchor(first, frequency, fiscal_year_start), anchor(last, frequency, fiscal_year_start)
    for period in periods_between(begin, finish, step, fiscal_year_start):
        closes = period_end(period, step, fiscal_year_start)
        opens = _opening(by, period, closes, stretch, fiscal_year_start)
        belonging = periods_inside(opens, closes, frequency, fiscal_year_start)
        inside = tuple(one for one in belonging if first <= one and (end is None or one <= end))
        seen = max([closes, *(period_end(one, frequency, fiscal_year_start) for one in inside[-1:])])
        yield Window(period, opens, closes, inside, provisional=seen >= on)


def fits(by: By, frequency: str) -> bool:
    """Whether the window can hold a period of the KPI."""
    return FINENESS[str(frequency)] <= FINENESS[LONGEST[by]]


def require_fitting(by: By, frequency: str) -> None:
    """Raise TooShort for a window that is shorter than the KPI's own period."""
    if not fits(by, frequency):
        raise TooShort(by, str(frequency))


def anchor(period: date, frequency: str, fiscal_year_start: int) -> date:
    """The day by which a period belongs to a window: its first, of a week the Thursday."""
    start = period_start(period, frequency, fiscal_year_start)
    return start + timedelta(days=3) if str(frequency) == Frequency.WEEKLY.value else start


@lru_cache(maxsize=8192)
def periods_inside(first: date, last: date, frequency: str, fiscal_year_start: int) -> tuple[date, ...]:
    """The periods that belong to these days, by their first day."""
    found = periods_between(first, last, frequency, fiscal_year_start)
    return tuple(one for one in found if first <= anchor(one, frequency, fiscal_year_start) <= last)


def _step(by: By, frequency: str) -> str:
    if by not in RUNNING:
        return LONGEST[by]
    return max(frequency, Frequency.MONTHLY.value, key=FINENESS.__getitem__)


def _opening(by: By, period: date, closes: date, stretch: str, fiscal_year_start: int) -> date:
    if by not in RUNNING:
        return period
    if by is By.ROLLING12:
        return _year_before(closes + timedelta(days=1))
    return period_start(period, stretch, fiscal_year_start)


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1)  # the first of a month, always there
