"""Scoring KPIs and telling their objectives what their own KPIs say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from kpis.choices import Flag
from kpis.models import Kpi, KpiFigures, Measure, Measurement
from kpis.scoring import Score, score
from kpis.services.outlook import mark_outlooks_stale
from kpis.services.overrides import statements_in_force, with_override
from kpis.services.reading import plain_definitions, readings_of
from objectives.choices import Colour
from objectives.models import Objective
from objectives.pace import SEVERITY
from objectives.rollup import Input, weighted_side
from objectives.services import Direct, lock_figures, set_direct, today_of
from organization.figure_rows import insert_missing, write_columns
from organization.models import Organization
from organization.services import bump_figures_version

SCORE_COLUMNS = [
    "period",
    "value",
    "previous_value",
    "target",
    "low",
    "high",
    "expected",
    "expected_share",
    "progress",
    "attainment",
    "achieved",
    "compliance_rate",
    "variance",
    "favourable_variance",
    "variance_pct",
    "state",
    "colour",
    "rule",
    "outline_colour",
    "freshness",
    "due_on",
    "flags",
    "counts",
    "roll_progress",
    "roll_expected",
    "growth_pace",
]
COMPUTED_COLUMNS = ["computed_state", "computed_colour", "computed_rule"]
WRITTEN = [*SCORE_COLUMNS, *COMPUTED_COLUMNS, "coverage", "recorded_at", "changed_at", "due_at", "announced"]
SHARES = frozenset(
    [
        "expected_share",
        "progress",
        "attainment",
        "compliance_rate",
        "variance_pct",
        "roll_progress",
        "roll_expected",
        "growth_pace",
    ]
)
MAX_SHARE = 1e12


@dataclass(frozen=True)
class Evaluation:
    """How many KPIs were scored, how many rows of figures differed, how many objectives heard something new."""

    scored: int = 0
    changed: int = 0
    objectives: int = 0


@dataclass(frozen=True)
class Voice:
    """What one measure says to its objective."""

    code: str
    weight: Decimal
    counts: bool
    progress: float | None
    expected: float | None
    colour: Colour


def ensure_figures(kpi_ids: Iterable[int], *, at: datetime) -> None:
    """Give each KPI its row of figures, due at once. Twice is once."""
    insert_missing(KpiFigures, kpi_ids, due_at=at)


def evaluate_kpis(kpi_ids: Iterable[int], *, at: datetime) -> Evaluation:
    """Score the KPIs as they stand today in their organization and pass the result on to their objectives.

    Locks the KPIs' figures in primary-key order, then those of their objectives; leaves both written, the objectives
    marked stale where something changed, the KPIs' outlooks too, and a new version of the organization's figures.
    """
    with transaction.atomic():
        rows = lock_kpi_figures(kpi_ids)
        mark_outlooks_stale(rows)
        return evaluate_locked(rows, at=at)


def evaluate_due(*, at: datetime, batch: int = 500) -> int:
    """Score KPIs whose figures time alone may have changed; returns how many were claimed."""
    with transaction.atomic():
        claimed = (
            KpiFigures.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
            .filter(due_at__lte=at)
            .order_by("due_at", "pk")[:batch]
        )
        rows = {row.pk: row for row in sorted(claimed, key=lambda row: row.pk)}
        evaluate_locked(rows, at=at)
    return len(rows)


def evaluate_all(*, at: datetime, organization_id: int) -> Evaluation:
    """Score every KPI of an organization and repeat what every objective hears; `changed` is how many rows differed.

    Outlooks are left as they are: who changes what they rest on says so (`mark_outlooks_stale`). Serves a past state
    that this transaction is shown (audit.versioning) as well: the figures are the transaction's own there.
    """
    ids = list(Kpi.objects.filter(organization_id=organization_id).order_by("pk").values_list("pk", flat=True))
    with transaction.atomic():
        ensure_figures(ids, at=at)
        scored = evaluate_locked(lock_kpi_figures(ids), at=at)
        heard = refresh_directs(objectives_of(organization_id), at=at)
    return Evaluation(scored.scored, scored.changed, scored.objectives + heard)


def lock_kpi_figures(kpi_ids: Iterable[int]) -> dict[int, KpiFigures]:
    """The rows by KPI, locked in primary-key order until the transaction ends."""
    ids = sorted(set(kpi_ids))
    rows = KpiFigures.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in rows}


def evaluate_locked(rows: Mapping[int, KpiFigures], *, at: datetime) -> Evaluation:
    """Score the KPIs of these figures, which the caller holds, and pass the result on to their objectives.

    Leaves outlooks as they are: what they rest on has not changed by this.
    """
    if not rows:
        return Evaluation()
    kpis = list(Kpi.objects.filter(pk__in=list(rows)))
    organizations = Organization.objects.in_bulk({kpi.organization_id for kpi in kpis})
    definitions, readings = plain_definitions(kpis, organizations), readings_of(rows)
    organization_of = {kpi.pk: kpi.organization_id for kpi in kpis}
    latest = _latest(rows)
    recorded = {pk: recorded_at for pk, (recorded_at, _coverage) in latest.items()}
    days = {pk: today_of(organizations[organization_of[pk]], at) for pk in rows}
    by_hand = statements_in_force(days, recorded, organization_of, at=at)
    changed = []
    for pk, row in rows.items():
        found = stored_score(score(definitions[pk], readings.get(pk, []), on=days[pk]))
        new = with_override(_with_coverage(found, latest[pk][1] if pk in latest else None), by_hand.get(pk))
        if _differing(row, new, at=at):
            changed.append(pk)
        row.recorded_at = recorded.get(pk)
        row.due_at = _next_midnight(days[pk], organizations[organization_of[pk]])
    write_columns(list(rows.values()), WRITTEN)
    touched = Measure.objects.filter(kpi_id__in=changed).values_list("objective_id", flat=True).distinct()
    heard = refresh_directs(touched, at=at)
    if changed:
        bump_figures_version({organization_of[pk] for pk in changed})
    return Evaluation(len(rows), len(changed), heard)


def refresh_directs(objective_ids: Iterable[int], *, at: datetime) -> int:
    """Recompute what own KPIs say for these objectives; returns how many changed. Locks first, then reads."""
    with transaction.atomic():
        locked = lock_figures(objective_ids)
        voices: dict[int, list[Voice]] = {pk: [] for pk in locked}
        organization_of: dict[int, int] = {}
        for objective_id, organization_id, voice in _voices(locked):
            voices[objective_id].append(voice)
            organization_of[objective_id] = organization_id
        organizations = Organization.objects.in_bulk(set(organization_of.values()))
        directs = {
            pk: direct_of(heard, organizations[organization_of[pk]]) if heard else Direct()
            for pk, heard in voices.items()
        }
        return len(set_direct(directs, at=at))


def direct_of(voices: Iterable[Voice], organization: Organization) -> Direct:
    """The weighted side of an objective's own KPIs and the worst of those that carry weight."""
    counted = [voice for voice in voices if voice.counts]
    side = weighted_side(
        [Input(voice.progress, voice.expected, voice.weight) for voice in counted],
        organization.progress_cap,
        organization.coverage_floor,
    )
    carrying = [voice for voice in counted if voice.weight > 0]
    if not carrying:
        return Direct(side)
    total = sum(voice.weight for voice in carrying)
    worst = min(carrying, key=lambda voice: (-SEVERITY[voice.colour], -voice.weight, voice.code))
    return Direct(side, worst.colour, worst.code, round(float(worst.weight / total), 12))


