"""E-mail against a real server, messages in the portal, quiet times, digests, and what is no longer to be told."""

from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alerts.channels import deliver
from alerts.choices import DeliveryReason
from alerts.messages import Message
from alerts.models import Alert, Delivery, Subscription
from alerts.retries import wait_after
from alerts.services import reconcile, snooze_alert
from alerts.services.composing import compose_delivery
from alerts.services.deliveries import Escalated, mark_read, queue_escalation_deliveries, queue_letter, repeat_delivery
from alerts.services.muting import add_mute_window
from alerts.services.subscriptions import choose_own_mail, subscribe
from audit.models import Event
from kpis.models import KpiFigures
from tests.alerts.posting import TELL, red_kpi, run, watch
from tests.alerts.receivers import Mailbox, mail_server
from tests.factories import NOW, Company


@pytest.fixture
def mailbox(settings: Any) -> Any:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 2
        settings.PORTAL_URL = "https://portal.example.org"
        settings.DEFAULT_FROM_EMAIL = "portal@example.org"
        yield server


def alarm(company: Company, **fields: Any) -> None:
    """One red KPI of bob's; only its e-mail is left to be sent."""
    watch(company)
    red_kpi(company, **{"code": "K-1", "name": "On-time delivery", **fields})
    reconcile(at=NOW)
    Delivery.objects.filter(kind="in_app").delete()


def part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def next_at() -> datetime:
    moment = Delivery.objects.values_list("next_at", flat=True).get()
    assert moment is not None
    return moment


def test_letter_says_what_why_and_how_to_stop_it(company: Company, mailbox: Mailbox) -> None:
    alarm(company)
    assert run() == [("sent", 1)]
    [letter] = mailbox.letters
    delivery = Delivery.objects.get()
    assert (letter["To"], letter["From"]) == ("bob@acme.example", "portal@example.org")
    assert letter["Subject"] == "On-time delivery: off track"
    assert letter["Message-ID"] == f"<{delivery.uid}@portal.example.org>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated"
    stop = letter["List-Unsubscribe"].strip(" <>")
    assert part(letter, "plain").replace("\r\n", "\n").rstrip().split("\n") == [
        "New alerts in Sales on 1 KPI of Bob. 1 off track.",
        "",
        "* On-time delivery: off track (K-1)",
        "  40.5% instead of 50.0% (−19%), since 15\u00a0Jun 2026",
        "  https://portal.example.org/alerts/AL-1/",
        "",
        "See the alerts: https://portal.example.org/alerts/AL-1/",
        "",
        "--",
        "You get this because you own what it is about.",
        "Change what you get: https://portal.example.org/alerts/subscriptions/",
        f"Stop all e-mails about alerts of Acme: {stop}",
    ]
    html = part(letter, "html")
    assert '<html lang="en">' in html
    assert '<a href="https://portal.example.org/alerts/AL-1/"><b>On-time delivery: off track (K-1)</b></a>' in html


def test_letter_escapes_what_people_wrote(company: Company, mailbox: Mailbox) -> None:
    alarm(company, name="A <b>bold</b> & \r\nBcc: eve@evil.example name")
    run()
    [letter] = mailbox.letters
    assert letter["Bcc"] is None
    assert "A &lt;b&gt;bold&lt;/b&gt; &amp;" in part(letter, "html")
    assert "A <b>bold</b> &" in part(letter, "plain")
    assert mailbox.recipients == [["bob@acme.example"]]


def test_letter_speaks_the_readers_language_and_the_organizations_time(company: Company, mailbox: Mailbox) -> None:
    company.bob.language = "fr"
    company.bob.save()
    company.organization.timezone = "Pacific/Auckland"
    company.organization.save()
    late = NOW + timedelta(hours=5)  # the 16th in Auckland
    watch(company)
    red_kpi(company, name="Delivery", translations={"fr": {"name": "Livraison"}})
    reconcile(at=late)
    run(late + timedelta(minutes=2))
    letter = next(one for one in mailbox.letters if one["To"] == "bob@acme.example")
    assert letter["Content-Language"] == "fr"
    assert "Livraison" in letter["Subject"]
    text = part(letter, "plain")
    assert "40,5\u00a0%" in text
    assert "16\u00a0juin 2026" in text


