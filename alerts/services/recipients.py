"""Who wants to hear of which alerts: owners by their own word, people and channels by their subscriptions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, Q

from alerts.choices import OPEN_STATES, ChannelKind, Rhythm
from alerts.matching import Sight, Trait, Wish
from alerts.models import Alert, AlertGroup, Subscription
from kpis.models import Measure
from objectives.choices import Level
from organization.models import Membership, User


@dataclass(frozen=True)
class Subscriber:
    """One subscription: who (a person or a channel), how, and what."""

    user_id: int | None
    channel_id: int | None
    kind: str
    rhythm: str
    wish: Wish
    sight: Sight


@dataclass(frozen=True)
class People:
    """The owners among the receivers: who is there at all, and what each said about hearing of what they own."""

    active: frozenset[int]
    services: frozenset[int]
    said: dict[int, tuple[bool, str]]

    def rhythm_of_mail(self, user_id: int) -> str:
        """How the person hears by e-mail of what they own; "" = not at all."""
        if user_id not in self.active or user_id in self.services:
            return ""
        enabled, rhythm = self.said.get(user_id, (True, Rhythm.AT_ONCE.value))
        return rhythm if enabled else ""


def people_of(user_ids: Collection[int], organization_id: int) -> People:
    """Two queries."""
    users = User.objects.filter(pk__in=user_ids, is_active=True).values_list("pk", "is_service")
    services = dict(users)
    own = Subscription.objects.filter(
        organization_id=organization_id, user_id__in=user_ids, own=True, medium=ChannelKind.EMAIL
    )
    said = {user_id: (enabled, rhythm) for user_id, enabled, rhythm in own.values_list("user_id", "enabled", "rhythm")}
    return People(frozenset(services), frozenset(pk for pk, service in services.items() if service), said)


def subscribers_of(organization_id: int, *, only: Q | None = None) -> list[Subscriber]:
    """Everybody with a subscription that is on (three queries at most); `only` narrows the subscriptions."""
    rows = Subscription.objects.filter(only or Q(), organization_id=organization_id, enabled=True, own=False)
    there = Q(user__is_active=True) | Q(channel__enabled=True)
    found = list(rows.filter(there).select_related("channel", "department").order_by("pk"))
    seen = _sights({row.user_id for row in found if row.user_id is not None}, organization_id)
    measured = _measured({row.objective_id for row in found if row.objective_id is not None})
    whole = Sight(None)
    return [
        Subscriber(
            user_id=row.user_id,
            channel_id=row.channel_id,
            kind=row.channel.kind if row.channel else row.medium,
            rhythm=row.rhythm,
            wish=_wish(row, measured),
            sight=whole if row.user_id is None else seen.get(row.user_id, Sight((), row.user_id)),
        )
        for row in found
        if row.user_id is None or row.user_id in seen
    ]


def traits_of(groups: Iterable[AlertGroup], subscribers: Iterable[Subscriber], *, at: datetime) -> list[Trait]:
    """What the alerts of the groups' present episodes are like, each combination once; two queries at most.

    Alerts are looked at one by one only where somebody subscribes to their KPI or objective.
    """
    wishes = [one.wish for one in subscribers]
    if not wishes:
        return []
    rows = Alert.objects.filter(group__in=[group.pk for group in groups], episode=F("group__episode"))
    rows = rows.filter(state__in=OPEN_STATES).exclude(snoozed_until__gt=at).order_by()
    columns = ("group_id", "rule__kind", "severity", "department__path", "objective__level", "owner_id")
    found = [_trait(*values) for values in rows.values_list(*columns).distinct()]
    kpis = {pk for wish in wishes for pk in wish.kpi_ids}
    objectives = {pk for wish in wishes for pk in wish.objective_ids}
    if kpis or objectives:
        named = rows.filter(Q(kpi_id__in=kpis) | Q(objective_id__in=objectives))
        for *values, kpi_id, objective_id in named.values_list(*columns, "kpi_id", "objective_id"):
            found.append(replace(_trait(*values), kpi_id=kpi_id, objective_id=objective_id))
    return found


def trait_of(alert: Alert) -> Trait:
    """Of one alert whose rule, department and objective are read already."""
    return Trait(
        group_id=alert.group_id or 0,
        kind=alert.rule.kind,
        severity=alert.severity,
        path=str(alert.department.path) if alert.department else None,
        strategic=alert.objective is not None and alert.objective.level == Level.STRATEGIC,
        owner_id=alert.owner_id,
        kpi_id=alert.kpi_id,
        objective_id=alert.objective_id,
    )


def _trait(group_id: int, kind: str, severity: str, path: str | None, level: str | None, owner_id: int | None) -> Trait:
    return Trait(group_id, kind, severity, path, level == Level.STRATEGIC, owner_id)


def _wish(row: Subscription, measured: dict[int, frozenset[int]]) -> Wish:
    objectives = frozenset() if row.objective_id is None else frozenset({row.objective_id})
    own = frozenset() if row.kpi_id is None else frozenset({row.kpi_id})
    return Wish(
        code=row.code,
        kinds=frozenset(row.rule_kinds),
        path=str(row.department.path) if row.department else None,
        kpi_ids=own | measured.get(row.objective_id or 0, frozenset()),
        objective_ids=objectives,
        least_severity=row.least_severity,
    )


def _sights(user_ids: set[int], organization_id: int) -> dict[int, Sight]:
    """What the people may see, by their memberships; who has none is not there."""
    found: dict[int, Sight] = {}
    rows = Membership.objects.filter(organization_id=organization_id, user_id__in=user_ids)
    for user_id, path in rows.values_list("user_id", "department__path"):
        paths = found[user_id].paths if user_id in found else ()
        found[user_id] = Sight(None if path is None or paths is None else (*paths, str(path)), user_id)
    return found


def _measured(objective_ids: set[int]) -> dict[int, frozenset[int]]:
    """The KPIs that measure each objective: whoever follows an objective follows them."""
    found: dict[int, frozenset[int]] = {}
    if objective_ids:
        for objective_id, kpi_id in Measure.objects.filter(objective_id__in=objective_ids).values_list(
            "objective_id", "kpi_id"
        ):
            found[objective_id] = found.get(objective_id, frozenset()) | {kpi_id}
    return found
