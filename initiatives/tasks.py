"""The doorbell of alignment coverage: the figures of today, kept for the history."""

from celery import shared_task
from django.utils import timezone

from initiatives.services import keep_all_alignment


@shared_task(ignore_result=True)
def keep_alignment() -> None:
    """Store today's figures of every organization; the same again changes nothing."""
    keep_all_alignment(at=timezone.now())