def test_letter_of_many_names_the_worst_three(company: Company, mailbox: Mailbox) -> None:
    watch(company)
    for number, share in enumerate((-0.1, -0.5, -0.3, -0.4, -0.2), 1):
        kpi = red_kpi(company, code=f"K-{number}", name=f"Kpi {number}")
        KpiFigures.objects.filter(pk=kpi.pk).update(variance_pct=share)
    reconcile(at=NOW)
    run()
    [letter] = mailbox.letters
    assert letter["Subject"] == "5 KPIs off track in Sales"
    lines = [line for line in part(letter, "plain").splitlines() if line.startswith(("*", "and"))]
    assert lines == [
        "* Kpi 2: off track (K-2)",
        "* Kpi 4: off track (K-4)",
        "* Kpi 3: off track (K-3)",
        "and 2 more",
    ]


def test_server_that_fails_for_a_while_gets_the_same_letter_again(company: Company, mailbox: Mailbox) -> None:
    mailbox.fail_first = 1
    alarm(company)
    assert run() == [("failed", 1)]
    delivery = Delivery.objects.get()
    assert delivery.last_error == "The mail server answers 451: 4.3.0 Try again later"
    wait = wait_after(1, str(delivery.uid))
    assert wait is not None
    assert next_at() == TELL + wait
    assert run(next_at()) == [("sent", 2)]
    assert [letter["Message-ID"] for letter in mailbox.letters] == [f"<{delivery.uid}@portal.example.org>"]


def test_address_that_the_server_refuses_is_given_up(company: Company, mailbox: Mailbox) -> None:
    mailbox.refuse["bob@acme.example"] = "550 5.1.1 No such mailbox"
    alarm(company)
    assert run() == [("dead", 1)]
    assert Delivery.objects.get().last_error == "The mail server answers 550: 5.1.1 No such mailbox"
    assert Event.objects.filter(verb="delivery.given_up").count() == 1


def test_mailbox_that_is_full_is_tried_again(company: Company, mailbox: Mailbox) -> None:
    mailbox.refuse["bob@acme.example"] = "452 4.2.2 Mailbox full"
    alarm(company)
    assert run() == [("failed", 1)]


def test_one_refused_address_does_not_hold_up_the_next(company: Company, mailbox: Mailbox) -> None:
    mailbox.refuse["alice@acme.example"] = "550 5.1.1 No such mailbox"
    watch(company)
    for owner in (company.alice, company.bob):
        red_kpi(company, owner=owner)
    reconcile(at=NOW)
    Delivery.objects.filter(kind="in_app").delete()
    assert run() == [("dead", 1), ("sent", 1)]


def test_address_that_is_none_is_given_up(company: Company, mailbox: Mailbox) -> None:
    type(company.bob).objects.filter(pk=company.bob.pk).update(email="bob at home")
    alarm(company)
    assert run() == [("dead", 1)]
    assert Delivery.objects.get().last_error == "The e-mail address is not valid."


def test_server_that_is_not_there_costs_one_attempt_for_all(company: Company, mailbox: Mailbox, settings: Any) -> None:
    settings.EMAIL_PORT = 9
    watch(company)
    for owner in (company.alice, company.bob):
        red_kpi(company, owner=owner)
    reconcile(at=NOW)
    Delivery.objects.filter(kind="in_app").delete()
    assert run() == [("failed", 1), ("waiting", 0)]
    errors = set(Delivery.objects.values_list("last_error", flat=True))
    assert errors == {"The mail server could not be reached.", ""}


def test_quiet_hours_put_mail_off_and_leave_the_portal_alone(company: Company, mailbox: Mailbox) -> None:
    bob = company.actor(company.bob)
    window = {"weekdays": 127, "from_time": time(8), "to_time": time(18)}
    add_mute_window(window, everybody=False, actor=bob, at=NOW)
    watch(company)
    red_kpi(company)
    reconcile(at=NOW)
    deliver(at=TELL)
    rows = dict(Delivery.objects.values_list("kind", "state"))
    assert rows == {"email": "waiting", "in_app": "sent"}
    end = datetime(2026, 6, 15, 18, tzinfo=UTC)
    assert Delivery.objects.get(kind="email").next_at == end
    deliver(at=end - timedelta(seconds=1))
    assert mailbox.letters == []
    deliver(at=end)
    assert len(mailbox.letters) == 1
    assert Delivery.objects.get(kind="email").attempts == 1


