"""How an alert moves from state to state (SEMANTICS §15). Pure: the present verdict, the patience, the moment.

    normal → pending → firing → acknowledged → recovering → resolved

- *pending*: the condition holds less long than the hold time. When it ends before that, nothing is left behind.
- *firing*, *acknowledged*: it holds; somebody is asked, or has said that they are on it.
- *recovering*: it no longer holds, for less long than the recovery time; when it holds again, back to where it was.
- *no_data*: the figures of an open alert say nothing. It never resolves by absence: when figures come back it goes on
  as they say, and a recovery begins anew. What is pending waits, and does not fire on time alone.
- *error*: the condition of an open alert cannot be judged; the alert's facts name why.
- *closed* by a person: no second alert opens until the condition has ended for the recovery time (it is re-armed), or
  until the accepted deviation is over.

Only the last verdict and the times count, never how often it was asked: the same present twice changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.choices import LIVE_STATES, OPEN_STATES, AlertState

NO_TIME: Final = timedelta(0)


class Verdict(StrEnum):
    """What a comparison says of a condition."""

    HOLDS = "holds"
    OVER = "over"
    UNKNOWN = "unknown"
    """The figures say nothing."""
    UNJUDGED = "unjudged"
    """The rule cannot be evaluated."""
    UNWATCHED = "unwatched"
    """No rule asks any more, or nobody is to act: the alert ends at once, without patience."""
    UNCHANGED = "unchanged"
    """What the rule needs is being computed: everything stays as it is until then."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a condition holds before it fires, is over before it resolves, is left alone before it escalates."""

    hold: timedelta = NO_TIME
    recovery: timedelta = NO_TIME
    escalate_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """Where one alert stands. `acknowledged` outlives no_data, error and recovering."""

    state: str
    holds: bool
    opened_at: datetime
    pending_since: datetime | None = None
    recovering_since: datetime | None = None
    ended_at: datetime | None = None
    acknowledged: bool = False
    snoozed_until: datetime | None = None
    escalation_level: int = 0
    escalation_ended: bool = False
    accepted_end: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it asks for somebody."""
        return self.state in OPEN_STATES

    @property
    def takes_the_place(self) -> bool:
        """Whether no second alert of the rule may open on the subject."""
        return self.holds or self.state in LIVE_STATES or self.recovering_since is not None


def begin(verdict: Verdict, patience: Patience, *, at: datetime) -> Life | None:
    """A new alert where the condition holds; else nothing."""
    if verdict != Verdict.HOLDS:
        return None
    if patience.hold > NO_TIME:
        return Life(AlertState.PENDING, holds=True, opened_at=at, pending_since=at)
    return Life(AlertState.FIRING, holds=True, opened_at=at)


def observe(life: Life, verdict: Verdict, patience: Patience, *, at: datetime) -> Life | None:
    """The alert after a comparison; None when it was pending and its condition has ended: nothing is left of it."""
    life = _awake(life, at)
    if life.state == AlertState.PENDING:
        return _waiting(life, verdict, patience, at)
    if life.state in OPEN_STATES:
        return _open(life, verdict, patience, at)
    if life.state == AlertState.CLOSED:
        return _closed(life, verdict, patience, at)
    return life


def due_at(life: Life, verdict: Verdict, patience: Patience) -> datetime | None:
    """When time alone changes the alert, given what the last comparison said; None = never."""
    moments = [life.snoozed_until if life.is_open else None, _fires_at(life, verdict, patience)]
    if life.recovering_since is not None and verdict == Verdict.OVER:
        moments.append(life.recovering_since + patience.recovery)
    if life.state == AlertState.CLOSED and life.takes_the_place:
        moments.append(life.accepted_end)
    moments.append(escalates_at(life, patience))
    return min((moment for moment in moments if moment is not None), default=None)


def escalates_at(life: Life, patience: Patience) -> datetime | None:
    """When the next one up is told, one delay after another from the moment it fired, never during a snooze."""
    if patience.escalate_after is None or life.escalation_ended or life.state != AlertState.FIRING:
        return None
    moment = life.opened_at + patience.escalate_after * (life.escalation_level + 1)
    return moment if life.snoozed_until is None else max(moment, life.snoozed_until)


def _fires_at(life: Life, verdict: Verdict, patience: Patience) -> datetime | None:
    if life.state != AlertState.PENDING or life.pending_since is None or verdict != Verdict.HOLDS:
        return None
    return life.pending_since + patience.hold


def _awake(life: Life, at: datetime) -> Life:
    """A snooze that is over is over."""
    if life.snoozed_until is not None and at >= life.snoozed_until:
        return replace(life, snoozed_until=None)
    return life


def _waiting(life: Life, verdict: Verdict, patience: Patience, at: datetime) -> Life | None:
    if verdict in (Verdict.OVER, Verdict.UNWATCHED):
        return None
    fires_at = _fires_at(life, verdict, patience)
    if fires_at is None or at < fires_at:
        return life
    return replace(life, state=AlertState.FIRING, opened_at=at)


def _open(life: Life, verdict: Verdict, patience: Patience, at: datetime) -> Life:
    if verdict == Verdict.UNCHANGED:
        return life
    if verdict == Verdict.UNWATCHED:
        return _resolved(life, at)
    if verdict == Verdict.OVER:
        since = life.recovering_since or at
        if at >= since + patience.recovery:
            return _resolved(life, at)
        return replace(life, state=AlertState.RECOVERING, holds=False, recovering_since=since)
    if verdict == Verdict.HOLDS:
        state = AlertState.ACKNOWLEDGED if life.acknowledged else AlertState.FIRING
        return replace(life, state=state, holds=True, recovering_since=None)
    state = AlertState.NO_DATA if verdict == Verdict.UNKNOWN else AlertState.ERROR
    return replace(life, state=state, recovering_since=None)


def _resolved(life: Life, at: datetime) -> Life:
    return replace(life, state=AlertState.RESOLVED, holds=False, recovering_since=None, ended_at=at, snoozed_until=None)


def _closed(life: Life, verdict: Verdict, patience: Patience, at: datetime) -> Life:
    if not life.takes_the_place:
        return life
    if life.accepted_end is not None and at >= life.accepted_end:
        return _rearmed(life)
    if verdict == Verdict.UNWATCHED:
        return _rearmed(life)
    if verdict == Verdict.HOLDS:
        return replace(life, holds=True, recovering_since=None)
    if verdict != Verdict.OVER:
        return life
    since = life.recovering_since or at
    if at >= since + patience.recovery:
        return _rearmed(life)
    return replace(life, holds=False, recovering_since=since)


def _rearmed(life: Life) -> Life:
    return replace(life, holds=False, recovering_since=None)
