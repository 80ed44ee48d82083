"""What goes with a KPI that is deleted, and what keeps it."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from kpis.models import Kpi, Measure, Measurement
from organization.actors import Actor

SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Reader:
    """A KPI that is made of this one, as far as the reader may see it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Going:
    """Counts of what goes, and of the KPIs that are made of it."""

    values: int
    objectives: int
    readers: int
    named: tuple[Reader, ...]


def going_with(kpi: Kpi, actor: Actor) -> Going:
    """Four queries."""
    readers = Kpi.objects.filter(Q(operands__operand=kpi) | Q(parent=kpi)).distinct()
    seen = Kpi.objects.visible_to(actor).filter(pk__in=readers.values("pk")).order_by("code")[:SHOWN]
    return Going(
        values=Measurement.objects.filter(kpi=kpi).count(),
        objectives=Measure.objects.filter(kpi=kpi).count(),
        readers=readers.count(),
        named=tuple(Reader(row.code, row.text("name")) for row in seen),
    )
