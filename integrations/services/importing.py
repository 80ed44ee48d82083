"""Storing a package: one transaction, everything or nothing, a fixed number of statements for each table."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from alerts.services import ensure_default_rules
from initiatives.services import refresh_delivery
from integrations.differences import Difference
from integrations.packages import Package
from integrations.services.bindings import BINDINGS
from integrations.services.locking import lock_imports, lock_touched
from integrations.services.people import write_people
from integrations.services.planning import ImportPlan, Prepared, prepare
from integrations.services.records import Written, write_records
from integrations.services.references import References
from integrations.services.relating import dependents_of_touched, relate_written, require_scales
from integrations.services.series import served_by, write_allocations, write_measurements, write_targets
from integrations.services.statistics import note_growth
from integrations.services.tree import write_departments
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
    PEOPLE,
    TARGETS,
    VISIONS,
    Table,
)
from kpis.models import Kpi, KpiFigures, Measure, Measurement
from kpis.services import ensure_figures as ensure_kpi_figures
from kpis.services import (
    evaluate_all,
    evaluate_kpis,
    mark_all_outlooks_stale,
    refresh_all_computed,
    refresh_computed,
    refresh_directs,
)
from objectives.models import Objective
from objectives.services import ensure_figures as ensure_objective_figures
from objectives.services import mark_stale, require_no_cycle, roll_up
from organization.actors import Actor
from organization.models import Organization
from organization.services import create_organization

logger = structlog.get_logger(__name__)

Progress = Callable[[str, int, int], None]
"""Hears the table, how many of its rows are done, how many there are to do."""

ATTEMPTS = 3
RETRIED = frozenset({"40P01", "23505"})
"""A deadlock; a row of the same name that somebody else inserted meanwhile: the next attempt sees it."""


@dataclass(frozen=True)
class ImportOutcome:
    """What an import did: the plan it followed, and the organization as it is now."""

    organization_id: int
    plan: ImportPlan


@dataclass
class Touched:
    """Whose figures must be worked out again."""

    organization: bool = False
    weights: bool = False
    related: set[int] = field(default_factory=set)
    kpis: set[int] = field(default_factory=set)
    measured: set[int] = field(default_factory=set)
    objectives: set[int] = field(default_factory=set)
    directs: set[int] = field(default_factory=set)
    deliveries: set[int] = field(default_factory=set)


def import_strategy(
    package: Package,
    *,
    actor: Actor,
    at: datetime,
    organization_code: str | None = None,
    progress: Progress | None = None,
) -> ImportOutcome:
    """Store a package: all of it or, with PackageRefused and every error, nothing. The same again changes nothing.

    The system actor creates an organization that does not exist yet; anybody else stays in their own. Locks as
    `integrations.services.locking` says, and begins again when it meets another writer crosswise. Leaves rows, one
    audit event for each row (each KPI for targets and values, each initiative for shares), scored KPIs, and objectives
    that wait to be rolled up.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return _import_once(package, actor, at, organization_code, progress or _silent)
        except (OperationalError, IntegrityError) as error:
            if getattr(error.__cause__, "pgcode", "") not in RETRIED or attempt == ATTEMPTS:
                raise
            logger.warning("An import met another writer; it begins again.", attempt=attempt)
    raise AssertionError("unreachable")


def roll_up_imported(organization_id: int, *, at: datetime) -> None:
    """Roll up until nothing waits, so that the figures are complete even without a worker."""
    while roll_up(at=at, organization_id=organization_id).claimed:
        pass


def _import_once(
    package: Package, actor: Actor, at: datetime, organization_code: str | None, progress: Progress
) -> ImportOutcome:
    lock_imports(actor.organization_id)
    prepared = prepare(package, actor=actor, at=at, organization_code=organization_code)
    organization = prepared.organization or _create_organization(prepared, actor, at)
    actor = replace(actor, organization_id=organization.pk)
    lock_touched(prepared, organization.pk)
    touched = Touched(related=dependents_of_touched(prepared))
    references = References(organization.pk)
    _write_definitions(prepared, references, touched, actor, at, progress)
    _write_series(prepared, references, touched, actor, at, progress)
    _write_initiatives(prepared, references, touched, actor, at, progress)
    _derive(organization, touched, actor, at)
    require_scales(prepared)
    _refresh(organization.pk, touched, at)
    return ImportOutcome(organization.pk, prepared.plan())


def _create_organization(prepared: Prepared, actor: Actor, at: datetime) -> Organization:
    difference = prepared.differences[ORGANIZATION.name]
    fields = {column.name: difference.value(0, column.name) for column in ORGANIZATION.columns}
    organization = create_organization(fields, actor=actor, at=at)
    ensure_default_rules(organization, at=at)
    return organization


