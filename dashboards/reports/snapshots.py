"""How objectives stood on earlier days."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

OLDEST_OF_USE = timedelta(days=45)
"""A snapshot that is older than this on the day asked for says nothing of that day."""

ON_DAYS = """
    SELECT o.id, d.day, s.progress, s.expected, s.confidence, s.state, s.colour
    FROM unnest(%s::bigint[]) AS o(id)
    CROSS JOIN unnest(%s::date[]) AS d(day)
    CROSS JOIN LATERAL (
        SELECT progress, expected, confidence, state, colour, day FROM objectives_objectivesnapshot
        WHERE objective_id = o.id AND day <= d.day ORDER BY day DESC LIMIT 1
    ) AS s
    WHERE d.day - s.day <= %s
"""


@dataclass(frozen=True, slots=True)
class Past:
    """One objective at the end of one day."""

    progress: float | None
    expected: float | None
    confidence: int | None
    state: str
    colour: str


Pasts = Mapping[date, Past]


def pasts_of(objective_ids: Iterable[int], days: Iterable[date]) -> dict[int, dict[date, Past]]:
    """By objective and day, what the last snapshot until then said (one query, one index look-up for each)."""
    ids, wanted = sorted(set(objective_ids)), sorted(set(days))
    found: dict[int, dict[date, Past]] = {pk: {} for pk in ids}
    if ids and wanted:
        with connection.cursor() as cursor:
            cursor.execute(ON_DAYS, [ids, wanted, OLDEST_OF_USE.days])
            for pk, day, *rest in cursor.fetchall():
                found[pk][day] = Past(*rest)
    return found


def month_ends(today: date, count: int) -> list[date]:
    """The last days of the `count` months before today's month, and today."""
    ends = []
    year, month = today.year, today.month
    for _step in range(count):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
        ends.append(date(year, month, monthrange(year, month)[1]))
    return [*reversed(ends), today]


def last_days(today: date, count: int) -> list[date]:
    """The `count` days before today."""
    return [today - timedelta(days=back) for back in range(count, 0, -1)]


@dataclass(frozen=True, slots=True)
class Turn:
    """The last change of colour: on which day, from which state."""

    day: date
    was_state: str
    was_colour: str


def last_turn(pasts: Pasts, days: Sequence[date], state: str, colour: str, today: date) -> Turn | None:
    """When the present colour began, looking back over the days; None when it has not changed in them."""
    since = today
    for day in reversed(days):
        past = pasts.get(day)
        if past is None:
            return None
        if past.colour != colour:
            return Turn(since, past.state, past.colour)
        since = day
    return None
