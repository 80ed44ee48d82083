"""Reading a part of the strategy graph for the roll-up, writing its figures back: a constant number of statements."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from objectives.choices import Colour, EdgeKind, RollupState, Rule, State
from objectives.confidence import Confidence
from objectives.evaluation import Settings, Standing, Subject
from objectives.models import Contribution, Objective
from objectives.pace import Status, Thresholds
from objectives.rollup import Edge, Side
from objectives.rollup.worst import Input, WorstBelow
from organization.models import Organization

FIGURE_FIELDS = [
    "direct_progress",
    "direct_expected",
    "direct_coverage",
    "direct_state",
    "direct_known",
    "direct_total",
    "direct_worst_colour",
    "direct_worst_code",
    "direct_worst_share",
    "delivery_own",
    "delivery_own_coverage",
    "delivery_own_total",
    "progress",
    "expected",
    "coverage",
    "roll_up_state",
    "inputs_known",
    "inputs_total",
    "delivery",
    "state",
    "colour",
    "rule",
    "computed_state",
    "computed_colour",
    "computed_rule",
    "worst_colour",
    "worst_path",
    "worst_share",
    "confidence_mean",
    "confidence_low",
    "confidence_low_code",
    "computed_on",
]

SUBJECT_FIELDS = ["pk", "code", "progress_mode", "blend", "lifecycle", "start", "end", "manual_progress", "confidence"]

COUNTING = "edge.kind = 'contributes' AND edge.weight > 0"
"""A contribution that carries weight, in SQL that calls its row `edge`."""

ANCESTORS = """
    WITH RECURSIVE up(id) AS (
        SELECT unnest(%s::bigint[])
        UNION
        SELECT edge.parent_id FROM up JOIN objectives_contribution edge ON edge.child_id = up.id
    )
    SELECT id FROM up ORDER BY id
"""

WRITE = """
    UPDATE objectives_objectivefigures AS f
    SET progress = n.progress, expected = n.expected, coverage = n.coverage, roll_up_state = n.roll_up_state,
        inputs_known = n.inputs_known, inputs_total = n.inputs_total, delivery = n.delivery, state = n.state,
        colour = n.colour, rule = n.rule, computed_state = n.computed_state, computed_colour = n.computed_colour,
        computed_rule = n.computed_rule, worst_colour = n.worst_colour,
        worst_path = CASE WHEN n.worst_path = '' THEN ARRAY[]::varchar[]
                          ELSE string_to_array(n.worst_path, E'\\x1f') END,
        worst_share = n.worst_share, confidence_mean = n.confidence_mean, confidence_low = n.confidence_low,
        confidence_low_code = n.confidence_low_code, changed_at = %s, announced = FALSE
    FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::text[], %s::int[], %s::int[], %s::float8[],
                %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                %s::float8[], %s::float8[], %s::int[], %s::text[])
         AS n(id, progress, expected, coverage, roll_up_state, inputs_known, inputs_total, delivery, state, colour,
              rule, computed_state, computed_colour, computed_rule, worst_colour, worst_path, worst_share,
              confidence_mean, confidence_low, confidence_low_code)
    WHERE f.objective_id = n.id
"""

SNAPSHOT = """
    INSERT INTO objectives_objectivesnapshot
        (objective_id, day, progress, expected, coverage, delivery, confidence, state, colour)
    SELECT o.id, %(day)s, f.progress, f.expected, f.coverage, f.delivery, o.confidence, f.state, f.colour
    FROM objectives_objectivefigures f JOIN objectives_objective o ON o.id = f.objective_id
    WHERE f.objective_id = ANY(%(ids)s)
    ON CONFLICT (objective_id, day) DO UPDATE
    SET progress = excluded.progress, expected = excluded.expected, coverage = excluded.coverage,
        delivery = excluded.delivery, confidence = excluded.confidence, state = excluded.state, colour = excluded.colour
"""


def ancestors_of(objective_ids: Iterable[int]) -> list[int]:
    """The objectives and everything above them, along every kind of edge; ascending ids."""
    with connection.cursor() as cursor:
        cursor.execute(ANCESTORS, [sorted(set(objective_ids))])
        return [row[0] for row in cursor.fetchall()]


def today_of(organization: Organization, at: datetime) -> date:
    """The organization's own calendar day at a moment."""
    return at.astimezone(organization.zone).date()


def settings_of(organization: Organization) -> Settings:
    return Settings(organization.progress_cap, organization.coverage_floor, thresholds_of(organization))


def thresholds_of(organization: Organization) -> Thresholds:
    """The bands in force in the organization."""
    return Thresholds(
        green_ratio=organization.green_ratio,
        green_gap=organization.green_gap,
        amber_ratio=organization.amber_ratio,
        amber_gap=organization.amber_gap,
        green_attainment=organization.green_attainment,
        amber_attainment=organization.amber_attainment,
    )


