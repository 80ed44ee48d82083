"""What a delivery says, read when it is about to be sent: only alerts that are open, awake, wanted and visible."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from alerts.choices import OPEN_STATES, ChannelKind, DeliveryReason, Rhythm, Severity
from alerts.matching import Wish
from alerts.messages import WORST_SHOWN, Case, Fact, Report, Told, compose, compose_test
from alerts.models import Alert, Delivery
from alerts.services.recipients import subscribers_of, trait_of
from alerts.services.wording import amount_of, day_of, headline, looked_at, share_of, subject_name, subject_of, tongue
from organization.actors import Actor, system_actor
from organization.drawing import numbers
from organization.models import actor_of

SALT: Final = "alerts.unsubscribe"

MOST_FACTS: Final = 100
"""Alerts that a webhook carries one by one; the counts are of all."""

RANK: Final = {Severity.RED: 0, Severity.AMBER: 1, Severity.DATA: 2}


def compose_delivery(delivery: Delivery, *, at: datetime) -> dict[str, Any] | None:
    """Message and data of a delivery, in its receiver's language and the organization's time zone.

    None when nothing is left to tell: all has recovered, is snoozed, closed, or out of the receiver's sight.
    """
    organization = delivery.organization
    person = delivery.recipient
    language = (person.language if person is not None else "") or organization.language
    with translation.override(language), timezone.override(organization.zone):
        if delivery.reason == DeliveryReason.TEST:
            return _test(delivery, language)
        actor = _actor(delivery)
        wishes = [] if actor is None else _wishes(delivery)
        alerts = [] if actor is None else _alerts(delivery, actor, wishes, at=at)
        if not alerts:
            return None
        alerts.sort(key=_worst_first)
        message = compose(_told(delivery, alerts, wishes), language=language)
        return {"message": message.as_json(), "data": _report(delivery, alerts).as_json()}


def unsubscribe_token(user_id: int, organization_id: int) -> str:
    """What an e-mail's link carries, so that its reader can stop the e-mails without signing in."""
    return signing.Signer(salt=SALT).sign_object([user_id, organization_id])


def receiver_of(token: str) -> tuple[int, int]:
    """Person and organization of such a link; raises BadSignature."""
    user_id, organization_id = signing.Signer(salt=SALT).unsign_object(token)
    return int(user_id), int(organization_id)


def absolute(path: str) -> str:
    """An address of the portal as people outside need it."""
    return f"{settings.PORTAL_URL}{path}"


def _actor(delivery: Delivery) -> Actor | None:
    """Through whose eyes the alerts are read: a channel is the organization's own."""
    if delivery.recipient is None:
        return system_actor(delivery.organization_id)
    return actor_of(delivery.recipient, delivery.organization) if delivery.recipient.is_active else None


def _wishes(delivery: Delivery) -> list[Wish]:
    """The subscriptions it goes out for; owners, and those to whom something has come up, are told without any."""
    if _is_owners(delivery) or delivery.reason == DeliveryReason.ESCALATED:
        return []
    rhythm = Rhythm.DIGEST if delivery.reason == DeliveryReason.DIGEST else Rhythm.AT_ONCE
    whose = Q(channel_id=delivery.channel_id) if delivery.channel_id else Q(user_id=delivery.recipient_id)
    by = Q() if delivery.channel_id else Q(medium=delivery.kind)
    found = subscribers_of(delivery.organization_id, only=whose & by & Q(rhythm=rhythm))
    return [one.wish for one in found]


def _alerts(delivery: Delivery, actor: Actor, wishes: Iterable[Wish], *, at: datetime) -> list[Alert]:
    rows = Alert.objects.visible_to(actor).filter(state__in=OPEN_STATES).exclude(snoozed_until__gt=at)
    rows = rows.select_related("rule", "kpi", "objective", "initiative", "department")
    if delivery.reason == DeliveryReason.DIGEST:
        owner_id = delivery.recipient_id if delivery.kind == ChannelKind.EMAIL else None
        return _wanted(rows.filter(changed_at__gte=delivery.created_at), wishes, owner_id=owner_id)
    rows = rows.filter(group_id=delivery.group_id, episode=delivery.episode)
    if delivery.reason == DeliveryReason.ESCALATED:  # also to those from whom it has gone on further up meanwhile
        return list(rows.filter(escalation_level__gte=1, acknowledged_at__isnull=True))
    if _is_owners(delivery):
        return list(rows)
    return _wanted(rows, wishes)


def _wanted(rows: QuerySet[Alert], wishes: Iterable[Wish], *, owner_id: int | None = None) -> list[Alert]:
    """Those that one of the wishes asks for, and what the person owns or has on the desk."""
    return [
        alert
        for alert in rows
        if _asked_for(alert, wishes) or (owner_id is not None and owner_id in (alert.owner_id, alert.escalated_to_id))
    ]


def _asked_for(alert: Alert, wishes: Iterable[Wish]) -> bool:
    trait = trait_of(alert)
    return any(wish.wants(trait) for wish in wishes)


