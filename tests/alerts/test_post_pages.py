"""The pages of messages, deliveries, subscriptions and channels."""

import re
from typing import Any

import pytest
from django.test import Client

from alerts.channels import deliver
from alerts.models import Channel, Delivery, MuteWindow, Subscription
from alerts.services import reconcile
from alerts.services.channels import add_channel
from audit.models import Event
from organization.models import User
from tests.alerts.posting import TELL, red_kpi, watch
from tests.factories import NOW, Company

HOOK = "https://hooks.example.org/services/T0/B0/key"


@pytest.fixture(autouse=True)
def names_resolve_to_nothing_here(settings: Any) -> None:
    settings.OUTGOING_TIMEOUT = (0.5, 0.5)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def told(company: Company, count: int = 1) -> None:
    """So many messages to bob, all sent."""
    watch(company)
    for number in range(count):
        red_kpi(
            company, code=f"K-{number}", name=f"Kpi {number}", department=[company.north, None, company.finance][number]
        )
    reconcile(at=NOW)
    deliver(at=TELL)


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("count", [1, 3])
def test_messages_take_the_same_queries_for_any_number(
    company: Company, django_assert_num_queries: Any, count: int
) -> None:
    told(company, count)
    client = signed_in(company.bob)
    with django_assert_num_queries(7):
        response = client.get("/alerts/messages/")
    assert response.content.decode().count("data-item") == count


@pytest.mark.parametrize("count", [1, 3])
def test_deliveries_take_the_same_queries_for_any_number(
    company: Company, django_assert_num_queries: Any, count: int
) -> None:
    told(company, count)
    client = signed_in(company.olga)
    with django_assert_num_queries(8):
        response = client.get("/alerts/deliveries/")
    assert response.content.decode().count("data-item") == 2 * count


@pytest.mark.parametrize("count", [1, 3])
def test_subscriptions_take_the_same_queries_for_any_number(
    company: Company, django_assert_num_queries: Any, count: int
) -> None:
    client = signed_in(company.bob)
    for _ in range(count):
        client.post("/alerts/subscriptions/", {"medium": "email", "rhythm": "at_once", "least_severity": "red"})
    with django_assert_num_queries(7):
        response = client.get("/alerts/subscriptions/")
    assert response.content.decode().count('name="delete"') == count


