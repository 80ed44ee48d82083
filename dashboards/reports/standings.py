"""How many things stand in which colour, level by level."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from initiatives.choices import Stage
from initiatives.models import Initiative
from kpis.models import Kpi
from objectives.choices import Colour, Level, Lifecycle
from objectives.models import Objective
from organization.actors import Actor

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Standing:
    """One level: its name and its counts by green, amber, red, grey and done."""

    name: str
    counts: Counts

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def standings(actor: Actor) -> tuple[Standing, ...]:
    """Strategic objectives, the other objectives, KPIs, initiatives (three queries)."""
    strategic, others = _objectives(actor)
    return (
        Standing(_("Strategic objectives"), strategic),
        Standing(_("Department objectives"), others),
        Standing(_("KPIs"), _kpis(actor)),
        Standing(_("Initiatives"), _initiatives(actor)),
    )


def _objectives(actor: Actor) -> tuple[Counts, Counts]:
    rows = (
        Objective.objects.visible_to(actor)
        .exclude(lifecycle__in=[Lifecycle.CANCELLED, Lifecycle.DRAFT])
        .order_by()
        .values_list("level", "figures__colour")
        .annotate(count=Count("pk"))
    )
    strategic: dict[str, int] = {}
    others: dict[str, int] = {}
    for level, colour, count in rows:
        found = strategic if level == Level.STRATEGIC else others
        found[colour or Colour.GREY.value] = found.get(colour or Colour.GREY.value, 0) + count
    return strategic, others


def _kpis(actor: Actor) -> Counts:
    rows = (
        Kpi.objects.visible_to(actor)
        .of_their_own()
        .order_by()
        .values_list("figures__colour")
        .annotate(count=Count("pk"))
    )
    return {colour or Colour.GREY.value: count for colour, count in rows}


def _initiatives(actor: Actor) -> Counts:
    """Running ones by what their manager declares; finished ones apart; those not begun or on hold are grey."""
    rows = (
        Initiative.objects.visible_to(actor)
        .exclude(stage=Stage.CANCELLED)
        .order_by()
        .values_list("stage", "status")
        .annotate(count=Count("pk"))
    )
    counts: dict[str, int] = {}
    for stage, status, count in rows:
        name = "done" if stage == Stage.DONE else status if stage == Stage.IN_PROGRESS and status else "grey"
        counts[name] = counts.get(name, 0) + count
    return counts
