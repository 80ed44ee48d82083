"""The organization's channels, how they do, and what goes to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from alerts.choices import DUE_STATES, ChannelKind, DeliveryState
from alerts.endpoints import masked
from alerts.forms.post import ChannelChangeForm
from alerts.models import Channel, Delivery
from alerts.reports.subscriptions import Wanted, subscriptions_of_channels
from organization.actors import Actor


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One channel; its address without what opens the door."""

    code: str
    name: str
    kind: str
    is_signed: bool
    address: str
    enabled: bool
    failures: int
    paused_at: datetime | None
    last_error: str
    last_sent_at: datetime | None
    due: int
    dead: int
    subscriptions: tuple[Wanted, ...]
    version: int
    form: ChannelChangeForm


def channel_lines(actor: Actor, refused: tuple[str, ChannelChangeForm] | None = None) -> tuple[ChannelLine, ...]:
    """All channels of the actor's organization: three queries. `refused` is a code and its form with errors."""
    channels = list(Channel.objects.visible_to(actor).order_by("code"))
    counts: dict[int | None, Any] = {
        row["channel_id"]: row
        for row in Delivery.objects.visible_to(actor)
        .filter(channel__in=[channel.pk for channel in channels])
        .order_by()
        .values("channel_id")
        .annotate(
            due=Count("pk", filter=Q(state__in=DUE_STATES)),
            dead=Count("pk", filter=Q(state=DeliveryState.DEAD)),
            last=Max("sent_at"),
        )
    }
    wanted = subscriptions_of_channels(actor)
    nothing = {"due": 0, "dead": 0, "last": None}
    lines = []
    for channel in channels:
        form = refused[1] if refused is not None and refused[0] == channel.code else _form(channel)
        count = counts.get(channel.pk, nothing)
        lines.append(
            ChannelLine(
                code=channel.code,
                name=channel.name,
                kind=str(ChannelKind(channel.kind).label),
                is_signed=channel.kind == ChannelKind.WEBHOOK,
                address=masked(channel.url),
                enabled=channel.enabled,
                failures=channel.failures,
                paused_at=channel.paused_at,
                last_error=channel.last_error,
                last_sent_at=count["last"],
                due=count["due"],
                dead=count["dead"],
                subscriptions=tuple(wanted.get(channel.pk, ())),
                version=channel.version,
                form=form,
            )
        )
    return tuple(lines)


def _form(channel: Channel) -> ChannelChangeForm:
    initial = {"name": channel.name, "version": channel.version}
    return ChannelChangeForm(initial=initial, auto_id=f"channel-{channel.pk}-%s")