def test_quiet_hours_of_others_do_not_count(company: Company, mailbox: Mailbox) -> None:
    window = {"weekdays": 127, "from_time": time(8), "to_time": time(18)}
    add_mute_window(window, everybody=False, actor=company.actor(company.alice), at=NOW)
    alarm(company)
    assert run() == [("sent", 1)]


def test_mute_window_of_the_organization_keeps_a_record(company: Company, mailbox: Mailbox) -> None:
    window = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=1), "reason": "Migration of the data warehouse"}
    add_mute_window(window, everybody=True, actor=company.actor(company.olga), at=NOW)
    alarm(company)
    assert run() == [("muted", 0)]
    delivery = Delivery.objects.get()
    assert (delivery.last_error, delivery.next_at) == ("MUTE-1 Migration of the data warehouse", None)
    later = NOW + timedelta(hours=2)
    assert run(later) == [("muted", 0)]
    repeat_delivery(delivery, actor=company.actor(company.olga), at=later)
    assert run(later) == [("sent", 1)]


def test_message_reads_its_subscriptions_once(company: Company, mailbox: Mailbox) -> None:
    subscribe({"medium": "email"}, actor=company.actor(company.charlie), at=NOW)
    alarm(company, owner=None)
    delivery = Delivery.objects.get()
    with CaptureQueriesContext(connection) as queries:
        payload = compose_delivery(delivery, at=TELL)
    assert payload is not None
    assert payload["message"]["why"] == "You get this because you subscribed to it (SUB-1)."
    assert sum('FROM "alerts_subscription"' in query["sql"] for query in queries) == 1


@pytest.mark.parametrize("change", ["recovered", "snoozed", "moved out of sight", "left"])
def test_what_is_no_longer_to_be_told_is_not_sent(company: Company, mailbox: Mailbox, change: str) -> None:
    subscribe({"medium": "email"}, actor=company.actor(company.charlie), at=NOW)
    alarm(company, owner=None)
    alert = Alert.objects.get()
    if change == "recovered":
        Alert.objects.update(state="resolved", holds=False)
    elif change == "snoozed":
        until = NOW + timedelta(days=1)
        snooze_alert(alert, until=until, actor=company.actor(company.alice), at=NOW, version=None)
    elif change == "moved out of sight":
        Alert.objects.update(department=company.finance)
    else:
        company.charlie.memberships.all().delete()
    assert run() == [("skipped", 1)]
    assert mailbox.letters == []


def test_letter_tells_only_what_its_reader_may_see(company: Company, mailbox: Mailbox) -> None:
    watch(company)
    subscribe({"medium": "email"}, actor=company.actor(company.charlie), at=NOW)
    red_kpi(company, owner=company.erin, name="Shown")
    red_kpi(company, owner=company.erin, name="Hidden")
    reconcile(at=NOW)
    hidden = Alert.objects.get(kpi__name="Hidden")
    Alert.objects.filter(pk=hidden.pk).update(department=company.finance)  # moved, not yet compared again
    run()
    [letter] = [one for one in mailbox.letters if one["To"] == "charlie@acme.example"]
    assert letter["Subject"] == "Shown: off track"
    assert "Hidden" not in letter.as_string()
    assert "You get this because you subscribed to it (SUB-1)." in part(letter, "plain")


def test_escalation_says_so(company: Company, mailbox: Mailbox) -> None:
    alarm(company)
    Delivery.objects.all().delete()
    Alert.objects.update(escalated_to=company.erin, escalated_at=NOW, escalation_level=2)
    group = Alert.objects.select_related("group").get().group
    assert group is not None
    queue_escalation_deliveries([Escalated(group, company.alice.pk, 1, group.episode)], at=NOW)
    run(NOW)
    [letter] = mailbox.letters
    assert (letter["To"], letter["Subject"]) == ("alice@acme.example", "Escalated: On-time delivery: off track")
    lines = part(letter, "plain").splitlines()
    assert lines[0] == ("No answer yet to alerts on 1 KPI of Bob in Sales: they have come up to you. 1 off track.")
    assert "You get this because nobody below you has answered in time." in lines


