"""Snapshots of days that have passed, computed by the engine from what was known then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from objectives.evaluation import Settings, Standing, Subject, evaluate
from objectives.models import CheckIn, Objective, ObjectiveSnapshot
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
    stated: Mapping[int, tuple[tuple[date, Decimal], ...]]
    """The owners' figures at check-in, by objective and day."""


def read_graph(organization: Organization) -> Graph:
    """Four queries for the whole organization."""
    ids = list(Objective.objects.filter(organization=organization).values_list("pk", flat=True))
    return Graph(
        subjects=tuple(read_subjects(ids)),
        edges=tuple(counting_edges(read_edges(ids))),
        settings=settings_of(organization),
        stated=_stated(organization),
    )


def standings_on(graph: Graph, directs: Mapping[int, Direct], *, day: date) -> dict[int, Standing]:
    """Figures of a day from what own KPIs said then; delivery of the past is not known and stays empty."""
    subjects = [
        replace(_as_of(subject, directs.get(subject.id, Direct())), manual=_stated_by(graph.stated, subject.id, day))
        for subject in graph.subjects
    ]
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


def _stated(organization: Organization) -> dict[int, tuple[tuple[date, Decimal], ...]]:
    rows = CheckIn.objects.filter(objective__organization=organization).order_by("at", "id")
    found: dict[int, list[tuple[date, Decimal]]] = {}
    for objective_id, at, progress in rows.values_list("objective_id", "at", "progress"):
        if progress is not None:
            found.setdefault(objective_id, []).append((at.astimezone(organization.zone).date(), progress))
    return {pk: tuple(statements) for pk, statements in found.items()}


def _stated_by(stated: Mapping[int, tuple[tuple[date, Decimal], ...]], objective_id: int, day: date) -> Decimal | None:
    """The owner's last figure by the end of a day; none yet is unknown."""
    return next((figure for said, figure in reversed(stated.get(objective_id, ())) if said <= day), None)