def _write_definitions(
    prepared: Prepared, references: References, touched: Touched, actor: Actor, at: datetime, progress: Progress
) -> None:
    """What the strategy consists of, every table after those it refers to."""
    if prepared.organization is not None:
        touched.organization = bool(_write(ORGANIZATION, prepared, references, actor, at, progress).changed)
    departments = prepared.differences.get(DEPARTMENTS.name)
    if departments is not None:
        written = write_departments(departments, actor=actor, at=at)
        references.add(DEPARTMENTS.name, written.created)
        touched.weights = any("headcount" in names for _row, names in departments.changed)
        _done(departments, progress)
    people = prepared.differences.get(PEOPLE.name)
    if people is not None:
        places = references.read(DEPARTMENTS.name, {people.key(row)[2] for row in people.created} - {None})
        write_people(people, places, actor=actor, at=at)
        _done(people, progress)
    _write(VISIONS, prepared, references, actor, at, progress)
    objectives = _write(OBJECTIVES, prepared, references, actor, at, progress)
    ensure_objective_figures([row.pk for row in objectives.created], at=at)
    touched.objectives.update(objectives.ids)
    edges = _write(CONTRIBUTIONS, prepared, references, actor, at, progress)
    touched.objectives.update(row.parent_id for row in (*edges.created, *edges.changed))
    if edges.ids:
        require_no_cycle(actor.organization_id)  # somebody else may have drawn an edge since the check
    kpis = _write(KPIS, prepared, references, actor, at, progress)
    ensure_kpi_figures([row.pk for row in kpis.created], at=at)
    touched.kpis.update(kpis.ids)
    touched.related.update(kpis.ids)
    note_growth(len(kpis.created), Kpi, KpiFigures)
    relate_written(prepared.differences.get(KPIS.name), kpis, actor=actor)


def _write_series(
    prepared: Prepared, references: References, touched: Touched, actor: Actor, at: datetime, progress: Progress
) -> None:
    """Targets before values, so that values are scored once; measures last, so that objectives hear once."""
    targets = prepared.differences.get(TARGETS.name)
    if targets is not None:
        own = set(touched.kpis)
        touched.kpis.update(write_targets(targets, references, own, actor=actor, at=at))
        _done(targets, progress)
    values = prepared.differences.get(MEASUREMENTS.name)
    if values is not None:
        total = len(values.created) + len(values.changed)
        touched.measured = write_measurements(
            values, references, actor=actor, at=at, progress=lambda done: progress(MEASUREMENTS.name, done, total)
        )
        _done(values, progress)
        note_growth(len(values.created), Measurement)
    measures = _write(MEASURES, prepared, references, actor, at, progress)
    note_growth(len(touched.kpis) + len(measures.created), Measure, KpiFigures)
    touched.directs.update(row.objective_id for row in (*measures.created, *measures.changed))


def _write_initiatives(
    prepared: Prepared, references: References, touched: Touched, actor: Actor, at: datetime, progress: Progress
) -> None:
    initiatives = _write(INITIATIVES, prepared, references, actor, at, progress)
    touched.deliveries.update(served_by(initiatives.changed))
    shares = prepared.differences.get(INITIATIVE_OBJECTIVES.name)
    if shares is not None:
        touched.deliveries.update(write_allocations(shares, references, actor=actor, at=at))
        _done(shares, progress)


def _derive(organization: Organization, touched: Touched, actor: Actor, at: datetime) -> None:
    """Work out what is computed, once for the whole package; what the values led to is right already."""
    if touched.organization or touched.weights:
        refresh_all_computed(organization, actor=actor, at=at)
    elif touched.related:
        refresh_computed(touched.related, actor=actor, at=at, reason=_("Import of strategy files"))


def _refresh(organization_id: int, touched: Touched, at: datetime) -> None:
    """Score what was not scored yet and ask for the roll-up; other settings touch everything."""
    if touched.organization:
        evaluate_all(at=at, organization_id=organization_id)
        mark_all_outlooks_stale(organization_id)
        touched.objectives.update(
            Objective.objects.filter(organization_id=organization_id).values_list("pk", flat=True)
        )
    else:
        evaluate_kpis(touched.kpis - touched.measured, at=at)
        if touched.directs:
            refresh_directs(touched.directs, at=at)
    refresh_delivery(touched.deliveries, at=at)
    if touched.objectives:
        mark_stale(touched.objectives, at=at)


def _write(
    table: Table, prepared: Prepared, references: References, actor: Actor, at: datetime, progress: Progress
) -> Written:
    difference = prepared.differences.get(table.name)
    if difference is None:
        return Written()
    written = write_records(BINDINGS[table.name], difference, references, actor=actor, at=at)
    _done(difference, progress)
    return written


def _done(difference: Difference, progress: Progress) -> None:
    total = len(difference.created) + len(difference.changed)
    progress(difference.checked.table.name, total, total)


def _silent(table: str, done: int, total: int) -> None:
    """Nobody is listening."""


__all__ = ["ImportOutcome", "Progress", "import_strategy", "roll_up_imported"]
