"""Alerts compare the present state with the open alerts; what happened in between does not matter."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.choices import AlertState, RuleKind
from alerts.models import Alert, AlertRule
from alerts.services import acknowledge_alert, close_alert, ensure_default_rules, reconcile
from audit.models import Event
from kpis.models import Kpi, KpiFigures
from objectives.models import Objective, ObjectiveFigures
from organization.models import Organization
from tests.factories import NOW, Company, KpiFactory, ObjectiveFactory, make_company

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
RED = {"state": "off_track", "colour": "red", "announced": False}
GREEN = {"state": "on_track", "colour": "green", "announced": False}
GREY = {"state": "no_data", "colour": "grey", "announced": False}


@pytest.fixture
def company() -> Company:
    company = make_company()
    AlertRule.objects.create(
        organization=company.organization, code="COLOUR", name="Off track", kind=RuleKind.COLOUR, least_severity="red"
    )
    return company


def kpi_of(company: Company, **figures: Any) -> Kpi:
    return KpiFactory.create(
        organization=company.organization, department=company.sales, owner=company.bob, figures=figures
    )


def objective_of(company: Company, **figures: Any) -> Objective:
    return ObjectiveFactory.create(organization=company.organization, department=company.sales, figures=figures)


def turn(kpi: Kpi, **figures: Any) -> None:
    KpiFigures.objects.filter(kpi=kpi).update(**figures)


def inbox() -> list[tuple[str, str, str, bool]]:
    return list(Alert.objects.order_by("number").values_list("code", "severity", "state", "holds"))


def told() -> list[tuple[str, str]]:
    events = Event.objects.filter(verb__startswith="alert.").order_by("pk")
    return list(events.values_list("verb", "subject_code"))


def test_reconcile_opens_one_alert_per_red_kpi_and_objective(company: Company) -> None:
    kpi = kpi_of(company, **RED, value=Decimal(40), expected=Decimal(50))
    objective = objective_of(company, **RED, progress=0.4, expected=0.5)
    assert reconcile(at=NOW) == 2
    assert inbox() == [("AL-1", "red", "firing", True), ("AL-2", "red", "firing", True)]
    first, second = Alert.objects.order_by("number")
    assert (first.kpi, first.objective, first.owner, first.department, first.opened_at) == (
        kpi,
        None,
        company.bob,
        company.sales,
        NOW,
    )
    assert first.facts == {
        "subject": kpi.code,
        "rule": "COLOUR",
        "before_state": None,
        "before_value": None,
        "state": "off_track",
        "colour": "red",
        "period": None,
        "value": "40",
        "expected": "50",
        "variance": None,
        "variance_pct": None,
        "unit": "",
    }
    assert (second.kpi, second.objective, second.facts["value"]) == (None, objective, "0.4")
    assert told() == [("alert.opened", "AL-1"), ("alert.opened", "AL-2")]
    assert Organization.objects.get(pk=company.organization.pk).figures_version == 1


def test_reconcile_twice_changes_nothing_the_second_time(company: Company) -> None:
    kpi = kpi_of(company, **RED)
    assert [reconcile(at=NOW), reconcile(at=LATER)] == [1, 0]
    turn(kpi, announced=False)
    before = list(Alert.objects.values())
    assert reconcile(at=LATER) == 1
    assert list(Alert.objects.values()) == before
    assert told() == [("alert.opened", "AL-1")]
    assert Organization.objects.get(pk=company.organization.pk).figures_version == 1


def test_reconcile_clears_the_marks(company: Company) -> None:
    kpi_of(company, **GREEN)
    objective_of(company, **GREEN)
    assert reconcile(at=NOW) == 2
    assert KpiFigures.objects.filter(announced=False).count() == 0
    assert ObjectiveFigures.objects.filter(announced=False).count() == 0
    assert inbox() == []


def test_reconcile_takes_at_most_a_batch_in_primary_key_order(company: Company) -> None:
    rows = [kpi_of(company, **RED) for _ in range(3)]
    assert [reconcile(at=NOW, batch=2) for _ in range(3)] == [2, 1, 0]
    assert list(Alert.objects.order_by("number").values_list("kpi_id", flat=True)) == [row.pk for row in rows]


def test_reconcile_resolves_what_recovered_and_opens_a_new_one_when_it_comes_back(company: Company) -> None:
    kpi = kpi_of(company, **RED)
    for figures in (GREEN, RED):
        reconcile(at=NOW)
        turn(kpi, **figures)
    reconcile(at=LATER)
    assert inbox() == [("AL-1", "red", "resolved", False), ("AL-2", "red", "firing", True)]
    assert told() == [("alert.opened", "AL-1"), ("alert.resolved", "AL-1"), ("alert.opened", "AL-2")]
    assert Alert.objects.get(number=1).ended_at == NOW


def test_reconcile_keeps_an_open_colour_alert_while_the_figure_is_unknown(company: Company) -> None:
    kpi, fresh = kpi_of(company, **RED), kpi_of(company, **GREY)
    reconcile(at=NOW)
    turn(kpi, **GREY)
    assert reconcile(at=LATER) == 1
    assert inbox() == [("AL-1", "red", "no_data", True)]
    assert Alert.objects.get().facts["colour"] == "red"
    assert Alert.objects.filter(kpi=fresh).count() == 0
    turn(kpi, **RED)
    reconcile(at=LATER)
    assert inbox() == [("AL-1", "red", "firing", True)]
    assert told() == [("alert.opened", "AL-1"), ("alert.changed", "AL-1"), ("alert.changed", "AL-1")]


def test_reconcile_updates_severity_and_facts_of_an_open_alert(company: Company) -> None:
    AlertRule.objects.update(least_severity="amber")
    kpi = kpi_of(company, state="at_risk", colour="amber", announced=False, value=Decimal(45))
    reconcile(at=NOW)
    turn(kpi, **RED, value=Decimal(40))
    reconcile(at=LATER)
    alert = Alert.objects.get()
    assert (alert.severity, alert.facts["value"], alert.version, alert.changed_at) == ("red", "40", 2, LATER)
    event = Event.objects.latest("pk")
    assert (event.verb, event.before, event.after, event.actor_label) == (
        "alert.changed",
        {"state": "firing", "severity": "amber"},
        {"state": "firing", "severity": "red"},
        "system",
    )


def test_reconcile_with_new_facts_alone_keeps_the_version_that_people_saw(company: Company) -> None:
    kpi = kpi_of(company, **RED, value=Decimal(40))
    reconcile(at=NOW)
    turn(kpi, value=Decimal(39), announced=False)
    reconcile(at=LATER)
    alert = Alert.objects.get()
    assert (alert.facts["value"], alert.version, alert.changed_at) == ("39", 1, NOW)
    assert Organization.objects.get(pk=company.organization.pk).figures_version == 2


def test_reconcile_leaves_an_alert_that_a_person_closed_until_it_has_recovered(company: Company) -> None:
    kpi = kpi_of(company, **RED)
    reconcile(at=NOW)
    alice = company.actor(company.alice)
    close_alert(Alert.objects.get(), actor=alice, at=NOW, comment="Accepted until June.", version=None)
    turn(kpi, **RED)
    reconcile(at=LATER)
    assert inbox() == [("AL-1", "red", "closed", True)]
    for figures in (GREEN, RED):
        turn(kpi, **figures)
        reconcile(at=LATER)
    assert inbox() == [("AL-1", "red", "closed", False), ("AL-2", "red", "firing", True)]
    assert told() == [
        ("alert.opened", "AL-1"),
        ("alert.closed", "AL-1"),
        ("alert.rearmed", "AL-1"),
        ("alert.opened", "AL-2"),
    ]


def test_reconcile_resolves_an_acknowledged_alert_too(company: Company) -> None:
    kpi = kpi_of(company, **RED)
    reconcile(at=NOW)
    acknowledge_alert(Alert.objects.get(), actor=company.actor(company.bob), at=NOW, version=None)
    turn(kpi, **GREEN)
    reconcile(at=LATER)
    alert = Alert.objects.get()
    assert (alert.state, alert.acknowledged_by, alert.ended_at) == (AlertState.RESOLVED, company.bob, LATER)


def test_reconcile_follows_the_owner_and_the_department(company: Company) -> None:
    kpi = kpi_of(company, **RED)
    reconcile(at=NOW)
    Kpi.objects.filter(pk=kpi.pk).update(owner=company.alice, department=company.north)
    turn(kpi, announced=False)
    reconcile(at=LATER)
    alert = Alert.objects.get()
    assert (alert.owner, alert.department) == (company.alice, company.north)


def test_reconcile_watches_only_the_department_of_the_rule_and_below(company: Company) -> None:
    AlertRule.objects.update(department=company.north)
    kpi_of(company, **RED)
    north = KpiFactory.create(organization=company.organization, department=company.north, figures=RED)
    KpiFactory.create(organization=company.organization, department=None, figures=RED)
    assert reconcile(at=NOW) == 3
    assert list(Alert.objects.values_list("kpi_id", flat=True)) == [north.pk]


def test_reconcile_ends_the_alerts_of_a_rule_that_is_off(company: Company) -> None:
    kpi = kpi_of(company, **RED)
    reconcile(at=NOW)
    AlertRule.objects.update(enabled=False)
    turn(kpi, announced=False)
    reconcile(at=LATER)
    assert inbox() == [("AL-1", "red", "resolved", False)]


def test_reconcile_opens_an_alert_for_each_rule(company: Company) -> None:
    AlertRule.objects.all().delete()
    ensure_default_rules(company.organization, at=NOW)
    kpi_of(
        company, **RED, freshness="stale", favourable_variance=Decimal(-10), variance=Decimal(-10), variance_pct=-0.2
    )
    reconcile(at=NOW)
    assert list(Alert.objects.order_by("number").values_list("rule__code", "severity")) == [
        ("RULE-COLOUR", "red"),
        ("RULE-VARIANCE", "red"),
        ("RULE-STALE", "data"),
    ]


def test_reconcile_numbers_alerts_in_each_organization(company: Company) -> None:
    AlertRule.objects.create(organization=company.other, code="COLOUR", name="Off track", kind=RuleKind.COLOUR)
    kpi_of(company, **RED)
    KpiFactory.create(organization=company.other, figures=RED)
    assert reconcile(at=NOW) == 2
    assert list(Alert.objects.order_by("pk").values_list("organization__code", "code")) == [
        ("ACME", "AL-1"),
        ("ACME-OTHER", "AL-1"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_reconcile_takes_the_same_queries_for_any_batch(company: Company, count: int) -> None:
    recovered = [kpi_of(company, **RED) for _ in range(count)]
    reconcile(at=NOW)
    for kpi in recovered:
        turn(kpi, **GREEN)
        kpi_of(company, **RED)
        objective_of(company, **RED)
    with CaptureQueriesContext(connection) as captured:
        reconcile(at=LATER)
    assert len(captured) == 34
