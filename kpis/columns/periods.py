"""Periods as people write them: 2026-10-31, 31/10/2026, 2026-10, Oct 2026, octobre 2026, 2026 Q3, T3 2026, 2025/26."""

import re
from datetime import date, timedelta
from typing import Final

from kpis.choices import Frequency
from kpis.periods import period_end, period_start

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january janv janvier",
            "feb february fev févr fév février fevrier fevr",
            "mar march mars",
            "apr april avr avril",
            "may mai",
            "jun june juin",
            "jul july juil juillet",
            "aug august août aout",
            "sep sept september septembre",
            "oct october octobre",
            "nov november novembre",
            "dec december déc décembre decembre",
        ),
        start=1,
    )
    for name in names.split()
}
YEAR: Final = r"(?P<year>(?:19|20|21)\d\d)"
DAY: Final = re.compile(rf"{YEAR}[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)(?:[t ]00:00(?::00(?:\.0+)?)?z?)?")
LOCAL_DAY: Final = re.compile(rf"(?P<first>\d\d?)[-/. ](?P<second>\d\d?)[-/. ]{YEAR}")
NAMED_DAY: Final = re.compile(rf"(?P<day>\d\d?)(?:er|st|nd|rd|th)?[-/. ](?P<name>[a-zéû]{{3,9}})\.?[-/. ,]+{YEAR}")
WEEK: Final = re.compile(rf"{YEAR}[- ]?w(?P<week>\d\d?)|w(?P<week_first>\d\d?)[- /](?P<week_year>(?:19|20|21)\d\d)")
QUARTER: Final = re.compile(
    rf"{YEAR}[-/. ]?[qt](?P<quarter>[1-4])|[qt](?P<first>[1-4])[-/. ]?(?P<after>(?:19|20|21)\d\d)"
)
MONTH: Final = re.compile(rf"{YEAR}(?:[-/. ]|[- ]?m)(?P<month>\d\d?)|(?P<first>\d\d?)[-/.](?P<after>(?:19|20|21)\d\d)")
NAMED_MONTH: Final = re.compile(
    rf"(?P<name>[a-zéû]{{3,9}})\.?[-/. ,]*(?P<after>(?:19|20|21)\d\d|'?\d\d)|{YEAR}[-/. ]?(?P<last>[a-zéû]{{3,9}})\.?"
)
FISCAL: Final = re.compile(rf"(?:fy ?|ex\.? ?)?{YEAR} ?[-/–] ?(?P<next>\d\d(?:\d\d)?)")
FISCAL_END: Final = re.compile(r"(?:fy|ex) ?(?P<end>(?:19|20|21)\d\d|\d\d)")
ONLY_YEAR: Final = re.compile(YEAR)
LONGEST: Final = 40


class NotAPeriod(ValueError):
    """The text names no period, or none of the wanted length."""


def read_period(text: str, frequency: str, *, fiscal_year_start: int = 1, month_first: bool = False) -> date:
    """First day of the period of the frequency that the text names. Raises NotAPeriod.

    A day, or a shorter period, names the one that it begins or ends: month-end days are as good as first days. A
    longer period names none. 2011-12 is a fiscal year where years are wanted and December where months are. A year
    alone is the fiscal year that begins in it, FY26 the one that ends in 2026.
    """
    first, last = _span(text, str(frequency), fiscal_year_start, month_first)
    start = period_start(first, frequency, fiscal_year_start)
    end = period_end(start, frequency, fiscal_year_start)
    if last > end or (first != start and last != end):
        raise NotAPeriod(text)
    return start


def reads_as_period(text: str) -> bool:
    """Whether a header could name a period of any length."""
    for frequency in Frequency:
        try:
            read_period(text, frequency.value)
        except NotAPeriod:
            continue
        return True
    return False


def _span(text: str, frequency: str, year_start: int, month_first: bool) -> tuple[date, date]:
    word = " ".join(text.strip().lower().split())
    if not word or len(word) > LONGEST:
        raise NotAPeriod(text)
    try:
        found = _days(word, month_first) or _longer(word, frequency, year_start)
    except (ValueError, OverflowError):
        raise NotAPeriod(text) from None
    if found is None:
        raise NotAPeriod(text)
    return found


def _days(word: str, month_first: bool) -> tuple[date, date] | None:
    if match := DAY.fullmatch(word):
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    elif match := LOCAL_DAY.fullmatch(word):
        one, two = int(match["first"]), int(match["second"])
        number, month = (two, one) if month_first else (one, two)
        day = date(int(match["year"]), month, number)
    elif (match := NAMED_DAY.fullmatch(word)) and match["name"] in MONTHS:
        day = date(int(match["year"]), MONTHS[match["name"]], int(match["day"]))
    else:
        return None
    return day, day


def _longer(word: str, frequency: str, year_start: int) -> tuple[date, date] | None:
    if frequency == Frequency.YEARLY.value and (year := _fiscal_year(word, year_start)) is not None:
        return _reach(date(year, year_start, 1), Frequency.YEARLY.value, year_start)
    if match := WEEK.fullmatch(word):
        monday = date.fromisocalendar(
            int(match["year"] or match["week_year"]), int(match["week"] or match["week_first"]), 1
        )
        return monday, monday + timedelta(days=6)
    if match := QUARTER.fullmatch(word):
        return _quarter(int(match["year"] or match["after"]), int(match["quarter"] or match["first"]), year_start)
    if match := MONTH.fullmatch(word):
        first = date(int(match["year"] or match["after"]), int(match["month"] or match["first"]), 1)
        return _reach(first, Frequency.MONTHLY.value, year_start)
    if match := NAMED_MONTH.fullmatch(word):
        month = MONTHS.get(match["name"] or match["last"])
        if month is not None:
            return _reach(
                date(_century(match["year"] or match["after"]), month, 1), Frequency.MONTHLY.value, year_start
            )
    year = _fiscal_year(word, year_start)
    return None if year is None else _reach(date(year, year_start, 1), Frequency.YEARLY.value, year_start)


def _quarter(year: int, number: int, year_start: int) -> tuple[date, date]:
    """The calendar's quarter; the fiscal one of that fiscal year where the two do not fall together."""
    if (year_start - 1) % 3 == 0:
        return _reach(date(year, 3 * number - 2, 1), Frequency.QUARTERLY.value, year_start)
    months = year_start - 1 + 3 * (number - 1)
    return _reach(date(year + months // 12, months % 12 + 1, 1), Frequency.QUARTERLY.value, year_start)


def _fiscal_year(word: str, year_start: int) -> int | None:
    """The calendar year in which the fiscal year begins."""
    if match := FISCAL.fullmatch(word):
        year, following = int(match["year"]), int(match["next"])
        return year if following in (year + 1, (year + 1) % 100) else None
    if match := FISCAL_END.fullmatch(word):
        return _century(match["end"]) - (year_start > 1)
    return int(match["year"]) if (match := ONLY_YEAR.fullmatch(word)) else None


def _reach(first: date, frequency: str, year_start: int) -> tuple[date, date]:
    return first, period_end(first, frequency, year_start)


def _century(text: str) -> int:
    """26 is 2026, 85 is 1985."""
    digits = text.removeprefix("'")
    number = int(digits)
    return number if len(digits) == 4 else 2000 + number if number < 70 else 1900 + number
