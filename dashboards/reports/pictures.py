"""The alignment page's Plotly pictures: the same objectives and weights as the map."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from dashboards.charts.icicle import icicle_chart
from dashboards.charts.sankey import Flow, sankey_chart
from dashboards.charts.tree import Leaf, Tree, first_places, placed
from dashboards.reports.departments import Unit, units_of
from dashboards.reports.home import current_visions
from kpis.models import Kpi, Measure
from objectives.choices import EdgeKind, Level, Lifecycle
from objectives.models import Contribution, Objective
from objectives.services import today_of
from organization.actors import Actor
from organization.drawing import numbers
from organization.drawing.figure import Chart
from organization.models import Organization
from organization.texts import local_text

BOXES_AT_MOST: Final = 500
"""More boxes are neither seen nor drawn quickly: a large strategy is looked at branch by branch."""

RIBBON_SOURCES: Final = 40
"""More contributing objectives than this flow together by department."""

TOPS_IN_FLOW: Final = 30
LABEL: Final = 46


@dataclass
class _Part:
    """The part of the strategy that a picture shows."""

    top: Leaf
    roots: list[str] = field(default_factory=list)
    leaves: dict[str, Leaf] = field(default_factory=dict)
    departments: dict[str, int | None] = field(default_factory=dict)
    shares: list[tuple[str, str, float]] = field(default_factory=list)

    def influences(self) -> dict[str, float]:
        """By key, the share of the whole over all paths."""
        above: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for child, parent, share in self.shares:
            above[child].append((parent, share))
        found = dict.fromkeys(self.roots, 1 / len(self.roots))
        for key in self.leaves:
            _influence(key, above, found)
        return found


def _influence(key: str, above: dict[str, list[tuple[str, float]]], found: dict[str, float]) -> float:
    """Σ over the parents of their influence times the share; the graph has no cycle."""
    if key not in found:
        found[key] = 0.0
        found[key] = sum(_influence(parent, above, found) * share for parent, share in above.get(key, ()))
    return found[key]


def icicle_picture(
    actor: Actor, organization: Organization, *, opened: str, at: datetime, language: str
) -> Chart | None:
    """Vision, objectives level by level, KPIs; or the branch of one objective. None when there is nothing."""
    part = _read(actor, organization, opened=opened, at=at, language=language, levels=8)
    if part is None:
        return None
    tree = Tree(leaves={part.top.key: part.top, **part.leaves})
    tree.below[part.top.key] = [(root, 1 / len(part.roots)) for root in part.roots if root != part.top.key]
    for child, (parent, share) in first_places(part.shares).items():
        tree.below[parent].append((child, share))
    return icicle_chart(placed(tree, part.top.key), language=language)


def sankey_picture(
    actor: Actor, organization: Organization, *, opened: str, at: datetime, language: str
) -> Chart | None:
    """Contributing objectives → strategic objectives → vision; departments where the objectives are too many."""
    part = _read(actor, organization, opened=opened, at=at, language=language, levels=2 if opened else 1)
    if part is None:
        return None
    if len(part.roots) > TOPS_IN_FLOW:
        part.roots = part.roots[:TOPS_IN_FLOW]
    if not opened:
        part.top = replace(part.top, label=_("Vision"))
    influence = part.influences()
    flows = [
        Flow(root, part.top.key, 1 / len(part.roots), influence[root]) for root in part.roots if root != part.top.key
    ]
    shares = [one for one in part.shares if one[1] in influence]
    if len({child for child, _parent, _share in shares}) > RIBBON_SOURCES:
        flows += _by_department(part, shares, influence, actor)
    else:
        flows += [Flow(child, parent, share, influence[parent] * share) for child, parent, share in shares]
    used = {key for flow in flows for key in (flow.source, flow.target)}
    leaves = [leaf for key, leaf in {part.top.key: part.top, **part.leaves}.items() if key in used]
    return sankey_chart(leaves, flows, language=language)


def _by_department(
    part: _Part, shares: list[tuple[str, str, float]], influence: dict[str, float], actor: Actor
) -> list[Flow]:
    units = units_of(actor)
    sums: dict[tuple[str, str], float] = defaultdict(float)
    tops = set(part.roots)
    for child, parent, share in shares:
        department = part.departments.get(child)
        unit = units.unit_of.get(department) if department is not None else None
        unit = unit or Unit(0, "", _("No department"))
        if parent in tops:
            key = f"d:{unit.id}"
            part.leaves[key] = Leaf(key, unit.code or unit.name, unit.name, "", "", "")
            sums[key, parent] += share
    return [Flow(key, parent, share, influence[parent] * share) for (key, parent), share in sums.items()]


def _read(
    actor: Actor, organization: Organization, *, opened: str, at: datetime, language: str, levels: int
) -> _Part | None:
    """The objectives of a branch level by level, as long as a whole level fits, then KPIs where they fit too."""
    part = _start(actor, organization, opened=opened, at=at, language=language)
    if part is None:
        return None
    ids = {key: int(key[2:]) for key in part.roots}
    level = list(ids.values())
    for _step in range(levels):
        level = _next_level(part, level, actor, language)
        if not level:
            break
    if levels > 1:
        _add_kpis(part, actor, language)
    return part


def _start(actor: Actor, organization: Organization, *, opened: str, at: datetime, language: str) -> _Part | None:
    objectives = Objective.objects.visible_to(actor).exclude(lifecycle=Lifecycle.CANCELLED)
    wanted = Q(code=opened) if opened else Q(level=Level.STRATEGIC)
    leaves, departments = _leaves(objectives.filter(wanted).order_by("code")[:BOXES_AT_MOST], language)
    if not leaves:
        return None
    if opened:
        (top,) = leaves.values()
        return _Part(top, [top.key], leaves, departments)
    visions = current_visions(actor, today_of(organization, at))
    name = visions[0].text("statement") if visions else organization.name
    top = Leaf("vision", _("Vision"), name, "", "", "")
    return _Part(top, list(leaves), leaves, departments)


def _next_level(part: _Part, parent_ids: list[int], actor: Actor, language: str) -> list[int]:
    """Add what contributes to these objectives (two queries); returns the ids that are new."""
    rows = Contribution.objects.filter(parent_id__in=parent_ids, kind=EdgeKind.CONTRIBUTES, weight__gt=0)
    edges = list(rows.order_by("parent_id", "-weight", "child_id").values_list("child_id", "parent_id", "weight"))
    if len(part.leaves) + len({child for child, _parent, _weight in edges}) > BOXES_AT_MOST:
        return []
    totals: dict[int, float] = defaultdict(float)
    for _child, parent, weight in edges:
        totals[parent] += float(weight)
    known = set(part.leaves)
    found = Objective.objects.visible_to(actor).filter(pk__in={child for child, _parent, _weight in edges})
    leaves, departments = _leaves(found.order_by("code"), language)
    part.leaves |= {key: leaf for key, leaf in leaves.items() if key not in known}
    part.departments |= departments
    part.shares += [
        (f"o:{child}", f"o:{parent}", float(weight) / totals[parent])
        for child, parent, weight in edges
        if f"o:{child}" in leaves and f"o:{child}" not in part.roots
    ]
    return [int(key[2:]) for key in leaves if key not in known]


def _add_kpis(part: _Part, actor: Actor, language: str) -> None:
    """KPIs share the area of an objective whose figure they make, where they fit (two queries)."""
    ids = [int(key[2:]) for key in part.leaves if key.startswith("o:")]
    parents = {parent for _child, parent, _share in part.shares}
    measures = Measure.objects.filter(objective_id__in=ids, weight__gt=0, kpi__in=Kpi.objects.visible_to(actor))
    if len(part.leaves) + measures.count() > BOXES_AT_MOST:
        return
    rows = list(
        measures.order_by("objective_id", "kpi__code").values_list(
            "objective_id",
            "kpi__code",
            "kpi__name",
            "kpi__translations",
            "weight",
            "kpi__figures__state",
            "kpi__figures__colour",
            "kpi__figures__roll_progress",
        )
    )
    totals: dict[int, float] = defaultdict(float)
    for objective_id, _code, _name, _texts, weight, *_rest in rows:
        totals[objective_id] += float(weight)
    for objective_id, code, name, texts, weight, state, colour, done in rows:
        if f"o:{objective_id}" in parents:
            continue
        key = f"k:{objective_id}:{code}"
        label = f"{code} {_short(local_text(name, texts, 'name'))}"
        part.leaves[key] = Leaf(key, code, label, state or "", colour or "grey", _percent(done, language))
        part.shares.append((key, f"o:{objective_id}", float(weight) / totals[objective_id]))


def _leaves(rows: Iterable[Objective], language: str) -> tuple[dict[str, Leaf], dict[str, int | None]]:
    leaves, departments = {}, {}
    values = rows.values_list(  # type: ignore[attr-defined]
        "pk", "code", "title", "translations", "department_id", "figures__state", "figures__colour", "figures__progress"
    )
    for pk, code, title, texts, department_id, state, colour, progress in values:
        key = f"o:{pk}"
        label = f"{code} {_short(local_text(title, texts, 'title'))}"
        leaves[key] = Leaf(key, code, label, state or "", colour or "grey", _percent(progress, language))
        departments[key] = department_id
    return leaves, departments


def _percent(progress: float | None, language: str) -> str:
    return "" if progress is None else numbers.percent(progress, 0, language)


def _short(text: str) -> str:
    return text if len(text) <= LABEL else f"{text[: LABEL - 1].rstrip()}…"
