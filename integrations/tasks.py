"""The doorbell of the imports. The rows are the message; losing or doubling a ring is harmless."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from integrations.services import run_next_import
from objectives.tasks import ring as ring_roll_up

HOUR = 3600


@shared_task(ignore_result=True, time_limit=HOUR, soft_time_limit=HOUR - 60)
def run_imports() -> None:
    """Check or import one package; ring again, because another may wait, and for the roll-up."""
    if run_next_import(clock=timezone.now):
        ring()
        ring_roll_up()


def ring() -> None:
    """Ring early, after the commit; the beat rings anyway."""
    transaction.on_commit(lambda: run_imports.apply_async(retry=False), robust=True)
