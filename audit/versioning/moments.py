"""The moment whose knowledge is shown at present; None is now."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Moment:
    """An instant, and the calendar day on which it lies for the organization that is looked at."""

    at: datetime
    day: date


shown: ContextVar[Moment | None] = ContextVar("moment_shown", default=None)


def moment_shown() -> Moment | None:
    """The past moment that this code is shown the database of; None where it is shown the present."""
    return shown.get()
