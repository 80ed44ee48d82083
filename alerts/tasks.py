"""The doorbell of the reconciliation."""

from celery import shared_task
from django.utils import timezone

from alerts.services import BATCH, reconcile


@shared_task
def reconcile_due() -> None:
    """Compare what is waiting; ring again while a batch comes back full."""
    if reconcile(at=timezone.now()) >= BATCH:
        reconcile_due.delay()
