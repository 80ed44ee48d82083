"""When nobody is to be disturbed: weekly local times, or one stretch of time. Pure.

Weekly times are the wall clock's: an hour that does not exist or comes twice on a day of clock change is what the zone
makes of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MOST_STEPS: Final = 50
"""Windows that touch one another, followed one after another, at the most."""


@dataclass(frozen=True, slots=True)
class Window:
    """Weekly (`weekdays` as a mask, Monday = 1, from … to, past midnight when `to` is not after `from`), or once."""

    code: str
    weekdays: int = 0
    from_time: time | None = None
    to_time: time | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reason: str = ""

    def end_of(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """When the window that is open at this moment ends; None when it is not open. The end itself is outside."""
        if self.from_time is None or self.to_time is None:
            if self.starts_at is None or self.ends_at is None:
                return None
            return self.ends_at if self.starts_at <= at < self.ends_at else None
        today = at.astimezone(zone).date()
        for day in (today - timedelta(days=1), today):
            if not self.weekdays & 1 << day.weekday():
                continue
            last = day if self.to_time > self.from_time else day + timedelta(days=1)
            starts = datetime.combine(day, self.from_time, zone).astimezone(UTC)
            ends = datetime.combine(last, self.to_time, zone).astimezone(UTC)
            if starts <= at < ends:
                return ends
        return None


def open_window(windows: Iterable[Window], at: datetime, zone: ZoneInfo) -> Window | None:
    """One that is open at this moment."""
    return next((window for window in windows if window.end_of(at, zone) is not None), None)


def quiet_until(windows: Iterable[Window], at: datetime, zone: ZoneInfo) -> datetime | None:
    """When the quiet that holds at this moment is over, windows that touch or overlap being one; None = no quiet."""
    known, until = list(windows), at
    for _step in range(MOST_STEPS):
        ends = [end for window in known if (end := window.end_of(until, zone)) is not None]
        if not ends:
            break
        until = max(ends)
    return until if until > at else None


def next_morning(at: datetime, zone: ZoneInfo, hour: int) -> datetime:
    """The next time that the clock of the zone shows this hour, on a day from Monday to Friday."""
    day = at.astimezone(zone).date()
    while True:
        moment = datetime.combine(day, time(hour), zone).astimezone(UTC)
        if moment > at and day.weekday() < 5:
            return moment
        day += timedelta(days=1)
