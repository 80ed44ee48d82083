"""Who is told of what: one row for each receiver, group and episode, and nobody gets what they may not see."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.choices import ChannelKind, DeliveryReason, RuleKind
from alerts.matching import Sight
from alerts.messages import Message
from alerts.models import Alert, AlertRule, Channel, Delivery, Subscription
from alerts.services import reconcile, snooze_alert
from alerts.services.deliveries import Escalated, queue_escalation_deliveries, queue_group_deliveries, queue_letter
from alerts.services.recipients import trait_of
from alerts.services.subscriptions import choose_own_mail, subscribe
from kpis.models import Kpi
from objectives.choices import Level
from organization.models import User
from tests.factories import NOW, Company, KpiFactory, MeasureFactory, ObjectiveFactory

RED = {"state": "off_track", "colour": "red", "announced": False, "value": "40.5", "expected": "50"}
AMBER = {**RED, "state": "at_risk", "colour": "amber"}


@pytest.fixture(autouse=True)
def rule(company: Company) -> AlertRule:
    return AlertRule.objects.create(
        organization=company.organization,
        code="COLOUR",
        name="Off",
        kind=RuleKind.COLOUR,
        least_severity="amber",
        hold_hours=0,
    )


def red_kpi(company: Company, department: Any = None, owner: User | None = None, **figures: Any) -> Kpi:
    return KpiFactory.create(
        organization=company.organization,
        department=department or company.sales,
        owner=owner or company.bob,
        figures={**RED, **figures},
    )


def told() -> list[tuple[str, str, str]]:
    """Receiver, way and reason of every row."""
    rows = Delivery.objects.select_related("recipient", "channel").order_by("recipient__email", "kind", "pk")
    return [(str(row.channel.code if row.channel else row.recipient), row.kind, row.reason) for row in rows]


def test_owner_is_told_in_the_portal_and_by_mail(company: Company) -> None:
    red_kpi(company)
    reconcile(at=NOW)
    assert told() == [("Bob", "email", "opened"), ("Bob", "in_app", "opened")]
    alert = Alert.objects.select_related("group").get()
    assert alert.group is not None
    rows = Delivery.objects.order_by().values_list("group_id", "episode", "next_at", "state", "created_at")
    assert list(rows.distinct()) == [(alert.group.pk, alert.episode, alert.group.tell_at, "waiting", NOW)]


def test_queueing_twice_is_once(company: Company) -> None:
    red_kpi(company)
    reconcile(at=NOW)
    before = list(Delivery.objects.order_by("pk").values())
    group = Alert.objects.select_related("group").get().group
    assert group is not None
    queue_group_deliveries([group], at=NOW + timedelta(minutes=1))
    assert list(Delivery.objects.order_by("pk").values()) == before


def test_nobody_is_told_of_what_nobody_owns_without_subscriptions(company: Company) -> None:
    KpiFactory.create(organization=company.organization, department=company.sales, figures=RED)
    reconcile(at=NOW)
    assert (Alert.objects.count(), told()) == (1, [])


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("off", []), ("digest", [("email", "digest")]), ("at_once", [("email", "opened")])],
)
def test_owner_decides_about_mail_not_about_the_portal(
    company: Company, choice: str, expected: list[tuple[str, str]]
) -> None:
    choose_own_mail(choice, actor=company.actor(company.bob), at=NOW)
    red_kpi(company)
    reconcile(at=NOW)
    assert [(kind, reason) for _who, kind, reason in told()] == [*expected, ("in_app", "opened")]


def test_closed_and_service_accounts(company: Company) -> None:
    company.bob.is_service = True
    company.bob.save()
    company.alice.is_active = False
    company.alice.save()
    red_kpi(company)
    red_kpi(company, owner=company.alice)
    reconcile(at=NOW)
    assert told() == [("Bob", "in_app", "opened")]


def test_no_mail_is_queued_where_the_portal_sends_none(company: Company, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    red_kpi(company)
    reconcile(at=NOW)
    assert told() == [("Bob", "in_app", "opened")]


@pytest.mark.parametrize(
    ("wish", "heard"),
    [
        ({}, True),
        ({"rule_kinds": ["colour_change"]}, True),
        ({"rule_kinds": ["staleness"]}, False),
        ({"department": "sales"}, True),
        ({"department": "north"}, False),
        ({"department": "finance"}, False),
        ({"least_severity": "red"}, True),
        ({"kpi": "theirs"}, True),
        ({"kpi": "other"}, False),
        ({"objective": "measured"}, True),
        ({"objective": "unmeasured"}, False),
        ({"enabled": False}, False),
    ],
)
def test_subscription_filters(company: Company, wish: dict[str, Any], heard: bool) -> None:
    theirs = red_kpi(company)
    other = KpiFactory.create(organization=company.organization)
    measured = ObjectiveFactory.create(organization=company.organization)
    MeasureFactory.create(objective=measured, kpi=theirs)
    things = {
        "sales": company.sales,
        "north": company.north,
        "finance": company.finance,
        "theirs": theirs,
        "other": other,
        "measured": measured,
        "unmeasured": ObjectiveFactory.create(organization=company.organization),
    }
    fields = {name: things.get(value, value) if isinstance(value, str) else value for name, value in wish.items()}
    subscribe({"medium": "in_app", **fields}, actor=company.actor(company.erin), at=NOW)
    reconcile(at=NOW)
    assert (("Erin", "in_app", "opened") in told()) is heard


def test_amber_is_not_for_those_who_want_red(company: Company) -> None:
    subscribe({"medium": "in_app", "least_severity": "red"}, actor=company.actor(company.erin), at=NOW)
    subscribe({"medium": "in_app", "least_severity": "amber"}, actor=company.actor(company.olga), at=NOW)
    red_kpi(company, **AMBER)
    reconcile(at=NOW)
    assert [who for who, kind, _reason in told() if kind == "in_app"] == ["Bob", "Olga"]


def test_subscriber_never_gets_what_they_may_not_see(company: Company) -> None:
    for person in (company.charlie, company.erin):
        subscribe({"medium": "email"}, actor=company.actor(person), at=NOW)
    red_kpi(company, department=company.finance, owner=company.erin)
    reconcile(at=NOW)
    assert {who for who, _kind, _reason in told()} == {"Erin"}
    red_kpi(company, department=company.north)
    reconcile(at=NOW)
    assert {who for who, _kind, _reason in told()} == {"Bob", "Charlie", "Erin"}


def test_someone_who_has_left_the_organization_is_not_told(company: Company) -> None:
    subscribe({"medium": "email"}, actor=company.actor(company.charlie), at=NOW)
    company.charlie.memberships.all().delete()
    red_kpi(company)
    reconcile(at=NOW)
    assert {who for who, _kind, _reason in told()} == {"Bob"}


def test_sight_says_of_one_alert_what_scoping_says_of_many(company: Company) -> None:
    organization = company.organization
    for department in (company.root, company.sales, company.north, company.finance, None):
        KpiFactory.create(organization=organization, department=department, owner=company.erin, figures=RED)
    KpiFactory.create(organization=organization, department=company.finance, owner=company.bob, figures=RED)
    for level in (Level.STRATEGIC, Level.DEPARTMENT):
        figures = {"state": "off_track", "colour": "red", "announced": False}
        ObjectiveFactory.create(organization=organization, department=company.finance, level=level, figures=figures)
    reconcile(at=NOW)
    alerts = list(Alert.objects.select_related("rule", "department", "objective").order_by("pk"))
    assert len(alerts) == 8
    for person in (company.alice, company.bob, company.charlie, company.olga, company.erin, company.adam):
        actor = company.actor(person)
        paths = actor.paths()
        sight = Sight(None if paths is None else tuple(paths), person.pk)
        seen = [alert.pk for alert in alerts if sight.sees(trait_of(alert))]
        assert seen == list(Alert.objects.visible_to(actor).order_by("pk").values_list("pk", flat=True))


def test_channel_gets_what_its_subscription_asks_for(company: Company) -> None:
    channel = Channel.objects.create(
        organization=company.organization, code="CH-1", name="Ops", kind=ChannelKind.SLACK, url="https://x.example/"
    )
    fields = {"channel": channel, "department": company.finance}
    subscribe(fields, actor=company.actor(company.olga), at=NOW)
    red_kpi(company)
    reconcile(at=NOW)
    assert "CH-1" not in {who for who, _kind, _reason in told()}
    red_kpi(company, department=company.finance)
    reconcile(at=NOW)
    assert ("CH-1", "slack", "opened") in told()


def test_digest_is_one_row_a_morning(company: Company) -> None:
    subscribe({"medium": "email", "rhythm": "digest"}, actor=company.actor(company.erin), at=NOW)
    red_kpi(company)
    red_kpi(company, owner=company.alice)
    reconcile(at=NOW)
    red_kpi(company, department=company.finance)
    reconcile(at=NOW + timedelta(hours=3))
    rows = Delivery.objects.filter(recipient=company.erin)
    assert [(row.reason, row.next_at.isoformat()) for row in rows if row.next_at] == [
        ("digest", "2026-06-16T07:00:00+00:00")
    ]


def test_snoozed_alerts_are_told_to_nobody_else(company: Company) -> None:
    red_kpi(company)
    reconcile(at=NOW)
    alert = Alert.objects.get()
    snooze_alert(alert, until=NOW + timedelta(days=1), actor=company.actor(company.alice), at=NOW, version=None)
    subscribe({"medium": "in_app"}, actor=company.actor(company.erin), at=NOW)
    group = Alert.objects.select_related("group").get().group
    assert group is not None
    queue_group_deliveries([group], at=NOW)
    assert "Erin" not in {who for who, _kind, _reason in told()}


def test_escalation_is_told_at_once_each_level_once(company: Company) -> None:
    red_kpi(company)
    reconcile(at=NOW)
    group = Alert.objects.select_related("group").get().group
    assert group is not None
    Delivery.objects.all().delete()
    one = Escalated(group, company.alice.pk, 1, group.episode)
    for _ in range(2):
        queue_escalation_deliveries([one, Escalated(group, company.erin.pk, 2, group.episode)], at=NOW)
    assert told() == [
        ("Alice", "email", "escalated"),
        ("Alice", "in_app", "escalated"),
        ("Erin", "email", "escalated"),
        ("Erin", "in_app", "escalated"),
    ]
    assert set(Delivery.objects.values_list("next_at", flat=True)) == {NOW}


@pytest.mark.parametrize("count", [1, 60])
def test_queueing_takes_the_same_statements_for_any_number(company: Company, count: int) -> None:
    objective = ObjectiveFactory.create(organization=company.organization)
    for number in range(count):
        kpi = red_kpi(company, owner=User.objects.create(email=f"o{number}@example.org", name=f"O{number}"))
        MeasureFactory.create(objective=objective, kpi=kpi)
    subscribers = [company.erin, company.olga, company.alice][: 1 if count == 1 else 3]
    for person in subscribers:
        for wish in ({"medium": "email"}, {"medium": "in_app", "objective": objective}):
            subscribe(wish, actor=company.actor(person), at=NOW)
    reconcile(at=NOW)
    groups = [alert.group for alert in Alert.objects.select_related("group") if alert.group is not None]
    Delivery.objects.all().delete()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        queue_group_deliveries(groups, at=NOW)
    assert len(captured) == 8
    assert Delivery.objects.count() == count * 2 + count * 2 * len(subscribers)


def test_letter_is_sent_once_for_its_key(company: Company) -> None:
    letter = Message("en", "Your week", "Two things are due.")
    for _ in range(2):
        queue_letter(
            company.bob,
            letter,
            organization_id=company.organization.pk,
            key="week:2026-25",
            reason=DeliveryReason.DIGEST,
            at=NOW,
        )
    assert told() == [("Bob", "email", "digest")]


def test_own_word_is_kept_once(company: Company) -> None:
    for choice in ("digest", "off", "off", "at_once"):
        choose_own_mail(choice, actor=company.actor(company.bob), at=NOW)
    assert [(row.enabled, row.rhythm) for row in Subscription.objects.all()] == [(True, "at_once")]
