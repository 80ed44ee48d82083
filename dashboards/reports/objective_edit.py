"""What hangs on an objective: what goes with it when it is deleted, and what stands in the way."""

from dataclasses import dataclass

from dashboards.reports.links import initiative_url
from initiatives.models import Initiative, InitiativeObjective
from kpis.models import Measure
from objectives.models import CheckIn, Contribution, Objective, ObjectiveSnapshot
from organization.actors import Actor

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Blocker:
    """An initiative that serves the objective, as far as the reader may see it."""

    code: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Dependents:
    """Counts of what goes with the objective, and of what has to be taken away from it first."""

    check_ins: int
    days: int
    measures: int
    links: int
    initiatives: int
    named: tuple[Blocker, ...]

    @property
    def may_be_deleted(self) -> bool:
        return not self.links and not self.initiatives


def dependents_of(objective: Objective, actor: Actor) -> Dependents:
    """Six queries."""
    edges = Contribution.objects.filter(child=objective) | Contribution.objects.filter(parent=objective)
    uses = InitiativeObjective.objects.filter(objective=objective)
    seen = Initiative.objects.visible_to(actor).filter(pk__in=uses.values("initiative_id")).order_by("code")[:SHOWN]
    return Dependents(
        check_ins=CheckIn.objects.filter(objective=objective).count(),
        days=ObjectiveSnapshot.objects.filter(objective=objective).count(),
        measures=Measure.objects.filter(objective=objective).count(),
        links=edges.count(),
        initiatives=uses.count(),
        named=tuple(Blocker(one.code, one.text("title"), initiative_url(one.code)) for one in seen),
    )
