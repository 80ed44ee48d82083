"""The list of initiatives: narrowed, counted by declared status, summed, one page of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db.models import Count, F, OrderBy, Q, QuerySet, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from initiatives.choices import Stage
from initiatives.delivery import allocated_totals
from initiatives.forms import NO_STATUS, PortfolioFilters
from initiatives.models import Initiative, InitiativeObjective
from objectives.models import Objective
from organization.actors import Actor
from organization.models import Department, User
from organization.narrowing import Choice, Head, StatusChoice, choices_of, department_choices, page_within

PAGE_SIZE: Final = 50

STATUSES: Final = (("green", "on_track"), ("amber", "at_risk"), ("red", "off_track"), ("grey", "no_data"))
"""Declared colours with the state that draws them; one that was never declared is grey."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a cell."""

    initials: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """One initiative of the table."""

    code: str
    title: str
    department: str
    stage: str
    stage_word: str
    colour: str
    state: str
    owner: Person | None
    start: date | None
    end: date | None
    progress: Decimal | None
    budget: Decimal | None
    actual_cost: Decimal | None
    status_at: datetime | None
    objectives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """How many and how much, by declared colour."""

    count: int = 0
    budget: Decimal | None = None
    cost: Decimal | None = None

    def plus(self, other: "Totals") -> "Totals":
        """Unknown amounts are left out; nothing known at all stays unknown."""
        return Totals(self.count + other.count, _sum(self.budget, other.budget), _sum(self.cost, other.cost))


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything that the list shows. `counts` and `in_all` are over every status, `totals` over the chosen one."""

    rows: tuple[Line, ...]
    counts: Mapping[str, int]
    in_all: int
    totals: Totals
    shown: str
    statuses: tuple[StatusChoice, ...]
    departments: tuple[Choice, ...]
    stages: tuple[Choice, ...]
    heads: Mapping[str, Head]
    filters: PortfolioFilters
    previous_query: str = ""
    next_query: str = ""
    query: str = field(default="?")


def portfolio(actor: Actor, filters: PortfolioFilters) -> Portfolio:
    """One page of the initiatives that the actor may see: four queries."""
    narrowed = _narrowed(Initiative.objects.visible_to(actor), filters, actor)
    by_colour = _totals(narrowed)
    chosen = [filters.status.replace(NO_STATUS, "grey")] if filters.status else list(by_colour)
    totals = Totals()
    for colour in chosen:
        totals = totals.plus(by_colour.get(colour, Totals()))
    if filters.status:
        narrowed = narrowed.filter(status=filters.status.replace(NO_STATUS, ""))
    page = page_within(totals.count, filters.page, size=PAGE_SIZE)
    rows = _lines(_sorted(narrowed, filters.sort)[page.start : page.end], actor)
    counts = {colour: by_colour[colour].count for colour, _state in STATUSES if colour in by_colour}
    return Portfolio(
        rows=rows,
        counts=counts,
        in_all=sum(counts.values()),
        totals=totals,
        shown=f"{page.start + 1}–{page.start + len(rows)}" if rows else "0",
        statuses=_statuses(counts, filters),
        departments=department_choices(actor, filters.department),
        stages=choices_of(Stage.choices, filters.stage),
        heads={name: _head(name, filters) for name in ("title", "end", "progress", "budget", "updated")},
        filters=filters,
        previous_query=filters.query(page=page.previous) if page.previous else "",
        next_query=filters.query(page=page.following) if page.following else "",
        query=filters.query(page=page.number),
    )


def budgets_by_objective(actor: Actor) -> dict[int | None, Decimal]:
    """The budget of the initiatives that the actor sees, by objective id; None is what serves no objective.

    The amounts add up to the grand total (SEMANTICS §9, additive amounts). Two queries.
    """
    seen = Initiative.objects.visible_to(actor).filter(budget__isnull=False)
    budgets = dict(seen.order_by("pk").values_list("pk", "budget"))
    shares: dict[int, dict[int, Decimal | None]] = defaultdict(dict)
    links = InitiativeObjective.objects.filter(initiative_id__in=seen.values("pk")).order_by("objective_id")
    for initiative_id, objective_id, share in links.values_list("initiative_id", "objective_id", "allocation"):
        shares[initiative_id][objective_id] = share
    return allocated_totals((budget, shares[pk]) for pk, budget in budgets.items() if budget is not None)


def _narrowed(visible: QuerySet[Initiative], filters: PortfolioFilters, actor: Actor) -> QuerySet[Initiative]:
    rows = visible
    if filters.q:
        translated = {f"translations__{(get_language() or 'en')[:2]}__title__icontains": filters.q}
        rows = rows.filter(Q(title__icontains=filters.q) | Q(code__icontains=filters.q) | Q(**translated))
    if filters.department:
        below = Department.objects.visible_to(actor).filter(code=filters.department).values_list("path", flat=True)
        rows = rows.filter(department__path__below_any=list(below))
    if filters.stage:
        rows = rows.filter(stage=filters.stage)
    if filters.objective:
        seen = Objective.objects.visible_to(actor).filter(code=filters.objective).values("pk")
        rows = rows.filter(pk__in=InitiativeObjective.objects.filter(objective_id__in=seen).values("initiative"))
    return rows


def _totals(rows: QuerySet[Initiative]) -> dict[str, Totals]:
    found = rows.order_by().values("status").annotate(n=Count("pk"), budget=Sum("budget"), cost=Sum("actual_cost"))
    return {one["status"] or "grey": Totals(one["n"], one["budget"], one["cost"]) for one in found}


def _lines(rows: QuerySet[Initiative], actor: Actor) -> tuple[Line, ...]:
    initiatives = list(rows.select_related("department", "owner"))
    served: dict[int, list[str]] = defaultdict(list)
    seen = Objective.objects.visible_to(actor).values("pk")
    links = InitiativeObjective.objects.filter(initiative__in=[row.pk for row in initiatives], objective_id__in=seen)
    for initiative_id, code in links.order_by("objective__code").values_list("initiative_id", "objective__code"):
        served[initiative_id].append(code)
    return tuple(_line(row, tuple(served[row.pk])) for row in initiatives)


def _line(row: Initiative, objectives: tuple[str, ...]) -> Line:
    colour, state = look_of(row.status, row.stage)
    return Line(
        code=row.code,
        title=row.text("title"),
        department=row.department.text("name") if row.department else "",
        stage=row.stage,
        stage_word=str(Stage(row.stage).label),
        colour=colour,
        state=state,
        owner=person_of(row.owner),
        start=row.start,
        end=row.end,
        progress=row.progress,
        budget=row.budget,
        actual_cost=row.actual_cost,
        status_at=row.status_at,
        objectives=objectives,
    )


def look_of(status: str, stage: str) -> tuple[str, str]:
    """Colour and state to draw: the declared status; one that was never declared shows its stage."""
    return (status, dict(STATUSES)[status]) if status else ("", stage)


def person_of(user: User | None) -> Person | None:
    return None if user is None else Person(user.initials, str(user))


def _sorted(rows: QuerySet[Initiative], sort: str) -> QuerySet[Initiative]:
    name, down = sort.removeprefix("-"), sort.startswith("-")
    column = {"updated": "status_at"}.get(name, name)
    first = OrderBy(F(column), descending=down, nulls_last=True)
    return rows.order_by(first) if name == "code" else rows.order_by(first, "code")


def _head(name: str, filters: PortfolioFilters) -> Head:
    """A second click turns the order round."""
    directions = {name: "ascending", f"-{name}": "descending"}
    return Head(filters.query(sort=f"-{name}" if filters.sort == name else name), directions.get(filters.sort, ""))


def _statuses(counts: Mapping[str, int], filters: PortfolioFilters) -> tuple[StatusChoice, ...]:
    words = {"green": _("On track"), "amber": _("At risk"), "red": _("Off track"), "grey": _("No status")}
    entries = [StatusChoice("", "", _("All"), sum(counts.values()), filters.query(status=""), not filters.status)]
    for colour, state in STATUSES:
        value = NO_STATUS if colour == "grey" else colour
        query, chosen = filters.query(status=value), filters.status == value
        entries.append(StatusChoice(colour, state, words[colour], counts.get(colour, 0), query, chosen))
    return tuple(entries)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one if other is None else one + other
