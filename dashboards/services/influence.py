"""How strongly KPIs, objectives and initiatives bear on the strategic objectives (SEMANTICS §9): reads only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.db import connection
from django.db.models import OuterRef, Subquery, Sum

from kpis.models import KpiFigures, Measure
from objectives.choices import EdgeKind, Level
from objectives.models import Contribution, Objective
from objectives.rollup import STORED_FIGURE, StoredFigure, stored_factors
from objectives.services import COUNTING

UP = f"""
    WITH RECURSIVE up(id) AS (
        SELECT unnest(%s::bigint[])
        UNION
        SELECT edge.parent_id FROM up
        JOIN objectives_contribution edge
          ON edge.child_id = up.id AND {COUNTING}
    )
    SELECT edge.child_id, edge.parent_id, edge.weight
    FROM up JOIN objectives_contribution edge
      ON edge.child_id = up.id AND {COUNTING}
"""  # noqa: S608 - our own text


@dataclass(frozen=True)
class Bearing:
    """The objective at the top that a KPI weighs most on, and how much of its figure the KPI makes."""

    code: str
    influence: float


_Totals = dict[int, dict[int, float]]
"""By thing and strategic objective."""


@dataclass
class _Above:
    """The objectives above some KPIs, as far as influence needs them."""

    parents: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    code: dict[int, str] = field(default_factory=dict)
    is_top: dict[int, bool] = field(default_factory=dict)
    own: dict[int, float] = field(default_factory=dict)
    weight_of_measures: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Influences:
    """The objective at the top that each thing bears on most; who bears on none is left out."""

    kpis: Mapping[int, Bearing]
    objectives: Mapping[int, Bearing]
    initiatives: Mapping[int, Bearing]


def bearings_of(kpi_ids: Iterable[int]) -> dict[int, Bearing]:
    """By KPI, the strategic objective it bears on most: Σ over all paths of Π normalised weights (three queries)."""
    return dict(influences_of(kpi_ids=kpi_ids).kpis)


def influences_of(
    *,
    kpi_ids: Iterable[int] = (),
    objective_ids: Iterable[int] = (),
    shares: Mapping[int, Mapping[int, Fraction]] | None = None,
) -> Influences:
    """The same for KPIs, for objectives, and for initiatives by their `shares` in objectives: three queries at most.

    An initiative bears on a strategic objective as much as the objectives that it serves, by its share in each.
    """
    uses = list(
        Measure.objects.filter(kpi_id__in=sorted(set(kpi_ids)), weight__gt=0).values_list(
            "kpi_id", "objective_id", "weight", "kpi__figures__counts"
        )
    )
    served = shares or {}
    objectives = set(objective_ids)
    start = objectives | {use[1] for use in uses} | {pk for given in served.values() for pk in given}
    if not start:
        return Influences({}, {}, {})
    above = _read_above(start)
    memo: dict[int, dict[int, float]] = {}
    kpis: _Totals = defaultdict(lambda: defaultdict(float))
    for kpi_id, objective_id, weight, counts in uses:
        whole = above.weight_of_measures[objective_id] + (0.0 if counts else float(weight))
        _add(kpis[kpi_id], float(weight) / whole * above.own[objective_id], _tops(objective_id, above, memo))
    works: _Totals = defaultdict(lambda: defaultdict(float))
    for initiative_id, given in served.items():
        for objective_id, share in given.items():
            _add(works[initiative_id], float(share), _tops(objective_id, above, memo))
    return Influences(
        _largest(kpis, above),
        _largest({pk: _tops(pk, above, memo) for pk in objectives}, above),
        _largest(works, above),
    )


def _add(total: dict[int, float], share: float, tops: Mapping[int, float]) -> None:
    for top, influence in tops.items():
        total[top] += share * influence


def _largest(totals: Mapping[int, Mapping[int, float]], above: _Above) -> dict[int, Bearing]:
    found = {}
    for pk, tops in totals.items():
        if tops:
            top = max(tops, key=lambda one: (tops[one], -one))
            found[pk] = Bearing(above.code[top], tops[top])
    return found


def _read_above(objective_ids: set[int]) -> _Above:
    edges = edges_above(objective_ids)
    ids = objective_ids | {pk for child, parent, _weight in edges for pk in (child, parent)}
    counting = Contribution.objects.filter(kind=EdgeKind.CONTRIBUTES, weight__gt=0, parent=OuterRef("pk")).order_by()
    counts = KpiFigures.objects.filter(counts=True).values("pk")  # not through the KPIs: of a past day they are a view
    counted = Measure.objects.filter(objective=OuterRef("pk"), kpi_id__in=counts).order_by()
    rows = Objective.objects.filter(pk__in=ids).values_list(
        "pk",
        "code",
        "level",
        "progress_mode",
        "blend",
        *(f"figures__{name}" for name in STORED_FIGURE),
        Subquery(counting.values("parent").annotate(sum=Sum("weight")).values("sum")),
        Subquery(counted.values("objective").annotate(sum=Sum("weight")).values("sum")),
    )
    above, below, weights = _Above(), {}, {}
    for pk, code, level, mode, blend, *figure, weight_of_children, weight_of_measures in rows:
        above.code[pk], above.is_top[pk] = code, level == Level.STRATEGIC
        above.own[pk], below[pk] = stored_factors(mode, blend, StoredFigure(*figure))
        above.weight_of_measures[pk] = float(weight_of_measures or 0)
        weights[pk] = float(weight_of_children or 0)
    for child, parent, weight in edges:
        above.parents[child].append((parent, below[parent] * float(weight) / weights[parent]))
    return above


def _tops(pk: int, above: _Above, memo: dict[int, dict[int, float]]) -> dict[int, float]:
    """Influence of an objective on each strategic objective at or above it; the graph has no cycle."""
    waiting = [pk]
    while waiting:  # no recursion: a chain may be longer than Python's stack
        here = waiting[-1]
        parents = above.parents.get(here, ())
        unknown = [parent for parent, _share in parents if parent not in memo]
        if unknown:
            waiting += unknown
            continue
        waiting.pop()
        found: dict[int, float] = defaultdict(float)
        if above.is_top[here]:
            found[here] = 1.0
        for parent, share in parents:
            for top, influence in memo[parent].items():
                found[top] += share * influence
        memo[here] = dict(found)
    return memo[pk]


def edges_above(objective_ids: Iterable[int]) -> list[tuple[int, int, Decimal]]:
    """(child, parent, weight) of all that the objectives contribute to, directly or through others (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(UP, [sorted(set(objective_ids))])
        return list(cursor.fetchall())
