"""The digest of what is due: whose hour it is, what it says in which language, once a day, never empty, one letter."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from alerts.channels import deliver
from alerts.models import Alert, AlertGroup, AlertRule, Delivery, Subscription
from alerts.services.subscriptions import choose_due_mail, choose_own_mail, stop_mail
from dashboards.models import DigestTurn
from dashboards.services import write_digests
from organization.models import User
from tests.alerts.receivers import Mailbox, mail_server
from tests.factories import Company, InitiativeFactory, KpiFactory

MORNING = datetime(2026, 6, 17, 5, 0, tzinfo=UTC)
"""Seven o'clock in Paris on a Wednesday."""

WRITTEN = MORNING - timedelta(minutes=5)


@pytest.fixture
def company(company: Company) -> Company:
    company.organization.timezone = "Europe/Paris"
    company.organization.save()
    return company


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 2
        settings.PORTAL_URL = "https://portal.example.org"
        settings.DEFAULT_FROM_EMAIL = "portal@example.org"
        yield server


def late_value(company: Company, owner: User | None = None, code: str = "K-1") -> None:
    KpiFactory.create(
        organization=company.organization, code=code, name="Lead time", department=company.sales,
        owner=owner or company.bob, figures={"due_on": date(2026, 6, 10), "period": date(2026, 4, 1)},
    )  # fmt: skip


def late_update(company: Company) -> None:
    InitiativeFactory.create(
        organization=company.organization, code="I-1", title="Cells", department=company.sales, owner=company.bob,
        stage="in_progress", start=date(2026, 6, 11), translations={"fr": {"title": "Îlots"}},
    )  # fmt: skip


def alerts(company: Company, *severities: str) -> None:
    rule = AlertRule.objects.create(organization=company.organization, code="R", name="R", kind="variance")
    opened = WRITTEN - timedelta(hours=12)
    group = AlertGroup.objects.create(
        organization=company.organization, owner=company.bob, branch=company.sales, code="G-1", number=1,
        tell_at=opened, opened_at=opened, changed_at=opened,
    )  # fmt: skip
    for number, severity in enumerate(severities, start=1):
        kpi = KpiFactory.create(
            organization=company.organization, code=f"A-{number}", department=company.sales, owner=company.bob
        )
        Alert.objects.create(
            organization=company.organization, number=number, code=f"AL-{number}", rule=rule, kpi=kpi, group=group,
            severity=severity, state="firing", owner=company.bob, department=company.sales, opened_at=opened,
            changed_at=opened,
        )  # fmt: skip


def letters() -> list[tuple[str, datetime | None]]:
    """To whom, and when."""
    rows = Delivery.objects.filter(reason="digest", state="waiting").order_by("next_at", "pk")
    return [(str(row.recipient), row.next_at) for row in rows.select_related("recipient")]


def part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_letter_lists_what_is_due_in_its_order_with_links(company: Company, mailbox: Mailbox) -> None:
    late_value(company)
    late_update(company)
    alerts(company, "amber", "red", "red")
    assert write_digests(at=WRITTEN) == 6
    assert letters() == [("Bob", MORNING)]
    deliver(at=MORNING)
    [letter] = mailbox.letters
    assert (letter["To"], letter["Subject"]) == ("bob@acme.example", "Acme: 5 things due from you")
    assert part(letter, "plain").split("\n")[:14] == [
        "5 things are due from you by Friday, 1 of them late. What weighs most on the strategy comes first.",
        "",
        "* Lead time (K-1)",
        "  value of May\xa02026, 7 days late".replace("\xa0", " "),
        "  https://portal.example.org/me/?item=value%3AK-1",
        "",
        "* 3 alerts to answer in Sales",
        "  1 at risk, 2 off track",
        "  https://portal.example.org/alerts/?mine=1",
        "",
        "* Cells (I-1)",
        "  weekly update, by Thu 18\xa0Jun",
        "  https://portal.example.org/me/?item=update%3AI-1",
        "",
    ]
    assert '<a href="https://portal.example.org/me/?item=value%3AK-1">' in part(letter, "html")


def test_letter_speaks_the_readers_language(company: Company, mailbox: Mailbox) -> None:
    company.bob.language = "fr"
    company.bob.save()
    late_update(company)
    write_digests(at=WRITTEN)
    deliver(at=MORNING)
    [letter] = mailbox.letters
    assert letter["Content-Language"] == "fr"
    assert "* Îlots (I-1)" in part(letter, "plain")
    assert "jeu. 18\xa0juin" in part(letter, "plain")


def test_nothing_to_do_is_no_letter(company: Company, mailbox: Mailbox) -> None:
    assert write_digests(at=WRITTEN) == 6
    assert Delivery.objects.count() == 0


