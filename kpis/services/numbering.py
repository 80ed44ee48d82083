"""Codes of what people address and nobody names: B-12, R-3."""

from typing import Any, Final

from django.db.models import Max

from kpis.models import Batch, Restatement
from organization.records import hold

NUMBERING_LOCK: Final = 0x4E554D42
"""First key of the advisory lock: one number at a time in an organization, until the transaction ends."""


def next_number(model: type[Batch] | type[Restatement], organization_id: int) -> int:
    """The number after the highest one of the organization."""
    hold(NUMBERING_LOCK, organization_id)
    rows: Any = model._default_manager.filter(organization_id=organization_id)
    return int(rows.aggregate(last=Max("number"))["last"] or 0) + 1
