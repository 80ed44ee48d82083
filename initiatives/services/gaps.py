"""Holes in the strategy, each named and countable: what hangs on nothing, is measured by nothing, moved by nobody.

One definition per figure of alignment coverage (SEMANTICS §14) serves the figure, its history and its work list. A
`Scope` says whose eyes look: an actor's, or the whole organization's for the history.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import BooleanField, Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from initiatives.choices import AlignmentMeasure, Stage
from initiatives.models import Initiative, InitiativeObjective
from kpis.choices import Kind
from kpis.models import Kpi, Measure
from objectives.choices import Colour, EdgeKind, Level, Lifecycle, State
from objectives.models import Contribution, Objective
from objectives.services import COUNTING
from organization.actors import Actor
from organization.models import Department, User
from organization.texts import local_text

MOST_KPIS: Final = 5
MOST_ITEMS: Final = 10
"""More KPIs on an objective, more items on an owner than this are too many (SEMANTICS §14)."""

LIVING: Final = [Lifecycle.ACTIVE, Lifecycle.DRAFT]
ENDED: Final = [Stage.CANCELLED, Stage.DONE]
BLIND_STATES: Final = [State.NO_TARGET, State.NO_DATA, State.STALE]

NOT_AMONG: Final = f"""
    NOT EXISTS (SELECT 1 FROM (
        WITH RECURSIVE climbing(id) AS (
            {{start}}
            UNION
            SELECT edge.parent_id FROM climbing
            JOIN objectives_contribution edge
              ON edge.child_id = climbing.id AND {COUNTING}
        )
        SELECT id FROM climbing
    ) AS up WHERE up.id = objectives_objective.id)
"""  # noqa: S608 - our own text
"""A hash anti-join: one walk upwards whatever the number of objectives."""

UNMEASURED: Final = NOT_AMONG.format(
    start="""
            SELECT figures.objective_id FROM objectives_objectivefigures figures
            JOIN objectives_objective objective ON objective.id = figures.objective_id
            WHERE objective.organization_id = %s AND figures.direct_total > 0"""
)
"""Objectives without a scored KPI, their own or below."""

NOT_WORKED_ON: Final = NOT_AMONG.format(
    start="""
            SELECT served.objective_id FROM initiatives_initiativeobjective served
            JOIN initiatives_initiative work ON work.id = served.initiative_id
            WHERE work.organization_id = %s AND work.stage IN ('approved', 'in_progress')"""
)
"""Objectives that no approved or running initiative serves, nor one below."""

IN_SIGHT: Final = f"""
    organization_department.id IN (
        WITH RECURSIVE below(id) AS (
            SELECT id FROM objectives_objective
            WHERE organization_id = %s AND level = 'strategic' AND vision_id IS NOT NULL
              AND lifecycle IN ('active', 'draft')
            UNION
            SELECT edge.child_id FROM below
            JOIN objectives_contribution edge
              ON edge.parent_id = below.id AND {COUNTING}
        )
        SELECT objective.department_id FROM below
        JOIN objectives_objective objective ON objective.id = below.id
        WHERE objective.department_id IS NOT NULL AND objective.lifecycle IN ('active', 'draft')
    )
