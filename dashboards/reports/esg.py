"""KPIs of the objectives that look at environment, people and governance."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, Value, When, Window

from dashboards.reports.links import kpi_url
from dashboards.reports.sparks import Course, courses_of
from kpis.models import Kpi, Measure
from objectives.choices import Colour, Perspective
from organization.actors import Actor
from organization.texts import local_text

PERSPECTIVES: Final = (Perspective.ENVIRONMENT, Perspective.SOCIAL, Perspective.GOVERNANCE)
CELLS_SHOWN: Final = 6
URGENCY: Final = Case(
    When(figures__colour=Colour.RED, then=Value(0)),
    When(figures__colour=Colour.AMBER, then=Value(1)),
    When(figures__colour=Colour.GREEN, then=Value(2)),
    default=Value(3),
)
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
    first, *others = (_worst_of(actor, perspective) for perspective in PERSPECTIVES)
    found = [dict(row) for row in first.union(*others, all=True)]
    shown = _chosen(found)
    courses = courses_of(row["pk"] for row in shown)
    totals = {row["perspective"]: row["total"] for row in found}
    return Esg(tuple(_cell(row, courses.get(row["pk"], Course())) for row in shown), sum(totals.values()))


def _worst_of(actor: Actor, perspective: Perspective) -> "QuerySet[Any, Any]":
    """The first few KPIs that objectives of this perspective measure, with the number of all of them."""
    measured = Measure.objects.filter(kpi=OuterRef("pk"), objective__perspective=perspective)
    rows: QuerySet[Any, Any] = (
        Kpi.objects.visible_to(actor)
        .filter(Exists(measured))
        .annotate(perspective=Value(perspective.value), total=Window(Count("pk")), urgency=URGENCY)
        .order_by("urgency", "code")
        .values("perspective", "total", "urgency", *FIELDS)[:CELLS_SHOWN]
    )
    return rows


def _chosen(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In turns from each perspective, so that none is crowded out; a KPI of two perspectives stands once."""
    queues = [[row for row in found if row["perspective"] == name] for name in PERSPECTIVES]
    turns = [queue[place] for place in range(CELLS_SHOWN) for queue in queues if place < len(queue)]
    once = list({row["pk"]: row for row in reversed(turns)}.values())[::-1][:CELLS_SHOWN]
    return sorted(once, key=lambda row: (PERSPECTIVES.index(row["perspective"]), row["urgency"], row["code"]))


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