def objectives_of(organization_id: int) -> list[int]:
    """Every objective of the organization, with or without KPIs: one without must hear nothing too."""
    rows = Objective.objects.filter(organization_id=organization_id)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def stored_score(found: Score) -> dict[str, Any]:
    """A score as the columns of `KpiFigures`: shares as doubles of twelve decimals; the computed status."""
    columns: dict[str, Any] = {}
    for name in SCORE_COLUMNS:
        value = getattr(found, name)
        if name in SHARES and value is not None:
            value = round(max(-MAX_SHARE, min(MAX_SHARE, float(value))), 12)
        elif name == "flags":
            value = sorted(str(flag) for flag in value)
        elif name == "outline_colour":
            value = str(value or "")
        elif name in ("state", "colour", "rule", "freshness"):
            value = str(value)
        columns[name] = value
    return columns


def _differing(row: KpiFigures, new: Mapping[str, Any], *, at: datetime) -> bool:
    """Give the row what differs from what it says, and the news of it to announce; whether anything did."""
    if all(getattr(row, name) == value for name, value in new.items()):
        return False
    for name, value in new.items():
        setattr(row, name, value)
    row.changed_at, row.announced = at, False
    return True


def _latest(rows: Iterable[int]) -> dict[int, tuple[datetime, float | None]]:
    """When the value shown was recorded, and its coverage: the newest period with a value, one row per KPI."""
    found = (
        Measurement.objects.filter(kpi_id__in=list(rows), value__isnull=False)
        .order_by("kpi_id", "-period")
        .distinct("kpi_id")
        .values_list("kpi_id", "recorded_at", "coverage")
    )
    return {kpi_id: (recorded_at, coverage) for kpi_id, recorded_at, coverage in found}


def _with_coverage(columns: Mapping[str, Any], coverage: float | None) -> dict[str, Any]:
    """A computed value that was made of a part of what it is made of says so."""
    partial = {Flag.PARTIAL.value} if coverage is not None and coverage < 1 else set()
    return {**columns, "coverage": coverage, "flags": sorted({*columns["flags"], *partial})}


def _voices(objective_ids: Iterable[int]) -> list[tuple[int, int, Voice]]:
    rows = Measure.objects.filter(objective_id__in=list(objective_ids)).order_by("objective_id", "kpi_id")
    return [
        (objective_id, organization_id, Voice(code, weight, bool(counts), progress, expected, Colour(colour or "grey")))
        for objective_id, organization_id, code, weight, counts, progress, expected, colour in rows.values_list(
            "objective_id",
            "kpi__organization_id",
            "kpi__code",
            "weight",
            "kpi__figures__counts",
            "kpi__figures__roll_progress",
            "kpi__figures__roll_expected",
            "kpi__figures__computed_colour",
        )
    ]


def _next_midnight(today: date, organization: Organization) -> datetime:
    return datetime.combine(today + timedelta(days=1), time(), tzinfo=organization.zone)
