"""The lock under which alerts open and groups form."""

from typing import Final

from organization.records import hold

RECONCILIATION_LOCK: Final = 0x414C5254
"""First key of the advisory lock: one writer of new alerts and groups per organization."""


def lock_reconciliation(organization_id: int) -> None:
    """Hold it until the transaction ends. Taken before any row."""
    hold(RECONCILIATION_LOCK, organization_id)
