"""What nobody sends by accident gets a refusal and never a fault of ours; what surrounds a request is right."""

import base64
import json
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from rest_framework.test import APIClient

from organization.access import MemberRequest, member_required
from organization.middleware import OrganizationMiddleware
from tests.factories import Company, KpiFactory


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "address",
    [
        "kpis/%00/",
        "kpis/a%00b/series/",
        "objectives/%00/explain/",
        "contributions/a~%00/",
        "measures/~/",
        "measures/~~~/",
        "tokens/%00/",
        "kpis/%F0%9F%98%80/",
        "kpis/" + "x" * 3000 + "/",
        "events/999999999999999999/",
    ],
)
def test_address_of_nothing_is_404(company: Company, olga: APIClient, address: str) -> None:
    response = olga.get(f"/api/v1/{address}")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "mark",
    [
        cursor("\x00"),
        cursor(1, 2),
        cursor([]),
        cursor({}),
        cursor(None),
        "%",
        "AAAA",
        base64.urlsafe_b64encode(b"{").decode(),
    ],
)
def test_cursor_made_by_hand_is_refused_or_finds_nothing(company: Company, olga: APIClient, mark: str) -> None:
    KpiFactory.create(organization=company.organization, code="A")
    response = olga.get("/api/v1/kpis/", {"cursor": mark})
    assert response.status_code == 400 or response.json()["results"] == []


@pytest.mark.parametrize("mark", [cursor(10**30, "2026-01-01"), cursor("x", "y"), cursor(1, "2026-13-01")])
def test_cursor_of_measurements_made_by_hand(company: Company, olga: APIClient, mark: str) -> None:
    response = olga.get("/api/v1/measurements/", {"cursor": mark})
    assert response.status_code == 400 or response.json()["results"] == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"code": "\\ud800", "name": "x"}',
        b'{"code": "a\\u0000", "name": "x"}',
        b'{"code": {"a": 1}, "name": ["x"]}',
        b'{"code": "A", "name": "x", "grace_days": 1e400}',
        b'{"code": "A", "name": "x", "precision": 99999999999999999999}',
        b'{"code": "A", "name": "x", "start": "0000-00-00"}',
        b'{"code": "A", "name": "x", "owner": {"email": "x"}}',
        b'{"code": "A", "name": "x", "translations": {"fr": {"name": "\\udfff"}}}',
        b"[" * 100_000,
        b"null",
        b"[]",
        b'"text"',
    ],
)
def test_body_made_by_hand_is_400(company: Company, olga: APIClient, body: bytes) -> None:
    response = olga.generic("POST", "/api/v1/kpis/", body, content_type="application/json")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("verb", ["OPTIONS", "TRACE", "DELETE", "PATCH"])
def test_verb_that_is_not_there_is_405(company: Company, olga: APIClient, verb: str) -> None:
    response = olga.generic(verb, "/api/v1/kpis/")
    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")


@pytest.mark.parametrize("mark", ["", "7", '"x"', 'W/"1-aa"', '"2", "1"', '"99"'])
def test_if_match_in_every_form(company: Company, olga: APIClient, mark: str) -> None:
    expected = {"": 428, 'W/"1-aa"': 200, '"2", "1"': 200}.get(mark, 412)
    response = olga.patch("/api/v1/departments/NORTH/", {"name": "X"}, format="json", HTTP_IF_MATCH=mark)
    assert response.status_code == expected


@member_required
def whereabouts(request: MemberRequest) -> HttpResponse:
    zone = timezone.get_current_timezone_name()
    return HttpResponse(f"{request.organization.code} {request.actor.label} {zone} {translation.get_language()}")


def test_organization_gives_the_zone_and_the_person_the_language(company: Company) -> None:
    type(company.organization).objects.filter(code="ACME").update(timezone="Europe/Paris")
    company.alice.language = "fr"
    request = RequestFactory().get("/")
    request.user, request.session = company.alice, {}  # type: ignore[assignment]

    def respond(inner: HttpRequest) -> HttpResponse:
        return whereabouts(inner)  # type: ignore[return-value]

    with translation.override("en"):
        answer = OrganizationMiddleware(respond)(request)
        assert answer.content.decode() == f"ACME {company.alice.email} Europe/Paris fr"  # type: ignore[attr-defined]
    timezone.deactivate()


def test_zone_of_one_request_does_not_stay_for_the_next(company: Company) -> None:
    timezone.activate("Asia/Tokyo")
    Client().get("/sign-in/")
    assert timezone.get_current_timezone_name() == "UTC"
