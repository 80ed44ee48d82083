"""Alerts and rules through the API: what is shown, what is taken, who may."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from alerts.models import Alert, AlertRule
from alerts.services import reconcile
from audit.models import Event
from kpis.models import KpiFigures
from tests.factories import NOW, Company, KpiFactory

LIST = "/api/v1/alerts/"
RULES = "/api/v1/alert-rules/"
Clients = Callable[..., APIClient]


@pytest.fixture
def alert(company: Company) -> Alert:
    AlertRule.objects.create(
        organization=company.organization, code="R-1", name="Off track", kind="colour_change", department=company.sales
    )
    KpiFactory.create(
        organization=company.organization,
        department=company.sales,
        owner=company.bob,
        code="K-1",
        unit="%",
        figures={"state": "off_track", "colour": "red", "announced": False, "value": "40.5", "expected": "50"},
    )
    reconcile(at=NOW)
    return Alert.objects.get()


def codes(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


def test_row_has_exactly_the_documented_fields(company: Company, alert: Alert, client_of: Clients) -> None:
    row = client_of(company.olga).get(LIST).json()["results"][0]
    assert row == {
        "code": "AL-1",
        "rule": "R-1",
        "kind": "colour_change",
        "kpi": "K-1",
        "objective": None,
        "initiative": None,
        "department": "SALES",
        "owner": company.bob.email,
        "group": "AG-1",
        "severity": "red",
        "state": "firing",
        "holds": True,
        "facts": {
            "subject": "K-1",
            "rule": "R-1",
            "before_state": None,
            "before_value": None,
            "state": "off_track",
            "colour": "red",
            "period": None,
            "value": "40.5",
            "expected": "50",
            "variance": None,
            "variance_pct": None,
            "unit": "%",
        },
        "opened_at": "2026-06-15T09:00:00+00:00",
        "changed_at": "2026-06-15T09:00:00+00:00",
        "pending_since": None,
        "recovering_since": None,
        "snoozed_until": None,
        "snoozed_by": None,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "escalation_level": 0,
        "escalated_to": None,
        "escalated_at": None,
        "ended_at": None,
        "closed_by": None,
        "outcome": "",
        "accepted_until": None,
        "action_code": "",
        "comment": "",
        "version": 1,
        "url": "http://testserver/api/v1/alerts/AL-1/",
    }
    assert client_of(company.olga).get(f"{LIST}AL-1/").json() == row


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["AL-2", "AL-1"]),
        ({"ordering": "number"}, ["AL-1", "AL-2"]),
        ({"kpi": "K-1"}, ["AL-1"]),
        ({"department": "NORTH"}, ["AL-2"]),
        ({"severity": "amber"}, ["AL-2"]),
        ({"state": "firing"}, ["AL-2", "AL-1"]),
        ({"state": "closed,resolved"}, []),
        ({"owner": "bob@acme.example"}, ["AL-1"]),
        ({"kind": "staleness"}, []),
        ({"holds": "true"}, ["AL-2", "AL-1"]),
        ({"group": "AG-1"}, ["AL-1"]),
        ({"outcome": "recovered"}, []),
    ],
)
def test_filters(company: Company, alert: Alert, client_of: Clients, query: dict[str, str], found: list[str]) -> None:
    AlertRule.objects.update(least_severity="amber")
    KpiFactory.create(
        organization=company.organization,
        department=company.north,
        figures={"state": "at_risk", "colour": "amber", "announced": False},
    )
    reconcile(at=NOW)
    assert codes(client_of(company.olga).get(LIST, query)) == found


@pytest.mark.parametrize("extra", [0, 2])
def test_list_costs_two_queries(
    company: Company, alert: Alert, client_of: Clients, django_assert_num_queries: Any, extra: int
) -> None:
    client = client_of(company.alice)
    client.get(LIST)
    for _ in range(extra):
        KpiFactory.create(
            organization=company.organization,
            department=company.sales,
            figures={"state": "off_track", "colour": "red", "announced": False},
        )
    reconcile(at=NOW)
    with django_assert_num_queries(2):
        assert len(codes(client.get(LIST))) == 1 + extra


def test_acknowledge_and_close(company: Company, alert: Alert, client_of: Clients) -> None:
    bob = client_of(company.bob)
    taken = bob.post(f"{LIST}AL-1/acknowledge/", {"comment": "I call."}, format="json")
    assert (taken.status_code, taken.json()["state"], taken.json()["acknowledged_by"]) == (
        200,
        "acknowledged",
        company.bob.email,
    )
    refused = bob.post(f"{LIST}AL-1/close/", {}, format="json")
    assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (400, ["comment"])
    closed = bob.post(f"{LIST}AL-1/close/", {"comment": "Accepted."}, format="json", HTTP_IF_MATCH=taken["ETag"])
    assert (closed.status_code, closed.json()["state"], closed.json()["comment"]) == (200, "closed", "Accepted.")
    again = bob.post(f"{LIST}AL-1/acknowledge/", {}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


def test_an_answer_with_a_stale_etag_is_412(company: Company, alert: Alert, client_of: Clients) -> None:
    bob = client_of(company.bob)
    old = bob.get(f"{LIST}AL-1/")["ETag"]
    bob.post(f"{LIST}AL-1/acknowledge/", {}, format="json")
    stale = bob.post(f"{LIST}AL-1/close/", {"comment": "Accepted."}, format="json", HTTP_IF_MATCH=old)
    assert (stale.status_code, Alert.objects.get().state) == (412, "acknowledged")


def test_rule_is_created_changed_and_deleted(company: Company, alert: Alert, client_of: Clients) -> None:
    olga = client_of(company.olga)
    body = {"code": "R-2", "name": "Far off", "kind": "variance", "variance_pct": "0.2", "variance_abs": "5"}
    created = olga.post(RULES, body, format="json")
    assert created.status_code == 201, created.content
    assert {name: created.json()[name] for name in body} == body
    assert KpiFigures.objects.filter(announced=False).count() == 1
    changed = olga.patch(f"{RULES}R-2/", {"enabled": False}, format="json", HTTP_IF_MATCH=created["ETag"])
    assert (changed.status_code, changed.json()["enabled"]) == (200, False)
    assert olga.delete(f"{RULES}R-2/", HTTP_IF_MATCH=changed["ETag"]).status_code == 204
    blocked = olga.delete(f"{RULES}R-1/", HTTP_IF_MATCH="*")
    assert (blocked.status_code, blocked.json()["detail"]) == (409, "Still used by AL-1.")


def test_close_with_an_accepted_deviation_or_an_action(company: Company, alert: Alert, client_of: Clients) -> None:
    bob, address = client_of(company.bob), f"{LIST}AL-1/close/"
    said = {"comment": "The supplier moves.", "outcome": "accepted_deviation"}
    for body, field in (
        (said, "accepted_until"),
        ({**said, "accepted_until": "2020-01-01"}, "accepted_until"),
        ({**said, "outcome": "action"}, "action_code"),
        ({**said, "outcome": "recovered"}, "outcome"),
    ):
        refused = bob.post(address, body, format="json")
        assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (400, [field])
    until = (timezone.now() + timedelta(days=30)).date().isoformat()
    closed = bob.post(address, {**said, "accepted_until": until}, format="json")
    assert (closed.status_code, closed.json()["outcome"], closed.json()["accepted_until"]) == (
        200,
        "accepted_deviation",
        until,
    )
    reopened = bob.post(f"{LIST}AL-1/reopen/", {}, format="json")
    assert [reopened.json()[name] for name in ("state", "outcome", "accepted_until")] == ["firing", "", None]
    taken = bob.post(address, {"comment": "So.", "outcome": "action", "action_code": "INI-1"}, format="json")
    assert [taken.json()[name] for name in ("state", "outcome", "action_code")] == ["closed", "action", "INI-1"]


def test_snooze_and_assign(company: Company, alert: Alert, client_of: Clients) -> None:
    bob, until = client_of(company.bob), timezone.now() + timedelta(days=2)
    snoozed = bob.post(f"{LIST}AL-1/snooze/", {"until": until.isoformat()}, format="json")
    assert (snoozed.status_code, snoozed.json()["snoozed_until"], snoozed.json()["snoozed_by"]) == (
        200,
        until.isoformat(),
        company.bob.email,
    )
    assert bob.post(f"{LIST}AL-1/snooze/", {"until": "2020-01-01T00:00:00Z"}, format="json").status_code == 400
    woken = bob.post(f"{LIST}AL-1/snooze/", {"until": None}, format="json")
    assert (woken.json()["snoozed_until"], woken.json()["snoozed_by"]) == (None, None)
    assigned = bob.post(f"{LIST}AL-1/assign/", {"owner": company.alice.email}, format="json")
    assert (assigned.status_code, assigned.json()["owner"], assigned.json()["group"]) == (
        200,
        company.alice.email,
        "AG-2",
    )
    assert bob.post(f"{LIST}AL-1/assign/", {"owner": company.dora.email}, format="json").status_code == 400


def test_groups_count_what_is_open_and_are_filtered(company: Company, alert: Alert, client_of: Clients) -> None:
    groups, alice = "/api/v1/alert-groups/", client_of(company.alice)
    row = alice.get(groups).json()["results"][0]
    assert row == {
        "code": "AG-1",
        "number": 1,
        "owner": company.bob.email,
        "branch": "SALES",
        "alerts_open": 1,
        "alerts_red": 1,
        "opened_at": "2026-06-15T09:00:00+00:00",
        "changed_at": "2026-06-15T09:00:00+00:00",
        "ended_at": None,
        "url": "http://testserver/api/v1/alert-groups/AG-1/",
    }
    assert alice.get(f"{groups}AG-1/").json() == row
    assert codes(alice.get(groups, {"ended": "true"})) == []
    client_of(company.bob).post(f"{LIST}AL-1/close/", {"comment": "Accepted."}, format="json")
    assert codes(alice.get(groups, {"ended": "true", "owner": company.bob.email})) == ["AG-1"]
    assert alice.get(f"{groups}AG-1/").json()["alerts_open"] == 0


def test_rules_of_a_kpi_say_where_they_come_from(company: Company, alert: Alert, client_of: Clients) -> None:
    AlertRule.objects.create(organization=company.organization, code="R-0", name="All", kind="colour_change")
    AlertRule.objects.create(
        organization=company.organization, code="R-K", name="Low", kind="threshold", kpi=alert.kpi,
        threshold="42.5", threshold_side="below",
    )  # fmt: skip
    answer = client_of(company.charlie).get("/api/v1/kpis/K-1/alert-rules/")
    assert answer.status_code == 200
    found = [
        [row[name] for name in ("code", "kpi", "department", "inherited_from", "replaces", "threshold")]
        for row in answer.json()["effective"]
    ]
    assert found == [
        ["R-1", None, "SALES", "SALES", ["R-0"], None],
        ["R-K", "K-1", None, None, [], "42.5"],
    ]


RULE = {"code": "N", "name": "N", "kind": "variance", "department": "SALES"}
ROUTES = [
    ("get", LIST, None, [401, 200, 200, 200, 200]),
    ("post", LIST, {}, [401, 405, 405, 405, 405]),
    ("get", f"{LIST}AL-1/", None, [401, 404, 200, 200, 200]),
    ("post", f"{LIST}AL-1/acknowledge/", {}, [401, 404, 403, 200, 200]),
    ("post", f"{LIST}AL-1/close/", {"comment": "Accepted."}, [401, 404, 403, 200, 200]),
    ("post", f"{LIST}AL-1/snooze/", {"until": None}, [401, 404, 403, 200, 200]),
    ("post", f"{LIST}AL-1/assign/", {"owner": "bob@acme.example"}, [401, 404, 403, 200, 200]),
    ("post", f"{LIST}AL-1/reopen/", {}, [401, 404, 403, 200, 200]),
    ("get", "/api/v1/alert-groups/", None, [401, 200, 200, 200, 200]),
    ("get", "/api/v1/alert-groups/AG-1/", None, [401, 404, 200, 200, 200]),
    ("get", "/api/v1/kpis/K-1/alert-rules/", None, [401, 404, 200, 200, 200]),
    ("get", RULES, None, [401, 200, 200, 200, 200]),
    ("post", RULES, RULE, [401, 400, 403, 403, 201]),
    ("get", f"{RULES}R-1/", None, [401, 404, 200, 200, 200]),
    ("patch", f"{RULES}R-1/", {"name": "X"}, [401, 404, 403, 403, 200]),
    ("put", f"{RULES}R-1/", {**RULE, "code": "R-1"}, [401, 404, 403, 403, 200]),
    ("delete", f"{RULES}R-1/", None, [401, 404, 403, 403, 409]),
]


@pytest.mark.parametrize(("method", "address", "body", "answers"), ROUTES)
@pytest.mark.parametrize("place", range(5))
def test_who_may(
    company: Company,
    alert: Alert,
    client_of: Clients,
    method: str,
    address: str,
    body: Any,
    answers: list[int],
    place: int,
) -> None:
    """Nobody, someone of another organization, a viewer, the contributor who owns the KPI, the manager above."""
    person = [None, company.dora, company.charlie, company.bob, company.alice][place]
    client = client_of(person) if person is not None else APIClient()
    before = (list(Alert.objects.values()), list(AlertRule.objects.values()), Event.objects.count())
    response = getattr(client, method)(address, body, format="json", HTTP_IF_MATCH="*")
    assert response.status_code == answers[place], response.content
    if answers[place] >= 400:
        assert (list(Alert.objects.values()), list(AlertRule.objects.values()), Event.objects.count()) == before
