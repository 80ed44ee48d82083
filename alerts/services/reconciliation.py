"""Comparing the present figures with the open alerts: open, update, resolve. Changes are never replayed.

One reconciliation per organization at a time. The figures that wait are locked first (those that others hold are left
for the next call), then their alerts, and last the organization's counter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q

from alerts.choices import OPEN_STATES, AlertState
from alerts.conditions import Condition, condition_of
from alerts.models import Alert
from alerts.services.subjects import Rule, Subject, kpis_of, objectives_of, rules_of
from audit.services import Entry, record_events
from kpis.models import KpiFigures
from objectives.models import ObjectiveFigures
from organization.actors import system_actor
from organization.services import bump_figures_version

BATCH: Final = 1000

RECONCILIATION_LOCK: Final = 0x414C5254
"""First key of the advisory lock: one reconciliation per organization at a time; the second key is the organization."""

NO_LONGER_WATCHED: Final = Condition(holds=False)

REWRITTEN: Final = ("severity", "state", "holds", "facts", "department", "owner", "changed_at", "ended_at", "version")


def reconcile(*, at: datetime, batch: int = BATCH) -> int:
    """Compare what waits (`announced` False) with the open alerts; returns how many KPIs and objectives were compared.

    One transaction per organization, at most `batch` KPIs and `batch` objectives each. Leaves alerts, events, cleared
    marks and, when an alert changed, a new version of the organization's figures behind. The same state again changes
    nothing; two workers at once do each row once.
    """
    return sum(_reconcile_organization(pk, at=at, batch=batch) for pk in _waiting_organizations(batch))


def _waiting_organizations(batch: int) -> list[int]:
    kpis = KpiFigures.objects.filter(announced=False).order_by("pk")
    objectives = ObjectiveFigures.objects.filter(announced=False).order_by("pk")
    return sorted(
        {
            *kpis.values_list("kpi__organization_id", flat=True)[:batch],
            *objectives.values_list("objective__organization_id", flat=True)[:batch],
        }
    )


def _reconcile_organization(organization_id: int, *, at: datetime, batch: int) -> int:
    with transaction.atomic():
        _lock_reconciliation(organization_id)
        kpi_ids = _claim(KpiFigures.objects.filter(kpi__organization_id=organization_id), batch)
        objective_ids = _claim(ObjectiveFigures.objects.filter(objective__organization_id=organization_id), batch)
        if not kpi_ids and not objective_ids:
            return 0
        subjects = [*kpis_of(kpi_ids), *objectives_of(objective_ids)]
        comparison = Comparison(organization_id, at)
        comparison.compare(subjects, rules_of(organization_id), _holding(kpi_ids, objective_ids))
        comparison.write()
        KpiFigures.objects.filter(pk__in=kpi_ids).update(announced=True)
        ObjectiveFigures.objects.filter(pk__in=objective_ids).update(announced=True)
    return len(kpi_ids) + len(objective_ids)


def _lock_reconciliation(organization_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [RECONCILIATION_LOCK, organization_id % 2**31])


def _claim(waiting: Any, batch: int) -> list[int]:
    claimed = waiting.filter(announced=False).select_for_update(skip_locked=True, no_key=True, of=("self",))
    return list(claimed.order_by("pk").values_list("pk", flat=True)[:batch])


def _holding(kpi_ids: Sequence[int], objective_ids: Sequence[int]) -> list[Alert]:
    """Alerts whose condition held at the last comparison, those that a person has closed included; locked."""
    about = Q(kpi_id__in=kpi_ids) | Q(objective_id__in=objective_ids)
    return list(Alert.objects.select_for_update(no_key=True, of=("self",)).filter(about, holds=True).order_by("pk"))


@dataclass
class Comparison:
    """One organization's present state against its alerts: what is opened, rewritten and told."""

    organization_id: int
    at: datetime
    opened: list[Alert] = field(default_factory=list)
    rewritten: list[Alert] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def compare(self, subjects: Iterable[Subject], rules: Sequence[Rule], holding: Iterable[Alert]) -> None:
        held = {(alert.rule_id, alert.kpi_id, alert.objective_id): alert for alert in holding}
        for subject in subjects:
            for rule in rules:
                alert = held.get((rule.id, subject.kpi_id, subject.objective_id))
                watched = rule.watches(subject)
                if alert is None and not watched:
                    continue
                condition = condition_of(subject.present, rule.watch) if watched else NO_LONGER_WATCHED
                if alert is not None:
                    self._update(alert, subject, condition)
                elif condition.holds:
                    self._open(rule, subject, condition)

    def write(self) -> None:
        """Store what changed in a constant number of statements."""
        if self.opened:
            last = Alert.objects.filter(organization_id=self.organization_id).order_by("-number")
            first = (last.values_list("number", flat=True).first() or 0) + 1
            for number, alert in enumerate(self.opened, first):
                alert.number, alert.code = number, f"AL-{number}"
                self.entries.append(Entry("alert.opened", "alert", alert.code, None, _opened(alert)))
            Alert.objects.bulk_create(self.opened)
        if self.rewritten:
            Alert.objects.bulk_create(
                self.rewritten, update_conflicts=True, unique_fields=["id"], update_fields=REWRITTEN
            )
        if self.entries:
            record_events(self.entries, actor=system_actor(self.organization_id), at=self.at)
        if self.opened or self.rewritten:
            bump_figures_version([self.organization_id])

    def _open(self, rule: Rule, subject: Subject, condition: Condition) -> None:
        self.opened.append(
            Alert(
                organization_id=self.organization_id,
                rule_id=rule.id,
                kpi_id=subject.kpi_id,
                objective_id=subject.objective_id,
                department_id=subject.department_id,
                owner_id=subject.owner_id,
                severity=condition.severity,
                facts={"subject": subject.code, "rule": rule.code, **condition.facts},
                opened_at=self.at,
                changed_at=self.at,
            )
        )

    def _update(self, alert: Alert, subject: Subject, condition: Condition) -> None:
        before = {"state": alert.state, "severity": alert.severity}
        known = (alert.holds, alert.facts, alert.department_id, alert.owner_id, *before.values())
        alert.department_id, alert.owner_id = subject.department_id, subject.owner_id
        is_open = alert.state in OPEN_STATES
        if condition.holds is False:
            alert.holds = False
            if is_open:
                alert.state, alert.ended_at = AlertState.RESOLVED, self.at
        elif condition.holds and is_open:
            alert.severity = condition.severity
            alert.facts = {**alert.facts, **condition.facts}
        after = {"state": alert.state, "severity": alert.severity}
        if known == (alert.holds, alert.facts, alert.department_id, alert.owner_id, *after.values()):
            return
        self.rewritten.append(alert)
        if not alert.holds:
            verb = "alert.resolved" if is_open else "alert.rearmed"
            self._tell(alert, verb, {**before, "holds": True}, {**after, "holds": False})
        elif after != before:
            self._tell(alert, "alert.changed", before, after)

    def _tell(self, alert: Alert, verb: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        alert.changed_at = self.at
        alert.version += 1
        self.entries.append(Entry(verb, "alert", alert.code, before, after))


def _opened(alert: Alert) -> dict[str, Any]:
    return {"state": alert.state, "severity": alert.severity, "facts": alert.facts}