"""  # noqa: S608 - our own text
"""Departments with an objective from which a path leads to the vision."""


@dataclass(frozen=True)
class Scope:
    """The rows that one look takes in."""

    organization_id: int
    objectives: QuerySet[Objective]
    kpis: QuerySet[Kpi]
    initiatives: QuerySet[Initiative]
    contributions: QuerySet[Contribution]
    departments: QuerySet[Department]


@dataclass(frozen=True)
class Gap:
    """One thing to mend: what it is (`kind` names where its address leads), and what is wrong with it.

    The code of a person is the e-mail address. `state` is that of a KPI that says nothing.
    """

    kind: str
    code: str
    title: str
    note: str = ""
    state: str = ""


def scope_of(actor: Actor) -> Scope:
    """What the actor may see."""
    return Scope(
        actor.organization_id,
        Objective.objects.visible_to(actor).filter(lifecycle__in=LIVING),
        Kpi.objects.visible_to(actor).of_their_own(),
        Initiative.objects.visible_to(actor).exclude(stage__in=ENDED),
        Contribution.objects.visible_to(actor).filter(child__lifecycle__in=LIVING, parent__lifecycle__in=LIVING),
        Department.objects.visible_to(actor),
    )


def whole(organization_id: int) -> Scope:
    """Everything the organization has, for its figures and their history."""
    return Scope(
        organization_id,
        Objective.objects.filter(organization_id=organization_id, lifecycle__in=LIVING),
        Kpi.objects.filter(organization_id=organization_id).of_their_own(),
        Initiative.objects.filter(organization_id=organization_id).exclude(stage__in=ENDED),
        Contribution.objects.filter(
            organization_id=organization_id, child__lifecycle__in=LIVING, parent__lifecycle__in=LIVING
        ),
        Department.objects.filter(organization_id=organization_id),
    )


def gaps_in(measure: str, scope: Scope, *, first: int = 0, most: int | None = None) -> list[Gap]:
    """The gaps behind a figure, the weightiest first; `first` and `most` cut a page out of them."""
    last = None if most is None else first + most
    return LISTS[AlignmentMeasure(measure)](scope, slice(first, last))


def orphans(scope: Scope) -> "QuerySet[Objective]":
    up = Contribution.objects.filter(child=OuterRef("pk"), kind=EdgeKind.CONTRIBUTES, weight__gt=0)
    return scope.objectives.exclude(level=Level.STRATEGIC).filter(~Exists(up)).order_by("code")


def unmeasured(scope: Scope) -> "QuerySet[Objective]":
    missing = RawSQL(UNMEASURED, [scope.organization_id], BooleanField())  # noqa: S611 - our own text
    return scope.objectives.filter(missing).order_by("level", "code")


def inert(scope: Scope) -> "QuerySet[Objective]":
    idle = RawSQL(NOT_WORKED_ON, [scope.organization_id], BooleanField())  # noqa: S611 - our own text
    behind = scope.objectives.filter(figures__computed_colour__in=[Colour.RED, Colour.AMBER])
    return behind.filter(idle).order_by("-figures__computed_colour", "code")


def unlinked(scope: Scope) -> "QuerySet[Initiative]":
    linked = InitiativeObjective.objects.filter(initiative=OuterRef("pk"))
    return scope.initiatives.filter(~Exists(linked)).order_by(F("budget").desc(nulls_last=True), "code")


def blind(scope: Scope) -> "QuerySet[Kpi]":
    scored = scope.kpis.exclude(kind=Kind.UNSCORED)
    return scored.filter(figures__computed_state__in=BLIND_STATES).order_by("figures__computed_state", "code")


def crowded(scope: Scope) -> "QuerySet[Objective]":
    many = Measure.objects.filter(weight__gt=0).values("objective").annotate(n=Count("pk")).filter(n__gt=MOST_KPIS)
    return scope.objectives.filter(pk__in=many.values("objective")).order_by("code")


def mismatched(scope: Scope) -> "QuerySet[Contribution]":
    outside = Q(child__start__lt=F("parent__start")) | Q(child__end__gt=F("parent__end"))
    return scope.contributions.filter(outside, kind=EdgeKind.CONTRIBUTES).order_by("child__code", "parent__code")


def harming(scope: Scope) -> "QuerySet[Contribution]":
    return scope.contributions.filter(kind=EdgeKind.HARMS).order_by("child__code", "parent__code")


@dataclass(frozen=True)
class Unit:
    """A department with the people who are in it and in none below it."""

    id: int
    code: str
    name: str
    people: int


def units_of(scope: Scope) -> list[Unit]:
    """Departments with people of their own (one query).

    A headcount contains those of the departments below where it is at least as large as they are together; else it
    counts a department's own people only.
    """
    columns = ("pk", "parent_id", "code", "name", "translations", "headcount")
    rows = list(scope.departments.order_by("code").values_list(*columns))
    below: Counter[int] = Counter()
    for _pk, parent, _code, _name, _texts, count in rows:
        if parent is not None:
            below[parent] += count or 0
    units = []
    for pk, _parent, code, name, texts, count in rows:
        whole_count = count or 0
        own = whole_count - below[pk] if whole_count >= below[pk] else whole_count
        units.append(Unit(pk, code, local_text(name, texts, "name"), own))
    return [unit for unit in units if unit.people]


def out_of_sight(scope: Scope) -> list[Unit]:
    """Departments from which no objective leads to the vision, the largest first (two queries)."""
    seen = RawSQL(IN_SIGHT, [scope.organization_id], BooleanField())  # noqa: S611 - our own text
    sighted = set(scope.departments.filter(seen).values_list("pk", flat=True))
    blind_ones = [unit for unit in units_of(scope) if unit.id not in sighted]
    return sorted(blind_ones, key=lambda unit: (-unit.people, unit.code))


def items_of_owners(scope: Scope) -> dict[int, int]:
    """How many living objectives, KPIs and initiatives each person owns (three queries)."""
    counts: Counter[int] = Counter()
    for rows in (scope.objectives, scope.kpis, scope.initiatives):
        owned = rows.exclude(owner=None).order_by().values_list("owner").annotate(n=Count("pk"))
        counts.update(dict(owned))
    return dict(counts)


@dataclass(frozen=True)
class Weight:
    """The contributions to one strategic objective: the largest share of one child, and of one owner's children."""

    code: str
    title: str
    children: int
    child: str
    child_share: float
    owner: str
    owner_share: float


