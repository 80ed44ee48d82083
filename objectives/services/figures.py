"""What others record for an objective, and the messages that ask for a roll-up.

`kpis` writes `direct_*`, `initiatives` writes `delivery_own*`. Both mark the row stale in the same statement; nothing
is rolled up here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from objectives.choices import Colour
from objectives.models import ObjectiveFigures
from objectives.rollup import NO_SIDE, Side
from organization.figure_rows import insert_missing, write_columns
from organization.records import hold

ROLL_UP_LOCK = 0x524F4C4C
"""First key of the advisory lock: one roll-up per organization at a time."""


@dataclass(frozen=True)
class Direct:
    """What an objective's own KPIs say: the weighted side, and the worst of them."""

    side: Side = field(default=NO_SIDE)
    worst_colour: Colour | None = None
    worst_code: str = ""
    worst_share: float = 0.0


@dataclass(frozen=True)
class Delivery:
    """What an objective's own initiatives say: their weighted progress, the share of them that is known, how many."""

    progress: float | None
    coverage: float
    total: int


def ensure_figures(objective_ids: Iterable[int], *, at: datetime) -> None:
    """Give each objective its row of figures, stale from the start. Twice is once."""
    insert_missing(ObjectiveFigures, objective_ids, stale_at=at)


def mark_stale(objective_ids: Iterable[int], *, at: datetime) -> int:
    """Ask for a roll-up of these objectives and everything above them. Locks the rows in primary-key order."""
    with transaction.atomic():
        rows = list(_locked(objective_ids).values_list("pk", flat=True))
        return ObjectiveFigures.objects.filter(pk__in=rows).update(stale_at=at)


def set_direct(directs: Mapping[int, Direct], *, at: datetime) -> list[int]:
    """Store what own KPIs say and mark the rows that differ stale; returns the ids of those.

    Locks the rows in primary-key order in the caller's transaction. Called by `kpis` alone.
    """
    with transaction.atomic():
        changed = []
        for row in _locked(directs):
            direct = directs[row.pk]
            new = (
                direct.side.progress,
                direct.side.expected,
                direct.side.coverage,
                str(direct.side.state),
                direct.side.known,
                direct.side.total,
                str(direct.worst_colour or ""),
                direct.worst_code,
                direct.worst_share,
            )
            if new != tuple(getattr(row, name) for name in DIRECT_COLUMNS):
                for name, value in zip(DIRECT_COLUMNS, new, strict=True):
                    setattr(row, name, value)
                row.stale_at = at
                changed.append(row)
        write_columns(changed, [*DIRECT_COLUMNS, "stale_at"])
    return [row.pk for row in changed]


def set_delivery(deliveries: Mapping[int, Delivery], *, at: datetime) -> list[int]:
    """Store what own initiatives say and mark the rows that differ stale. Called by `initiatives` alone."""
    with transaction.atomic():
        changed = []
        for row in _locked(deliveries):
            delivery = deliveries[row.pk]
            new = (delivery.progress, delivery.coverage, delivery.total)
            if new != tuple(getattr(row, name) for name in DELIVERY_COLUMNS):
                for name, value in zip(DELIVERY_COLUMNS, new, strict=True):
                    setattr(row, name, value)
                row.stale_at = at
                changed.append(row)
        write_columns(changed, [*DELIVERY_COLUMNS, "stale_at"])
    return [row.pk for row in changed]


DIRECT_COLUMNS = (
    "direct_progress",
    "direct_expected",
    "direct_coverage",
    "direct_state",
    "direct_known",
    "direct_total",
    "direct_worst_colour",
    "direct_worst_code",
    "direct_worst_share",
)
DELIVERY_COLUMNS = ("delivery_own", "delivery_own_coverage", "delivery_own_total")


def lock_figures(objective_ids: Iterable[int]) -> list[int]:
    """Lock the rows in primary-key order until the transaction ends. Lock first, then read what the figures sum up."""
    return list(_locked(objective_ids).values_list("pk", flat=True))


def lock_roll_up(organization_id: int) -> None:
    """Wait until nobody else writes what is rolled up in the organization; held until the transaction ends."""
    hold(ROLL_UP_LOCK, organization_id)


def _locked(objective_ids: Iterable[int]) -> "QuerySet[ObjectiveFigures]":
    ids = sorted(set(objective_ids))
    return ObjectiveFigures.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
