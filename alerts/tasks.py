"""The doorbells of the reconciliation and the sender. The rows are the message; a lost or doubled ring is harmless."""

from collections.abc import Collection

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from alerts.channels import BATCH as LETTERS
from alerts.channels import deliver
from alerts.choices import INITIATIVE_KINDS
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


@shared_task(ignore_result=True)
def deliver_due() -> None:
    """Send what is due; ring again while a batch comes back full."""
    if deliver(at=timezone.now()) >= LETTERS:
        ring_sender()


def ring_sender() -> None:
    """Ring the sender early, after the commit; the beat rings anyway."""
    transaction.on_commit(_ring_sender, robust=True)


def _ring_sender() -> None:
    deliver_due.apply_async(retry=False)


def ring() -> None:
    """Ring early, after the commit; the beat rings anyway."""
    transaction.on_commit(_ring, robust=True)


def ring_for_rules(kinds: Collection[str]) -> None:
    """Rules of these kinds were made, changed or deleted: ring for all that they watch."""
    ring()
    if not INITIATIVE_KINDS.isdisjoint(kinds):
        transaction.on_commit(_ring_budgets, robust=True)


def _ring() -> None:
    reconcile_due.apply_async(retry=False)


def _ring_budgets() -> None:
    compare_budgets.apply_async(retry=False)
