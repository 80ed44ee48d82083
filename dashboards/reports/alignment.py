"""The alignment map: from the vision to managers' actions, as much of it as one page carries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Count, Q, Sum

from dashboards.reports.branches import (
    FIELDS,
    WORK_FIELDS,
    Branch,
    Hung,
    Node,
    WorkMark,
    node_of,
    read_branches,
    work_of,
)
from dashboards.reports.home import VisionText, current_visions
from dashboards.reports.remembered import remembered, state_of
from dashboards.services import edges_above
from initiatives.choices import Stage
from initiatives.models import Initiative, InitiativeObjective
from kpis.models import Kpi
from objectives.choices import EdgeKind, Level, Lifecycle
from objectives.models import Contribution, Objective
from objectives.pace import SEVERITY
from objectives.services import today_of
from organization.actors import Actor
from organization.models import Organization

WHOLE_MAP: Final = 200
"""Up to so many objectives the map shows all rows at once; above, a branch is loaded when it is opened."""

ROOTS_SHOWN: Final = 150
OUTSIDE_SHOWN: Final = 9
EVERYTHING: Final = "*"


@dataclass(frozen=True)
class Group:
    """One objective of the first column. Without a branch its rows are loaded when it is opened."""

    node: Node
    branch: Branch | None
    counts: dict[str, int]
    is_open: bool

    @property
    def kpis(self) -> int:
        return len({kpi.code for hung in self.hung for kpi in hung.kpis})

    @property
    def works(self) -> int:
        return len({work.code for hung in self.hung for work in hung.works})

    @property
    def hung(self) -> tuple[Hung, ...]:
        return (self.branch.own, *(row.hung for row in self.branch.rows)) if self.branch else ()

    @property
    def contributing(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Outside:
    """Work that serves no objective: some of it, how much, what it costs."""

    works: tuple[WorkMark, ...]
    count: int
    budget: Decimal | None

    @property
    def more(self) -> int:
        return self.count - len(self.works)


@dataclass(frozen=True)
class Totals:
    objectives: int
    strategic: int
    kpis: int
    initiatives: int
    hidden: int

    @property
    def others(self) -> int:
        return self.objectives - self.strategic


@dataclass(frozen=True)
class AlignmentMap:
    """The map. `trail` leads from the top to `focus` when a branch below the top is looked at."""

    visions: tuple[VisionText, ...]
    groups: tuple[Group, ...]
    further: tuple[tuple[str, str], ...]
    outside: Outside
    totals: Totals
    trail: tuple[Node, ...]
    focus: Node | None
    open: str
    is_whole: bool
    roots_cut: int

    @property
    def has_open(self) -> bool:
        return any(group.is_open for group in self.groups) and self.open != EVERYTHING

    @property
    def is_empty(self) -> bool:
        return not self.totals.objectives


def alignment_map(actor: Actor, organization: Organization, *, opened: str, at: datetime) -> AlignmentMap:
    """A constant number of queries, whatever is opened; `opened` is the code of an objective, or `*` for all."""
    state = state_of(actor, organization, today_of(organization, at))
    return remembered(f"map {opened}", state, lambda: _alignment_map(actor, organization, opened, at))


def _alignment_map(actor: Actor, organization: Organization, opened: str, at: datetime) -> AlignmentMap:
    totals = totals_of(actor)
    roots, cut = _roots(actor)
    focus = None if opened in {"", EVERYTHING} or _among(roots, opened) else _visible(actor, opened)
    first = [focus] if focus else roots
    is_whole = totals.objectives <= WHOLE_MAP or focus is not None
    loaded = [node for node in first if is_whole or node.code == opened]
    branches, further = read_branches(loaded, actor)
    counts = _colours_below(first, actor)
    groups = tuple(
        Group(node, branches.get(node.id), counts.get(node.id, {}), _is_open(node, opened, is_whole)) for node in first
    )
    return AlignmentMap(
        visions=_visions(actor, organization, at),
        groups=groups,
        further=tuple(further),
        outside=outside_of(actor, OUTSIDE_SHOWN),
        totals=totals,
        trail=_trail(focus, actor) if focus else (),
        focus=focus,
        open=opened if focus or opened == EVERYTHING or _among(roots, opened) else "",
        is_whole=is_whole,
        roots_cut=0 if focus else cut,
    )


def one_group(actor: Actor, code: str) -> Group | None:
    """One branch, opened in place; None when the reader sees no such objective."""
    node = _visible(actor, code)
    if node is None:
        return None
    branches, _further = read_branches([node], actor)
    return Group(node, branches[node.id], _colours_below([node], actor).get(node.id, {}), is_open=True)


def totals_of(actor: Actor) -> Totals:
    """How much there is, and how much of it is out of sight (three queries, six for a restricted reader)."""
    alive = ~Q(lifecycle=Lifecycle.CANCELLED)
    objectives = Objective.objects.visible_to(actor).filter(alive)
    seen = objectives.aggregate(all=Count("pk"), top=Count("pk", filter=Q(level=Level.STRATEGIC)))
    kpis = Kpi.objects.visible_to(actor).of_their_own().count()
    initiatives = Initiative.objects.visible_to(actor).exclude(stage=Stage.CANCELLED).count()
    hidden = 0
    if actor.paths() is not None:
        hidden += Objective.objects.of_organization(actor).filter(alive).count() - seen["all"]
        hidden += Kpi.objects.of_organization(actor).of_their_own().count() - kpis
        hidden += Initiative.objects.of_organization(actor).exclude(stage=Stage.CANCELLED).count() - initiatives
    return Totals(seen["all"], seen["top"], kpis, initiatives, hidden)


def outside_of(actor: Actor, limit: int) -> Outside:
    """Initiatives that serve no objective (two queries)."""
    linked = InitiativeObjective.objects.values("initiative_id")
    rows = Initiative.objects.visible_to(actor).exclude(pk__in=linked).exclude(stage__in=[Stage.CANCELLED, Stage.DONE])
    sums = rows.aggregate(count=Count("pk"), budget=Sum("budget"))
    works = tuple(work_of(row) for row in rows.order_by("-budget", "code").values(*WORK_FIELDS)[:limit])
    return Outside(works, sums["count"], sums["budget"])


def _roots(actor: Actor) -> tuple[list[Node], int]:
    """Strategic objectives, by code; the most urgent where there are too many."""
    rows = list(
        Objective.objects.visible_to(actor)
        .filter(level=Level.STRATEGIC)
        .exclude(lifecycle=Lifecycle.CANCELLED)
        .order_by("code")
        .values(*FIELDS)
    )
    nodes = [node_of(row) for row in rows]
    if len(nodes) <= ROOTS_SHOWN:
        return nodes, 0
    urgent = sorted(nodes, key=lambda node: (-SEVERITY[node.colour], node.gap or 0.0))[:ROOTS_SHOWN]  # type: ignore[index]
    return urgent, len(nodes) - ROOTS_SHOWN


def _visible(actor: Actor, code: str) -> Node | None:
    row = Objective.objects.visible_to(actor).filter(code=code).values(*FIELDS).first()
    return node_of(row) if row else None


def _among(nodes: Sequence[Node], code: str) -> bool:
    return any(node.code == code for node in nodes)


def _is_open(node: Node, opened: str, is_whole: bool) -> bool:
    return node.code == opened or (opened == EVERYTHING and is_whole)


def _colours_below(nodes: Sequence[Node], actor: Actor) -> dict[int, dict[str, int]]:
    """How the objectives that contribute to each stand (one query)."""
    rows = (
        Contribution.objects.visible_to(actor)
        .filter(parent_id__in=[node.id for node in nodes], kind=EdgeKind.CONTRIBUTES, weight__gt=0)
        .order_by()
        .values_list("parent_id", "child__figures__colour")
        .annotate(count=Count("pk"))
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for parent, colour, count in rows:
        found[parent][colour or "grey"] = found[parent].get(colour or "grey", 0) + count
    return found


def _trail(focus: Node, actor: Actor) -> tuple[Node, ...]:
    """From the top down to the parent of the focus, along the heaviest contributions (two queries)."""
    heaviest: dict[int, tuple[Decimal, int]] = {}
    for child, parent, weight in edges_above([focus.id]):
        heaviest[child] = max(heaviest.get(child, (Decimal(-1), 0)), (weight, -parent))
    ids, here = [], focus.id
    while here in heaviest:
        here = -heaviest[here][1]
        ids.append(here)
    rows = Objective.objects.visible_to(actor).filter(pk__in=ids).values(*FIELDS)
    nodes = {row["pk"]: node_of(row) for row in rows}
    return tuple(nodes[pk] for pk in reversed(ids) if pk in nodes)


def _visions(actor: Actor, organization: Organization, at: datetime) -> tuple[VisionText, ...]:
    found = current_visions(actor, today_of(organization, at))
    return tuple(VisionText(one.code, one.text("statement"), one.end) for one in found)
