"""Patience and groups in the database: time alone changes alerts, and those of one owner and branch are one message."""

from datetime import date
from decimal import Decimal

import pytest

from alerts.choices import DeliveryReason, RuleKind
from alerts.grouping import SETTLE
from alerts.models import Alert, AlertGroup, AlertRule, Delivery
from alerts.services import close_alert, compare_initiatives, reconcile
from initiatives.models import Initiative
from kpis.models import Kpi, KpiOutlook
from objectives.models import CheckIn, ObjectiveFigures
from objectives.services import check_in
from tests.alerts.watched import DAY, GREEN, HOUR, RED, groups, kpi_of, rule_of, states, turn, verbs
from tests.factories import NOW, Company, InitiativeFactory, ObjectiveFactory

pytestmark = pytest.mark.django_db


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


def test_budgets_are_compared_where_a_rule_is_on_or_an_alert_stands(company: Company) -> None:
    rule = rule_of(company, RuleKind.BUDGET)
    spent = {"budget": Decimal(1000), "actual_cost": Decimal(700), "progress": Decimal("0.5")}
    for stage in ("in_progress", "done", "cancelled"):
        InitiativeFactory.create(organization=company.organization, stage=stage, **spent)
    InitiativeFactory.create(organization=company.other, stage="in_progress", **spent)
    AlertRule.objects.create(organization=company.other, code="OFF", name="Off", kind=RuleKind.BUDGET, enabled=False)
    assert (compare_initiatives(at=NOW), states()) == (1, ["firing"])
    Initiative.objects.filter(stage="in_progress").update(stage="done")
    assert (compare_initiatives(at=NOW + HOUR), states()) == (1, ["resolved"])
    assert compare_initiatives(at=NOW + HOUR) == 0
    Initiative.objects.filter(organization=company.organization).update(stage="in_progress")
    assert compare_initiatives(at=NOW + 2 * HOUR) == 3
    AlertRule.objects.filter(pk=rule.pk).update(enabled=False)
    InitiativeFactory.create(organization=company.organization, stage="in_progress", **spent)
    assert (compare_initiatives(at=NOW + 3 * HOUR), states()) == (3, ["resolved"] * 4)
    assert compare_initiatives(at=NOW + 4 * HOUR) == 0
