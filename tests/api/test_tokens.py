"""Who may come in: tokens, sessions, the command that issues tokens, and who I am."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from audit.models import Event
from organization.access import SESSION_KEY
from organization.choices import Role, Scope
from organization.models import ApiToken, IdempotencyKey, Membership
from tests.factories import Company, MembershipFactory, make_company

ME = "/api/v1/me/"
TOKENS = "/api/v1/tokens/"


def bearer(value: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {value}")
    return client


def test_me_says_who_where_and_what(company: Company, client_of: Callable[..., APIClient]) -> None:
    shown = client_of(company.alice, Scope.READ, Scope.KPI_WRITE).get(ME).json()
    assert shown == {
        "email": company.alice.email,
        "name": "Alice",
        "language": "",
        "organization": {
            "code": "ACME",
            "name": "Acme",
            "currency": "EUR",
            "timezone": "UTC",
            "language": "en",
            "fiscal_year_start": 1,
        },
        "organizations": ["ACME"],
        "memberships": [{"role": "manager", "department": "SALES"}],
        "scopes": ["kpi:write", "read"],
    }


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer nonsense", "Bearer cmo_" + "0" * 64, "Bearer é"])
def test_header_that_is_no_token_is_401(db: Any, header: str) -> None:
    response = APIClient().get(ME, HTTP_AUTHORIZATION=header)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert response["Content-Type"] == "application/problem+json"


def test_anonymous_is_401(db: Any) -> None:
    response = APIClient().get(ME)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("fault", ["revoked", "expired", "inactive", "changed"])
def test_refused_token_stays_where_it_is(company: Company, fault: str) -> None:
    value = company.token(company.alice)
    match fault:
        case "revoked":
            ApiToken.objects.update(revoked_at=timezone.now())
        case "expired":
            ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
        case "inactive":
            type(company.alice).objects.update(is_active=False)
        case "changed":
            value = value[:-1] + ("0" if value[-1] != "0" else "1")
    assert bearer(value).get(ME).status_code == 401
    assert ApiToken.objects.count() == 1


def test_token_of_a_person_who_left_is_403(company: Company) -> None:
    value = company.token(company.alice)
    Membership.objects.filter(user=company.alice).delete()
    assert bearer(value).get(ME).status_code == 403


def test_token_is_stored_only_as_a_hash(company: Company) -> None:
    value = company.token(company.alice)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(t)::text FROM organization_apitoken t")
        assert value not in cursor.fetchone()[0]


def test_use_is_noted_at_most_once_a_minute(company: Company) -> None:
    client = bearer(company.token(company.alice))
    client.get(ME)
    first = ApiToken.objects.get().last_used_at
    client.get(ME)
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    client.get(ME)
    assert ApiToken.objects.get().last_used_at > first


@pytest.mark.django_db(transaction=True)
def test_noting_the_use_never_waits() -> None:
    company = make_company()
    client = bearer(company.token(company.alice))
    other = connections.create_connection("default")
    try:
        other.connect()
        with other.cursor() as cursor:
            cursor.execute("BEGIN; SELECT 1 FROM organization_apitoken FOR UPDATE")
            with transaction.atomic(), connection.cursor() as mine:
                mine.execute("SET LOCAL lock_timeout = '2s'")
                assert client.get(ME).status_code == 200
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert ApiToken.objects.get().last_used_at is None


def test_own_token_is_shown_once_and_revoked(company: Company, client_of: Callable[..., APIClient]) -> None:
    alice = client_of(company.alice)
    body = {"name": "Script", "scopes": ["read", "kpi:write"], "days": 30}
    made = alice.post(TOKENS, body, format="json")
    assert made.status_code == 201, made.content
    assert made["Cache-Control"] == "no-store"
    value, address = made.json()["token"], made.json()["url"]
    assert bearer(value).get(ME).json()["scopes"] == ["kpi:write", "read"]
    listed = alice.get(TOKENS).json()["results"]
    assert [row["name"] for row in listed] == ["test", "Script"]
    assert set(listed[1]) == {"key", "name", "scopes", "created", "expiry", "last_used_at", "revoked_at", "url"}
    assert alice.get(address).json()["key"] == value[:15]
    assert alice.delete(address).status_code == 204
    assert bearer(value).get(ME).status_code == 401
    assert list(Event.objects.values_list("verb", flat=True).order_by("id")) == ["token.issued", "token.revoked"]
    assert value not in str(list(Event.objects.values_list("before", "after")))


def test_key_for_a_repeated_answer_is_refused_where_the_answer_is_secret(company: Company, client_of: Any) -> None:
    response = client_of(company.alice).post(
        TOKENS, {"name": "x", "scopes": ["read"]}, format="json", HTTP_IDEMPOTENCY_KEY="k"
    )
    assert response.status_code == 400
    assert (IdempotencyKey.objects.count(), ApiToken.objects.count()) == (0, 1)


def test_token_cannot_make_a_stronger_or_lasting_one(company: Company, client_of: Any) -> None:
    """Only a token with the scope `admin` makes tokens at all; a reader could otherwise outlive its own end."""
    weak = client_of(company.alice, Scope.READ, Scope.KPI_WRITE)
    assert weak.post(TOKENS, {"name": "x", "scopes": ["read"]}, format="json").status_code == 403
    assert ApiToken.objects.count() == 1


def test_tokens_of_others_are_not_there(company: Company, client_of: Any) -> None:
    company.token(company.bob)
    key = ApiToken.objects.get().token_key
    alice = client_of(company.alice)
    assert [row["name"] for row in alice.get(TOKENS).json()["results"]] == ["test"]
    assert (alice.get(f"{TOKENS}{key}/").status_code, alice.delete(f"{TOKENS}{key}/").status_code) == (404, 404)


def test_session_reads_and_writes_only_with_csrf(company: Company) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(company.olga)
    assert client.get(ME).json()["scopes"] is None
    body = {"code": "EAST", "name": "East"}
    assert client.post("/api/v1/departments/", body, format="json").status_code == 403
    client.cookies["csrftoken"] = "a" * 32
    response = client.post("/api/v1/departments/", body, format="json", HTTP_X_CSRFTOKEN="a" * 32)
    assert response.status_code == 201, response.content


def test_session_chooses_the_organization(company: Company) -> None:
    MembershipFactory.create(user=company.alice, organization=company.other, role=Role.VIEWER)
    client = APIClient()
    client.force_login(company.alice)
    assert client.get(ME).json()["organization"]["code"] == "ACME"
    session = client.session
    session[SESSION_KEY] = "ACME-OTHER"
    session.save()
    shown = client.get(ME).json()
    assert (shown["organization"]["code"], shown["organizations"]) == ("ACME-OTHER", ["ACME", "ACME-OTHER"])
    session[SESSION_KEY] = "NONE-OF-MINE"
    session.save()
    assert client.get(ME).json()["organization"]["code"] == "ACME"


def test_signed_in_without_a_role_is_403(company: Company) -> None:
    Membership.objects.filter(user=company.alice).delete()
    client = APIClient()
    client.force_login(company.alice)
    assert client.get(ME).status_code == 403


def test_ledger_is_for_those_who_see_the_whole(company: Company, client_of: Any) -> None:
    olga = client_of(company.olga)
    olga.post("/api/v1/departments/", {"code": "EAST", "name": "East"}, format="json")
    olga.post("/api/v1/departments/", {"code": "WEST", "name": "West"}, format="json")
    address = "/api/v1/events/"
    for user in (company.olga, company.erin, company.adam):
        page = client_of(user).get(address, {"page_size": "1"}).json()
        assert [row["subject_code"] for row in page["results"]] == ["WEST"]
        assert [row["subject_code"] for row in client_of(user).get(page["next"]).json()["results"]] == ["EAST"]
    for user in (company.alice, company.bob, company.charlie):
        assert client_of(user).get(address).status_code == 403
    assert client_of(company.dora).get(address).json()["results"] == []
    event = olga.get(address, {"subject": "EAST", "verb": "department.created", "since": "2020-01-01"}).json()
    row = event["results"][0]
    assert (row["actor"], row["before"], row["after"]["name"]) == (company.olga.email, None, "East")
    assert olga.get(row["url"]).json() == row
    assert client_of(company.dora).get(row["url"]).status_code == 404
    assert olga.get(address, {"since": "tomorrow"}).status_code == 400
    assert olga.get(address, {"until": "2020-01-01"}).json()["results"] == []


def issue(*arguments: str) -> str:
    out = StringIO()
    call_command("issue_token", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_command_prints_a_token_that_opens(company: Company) -> None:
    value = issue("Alice@ACME.example", "--organization", "ACME", "--scope", "read", "kpi:write", "--days", "3")
    assert bearer(value).get(ME).json()["scopes"] == ["kpi:write", "read"]
    token = ApiToken.objects.get()
    assert token.expiry - token.created < timedelta(days=3, minutes=1)
    assert Event.objects.get().verb == "token.issued"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody@acme.example", "--organization", "ACME", "--scope", "read"), "no person"),
        (("alice@acme.example", "--organization", "NONE", "--scope", "read"), "There is: ACME"),
        (("alice@acme.example", "--organization", "ACME-OTHER", "--scope", "read"), "no role in this organization"),
        (("alice@acme.example", "--organization", "ACME", "--scope", "everything"), "invalid choice"),
        (("alice@acme.example", "--organization", "ACME", "--scope", "read", "--days", "0"), "whole number"),
        (("alice@acme.example", "--organization", "ACME"), "--scope"),
    ],
)
def test_command_says_what_to_do(company: Company, arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        issue(*arguments)
    assert (ApiToken.objects.count(), Event.objects.count()) == (0, 0)
