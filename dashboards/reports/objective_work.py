"""What moves an objective: the KPIs and the initiatives of it and of everything that contributes to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL

from dashboards.reports.below import BELOW
from dashboards.reports.links import initiative_url, objective_url
from dashboards.reports.objective_parts import STATE_OF_COLOUR, URGENCY, Person, Step, person_of
from initiatives.choices import Declared, Stage
from initiatives.models import Initiative, InitiativeObjective
from kpis.models import Kpi, Measure
from kpis.rows import KpiRow, rows_of
from objectives.models import Objective
from organization.actors import Actor
from organization.texts import local_text

IDS_BELOW: Final = f"{BELOW} SELECT id FROM below"  # noqa: S608 (both parts are constant)
ROWS_SHOWN: Final = 7
MOST_SHOWN: Final = 200
"""So many rows at most in one page, also where all are asked for."""

ENDED: Final = (Stage.DONE, Stage.CANCELLED)


@dataclass(frozen=True, slots=True)
class KpiSection:
    """KPIs, the worst first, out of how many."""

    rows: tuple[KpiRow, ...]
    total: int

    @property
    def shown(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class InitiativeRow:
    """One initiative. `late` is how long its end lies behind while it is not done."""

    code: str
    title: str
    url: str
    note: str
    serves: tuple[Step, ...]
    manager: Person | None
    state: str
    colour: str
    progress: Decimal | None
    end: date | None
    late: timedelta | None
    cost: Decimal | None
    budget: Decimal | None


@dataclass(frozen=True, slots=True)
class InitiativeSection:
    """Initiatives, those that need attention first, out of how many."""

    rows: tuple[InitiativeRow, ...]
    total: int

    @property
    def shown(self) -> int:
        return len(self.rows)


def kpis_below(objective: Objective, actor: Actor, *, today: date, whole: bool) -> KpiSection:
    """Two queries and those of `kpis.rows.rows_of`."""
    measured = Measure.objects.filter(objective_id__in=_below(objective)).values("kpi_id")
    found = Kpi.objects.visible_to(actor).filter(pk__in=measured)
    urgency = Case(
        *(When(figures__colour=colour, then=Value(place)) for colour, place in URGENCY.items()),
        default=Value(2),
        output_field=IntegerField(),
    )
    ordered = found.select_related("figures", "owner", "department").order_by(
        urgency, F("figures__variance_pct").asc(nulls_last=True), "code"
    )
    chosen = list(ordered[: MOST_SHOWN if whole else ROWS_SHOWN])
    rows = rows_of(chosen, actor=actor, organization=objective.organization, today=today)
    return KpiSection(tuple(rows), found.count())


def initiatives_below(objective: Objective, actor: Actor, *, today: date, whole: bool) -> InitiativeSection:
    """Three queries."""
    linked = InitiativeObjective.objects.filter(objective_id__in=_below(objective)).values("initiative_id")
    found = Initiative.objects.visible_to(actor).filter(pk__in=linked)
    ordered = found.select_related("owner").order_by(_need(today), F("end").asc(nulls_last=True), "code")
    chosen = list(ordered[: MOST_SHOWN if whole else ROWS_SHOWN])
    serves = _serves(objective, chosen, actor)
    rows = tuple(_initiative(row, serves.get(row.pk, ()), today) for row in chosen)
    return InitiativeSection(rows, found.count())


def _below(objective: Objective) -> RawSQL:
    """The objective and all that contributes to it with a weight, as a subquery."""
    return RawSQL(IDS_BELOW, [[objective.pk]])  # noqa: S611 (a constant text; the id is a parameter)


def _need(today: date) -> Case:
    """Off track, overdue, at risk, without a word, on hold, on track, not begun, done, cancelled."""
    running = Q(stage=Stage.IN_PROGRESS)
    order = (
        running & Q(status=Declared.RED),
        ~Q(stage__in=ENDED) & Q(end__lt=today),
        running & Q(status=Declared.AMBER),
        running & Q(status=""),
        Q(stage=Stage.ON_HOLD),
        running,
        Q(stage__in=[Stage.APPROVED, Stage.PROPOSED, Stage.IDEA]),
        Q(stage=Stage.DONE),
    )
    return Case(
        *(When(condition, then=Value(place)) for place, condition in enumerate(order)),
        default=Value(len(order)),
        output_field=IntegerField(),
    )


def _serves(objective: Objective, rows: Iterable[Initiative], actor: Actor) -> dict[int, tuple[Step, ...]]:
    """Which objectives here the initiatives serve, as far as the reader may see them."""
    links = (
        InitiativeObjective.objects.filter(
            initiative__in=[row.pk for row in rows],
            objective_id__in=_below(objective),
            objective__in=Objective.objects.visible_to(actor),
        )
        .order_by("objective__code")
        .values_list("initiative_id", "objective__code", "objective__title", "objective__translations")
    )
    found: dict[int, list[Step]] = defaultdict(list)
    for pk, code, title, texts in links:
        found[pk].append(Step(code, local_text(title, texts, "title"), objective_url(code)))
    return {pk: tuple(steps) for pk, steps in found.items()}


def _initiative(row: Initiative, serves: tuple[Step, ...], today: date) -> InitiativeRow:
    declared = row.stage == Stage.IN_PROGRESS and bool(row.status)
    overdue = row.end is not None and row.end < today and row.stage not in ENDED
    return InitiativeRow(
        code=row.code,
        title=row.text("title"),
        url=initiative_url(row.code),
        note=row.comment,
        serves=serves,
        manager=person_of(row.owner),
        state=STATE_OF_COLOUR[row.status] if declared else row.stage,
        colour=row.status if declared else "",
        progress=row.progress,
        end=row.end,
        late=today - row.end if overdue and row.end is not None else None,
        cost=row.actual_cost,
        budget=row.budget,
    )
