"""What the endpoints of KPIs begin with: the KPI that an address names, and those that rows name."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404

from kpis.api.batches import codes_in
from kpis.models import Kpi
from organization.actors import Actor


def kpi_of(actor: Actor, code: str, *related: str) -> Kpi:
    """The KPI, read with its organization and `related`; 404 outside of what the actor sees."""
    rows = Kpi.objects.visible_to(actor).filter(code=code).select_related("organization", *related)
    found: Kpi | None = rows.first()
    if found is None:
        raise Http404
    return found


def ids_named(actor: Actor, rows: Iterable[Any]) -> dict[str, int]:
    """The KPIs that rows name and the actor sees, by code. One query."""
    return dict(Kpi.objects.visible_to(actor).filter(code__in=codes_in(rows)).values_list("code", "pk"))
