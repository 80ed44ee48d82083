"""Between an alert's row and its plain life."""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from alerts.choices import Outcome
from alerts.lifecycle import Life
from alerts.models import Alert

LIFE_COLUMNS: Final = (
    "state",
    "holds",
    "opened_at",
    "pending_since",
    "recovering_since",
    "ended_at",
    "snoozed_until",
    "snoozed_by",
    "escalation_level",
    "escalation_ended",
)


def life_of(alert: Alert, zone: ZoneInfo) -> Life:
    """The row as a plain life; an accepted deviation ends with its last day in the organization's zone."""
    accepted_end = None
    if alert.outcome == Outcome.ACCEPTED and alert.accepted_until is not None:
        accepted_end = datetime.combine(alert.accepted_until + timedelta(days=1), time(), tzinfo=zone)
    return Life(
        state=alert.state,
        holds=alert.holds,
        opened_at=alert.opened_at,
        pending_since=alert.pending_since,
        recovering_since=alert.recovering_since,
        ended_at=alert.ended_at,
        acknowledged=alert.acknowledged_at is not None,
        snoozed_until=alert.snoozed_until,
        escalation_level=alert.escalation_level,
        escalation_ended=alert.escalation_ended,
        accepted_end=accepted_end,
    )


def put(life: Life, alert: Alert) -> None:
    """What comparing changes of an alert."""
    alert.state, alert.holds, alert.opened_at = life.state, life.holds, life.opened_at
    alert.pending_since, alert.recovering_since = life.pending_since, life.recovering_since
    alert.ended_at, alert.snoozed_until = life.ended_at, life.snoozed_until
    if life.snoozed_until is None:
        alert.snoozed_by_id = None
