"""The course of the past: what the figures were on earlier days, from the values known by then."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from kpis.definition import Definition, Reading
from kpis.models import Kpi, Measure
from kpis.periods import period_end
from kpis.scoring import score
from kpis.services.evaluation import Voice, direct_of, stored_score
from kpis.services.reading import plain_definitions, readings_of
from objectives.choices import Colour
from objectives.services import Direct, keep_snapshots, read_graph, standings_on
from organization.models import Organization


def record_history(
    organization: Organization, days: Iterable[date], *, confidences: Mapping[date, Mapping[int, int]] | None = None
) -> int:
    """Give past days the snapshots they lack, computed by the same engine; returns how many rows were added.

    A value counts from the day after its period has closed. Weights and targets are taken as they stand now.
    """
    kpis = list(Kpi.objects.filter(measures__objective__organization=organization).distinct())
    definitions = plain_definitions(kpis, {organization.pk: organization})
    readings = readings_of(definitions)
    measures = list(
        Measure.objects.filter(objective__organization=organization)
        .order_by("objective_id", "kpi_id")
        .values_list("objective_id", "kpi_id", "kpi__code", "weight")
    )
    graph = read_graph(organization)
    added = 0
    for day in sorted(set(days)):
        voices: dict[int, list[Voice]] = {}
        scores = {pk: _score_on(one, readings.get(pk, []), day) for pk, one in definitions.items()}
        for objective_id, kpi_id, code, weight in measures:
            found = scores[kpi_id]
            voice = Voice(
                code, weight, found["counts"], found["roll_progress"], found["roll_expected"], Colour(found["colour"])
            )
            voices.setdefault(objective_id, []).append(voice)
        directs: dict[int, Direct] = {pk: direct_of(heard, organization) for pk, heard in voices.items()}
        with transaction.atomic():
            standings = standings_on(graph, directs, day=day)
            added += keep_snapshots(standings, day=day, confidences=(confidences or {}).get(day))
    return added


def _score_on(definition: Definition, readings: Sequence[Reading], day: date) -> dict[str, Any]:
    known = [
        row for row in readings if period_end(row.period, definition.frequency, definition.fiscal_year_start) < day
    ]
    return stored_score(score(definition, known, on=day))
