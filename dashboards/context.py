"""What the frame around every page shows: the organization, the person, open alerts, where one is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from alerts.models import Alert, Delivery
from dashboards.services import due_counts
from integrations.services import may_exchange
from objectives.choices import Level
from objectives.models import ObjectiveFigures
from objectives.services import today_of
from organization.access import AsOf, MemberRequest
from organization.models import Organization

ACTIVE: Final = {
    "home": "home",
    "week": "week",
    "week-digest": "week",
    "alignment": "alignment",
    "objective-list": "objectives",
    "objective-detail": "objectives",
    "objective-changes": "objectives",
    "objective-new": "objectives",
    "objective-edit": "objectives",
    "objective-end": "objectives",
    "objective-links": "objectives",
    "objective-link-weights": "objectives",
    "objective-link-add": "objectives",
    "objective-link-remove": "objectives",
    "department-list": "scorecards",
    "scorecard": "scorecards",
    "kpi-list": "kpis",
    "kpi-detail": "kpis",
    "kpi-values": "kpis",
    "kpi-status": "kpis",
    "kpi-targets": "kpis",
    "kpi-formula": "kpis",
    "kpi-step-changes": "kpis",
    "kpi-step-change": "kpis",
    "kpi-signals": "kpis",
    "kpi-forecast": "kpis",
    "kpi-variance": "kpis",
    "kpi-series": "kpis",
    "kpi-upload": "kpis",
    "batch-detail": "kpis",
    "batch-columns": "kpis",
    "restatement-list": "kpis",
    "period-lock": "kpis",
    "initiative-list": "initiatives",
    "initiative-detail": "initiatives",
    "alert-list": "alerts",
    "alert-detail": "alerts",
    "exchange": "exchange",
    "import-detail": "exchange",
    "alert-rules": "alerts",
    "alert-rule-new": "alerts",
    "alert-rule-change": "alerts",
    "alert-rule-simulate": "alerts",
    "alert-rules-of-kpi": "kpis",
    "alert-picture": "alerts",
    "alert-messages": "alerts",
    "alert-deliveries": "alerts",
    "alert-subscriptions": "alerts",
    "alert-channels": "alerts",
}
"""The entry of the navigation that is lit on each page, by the name of its address."""


@dataclass(frozen=True)
class Named:
    """An organization in the menu."""

    code: str
    name: str


@dataclass(frozen=True)
class Shell:
    """See templates/base.html."""

    organization: Named
    organizations: tuple[Named, ...]
    user_name: str
    user_initials: str
    alerts_open: int
    active: str
    data_as_of: datetime | None
    exchange_url: str
    """Where files go in and out; empty for those who may not."""

    yesterday: date | None = None
    """The last day that is past."""

    today_url: str = ""
    """The same page as it is known today."""

    messages_unread: int = 0
    week_due: int = 0
    """How much is due from the person until Friday."""


NOBODY: Final = Shell(Named("", ""), (), "", "", 0, "", None, "")


def shell(request: HttpRequest) -> Mapping[str, Any]:
    """The variables `shell` (one query, only in templates that use it) and `as_of`, the past day that is looked at."""
    if getattr(request, "actor", None) is None:
        return {"shell": NOBODY, "as_of": None}
    as_of: AsOf | None = getattr(request, "as_of", None)
    return {"shell": SimpleLazyObject(lambda: shell_of(request)), "as_of": as_of}  # type: ignore[arg-type]


def shell_of(request: MemberRequest) -> Shell:
    """The frame for a member: one query."""
    match = request.resolver_match
    alerts_open, messages_unread, data_as_of, *due = (
        Organization.objects.filter(pk=request.organization.pk)
        .values_list(
            Subquery(_open_alerts(request)),
            Subquery(_unread_messages(request)),
            Subquery(_last_figures(request.organization)),
            *due_counts(request.actor, request.organization, at=request.at),
        )
        .get()
    )
    return Shell(
        organization=_named(request.organization),
        organizations=tuple(_named(one) for one in request.organizations),
        user_name=request.user.name or request.user.email,
        user_initials=request.user.initials or request.user.email[:1].upper(),
        alerts_open=alerts_open or 0,
        active=ACTIVE.get(match.url_name or "", "") if match else "",
        data_as_of=data_as_of,
        exchange_url=reverse("exchange") if may_exchange(request.actor) else "",
        yesterday=today_of(request.organization, timezone.now()) - timedelta(days=1),
        today_url=_today_url(request),
        messages_unread=messages_unread or 0,
        week_due=sum(count or 0 for count in due),
    )


def _open_alerts(request: MemberRequest) -> "QuerySet[Any, Any]":
    rows = Alert.objects.asking().visible_to(request.actor)
    return rows.order_by().values("organization_id").annotate(count=Count("pk")).values("count")


def _unread_messages(request: MemberRequest) -> "QuerySet[Any, Any]":
    rows = Delivery.objects.inbox_of(request.actor).filter(read_at__isnull=True)
    return rows.order_by().values("organization_id").annotate(count=Count("pk")).values("count")


def _last_figures(organization: Organization) -> "QuerySet[Any, Any]":
    """When the figures at the top of the strategy last changed."""
    rows = ObjectiveFigures.objects.filter(objective__organization_id=OuterRef("pk"), objective__level=Level.STRATEGIC)
    return rows.order_by().values("objective__organization_id").annotate(at=Max("changed_at")).values("at")


def _today_url(request: MemberRequest) -> str:
    query = request.GET.copy()
    query["as_of"] = "today"
    return f"{request.path}?{query.urlencode()}"


def _named(organization: Organization) -> Named:
    return Named(organization.code, organization.name)
