"""A digest of alerts that goes out with another letter of the same day, so that nobody gets two."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from alerts.choices import ChannelKind, DeliveryReason, DeliveryState
from alerts.messages import Message, message_from
from alerts.models import Delivery
from alerts.services.composing import compose_delivery


def waiting_digests(*, until: datetime) -> QuerySet[Delivery]:
    """Digests of alerts to people by e-mail that are due by a moment and not written yet."""
    rows = Delivery.objects.filter(kind=ChannelKind.EMAIL, reason=DeliveryReason.DIGEST, state=DeliveryState.WAITING)
    return rows.filter(next_at__lte=until, payload={}, recipient__isnull=False)


def take_digest(user_id: int, *, organization_id: int, until: datetime, at: datetime) -> Message | None:
    """What the person's waiting digest of alerts says, which is then not sent by itself; None when it says nothing.

    Called in the transaction that writes the other letter. A row that the sender holds is left to it.
    """
    with transaction.atomic():
        rows = waiting_digests(until=until).filter(organization_id=organization_id, recipient_id=user_id)
        locked = rows.select_for_update(no_key=True, skip_locked=True, of=("self",))
        found = None
        for row in locked.select_related("organization", "recipient", "group").order_by("pk"):
            found = compose_delivery(row, at=at) or found
            Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.SKIPPED, next_at=None)
    return message_from(found["message"]) if found else None
