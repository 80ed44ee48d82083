"""Snapshots of days that have passed, computed by the engine from what was known then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from objectives.evaluation import Settings, Standing, Subject, evaluate
from objectives.models import Objective, ObjectiveSnapshot
from objectives.rollup import Edge, Side
from objectives.rollup.worst import Input
from objectives.services.figures import Direct
from objectives.services.graph import counting_edges, read_edges, read_subjects, settings_of
from organization.models import Organization


@dataclass(frozen=True)
class Graph:
    """The strategy as it stands now, read once for many days."""

    subjects: tuple[Subject, ...]
    edges: tuple[Edge, ...]
    settings: Settings


def read_graph(organization: Organization) -> Graph:
    """Three queries for the whole organization."""
    ids = list(Objective.objects.filter(organization=organization).values_list("pk", flat=True))
    return Graph(
        subjects=tuple(read_subjects(ids)),
        edges=tuple(counting_edges(read_edges(ids))),
        settings=settings_of(organization),
    )


def standings_on(graph: Graph, directs: Mapping[int, Direct], *, day: date) -> dict[int, Standing]:
    """Figures of a day from what own KPIs said then; delivery of the past is not known and stays empty."""
    subjects = [_as_of(subject, directs.get(subject.id, Direct())) for subject in graph.subjects]
    only = {subject.id for subject in subjects}
    return evaluate(subjects, graph.edges, only=only, settings=graph.settings, day=day)


def keep_snapshots(
    standings: Mapping[int, Standing], *, day: date, confidences: Mapping[int, int] | None = None
) -> int:
    """Store the figures of a past day where no snapshot of it exists; returns how many objectives were given one."""
    stored = ObjectiveSnapshot.objects.filter(day=day, objective_id__in=standings)
    present = set(stored.values_list("objective_id", flat=True))
    rows = [
        ObjectiveSnapshot(
            objective_id=pk,
            day=day,
            progress=standing.progress,
            expected=standing.expected,
            coverage=standing.coverage,
            delivery=standing.delivery,
            confidence=(confidences or {}).get(pk),
            state=standing.status.state,
            colour=standing.status.colour,
        )
        for pk, standing in standings.items()
        if pk not in present
    ]
    ObjectiveSnapshot.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    return len(rows)


def _as_of(subject: Subject, direct: Direct) -> Subject:
    worst = None
    if direct.worst_colour is not None:
        worst = Input(direct.worst_code, direct.worst_colour, direct.worst_share)
    return replace(subject, direct=direct.side, direct_worst=worst, delivery=Side(), standing=None)
