"""Dated targets, values and shares: many small rows that belong to one KPI or one initiative."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from audit.services import Entry, record_events
from initiatives.models import Initiative, InitiativeObjective
from integrations.differences import Difference
from integrations.file_errors import FileError, PackageRefused
from integrations.services.bulk import update_rows
from integrations.services.records import BATCH
from integrations.services.references import References
from integrations.stored_rows import Key
from integrations.tables import MEASUREMENTS
from integrations.values import text_of
from kpis.models import Kpi, Target
from kpis.services import Reading, record_measurements
from organization.actors import Actor, Grant
from organization.choices import Role
from organization.records import InvalidRows

CHUNK = 50_000
"""So many values are recorded at once; those of one KPI stay together."""


def write_targets(
    difference: Difference, references: References, own: set[int], *, actor: Actor, at: datetime
) -> list[int]:
    """Insert and change dated targets; one event for each KPI, with all its targets before and after.

    Returns the ids of the KPIs. The version of a KPI moves on unless it is one of the package's `own` new or changed.
    """
    references.need(difference)
    rows = difference.touched
    if not rows:
        return []
    touched = {difference.key(position)[0] for position in rows}
    before = _points(difference, touched)
    given = [_target(difference, position, references) for position in rows]
    Target.objects.bulk_create(
        given,
        update_conflicts=True,
        unique_fields=["kpi", "period"],
        update_fields=["value", "low", "high", "reason"],
        batch_size=BATCH,
    )
    record_events(list(_target_entries(given, before)), actor=actor, at=at)
    kpis = list(
        Kpi.objects.select_for_update(no_key=True).filter(pk__in={row.kpi_id for row in given} - own).order_by("pk")
    )
    for kpi in kpis:
        kpi.version += 1
        kpi.updated_at = at
    update_rows(kpis, ["version", "updated_at"])
    return sorted({row.kpi_id for row in given})


def write_measurements(
    difference: Difference,
    references: References,
    *,
    actor: Actor,
    at: datetime,
    progress: Callable[[int], None],
) -> set[int]:
    """Record new and differing values through the one service that scores and keeps corrections.

    Returns the ids of the KPIs, which are scored already. `progress` hears how many rows are done. Raises
    PackageRefused for values outside of their KPI's bounds and for changes of closed periods.
    """
    references.need(difference)
    office = replace(actor, grants=(*actor.grants, Grant(Role.STRATEGY_OFFICE)))  # whoever may import may record
    numbered = [(_reading(difference, one, references), difference.checked.numbers[one]) for one in difference.touched]
    numbered.sort(key=lambda pair: (pair[0].kpi_id, pair[0].period))
    readings = [reading for reading, _number in numbered]
    done = 0
    for chunk in _chunks(readings):
        try:
            record_measurements(chunk, actor=office, at=at, source="import")
        except InvalidRows as refusal:
            lines = [number for _reading, number in numbered[done:]]
            raise PackageRefused(_file_errors(refusal, chunk, lines)) from refusal
        done += len(chunk)
        progress(done)
    return {reading.kpi_id for reading in readings}


def write_allocations(difference: Difference, references: References, *, actor: Actor, at: datetime) -> list[int]:
    """Insert and change shares; one event for each initiative. Returns the ids of all objectives they serve."""
    references.need(difference)
    rows = difference.touched
    touched = {difference.key(position)[0] for position in rows}
    before: dict[str, dict[str, Decimal | None]] = {code: {} for code in touched}
    for (initiative, objective), share in difference.stored.column("allocation"):
        if initiative in touched:
            before[initiative][objective] = share
    after = {code: dict(shares) for code, shares in before.items()}
    given = []
    for position in rows:
        initiative, objective = difference.key(position)
        share = difference.value(position, "allocation")
        after[initiative][objective] = share
        given.append(
            InitiativeObjective(
                initiative=references.row("initiatives", initiative),
                objective=references.row("objectives", objective),
                allocation=share,
            )
        )
    InitiativeObjective.objects.bulk_create(
        given,
        update_conflicts=True,
        unique_fields=["initiative", "objective"],
        update_fields=["allocation"],
        batch_size=BATCH,
    )
    entries = [
        Entry("initiative.allocated", "initiative", code, {"objectives": before[code]}, {"objectives": after[code]})
        for code in sorted(touched)
    ]
    record_events(entries, actor=actor, at=at)
    served = InitiativeObjective.objects.filter(initiative_id__in={row.initiative_id for row in given})
    return sorted(set(served.values_list("objective_id", flat=True)))


def served_by(initiatives: list[Initiative]) -> list[int]:
    """The objectives whose delivery depends on these initiatives."""
    rows = InitiativeObjective.objects.filter(initiative__in=initiatives)
    return sorted(set(rows.values_list("objective_id", flat=True)))


def _target_entries(given: Iterable[Target], before: Mapping[str, Mapping[date, dict[str, Any]]]) -> Iterator[Entry]:
    """One event for each KPI: all its targets before and after, and the reasons that the package gives."""
    after = {code: dict(points) for code, points in before.items()}
    reasons: dict[str, dict[str, None]] = {code: {} for code in before}
    for row in given:
        after[row.kpi.code][row.period] = {"value": row.value, "low": row.low, "high": row.high}
        if row.reason:
            reasons[row.kpi.code][row.reason] = None
    for code in sorted(before):
        now = {"targets": _listed(after[code]), "reason": " · ".join(reasons[code])}
        yield Entry("targets.changed", "kpi", code, {"targets": _listed(before[code])}, now)


def _points(difference: Difference, codes: set[str]) -> dict[str, dict[date, dict[str, Any]]]:
    found: dict[str, dict[date, dict[str, Any]]] = {code: {} for code in codes}
    for key in difference.stored.rows:
        if key[0] in codes:
            found[key[0]][key[1]] = {name: difference.stored.value(key, name) for name in ("value", "low", "high")}
    return found


def _listed(points: Mapping[date, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"period": period, **points[period]} for period in sorted(points)]


def _target(difference: Difference, position: int, references: References) -> Target:
    code, period = difference.key(position)
    values = {name: difference.value(position, name) for name in ("value", "low", "high", "reason")}
    return Target(kpi=references.row("kpis", code), period=period, **values)


def _reading(difference: Difference, position: int, references: References) -> Reading:
    key: Key = difference.key(position)
    values = {
        name: difference.value(position, name) for name in ("value", "numerator", "denominator", "estimate", "note")
    }
    return Reading(kpi_id=references.row("kpis", key[0]).pk, period=key[1], **values)


def _file_errors(refusal: InvalidRows, readings: Sequence[Reading], lines: Sequence[int]) -> Iterator[FileError]:
    """What the service refuses, at the lines of the file."""
    for problem in refusal.problems:
        value = getattr(readings[problem.row - 1], problem.field, None)
        yield FileError(MEASUREMENTS.name, lines[problem.row - 1], problem.field, text_of(value), problem.message)


def _chunks(readings: list[Reading]) -> Iterator[list[Reading]]:
    """Cut behind the last value of a KPI."""
    start = 0
    while start < len(readings):
        end = min(start + CHUNK, len(readings))
        while end < len(readings) and readings[end].kpi_id == readings[end - 1].kpi_id:
            end += 1
        yield readings[start:end]
        start = end
