"""Closed periods in the pages and through the API: proposing in place of storing, deciding, the list."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kpis.models import Kpi, Measurement, PeriodLock, Restatement
from kpis.services import Reading, lock_periods, propose_restatement
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import TODAY, Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def closed(company: Company, delivery: Kpi) -> Kpi:
    """On-time delivery, closed through September, where it stands at 85.5."""
    actor = company.actor(company.olga)
    lock_periods(company.organization, date(2026, 9, 30), actor=actor, at=TODAY, reason="Quarter report")
    return delivery


def propose(company: Company, kpi: Kpi, value: str, by: User | None = None) -> Restatement:
    reading = Reading(kpi.pk, SEPTEMBER, Decimal(value))
    return propose_restatement([reading], reason="Late", actor=company.actor(by or company.bob), at=TODAY)


def value_of(kpi: Kpi) -> Decimal | None:
    return Measurement.objects.get(kpi=kpi, period=SEPTEMBER).value


def test_form_of_a_closed_period_proposes(company: Company, browser: Browser, closed: Kpi) -> None:
    bob = browser(company.bob)
    page = bob.get("/kpis/K-13/?period=2026-09-01")
    assert page.context["entry"].locked_through == date(2026, 9, 30)
    assert "Propose a restatement" in page.content.decode()
    sent = {"period": "2026-09-01", "value": "87", "seen": "", "note": "", "reason": "Late scans"}
    answer = bob.post("/kpis/K-13/values/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/kpis/restatements/#R-1")
    proposal = Restatement.objects.get()
    assert (proposal.reason, proposal.proposed_by, value_of(closed)) == ("Late scans", company.bob, Decimal("85.5"))
    assert list(proposal.values.values_list("former", "value")) == [(Decimal("85.5"), Decimal(87))]
    refused = bob.post("/kpis/K-13/values/", sent | {"reason": ""})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["reason"])
    part = bob.post("/kpis/K-13/values/", sent | {"value": "88"}, headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == "/kpis/restatements/#R-2"


def test_open_period_is_stored_as_before(company: Company, browser: Browser, closed: Kpi) -> None:
    bob = browser(company.bob)
    assert bob.get("/kpis/K-13/").context["entry"].locked_through is None
    sent = {"period": "2026-10-01", "value": "86", "seen": "2026-10-01", "note": "", "reason": ""}
    assert bob.post("/kpis/K-13/values/", sent)["Location"] == "/kpis/K-13/"
    assert Measurement.objects.get(kpi=closed, period=date(2026, 10, 1)).value == Decimal(86)


def test_list_offers_the_decision_to_the_second_person_only(company: Company, browser: Browser, closed: Kpi) -> None:
    propose(company, closed, "87")
    rows = {
        name: browser(getattr(company, name)).get("/kpis/restatements/").context["listing"].waiting
        for name in ("bob", "alice", "olga", "charlie", "dora")
    }
    assert {name: [(row.may_decide, row.may_withdraw) for row in found] for name, found in rows.items()} == {
        "bob": [(False, True)],
        "alice": [(True, False)],
        "olga": [(True, False)],
        "charlie": [(False, False)],
        "dora": [],
    }
    text = browser(company.alice).get("/kpis/restatements/?kpi=K-13").content.decode()
    assert ("85.5%" in text, "87.0%" in text, "Late" in text, "Approve" in text) == (True, True, True, True)


def test_approval_and_rejection_in_place(company: Company, browser: Browser, closed: Kpi) -> None:
    propose(company, closed, "87")
    alice = browser(company.alice)
    answer = alice.post("/kpis/restatements/R-1/approve/", {"version": "1", "comment": "Seen"})
    assert (answer.status_code, answer["Location"], value_of(closed)) == (
        302,
        "/kpis/restatements/#R-1",
        Decimal(87),
    )
    propose(company, closed, "88")
    alice.post("/kpis/restatements/R-2/reject/", {"version": "1", "comment": ""})
    assert Restatement.objects.get(code="R-2").state == "proposed"
    alice.post("/kpis/restatements/R-2/reject/", {"version": "1", "comment": "Not seen"})
    listing = alice.get("/kpis/restatements/").context["listing"]
    assert [(row.code, row.state, row.comment, row.decided_by) for row in listing.decided] == [
        ("R-2", "rejected", "Not seen", "Alice"),
        ("R-1", "approved", "Seen", "Alice"),
    ]
    assert (listing.waiting, value_of(closed)) == ((), Decimal(87))


def test_overtaken_proposal_shows_what_stands_now(company: Company, browser: Browser, closed: Kpi) -> None:
    propose(company, closed, "87")
    propose(company, closed, "88")
    alice = browser(company.alice)
    alice.post("/kpis/restatements/R-2/approve/", {"version": "1"})
    answer = alice.post("/kpis/restatements/R-1/approve/", {"version": "1"}, follow=True)
    assert [str(message) for message in answer.context["messages"]][-1:] == [
        "Meanwhile these values have changed: K-13 2026-09-01: 85.5 → 88. Reject this and propose again."
    ]
    (waiting,) = answer.context["listing"].waiting
    assert [(one.moved, one.present) for one in waiting.values] == [(True, Decimal(88))]
    assert value_of(closed) == Decimal(88)


def test_lock_form_closes_periods_for_the_office(company: Company, browser: Browser, delivery: Kpi) -> None:
    olga = browser(company.olga)
    answer = olga.post("/kpis/locks/", {"through": "2026-09-30", "reason": "Audit"})
    assert (answer.status_code, PeriodLock.objects.get().reason) == (302, "Audit")
    refused = olga.post("/kpis/locks/", {"through": "2026-08-31"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["through"])
    assert browser(company.alice).get("/kpis/restatements/").context["listing"].may_lock is False


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries_for_any_number(
    number: int, company: Company, browser: Browser, closed: Kpi, django_assert_num_queries: Any
) -> None:
    for place in range(number):
        propose(company, closed, str(86 + place))
    client = browser(company.alice)
    with django_assert_num_queries(12):
        client.get("/kpis/restatements/")


def test_api_proposes_lists_and_decides(company: Company, client: Client, closed: Kpi, make_kpi: Maker) -> None:
    def headers(user: User) -> Any:
        return {"authorization": f"Bearer {company.token(user)}"}

    rows = [{"kpi": "K-13", "period": "2026-09-01", "value": "87"}]
    locked = client.post("/api/v1/measurements/", rows, content_type="application/json", headers=headers(company.bob))
    assert (locked.status_code, [error["code"] for error in locked.json()["errors"]]) == (400, ["locked"])
    place = "/api/v1/restatements/"
    body = {"reason": "Late scans", "values": rows}
    made = client.post(place, body, content_type="application/json", headers=headers(company.bob))
    assert (made.status_code, made.json()["code"], made.json()["state"]) == (201, "R-1", "proposed")
    assert made.json()["values"][0]["former"] == "85.5"
    own = client.post(f"{place}R-1/approve/", {}, content_type="application/json", headers=headers(company.bob))
    assert own.status_code == 403
    silent = client.post(f"{place}R-1/reject/", {}, content_type="application/json", headers=headers(company.alice))
    assert (silent.status_code, silent.json()["errors"][0]["field"]) == (400, "comment")
    done = client.post(f"{place}R-1/approve/", {}, content_type="application/json", headers=headers(company.alice))
    assert (done.status_code, done.json()["state"], done.json()["decided_by"]) == (
        200,
        "approved",
        company.alice.email,
    )
    listed = client.get(f"{place}?state=approved", headers=headers(company.charlie)).json()["results"]
    assert ([row["code"] for row in listed], value_of(closed)) == (["R-1"], Decimal(87))
    late = client.post(
        f"{place}R-1/reject/", {"comment": "x"}, content_type="application/json", headers=headers(company.alice)
    )
    assert late.status_code == 409


def test_api_closes_periods(company: Company, client: Client, delivery: Kpi) -> None:
    headers: Any = {"authorization": f"Bearer {company.token(company.olga)}"}
    made = client.post(
        "/api/v1/period-locks/", {"through": "2026-09-30"}, content_type="application/json", headers=headers
    )
    assert (made.status_code, made.json()["through"]) == (201, "2026-09-30")
    again = client.post(
        "/api/v1/period-locks/", {"through": "2026-06-30"}, content_type="application/json", headers=headers
    )
    assert (again.status_code, again.json()["errors"][0]["code"]) == (400, "backwards")
    assert [row["through"] for row in client.get("/api/v1/period-locks/", headers=headers).json()["results"]] == [
        "2026-09-30"
    ]
