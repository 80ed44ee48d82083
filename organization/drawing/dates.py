"""Days, periods and ages as the reader's language writes them."""

from datetime import date, datetime, timedelta
from typing import Final

from organization.drawing.numbers import HARD, NO_VALUE

MONTHS: Final = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
}
WEEKDAYS: Final = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
}
AGES: Final = {
    "en": {"now": "live", "minutes": "min", "hours": "h", "days": "d"},
    "fr": {"now": "en direct", "minutes": "min", "hours": "h", "days": "j"},
}
QUARTER: Final = {"en": "Q", "fr": "T"}
WEEK: Final = {"en": "W", "fr": "S"}


def day(value: date | None, language: str = "en", *, weekday: bool = False) -> str:
    """12 Nov 2026, 12 nov. 2026; with the weekday and without the year: Thu 12 Nov, jeu. 12 nov."""
    if value is None:
        return NO_VALUE
    tongue = _tongue(language)
    number = "1er" if tongue == "fr" and value.day == 1 else str(value.day)
    core = f"{number}{HARD}{MONTHS[tongue][value.month - 1]}"
    return f"{WEEKDAYS[tongue][value.weekday()]} {core}" if weekday else f"{core} {value.year}"


def moment(value: datetime | None, language: str = "en") -> str:
    """12 Nov 2026, 06:00. The caller has turned the time to the reader's zone."""
    return NO_VALUE if value is None else f"{day(value, language)}, {value:%H:%M}"


def period(value: date | None, frequency: str, language: str = "en") -> str:
    """A period named by its first day: Oct 2026, Q4 2026 (T4 2026), 2026, W47 2026 (S47 2026), 12 Nov 2026.

    Quarters and years of a fiscal calendar that do not start in January are named by the months or years they span.
    """
    if value is None:
        return NO_VALUE
    tongue = _tongue(language)
    if frequency == "yearly":
        return str(value.year) if value.month == 1 else f"{value.year}\u2013{(value.year + 1) % 100:02d}"
    if frequency == "quarterly" and value.month % 3 == 1:
        return f"{QUARTER[tongue]}{(value.month + 2) // 3} {value.year}"
    if frequency == "weekly":
        year, week, _weekday = value.isocalendar()
        return f"{WEEK[tongue]}{week} {year}"
    if frequency == "daily":
        return day(value, language)
    return f"{MONTHS[tongue][value.month - 1]} {value.year}"


def age(elapsed: timedelta | None, language: str = "en") -> str:
    """live, 5 min, 3 h, 2 d; live below a minute and for anything to come."""
    if elapsed is None:
        return NO_VALUE
    words = AGES[_tongue(language)]
    minutes = int(elapsed.total_seconds() // 60)
    if minutes < 1:
        return words["now"]
    if minutes < 60:
        return f"{minutes}{HARD}{words['minutes']}"
    if minutes < 24 * 60:
        return f"{minutes // 60}{HARD}{words['hours']}"
    return f"{minutes // (24 * 60)}{HARD}{words['days']}"


def _tongue(language: str) -> str:
    return "fr" if language.startswith("fr") else "en"
