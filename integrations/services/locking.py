"""What an import locks before it writes, in the order of everybody else: figures of KPIs, of objectives, the tree.

Whoever records a value holds its KPI's figures first and the organization's row last. An import that took the row
first would wait for them while they wait for it.
"""

from initiatives.models import InitiativeObjective
from integrations.services.planning import Prepared
from integrations.tables import (
    CONTRIBUTIONS,
    DEPARTMENTS,
    INITIATIVE_OBJECTIVES,
    INITIATIVES,
    KPIS,
    MEASUREMENTS,
    MEASURES,
    OBJECTIVES,
    ORGANIZATION,
    TARGETS,
    Table,
)
from kpis.models import KpiFigures, Measure
from kpis.services import dependents_of, hold_graph, lock_kpi_figures
from objectives.models import Objective
from objectives.services import lock_figures
from organization.records import hold
from organization.services import lock_tree

IMPORT_LOCK = 0x494D504F
"""First key of the advisory lock: one import per organization at a time."""


def lock_imports(organization_id: int) -> None:
    """Wait for another import into the same organization; until the transaction ends."""
    hold(IMPORT_LOCK, organization_id)


def lock_touched(prepared: Prepared, organization_id: int) -> None:
    """Hold what is computed from what: alone where KPIs change. Lock the figures that will be worked out again, each
    kind in primary-key order, then the tree if it changes."""
    hold_graph(organization_id, shared=not prepared.touches(KPIS))
    if prepared.touches(ORGANIZATION) and prepared.organization is not None:
        kpis = set(KpiFigures.objects.filter(kpi__organization_id=organization_id).values_list("pk", flat=True))
        objectives = set(Objective.objects.filter(organization_id=organization_id).values_list("pk", flat=True))
    else:
        kpis = _ids(prepared, KPIS, (KPIS, 0), (TARGETS, 0), (MEASUREMENTS, 0))
        objectives = _ids(prepared, OBJECTIVES, (OBJECTIVES, 0), (CONTRIBUTIONS, 1), (MEASURES, 0))
        kpis |= set(dependents_of(kpis))
        objectives |= set(Measure.objects.filter(kpi_id__in=kpis).values_list("objective_id", flat=True))
        objectives |= _served(prepared)
    lock_kpi_figures(kpis)
    lock_figures(objectives)
    if prepared.touches(DEPARTMENTS) or prepared.touches(CONTRIBUTIONS):
        lock_tree(organization_id)


def _ids(prepared: Prepared, table: Table, *sources: tuple[Table, int]) -> set[int]:
    """Stored rows of a table that the new and changed rows of others name in the given part of their key."""
    ids = prepared.stored.of(table).ids
    codes = {(key[part],) for source, part in sources for key in prepared.keys(source)}
    return {ids[code] for code in codes if code in ids}


def _served(prepared: Prepared) -> set[int]:
    """Objectives served by the initiatives that change, now and afterwards."""
    initiatives = _ids(prepared, INITIATIVES, (INITIATIVES, 0), (INITIATIVE_OBJECTIVES, 0))
    rows = InitiativeObjective.objects.filter(initiative_id__in=initiatives)
    return set(rows.values_list("objective_id", flat=True)) | _ids(prepared, OBJECTIVES, (INITIATIVE_OBJECTIVES, 1))
