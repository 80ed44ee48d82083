"""KPIs of the objectives that look at environment, people and governance."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Min

from dashboards.reports.links import kpi_url
from dashboards.reports.sparks import Course, courses_of
from kpis.models import Kpi
from objectives.choices import Colour, Perspective
from objectives.pace import SEVERITY
from organization.actors import Actor
from organization.texts import local_text

PERSPECTIVES: Final = (Perspective.ENVIRONMENT, Perspective.SOCIAL, Perspective.GOVERNANCE)
CELLS_SHOWN: Final = 6
FIELDS: Final = [
    "pk",
    "code",
    "name",
    "translations",
    "unit",
    "precision",
    "figures__state",
    "figures__colour",
    "figures__value",
    "figures__expected",
    "figures__target",
]


@dataclass(frozen=True)
class EsgCell:
    perspective: str
    code: str
    name: str
    url: str
    state: str
    colour: str
    unit: str
    precision: int
    value: Decimal | None
    target: Decimal | None
    course: Course


@dataclass(frozen=True)
class Esg:
    cells: tuple[EsgCell, ...]
    total: int


def esg_strip(actor: Actor) -> Esg:
    """Two of each perspective where there are, the worst first (five queries)."""
    found = list(
        Kpi.objects.visible_to(actor)
        .filter(measures__objective__perspective__in=PERSPECTIVES)
        .annotate(perspective=Min("measures__objective__perspective"))
        .order_by("code")
        .values("perspective", *FIELDS)
    )
    shown = _chosen(found)
    courses = courses_of(row["pk"] for row in shown)
    return Esg(tuple(_cell(row, courses.get(row["pk"], Course())) for row in shown), len(found))


def _chosen(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In turns from each perspective, so that none is crowded out."""
    queues = [sorted((row for row in found if row["perspective"] == name), key=_urgency) for name in PERSPECTIVES]
    turns = [queue[place] for place in range(CELLS_SHOWN) for queue in queues if place < len(queue)][:CELLS_SHOWN]
    return sorted(turns, key=lambda row: (PERSPECTIVES.index(row["perspective"]), _urgency(row)))


def _urgency(row: dict[str, Any]) -> tuple[int, str]:
    return -SEVERITY[Colour(row["figures__colour"] or Colour.GREY)], row["code"]


def _cell(row: dict[str, Any], course: Course) -> EsgCell:
    return EsgCell(
        perspective=str(Perspective(row["perspective"]).label),
        code=row["code"],
        name=local_text(row["name"], row["translations"], "name"),
        url=kpi_url(row["code"]),
        state=row["figures__state"],
        colour=row["figures__colour"],
        unit=row["unit"],
        precision=row["precision"],
        value=row["figures__value"],
        target=row["figures__target"] if row["figures__target"] is not None else row["figures__expected"],
        course=course,
    )
