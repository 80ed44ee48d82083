"""Comparing the present state with the open alerts: open, update, resolve, escalate. Changes are never replayed.

One reconciliation per organization at a time. The figures that wait are locked first (those that others hold are left
for the next call), then their alerts, then the open groups, and last the organization's counter.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from alerts.choices import RuleKind
from alerts.conditions import NOT_WATCHED
from alerts.models import Alert, AlertRule
from alerts.services.comparison import Comparison
from alerts.services.escalation import Ladder
from alerts.services.groups import Gathering
from alerts.services.locking import lock_reconciliation
from alerts.services.subjects import Subject, initiatives_of, kpis_of, objectives_of, rules_of
from initiatives.models import Initiative
from kpis.models import KpiFigures
from objectives.models import ObjectiveFigures
from organization.models import Organization

BATCH: Final = 1000


def reconcile(*, at: datetime, batch: int = BATCH) -> int:
    """Compare what waits (`announced` False) and what time alone changes (`due_at`) with the alerts.

    Returns how many KPIs, objectives and due alerts were compared. One transaction per organization and source, at
    most `batch` of each. Leaves alerts, groups, deliveries, events, cleared marks and, when an alert changed, a new
    version of the organization's figures behind. The same state again changes nothing; two workers at once do each row
    once; a worker that dies leaves its batch to the next one.
    """
    told = sum(_reconcile_organization(pk, at=at, batch=batch) for pk in _waiting_organizations(batch))
    return told + sum(_reconcile_due(pk, at=at, batch=batch) for pk in _due_organizations(at))


def compare_initiatives(*, at: datetime) -> int:
    """Compare the initiatives with a budget with the rules on budgets; returns how many were compared.

    Initiatives keep no mark of what changed, so all that go on are looked at where such a rule is on, and everywhere
    those that an alert stands for, in one transaction per organization: whatever was missed is found the next time.
    """
    rules = AlertRule.objects.filter(kind=RuleKind.BUDGET, enabled=True).order_by()
    watching = set(rules.values_list("organization_id", flat=True).distinct())
    standing = Alert.objects.taking_the_place().filter(initiative__isnull=False).order_by()
    asking = watching.union(standing.values_list("organization_id", flat=True).distinct())
    return sum(_compare_initiatives(pk, is_watched=pk in watching, at=at) for pk in sorted(asking))


def _waiting_organizations(batch: int) -> list[int]:
    kpis = KpiFigures.objects.filter(announced=False).order_by("pk")
    objectives = ObjectiveFigures.objects.filter(announced=False).order_by("pk")
    return sorted(
        {
            *kpis.values_list("kpi__organization_id", flat=True)[:batch],
            *objectives.values_list("objective__organization_id", flat=True)[:batch],
        }
    )


def _due_organizations(at: datetime) -> list[int]:
    due = Alert.objects.filter(due_at__lte=at).order_by("organization_id")
    return list(due.values_list("organization_id", flat=True).distinct())


def _reconcile_organization(organization_id: int, *, at: datetime, batch: int) -> int:
    with transaction.atomic():
        lock_reconciliation(organization_id)
        kpi_ids = _claim(KpiFigures.objects.filter(kpi__organization_id=organization_id), batch)
        objective_ids = _claim(ObjectiveFigures.objects.filter(objective__organization_id=organization_id), batch)
        if not kpi_ids and not objective_ids:
            return 0
        _compare(organization_id, kpi_ids, objective_ids, at=at)
        KpiFigures.objects.filter(pk__in=kpi_ids).update(announced=True)
        ObjectiveFigures.objects.filter(pk__in=objective_ids).update(announced=True)
    return len(kpi_ids) + len(objective_ids)


def _reconcile_due(organization_id: int, *, at: datetime, batch: int) -> int:
    """Alerts that time alone changes: their subjects are compared like those whose figures have changed."""
    with transaction.atomic():
        lock_reconciliation(organization_id)
        due = Alert.objects.filter(organization_id=organization_id, due_at__lte=at)
        claimed = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("pk")
        about = list(claimed.values_list("kpi_id", "objective_id", "initiative_id")[:batch])
        if about:
            kpi_ids, objective_ids, initiative_ids = (sorted(set(ids) - {None}) for ids in zip(*about, strict=True))
            _compare(organization_id, kpi_ids, objective_ids, initiative_ids, at=at)
    return len(about)


def _compare_initiatives(organization_id: int, *, is_watched: bool, at: datetime) -> int:
    with transaction.atomic():
        lock_reconciliation(organization_id)
        standing = Alert.objects.taking_the_place().filter(organization_id=organization_id, initiative__isnull=False)
        about = Q(pk__in=standing.values("initiative_id"))
        if is_watched:
            about |= Q(budget__isnull=False) & ~Q(stage__in=NOT_WATCHED)
        rows = Initiative.objects.filter(about, organization_id=organization_id)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if ids:
            _compare(organization_id, [], [], ids, at=at)
    return len(ids)


def _compare(
    organization_id: int,
    kpi_ids: Sequence[int],
    objective_ids: Sequence[int],
    initiative_ids: Sequence[int] = (),
    *,
    at: datetime,
) -> None:
    rules = rules_of(organization_id)
    subjects: list[Subject] = []
    if kpi_ids:
        subjects += kpis_of(kpi_ids)
    if objective_ids:
        subjects += objectives_of(objective_ids, with_confidence=RuleKind.CONFIDENCE in rules.kinds)
    if initiative_ids:
        subjects += initiatives_of(initiative_ids)
    comparison = Comparison(
        organization_id=organization_id,
        zone=Organization.objects.only("timezone").get(pk=organization_id).zone,
        at=at,
        gathering=Gathering(organization_id, at=at),
        ladder=Ladder(organization_id),
    )
    comparison.compare(subjects, rules, _holding(kpi_ids, objective_ids, initiative_ids))
    comparison.write()


def _claim(waiting: Any, batch: int) -> list[int]:
    claimed = waiting.filter(announced=False).select_for_update(skip_locked=True, no_key=True, of=("self",))
    return list(claimed.order_by("pk").values_list("pk", flat=True)[:batch])


def _holding(kpi_ids: Iterable[int], objective_ids: Iterable[int], initiative_ids: Iterable[int]) -> list[Alert]:
    """Alerts beside which no second one may open, those that a person has closed included; locked."""
    about = Q(kpi_id__in=kpi_ids) | Q(objective_id__in=objective_ids) | Q(initiative_id__in=initiative_ids)
    rows = Alert.objects.taking_the_place().filter(about)
    return list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