def test_escalation_that_was_answered_meanwhile_is_not_told(company: Company, mailbox: Mailbox) -> None:
    alarm(company)
    Delivery.objects.all().delete()
    Alert.objects.update(escalated_to=company.alice, escalated_at=NOW, escalation_level=1, acknowledged_at=NOW)
    group = Alert.objects.select_related("group").get().group
    assert group is not None
    queue_escalation_deliveries([Escalated(group, company.alice.pk, 1, group.episode)], at=NOW)
    Delivery.objects.filter(kind="in_app").delete()
    assert run(NOW) == [("skipped", 1)]


def test_digest_gathers_what_is_still_open(company: Company, mailbox: Mailbox) -> None:
    choose_own_mail("digest", actor=company.actor(company.bob), at=NOW)
    subscribe({"medium": "email", "rhythm": "digest"}, actor=company.actor(company.erin), at=NOW)
    watch(company)
    for number in range(2):
        red_kpi(company, code=f"K-{number}", name=f"Kpi {number}")
    reconcile(at=NOW)
    red_kpi(company, code="K-9", name="Over soon", owner=company.alice)
    reconcile(at=NOW + timedelta(hours=2))
    Alert.objects.filter(kpi__code="K-1").update(state="resolved", holds=False)
    Delivery.objects.exclude(reason="digest").delete()
    morning = datetime(2026, 6, 16, 7, tzinfo=UTC)
    assert run(morning - timedelta(seconds=1)) == [("waiting", 0)] * 2
    assert run(morning) == [("sent", 1)] * 2
    said = {letter["To"]: part(letter, "plain").splitlines()[0] for letter in mailbox.letters}
    assert said == {
        "bob@acme.example": "Since your last digest: alerts on 1 KPI. 1 off track.",
        "erin@acme.example": "Since your last digest: alerts on 2 KPIs. 2 off track.",
    }


def test_digest_without_anything_is_not_sent(company: Company, mailbox: Mailbox) -> None:
    choose_own_mail("digest", actor=company.actor(company.bob), at=NOW)
    alarm(company)
    Alert.objects.update(state="resolved", holds=False)
    assert run(datetime(2026, 6, 16, 7, tzinfo=UTC)) == [("skipped", 1)]
    assert mailbox.letters == []


def test_finished_letter_is_sent_as_it_is(company: Company, mailbox: Mailbox) -> None:
    queue_letter(
        company.bob,
        Message("en", "Your week", "Two things are due.", url="https://portal.example.org/me/", link="Open"),
        organization_id=company.organization.pk,
        key="week",
        reason=DeliveryReason.DIGEST,
        at=NOW,
    )
    assert run(NOW) == [("sent", 1)]
    assert part(mailbox.letters[0], "plain").splitlines()[0] == "Two things are due."


def test_message_in_the_portal_is_unread_until_it_is_read(company: Company) -> None:
    watch(company)
    red_kpi(company, name="Delivery")
    reconcile(at=NOW)
    bob, erin = company.actor(company.bob), company.actor(company.erin)
    assert Delivery.objects.inbox_of(bob).count() == 0  # not before it is due
    deliver(at=TELL)
    [row] = Delivery.objects.inbox_of(bob)
    assert row.payload["message"]["subject"] == "Delivery: off track"
    assert mark_read(erin, at=NOW) == 0
    assert mark_read(bob, at=NOW, uids=[]) == 0
    assert [mark_read(bob, at=NOW, uids=[row.uid]) for _ in range(2)] == [1, 0]
    assert Event.objects.filter(verb="deliveries.read").count() == 1


def test_link_in_a_letter_stops_the_letters(company: Company, mailbox: Mailbox) -> None:
    subscribe({"medium": "email"}, actor=company.actor(company.bob), at=NOW)
    alarm(company)
    run()
    stop = mailbox.letters[0]["List-Unsubscribe"].strip(" <>").removeprefix("https://portal.example.org")
    client = Client(enforce_csrf_checks=True)
    asked = client.get(stop)
    assert asked.status_code == 200
    assert "bob@acme.example" in asked.content.decode()
    assert Subscription.objects.filter(enabled=False).count() == 0  # looking is not stopping
    for _ in range(2):
        assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    rows = Subscription.objects.order_by("pk").values_list("user__name", "own", "enabled")
    assert list(rows) == [("Bob", False, False), ("Bob", True, False)]
    assert client.get(stop[:-3] + "xx/").status_code == 404
    red_kpi(company)
    reconcile(at=NOW + timedelta(hours=3))
    assert Delivery.objects.filter(kind="email", state="waiting").count() == 0
