"""Messages of a person, and what became of everything that was to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q

from alerts.choices import DUE_STATES, REPEATABLE_STATES, ChannelKind, DeliveryReason, DeliveryState
from alerts.forms.post import PostFilters
from alerts.messages import Line, Message, message_from
from alerts.models import Channel, Delivery
from alerts.models.deliveries import keeps_the_post
from organization.actors import Actor
from organization.narrowing import Choice, choices_of

PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """One message inside the portal."""

    uid: UUID
    message: Message
    lines: tuple[Line, ...]
    is_new: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Letters:
    items: tuple[Letter, ...]
    unread: int
    next_query: str
    newest_query: str


@dataclass(frozen=True, slots=True)
class Sending:
    """One delivery in the list: to whom, by which way, about what, what became of it."""

    uid: UUID
    subject: str
    to: str
    kind: str
    reason: str
    group: str
    state: str
    state_word: str
    attempts: int
    error: str
    created_at: datetime
    at: datetime | None
    is_due: bool
    may_repeat: bool


@dataclass(frozen=True, slots=True)
class Sendings:
    """The page. `counts` are of all that the actor sees, whatever the filters say."""

    rows: tuple[Sending, ...]
    sees_all: bool
    dead: int
    due: int
    sent: int
    paused: tuple[str, ...]
    filters: PostFilters
    states: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    query: str
    next_query: str
    newest_query: str


def letters(actor: Actor, *, before: int = 0) -> Letters:
    """The actor's messages in the portal, the newest first: two queries."""
    rows = Delivery.objects.inbox_of(actor)
    unread = rows.filter(read_at__isnull=True).count()
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE_SIZE + 1])
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    return Letters(
        items=tuple(_letter(row) for row in found),
        unread=unread,
        next_query=PostFilters().query(before=found[-1].pk) if more else "",
        newest_query=PostFilters().query() if before else "",
    )


def sendings(actor: Actor, filters: PostFilters) -> Sendings:
    """What the actor may see of all that was to be sent: three queries."""
    visible = Delivery.objects.visible_to(actor)
    counts = visible.aggregate(
        dead=Count("pk", filter=Q(state=DeliveryState.DEAD)),
        due=Count("pk", filter=Q(state__in=DUE_STATES)),
        sent=Count("pk", filter=Q(state=DeliveryState.SENT)),
    )
    rows = visible.filter(**_narrowing(filters)).select_related("recipient", "channel", "group")
    found = list(rows.order_by("-pk")[: PAGE_SIZE + 1])
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    paused = Channel.objects.visible_to(actor).filter(paused_at__isnull=False).order_by("code")
    return Sendings(
        rows=tuple(_sending(row) for row in found),
        sees_all=keeps_the_post(actor),
        **counts,
        paused=tuple(str(channel) for channel in paused),
        filters=filters,
        states=choices_of(DeliveryState.choices, filters.state),
        kinds=choices_of(ChannelKind.choices, filters.kind),
        query=filters.query(before=filters.before),
        next_query=filters.query(before=found[-1].pk) if more else "",
        newest_query=filters.query() if filters.before else "",
    )


def _narrowing(filters: PostFilters) -> Mapping[str, Any]:
    said = {"state": filters.state, "kind": filters.kind, "pk__lt": filters.before}
    return {name: value for name, value in said.items() if value}


def _letter(row: Delivery) -> Letter:
    message = message_from(row.payload["message"])
    return Letter(row.uid, message, message.lines, row.read_at is None, row.sent_at)


def _sending(row: Delivery) -> Sending:
    return Sending(
        uid=row.uid,
        subject=row.payload.get("message", {}).get("subject", ""),
        to=str(row.channel.name if row.channel else row.recipient or ""),
        kind=str(ChannelKind(row.kind).label),
        reason=str(DeliveryReason(row.reason).label),
        group=row.group.code if row.group else "",
        state=row.state,
        state_word=str(DeliveryState(row.state).label),
        attempts=row.attempts,
        error=row.last_error,
        created_at=row.created_at,
        at=row.sent_at or row.next_at,
        is_due=row.next_at is not None,
        may_repeat=row.state in REPEATABLE_STATES,
    )
