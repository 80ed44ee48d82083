"""The doorbell of the reconciliation. The rows are the message; losing or doubling a ring is harmless."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from alerts.services import BATCH, compare_initiatives, reconcile


@shared_task(ignore_result=True)
def reconcile_due() -> None:
    """Compare what is waiting; ring again while a batch comes back full."""
    if reconcile(at=timezone.now()) >= BATCH:
        ring()


@shared_task(ignore_result=True)
def compare_budgets() -> None:
    """Compare the initiatives, which keep no mark of what changed."""
    compare_initiatives(at=timezone.now())


def ring() -> None:
    """Ring early, after the commit; the beat rings anyway."""
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    reconcile_due.apply_async(retry=False)
