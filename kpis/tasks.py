"""The doorbell of the scoring: figures that time alone may have changed."""

from celery import shared_task
from django.utils import timezone

from kpis.services import evaluate_due
from objectives.tasks import ring

BATCH = 500


@shared_task(ignore_result=True)
def evaluate_due_figures() -> None:
    claimed = evaluate_due(at=timezone.now(), batch=BATCH)
    if claimed:
        ring()
    if claimed >= BATCH:
        evaluate_due_figures.delay()
