"""Initiatives through the API: what is shown, what is taken, who may."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from audit.models import Event
from initiatives.models import Initiative, StatusUpdate
from organization.choices import Scope
from tests.factories import Company, InitiativeFactory, InitiativeObjectiveFactory, ObjectiveFactory

LIST = "/api/v1/initiatives/"
Clients = Callable[..., APIClient]


@pytest.fixture
def initiative(company: Company) -> Initiative:
    row = InitiativeFactory.create(
        organization=company.organization,
        department=company.sales,
        owner=company.bob,
        code="I-1",
        title="New line",
        stage="in_progress",
        status="amber",
        progress="0.25",
        budget="1200.5",
    )
    for code, allocation in (("A", "0.75"), ("B", "0.25")):
        objective = ObjectiveFactory.create(organization=company.organization, department=company.sales, code=code)
        InitiativeObjectiveFactory.create(initiative=row, objective=objective, allocation=allocation)
    return row


def codes(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


def test_row_has_exactly_the_documented_fields(company: Company, initiative: Initiative, client_of: Clients) -> None:
    assert client_of(company.olga).get(LIST).json() == {
        "next": None,
        "results": [
            {
                "code": "I-1",
                "title": "New line",
                "department": "SALES",
                "owner": company.bob.email,
                "sponsor": None,
                "stage": "in_progress",
                "start": None,
                "end": None,
                "budget": "1200.5",
                "actual_cost": None,
                "progress": "0.25",
                "status": "amber",
                "confidence": None,
                "status_at": None,
                "objectives": [{"objective": "A", "allocation": "0.75"}, {"objective": "B", "allocation": "0.25"}],
                "updated_at": initiative.updated_at.isoformat(),
                "url": "http://testserver/api/v1/initiatives/I-1/",
            }
        ],
    }


def test_objectives_out_of_sight_are_not_named(company: Company, initiative: Initiative, client_of: Clients) -> None:
    hidden = ObjectiveFactory.create(organization=company.organization, department=company.finance, code="HIDDEN")
    InitiativeObjectiveFactory.create(initiative=initiative, objective=hidden)
    served = client_of(company.alice).get(f"{LIST}I-1/").json()["objectives"]
    assert [one["objective"] for one in served] == ["A", "B"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["I-1", "I-2", "I-3"]),
        ({"department": "SALES"}, ["I-1"]),
        ({"status": "amber"}, ["I-1"]),
        ({"status": "none,red"}, ["I-2", "I-3"]),
        ({"stage": "idea"}, ["I-2", "I-3"]),
        ({"objective": "A"}, ["I-1"]),
        ({"objective": "A,B"}, ["I-1"]),
        ({"owner": "bob@acme.example"}, ["I-1"]),
        ({"q": "new"}, ["I-1"]),
        ({"ordering": "-code"}, ["I-3", "I-2", "I-1"]),
    ],
)
def test_filters(
    company: Company, initiative: Initiative, client_of: Clients, query: dict[str, str], found: list[str]
) -> None:
    for code, status in (("I-2", ""), ("I-3", "red")):
        InitiativeFactory.create(
            organization=company.organization, department=company.finance, code=code, status=status, title="Old"
        )
    assert codes(client_of(company.olga).get(LIST, query)) == found


def test_unknown_status_is_named(company: Company, client_of: Clients) -> None:
    response = client_of(company.olga).get(LIST, {"status": "blue"})
    assert (response.status_code, [error["field"] for error in response.json()["errors"]]) == (400, ["status"])


@pytest.mark.parametrize("extra", [0, 2])
def test_list_costs_two_queries(
    company: Company, initiative: Initiative, client_of: Clients, django_assert_num_queries: Any, extra: int
) -> None:
    client = client_of(company.alice)
    client.get(LIST)
    for _ in range(extra):
        InitiativeFactory.create(organization=company.organization, department=company.sales)
    with django_assert_num_queries(2):
        assert len(codes(client.get(LIST))) == 1 + extra


def test_create_with_objectives_and_read_back(company: Company, initiative: Initiative, client_of: Clients) -> None:
    body = {
        "code": "I-9",
        "title": "Better",
        "department": "SALES",
        "stage": "in_progress",
        "progress": "0.5",
        "objectives": [{"objective": "A"}, {"objective": "B"}],
    }
    alice = client_of(company.alice)
    created = alice.post(LIST, body, format="json")
    assert created.status_code == 201, created.content
    assert created.json()["objectives"] == [{"objective": code, "allocation": None} for code in ("A", "B")]
    assert alice.get(created["Location"]).json() == created.json()


def test_change_of_the_shares_needs_the_version(company: Company, initiative: Initiative, client_of: Clients) -> None:
    alice = client_of(company.alice)
    body = {"objectives": [{"objective": "A", "allocation": "1"}]}
    assert alice.patch(f"{LIST}I-1/", body, format="json").status_code == 428
    etag = alice.get(f"{LIST}I-1/")["ETag"]
    changed = alice.patch(f"{LIST}I-1/", body, format="json", HTTP_IF_MATCH=etag)
    assert changed.json()["objectives"] == [{"objective": "A", "allocation": "1"}]
    refused = alice.patch(f"{LIST}I-1/", {"title": "x"}, format="json", HTTP_IF_MATCH='"7"')
    assert (refused.status_code, refused.json()["present"]["title"]) == (412, "New line")


def test_put_without_objectives_serves_none(company: Company, initiative: Initiative, client_of: Clients) -> None:
    body = {"code": "I-1", "title": "Whole", "department": "SALES", "stage": "in_progress"}
    response = client_of(company.alice).put(f"{LIST}I-1/", body, format="json", HTTP_IF_MATCH="*")
    shown = response.json()
    assert (shown["objectives"], shown["progress"], shown["owner"], shown["title"]) == ([], None, None, "Whole")


@pytest.mark.parametrize(
    "objectives",
    [
        [{"objective": "A", "allocation": "0.6"}, {"objective": "B", "allocation": "0.3"}],
        [{"objective": "A"}, {"objective": "A"}],
        [{"objective": "NOWHERE"}],
        [{"objective": "A", "allocation": "2"}],
    ],
)
def test_wrong_shares_are_refused_and_nothing_is_stored(
    company: Company, initiative: Initiative, client_of: Clients, objectives: list[dict[str, str]]
) -> None:
    body = {"code": "I-9", "title": "Better", "department": "SALES", "objectives": objectives}
    response = client_of(company.alice).post(LIST, body, format="json")
    assert response.status_code == 400
    assert {error["field"].split(".")[0].split("[")[0] for error in response.json()["errors"]} == {"objectives"}
    assert (Initiative.objects.count(), Event.objects.count()) == (1, 0)


def test_status_update_is_posted_and_listed(company: Company, initiative: Initiative, client_of: Clients) -> None:
    bob = client_of(company.bob, Scope.READ, Scope.INITIATIVE_WRITE)
    said = {"status": "red", "progress": "0.3", "confidence": 40, "comment": "Late.", "blocker": "Permit."}
    posted = bob.post(f"{LIST}I-1/status-updates/", said, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    again = bob.post(f"{LIST}I-1/status-updates/", said, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    assert (posted.status_code, again.json()) == (201, posted.json())
    listed = bob.get(f"{LIST}I-1/status-updates/").json()
    assert listed == {"next": None, "results": [posted.json()]}
    assert posted.json() == {
        "at": StatusUpdate.objects.get().at.isoformat(),
        "author": company.bob.email,
        "stage": "in_progress",
        "status": "red",
        "progress": "0.3",
        "previous_progress": "0.25",
        "confidence": 40,
        "comment": "Late.",
        "blocker": "Permit.",
    }
    shown = bob.get(f"{LIST}I-1/").json()
    assert (shown["status"], shown["progress"], shown["comment"], shown["version"]) == ("red", "0.3", "Late.", 2)


def test_status_update_with_a_stale_etag_is_412(company: Company, initiative: Initiative, client_of: Clients) -> None:
    bob = client_of(company.bob)
    old = bob.get(f"{LIST}I-1/")["ETag"]
    answers = [
        bob.post(f"{LIST}I-1/status-updates/", {"status": status}, format="json", HTTP_IF_MATCH=old).status_code
        for status in ("red", "green")
    ]
    assert (answers, StatusUpdate.objects.count()) == ([201, 412], 1)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"progress": "1.5"}, "progress"),
        ({"confidence": 101}, "confidence"),
        ({"status": "blue"}, "status"),
        ({"stage": "idea"}, "stage"),
    ],
)
def test_wrong_status_update_names_the_field(
    company: Company, initiative: Initiative, client_of: Clients, said: dict[str, Any], field: str
) -> None:
    response = client_of(company.bob).post(f"{LIST}I-1/status-updates/", said, format="json")
    assert (response.status_code, [error["field"] for error in response.json()["errors"]]) == (400, [field])
    assert (StatusUpdate.objects.count(), Event.objects.count()) == (0, 0)


ROUTES = [
    ("get", LIST, None, [401, 200, 200, 200, 200]),
    ("post", LIST, {"code": "N", "title": "N", "department": "SALES"}, [401, 403, 403, 403, 201]),
    ("get", f"{LIST}I-1/", None, [401, 404, 200, 200, 200]),
    ("patch", f"{LIST}I-1/", {"title": "X"}, [401, 404, 403, 403, 200]),
    (
        "put",
        f"{LIST}I-1/",
        {"code": "I-1", "title": "X", "department": "SALES", "stage": "in_progress"},
        [401, 404, 403, 403, 200],
    ),
    ("delete", f"{LIST}I-1/", None, [401, 404, 403, 403, 204]),
    ("get", f"{LIST}I-1/status-updates/", None, [401, 404, 200, 200, 200]),
    ("post", f"{LIST}I-1/status-updates/", {"status": "red"}, [401, 404, 403, 201, 201]),
]


@pytest.mark.parametrize(("method", "address", "body", "answers"), ROUTES)
@pytest.mark.parametrize("place", range(5))
def test_who_may(
    company: Company,
    initiative: Initiative,
    client_of: Clients,
    method: str,
    address: str,
    body: Any,
    answers: list[int],
    place: int,
) -> None:
    """Nobody, someone of another organization, a viewer, the contributor who owns it, the manager above."""
    people = [None, company.dora, company.charlie, company.bob, company.alice]
    person = people[place]
    client = client_of(person) if person is not None else APIClient()
    before = list(Initiative.objects.filter(organization=company.organization).values("pk", "version"))
    if address == LIST and method == "post" and person == company.dora:
        answers = [401, 400, 403, 403, 201]  # SALES does not exist there
    response = getattr(client, method)(address, body, format="json", HTTP_IF_MATCH="*")
    assert response.status_code == answers[place], response.content
    if answers[place] >= 400:
        assert list(Initiative.objects.filter(organization=company.organization).values("pk", "version")) == before
        assert (StatusUpdate.objects.count(), Event.objects.count()) == (0, 0)
