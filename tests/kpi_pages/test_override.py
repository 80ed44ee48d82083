"""Setting a status by hand in the pages and through the API, of KPIs and of objectives."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from kpis.models import Kpi, KpiFigures, StatusOverride
from kpis.services import override_status
from objectives import services as strategy
from objectives.models import Objective, ObjectiveOverride
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import TODAY

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
SAID = {"hand-state": "at_risk", "hand-reason": "Wait for the new line", "hand-until": "", "hand-seen": ""}
API = {"state": "at_risk", "reason": "Wait for the new line"}


@pytest.fixture
def rolled(objective: Objective, company: Company) -> Objective:
    strategy.roll_up_all(at=TODAY, organization_id=company.organization.pk)
    return objective


def test_page_of_the_kpi_sets_and_ends(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    computed = delivery.figures.state
    assert "set by hand" not in bob.get("/kpis/K-13/").content.decode()
    answer = bob.post("/kpis/K-13/status/", SAID | {"hand-until": "2026-11-30"})
    assert (answer.status_code, answer["Location"]) == (302, "/kpis/K-13/")
    row = StatusOverride.objects.get()
    assert (row.state, row.reason, row.author, row.expires_on, row.set_at) == (
        "at_risk",
        "Wait for the new line",
        company.bob,
        date(2026, 11, 30),
        TODAY,
    )
    page = bob.get("/kpis/K-13/")
    why = page.context["page"].why
    assert (why.by_hand.author, why.by_hand.is_shown, why.computed.state) == ("Bob", True, computed)
    assert "set by hand by Bob, until 30 Nov 2026" in " ".join(page.content.decode().split())
    assert bob.post("/kpis/K-13/status/end/").status_code == 302
    assert KpiFigures.objects.get(kpi=delivery).state == computed
    assert "set by hand" not in bob.get("/kpis/K-13/").context["page"].why.rule


def test_onlookers_see_what_was_said_and_no_form(company: Company, browser: Browser, delivery: Kpi) -> None:
    override_status(delivery, state="at_risk", reason="Wait", until=None, actor=company.actor(company.bob), at=TODAY)
    page = browser(company.charlie).get("/kpis/K-13/")
    text = page.content.decode()
    assert page.context["hand"] is None
    assert ("set by hand by Bob" in text, "/kpis/K-13/status/" in text) == (True, False)


def test_page_keeps_what_was_typed_when_it_is_refused(company: Company, browser: Browser, delivery: Kpi) -> None:
    answer = browser(company.bob).post("/kpis/K-13/status/", SAID | {"hand-reason": "", "hand-until": "2026-01-01"})
    assert (answer.status_code, list(answer.context["hand"].errors)) == (422, ["reason"])
    again = browser(company.bob).post("/kpis/K-13/status/", SAID | {"hand-until": "2026-01-01"})
    assert (again.status_code, list(again.context["hand"].errors)) == (422, ["until"])
    assert "Wait for the new line" in again.content.decode()
    assert StatusOverride.objects.count() == 0


def test_page_shows_another_statement_before_it_is_replaced(company: Company, browser: Browser, delivery: Kpi) -> None:
    said = override_status(
        delivery, state="off_track", reason="No", until=None, actor=company.actor(company.alice), at=TODAY
    )
    bob = browser(company.bob)
    answer = bob.post("/kpis/K-13/status/", SAID)
    assert (answer.status_code, answer.context["hand"].non_field_errors()) == (
        422,
        ["Someone else has set the status by hand meanwhile."],
    )
    assert answer.context["hand"]["seen"].value() == said.pk
    assert bob.post("/kpis/K-13/status/", SAID | {"hand-seen": str(said.pk)}).status_code == 302
    assert StatusOverride.objects.get(ended_at=None).state == "at_risk"


def test_page_of_the_objective_sets_and_ends(company: Company, browser: Browser, rolled: Objective) -> None:
    alice = browser(company.alice)
    computed = rolled.figures.__class__.objects.get(objective=rolled).state
    assert alice.post("/objectives/OPS-1/status/", SAID).status_code == 302
    page = alice.get("/objectives/OPS-1/")
    standing = page.context["page"].standing
    assert (standing.state, standing.computed.state, standing.by_hand.author) == ("at_risk", computed, "Alice")
    assert "set by hand by Alice" in page.content.decode()
    assert "set by hand by Alice" in alice.get("/objectives/OPS-1/figures/").content.decode()
    assert page.context["page"].history[0].text == "Status set by hand: At risk. Wait for the new line"
    refused = alice.post("/objectives/OPS-1/status/", SAID)
    assert (refused.status_code, bool(refused.context["hand"].errors)) == (422, True)
    assert alice.post("/objectives/OPS-1/status/end/").status_code == 302
    assert ObjectiveOverride.objects.get().ended_by == company.alice


@pytest.mark.parametrize("address", ["kpis/K-13", "objectives/OPS-1"])
def test_api_sets_lists_and_ends(company: Company, rolled: Objective, client: Client, address: str) -> None:
    headers: Any = {"authorization": f"Bearer {company.token(company.alice)}"}
    place = f"/api/v1/{address}/"
    before = client.get(place, headers=headers).json()["status"]
    assert before["computed"] == {name: before[name] for name in ("state", "colour", "rule")}
    answer = client.post(f"{place}override/", API, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "state": "at_risk",
            "colour": "amber",
            "reason": "Wait for the new line",
            "author": company.alice.email,
            "set_at": "2026-11-12T05:00:00+00:00",
            "expires_on": "2026-12-30",
            "ended_at": None,
            "ended_by": None,
        },
    )
    shown = client.get(place, headers=headers).json()["status"]
    assert (shown["state"], shown["rule"], shown["computed"]) == ("at_risk", "override", before["computed"])
    ruling = client.get(f"{place}explain/", headers=headers).json()["status"]
    assert (ruling["computed"]["state"], ruling["by_hand"]["author"]) == (before["state"], "Alice")
    assert [client.delete(f"{place}override/", headers=headers).status_code for _ in range(2)] == [204, 204]
    assert client.get(place, headers=headers).json()["status"] == before
    rows = client.get(f"{place}override/", headers=headers).json()["results"]
    assert [row["ended_by"] for row in rows] == [company.alice.email]


def test_api_says_what_is_missing(company: Company, rolled: Objective, client: Client) -> None:
    headers: Any = {"authorization": f"Bearer {company.token(company.alice)}"}
    place = "/api/v1/kpis/K-13/override/"
    answer = client.post(place, {"state": "at_risk"}, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "reason")
    late = client.post(place, {**API, "until": "2026-01-01"}, content_type="application/json", headers=headers)
    assert (late.status_code, late.json()["errors"][0]["field"]) == (400, "until")
