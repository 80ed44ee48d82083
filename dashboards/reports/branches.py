"""Objectives with what hangs on them: contributing objectives in rows, KPIs and initiatives as symbols."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count

from dashboards.reports.links import initiative_url, kpi_url, objective_url
from dashboards.reports.strategic import tone_of
from initiatives.choices import Stage
from initiatives.models import Initiative, InitiativeObjective
from kpis.models import Kpi, Measure
from objectives.choices import Colour, EdgeKind, Lifecycle
from objectives.models import Contribution, Objective
from organization.actors import Actor
from organization.drawing.status import shape_of, word_of
from organization.texts import local_text

ROWS_OF_A_BRANCH: Final = 200
"""A branch shows at most so many rows."""

FIELDS: Final = [
    "pk",
    "code",
    "title",
    "translations",
    "level",
    "vision_id",
    "department_id",
    "owner__name",
    "confidence",
    "lifecycle",
    "figures__progress",
    "figures__expected",
    "figures__state",
    "figures__colour",
]
OVER: Final = frozenset({Lifecycle.PAUSED, Lifecycle.CANCELLED, Lifecycle.CLOSED})
STATE_OF_STAGE: Final = {Stage.DONE: "done", Stage.ON_HOLD: "on_hold", Stage.CANCELLED: "cancelled"}


@dataclass(frozen=True)
class KpiMark:
    code: str
    name: str
    url: str
    state: str
    colour: str

    @property
    def label(self) -> str:
        return f"{self.name}: {word_of(self.state, self.colour)}"


@dataclass(frozen=True)
class WorkMark:
    """An initiative: what its manager declares while it runs, else its stage."""

    code: str
    title: str
    url: str
    owner: str
    state: str
    colour: str
    progress: Decimal | None
    budget: Decimal | None

    @property
    def css(self) -> str:
        return shape_of(self.state, self.colour)


@dataclass(frozen=True)
class Hung:
    """KPIs and initiatives that hang on one objective."""

    kpis: tuple[KpiMark, ...] = ()
    works: tuple[WorkMark, ...] = ()


@dataclass(frozen=True)
class Node:
    """An objective. Fractions."""

    id: int
    code: str
    title: str
    url: str
    level: str
    vision_id: int | None
    department_id: int | None
    owner: str
    confidence: int | None
    state: str
    colour: str
    progress: float | None
    expected: float | None
    is_over: bool

    @property
    def gap(self) -> float | None:
        return None if self.progress is None or self.expected is None else self.progress - self.expected

    @property
    def gap_css(self) -> str:
        return tone_of(self.gap, self.colour)


@dataclass(frozen=True)
class Row:
    """A contributing objective; `share` is its weight over all weights of the parent, hidden ones included."""

    node: Node
    share: float
    hung: Hung
    below: int
    work_is_kept: bool

    @property
    def weight(self) -> int:
        """For the width of the ribbon."""
        return max(1, round(self.share * 1000))

    @property
    def lacks_kpi(self) -> bool:
        return not (self.hung.kpis or self.below or self.node.is_over)

    @property
    def lacks_work(self) -> bool:
        """Where the organization keeps initiatives at all."""
        return self.work_is_kept and not (self.hung.works or self.below or self.node.is_over)


@dataclass(frozen=True)
class Branch:
    """What contributes to one objective, the heaviest first; `own` hangs on the objective itself."""

    rows: tuple[Row, ...]
    own: Hung
    hidden: int
    cut: int


@dataclass
class _Edges:
    """Contributions into the parents: which child is drawn where, and which pairs are dashed."""

    primary: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    further: list[tuple[int, int]] = field(default_factory=list)
    children: set[int] = field(default_factory=set)


def node_of(row: Mapping[str, Any]) -> Node:
    return Node(
        id=row["pk"],
        code=row["code"],
        title=local_text(row["title"], row["translations"], "title"),
        url=objective_url(row["code"]),
        level=row["level"],
        vision_id=row["vision_id"],
        department_id=row["department_id"],
        owner=row["owner__name"] or "",
        confidence=row["confidence"],
        state=row["figures__state"] or "",
        colour=row["figures__colour"] or Colour.GREY,
        progress=row["figures__progress"],
        expected=row["figures__expected"],
        is_over=row["lifecycle"] in OVER,
    )


def read_branches(roots: Sequence[Node], actor: Actor) -> tuple[dict[int, Branch], list[tuple[str, str]]]:
    """Branches by id of their root, and the (child, parent) codes of further contributions (five queries)."""
    ids = [root.id for root in roots]
    edges = _read_edges(ids)
    rows = Objective.objects.visible_to(actor).filter(pk__in=edges.children).order_by("code").values(*FIELDS)
    children = {row["pk"]: node_of(row) for row in rows}
    hung = read_hung([*ids, *children], actor)
    below = _counts_below(children)
    is_kept = any(one.works for one in hung.values()) or Initiative.objects.visible_to(actor).exists()
    branches = {root.id: _branch(root, edges, children, hung, below, is_kept) for root in roots}
    codes = {node.id: node.code for node in (*roots, *children.values())}
    further = [(codes[child], codes[parent]) for child, parent in edges.further if child in codes and parent in codes]
    return branches, further


def read_hung(objective_ids: Iterable[int], actor: Actor) -> dict[int, Hung]:
    """KPIs and initiatives by objective (two queries)."""
    ids = list(objective_ids)
    kpis: dict[int, list[KpiMark]] = defaultdict(list)
    measures = Measure.objects.filter(objective_id__in=ids, kpi__in=Kpi.objects.visible_to(actor))
    for objective_id, code, name, texts, state, colour in measures.order_by("kpi__code").values_list(
        "objective_id", "kpi__code", "kpi__name", "kpi__translations", "kpi__figures__state", "kpi__figures__colour"
    ):
        kpis[objective_id].append(
            KpiMark(code, local_text(name, texts, "name"), kpi_url(code), state or "", colour or "")
        )
    works: dict[int, list[WorkMark]] = defaultdict(list)
    served = InitiativeObjective.objects.filter(
        objective_id__in=ids, initiative__in=Initiative.objects.visible_to(actor)
    ).exclude(initiative__stage=Stage.CANCELLED)
    for row in served.order_by("initiative__code").values("objective_id", *(f"initiative__{n}" for n in WORK_FIELDS)):
        works[row["objective_id"]].append(work_of(row, "initiative__"))
    return {pk: Hung(tuple(kpis[pk]), tuple(works[pk])) for pk in {*kpis, *works}}


WORK_FIELDS: Final = (
    "code",
    "title",
    "translations",
    "owner__name",
    "stage",
    "status",
    "progress",
    "budget",
)


def work_of(row: Mapping[str, Any], prefix: str = "") -> WorkMark:
    stage, status = row[f"{prefix}stage"], row[f"{prefix}status"]
    running = stage == Stage.IN_PROGRESS
    return WorkMark(
        code=row[f"{prefix}code"],
        title=local_text(row[f"{prefix}title"], row[f"{prefix}translations"], "title"),
        url=initiative_url(row[f"{prefix}code"]),
        owner=row[f"{prefix}owner__name"] or "",
        state=STATE_OF_STAGE.get(
            stage, {"green": "on_track", "amber": "at_risk", "red": "off_track"}.get(status, stage)
        ),
        colour=status if running else "",
        progress=row[f"{prefix}progress"],
        budget=row[f"{prefix}budget"],
    )


def _read_edges(parent_ids: Sequence[int]) -> _Edges:
    """A child is drawn under the parent it weighs most on; what else it contributes to is dashed."""
    rows = list(
        Contribution.objects.filter(parent_id__in=parent_ids).values_list("child_id", "parent_id", "kind", "weight")
    )
    totals: dict[int, float] = defaultdict(float)
    for _child, parent, kind, weight in rows:
        if kind == EdgeKind.CONTRIBUTES:
            totals[parent] += float(weight)
    counting: dict[int, list[tuple[float, int]]] = defaultdict(list)
    edges, roots = _Edges(), set(parent_ids)
    for child, parent, kind, weight in rows:
        if kind == EdgeKind.CONTRIBUTES and weight > 0 and child not in roots:
            counting[child].append((float(weight) / totals[parent], parent))
        else:
            edges.further.append((child, parent))
    for child, shares in counting.items():
        (share, parent), *others = sorted(shares, key=lambda pair: (-pair[0], pair[1]))
        edges.primary[parent].append((child, share))
        edges.further += [(child, other) for _share, other in others]
    edges.children = {child for pairs in edges.primary.values() for child, _share in pairs}
    return edges


def _counts_below(objective_ids: Iterable[int]) -> dict[int, int]:
    rows = Contribution.objects.filter(parent_id__in=list(objective_ids), kind=EdgeKind.CONTRIBUTES, weight__gt=0)
    return dict(rows.order_by().values_list("parent_id").annotate(count=Count("pk")))


def _branch(
    root: Node,
    edges: _Edges,
    children: Mapping[int, Node],
    hung: Mapping[int, Hung],
    below: Mapping[int, int],
    work_is_kept: bool,
) -> Branch:
    pairs = edges.primary.get(root.id, [])
    seen = sorted(
        ((children[pk], share) for pk, share in pairs if pk in children), key=lambda pair: (-pair[1], pair[0].code)
    )
    rows = tuple(
        Row(node, share, hung.get(node.id, Hung()), below.get(node.id, 0), work_is_kept)
        for node, share in seen[:ROWS_OF_A_BRANCH]
    )
    return Branch(rows, hung.get(root.id, Hung()), len(pairs) - len(seen), len(seen) - len(rows))
