"""A rule replayed over a past: how often it would have fired, when, and for how long. Pure.

The same conditions and the same life as today's alerts, moment by moment; between two moments the hold and recovery
times pass as they would have. Nobody acknowledges or closes anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from alerts.choices import AlertState
from alerts.conditions import Condition, Present, Watch, condition_of, text_of
from alerts.lifecycle import Life, Patience, begin, due_at, observe

NORMAL: Final = "normal"
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Moment:
    """What was known when a period had closed."""

    at: datetime
    period: date
    present: Present


@dataclass(frozen=True)
class Replayed:
    """One period: its value, what the condition said (None: nothing), where the alert stood then."""

    period: date
    at: datetime
    value: str | None
    colour: str
    holds: bool | None
    state: str


@dataclass(frozen=True)
class Fired:
    """One alert that would have been: `period` is the one whose value opened it. No end: it would still be open."""

    period: date
    opened_at: datetime
    ended_at: datetime | None
    severity: str
    days: float


@dataclass(frozen=True)
class Replay:
    """Every period, and every alert that would have fired."""

    steps: tuple[Replayed, ...]
    fired: tuple[Fired, ...]


def replay(moments: Sequence[Moment], watch: Watch, patience: Patience, *, until: datetime) -> Replay:
    """Walk through the moments in order of time, and on until the end."""
    walk, steps = _Walk(patience), []
    for moment in moments:
        condition = condition_of(moment.present, watch)
        walk.wait(until=moment.at)
        walk.see(moment, condition)
        steps.append(_step(moment, condition, walk.state))
    walk.wait(until=until)
    return Replay(tuple(steps), tuple(walk.ended(until)))


@dataclass
class _Walk:
    """The one alert that may be there at a time, and those that were."""

    patience: Patience
    life: Life | None = None
    moment: Moment | None = None
    condition: Condition | None = None
    began: tuple[Moment, Condition] | None = None
    past: list[Fired] = field(default_factory=list)

    @property
    def state(self) -> str:
        return NORMAL if self.life is None else str(self.life.state)

    def see(self, moment: Moment, condition: Condition) -> None:
        """A period has closed."""
        self.moment, self.condition = moment, condition
        self._observe(moment, condition, moment.at)

    def wait(self, *, until: datetime) -> None:
        """What time alone changes before the next moment."""
        while self.life is not None and self.moment is not None and self.condition is not None:
            due = due_at(self.life, self.condition.verdict, self.patience)
            if due is None or due > until:
                return
            self._observe(self.moment, self.condition, due)

    def ended(self, until: datetime) -> list[Fired]:
        """All of them, the one that is still open last."""
        if self.life is None or not self.life.is_open:
            return self.past
        return [*self.past, self._fired(self.life, until)]

    def _observe(self, moment: Moment, condition: Condition, at: datetime) -> None:
        if self.life is None:
            self.life = begin(condition.verdict, self.patience, at=at)
            self.began = (moment, condition)
        else:
            self.life = observe(self.life, condition.verdict, self.patience, at=at)
        if self.life is not None and self.life.state == AlertState.RESOLVED:
            self.past.append(self._fired(self.life, at))
            self.life = None

    def _fired(self, life: Life, until: datetime) -> Fired:
        moment, condition = self.began or (self.moment, self.condition)
        if moment is None or condition is None:
            raise ValueError("an alert begins with what was seen")
        return Fired(
            period=moment.period,
            opened_at=life.opened_at,
            ended_at=life.ended_at,
            severity=str(condition.severity),
            days=round(((life.ended_at or until) - life.opened_at) / A_DAY, 3),
        )


def _step(moment: Moment, condition: Condition, state: str) -> Replayed:
    present = moment.present
    return Replayed(moment.period, moment.at, text_of(present.value), str(present.colour), condition.holds, state)
