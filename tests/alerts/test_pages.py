"""The inbox and its answers."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from alerts.forms import InboxFilters, SnoozeForm
from alerts.models import Alert, AlertRule
from alerts.reports import inbox
from alerts.reports.reading import reading_of
from alerts.reports.words import figures_line
from alerts.services import ensure_default_rules, reconcile
from audit.models import Event
from kpis.models import KpiFigures
from objectives.models import Objective
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
HOUR = timedelta(hours=1)
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
    with django_assert_num_queries(16):
        response = client.get("/alerts/AL-1/")
    assert response.content.decode().count('id="alert-AL-') == count


def test_work_on_an_alert_is_listed_the_worst_status_first(company: Company, alert: Alert) -> None:
    objective = Objective.objects.get(code="O-1")
    for code, status in (("I-2", "green"), ("I-3", "red"), ("I-4", "amber"), ("I-5", "red")):
        work = InitiativeFactory.create(
            organization=company.organization, code=code, stage="in_progress", status=status, department=company.sales
        )
        InitiativeObjectiveFactory.create(initiative=work, objective=objective)
    reading = reading_of(company.actor(company.olga), alert, at=NOW)
    assert [work.code for work in reading.work] == ["I-3", "I-5", "I-4", "I-2", "I-1"]


def test_alerts_of_an_owner_and_branch_fold_under_one_head(company: Company, alert: Alert) -> None:
    for _ in range(6):
        KpiFactory.create(organization=company.organization, department=company.sales, owner=company.bob, figures=RED)
    KpiFactory.create(organization=company.organization, department=company.finance, owner=company.alice, figures=RED)
    reconcile(at=NOW + HOUR)
    olga = company.actor(company.olga)
    found = inbox(olga, InboxFilters(), at=NOW)
    heads = [(group.owner, group.branch, group.count, len(group.lines), group.more) for group in found.groups]
    assert heads == [("Alice", "Finance", 1, 1, 0), ("Bob", "Sales", 7, 5, 2)]
    assert (found.reading.code if found.reading else "") == found.groups[0].lines[0].code
    full = inbox(olga, InboxFilters(group=found.groups[1].code), at=NOW)
    assert (len(full.lines), full.all_query) == (7, "?")
    assert found.groups[1].more_query == f"?group={found.groups[1].code}"


def test_reading_pane_says_what_why_and_what_is_under_way(company: Company, alert: Alert) -> None:
    found = inbox(company.actor(company.alice), InboxFilters(), at=NOW).reading
    assert found is not None
    assert (found.headline, found.explanation) == (
        "On-time delivery: off track",
        "It stands at 40.5%; the plan says 50.0%.",
    )
    assert ([one.code for one in found.touches], [one.code for one in found.work]) == (["O-1"], ["I-1"])
    assert (found.rule, found.rule_place, found.owner, found.may_answer) == (
        "Off track",
        "the whole organization",
        "Bob",
        True,
    )
    assert found.escalation == "to the next manager on 20\u00a0Jun 2026, 09:00, unless it is acknowledged"


def test_picture_shows_the_course_with_its_figures_as_a_table(company: Company, alert: Alert) -> None:
    client = signed_in(company.alice)
    part = client.get("/alerts/AL-1/picture/", headers=PART).content.decode()
    assert (part.count("<figure"), '<th scope="row">' in part, "<html" in part) == (1, True, False)
    assert "<html" in client.get("/alerts/AL-1/picture/").content.decode()


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
        return sorted(line.code for line in inbox(olga, filters, at=NOW).lines)

    assert codes(InboxFilters()) == ["AL-1", "AL-2", "AL-3"]
    assert codes(InboxFilters(kind="staleness")) == ["AL-3"]
    assert codes(InboxFilters(department="SALES")) == ["AL-1", "AL-3"]
    assert codes(InboxFilters(owner="bob@acme.example")) == ["AL-1"]
    assert codes(InboxFilters(owner="nobody")) == ["AL-2", "AL-3"]
    assert codes(InboxFilters(state="ended")) == codes(InboxFilters(page=2)) == []
    assert [line.code for line in inbox(bob, InboxFilters(owner="me"), at=NOW).lines] == ["AL-1"]
    found = inbox(olga, InboxFilters(), at=NOW)
    assert (found.open_count, found.red_count, found.data_count) == (3, 1, 1)


def test_snoozed_and_waiting_alerts_have_tabs_of_their_own(company: Company, alert: Alert) -> None:
    AlertRule.objects.filter(code="RULE-COLOUR").update(hold_hours=24)
    KpiFactory.create(organization=company.organization, department=company.sales, figures=RED)
    reconcile(at=NOW)
    signed_in(company.bob).post("/alerts/AL-1/snooze/", {"version": "1", "when": "tomorrow"})
    alice = company.actor(company.alice)

    def tab(state: str) -> list[tuple[str, str]]:
        return [(line.code, line.note) for line in inbox(alice, InboxFilters(state=state), at=NOW).lines]

    tabs = inbox(alice, InboxFilters(), at=NOW).tabs
    assert [(one.value, one.count) for one in tabs] == [("open", 0), ("snoozed", 1), ("pending", 1), ("ended", 0)]
    assert [code for code, _note in tab("snoozed")] == ["AL-1"]
    assert tab("pending") == [("AL-2", "waiting")]
    waiting = inbox(alice, InboxFilters(state="pending"), at=NOW).reading
    assert waiting is not None
    assert waiting.state_reason.endswith("It opens once it has held for 24 hours.")


def test_inbox_without_alerts_says_so(company: Company) -> None:
    client = signed_in(company.olga)
    addresses = ("/alerts/", "/alerts/?owner=me", "/alerts/?state=ended", "/alerts/?state=snoozed")
    shown = [client.get(address).content.decode() for address in addresses]
    words = ("Nothing open", "No alert matches", "Nothing has ended yet", "Nothing is snoozed")
    assert [word in text for word, text in zip(words, shown, strict=True)] == [True, True, True, True]


def test_acknowledge_comes_back_by_redirect_with_the_filters(company: Company, alert: Alert) -> None:
    bob = signed_in(company.bob)
    response = bob.post("/alerts/AL-1/acknowledge/?kind=colour_change", {"version": "1"})
    assert (response.status_code, response["Location"]) == (302, "/alerts/AL-1/?kind=colour_change")
    assert (Alert.objects.get().state, "AL-1 acknowledged." in bob.get(response["Location"]).content.decode()) == (
        "acknowledged",
        True,
    )


@pytest.mark.parametrize(
    ("sent", "until"),
    [
        ({"when": "tomorrow"}, date(2026, 11, 8)),
        ({"when": "week"}, date(2026, 11, 9)),
        ({"when": "date", "day": "2026-12-01"}, date(2026, 12, 1)),
    ],
)
def test_snooze_lasts_until_the_morning_of_its_day(
    company: Company, alert: Alert, sent: dict[str, str], until: date, settings: Any
) -> None:
    zone = company.organization.zone
    form = SnoozeForm({"version": "1", **sent})
    assert form.is_valid()
    assert form.until(date(2026, 11, 7), zone) == datetime.combine(until, time(7), tzinfo=zone)


def test_snooze_is_taken_back_and_refused_in_place(company: Company, alert: Alert) -> None:
    bob = signed_in(company.bob)
    missing = bob.post("/alerts/AL-1/snooze/", {"version": "1", "when": "date"}, headers=PART)
    assert (missing.status_code, "Choose a day." in missing.content.decode()) == (422, True)
    past = bob.post("/alerts/AL-1/snooze/", {"version": "1", "when": "date", "day": "2020-01-01"})
    assert (past.status_code, "Choose a moment within the coming year." in past.content.decode()) == (422, True)
    assert bob.post("/alerts/AL-1/snooze/", {"version": "1", "when": "week"}).status_code == 302
    assert Alert.objects.get().snoozed_until is not None
    assert bob.post("/alerts/AL-1/snooze/", {"version": "2", "when": "now"}).status_code == 302
    assert Alert.objects.get().snoozed_until is None


def test_assign_gives_it_to_a_member_and_names_who_is_none(company: Company, alert: Alert) -> None:
    bob = signed_in(company.bob)
    response = bob.post("/alerts/AL-1/assign/", {"version": "1", "owner": "dora@acme.example"}, headers=PART)
    text = response.content.decode()
    assert (response.status_code, "has a role here" in text, 'value="dora@acme.example"' in text) == (422, True, True)
    assert bob.post("/alerts/AL-1/assign/", {"version": "1", "owner": company.alice.email}).status_code == 302
    assert (Alert.objects.get().owner, Alert.objects.get().assigned_by) == (company.alice, company.bob)


def test_close_by_a_script_comes_back_in_place(company: Company, alert: Alert) -> None:
    sent = {"version": "1", "comment": "Known.", "outcome": "accepted_deviation", "accepted_until": "2099-01-31"}
    response = signed_in(company.erin).post("/alerts/AL-1/close/", sent, headers=PART)
    text = response.content.decode()
    assert (response.status_code, response["HX-Trigger"]) == (200, '{"toast": {"text": "AL-1 closed."}}')
    assert (text.strip().startswith('<div id="inbox"'), "the condition still holds" in text) == (True, True)
    row = Alert.objects.get()
    assert (row.state, row.outcome, row.accepted_until) == ("closed", "accepted_deviation", date(2099, 1, 31))


def test_closing_is_taken_back_while_the_condition_holds(company: Company, alert: Alert) -> None:
    bob = signed_in(company.bob)
    bob.post("/alerts/AL-1/close/", {"version": "1", "comment": "Known.", "outcome": "decision"})
    assert "/alerts/AL-1/reopen/" in bob.get("/alerts/AL-1/").content.decode()
    assert bob.post("/alerts/AL-1/reopen/", {"version": "2"}).status_code == 302
    assert Alert.objects.get().state == "firing"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"comment": " ", "outcome": "decision"}, "This field is required."),
        ({"comment": "C", "outcome": "action"}, "Name the initiative, or what will be done."),
        ({"comment": "C", "outcome": "accepted_deviation"}, "Say until when the deviation is accepted."),
        (
            {"comment": "C", "outcome": "accepted_deviation", "accepted_until": "2020-01-01"},
            "This day is over already.",
        ),
    ],
)
def test_close_without_what_it_needs_names_the_field(
    company: Company, alert: Alert, sent: dict[str, str], said: str
) -> None:
    before = stored()
    response = signed_in(company.bob).post("/alerts/AL-1/close/", {"version": "1", **sent})
    assert (response.status_code, said in response.content.decode()) == (422, True)
    assert stored() == before


def test_close_on_a_stale_page_keeps_the_text(company: Company, alert: Alert) -> None:
    Alert.objects.update(version=4)
    before = stored()
    client = signed_in(company.bob)
    sent = {"version": "1", "comment": "Accepted.", "outcome": "decision"}
    response = client.post("/alerts/AL-1/close/", sent)
    text = response.content.decode()
    assert (response.status_code, stored()) == (422, before)
    assert ("Someone else has changed this meanwhile." in text, "Accepted.</textarea>" in text) == (True, True)
    newer = response.context["inbox"].reading.version
    again = client.post("/alerts/AL-1/close/", {**sent, "version": newer})
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
        client.post(f"/alerts/AL-1/{answer}/", {"version": "1", **sent}).status_code
        for answer, sent in (
            ("acknowledge", {}),
            ("snooze", {"when": "week"}),
            ("assign", {"owner": "bob@acme.example"}),
            ("close", {"comment": "Mine.", "outcome": "decision"}),
            ("reopen", {}),
        )
    ]
    assert (answers, stored()) == ([status] * 5, before)


def test_figures_of_an_alert_are_those_that_decided() -> None:
    fallen = {"confidences": "72, 60, 48", "value": "0.4", "expected": "0.58"}
    spent = {"spent": "0.72", "value": "0.5", "budget": "1000", "actual_cost": "720"}
    assert figures_line(Alert(rule=AlertRule(kind="confidence_drop"), facts=fallen)) == "7.2 → 6.0 → 4.8"
    assert (
        figures_line(Alert(rule=AlertRule(kind="budget_burn"), facts=spent)) == "72% of the budget for 50% of the work"
    )
    assert figures_line(Alert(rule=AlertRule(kind="colour_change"), facts=fallen)) == "40%, plan 58%"
