"""What one person has to do: when it is due, what it weighs, in which order. Pure: no ORM, no clock.

Consequence = influence on the strategic objective it bears on most × gap (how far it lies behind); what is not known
counts as nothing. Inside each group (late, today, by Friday) the largest consequence comes first, then the longest
overdue, then kind and code, so that the order is total and never depends on how things were read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

CHECK_IN_EVERY: Final = timedelta(days=30)
"""An objective is spoken of once a month."""

UPDATE_EVERY: Final = timedelta(days=7)
"""An initiative under way is spoken of once a week."""

ANSWER_WITHIN: Final = timedelta(days=1)
"""An alert is answered by the day after it opened."""

DECIDE_WITHIN: Final = timedelta(days=2)
"""A restatement is decided by the second day after it was proposed."""

FRIDAY: Final = 4


class Kind(StrEnum):
    """What is asked for; the order is that of equals."""

    ALERT = "alert"
    APPROVAL = "approval"
    VALUE = "value"
    CHECK_IN = "check_in"
    UPDATE = "update"


class When(StrEnum):
    """The groups of the list, in their order."""

    LATE = "late"
    TODAY = "today"
    FRIDAY = "friday"


RANK_OF_KIND: Final = {kind: place for place, kind in enumerate(Kind)}
RANK_OF_WHEN: Final = {when: place for place, when in enumerate(When)}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `top` is the strategic objective that `influence` speaks of, empty when there is none."""

    kind: Kind
    code: str
    due_on: date
    influence: float = 0.0
    gap: float = 0.0
    top: str = ""

    @property
    def key(self) -> str:
        """Names it in addresses and on the page."""
        return f"{self.kind}:{self.code}"

    @property
    def consequence(self) -> float:
        return self.influence * self.gap


def last_day_of_week(today: date) -> date:
    """The Friday up to which the list looks: this week's, on a weekend the next one's."""
    return today + timedelta(days=(FRIDAY - today.weekday()) % 7)


def first_day_of_week(today: date) -> date:
    """The Monday since which things were done this week."""
    return today - timedelta(days=today.weekday())


def when_of(due_on: date, today: date) -> When:
    """The group of a day; what is due after Friday is not asked for and counts as Friday."""
    if due_on < today:
        return When.LATE
    return When.TODAY if due_on == today else When.FRIDAY


def days_late(due_on: date, today: date) -> int:
    """Whole days since it was due; 0 while it is not."""
    return max(0, (today - due_on).days)


def ordered(tasks: Iterable[Task], today: date) -> list[Task]:
    """All of them in the order in which they should be done; a total order as long as keys differ."""
    return sorted(
        tasks,
        key=lambda task: (
            RANK_OF_WHEN[when_of(task.due_on, today)],
            -task.consequence,
            task.due_on,
            RANK_OF_KIND[task.kind],
            task.code,
        ),
    )


def gap_of(progress: float | None, expected: float | None, variance: float | None = None) -> float:
    """How far behind, as a share: expected − progress; where one is unknown, |variance| of a bad variance; else 0."""
    if progress is not None and expected is not None:
        return max(0.0, expected - progress)
    return abs(variance) if variance is not None else 0.0


def share_of_time(start: date | None, end: date | None, today: date) -> float | None:
    """What even work would have done by now; None without both dates."""
    if start is None or end is None:
        return None
    if end <= start:
        return 1.0 if today >= end else 0.0
    return min(1.0, max(0.0, (today - start).days / (end - start).days))


def due_after(last: date | None, start: date | None, every: timedelta, today: date) -> date:
    """The day on which the next statement is due: a rhythm after the last one, else after the start; else today."""
    begun = last or start
    return today if begun is None else begun + every


def next_key(keys: Sequence[str], done: str) -> str:
    """The task to look at after one was done: the one that followed it, at the end the first one; "" without any."""
    left = [key for key in keys if key != done]
    if not left:
        return ""
    if done not in keys:
        return left[0]
    following = keys[list(keys).index(done) + 1 :]
    return following[0] if following else left[0]
