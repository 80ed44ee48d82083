"""Two days between which something is compared."""

from datetime import date, timedelta
from typing import Final

USUAL: Final = timedelta(days=30)


def between(first: date | None, last: date | None, *, latest: date) -> tuple[date, date] | None:
    """The two days; not named: up to the latest one, thirty days before. None where they do not follow each other."""
    end = min(last or latest, latest)
    start = first or (end - USUAL if end - date.min > USUAL else date.min)
    return (start, end) if start < end else None
