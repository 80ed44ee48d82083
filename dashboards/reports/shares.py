"""What each part of an objective lacks of its gap, and how strongly a KPI bears on the objectives at the top."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum

from dashboards.reports.below import edges_above
from dashboards.reports.findings import Share
from dashboards.reports.strategic import StrategicRow
from kpis.models import Kpi, Measure
from objectives.choices import EdgeKind, Level, RollupState
from objectives.models import Contribution, Objective
from objectives.rollup import Part, Side, decompose, stored_factors
from organization.actors import Actor
from organization.texts import local_text


def shares_of(row: StrategicRow, actor: Actor, *, cap: Decimal) -> list[Share]:
    """The parts of one objective with what they miss, as its roll-up counts them; parts out of sight are left out."""
    own, below = row.factors
    found = []
    for read, factor in ((_children, below), (_measures, own)):
        parts = read(row.id, actor) if factor else []
        rows = decompose([one.part for one in parts], cap=cap, factor=factor)
        found += [
            Share(one.code, one.title, line.missing)
            for one, line in zip(parts, rows, strict=True)
            if line.missing is not None and one.title
        ]
    return found


@dataclass(frozen=True)
class _Named:
    """A part with its name; no title when it is out of sight."""

    code: str
    title: str
    part: Part


def _children(objective_id: int, actor: Actor) -> list[_Named]:
    everything = actor.paths() is None
    visible = Contribution.objects.visible_to(actor).filter(parent_id=objective_id)
    seen = set() if everything else set(visible.values_list("child_id", flat=True))
    rows = Contribution.objects.filter(parent_id=objective_id, kind=EdgeKind.CONTRIBUTES, weight__gt=0).values_list(
        "child_id",
        "child__code",
        "child__title",
        "child__translations",
        "weight",
        "child__figures__progress",
        "child__figures__expected",
    )
    return [
        _Named(
            code,
            local_text(title, texts, "title") if everything or pk in seen else "",
            Part(code, progress, expected, weight),
        )
        for pk, code, title, texts, weight, progress, expected in rows
    ]


def _measures(objective_id: int, actor: Actor) -> list[_Named]:
    seen = Kpi.objects.visible_to(actor).filter(pk=OuterRef("kpi_id")).values("pk")
    rows = (
        Measure.objects.filter(objective_id=objective_id, weight__gt=0, kpi__figures__counts=True)
        .annotate(seen=Subquery(seen))
        .values_list(
            "kpi__code",
            "kpi__name",
            "kpi__translations",
            "weight",
            "kpi__figures__roll_progress",
            "kpi__figures__roll_expected",
            "seen",
        )
    )
    return [
        _Named(code, local_text(name, texts, "name") if pk else "", Part(code, progress, expected, weight))
        for code, name, texts, weight, progress, expected, pk in rows
    ]


@dataclass(frozen=True)
class Bearing:
    """The objective at the top that a KPI weighs most on, and how much of its figure the KPI makes."""

    code: str
    influence: float


@dataclass
class _Above:
    """The objectives above some KPIs, as far as influence needs them."""

    parents: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    code: dict[int, str] = field(default_factory=dict)
    is_top: dict[int, bool] = field(default_factory=dict)
    own: dict[int, float] = field(default_factory=dict)
    weight_of_measures: dict[int, float] = field(default_factory=dict)


def bearings_of(kpi_ids: Iterable[int]) -> dict[int, Bearing]:
    """By KPI, the strategic objective it bears on most: Σ over all paths of Π normalised weights (three queries)."""
    measures = list(
        Measure.objects.filter(kpi_id__in=sorted(set(kpi_ids)), weight__gt=0).values_list(
            "kpi_id", "objective_id", "weight"
        )
    )
    if not measures:
        return {}
    above = _read_above({objective_id for _kpi, objective_id, _weight in measures})
    memo: dict[int, dict[int, float]] = {}
    totals: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for kpi_id, objective_id, weight in measures:
        share = float(weight) / (above.weight_of_measures.get(objective_id) or 1.0) * above.own[objective_id]
        for top, influence in _tops(objective_id, above, memo).items():
            totals[kpi_id][top] += share * influence
    found = {}
    for kpi_id, tops in totals.items():
        top = max(tops, key=lambda pk: (tops[pk], -pk))
        found[kpi_id] = Bearing(above.code[top], tops[top])
    return found


def _read_above(objective_ids: set[int]) -> _Above:
    edges = edges_above(objective_ids)
    ids = objective_ids | {pk for child, parent, _weight in edges for pk in (child, parent)}
    counting = Contribution.objects.filter(kind=EdgeKind.CONTRIBUTES, weight__gt=0, parent=OuterRef("pk")).order_by()
    counted = Measure.objects.filter(objective=OuterRef("pk"), kpi__figures__counts=True).order_by()
    rows = Objective.objects.filter(pk__in=ids).values_list(
        "pk",
        "code",
        "level",
        "progress_mode",
        "blend",
        "figures__progress",
        "figures__coverage",
        "figures__direct_progress",
        "figures__direct_coverage",
        "figures__direct_state",
        Subquery(counting.values("parent").annotate(sum=Sum("weight")).values("sum")),
        Subquery(counted.values("objective").annotate(sum=Sum("weight")).values("sum")),
    )
    above, below, weights = _Above(), {}, {}
    for pk, code, level, mode, blend, progress, coverage, *own, weight_of_children, weight_of_measures in rows:
        above.code[pk], above.is_top[pk] = code, level == Level.STRATEGIC
        direct = Side(own[0], None, own[1] or 0.0, RollupState(own[2] or RollupState.NO_INPUT))
        above.own[pk], below[pk] = stored_factors(mode, blend, direct, progress=progress, coverage=coverage or 0.0)
        above.weight_of_measures[pk] = float(weight_of_measures or 0)
        weights[pk] = float(weight_of_children or 0)
    for child, parent, weight in edges:
        above.parents[child].append((parent, below[parent] * float(weight) / weights[parent]))
    return above


def _tops(pk: int, above: _Above, memo: dict[int, dict[int, float]]) -> dict[int, float]:
    """Influence of an objective on each strategic objective at or above it; the graph has no cycle."""
    if pk not in memo:
        found: dict[int, float] = defaultdict(float)
        if above.is_top[pk]:
            found[pk] = 1.0
        for parent, share in above.parents.get(pk, ()):
            for top, influence in _tops(parent, above, memo).items():
                found[top] += share * influence
        memo[pk] = dict(found)
    return memo[pk]