def read_edges(parent_ids: Iterable[int]) -> list[Edge]:
    """All contributions into these parents."""
    rows = Contribution.objects.filter(parent_id__in=list(parent_ids)).values_list(
        "child_id", "parent_id", "kind", "weight"
    )
    return [Edge(child, parent, kind, weight) for child, parent, kind, weight in rows]


def read_subjects(objective_ids: Iterable[int]) -> list[Subject]:
    """Objectives with what is recorded for them and what stands of them."""
    names = [*SUBJECT_FIELDS, *(f"figures__{name}" for name in FIGURE_FIELDS)]
    rows = Objective.objects.filter(pk__in=list(objective_ids), figures__isnull=False).values(*names)
    return [subject_of(row) for row in rows]


def subject_of(row: Mapping[str, Any]) -> Subject:
    figures = {name: row[f"figures__{name}"] for name in FIGURE_FIELDS}
    worst_colour = figures["direct_worst_colour"]
    return Subject(
        id=row["pk"],
        code=row["code"],
        mode=row["progress_mode"],
        blend=row["blend"],
        lifecycle=row["lifecycle"],
        start=row["start"],
        end=row["end"],
        manual=row["manual_progress"],
        direct=Side(
            figures["direct_progress"],
            figures["direct_expected"],
            figures["direct_coverage"],
            RollupState(figures["direct_state"]),
            figures["direct_known"],
            figures["direct_total"],
        ),
        direct_worst=Input(figures["direct_worst_code"], Colour(worst_colour), figures["direct_worst_share"])
        if worst_colour
        else None,
        delivery=_delivery_side(figures),
        standing=standing_of(figures),
        confidence=row["confidence"],
    )


def standing_of(figures: Mapping[str, Any]) -> Standing:
    """The stored figures as they were computed."""
    worst = None
    if figures["worst_colour"]:
        worst = WorstBelow(Colour(figures["worst_colour"]), tuple(figures["worst_path"]), figures["worst_share"])
    return Standing(
        progress=figures["progress"],
        expected=figures["expected"],
        coverage=figures["coverage"],
        roll_up_state=RollupState(figures["roll_up_state"]),
        inputs_known=figures["inputs_known"],
        inputs_total=figures["inputs_total"],
        delivery=figures["delivery"],
        status=_status(figures, "computed_"),
        worst=worst,
        shown=_status(figures, ""),
        confidence=Confidence(
            figures["confidence_mean"], figures["confidence_low"], figures["confidence_low_code"] or ""
        ),
    )


def _status(figures: Mapping[str, Any], prefix: str) -> Status:
    return Status(State(figures[f"{prefix}state"]), Colour(figures[f"{prefix}colour"]), Rule(figures[f"{prefix}rule"]))


def write_standings(standings: Mapping[int, Standing], *, at: datetime) -> None:
    """Store computed figures in one statement and leave them to be announced."""
    if not standings:
        return
    ids = sorted(standings)
    rows = [standings[pk] for pk in ids]
    shown = [row.shown or row.status for row in rows]
    columns: list[list[Any]] = [
        ids,
        [row.progress for row in rows],
        [row.expected for row in rows],
        [row.coverage for row in rows],
        [str(row.roll_up_state) for row in rows],
        [row.inputs_known for row in rows],
        [row.inputs_total for row in rows],
        [row.delivery for row in rows],
        [str(status.state) for status in shown],
        [str(status.colour) for status in shown],
        [str(status.rule) for status in shown],
        [str(row.status.state) for row in rows],
        [str(row.status.colour) for row in rows],
        [str(row.status.rule) for row in rows],
        [str(row.worst.colour) if row.worst else "" for row in rows],
        ["\x1f".join(row.worst.path) if row.worst else "" for row in rows],
        [row.worst.share if row.worst else 0.0 for row in rows],
        [row.confidence.mean for row in rows],
        [row.confidence.low for row in rows],
        [row.confidence.low_code for row in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [at, *columns])


def write_snapshots(objective_ids: Iterable[int], *, day: date) -> None:
    """What the figures are today becomes today's snapshot, replacing an earlier one of the same day."""
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT, {"day": day, "ids": sorted(set(objective_ids))})


def _delivery_side(figures: Mapping[str, Any]) -> Side:
    total = figures["delivery_own_total"]
    if not total:
        return Side()
    progress = figures["delivery_own"]
    state = RollupState.OK if progress is not None else RollupState.INSUFFICIENT_DATA
    return Side(progress, 1.0, figures["delivery_own_coverage"], state, total, total)


def counting_edges(edges: Iterable[Edge]) -> list[Edge]:
    return [edge for edge in edges if edge.kind == EdgeKind.CONTRIBUTES and float(edge.weight) > 0]
