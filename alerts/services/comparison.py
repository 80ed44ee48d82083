"""One organization's present state against its alerts: what opens, changes, escalates and ends, and who hears of it.

The caller holds the reconciliation lock of the organization and the rows of the alerts; `write` stores everything in a
number of statements that does not depend on how many there are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from alerts.choices import AlertState, Outcome, Severity
from alerts.conditions import UNKNOWN, Condition, condition_of, text_of
from alerts.inheritance import RuleBook
from alerts.lifecycle import Life, Patience, Verdict, begin, due_at, escalates_at, observe
from alerts.models import Alert, LastSeen
from alerts.services.deliveries import WRITTEN_AT_ONCE
from alerts.services.escalation import Ladder
from alerts.services.groups import Gathering
from alerts.services.lives import LIFE_COLUMNS, life_of, put
from alerts.services.subjects import Before, Rule, Subject
from audit.services import Entry, record_events
from organization.actors import system_actor
from organization.services import bump_figures_version

NO_LONGER_WATCHED: Final = Condition(Verdict.UNWATCHED)
NO_PATIENCE: Final = Patience()

REWRITTEN: Final = (
    *LIFE_COLUMNS,
    "severity",
    "facts",
    "department",
    "owner",
    "group",
    "episode",
    "due_at",
    "changed_at",
    "escalated_to",
    "escalated_at",
    "outcome",
    "version",
)


@dataclass
class Comparison:
    """Collects, then writes."""

    organization_id: int
    zone: ZoneInfo
    at: datetime
    gathering: Gathering
    ladder: Ladder
    opened: list[Alert] = field(default_factory=list)
    rewritten: list[Alert] = field(default_factory=list)
    vanished: list[int] = field(default_factory=list)
    seen: list[LastSeen] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    fired: list[Alert] = field(default_factory=list)

    def compare(self, subjects: Iterable[Subject], rules: RuleBook[Rule], holding: Iterable[Alert]) -> None:
        """`holding` are all alerts of the subjects beside which no second one may open."""
        held: dict[tuple[int | None, ...], dict[int, Alert]] = {}
        for alert in holding:
            held.setdefault((alert.kpi_id, alert.objective_id, alert.initiative_id), {})[alert.rule_id] = alert
        for subject in subjects:
            alerts = held.get((subject.kpi_id, subject.objective_id, subject.initiative_id), {})
            for rule in applying_to(subject, rules):
                condition = condition_of(subject.present, rule.watch)
                self._judge(alerts.pop(rule.id, None), subject, condition, rule)
            for alert in alerts.values():
                self._update(alert, subject, NO_LONGER_WATCHED, NO_PATIENCE)
            self._look(subject)

    def write(self) -> None:
        """Store what changed, tell the groups, count the figures' version up where somebody sees a difference."""
        self._number()
        if self.vanished:
            Alert.objects.filter(pk__in=self.vanished).delete()
        known = {alert.pk for alert in self.rewritten}
        self.rewritten += [alert for alert in self.gathering.gather() if alert.pk not in known]
        if self.rewritten:
            Alert.objects.bulk_create(
                self.rewritten,
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=REWRITTEN,
                batch_size=WRITTEN_AT_ONCE,
            )
        Alert.objects.bulk_create(self.opened, batch_size=WRITTEN_AT_ONCE)
        self._remember()
        self.gathering.settle()
        if self.entries:
            record_events(self.entries, actor=system_actor(self.organization_id), at=self.at)
        if self.opened or self.rewritten or self.vanished:
            bump_figures_version([self.organization_id])

    def _judge(self, alert: Alert | None, subject: Subject, condition: Condition, rule: Rule) -> None:
        if alert is not None:
            self._update(alert, subject, condition, rule.patience)
        if alert is None or (alert.state == AlertState.CLOSED and not self._life(alert).takes_the_place):
            self._open(rule, subject, condition)

    def _open(self, rule: Rule, subject: Subject, condition: Condition) -> None:
        life = begin(condition.verdict, rule.patience, at=self.at)
        if life is None:
            return
        before = subject.before
        alert = Alert(
            organization_id=self.organization_id,
            rule_id=rule.id,
            kpi_id=subject.kpi_id,
            objective_id=subject.objective_id,
            initiative_id=subject.initiative_id,
            department_id=subject.department_id,
            owner_id=subject.owner_id,
            severity=condition.severity,
            facts={"subject": subject.code, "rule": rule.code, **_before(before), **condition.facts},
            opened_at=self.at,
            changed_at=self.at,
            due_at=due_at(life, condition.verdict, rule.patience),
        )
        put(life, alert)
        self.opened.append(alert)
        if life.is_open:
            self._fire(alert, subject)

    def _update(self, alert: Alert, subject: Subject, condition: Condition, patience: Patience) -> None:
        old = self._life(alert)
        new = observe(old, condition.verdict, patience, at=self.at)
        if new is None:
            self.vanished.append(alert.pk)
            return
        known, severity = _compared(alert), alert.severity
        self._follow(alert, subject, condition, new)
        worse = new.is_open and (severity, alert.severity) == (Severity.AMBER, Severity.RED)
        if worse:
            new = replace(new, snoozed_until=None)
        put(new, alert)
        self._tell(alert, subject, old, new, severity)
        new = self._escalate(alert, subject, patience, new)
        alert.due_at = due_at(new, condition.verdict, patience)
        if _compared(alert) != known:
            self.rewritten.append(alert)

    def _follow(self, alert: Alert, subject: Subject, condition: Condition, life: Life) -> None:
        """Department, owner, severity and facts as they are now; an alert that was assigned keeps its owner."""
        alert.department_id = subject.department_id
        if alert.assigned_by_id is None:
            alert.owner_id = subject.owner_id
        if life.state == AlertState.RESOLVED:
            alert.outcome = Outcome.RECOVERED
        elif condition.verdict == Verdict.UNJUDGED and life.is_open:
            alert.facts = {**alert.facts, **condition.facts}
        elif condition.verdict == Verdict.HOLDS and life.state != AlertState.CLOSED:
            facts = {name: fact for name, fact in alert.facts.items() if name != "error"}
            alert.facts = {**facts, **condition.facts}
            alert.severity = condition.severity

    def _tell(self, alert: Alert, subject: Subject, old: Life, new: Life, severity: str) -> None:
        """The event of a change; the group hears of what asks for somebody anew, of what moved and of what ended."""
        before, after = ({"state": old.state, "severity": severity}, {"state": new.state, "severity": alert.severity})
        if old.state == AlertState.PENDING:
            if new.is_open:
                alert.changed_at = self.at
                alert.version += 1
                self._fire(alert, subject)
        elif not new.takes_the_place:
            verb = "alert.resolved" if new.state == AlertState.RESOLVED else "alert.rearmed"
            self._change(alert, verb, {**before, "holds": old.holds}, {**after, "holds": False})
            self.gathering.leave(alert)
        elif new.is_open:
            self._tell_open(alert, subject, woken=old.snoozed_until != new.snoozed_until, before=before, after=after)

    def _tell_open(
        self, alert: Alert, subject: Subject, *, woken: bool, before: dict[str, str], after: dict[str, str]
    ) -> None:
        if after != before:
            self._change(alert, "alert.changed", before, after)
        elif woken:
            self._change(alert, "alert.woken", before, after)
        if woken or (before["severity"], after["severity"]) == (Severity.AMBER, Severity.RED):
            self.gathering.join(alert, subject.path)
        else:
            self.gathering.stay(alert, subject.path)

    def _escalate(self, alert: Alert, subject: Subject, patience: Patience, life: Life) -> Life:
        """One step up where it is due and somebody is there; each level once."""
        moment = escalates_at(life, patience)
        if moment is None or self.at < moment:
            return life
        person = self.ladder.step(subject.path, owner_id=alert.owner_id, level=alert.escalation_level)
        if person is None:
            alert.escalation_ended = True
            return self._life(alert)
        before = {"escalation_level": alert.escalation_level}
        alert.escalation_level += 1
        alert.escalated_to_id, alert.escalated_at = person.id, self.at
        after = {"escalation_level": alert.escalation_level, "escalated_to": person.email}
        self._change(alert, "alert.escalated", before, after)
        self.gathering.escalate(alert)
        return self._life(alert)

    def _life(self, alert: Alert) -> Life:
        return life_of(alert, self.zone)

    def _fire(self, alert: Alert, subject: Subject) -> None:
        self.fired.append(alert)
        self.gathering.join(alert, subject.path)

    def _change(self, alert: Alert, verb: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        alert.changed_at = self.at
        alert.version += 1
        self.entries.append(Entry(verb, "alert", alert.code, before, after))

    def _number(self) -> None:
        if self.opened:
            last = Alert.objects.filter(organization_id=self.organization_id).order_by("-number")
            first = (last.values_list("number", flat=True).first() or 0) + 1
            for number, alert in enumerate(self.opened, first):
                alert.number, alert.code = number, f"AL-{number}"
        for alert in self.fired:
            self.entries.append(Entry("alert.opened", "alert", alert.code, None, _opened(alert)))

    def _look(self, subject: Subject) -> None:
        """What the next alert on this subject calls "before"; what says nothing is no state to come from."""
        present = subject.present
        if present.state in UNKNOWN or subject.initiative_id is not None:
            return
        now = Before(str(present.state), str(present.colour), text_of(present.value) or "")
        if now != subject.before:
            self.seen.append(
                LastSeen(
                    kpi_id=subject.kpi_id,
                    objective_id=subject.objective_id,
                    state=now.state,
                    colour=now.colour,
                    value=now.value,
                    period=present.period,
                )
            )

    def _remember(self) -> None:
        for name in ("kpi", "objective"):
            rows = [row for row in self.seen if getattr(row, f"{name}_id") is not None]
            if rows:
                LastSeen.objects.bulk_create(
                    rows,
                    update_conflicts=True,
                    unique_fields=[name],
                    update_fields=["state", "colour", "value", "period"],
                    batch_size=WRITTEN_AT_ONCE,
                )


def applying_to(subject: Subject, rules: RuleBook[Rule]) -> list[Rule]:
    """The rules that are on and decide for the subject, by id."""
    found = [
        rule
        for kind in subject.kinds & rules.kinds
        for rule in rules.applying(kind, kpi_id=subject.kpi_id, path=subject.path)
        if rule.enabled
    ]
    return sorted(found, key=lambda rule: rule.id)


def _compared(alert: Alert) -> tuple[Any, ...]:
    names = ("severity", "facts", "department_id", "owner_id", "due_at", "outcome", "version")
    life = (f"{name}_id" if name == "snoozed_by" else name for name in LIFE_COLUMNS)
    return tuple(getattr(alert, name) for name in (*names, *life))


def _before(before: Before) -> dict[str, str | None]:
    return {"before_state": before.state or None, "before_value": before.value or None}


def _opened(alert: Alert) -> dict[str, Any]:
    return {"state": alert.state, "severity": alert.severity, "facts": alert.facts}
