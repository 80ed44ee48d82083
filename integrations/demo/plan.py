"""The calendar of the demo: months counted from the first month of the plan, on the day of whoever starts it. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
QUARTERS = {"en": "Q%d %d", "fr": "T%d %d"}
TOKEN = re.compile(r"\{(q|m):([+-]\d+)\}")


def months_later(day: date, months: int) -> date:
    """The first day of the month so many months after the month of the day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


@dataclass(frozen=True)
class Plan:
    """The plan of a company seen from `now`: month 0 is its first month, month `present` the one that runs."""

    now: datetime
    zone: ZoneInfo
    months: int
    present: int
    earlier: int
    vision_years: int

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def start(self) -> date:
        return self.month(0)

    @property
    def end(self) -> date:
        return self.last_day(self.months - 1)

    @property
    def vision_year(self) -> int:
        return self.end.year + self.vision_years

    def month(self, number: int) -> date:
        """First day of a month of the plan."""
        return months_later(self.today, number - self.present)

    def last_day(self, number: int) -> date:
        return self.month(number + 1) - timedelta(days=1)

    def number_of(self, day: date) -> int:
        """The month of the plan that holds the day."""
        return self.present + (day.year - self.today.year) * 12 + day.month - self.today.month

    def moment(self, number: int, day: int, hour: int, minute: int = 0) -> datetime:
        """A moment of a month, at the latest shortly before now."""
        found = datetime.combine(self.month(number) + timedelta(days=day - 1), time(hour, minute), tzinfo=self.zone)
        return min(found, self.now - timedelta(hours=2) + timedelta(minutes=minute))

    def told(self, text: str, language: str) -> str:
        """The text with its dates: `{vision_year}`, `{q:+6}` the quarter six months from now, `{m:-1}` last month."""

        def said(token: re.Match[str]) -> str:
            day = months_later(self.today, int(token[2]))
            if token[1] == "m":
                return f"{MONTHS[language].split()[day.month - 1]} {day.year}"
            return QUARTERS[language] % ((day.month + 2) // 3, day.year)

        return TOKEN.sub(said, text.replace("{vision_year}", str(self.vision_year)))
