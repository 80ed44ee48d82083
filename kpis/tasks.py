"""The doorbell of the scoring: figures that time alone may have changed."""

from celery import shared_task
from django.utils import timezone

from kpis import services
from objectives.tasks import ring

BATCH = 500


@shared_task(ignore_result=True)
def evaluate_due() -> None:
    claimed = services.evaluate_due(at=timezone.now(), batch=BATCH)
    if claimed:
        ring()
    if claimed >= BATCH:
        evaluate_due.delay()
