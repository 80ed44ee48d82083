"""Webhooks and chats against real receivers: those that work, fail, stall, redirect, are gone, or never end."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from alerts.channels import deliver
from alerts.channels.outgoing import retry_after
from alerts.models import Channel, Delivery
from alerts.retries import MOST_ATTEMPTS, wait_after
from alerts.services import reconcile
from alerts.services.channels import change_channel, renew_secret, resume_channel
from alerts.services.deliveries import queue_test, repeat_delivery
from audit.models import Event
from tests.alerts.posting import TELL, channel_to, one_to, red_kpi, run, watch
from tests.alerts.receivers import answering, dripping, flooding, receiving, stalling
from tests.factories import NOW, Company


@pytest.fixture(autouse=True)
def private_network(settings: Any) -> None:
    settings.OUTGOING_PRIVATE = True
    settings.OUTGOING_TIMEOUT = (1.0, 0.5)
    settings.PORTAL_URL = "https://portal.example.org"


def next_at() -> Any:
    return Delivery.objects.values_list("next_at", flat=True).get()


def last_error() -> str:
    return Delivery.objects.values_list("last_error", flat=True).get()


def test_webhook_is_signed_as_the_standard_says(company: Company) -> None:
    with receiving() as receiver:
        delivery = one_to(company, receiver.url)
        assert run(NOW) == [("waiting", 0)]  # not due yet
        assert run() == [("sent", 1)]
        assert run(TELL + timedelta(days=2)) == [("sent", 1)]
    [received] = receiver.received
    secret = Channel.objects.get().secret
    assert secret.startswith("whsec_")
    headers = received.headers
    assert headers["webhook-id"] == f"msg_{delivery.uid.hex}"
    assert headers["webhook-timestamp"] == str(int(TELL.timestamp()))
    library = Webhook(secret)
    sent = library.sign(headers["webhook-id"], TELL, received.body.decode())
    assert headers["webhook-signature"] == sent
    assert Webhook("whsec_" + "AAAA" * 8).sign(headers["webhook-id"], TELL, received.body.decode()) != sent


def test_webhook_says_what_happened(company: Company) -> None:
    with receiving() as receiver:
        one_to(company, receiver.url)
        run()
    body = json.loads(receiver.received[0].body)
    data = body["data"]
    [alert] = data.pop("worst")
    assert (body["type"], body["timestamp"]) == ("alerts.opened", NOW.isoformat())
    assert data.pop("message") == {
        "title": "On-time delivery: off track",
        "text": "New alerts in Sales on 1 KPI of Bob. 1 off track.",
        "language": "en",
    }
    assert data == {
        "organization": "ACME",
        "reason": "opened",
        "group": "AG-1",
        "episode": 1,
        "owner": "bob@acme.example",
        "branch": "SALES",
        "alerts": 1,
        "red": 1,
        "amber": 0,
        "data": 0,
        "url": "https://portal.example.org/alerts/AL-1/",
    }
    assert alert == {
        "code": "AL-1",
        "kind": "colour_change",
        "severity": "red",
        "state": "firing",
        "opened_at": NOW.isoformat(),
        "kpi": "K-1",
        "objective": None,
        "initiative": None,
        "name": "On-time delivery",
        "value": "40.5",
        "expected": "50",
        "variance": "-9.5",
        "variance_pct": "-0.19",
        "unit": "%",
        "url": "https://portal.example.org/alerts/AL-1/",
    }


def test_failure_is_tried_again_under_the_same_name_with_the_same_words(company: Company) -> None:
    with receiving(answering(500, b"out of order"), answering(200)) as receiver:
        delivery = one_to(company, receiver.url)
        assert run() == [("failed", 1)]
        wait = wait_after(1, str(delivery.uid))
        assert wait is not None
        assert (next_at(), last_error()) == (TELL + wait, "The receiver answers 500: out of order")
        assert Channel.objects.get().failures == 1
        assert run(TELL + wait - timedelta(seconds=1)) == [("failed", 1)]
        assert run(TELL + wait) == [("sent", 2)]
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert (Channel.objects.get().failures, last_error(), next_at()) == (0, "", None)


def test_receiver_that_stalls_costs_one_wait_for_all_that_goes_there(company: Company) -> None:
    watch(company)
    with receiving(stalling(3)) as receiver:
        channel_to(company, receiver.url)
        for person in (company.alice, company.bob, company.erin):
            red_kpi(company, owner=person)
        reconcile(at=NOW)
        Delivery.objects.filter(channel=None).delete()
        began = time.monotonic()
        assert run() == [("failed", 1), ("waiting", 0), ("waiting", 0)]
        assert time.monotonic() - began < 2.5
    assert len(receiver.received) == 1
    errors = list(Delivery.objects.order_by("pk").values_list("last_error", flat=True))
    assert errors == ["The receiver did not answer in time.", "", ""]
    due = Delivery.objects.filter(state="waiting").values_list("next_at", flat=True)
    assert list(due) == [TELL + timedelta(minutes=1)] * 2


def test_redirect_is_not_followed(company: Company) -> None:
    with receiving() as inner, receiving(answering(302, Location=inner.url)) as receiver:
        one_to(company, receiver.url)
        assert run() == [("dead", 1)]
    assert inner.received == []
    assert last_error() == "The receiver answers 302: it has moved."


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "[::1]", "169.254.169.254"])
def test_private_network_is_out_of_reach_unless_allowed(company: Company, settings: Any, host: str) -> None:
    with receiving() as receiver:
        one_to(company, receiver.url.replace("127.0.0.1", host))
        settings.OUTGOING_PRIVATE = False
        assert run() == [("dead", 1)]
    assert receiver.received == []
    assert last_error() == "The address leads into a private network."


def test_gone_receiver_pauses_the_channel_at_once(company: Company) -> None:
    with receiving(answering(410)) as receiver:
        one_to(company, receiver.url)
        assert run() == [("dead", 1)]
    channel = Channel.objects.get()
    assert (channel.paused_at, channel.last_error) == (TELL, "The receiver answers 410.")
    assert Event.objects.filter(verb="channel.paused", subject_code=channel.code).count() == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 422])
def test_what_would_be_refused_again_is_given_up(company: Company, status: int) -> None:
    with receiving(answering(status, b"no\x00 <b>")) as receiver:
        one_to(company, receiver.url)
        assert run() == [("dead", 1)]
    assert last_error() == f"The receiver answers {status}: no <b>"
    assert Channel.objects.get().paused_at is None
    assert Event.objects.filter(verb="delivery.given_up").count() == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_what_may_pass_is_tried_again(company: Company, status: int) -> None:
    with receiving(answering(status)) as receiver:
        one_to(company, receiver.url)
        assert run() == [("failed", 1)]


def test_receiver_says_when_to_come_back(company: Company) -> None:
    with receiving(answering(429, Retry_After="7200")) as receiver:
        one_to(company, receiver.url)
        run()
    assert next_at() == TELL + timedelta(hours=2)


def test_retry_after_reads_seconds_and_dates() -> None:
    assert retry_after("120") == timedelta(seconds=120)
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == timedelta(0)
    assert [retry_after(text) for text in ("", "soon", "-5", "9" * 400)] == [None] * 4


@pytest.mark.parametrize(
    ("behaviour", "state"), [(flooding(500), "failed"), (flooding(200), "sent"), (dripping(500), "failed")]
)
def test_endless_answer_is_cut(company: Company, behaviour: Any, state: str) -> None:
    with receiving(behaviour) as receiver:
        one_to(company, receiver.url)
        began = time.monotonic()
        assert run() == [(state, 1)]
        assert time.monotonic() - began < 8
    assert len(last_error()) <= 240


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://nowhere.invalid/"])
def test_receiver_that_is_not_there_is_tried_again(company: Company, url: str) -> None:
    one_to(company, url)
    assert run() == [("failed", 1)]
    assert last_error() == "The receiver could not be reached."


def test_attempts_end_and_a_person_begins_anew(company: Company) -> None:
    with receiving(*[answering(503)] * MOST_ATTEMPTS, answering(200)) as receiver:
        delivery = one_to(company, receiver.url)
        Channel.objects.update(failures=0)
        at = TELL
        for attempt in range(1, MOST_ATTEMPTS):
            assert run(at) == [("failed", attempt)]
            at = next_at()
        assert run(at) == [("dead", MOST_ATTEMPTS)]
        assert timedelta(hours=20) < at - TELL < timedelta(hours=30)
        assert run(at + timedelta(days=30)) == [("dead", MOST_ATTEMPTS)]
        delivery.refresh_from_db()
        for _ in range(2):
            repeat_delivery(delivery, actor=company.actor(company.olga), at=at)
        assert run(at) == [("sent", 1)]
    assert len({received.headers["webhook-id"] for received in receiver.received}) == 1
    assert Event.objects.filter(verb="delivery.repeated").count() == 1


def test_channel_that_keeps_failing_is_paused_until_it_is_resumed(company: Company) -> None:
    watch(company)
    olga = company.actor(company.olga)
    with receiving(answering(500)) as receiver:
        channel = channel_to(company, receiver.url)
        for _ in range(5):
            red_kpi(company, owner=None, department=None)
        for person in (company.alice, company.bob, company.erin, company.olga, company.adam):
            red_kpi(company, owner=person)
        reconcile(at=NOW)
        Delivery.objects.filter(channel=None).delete()
        at = TELL
        while Channel.objects.get().paused_at is None:
            at += timedelta(minutes=10)
            deliver(at=at)
        channel.refresh_from_db()
        assert (channel.failures >= 10, channel.paused_at) == (True, at)
        assert at - (channel.failing_since or at) >= timedelta(hours=1)
        tried = len(receiver.received)
        deliver(at=at + timedelta(days=1))
        assert len(receiver.received) == tried
        queue_test(channel, actor=olga, at=at)  # a test goes through, and does not count
        deliver(at=at)
        assert len(receiver.received) == tried + 1
        receiver.plan[:] = [answering(200)]
        resume_channel(channel, actor=olga, at=at)
        deliver(at=at)
    assert set(Delivery.objects.exclude(reason="test").values_list("state", flat=True)) == {"sent"}
    channel.refresh_from_db()
    assert (channel.paused_at, channel.failures, channel.last_error) == (None, 0, "")


def test_channel_that_is_off_gets_nothing(company: Company) -> None:
    with receiving() as receiver:
        one_to(company, receiver.url)
        change_channel(
            Channel.objects.get(), {"enabled": False}, actor=company.actor(company.olga), at=NOW, version=None
        )
        assert run() == [("skipped", 0)]
    assert receiver.received == []


def test_test_message_of_a_channel(company: Company) -> None:
    with receiving() as receiver:
        channel = channel_to(company, receiver.url)
        queue_test(channel, actor=company.actor(company.adam), at=NOW)
        assert run(NOW) == [("sent", 1)]
    body = json.loads(receiver.received[0].body)
    assert body["type"] == "alerts.test"
    assert body["data"]["message"]["text"] == "The channel To webhook works: alerts of Acme will arrive here."


def test_new_secret_signs_from_now_on(company: Company) -> None:
    with receiving() as receiver:
        one_to(company, receiver.url)
        old = Channel.objects.get()
        _channel, secret = renew_secret(old, actor=company.actor(company.olga), at=NOW, version=old.version)
        assert secret != old.secret
        run()
    [received] = receiver.received
    text = received.body.decode()
    assert Webhook(secret).sign(received.headers["webhook-id"], TELL, text) == received.headers["webhook-signature"]


def test_slack_gets_blocks(company: Company) -> None:
    with receiving(answering(200, b"ok")) as receiver:
        one_to(company, receiver.url, "slack")
        company.organization.refresh_from_db()
        assert run() == [("sent", 1)]
    body = json.loads(receiver.received[0].body)
    texts = [block.get("text", {}).get("text") for block in body["blocks"]]
    assert texts == [
        "On-time delivery: off track",
        "New alerts in Sales on 1 KPI of Bob. 1 off track.",
        "🔴 <https://portal.example.org/alerts/AL-1/|On-time delivery: off track (K-1)>\n"
        "40.5% instead of 50.0% (−19%), since 15\u00a0Jun 2026",
        "<https://portal.example.org/alerts/AL-1/|See the alerts>",
        None,
    ]
    assert body["text"] == "On-time delivery: off track https://portal.example.org/alerts/AL-1/"
    assert "webhook-signature" not in receiver.received[0].headers


def test_slack_reads_no_markup_of_ours(company: Company) -> None:
    watch(company)
    with receiving() as receiver:
        channel_to(company, receiver.url, "slack")
        red_kpi(company, name="<!channel> & <https://evil.example|click>")
        reconcile(at=NOW)
        run()
    body = json.loads(receiver.received[0].body)
    sections = [block["text"]["text"] for block in body["blocks"] if block["type"] == "section"]
    name = "&lt;!channel&gt; &amp; &lt;https://evil.example¦click&gt;"
    assert sections[1].startswith(f"🔴 <https://portal.example.org/alerts/AL-1/|{name}: off track")


def test_teams_gets_a_card(company: Company) -> None:
    with receiving(answering(202)) as receiver:
        one_to(company, receiver.url, "teams")
        assert run() == [("sent", 1)]
    body = json.loads(receiver.received[0].body)
    [attachment] = body["attachments"]
    card = attachment["content"]
    assert (body["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert (card["type"], card["version"], card["lang"]) == ("AdaptiveCard", "1.4", "en")
    assert [item["text"] for item in card["body"] if item["type"] == "TextBlock"][:2] == [
        "On-time delivery: off track",
        "New alerts in Sales on 1 KPI of Bob. 1 off track.",
    ]
    assert card["actions"] == [
        {
            "type": "Action.OpenUrl",
            "title": "See the alerts",
            "url": "https://portal.example.org/alerts/AL-1/",
        }
    ]


def test_teams_hides_its_limit_in_a_success(company: Company) -> None:
    words = b"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"
    with receiving(answering(200, words), answering(200, b"1")) as receiver:
        one_to(company, receiver.url, "teams")
        assert run() == [("failed", 1)]
        assert run(next_at()) == [("sent", 2)]
