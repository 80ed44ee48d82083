"""What lies below objectives along the contributions that count."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from initiatives.choices import Stage
from initiatives.models import Initiative
from kpis.models import Kpi
from objectives.services import COUNTING
from organization.actors import Actor

BELOW = f"""
    WITH RECURSIVE below(root, id) AS (
        SELECT id, id FROM unnest(%s::bigint[]) AS start(id)
        UNION
        SELECT below.root, edge.child_id FROM below
        JOIN objectives_contribution edge
          ON edge.parent_id = below.id AND {COUNTING}
    )
"""  # noqa: S608 - our own text

TROUBLE = """
    {below}
    SELECT root, 'kpi', count(DISTINCT measure.kpi_id)
    FROM below
    JOIN kpis_measure measure ON measure.objective_id = below.id
    JOIN kpis_kpifigures figures ON figures.kpi_id = measure.kpi_id AND figures.colour = 'red'
    WHERE measure.kpi_id IN ({kpis})
    GROUP BY root
    UNION ALL
    SELECT root, 'initiative', count(DISTINCT served.initiative_id)
    FROM below
    JOIN initiatives_initiativeobjective served ON served.objective_id = below.id
    WHERE served.initiative_id IN ({initiatives})
    GROUP BY root
"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """How much below an objective is off track."""

    kpis: int = 0
    initiatives: int = 0


def troubles_below(objective_ids: Iterable[int], actor: Actor) -> Mapping[int, Trouble]:
    """KPIs and running initiatives off track that the actor sees, each once for each objective above it (one query)."""
    kpis, kpi_values = _ids(Kpi.objects.visible_to(actor))
    running = Initiative.objects.visible_to(actor).filter(status="red", stage=Stage.IN_PROGRESS)
    initiatives, initiative_values = _ids(running)
    sql = TROUBLE.format(below=BELOW, kpis=kpis, initiatives=initiatives)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(sql, [sorted(set(objective_ids)), *kpi_values, *initiative_values])
        for root, kind, count in cursor.fetchall():
            counts[root][kind] = count
    return {root: Trouble(found.get("kpi", 0), found.get("initiative", 0)) for root, found in counts.items()}


def _ids(rows: "QuerySet[Kpi] | QuerySet[Initiative]") -> tuple[str, tuple[Any, ...]]:
    return rows.order_by().values("pk").query.sql_with_params()
