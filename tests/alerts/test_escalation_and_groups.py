"""Patience, groups, escalation, snooze and accepted deviations in the database: time alone changes alerts too."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from alerts.choices import DeliveryReason, RuleKind
from alerts.grouping import SETTLE
from alerts.models import Alert, AlertGroup, AlertRule, Delivery
from alerts.services import (
    acknowledge_alert,
    assign_alert,
    close_alert,
    compare_initiatives,
    reconcile,
    reopen_alert,
    snooze_alert,
)
from audit.models import Event
from initiatives.models import Initiative
from kpis.models import Kpi, KpiFigures, KpiOutlook
from objectives.models import CheckIn, ObjectiveFigures
from objectives.services import check_in
from organization.choices import Role
from organization.models import Department, User
from organization.records import Conflict
from tests.factories import (
    NOW,
    Company,
    DepartmentFactory,
    InitiativeFactory,
    KpiFactory,
    MembershipFactory,
    ObjectiveFactory,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RED = {"state": "off_track", "colour": "red", "announced": False}
AMBER = {"state": "at_risk", "colour": "amber", "announced": False}
GREEN = {"state": "on_track", "colour": "green", "announced": False}


def rule_of(company: Company, kind: str = RuleKind.COLOUR, **fields: Any) -> AlertRule:
    return AlertRule.objects.create(organization=company.organization, code="R", name="R", kind=kind, **fields)


def kpi_of(company: Company, department: Department | None = None, owner: User | None = None, **figures: Any) -> Kpi:
    return KpiFactory.create(
        organization=company.organization,
        department=department or company.sales,
        owner=owner or company.bob,
        figures=figures or RED,
    )


def turn(kpi: Kpi, **figures: Any) -> None:
    KpiFigures.objects.filter(kpi=kpi).update(**figures)


def states() -> list[str]:
    return list(Alert.objects.order_by("number").values_list("state", flat=True))


def verbs() -> list[str]:
    return list(Event.objects.filter(verb__startswith="alert.").order_by("pk").values_list("verb", flat=True))


def groups() -> list[tuple[str, str | None, str | None, int]]:
    rows = AlertGroup.objects.order_by("number")
    return list(rows.values_list("code", "owner__name", "branch__code", "episode"))


# --- patience ---


def test_a_condition_that_holds_less_than_the_hold_time_tells_nobody(company: Company) -> None:
    rule_of(company, hold_hours=24)
    kpi = kpi_of(company)
    reconcile(at=NOW)
    assert (states(), verbs(), AlertGroup.objects.count()) == (["pending"], [], 0)
    turn(kpi, **GREEN)
    reconcile(at=NOW + HOUR)
    assert (states(), verbs()) == ([], [])


def test_time_alone_fires_what_has_been_pending_long_enough(company: Company) -> None:
    rule_of(company, hold_hours=24)
    kpi_of(company)
    reconcile(at=NOW)
    assert reconcile(at=NOW + 23 * HOUR) == 0
    assert reconcile(at=NOW + 24 * HOUR) == 1
    alert = Alert.objects.get()
    assert (alert.state, alert.opened_at, alert.pending_since) == ("firing", NOW + DAY, NOW)
    assert (verbs(), groups()) == (["alert.opened"], [("AG-1", "Bob", "SALES", 1)])
    assert reconcile(at=NOW + 25 * HOUR) == 0


def test_time_alone_resolves_what_has_recovered_long_enough(company: Company) -> None:
    rule_of(company, recovery_hours=6)
    kpi = kpi_of(company)
    reconcile(at=NOW)
    turn(kpi, **GREEN)
    reconcile(at=NOW + HOUR)
    assert states() == ["recovering"]
    turn(kpi, **RED)
    reconcile(at=NOW + 2 * HOUR)
    assert states() == ["firing"]
    turn(kpi, **GREEN)
    reconcile(at=NOW + 3 * HOUR)
    reconcile(at=NOW + 9 * HOUR)
    alert = Alert.objects.get()
    assert (alert.state, alert.outcome, alert.ended_at) == ("resolved", "recovered", NOW + 9 * HOUR)
    assert AlertGroup.objects.get().ended_at == NOW + 9 * HOUR


def test_a_rule_that_cannot_be_judged_names_why_and_comes_back(company: Company) -> None:
    rule = rule_of(company, RuleKind.THRESHOLD, threshold=Decimal(50), threshold_side="below")
    kpi = kpi_of(company, **GREEN, freshness="fresh", value=Decimal(40))
    reconcile(at=NOW)
    assert Alert.objects.get().facts["threshold"] == "50"
    AlertRule.objects.filter(pk=rule.pk).update(threshold=None)
    turn(kpi, announced=False)
    reconcile(at=NOW)
    assert (states(), Alert.objects.get().facts["error"]) == (["error"], "threshold")
    AlertRule.objects.filter(pk=rule.pk).update(threshold=Decimal(45))
    turn(kpi, announced=False)
    reconcile(at=NOW)
    assert (states(), "error" in Alert.objects.get().facts) == (["firing"], False)


def test_an_alert_knows_how_things_stood_before(company: Company) -> None:
    rule_of(company)
    kpi = kpi_of(company, **GREEN, value=Decimal(95))
    reconcile(at=NOW)
    turn(kpi, **RED, value=Decimal(40))
    reconcile(at=NOW + HOUR)
    facts = Alert.objects.get().facts
    assert [facts[name] for name in ("before_state", "before_value", "state", "value")] == [
        "on_track",
        "95",
        "off_track",
        "40",
    ]


# --- groups ---


def test_alerts_of_one_owner_and_branch_are_one_group_and_one_message(company: Company) -> None:
    rule_of(company)
    for department in (company.sales, company.north, company.north):
        kpi_of(company, department)
    kpi_of(company, company.finance)
    kpi_of(company, owner=company.alice)
    kpi_of(company, company.root)
    reconcile(at=NOW)
    assert groups() == [
        ("AG-1", "Bob", "SALES", 1),
        ("AG-2", "Bob", "FINANCE", 1),
        ("AG-3", "Alice", "SALES", 1),
        ("AG-4", "Bob", "ROOT", 1),
    ]
    assert Alert.objects.filter(group__code="AG-1").count() == 3
    told = Delivery.objects.filter(kind="in_app", reason=DeliveryReason.OPENED)
    assert sorted(told.values_list("group__code", "recipient__name", "next_at")) == [
        ("AG-1", "Bob", NOW + SETTLE),
        ("AG-2", "Bob", NOW + SETTLE),
        ("AG-3", "Alice", NOW + SETTLE),
        ("AG-4", "Bob", NOW + SETTLE),
    ]


def test_what_fires_before_the_message_joins_it_and_what_fires_later_is_the_next_one(company: Company) -> None:
    rule_of(company)
    for at in (NOW, NOW + SETTLE / 2, NOW + SETTLE, NOW + 3 * HOUR):
        kpi_of(company)
        reconcile(at=at)
    assert list(Alert.objects.order_by("number").values_list("episode", flat=True)) == [1, 1, 2, 3]
    told = Delivery.objects.filter(kind="in_app", reason=DeliveryReason.OPENED).order_by("episode")
    assert list(told.values_list("episode", "next_at")) == [
        (1, NOW + SETTLE),
        (2, NOW + SETTLE + HOUR),
        (3, NOW + 3 * HOUR + SETTLE),
    ]


def test_a_group_without_open_alerts_ends_and_the_next_alert_opens_another(company: Company) -> None:
    rule_of(company)
    kpis = [kpi_of(company), kpi_of(company)]
    reconcile(at=NOW)
    turn(kpis[0], **GREEN)
    reconcile(at=NOW + HOUR)
    assert AlertGroup.objects.get().ended_at is None
    close_alert(
        Alert.objects.get(kpi=kpis[1]), actor=company.actor(company.bob), at=NOW + DAY, comment="So.", version=None
    )
    assert AlertGroup.objects.get().ended_at == NOW + DAY
    turn(kpis[0], **RED)
    reconcile(at=NOW + 2 * DAY)
    assert [code for code, *_rest in groups()] == ["AG-1", "AG-2"]


def test_an_alert_moves_with_its_owner_and_its_department(company: Company) -> None:
    rule_of(company)
    kpi = kpi_of(company)
    reconcile(at=NOW)
    Kpi.objects.filter(pk=kpi.pk).update(owner=company.alice, department=company.finance)
    turn(kpi, announced=False)
    reconcile(at=NOW + HOUR)
    alert = Alert.objects.get()
    assert (alert.owner, alert.group.code if alert.group else "") == (company.alice, "AG-2")
    assert list(AlertGroup.objects.order_by("number").values_list("ended_at", flat=True)) == [NOW + HOUR, None]


# --- escalation ---


def test_what_nobody_acknowledges_goes_up_the_departments_one_level_after_another(company: Company) -> None:
    MembershipFactory.create(
        user=company.charlie, organization=company.organization, department=company.root, role=Role.MANAGER
    )
    rule_of(company, escalate_after_hours=48)
    kpi_of(company, company.north)
    reconcile(at=NOW)
    reached = []
    for day in range(1, 12):
        reconcile(at=NOW + day * DAY)
        alert = Alert.objects.get()
        reached.append((alert.escalation_level, alert.escalated_to.name if alert.escalated_to else None))
    assert reached == [
        (0, None),
        (1, "Alice"),
        (1, "Alice"),
        (2, "Charlie"),
        (2, "Charlie"),
        (3, "Erin"),
        *[(3, "Erin")] * 5,
    ]
    assert verbs() == ["alert.opened", "alert.escalated", "alert.escalated", "alert.escalated"]
    told = Delivery.objects.filter(kind="in_app", reason=DeliveryReason.ESCALATED).order_by("pk")
    assert list(told.values_list("recipient__name", flat=True)) == ["Alice", "Charlie", "Erin"]
    assert (alert.due_at, alert.escalation_ended) == (None, True)


def test_the_owner_who_manages_the_department_is_not_asked_twice(company: Company) -> None:
    rule_of(company, escalate_after_hours=1)
    kpi_of(company, owner=company.alice)
    reconcile(at=NOW)
    reconcile(at=NOW + HOUR)
    assert Alert.objects.get().escalated_to == company.erin


def test_what_is_acknowledged_or_snoozed_does_not_escalate(company: Company) -> None:
    rule_of(company, escalate_after_hours=1)
    bob = company.actor(company.bob)
    kpi_of(company), kpi_of(company)
    reconcile(at=NOW)
    first, second = Alert.objects.order_by("number")
    acknowledge_alert(first, actor=bob, at=NOW, version=None)
    snooze_alert(second, until=NOW + 3 * HOUR, actor=bob, at=NOW, version=None)
    reconcile(at=NOW + 2 * HOUR)
    assert list(Alert.objects.values_list("escalation_level", flat=True)) == [0, 0]
    reconcile(at=NOW + 3 * HOUR)
    assert list(Alert.objects.order_by("number").values_list("escalation_level", flat=True)) == [0, 1]


def test_a_hundred_alerts_that_go_up_together_are_one_message(company: Company) -> None:
    rule_of(company, escalate_after_hours=1)
    for _ in range(10):
        kpi_of(company)
    reconcile(at=NOW)
    reconcile(at=NOW + HOUR)
    assert Alert.objects.filter(escalated_to=company.alice).count() == 10
    assert Delivery.objects.filter(kind="in_app", reason=DeliveryReason.ESCALATED).count() == 1


# --- snooze, assign, accepted deviation, reopen ---


def test_a_snooze_that_is_over_is_told_again_once(company: Company) -> None:
    rule_of(company)
    kpi_of(company)
    reconcile(at=NOW)
    bob = company.actor(company.bob)
    for _ in range(2):
        snooze_alert(Alert.objects.get(), until=NOW + DAY, actor=bob, at=NOW + HOUR, version=None)
    assert verbs() == ["alert.opened", "alert.snoozed"]
    reconcile(at=NOW + DAY)
    alert = Alert.objects.get()
    assert (alert.snoozed_until, alert.snoozed_by, alert.episode, alert.state) == (None, None, 2, "firing")
    assert verbs() == ["alert.opened", "alert.snoozed", "alert.woken"]
    assert reconcile(at=NOW + 2 * DAY) == 0


def test_a_snoozed_alert_wakes_when_it_gets_worse(company: Company) -> None:
    rule_of(company, least_severity="amber")
    kpi = kpi_of(company, **AMBER)
    reconcile(at=NOW)
    snooze_alert(Alert.objects.get(), until=NOW + DAY, actor=company.actor(company.bob), at=NOW, version=None)
    turn(kpi, **RED)
    reconcile(at=NOW + HOUR)
    alert = Alert.objects.get()
    assert (alert.severity, alert.snoozed_until, alert.episode, alert.due_at) == ("red", None, 2, None)


def test_snooze_alert_refuses_the_past_and_what_has_ended(company: Company) -> None:
    rule_of(company)
    kpi_of(company)
    reconcile(at=NOW)
    bob, alert = company.actor(company.bob), Alert.objects.get()
    for until in (NOW, NOW + 400 * DAY):
        with pytest.raises(ValidationError):
            snooze_alert(alert, until=until, actor=bob, at=NOW, version=None)
    close_alert(alert, actor=bob, at=NOW, comment="So.", version=None)
    with pytest.raises(Conflict):
        snooze_alert(alert, until=NOW + DAY, actor=bob, at=NOW, version=None)


def test_an_accepted_deviation_fires_again_after_its_last_day_if_it_still_holds(company: Company) -> None:
    rule_of(company)
    kpi_of(company), kpi_of(company)
    reconcile(at=NOW)
    bob = company.actor(company.bob)
    for alert in Alert.objects.all():
        close_alert(
            alert, actor=bob, at=NOW, comment="Until the summer.", version=None, outcome="accepted_deviation",
            accepted_until=date(2026, 6, 20),
        )  # fmt: skip
    assert reconcile(at=datetime(2026, 6, 20, 23, 59, tzinfo=NOW.tzinfo)) == 0
    turn(Kpi.objects.order_by("pk")[1], **GREEN)
    reconcile(at=NOW + DAY)
    assert reconcile(at=datetime(2026, 6, 21, tzinfo=NOW.tzinfo)) == 1
    assert states() == ["closed", "closed", "firing"]
    assert list(Alert.objects.order_by("number").values_list("kpi__code", "holds")) == [
        (alert.kpi.code, holds)
        for alert, holds in zip(
            Alert.objects.order_by("number").select_related("kpi"), (False, False, True), strict=True
        )
        if alert.kpi
    ]
    assert verbs().count("alert.opened") == 3


def test_assign_alert_gives_it_to_another_group_and_keeps_its_owner(company: Company) -> None:
    rule_of(company)
    kpi = kpi_of(company)
    reconcile(at=NOW)
    bob = company.actor(company.bob)
    for _ in range(2):
        assign_alert(Alert.objects.get(), owner=company.erin, actor=bob, at=NOW + HOUR, version=None)
        bob = company.actor(company.erin)
    turn(kpi, announced=False)
    reconcile(at=NOW + DAY)
    alert = Alert.objects.get()
    assert (alert.owner, alert.assigned_by) == (company.erin, company.bob)
    assert list(AlertGroup.objects.open().values_list("owner__name", flat=True)) == ["Erin"]
    assert verbs() == ["alert.opened", "alert.assigned"]


def test_reopen_alert_takes_a_closing_back_while_it_holds(company: Company) -> None:
    rule_of(company)
    kpi = kpi_of(company)
    reconcile(at=NOW)
    bob = company.actor(company.bob)
    alert = close_alert(Alert.objects.get(), actor=bob, at=NOW, comment="So.", version=None)
    for _ in range(2):
        alert = reopen_alert(alert, actor=bob, at=NOW + HOUR, version=None)
    assert (alert.state, alert.outcome, alert.ended_at, alert.group.code if alert.group else "") == (
        "firing",
        "",
        None,
        "AG-2",
    )
    close_alert(alert, actor=bob, at=NOW, comment="So.", version=None)
    turn(kpi, **GREEN)
    reconcile(at=NOW + DAY)
    with pytest.raises(Conflict):
        reopen_alert(alert, actor=bob, at=NOW + DAY, version=None)


# --- what is watched beyond colours ---


def test_a_signal_waits_for_the_outlook_and_fires_with_it(company: Company) -> None:
    rule_of(company, RuleKind.SIGNAL)
    kpi = kpi_of(company, **GREEN, freshness="fresh", period=date(2026, 5, 1), value=Decimal(4))
    outlook = KpiOutlook.objects.create(kpi=kpi, stale=True)
    reconcile(at=NOW)
    assert states() == []
    KpiOutlook.objects.filter(pk=outlook.pk).update(
        stale=False, computed_at=NOW, signal_rule="outside", signal_nature="concern", signal_period=date(2026, 5, 1)
    )
    turn(kpi, announced=False)
    reconcile(at=NOW)
    assert states() == ["firing"]
    KpiOutlook.objects.filter(pk=outlook.pk).update(stale=True)
    turn(kpi, announced=False, period=date(2026, 6, 1))
    reconcile(at=NOW)
    assert states() == ["firing"]
    KpiOutlook.objects.filter(pk=outlook.pk).update(stale=False)
    turn(kpi, announced=False)
    reconcile(at=NOW)
    assert states() == ["resolved"]


def test_two_falls_of_confidence_in_a_row_fire_and_a_better_word_resolves(company: Company) -> None:
    rule_of(company, RuleKind.CONFIDENCE)
    objective = ObjectiveFactory.create(
        organization=company.organization, department=company.sales, owner=company.bob, figures=GREEN
    )
    seen = []
    for day, points in enumerate((80, 75, None, 70, 70)):
        check_in(
            objective,
            confidence=points,
            comment="",
            progress=None,
            actor=company.actor(company.bob),
            at=NOW + day * DAY,
        )
        reconcile(at=NOW + day * DAY)
        seen.append(states())
    assert seen == [[], [], [], ["firing"], ["resolved"]]
    assert Alert.objects.get().facts["confidences"] == "80, 75, 70"
    assert (CheckIn.objects.count(), ObjectiveFigures.objects.filter(announced=False).count()) == (5, 0)


def test_a_budget_that_runs_ahead_of_the_progress_fires_once(company: Company) -> None:
    rule_of(company, RuleKind.BUDGET)
    initiative = InitiativeFactory.create(
        organization=company.organization, department=company.sales, owner=company.bob, stage="in_progress",
        budget=Decimal(1000), actual_cost=Decimal(700), progress=Decimal("0.5"),
    )  # fmt: skip
    InitiativeFactory.create(organization=company.organization)
    assert [compare_initiatives(at=NOW), compare_initiatives(at=NOW + HOUR)] == [1, 1]
    alert = Alert.objects.get()
    assert (alert.initiative, alert.owner, alert.severity, alert.state, alert.version) == (
        initiative,
        company.bob,
        "amber",
        "firing",
        1,
    )
    assert (alert.facts["spent"], alert.facts["unit"]) == ("0.7", "EUR")
    Initiative.objects.update(progress=Decimal("0.6"))
    compare_initiatives(at=NOW + 2 * HOUR)
    assert states() == ["resolved"]


def test_steps_up_reach_department_managers_by_the_nearest_path(company: Company) -> None:
    deep = DepartmentFactory.create(parent=company.north, code="DEEP")
    rule_of(company, escalate_after_hours=1)
    kpi_of(company, deep)
    reconcile(at=NOW)
    reconcile(at=NOW + HOUR)
    assert Alert.objects.get().escalated_to == company.alice
