"""Channels, subscriptions, mute windows and deliveries through REST."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from alerts.channels import deliver
from alerts.models import Channel, Delivery, Subscription
from alerts.services import reconcile
from tests.alerts.posting import TELL, red_kpi, watch
from tests.factories import NOW, Company

ClientOf = Callable[..., APIClient]
ANY = {"HTTP_IF_MATCH": "*"}
HOOK = "https://hooks.example.org/services/T0/B0/key"


@pytest.fixture
def olga(company: Company, client_of: ClientOf) -> APIClient:
    return client_of(company.olga)


def test_channel_gives_its_secret_once(olga: APIClient) -> None:
    body = {"code": "ERP", "name": "ERP", "kind": "webhook", "address": HOOK}
    made = olga.post("/api/v1/alert-channels/", body)
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    assert made.json()["secret"] == Channel.objects.get().secret
    read = olga.get("/api/v1/alert-channels/ERP/").json()
    assert "secret" not in read
    assert (read["address"], read["enabled"], read["failures"]) == ("https://hooks.example.org/…", True, 0)
    renewed = olga.post("/api/v1/alert-channels/ERP/renew-secret/", {})
    assert renewed.json()["secret"] == Channel.objects.get().secret != made.json()["secret"]


def test_answer_with_a_secret_is_not_kept(olga: APIClient) -> None:
    body = {"code": "ERP", "name": "ERP", "kind": "webhook", "address": HOOK}
    response = olga.post("/api/v1/alert-channels/", body, HTTP_IDEMPOTENCY_KEY="one")
    assert (response.status_code, Channel.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"address": "https://10.0.0.1/"}, "private"),
        ({"kind": "teams"}, "kind"),
        ({"address": "ftp://a.example/"}, "scheme"),
    ],
)
def test_channel_refuses(olga: APIClient, change: dict[str, str], code: str) -> None:
    olga.post("/api/v1/alert-channels/", {"code": "C", "name": "C", "kind": "slack", "address": HOOK})
    response = olga.patch("/api/v1/alert-channels/C/", change, **ANY)
    assert (response.status_code, [error["code"] for error in response.json()["errors"]]) == (400, [code])


def test_subscription_and_window_are_made_and_changed(company: Company, client_of: ClientOf) -> None:
    bob = client_of(company.bob)
    body = {"code": "MINE", "medium": "email", "department": "SALES", "rule_kinds": ["staleness"]}
    made = bob.post("/api/v1/alert-subscriptions/", body)
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["person"], shown["department"], shown["rhythm"]) == ("bob@acme.example", "SALES", "at_once")
    changed = bob.patch("/api/v1/alert-subscriptions/MINE/", {"rhythm": "digest"}, **ANY)
    assert changed.json()["rhythm"] == "digest"
    window = {"code": "NIGHT", "weekdays": 127, "from_time": "20:00", "to_time": "07:00"}
    shown = bob.post("/api/v1/alert-mute-windows/", window).json()
    assert (shown["person"], shown["from_time"], shown["to_time"]) == ("bob@acme.example", "20:00:00", "07:00:00")
    everybody = bob.post("/api/v1/alert-mute-windows/", {**window, "code": "ALL", "everybody": True})
    assert everybody.status_code == 403
    assert Subscription.objects.count() == 1


def test_subscription_of_a_channel_needs_the_post_office(
    company: Company, client_of: ClientOf, olga: APIClient
) -> None:
    olga.post("/api/v1/alert-channels/", {"code": "C", "name": "C", "kind": "slack", "address": HOOK})
    wish = {"code": "W", "channel": "C", "medium": ""}
    assert client_of(company.bob).post("/api/v1/alert-subscriptions/", wish).status_code == 400
    assert olga.post("/api/v1/alert-subscriptions/", wish).status_code == 201


def test_deliveries_are_listed_and_repeated(company: Company, client_of: ClientOf, olga: APIClient) -> None:
    watch(company)
    red_kpi(company, name="Delivery")
    reconcile(at=NOW)
    deliver(at=TELL)
    Delivery.objects.filter(kind="email").update(state="dead", last_error="550")
    rows = olga.get("/api/v1/alert-deliveries/?state=dead").json()["results"]
    [row] = rows
    assert (row["kind"], row["person"], row["subject"], row["last_error"]) == (
        "email",
        "bob@acme.example",
        "Delivery: off track",
        "550",
    )
    again = client_of(company.bob).post(f"/api/v1/alert-deliveries/{row['uid']}/repeat/", {})
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    assert client_of(company.alice).get(f"/api/v1/alert-deliveries/{row['uid']}/").status_code == 404
    assert olga.get("/api/v1/alert-deliveries/nonsense/").status_code == 404


def test_channel_is_tested(olga: APIClient) -> None:
    olga.post("/api/v1/alert-channels/", {"code": "C", "name": "C", "kind": "slack", "address": HOOK})
    response = olga.post("/api/v1/alert-channels/C/test/", {})
    assert (response.status_code, response.json()["state"], response.json()["reason"]) == (202, "waiting", "test")
