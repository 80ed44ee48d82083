"""The inbox with its answers, and the rules."""

from typing import Any

import pytest
from django.test import Client

from alerts.forms import InboxFilters
from alerts.models import Alert, AlertRule
from alerts.reports import inbox
from alerts.services import change_rule, ensure_default_rules, reconcile
from audit.models import Event
from kpis.models import KpiFigures
from organization.models import User
from tests.factories import (
    NOW,
    Company,
    InitiativeFactory,
    InitiativeObjectiveFactory,
    KpiFactory,
    MeasureFactory,
    MeasurementFactory,
    ObjectiveFactory,
)

RED = {"state": "off_track", "colour": "red", "announced": False, "value": "40.5", "expected": "50"}
PART = {"HX-Request": "true"}


@pytest.fixture
def alert(company: Company) -> Alert:
    ensure_default_rules(company.organization, at=NOW)
    kpi = KpiFactory.create(
        organization=company.organization,
        department=company.sales,
        owner=company.bob,
        code="K-1",
        unit="%",
        name="On-time delivery",
        precision=1,
        figures=RED,
    )
    objective = ObjectiveFactory.create(organization=company.organization, department=company.sales, code="O-1")
    MeasureFactory.create(kpi=kpi, objective=objective)
    MeasurementFactory.create(kpi=kpi)
    work = InitiativeFactory.create(
        organization=company.organization, department=company.sales, code="I-1", stage="in_progress", owner=company.bob
    )
    InitiativeObjectiveFactory.create(initiative=work, objective=objective)
    reconcile(at=NOW)
    return Alert.objects.get()


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def stored() -> tuple[list[Any], list[Any], int]:
    return list(Alert.objects.values()), list(AlertRule.objects.values()), Event.objects.count()


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_takes_the_same_queries_for_any_number_of_alerts(
    company: Company, alert: Alert, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count - 1):
        KpiFactory.create(organization=company.organization, department=company.sales, figures=RED)
    reconcile(at=NOW)
    client = signed_in(company.alice)
    with django_assert_num_queries(14):
        response = client.get("/alerts/AL-1/")
    assert response.content.decode().count("data-item") == count


def test_reading_pane_says_what_why_and_what_is_under_way(company: Company, alert: Alert) -> None:
    found = inbox(company.actor(company.alice), InboxFilters()).reading
    assert found is not None
    assert (found.headline, found.explanation) == (
        "On-time delivery: off track",
        "It stands at 40.5%; the plan says 50.0%.",
    )
    assert ([one.code for one in found.touches], [one.code for one in found.work]) == (["O-1"], ["I-1"])
    assert (found.rule, found.owner, found.may_answer, found.course) == ("Off track", "Bob", True, (10.0,))


def test_inbox_is_narrowed_and_counted(company: Company, alert: Alert) -> None:
    AlertRule.objects.update(least_severity="amber")
    amber = {"state": "at_risk", "colour": "amber", "announced": False}
    KpiFactory.create(organization=company.organization, department=company.finance, figures=amber)
    KpiFactory.create(
        organization=company.organization,
        department=company.north,
        figures={"state": "stale", "colour": "grey", "freshness": "stale", "announced": False},
    )
    reconcile(at=NOW)
    olga, bob = company.actor(company.olga), company.actor(company.bob)

    def codes(filters: InboxFilters) -> list[str]:
        return [line.code for line in inbox(olga, filters).lines]

    assert codes(InboxFilters()) == ["AL-3", "AL-2", "AL-1"]
    assert codes(InboxFilters(severity="amber")) == ["AL-2"]
    assert codes(InboxFilters(department="SALES")) == ["AL-3", "AL-1"]
    assert codes(InboxFilters(before=3)) == ["AL-2", "AL-1"]
    assert codes(InboxFilters(state="ended")) == []
    assert [line.code for line in inbox(bob, InboxFilters(mine=True)).lines] == ["AL-1"]
    found = inbox(olga, InboxFilters())
    assert (found.open_count, found.ended_count, found.red_count, found.data_count) == (3, 0, 1, 1)


def test_inbox_without_alerts_says_so(company: Company) -> None:
    client = signed_in(company.olga)
    addresses = ("/alerts/", "/alerts/?mine=1", "/alerts/?state=ended")
    shown = [client.get(address).content.decode() for address in addresses]
    words = ("Nothing open", "No alert matches", "Nothing has ended yet")
    assert [word in text for word, text in zip(words, shown, strict=True)] == [True, True, True]


def test_acknowledge_comes_back_by_redirect_with_the_filters(company: Company, alert: Alert) -> None:
    bob = signed_in(company.bob)
    response = bob.post("/alerts/AL-1/acknowledge/?severity=red", {"version": "1"})
    assert (response.status_code, response["Location"]) == (302, "/alerts/AL-1/?severity=red")
    assert (Alert.objects.get().state, "AL-1 acknowledged." in bob.get(response["Location"]).content.decode()) == (
        "acknowledged",
        True,
    )