def weights_at_the_top(scope: Scope) -> list[Weight]:
    """One per strategic objective with at least two contributions that count (one query)."""
    rows = scope.contributions.filter(kind=EdgeKind.CONTRIBUTES, weight__gt=0, parent__level=Level.STRATEGIC)
    columns = ("parent__code", "parent__title", "parent__translations", "child__code", "child__owner__name", "weight")
    tops: dict[str, tuple[str, list[tuple[str, str, float]]]] = {}
    for code, title, texts, child, owner, weight in rows.order_by("parent__code", "child__code").values_list(*columns):
        named = tops.setdefault(code, (local_text(title, texts, "title"), []))
        named[1].append((child, owner or "", float(weight)))
    return [_weight(code, title, parts) for code, (title, parts) in tops.items() if len(parts) > 1]


def _weight(code: str, title: str, parts: list[tuple[str, str, float]]) -> Weight:
    total = sum(weight for _child, _owner, weight in parts)
    owners: dict[str, float] = {}
    for _child, owner, weight in parts:
        if owner:
            owners[owner] = owners.get(owner, 0.0) + weight
    child = max(parts, key=lambda part: (part[2], part[0]))
    owner, owned = max(owners.items(), key=lambda item: (item[1], item[0]), default=("", 0.0))
    return Weight(code, title, len(parts), child[0], child[2] / total, owner, owned / total)


def opposed(scope: Scope) -> list[Gap]:
    """KPIs that carry the same name and unit and are wanted in opposite directions (one query)."""
    names: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for code, name, unit, direction in scope.kpis.order_by("code").values_list("code", "name", "unit", "direction"):
        names.setdefault((name.strip().casefold(), unit), []).append((code, name, direction))
    found = []
    for same in names.values():
        if len({direction for _code, _name, direction in same}) > 1:
            codes = ", ".join(code for code, _name, _direction in same)
            note = _("Wanted in opposite directions: %(codes)s") % {"codes": codes}
            found += [Gap("kpi", code, name, note) for code, name, _direction in same]
    return found


def _objectives(rows: "QuerySet[Objective]", part: slice) -> list[Gap]:
    return [_named("objective", *row) for row in rows.values_list("code", "title", "translations")[part]]


def _named(kind: str, code: str, title: str, texts: Any, field: str = "title") -> Gap:
    return Gap(kind, code, local_text(title, texts, field))


def _works(scope: Scope, part: slice) -> list[Gap]:
    return [_named("initiative", *row) for row in unlinked(scope).values_list("code", "title", "translations")[part]]


def _blind(scope: Scope, part: slice) -> list[Gap]:
    rows = blind(scope).values_list("code", "name", "translations", "figures__computed_state")[part]
    return [
        Gap("kpi", code, local_text(name, texts, "name"), str(State(state).label), state)
        for code, name, texts, state in rows
    ]


def _ownerless(scope: Scope, part: slice) -> list[Gap]:
    found = [
        *(_named("objective", *row) for row in _without_owner(scope.objectives, "title")),
        *(_named("kpi", code, name, texts, "name") for code, name, texts in _without_owner(scope.kpis, "name")),
        *(_named("initiative", *row) for row in _without_owner(scope.initiatives, "title")),
    ]
    return found[part]


