"""Goes through what is due: claims it, lets the channel send it outside of any transaction, writes down the outcome."""

import time
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.utils import translation
from django.utils.translation import gettext as _

from alerts.channels import in_app, slack, teams, webhook
from alerts.channels.email import Letterbox
from alerts.choices import ChannelKind
from alerts.messages import message_from
from alerts.models import Delivery
from alerts.services.composing import compose_delivery
from alerts.services.sending import (
    Failure,
    claim_deliveries,
    give_back,
    keep_payload,
    settle_failed,
    settle_sent,
    settle_skipped,
)

logger = structlog.get_logger(__name__)

BATCH: Final = 50
SENDS_FOR: Final = 60.0
"""Seconds after which a worker gives back what it has not begun; well within the lease."""

REST: Final = timedelta(minutes=1)
"""How long the other messages to a receiver wait that has just proved to be out of reach."""


def deliver(*, at: datetime, limit: int = BATCH) -> int:
    """Send what is due, at the most `limit`; returns how many rows were looked at. Safe with any number of workers.

    What was sent when a worker is killed before it could write that down, is sent again after the lease, under the
    same name.
    """
    claimed, looked_at = claim_deliveries(at=at, limit=limit)
    ends = time.monotonic() + SENDS_FOR
    out_of_reach: set[str] = set()
    with Letterbox() as letterbox:
        for delivery in claimed:
            place = _place(delivery)
            if time.monotonic() > ends:
                give_back([delivery], until=at)
            elif place in out_of_reach:
                give_back([delivery], until=at + REST)
            elif _send(delivery, letterbox, at=at):
                out_of_reach.add(place)
    return looked_at


def _send(delivery: Delivery, letterbox: Letterbox, *, at: datetime) -> bool:
    """Send one and write down what became of it; whether its receiver is out of reach."""
    language = (delivery.recipient.language if delivery.recipient else "") or delivery.organization.language
    with translation.override(language):
        try:
            if not delivery.payload:
                payload = compose_delivery(delivery, at=at)
                if payload is None:
                    settle_skipped(delivery)
                    return False
                keep_payload(delivery, payload)
            failure = _handed_over(delivery, letterbox, at=at)
        except Exception:  # one message that cannot be made must not hold up the others
            logger.exception("delivery cannot be made", delivery=str(delivery.uid))
            failure = Failure(_("The message could not be made."))
    if failure is None:
        settle_sent(delivery, at=at)
        return False
    settle_failed(delivery, failure, at=at)
    return failure.out_of_reach


def _handed_over(delivery: Delivery, letterbox: Letterbox, *, at: datetime) -> Failure | None:
    message = message_from(delivery.payload["message"])
    if delivery.kind == ChannelKind.IN_APP:
        return in_app.send(delivery)
    if delivery.kind == ChannelKind.EMAIL:
        return letterbox.send(delivery, message, at=at)
    channel = delivery.channel
    if channel is None:
        return Failure(_("The channel is gone."), permanent=True)
    if delivery.kind == ChannelKind.WEBHOOK:
        return webhook.send(delivery, channel, at=at)
    if delivery.kind == ChannelKind.SLACK:
        return slack.send(channel.url, message)
    return teams.send(channel.url, message)


def _place(delivery: Delivery) -> str:
    """Messages to one place fail together."""
    return f"channel:{delivery.channel_id}" if delivery.channel_id is not None else delivery.kind