def test_close_by_a_script_comes_back_in_place(company: Company, alert: Alert) -> None:
    response = signed_in(company.erin).post(
        "/alerts/AL-1/close/", {"version": "1", "comment": "Accepted."}, headers=PART
    )
    text = response.content.decode()
    assert (response.status_code, response["HX-Trigger"]) == (200, '{"toast": {"text": "AL-1 closed."}}')
    assert (text.strip().startswith('<div id="inbox"'), "the condition still holds" in text) == (True, True)
    assert (Alert.objects.get().state, Alert.objects.get().comment) == ("closed", "Accepted.")


def test_close_without_a_reason_names_the_field(company: Company, alert: Alert) -> None:
    before = stored()
    response = signed_in(company.bob).post("/alerts/AL-1/close/", {"version": "1", "comment": " "})
    assert (response.status_code, "This field is required." in response.content.decode()) == (422, True)
    assert stored() == before


def test_close_on_a_stale_page_keeps_the_text(company: Company, alert: Alert) -> None:
    Alert.objects.update(version=4)
    before = stored()
    client = signed_in(company.bob)
    response = client.post("/alerts/AL-1/close/", {"version": "1", "comment": "Accepted."})
    text = response.content.decode()
    assert (response.status_code, stored()) == (422, before)
    assert ("Someone else has changed this meanwhile." in text, 'value="Accepted."' in text) == (True, True)
    newer = response.context["close"]["version"].value()
    again = client.post("/alerts/AL-1/close/", {"version": newer, "comment": "A."})
    assert (again.status_code, Alert.objects.get().state) == (302, "closed")


def test_answer_to_an_alert_that_recovered_shows_that(company: Company, alert: Alert) -> None:
    KpiFigures.objects.update(state="on_track", colour="green", announced=False)
    reconcile(at=NOW)
    response = signed_in(company.bob).post("/alerts/AL-1/acknowledge/", {"version": "1"}, headers=PART)
    assert (response.status_code, "AL-1 has ended already: Recovered." in response.content.decode()) == (422, True)


@pytest.mark.parametrize(("name", "status"), [("charlie", 403), ("adam", 403), ("dora", 404)])
def test_answers_of_others_are_refused_and_store_nothing(
    company: Company, alert: Alert, name: str, status: int
) -> None:
    client, before = signed_in(getattr(company, name)), stored()
    answers = [
        client.post("/alerts/AL-1/acknowledge/", {"version": "1"}).status_code,
        client.post("/alerts/AL-1/close/", {"version": "1", "comment": "Mine."}).status_code,
    ]
    assert (answers, stored()) == ([status, status], before)


@pytest.mark.parametrize("count", [5, 7])
def test_rules_take_the_same_queries_for_any_number(
    company: Company, alert: Alert, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count - 5):
        AlertRule.objects.create(organization=company.organization, code=f"R-{number}", name="R", kind="variance")
    client = signed_in(company.olga)
    with django_assert_num_queries(7):
        response = client.get("/alerts/rules/")
    assert len(response.context["rules"]) == count


def test_thresholds_of_a_rule_are_changed_in_percent(company: Company, alert: Alert) -> None:
    olga = signed_in(company.olga)
    sent = {"enabled": "on", "variance_pct": "12.5", "variance_abs": "3", "version": "1"}
    response = olga.post("/alerts/rules/RULE-VARIANCE/", sent)
    assert (response.status_code, response["Location"]) == (302, "/alerts/rules/")
    rule = AlertRule.objects.get(code="RULE-VARIANCE")
    assert (str(rule.variance_pct), str(rule.variance_abs), rule.version) == ("0.1250", "3.000000", 2)
    off = olga.post("/alerts/rules/RULE-COLOUR/", {"least_severity": "amber", "version": "1"})
    rule = AlertRule.objects.get(code="RULE-COLOUR")
    assert (off.status_code, rule.enabled, rule.least_severity) == (302, False, "amber")


def test_wrong_or_stale_rule_is_shown_again_and_stores_nothing(company: Company, alert: Alert) -> None:
    olga, rule = signed_in(company.olga), AlertRule.objects.get(code="RULE-VARIANCE")
    sent = {"enabled": "on", "variance_pct": "-1", "variance_abs": "3", "version": "1"}
    before = stored()
    assert olga.post("/alerts/rules/RULE-VARIANCE/", sent).status_code == 422
    assert stored() == before
    change_rule(rule, {"enabled": False}, actor=company.actor(company.olga), at=NOW, version=1)
    before = stored()
    response = olga.post("/alerts/rules/RULE-VARIANCE/", {**sent, "variance_pct": "12"})
    text = response.content.decode()
    assert (response.status_code, "Someone else has changed this meanwhile." in text) == (422, True)
    assert stored() == before


def test_rules_of_the_organization_are_not_for_a_manager(company: Company, alert: Alert) -> None:
    alice, before = signed_in(company.alice), stored()
    assert [line.form for line in alice.get("/alerts/rules/").context["rules"]] == [None] * 5
    assert alice.post("/alerts/rules/RULE-STALE/", {"version": "1"}).status_code == 403
    assert stored() == before
