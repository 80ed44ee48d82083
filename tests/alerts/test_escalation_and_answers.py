"""What nobody takes up goes up the departments; snoozed, assigned, accepted for a while, reopened."""

from datetime import date, datetime

import pytest
from django.core.exceptions import ValidationError

from alerts.choices import DeliveryReason
from alerts.models import Alert, AlertGroup, Delivery
from alerts.services import acknowledge_alert, assign_alert, close_alert, reconcile, reopen_alert, snooze_alert
from kpis.models import Kpi
from organization.choices import Role
from organization.records import Conflict
from tests.alerts.watched import AMBER, DAY, GREEN, HOUR, RED, kpi_of, rule_of, states, turn, verbs
from tests.factories import NOW, Company, DepartmentFactory, MembershipFactory

pytestmark = pytest.mark.django_db


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


def test_steps_up_reach_department_managers_by_the_nearest_path(company: Company) -> None:
    deep = DepartmentFactory.create(parent=company.north, code="DEEP")
    rule_of(company, escalate_after_hours=1)
    kpi_of(company, deep)
    reconcile(at=NOW)
    reconcile(at=NOW + HOUR)
    assert Alert.objects.get().escalated_to == company.alice