def _is_owners(delivery: Delivery) -> bool:
    return delivery.group is not None and delivery.recipient_id == delivery.group.owner_id


def _test(delivery: Delivery, language: str) -> dict[str, Any]:
    name = delivery.channel.name if delivery.channel else ""
    organization = delivery.organization
    url = absolute(reverse("alert-channels"))
    message = compose_test(language=language, organization=organization.name, channel=name, url=url)
    report = Report(organization.code, delivery.reason, None, 0, None, None, 0, 0, 0, 0, (), url)
    return {"message": message.as_json(), "data": report.as_json()}


def _told(delivery: Delivery, alerts: list[Alert], wishes: Iterable[Wish]) -> Told:
    group = delivery.group
    owner = group.owner if group is not None else None
    counts = _counts(alerts)
    stop = ""
    if delivery.recipient_id is not None:
        stop = absolute(reverse("alert-subscriptions"))
    return Told(
        reason=delivery.reason,
        receiver=_role(delivery),
        organization=delivery.organization.name,
        owner=str(owner) if owner is not None else "",
        branch=group.branch.text("name") if group is not None and group.branch else "",
        things=_things(alerts),
        red=counts[Severity.RED],
        amber=counts[Severity.AMBER],
        data=counts[Severity.DATA],
        cases=tuple(_case(alert) for alert in alerts[:WORST_SHOWN]),
        url=_url(alerts),
        subscription=", ".join(wish.code for wish in wishes if _asks_for_any(wish, alerts)),
        stop_url=stop,
    )


def _role(delivery: Delivery) -> str:
    if delivery.channel_id is not None:
        return "channel"
    return "owner" if _is_owners(delivery) else "subscriber"


def _asks_for_any(wish: Wish, alerts: Iterable[Alert]) -> bool:
    return any(wish.wants(trait_of(alert)) for alert in alerts)


def _report(delivery: Delivery, alerts: list[Alert]) -> Report:
    group, counts = delivery.group, _counts(alerts)
    return Report(
        organization=delivery.organization.code,
        reason=delivery.reason,
        group=group.code if group is not None else None,
        episode=delivery.episode,
        owner=group.owner.email if group is not None and group.owner else None,
        branch=group.branch.code if group is not None and group.branch else None,
        alerts=len(alerts),
        red=counts[Severity.RED],
        amber=counts[Severity.AMBER],
        data=counts[Severity.DATA],
        worst=tuple(_fact(alert) for alert in alerts[:MOST_FACTS]) if delivery.channel_id is not None else (),
        url=_url(alerts),
    )


def _url(alerts: list[Alert]) -> str:
    """The alert itself when it is one, else the inbox."""
    path = reverse("alert-detail", args=[alerts[0].code]) if len(alerts) == 1 else reverse("alert-list")
    return absolute(path)


def _counts(alerts: list[Alert]) -> dict[Severity, int]:
    counts = dict.fromkeys(Severity, 0)
    for alert in alerts:
        counts[Severity(alert.severity)] += 1
    return counts


def _things(alerts: list[Alert]) -> dict[str, int]:
    """How many different KPIs, objectives and initiatives: one thing may have several alerts."""
    names = ("kpi", "objective", "initiative")
    return {name: len({pk for alert in alerts if (pk := getattr(alert, f"{name}_id")) is not None}) for name in names}


def _worst_first(alert: Alert) -> tuple[int, Decimal, int]:
    share = share_of(alert.facts.get("variance_pct"))
    return RANK[Severity(alert.severity)], -abs(share or Decimal(0)), alert.number


def _case(alert: Alert) -> Case:
    subject = subject_of(alert)
    return Case(
        severity=alert.severity,
        headline=headline(alert),
        subject=subject.code if subject is not None else "",
        figures=looked_at(alert),
        value=amount_of(alert, "value"),
        expected=amount_of(alert, "expected"),
        variance=_variance(alert),
        since=day_of(alert.opened_at),
        url=absolute(reverse("alert-detail", args=[alert.code])),
    )


def _fact(alert: Alert) -> Fact:
    facts = alert.facts
    return Fact(
        code=alert.code,
        kind=alert.rule.kind,
        severity=alert.severity,
        state=alert.state,
        opened_at=alert.opened_at.isoformat(),
        kpi=alert.kpi.code if alert.kpi else None,
        objective=alert.objective.code if alert.objective else None,
        initiative=alert.initiative.code if alert.initiative else None,
        name=subject_name(alert),
        value=facts.get("value"),
        expected=facts.get("expected"),
        variance=facts.get("variance"),
        variance_pct=facts.get("variance_pct"),
        unit=facts.get("unit"),
        url=absolute(reverse("alert-detail", args=[alert.code])),
    )


def _variance(alert: Alert) -> str:
    share = share_of(alert.facts.get("variance_pct"))
    if share is not None:
        return numbers.with_unit(str(numbers.signed(share * 100, 0, tongue())), "%", tongue())
    value, expected = share_of(alert.facts.get("value")), share_of(alert.facts.get("expected"))
    if alert.kpi is not None or value is None or expected is None:
        return ""
    return numbers.points(value - expected, 0, tongue())
