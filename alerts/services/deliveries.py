"""Writing who is told of what. The rows are the messages; sending them is another step."""

from collections.abc import Iterable
from datetime import datetime

from alerts.choices import ChannelKind, DeliveryReason
from alerts.models import AlertGroup, Delivery


def queue_group_deliveries(groups: Iterable[AlertGroup], *, at: datetime) -> None:
    """Tell the owner of each group of the alerts of its present episode, at the group's `tell_at`. Twice is once.

    Called in the transaction in which alerts joined the groups; one statement for any number of them.
    """
    _write(_row(group, group.owner_id, DeliveryReason.OPENED, "", at) for group in groups if group.owner_id is not None)


def queue_escalation_deliveries(escalated: Iterable[tuple[AlertGroup, int, int]], *, at: datetime) -> None:
    """Tell each person (group, user, level) that the group's alerts have come up to them. Twice is once."""
    _write(_row(group, user_id, DeliveryReason.ESCALATED, f":{level}", at) for group, user_id, level in escalated)


def _row(group: AlertGroup, user_id: int, reason: DeliveryReason, detail: str, at: datetime) -> Delivery:
    return Delivery(
        organization_id=group.organization_id,
        key=f"group:{group.pk}:user:{user_id}:in_app:{reason.value}:{group.episode}{detail}",
        kind=ChannelKind.IN_APP,
        recipient_id=user_id,
        group=group,
        episode=group.episode,
        reason=reason,
        next_at=group.tell_at if reason == DeliveryReason.OPENED else at,
        created_at=at,
    )


def _write(rows: Iterable[Delivery]) -> None:
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
