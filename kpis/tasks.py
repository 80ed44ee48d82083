"""The doorbells of KPIs: figures that time alone may have changed, and outlooks that wait to be worked out."""

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone

from kpis import services
from objectives.tasks import ring

log = structlog.get_logger(__name__)

BATCH = 500
OUTLOOKS = 50


@shared_task(ignore_result=True)
def evaluate_due() -> None:
    claimed = services.evaluate_due(at=timezone.now(), batch=BATCH)
    if claimed:
        ring()
    if claimed >= BATCH:
        evaluate_due.delay()


@shared_task(ignore_result=True)
def refresh_outlooks() -> None:
    """Signals and forecasts of what has changed; ring again while a batch comes back full."""
    done = services.refresh_outlooks(at=timezone.now(), batch=OUTLOOKS)
    if done.claimed >= OUTLOOKS and done.answered:
        ring_outlooks()


def ring_outlooks() -> None:
    """Ring early, after the commit; the beat rings anyway."""
    transaction.on_commit(_ring_outlooks, robust=True)


def _ring_outlooks() -> None:
    try:
        refresh_outlooks.apply_async(retry=False)
    except refresh_outlooks.OperationalError:
        log.warning("broker_unreachable", task=refresh_outlooks.name)
