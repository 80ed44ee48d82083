"""Two workers and people at once: every row is compared once, and no mark is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import close_old_connections, connection, transaction

from alerts.choices import RuleKind
from alerts.models import Alert, AlertRule
from alerts.services import change_rule, close_alert, reconcile
from kpis.models import Kpi, KpiFigures
from kpis.services import Reading, record_measurements
from objectives.models import Contribution
from objectives.services import create_contribution, roll_up
from tests.factories import NOW, Company, KpiFactory, MeasureFactory, ObjectiveFactory, make_company

pytestmark = pytest.mark.django_db(transaction=True)

RED = {"state": "off_track", "colour": "red", "announced": False}
T = TypeVar("T")


@pytest.fixture
def company() -> Company:
    company = make_company()
    AlertRule.objects.create(organization=company.organization, code="COLOUR", name="Off", kind=RuleKind.COLOUR)
    return company


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Run the calls in threads that start together, each on its own connection."""
    start = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        close_old_connections()
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def until_done(batch: int) -> int:
    handled = 0
    while KpiFigures.objects.filter(announced=False).exists():
        handled += reconcile(at=NOW, batch=batch)
    return handled


def test_two_workers_compare_each_kpi_once(company: Company) -> None:
    kpis = [KpiFactory.create(organization=company.organization, figures=RED) for _ in range(40)]
    assert sum(at_once(lambda: until_done(7), lambda: until_done(7))) == 40
    assert sorted(Alert.objects.values_list("kpi_id", flat=True)) == [kpi.pk for kpi in kpis]
    assert sorted(Alert.objects.values_list("number", flat=True)) == list(range(1, 41))


def test_figures_that_another_transaction_holds_are_left_for_later(company: Company) -> None:
    held = KpiFactory.create(organization=company.organization, figures=RED)
    KpiFactory.create(organization=company.organization, figures=RED)
    with transaction.atomic():
        list(KpiFigures.objects.select_for_update(no_key=True).filter(kpi=held))
        assert at_once(lambda: reconcile(at=NOW)) == [1]
    assert reconcile(at=NOW) == 1
    assert Alert.objects.count() == 2


def test_reconciling_changing_the_rule_and_closing_at_once_end_in_the_present_state(company: Company) -> None:
    kpis: list[Kpi] = [
        KpiFactory.create(organization=company.organization, department=company.sales, figures=RED) for _ in range(20)
    ]
    reconcile(at=NOW)
    olga, rule = company.actor(company.olga), AlertRule.objects.get()
    KpiFigures.objects.filter(kpi__in=kpis[10:]).update(state="at_risk", colour="amber", announced=False)

    def widen() -> int:
        return change_rule(rule, {"least_severity": "amber"}, actor=olga, at=NOW, version=None).version

    def close_two() -> int:
        alerts = Alert.objects.filter(kpi__in=kpis[:2]).order_by("pk")
        return sum(close_alert(a, actor=olga, at=NOW, comment="Accepted.", version=None).version for a in alerts)

    at_once(lambda: until_done(3), lambda: until_done(4), widen, close_two)
    until_done(100)
    states = Alert.objects.filter(holds=True).order_by("kpi_id").values_list("state", "severity")
    assert list(states) == [("closed", "red")] * 2 + [("firing", "red")] * 8 + [("firing", "amber")] * 10


def test_writing_the_strategy_meets_recording_and_reconciling_without_deadlock(company: Company) -> None:
    organization, olga = company.organization, company.actor(company.olga)
    objectives = [ObjectiveFactory.create(organization=organization) for _ in range(7)]
    kpi = KpiFactory.create(organization=organization)
    for objective in objectives:
        MeasureFactory.create(objective=objective, kpi=kpi)

    def link() -> int:
        for child in objectives[1:]:
            fields = {"child": child, "parent": objectives[0]}
            create_contribution(fields, actor=olga, at=NOW)
        return 0

    def record() -> int:
        for month in range(1, 7):
            reading = Reading(kpi_id=kpi.pk, period=date(2026, month, 1), value=Decimal(month))
            record_measurements([reading], actor=olga, at=NOW, source="test")
        return 0

    def roll() -> int:
        return sum(roll_up(at=NOW).claimed for _ in range(6))

    def compare() -> int:
        return sum(reconcile(at=NOW) for _ in range(6))

    at_once(link, record, roll, compare)
    assert Contribution.objects.count() == 6
