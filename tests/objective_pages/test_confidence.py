"""Confidence on the pages and through the API: below, a fall that asks, the record."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from objectives.models import CheckIn, Objective
from objectives.services import roll_up_all
from tests.factories import NOW, Company, ContributionFactory, ObjectiveFactory, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def alice(company: Company, client: Client) -> Client:
    client.force_login(company.alice)
    return client


@pytest.fixture
def api(company: Company) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {company.token(company.alice)}")
    return client


def objective(company: Company, code: str, **fields: Any) -> Objective:
    sales = {"organization": company.organization, "department": company.sales, "owner": company.bob}
    return ObjectiveFactory.create(**{**sales, "code": code, **fields})


def say(row: Objective, *confidences: int) -> None:
    """Check-ins, the oldest first."""
    before = None
    for number, confidence in enumerate(confidences):
        CheckIn.objects.create(
            objective=row, at=NOW + timedelta(days=number), confidence=confidence, previous_confidence=before
        )
        before = confidence


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ((70, 60, 45), "Confidence fell from 7.0 to 4.5 in 2 check-ins: what is in the way?"),
        ((70, 45), "Confidence fell from 7.0 to 4.5 in one check-in: what is in the way?"),
        ((70, 60), ""),
        ((70, 45, 50), ""),
    ],
)
def test_fall_asks_what_is_in_the_way(company: Company, alice: Client, said: tuple[int, ...], question: str) -> None:
    say(objective(company, "O-1"), *said)
    answer = alice.get("/objectives/O-1/")
    assert answer.context["page"].fall == question
    assert ("what is in the way?" in answer.content.decode()) == bool(question)
    assert alice.get("/objectives/O-1/said/").context["said"].fall == question


def test_fall_from_what_was_said_before_the_first_check_in(company: Company, alice: Client) -> None:
    row = objective(company, "O-1")
    CheckIn.objects.create(objective=row, at=NOW, confidence=45, previous_confidence=70)
    assert alice.get("/objectives/O-1/").context["page"].fall.startswith("Confidence fell from 7.0 to 4.5")


def test_page_shows_the_mean_and_the_lowest_below(company: Company, alice: Client) -> None:
    top = objective(company, "TOP")
    ContributionFactory.create(parent=top, child=objective(company, "HIGH", confidence=80))
    ContributionFactory.create(parent=top, child=objective(company, "LOW", confidence=30))
    roll_up_all(at=NOW, organization_id=company.organization.pk)
    below = alice.get("/objectives/TOP/").context["page"].standing.below
    assert (below.mean, below.low, below.code, below.url) == (55.0, 30, "LOW", "/objectives/LOW/")


def test_page_hides_the_code_of_what_the_reader_may_not_see(company: Company, alice: Client) -> None:
    top = objective(company, "TOP")
    hidden = objective(company, "SECRET", department=company.finance, owner=None, confidence=30)
    ContributionFactory.create(parent=top, child=hidden)
    roll_up_all(at=NOW, organization_id=company.organization.pk)
    answer = alice.get("/objectives/TOP/")
    below = answer.context["page"].standing.below
    assert (below.low, below.code, below.url) == (30, "", "")


def test_api_shows_what_is_said_below(company: Company, api: APIClient) -> None:
    top = objective(company, "TOP", confidence=90)
    ContributionFactory.create(parent=top, child=objective(company, "LOW", confidence=30))
    roll_up_all(at=NOW, organization_id=company.organization.pk)
    body = api.get("/api/v1/objectives/TOP/").json()
    assert (body["confidence"], body["confidence_below"]) == (90, {"mean": "30", "low": 30, "low_code": "LOW"})
    history = api.get("/api/v1/objectives/TOP/history/").json()["results"]
    assert [row["confidence"] for row in history] == [90]


def closed(company: Company, count: int) -> None:
    for number in range(count):
        row = objective(company, f"C{number}", end=date(2026, 3, 31), figures={"progress": 1.0})
        CheckIn.objects.create(objective=row, at=datetime(2026, 3, 1, tzinfo=UTC), confidence=80)


def test_api_gives_the_record_by_owner_and_department(company: Company, api: APIClient) -> None:
    closed(company, 10)
    assert api.get("/api/v1/confidence/").json() == [
        {
            "key": "bob@acme.example",
            "name": "Bob",
            "items": 10,
            "needed": 10,
            "score": "0.04",
            "mean_confidence": "80",
            "achieved_share": "1",
        }
    ]
    assert [row["key"] for row in api.get("/api/v1/confidence/?by=department").json()] == ["SALES"]
    assert api.get("/api/v1/confidence/?by=moon").status_code == 400


def test_page_of_the_record_says_what_is_missing_or_the_score(company: Company, alice: Client) -> None:
    assert (
        "No objective with a stated confidence has ended yet." in alice.get("/objectives/confidence/").content.decode()
    )
    closed(company, 9)
    page = alice.get("/objectives/confidence/")
    assert page.context["page"].rows[0].reading == "9 of 10 closed objectives needed."
    row = objective(company, "C-10", end=date(2026, 3, 31), figures={"progress": 0.5})
    CheckIn.objects.create(objective=row, at=datetime(2026, 3, 1, tzinfo=UTC), confidence=80)
    page = alice.get("/objectives/confidence/?by=department")
    one = page.context["page"].rows[0]
    assert (one.row.score, one.reading, one.url) == (
        0.1,
        "Said 80% on average, 90% were achieved.",
        "/departments/SALES/",
    )
