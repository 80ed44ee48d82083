"""The lock under which alerts open and groups form."""

from typing import Final

from django.db import connection

RECONCILIATION_LOCK: Final = 0x414C5254
"""First key of the advisory lock: one writer of new alerts and groups per organization; the second key is that."""


def lock_reconciliation(organization_id: int) -> None:
    """Hold it until the transaction ends. Taken before any row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [RECONCILIATION_LOCK, organization_id % 2**31])
