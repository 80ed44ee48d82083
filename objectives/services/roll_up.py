"""Rolling up: claim the rows that ask for it, compute their part of the graph, store what differs."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from objectives.evaluation import evaluate
from objectives.models import Objective, ObjectiveFigures
from objectives.services.figures import ensure_figures, lock_roll_up
from objectives.services.graph import (
    ancestors_of,
    counting_edges,
    read_edges,
    read_subjects,
    settings_of,
    today_of,
    write_snapshots,
    write_standings,
)
from objectives.services.overrides import with_overrides
from organization.models import Organization
from organization.services import bump_figures_version


@dataclass(frozen=True)
class RollUpOutcome:
    """How many messages were answered, how many objectives were computed and how many rows changed."""

    claimed: int = 0
    computed: int = 0
    changed: int = 0

    def __add__(self, other: "RollUpOutcome") -> "RollUpOutcome":
        return RollUpOutcome(self.claimed + other.claimed, self.computed + other.computed, self.changed + other.changed)


def roll_up(*, at: datetime, organization_id: int | None = None, batch: int = 1000) -> RollUpOutcome:
    """Answer stale rows: one transaction per organization, at most `batch` claimed rows each.

    Locks the organization's roll-up and the claimed rows; leaves figures, today's snapshots and a new version of the
    organization's figures behind. What is marked stale meanwhile stays stale for the next call.
    """
    waiting = ObjectiveFigures.objects.filter(stale_at__isnull=False)
    if organization_id is not None:
        waiting = waiting.filter(objective__organization_id=organization_id)
    total = RollUpOutcome()
    for pk in sorted(set(waiting.values_list("objective__organization_id", flat=True))):
        total += _roll_up_organization(pk, at=at, batch=batch)
    return total


def roll_up_all(*, at: datetime, organization_id: int) -> RollUpOutcome:
    """Recompute every objective of an organization through the same function; `changed` is how many differed."""
    ids = list(Objective.objects.filter(organization_id=organization_id).order_by("pk").values_list("pk", flat=True))
    if not ids:
        return RollUpOutcome()
    ensure_figures(ids, at=at)
    with transaction.atomic():
        lock_roll_up(organization_id)
        ObjectiveFigures.objects.filter(pk__in=ids).update(stale_at=at)
        return _roll_up_organization(organization_id, at=at, batch=len(ids))


def roll_up_shown(*, at: datetime, organization_id: int) -> RollUpOutcome:
    """Compute every objective of a past state that this transaction is shown (audit.versioning).

    Writes the figures, which are this transaction's own there: no snapshot, no lock, no new version for open pages.
    """
    organization = Organization.objects.filter(pk=organization_id).first()
    if organization is None:
        return RollUpOutcome()
    ids = list(Objective.objects.filter(organization_id=organization_id).order_by("pk").values_list("pk", flat=True))
    computed, changed = _compute_part(organization, ids, day=today_of(organization, at), at=at, snapshots=False)
    return RollUpOutcome(0, computed, changed)


def mark_new_day(*, at: datetime) -> int:
    """Expected progress moves with the date: ask for a roll-up where today is not computed yet. Returns how many."""
    marked = 0
    for organization in Organization.objects.all():
        today = at.astimezone(organization.zone).date()
        marked += (
            ObjectiveFigures.objects.filter(objective__organization=organization, stale_at__isnull=True)
            .filter(Q(computed_on__lt=today) | Q(computed_on__isnull=True))
            .update(stale_at=at)
        )
    return marked


def _roll_up_organization(organization_id: int, *, at: datetime, batch: int) -> RollUpOutcome:
    with transaction.atomic():
        lock_roll_up(organization_id)
        organization = Organization.objects.get(pk=organization_id)
        claimed = list(
            ObjectiveFigures.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
            .filter(objective__organization_id=organization_id, stale_at__isnull=False)
            .order_by("pk")
            .values_list("pk", flat=True)[:batch]
        )
        if not claimed:
            return RollUpOutcome()
        day = today_of(organization, at)
        computed, changed = _compute_part(organization, ancestors_of(claimed), day=day, at=at)
        ObjectiveFigures.objects.filter(pk__in=claimed).update(stale_at=None)
        if changed:
            bump_figures_version([organization_id])
        return RollUpOutcome(len(claimed), computed, changed)


def _compute_part(
    organization: Organization, part: list[int], *, day: date, at: datetime, snapshots: bool = True
) -> tuple[int, int]:
    edges = counting_edges(read_edges(part))
    subjects = read_subjects({*part, *(edge.child for edge in edges)})
    present = {subject.id: subject.standing for subject in subjects}
    only = {pk for pk in part if pk in present}
    computed = evaluate(subjects, edges, only=only, settings=settings_of(organization), day=day)
    standings = with_overrides(computed, organization=organization, day=day, at=at)
    differing = {pk: new for pk, new in standings.items() if new != present[pk]}
    write_standings(differing, at=at)
    fresh_day = ObjectiveFigures.objects.filter(pk__in=only).exclude(computed_on=day).values_list("pk", flat=True)
    dated = {*differing, *fresh_day}
    if snapshots:
        write_snapshots(dated, day=day)
    ObjectiveFigures.objects.filter(pk__in=dated).update(computed_on=day)
    return len(only), len(differing)
