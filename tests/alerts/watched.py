"""A rule, a KPI that it watches, and what came of it; shared by the tests of the life of alerts."""

from datetime import timedelta
from typing import Any

from alerts.choices import RuleKind
from alerts.models import Alert, AlertGroup, AlertRule
from audit.models import Event
from kpis.models import Kpi, KpiFigures
from organization.models import Department, User
from tests.factories import Company, KpiFactory

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RED = {"state": "off_track", "colour": "red", "announced": False}
AMBER = {"state": "at_risk", "colour": "amber", "announced": False}
GREEN = {"state": "on_track", "colour": "green", "announced": False}


def rule_of(company: Company, kind: str = RuleKind.COLOUR, **fields: Any) -> AlertRule:
    return AlertRule.objects.create(organization=company.organization, code="R", name="R", kind=kind, **fields)


def kpi_of(company: Company, department: Department | None = None, owner: User | None = None, **figures: Any) -> Kpi:
    return KpiFactory.create(
        organization=company.organization,
        department=department or company.sales,
        owner=owner or company.bob,
        figures=figures or RED,
    )


def turn(kpi: Kpi, **figures: Any) -> None:
    KpiFigures.objects.filter(kpi=kpi).update(**figures)


def states() -> list[str]:
    return list(Alert.objects.order_by("number").values_list("state", flat=True))


def verbs() -> list[str]:
    return list(Event.objects.filter(verb__startswith="alert.").order_by("pk").values_list("verb", flat=True))


def groups() -> list[tuple[str, str | None, str | None, int]]:
    rows = AlertGroup.objects.order_by("number")
    return list(rows.values_list("code", "owner__name", "branch__code", "episode"))