@pytest.mark.parametrize("count", [1, 3])
def test_channels_take_the_same_queries_for_any_number(
    company: Company, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        fields = {"name": "Chat", "kind": "slack", "url": HOOK}
        add_channel(fields, actor=company.actor(company.olga), at=NOW)
    client = signed_in(company.olga)
    with django_assert_num_queries(9):
        response = client.get("/alerts/channels/")
    assert response.content.decode().count('id="channel-CH-') == 2 * count


def test_message_shows_and_is_read(company: Company) -> None:
    told(company)
    client = signed_in(company.bob)
    home = text_of(client.get("/alerts/rules/"))
    assert "1 messages not read yet" in home
    page = client.get("/alerts/messages/")
    assert "Kpi 0: off track" in text_of(page)
    assert "You get this because you own what it is about." in text_of(page)
    uid = Delivery.objects.get(kind="in_app").uid
    response = client.post("/alerts/messages/read/", {"uid": str(uid)}, follow=True)
    assert "All are read." in text_of(response)
    assert "messages not read yet" not in text_of(response)


def test_messages_are_for_their_reader_alone(company: Company) -> None:
    told(company)
    for person in (company.alice, company.olga):
        assert "No message yet" in text_of(signed_in(person).get("/alerts/messages/"))


def test_deliveries_show_ones_own_or_all_to_the_post_office(company: Company) -> None:
    told(company)
    for person, count in (
        (company.bob, 2),
        (company.alice, 0),
        (company.erin, 0),
        (company.olga, 2),
        (company.adam, 2),
    ):
        response = signed_in(person).get("/alerts/deliveries/")
        assert response.content.decode().count("data-item") == count, person
    narrowed = signed_in(company.olga).get("/alerts/deliveries/?kind=email&state=sent")
    assert narrowed.content.decode().count("data-item") == 1
    assert "No delivery matches" in text_of(signed_in(company.olga).get("/alerts/deliveries/?state=dead"))


def test_dead_letter_shows_why_and_is_sent_again(company: Company) -> None:
    told(company)
    Delivery.objects.filter(kind="email").update(state="dead", attempts=8, last_error="The mail server answers 550: no")
    client = signed_in(company.olga)
    page = client.get("/alerts/deliveries/?state=dead")
    assert "The mail server answers 550: no" in text_of(page)
    uid = Delivery.objects.get(kind="email").uid
    response = client.post(f"/alerts/deliveries/{uid}/repeat/?state=dead")
    assert (response.status_code, response["Location"]) == (302, "/alerts/deliveries/?state=dead")
    row = Delivery.objects.get(kind="email")
    assert (row.state, row.attempts) == ("waiting", 0)
    again = client.post(f"/alerts/deliveries/{uid}/repeat/", follow=True)
    assert again.status_code == 200
    assert Event.objects.filter(verb="delivery.repeated").count() == 1


def test_following_something(company: Company) -> None:
    client = signed_in(company.charlie)
    said = {
        "medium": "email",
        "rhythm": "digest",
        "least_severity": "red",
        "department": "NORTH",
        "rule_kinds": ["staleness"],
    }
    assert client.post("/alerts/subscriptions/", said).status_code == 302
    row = Subscription.objects.get()
    assert (row.user, row.department, row.rhythm, row.rule_kinds) == (
        company.charlie,
        company.north,
        "digest",
        ["staleness"],
    )
    page = text_of(client.get("/alerts/subscriptions/"))
    assert "North" in page
    assert "Value out of date" in page
    for button, left in (("off", [False]), ("on", [True]), ("delete", [])):
        version = Subscription.objects.get().version
        client.post(f"/alerts/subscriptions/{row.code}/", {button: "1", "version": str(version)})
        assert list(Subscription.objects.values_list("enabled", flat=True)) == left
    verbs = Event.objects.filter(subject_type="subscription").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [f"subscription.{verb}" for verb in ("created", "changed", "changed", "deleted")]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"department": "FINANCE"}, "There is nothing with the code “FINANCE” here."),
        ({"kpi": "NOPE"}, "There is nothing with the code “NOPE” here."),
        ({"department": "SALES", "kpi": "K-1"}, "Choose a department, a KPI or an objective, not several."),
        ({"medium": "webhook"}, "Select a valid choice."),
    ],
)
def test_following_what_cannot_be_followed_keeps_what_was_typed(
    company: Company, said: dict[str, str], problem: str
) -> None:
    red_kpi(company, code="K-1")
    form = {"medium": "email", "rhythm": "at_once", "least_severity": "red", **said}
    response = signed_in(company.charlie).post("/alerts/subscriptions/", form)
    assert response.status_code == 422
    assert problem in text_of(response)
    for value in said.values():
        assert value == "webhook" or f'value="{value}"' in response.content.decode()
    assert Subscription.objects.count() == 0


def test_quiet_hours_of_ones_own_and_of_everybody(company: Company) -> None:
    client = signed_in(company.bob)
    night = {"weekdays": ["1", "2", "4"], "from_time": "20:00", "to_time": "07:00", "reason": "Sleep"}
    assert client.post("/alerts/quiet/", night).status_code == 302
    row = MuteWindow.objects.get()
    assert (row.user, row.weekdays) == (company.bob, 7)
    assert "Monday, Tuesday, Wednesday, 20:00 to 07:00" in text_of(client.get("/alerts/subscriptions/"))
    assert client.post("/alerts/quiet/", {**night, "everybody": "1"}).status_code == 403
    response = client.post("/alerts/quiet/", {"from_time": "20:00"})
    assert response.status_code == 422
    assert "Give days with both times, or a beginning and an end." in text_of(response)
    olga = signed_in(company.olga)
    once = {"starts_at": "2026-06-20T08:00", "ends_at": "2026-06-20T12:00", "everybody": "1", "reason": "Upgrade"}
    assert olga.post("/alerts/quiet/", once).status_code == 302
    assert "Upgrade" in text_of(client.get("/alerts/subscriptions/"))  # everybody sees it, not everybody deletes it
    code = MuteWindow.objects.get(user=None).code
    assert client.post(f"/alerts/quiet/{code}/delete/").status_code == 404
    assert olga.post(f"/alerts/quiet/{code}/delete/").status_code == 302
    assert client.post(f"/alerts/quiet/{row.code}/delete/").status_code == 302
    assert MuteWindow.objects.count() == 0


