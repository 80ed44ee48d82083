"""The sender's side of the rows: claiming what is due, and writing down what became of it. No letter leaves here.

A row that is being sent keeps `next_at` as the end of its lease: when the worker dies, another one takes it after that
and sends it with the same name, so that a receiver can tell it twice from two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from alerts.choices import DUE_STATES, ChannelKind, DeliveryReason, DeliveryState
from alerts.models import Channel, Delivery, MuteWindow
from alerts.quiet import Window, open_window, quiet_until
from alerts.retries import MOST_ATTEMPTS, wait_after
from audit.services import Entry, record_event
from organization.actors import system_actor

LEASE: Final = timedelta(minutes=5)
"""A worker begins nothing after a minute, and waits for one receiver a quarter of one."""

MOST_FAILURES: Final = 10
FAILING_FOR: Final = timedelta(hours=1)
"""A channel is paused after so many failures in a row over at least this time."""

LONGEST_ERROR: Final = 500


@dataclass(frozen=True)
class Failure:
    """Why it did not arrive. `permanent`: trying again would not help; `gone`: the receiver wants nothing any more;
    `out_of_reach`: whatever else goes to the same place now would fail too; `asked`: its Retry-After."""

    error: str
    permanent: bool = False
    gone: bool = False
    out_of_reach: bool = False
    asked: timedelta | None = None


def claim_deliveries(*, at: datetime, limit: int) -> tuple[list[Delivery], int]:
    """Take what is due, the oldest first: those to be sent now, and how many rows were looked at.

    Locks the rows for a moment and skips what others have locked. In a quiet time of the receiver a row is put off to
    its end; in a mute window of the organization it is kept as muted; of a channel that is off it is dropped. A row
    whose senders died as often as it may be tried is given up.
    """
    with transaction.atomic():
        rows = list(_due(at)[:limit])
        windows = _windows({row.organization_id for row in rows})
        claimed: list[Delivery] = []
        for row in rows:
            if not _set_aside(row, windows, at=at):
                row.state, row.attempts, row.next_at = DeliveryState.SENDING, row.attempts + 1, at + LEASE
                claimed.append(row)
        Delivery.objects.bulk_update(rows, ["state", "attempts", "next_at", "last_error"])
    return claimed, len(rows)


def keep_payload(delivery: Delivery, payload: dict[str, Any]) -> None:
    """Write what it says before it is said, so that every attempt says the same."""
    delivery.payload = payload
    _mine(delivery).update(payload=payload)


def settle_sent(delivery: Delivery, *, at: datetime) -> None:
    """It has arrived; the channel works."""
    with transaction.atomic():
        _mine(delivery).update(state=DeliveryState.SENT, sent_at=at, next_at=None, last_error="")
        Channel.objects.filter(pk=delivery.channel_id or 0, failures__gt=0).update(
            failures=0, failing_since=None, last_error=""
        )


def settle_skipped(delivery: Delivery) -> None:
    """Nothing is left to tell."""
    _mine(delivery).update(state=DeliveryState.SKIPPED, next_at=None, last_error="")


def settle_failed(delivery: Delivery, failure: Failure, *, at: datetime) -> None:
    """Try again later, or give up; count it against the channel, which may be paused by it."""
    wait = None if failure.permanent else wait_after(delivery.attempts, str(delivery.uid), asked=failure.asked)
    error = failure.error[:LONGEST_ERROR]
    with transaction.atomic():
        if wait is None:
            settled = _mine(delivery).update(state=DeliveryState.DEAD, next_at=None, last_error=error)
        else:
            settled = _mine(delivery).update(state=DeliveryState.FAILED, next_at=at + wait, last_error=error)
        if settled and delivery.channel_id is not None and delivery.reason != DeliveryReason.TEST:
            _count_failure(delivery.channel_id, error, gone=failure.gone, at=at)
        if settled and wait is None:
            after = {"kind": delivery.kind, "attempts": delivery.attempts, "error": error}
            entry = Entry("delivery.given_up", "delivery", str(delivery.uid), None, after)
            record_event(entry, actor=system_actor(delivery.organization_id), at=at)


def give_back(deliveries: Iterable[Delivery], *, until: datetime) -> None:
    """Put claimed rows back untried, e.g. because their receiver has just proved to be out of reach."""
    for delivery in deliveries:
        _mine(delivery).update(state=DeliveryState.WAITING, attempts=F("attempts") - 1, next_at=until)


def _due(at: datetime) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(next_at__lte=at, state__in=DUE_STATES)
    rows = rows.filter(Q(channel__isnull=True) | Q(channel__paused_at__isnull=True) | Q(reason=DeliveryReason.TEST))
    rows = rows.select_related("organization", "channel", "recipient", "group__owner", "group__branch")
    return rows.order_by("pk").select_for_update(no_key=True, skip_locked=True, of=("self",))


def _set_aside(row: Delivery, windows: dict[tuple[int, int | None], list[Window]], *, at: datetime) -> bool:
    """Whether the row is not sent now; then it is changed to say so."""
    zone = row.organization.zone
    if row.attempts >= MOST_ATTEMPTS:
        row.state, row.next_at = DeliveryState.DEAD, None
        row.last_error = row.last_error or _("The sender was stopped each time.")
        return True
    if row.reason == DeliveryReason.TEST:
        return False
    if row.channel is not None and not row.channel.enabled:
        row.state, row.next_at = DeliveryState.SKIPPED, None
        return True
    muted = open_window(windows.get((row.organization_id, None), []), at, zone)
    if muted is not None:
        row.state, row.next_at = DeliveryState.MUTED, None
        row.last_error = f"{muted.code} {muted.reason}".strip()
        return True
    if row.kind != ChannelKind.EMAIL:
        return False
    until = quiet_until(windows.get((row.organization_id, row.recipient_id), []), at, zone)
    if until is not None:
        row.state, row.next_at = DeliveryState.WAITING, until
    return until is not None


def _windows(organization_ids: set[int]) -> dict[tuple[int, int | None], list[Window]]:
    """All mute windows of these organizations, by organization and person (None = everybody): one query."""
    found: dict[tuple[int, int | None], list[Window]] = {}
    columns = ("code", "weekdays", "from_time", "to_time", "starts_at", "ends_at", "reason")
    rows = MuteWindow.objects.filter(organization_id__in=organization_ids).order_by("pk")
    for organization_id, user_id, *values in rows.values_list("organization_id", "user_id", *columns):
        found.setdefault((organization_id, user_id), []).append(Window(*values))
    return found


def _mine(delivery: Delivery) -> QuerySet[Delivery]:
    """The row, as long as this claim of it holds: not when another worker has taken it over meanwhile."""
    return Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING, attempts=delivery.attempts)


def _count_failure(channel_id: int, error: str, *, gone: bool, at: datetime) -> None:
    channel = Channel.objects.select_for_update(no_key=True, of=("self",)).get(pk=channel_id)
    channel.failures += 1
    channel.failing_since = channel.failing_since or at
    channel.last_error = error
    keeps_failing = channel.failures >= MOST_FAILURES and at - channel.failing_since >= FAILING_FOR
    fields: Sequence[str] = ("failures", "failing_since", "last_error")
    if channel.paused_at is None and (gone or keeps_failing):
        channel.paused_at = at
        fields = (*fields, "paused_at")
        after = {"failures": channel.failures, "error": error}
        actor = system_actor(channel.organization_id)
        record_event(Entry("channel.paused", "channel", channel.code, None, after), actor=actor, at=at)
    channel.save(update_fields=fields)
