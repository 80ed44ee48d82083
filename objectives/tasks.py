"""The doorbell of the roll-up. The rows are the message; losing or doubling a ring is harmless."""

import logging

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from objectives.services import mark_new_day, roll_up

log = logging.getLogger(__name__)

BATCH = 1000


@shared_task(ignore_result=True)
def roll_up_stale() -> None:
    at = timezone.now()
    mark_new_day(at=at)
    if roll_up(at=at, batch=BATCH).claimed >= BATCH:
        ring()


def ring() -> None:
    """Ring early, after the commit; the beat rings anyway, so a broker that is down only costs a moment."""
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    try:
        roll_up_stale.apply_async(retry=False)
    except roll_up_stale.OperationalError:
        log.warning("broker_unreachable")
