"""The doorbell of the roll-up. The rows are the message; losing or doubling a ring is harmless."""

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone

from objectives.services import mark_new_day, roll_up

log = structlog.get_logger(__name__)

BATCH = 1000


@shared_task(ignore_result=True)
def roll_up_stale() -> None:
    """Roll up what asks for it; ring again while a batch comes back full."""
    if roll_up(at=timezone.now(), batch=BATCH).claimed >= BATCH:
        ring()


@shared_task(ignore_result=True)
def start_day() -> None:
    """Where a new day has begun, expected progress has moved: ask for a roll-up."""
    if mark_new_day(at=timezone.now()):
        ring()


def ring() -> None:
    """Ring early, after the commit; the beat rings anyway, so a broker that is down costs a moment and no write."""
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    try:
        roll_up_stale.apply_async(retry=False)
    except roll_up_stale.OperationalError:
        log.warning("broker_unreachable", task=roll_up_stale.name)