def test_one_letter_a_day_whoever_asks_and_how_often(company: Company, mailbox: Mailbox) -> None:
    late_value(company)
    for minutes in range(0, 30, 5):
        write_digests(at=WRITTEN + timedelta(minutes=minutes))
        deliver(at=WRITTEN + timedelta(minutes=minutes))
    assert len(mailbox.letters) == 1
    DigestTurn.objects.all().delete()
    write_digests(at=WRITTEN + timedelta(minutes=30))
    deliver(at=WRITTEN + timedelta(minutes=31))
    assert len(mailbox.letters) == 1
    write_digests(at=WRITTEN + timedelta(days=1))
    deliver(at=MORNING + timedelta(days=1))
    assert len(mailbox.letters) == 2


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (MORNING - timedelta(minutes=11), False),
        (MORNING - timedelta(minutes=10), True),
        (MORNING + timedelta(hours=5), True),
        (MORNING + timedelta(hours=5, minutes=1), False),
        (MORNING + timedelta(days=3), False),  # Saturday
        (MORNING + timedelta(days=5), True),  # Monday
    ],
)
def test_it_comes_in_the_morning_of_a_working_day(
    company: Company, mailbox: Mailbox, at: datetime, written: bool
) -> None:
    late_value(company)
    write_digests(at=at)
    assert len(letters()) == int(written)


def test_hour_zone_and_rhythm_are_the_persons(company: Company, mailbox: Mailbox) -> None:
    late_value(company)
    bob = company.actor(company.bob)
    choose_due_mail("daily", hour=8, timezone="America/Montreal", actor=bob, at=WRITTEN)
    write_digests(at=WRITTEN)
    assert letters() == []
    eight_there = datetime(2026, 6, 17, 12, 0, tzinfo=UTC)
    write_digests(at=eight_there - timedelta(minutes=3))
    assert letters() == [("Bob", eight_there)]
    Delivery.objects.all().delete()
    choose_due_mail("weekly", hour=7, timezone="", actor=bob, at=WRITTEN)
    write_digests(at=MORNING + timedelta(days=1))
    assert letters() == []
    write_digests(at=MORNING + timedelta(days=5))
    assert letters() == [("Bob", MORNING + timedelta(days=5))]
    Delivery.objects.all().delete()
    choose_due_mail("off", hour=7, timezone="", actor=bob, at=WRITTEN)
    write_digests(at=MORNING + timedelta(days=12))
    assert letters() == []


def test_stopping_the_mail_stops_the_digest(company: Company, mailbox: Mailbox) -> None:
    late_value(company)
    assert stop_mail(company.bob, company.organization, at=WRITTEN)
    write_digests(at=WRITTEN)
    assert letters() == []
    assert Subscription.objects.get().due_rhythm == "off"


def test_digest_of_alerts_goes_with_it(company: Company, mailbox: Mailbox) -> None:
    """Bob hears of alerts in a digest too: one letter with both."""
    choose_own_mail("digest", actor=company.actor(company.bob), at=WRITTEN - timedelta(days=1))
    alerts(company, "red")
    late_value(company)
    Delivery.objects.create(
        organization=company.organization, key=f"digest:user:{company.bob.pk}:email:2026-06-17", kind="email",
        recipient=company.bob, reason="digest", next_at=MORNING, created_at=WRITTEN - timedelta(days=1),
    )  # fmt: skip
    write_digests(at=WRITTEN)
    deliver(at=MORNING)
    [letter] = mailbox.letters
    assert letter["Subject"] == "Acme: 2 things due from you"
    assert "Alerts of Acme: 1 KPI" in part(letter, "plain")
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["sent", "skipped"]


def test_those_who_left_and_machines_get_none(company: Company, mailbox: Mailbox) -> None:
    late_value(company)
    User.objects.filter(pk=company.bob.pk).update(is_active=False)
    assert write_digests(at=WRITTEN) == 5
    assert letters() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_one_letter(company: Company, mailbox: Mailbox) -> None:
    late_value(company)

    def work() -> None:
        try:
            write_digests(at=WRITTEN)
        finally:
            connection.close()

    workers = [Thread(target=work) for _number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert letters() == [("Bob", MORNING)]


def test_zone_that_is_no_more_is_the_organizations(company: Company, mailbox: Mailbox) -> None:
    late_value(company)
    late_value(company, company.alice, "K-2")
    Subscription.objects.create(
        organization=company.organization, code="S", user=company.alice, medium="email", own=True, timezone="Nowhere"
    )
    write_digests(at=WRITTEN)
    assert letters() == [("Alice", MORNING), ("Bob", MORNING)]


@pytest.mark.django_db(transaction=True)
def test_who_cannot_be_served_does_not_use_up_the_turns_of_others(company: Company, mailbox: Mailbox) -> None:
    late_value(company)
    late_value(company, company.alice, "K-2")
    DigestTurn.objects.create(organization=company.organization, user=company.alice)
    holding, held = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                DigestTurn.objects.select_for_update().get(user=company.alice)
                held.set()
                holding.wait(30)
        finally:
            connection.close()

    other = Thread(target=hold)
    other.start()
    assert held.wait(30)
    try:
        written = [write_digests(at=WRITTEN, limit=1) for _number in range(6)]
    finally:
        holding.set()
        other.join(30)
    assert (written, letters()) == ([1, 1, 1, 1, 1, 0], [("Bob", MORNING)])
