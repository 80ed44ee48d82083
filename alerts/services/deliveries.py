"""Writing who is told of what. The rows are the messages; sending them is another step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alerts.choices import ChannelKind, DeliveryReason
from alerts.models import AlertGroup, Delivery


@dataclass(frozen=True)
class Escalated:
    """The alerts of one episode of a group have come up to a person."""

    group: AlertGroup
    user_id: int
    level: int
    episode: int


def queue_group_deliveries(groups: Iterable[AlertGroup], *, at: datetime) -> None:
    """Tell the owner of each group of the alerts of its present episode, at the group's `tell_at`. Twice is once.

    Called in the transaction in which alerts joined the groups; one statement for any number of them.
    """
    _write(
        Delivery(
            organization_id=group.organization_id,
            key=f"group:{group.pk}:user:{group.owner_id}:in_app:opened:{group.episode}",
            kind=ChannelKind.IN_APP,
            recipient_id=group.owner_id,
            group=group,
            episode=group.episode,
            reason=DeliveryReason.OPENED,
            next_at=group.tell_at,
            created_at=at,
        )
        for group in groups
        if group.owner_id is not None
    )


def queue_escalation_deliveries(escalated: Iterable[Escalated], *, at: datetime) -> None:
    """Tell each person what has come up to them, once per group, episode and level."""
    _write(
        Delivery(
            organization_id=one.group.organization_id,
            key=f"group:{one.group.pk}:user:{one.user_id}:in_app:escalated:{one.episode}:{one.level}",
            kind=ChannelKind.IN_APP,
            recipient_id=one.user_id,
            group=one.group,
            episode=one.episode,
            reason=DeliveryReason.ESCALATED,
            next_at=at,
            created_at=at,
        )
        for one in escalated
    )


def _write(rows: Iterable[Delivery]) -> None:
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
