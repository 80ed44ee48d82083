"""The doorbell of the digest. The rows are the message; a lost or doubled ring is harmless."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from dashboards.services import DIGESTS_AT_ONCE, write_digests


@shared_task(ignore_result=True)
def write_due_digests() -> None:
    """Write the digests of those whose hour it is; ring again while a batch comes back full."""
    if write_digests(at=timezone.now()) >= DIGESTS_AT_ONCE:
        transaction.on_commit(lambda: write_due_digests.apply_async(retry=False), robust=True)
