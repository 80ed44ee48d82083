"""What stands in the column Year: a year, a quarter, a month, or words with a year in them."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from kpis.choices import Frequency
from kpis.periods import period_start

YEAR: Final = re.compile(r"([12][0-9]{3})(?:\.0+)?\Z")
QUARTER: Final = re.compile(r"(?:([12][0-9]{3})[ -]?Q([1-4])|Q([1-4])[ -]?([12][0-9]{3}))\Z", re.IGNORECASE)
MONTH: Final = re.compile(r"([12][0-9]{3}) (0[1-9]|1[0-2])\Z")
MONTH_OR_SPAN: Final = re.compile(r"([12][0-9]{3})-([0-9]{2})\Z")
DAY: Final = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}\Z")
SOME_YEAR: Final = re.compile(r"(?<![0-9])([12][0-9]{3})(?![0-9])")


@dataclass(frozen=True, slots=True)
class When:
    """A label understood: a day of the period, how long the period is, and whether the label says no more than that."""

    day: date
    frequency: str
    is_plain: bool = True

    def period(self, fiscal_year_start: int) -> date:
        """The first day of the period: years are those of the organization that begin in the year named."""
        if self.frequency == Frequency.YEARLY.value:
            return date(self.day.year, fiscal_year_start, 1)
        return period_start(self.day, self.frequency, fiscal_year_start)


def holds_months(labels: Collection[str]) -> bool:
    """Whether `2010-03` is a month in this file, and not the years 2010 to 2003: every label could be one, and some
    could be nothing else. `2009-11` alone is three years."""
    pairs = [(int(found[1]) % 100, int(found[2])) for label in labels if (found := MONTH_OR_SPAN.match(label))]
    return all(1 <= second <= 12 for _first, second in pairs) and any(second <= first for first, second in pairs)


def understood(label: str, *, months: bool = False) -> When | None:
    """The period that a label names; None where it names none.

    A span of years (`2014/15`, `2009-11`, `2001-2005`) is named by the year in which it begins.
    """
    if found := YEAR.match(label):
        return _year(found[1])
    if found := QUARTER.match(label):
        year, quarter = (found[1], found[2]) if found[1] else (found[4], found[3])
        return When(date(int(year), 3 * int(quarter) - 2, 1), Frequency.QUARTERLY.value)
    if found := MONTH.match(label) or (MONTH_OR_SPAN.match(label) if months else None):
        return When(date(int(found[1]), int(found[2]), 1), Frequency.MONTHLY.value)
    if DAY.match(label):
        return _day(label)
    years = SOME_YEAR.findall(label)
    if not years:
        return None
    return _year(years[0] if label.startswith(years[0]) else years[-1], is_plain=False)


def _year(text: str, *, is_plain: bool = True) -> When:
    return When(date(int(text), 1, 1), Frequency.YEARLY.value, is_plain)


def _day(label: str) -> When | None:
    try:
        return When(date.fromisoformat(label), Frequency.DAILY.value)
    except ValueError:
        return None
