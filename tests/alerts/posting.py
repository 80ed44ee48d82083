"""Deliveries for tests: a red KPI of bob's, a channel with a subscription to everything."""

from datetime import datetime, timedelta
from typing import Any

from alerts.channels import deliver
from alerts.choices import RuleKind
from alerts.models import AlertRule, Channel, Delivery
from alerts.services import reconcile
from alerts.services.channels import add_channel
from alerts.services.subscriptions import subscribe
from kpis.models import Kpi
from tests.factories import NOW, Company, KpiFactory

TELL = NOW + timedelta(minutes=2)
"""When the first message of a group is due."""

FIGURES = {
    "state": "off_track",
    "colour": "red",
    "announced": False,
    "value": "40.5",
    "expected": "50",
    "variance": "-9.5",
    "favourable_variance": "-9.5",
    "variance_pct": -0.19,
}


def watch(company: Company) -> AlertRule:
    return AlertRule.objects.create(
        organization=company.organization, code="COLOUR", name="Off track", kind=RuleKind.COLOUR, hold_hours=0
    )


def red_kpi(company: Company, **fields: Any) -> Kpi:
    said = {"department": company.sales, "owner": company.bob, "unit": "%", "precision": 1, **fields}
    return KpiFactory.create(organization=company.organization, figures=FIGURES, **said)


def channel_to(company: Company, url: str, kind: str = "webhook") -> Channel:
    """Subscribed to everything."""
    olga = company.actor(company.olga)
    channel, _secret = add_channel({"name": f"To {kind}", "kind": kind, "url": url}, actor=olga, at=NOW)
    subscribe({"channel": channel}, actor=olga, at=NOW)
    return channel


def one_to(company: Company, url: str, kind: str = "webhook") -> Delivery:
    """One delivery to such a channel, due at `TELL`; nothing else is to be sent."""
    watch(company)
    channel = channel_to(company, url, kind)
    red_kpi(company, code="K-1", name="On-time delivery")
    reconcile(at=NOW)
    Delivery.objects.filter(channel=None).delete()
    return Delivery.objects.get(channel=channel)


def run(at: datetime = TELL) -> list[tuple[str, int]]:
    """Send what is due; state and attempts of every row afterwards."""
    deliver(at=at)
    return list(Delivery.objects.order_by("pk").values_list("state", "attempts"))