def test_own_mail_is_chosen(company: Company) -> None:
    client = signed_in(company.bob)
    for choice, expected in (("digest", (True, "digest")), ("off", (False, "digest")), ("at_once", (True, "at_once"))):
        client.post("/alerts/subscriptions/own/", {"choice": choice})
        assert Subscription.objects.values_list("enabled", "rhythm").get() == expected
        assert f'<option value="{choice}" selected>' in client.get("/alerts/subscriptions/").content.decode()
    client.post("/alerts/subscriptions/own/", {"choice": "sometimes"})
    assert Subscription.objects.values_list("enabled", "rhythm").get() == (True, "at_once")


def test_webhook_shows_its_secret_once_and_never_in_the_ledger(company: Company) -> None:
    client = signed_in(company.adam)
    response = client.post("/alerts/channels/", {"name": "ERP", "kind": "webhook", "url": HOOK})
    secret = Channel.objects.get().secret
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert secret in response.content.decode()
    page = client.get("/alerts/channels/").content.decode()
    assert secret not in page
    assert HOOK not in page
    assert "https://hooks.example.org/…" in page
    ledger = str(list(Event.objects.values("before", "after")))
    assert secret not in ledger
    assert "B0/key" not in ledger
    renewed = client.post("/alerts/channels/CH-1/renew/", {"version": "1"})
    assert Channel.objects.get().secret in renewed.content.decode()
    assert Channel.objects.get().secret != secret


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://hooks.example.org/x", "The address begins with https://."),
        ("https://10.0.0.1/x", "The address lies in a private network."),
        ("https://localhost/x", "The address lies in a private network."),
        ("https://user:word@hooks.example.org/x", "The address has no user name and no password."),
        ("", "This field is required."),
    ],
)
def test_address_that_may_not_be_called_is_refused(company: Company, url: str, problem: str) -> None:
    response = signed_in(company.olga).post("/alerts/channels/", {"name": "X", "kind": "slack", "url": url})
    assert response.status_code == 422
    assert problem in text_of(response)
    assert Channel.objects.count() == 0


def test_channel_is_changed_switched_tested_subscribed_and_deleted(company: Company) -> None:
    client = signed_in(company.olga)
    client.post("/alerts/channels/", {"name": "Chat", "kind": "slack", "url": HOOK})
    channel = Channel.objects.get()
    client.post(f"/alerts/channels/{channel.code}/", {"name": "Team chat", "url": "", "version": "1"})
    channel.refresh_from_db()
    assert (channel.name, channel.url, channel.version) == ("Team chat", HOOK, 2)
    stale = client.post(f"/alerts/channels/{channel.code}/", {"name": "Late", "url": "", "version": "1"})
    assert stale.status_code == 422
    client.post(f"/alerts/channels/{channel.code}/off/", {"version": "2"})
    assert Channel.objects.get().enabled is False
    client.post(f"/alerts/channels/{channel.code}/on/", {"version": "3"})
    wish = {"channel": channel.code, "rhythm": "at_once", "least_severity": "red"}
    assert client.post("/alerts/channels/subscriptions/", wish).status_code == 302
    assert "everything" in text_of(client.get("/alerts/channels/"))
    client.post(f"/alerts/channels/{channel.code}/test/")
    assert Delivery.objects.values_list("reason", "state").get() == ("test", "waiting")
    refused = client.post(f"/alerts/channels/{channel.code}/delete/", {"version": "4"}, follow=True)
    assert "Messages were sent to CH-1. Switch it off instead." in text_of(refused)
    Delivery.objects.all().delete()
    client.post(f"/alerts/channels/{channel.code}/delete/", {"version": "4"})
    assert (Channel.objects.count(), Subscription.objects.count()) == (0, 0)


def test_paused_channel_says_so_and_is_resumed(company: Company) -> None:
    client = signed_in(company.olga)
    client.post("/alerts/channels/", {"name": "Chat", "kind": "slack", "url": HOOK})
    Channel.objects.update(paused_at=NOW, failures=12, failing_since=NOW, last_error="The receiver answers 500.")
    page = text_of(client.get("/alerts/channels/"))
    assert "after 12 failures in a row" in page
    assert "The receiver answers 500." in page
    assert "is paused because it kept failing" in text_of(client.get("/alerts/deliveries/"))
    client.post("/alerts/channels/CH-1/resume/")
    assert Channel.objects.values_list("paused_at", "failures").get() == (None, 0)
    assert Event.objects.filter(verb="channel.resumed").count() == 1