def _without_owner(rows: "QuerySet[Any]", field: str) -> Iterable[Any]:
    return rows.filter(owner=None).order_by("code").values_list("code", field, "translations")


def _overloaded(scope: Scope, part: slice) -> list[Gap]:
    many = {owner: count for owner, count in items_of_owners(scope).items() if count > MOST_ITEMS}
    people = {
        pk: (name, email) for pk, name, email in User.objects.filter(pk__in=many).values_list("pk", "name", "email")
    }
    ranked = sorted(many.items(), key=lambda item: (-item[1], people[item[0]]))[part]
    return [
        Gap("person", people[pk][1], people[pk][0], _("%(count)d items") % {"count": count}) for pk, count in ranked
    ]


def _edges(rows: "QuerySet[Contribution]", part: slice) -> list[Gap]:
    columns = ("child__code", "child__title", "child__translations", "parent__code")
    return [
        Gap("objective", code, local_text(title, texts, "title"), _("towards %(parent)s") % {"parent": parent})
        for code, title, texts, parent in rows.values_list(*columns)[part]
    ]


def _contradictions(scope: Scope, part: slice) -> list[Gap]:
    columns = ("child__code", "child__title", "child__translations", "parent__code")
    harms = [
        Gap("objective", code, local_text(title, texts, "title"), _("harms %(parent)s") % {"parent": parent})
        for code, title, texts, parent in harming(scope).values_list(*columns)
    ]
    return [*harms, *opposed(scope)][part]


def _departments(scope: Scope, part: slice) -> list[Gap]:
    return [
        Gap("department", unit.code, unit.name, _("%(count)d people") % {"count": unit.people})
        for unit in out_of_sight(scope)[part]
    ]


def _one_child(scope: Scope, part: slice) -> list[Gap]:
    ranked = sorted(weights_at_the_top(scope), key=lambda row: (-row.child_share, row.code))
    return [
        Gap("objective", row.code, row.title, f"{row.child}: {row.child_share:.0%}")
        for row in ranked
        if row.child_share > 0.5
    ][part]


def _one_owner(scope: Scope, part: slice) -> list[Gap]:
    ranked = sorted(weights_at_the_top(scope), key=lambda row: (-row.owner_share, row.code))
    return [
        Gap("objective", row.code, row.title, f"{row.owner}: {row.owner_share:.0%}")
        for row in ranked
        if row.owner_share > 0.5
    ][part]


def ownerless_total(scope: Scope) -> int:
    """How many objectives, KPIs and initiatives nobody owns."""
    return sum(rows.filter(owner=None).count() for rows in (scope.objectives, scope.kpis, scope.initiatives))


def budget_of(rows: "QuerySet[Initiative]") -> float:
    """The sum of the budgets that are known."""
    return float(rows.order_by().aggregate(sum=Sum("budget"))["sum"] or 0)


LISTS: Final[Mapping[AlignmentMeasure, Callable[[Scope, slice], list[Gap]]]] = {
    AlignmentMeasure.ORPHANS: lambda scope, part: _objectives(orphans(scope), part),
    AlignmentMeasure.UNMEASURED: lambda scope, part: _objectives(unmeasured(scope), part),
    AlignmentMeasure.INERT: lambda scope, part: _objectives(inert(scope), part),
    AlignmentMeasure.UNLINKED: _works,
    AlignmentMeasure.UNLINKED_BUDGET: _works,
    AlignmentMeasure.OWNERLESS: _ownerless,
    AlignmentMeasure.BLIND: _blind,
    AlignmentMeasure.OVERLOADED_OBJECTIVES: lambda scope, part: _objectives(crowded(scope), part),
    AlignmentMeasure.OVERLOADED_OWNERS: _overloaded,
    AlignmentMeasure.WINDOW_MISMATCH: lambda scope, part: _edges(mismatched(scope), part),
    AlignmentMeasure.LINE_OF_SIGHT: _departments,
    AlignmentMeasure.CONCENTRATION_CHILD: _one_child,
    AlignmentMeasure.CONCENTRATION_OWNER: _one_owner,
    AlignmentMeasure.CONTRADICTION: _contradictions,
}
