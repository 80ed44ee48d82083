"""A rule held against a KPI's past: the same conditions and the same life, and nothing is written."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from rest_framework.test import APIClient

from alerts.models import Alert, AlertRule
from alerts.services import simulate_rule
from audit.models import Event
from kpis.models import Kpi, PastForecast
from tests.factories import NOW, Company, KpiFactory, MeasurementFactory

pytestmark = pytest.mark.django_db


def period_kpi(company: Company, values: list[int | None], **fields: Any) -> Kpi:
    """Monthly values from January 2025 on, against a target of 100 each month."""
    fields = {"kind": "period", "target": Decimal(100), "baseline": None, "grace_days": 10, **fields}
    kpi = KpiFactory.create(
        organization=company.organization, department=company.sales, code="K", **{"start": None, "end": None, **fields}
    )
    for number, value in enumerate(values):
        if value is not None:
            period = date(2025 + number // 12, number % 12 + 1, 1)
            MeasurementFactory.create(kpi=kpi, period=period, value=Decimal(value))
    return kpi


def simulated(company: Company, kpi: Kpi, kind: str, **fields: Any) -> Any:
    at = datetime(2025, 1 + Kpi.objects.get(pk=kpi.pk).measurements.count(), 15, tzinfo=UTC)
    return simulate_rule(AlertRule(kind=kind, **fields), kpi, actor=company.actor(company.alice), at=at)


def test_a_colour_rule_fires_when_the_month_has_closed_and_resolves_with_the_next_good_one(company: Company) -> None:
    kpi = period_kpi(company, [100, 70, 60, 98, 75])
    found = simulated(company, kpi, "colour_change")
    assert [(one.period, one.opened_at.date(), one.ended_at and one.ended_at.date()) for one in found.fired] == [
        (date(2025, 2, 1), date(2025, 3, 1), date(2025, 5, 1)),
        (date(2025, 5, 1), date(2025, 6, 1), None),
    ]
    assert (found.count, found.open_now, found.periods, found.longest_days) == (2, True, 5, 61.0)
    assert [step.state for step in found.steps] == ["normal", "firing", "firing", "normal", "firing"]
    assert found.summary == "Over the last 5 periods it would have fired 2 times."


def test_a_hold_time_longer_than_a_month_leaves_one_bad_month_alone(company: Company) -> None:
    kpi = period_kpi(company, [100, 70, 98, 70, 60, 98])
    found = simulated(company, kpi, "colour_change", hold_hours=45 * 24)
    assert [(one.period, one.opened_at.date(), one.ended_at and one.ended_at.date()) for one in found.fired] == [
        (date(2025, 4, 1), date(2025, 6, 15), date(2025, 7, 1))
    ]
    assert [step.state for step in found.steps] == ["normal", "pending", "normal", "pending", "pending", "normal"]


def test_a_recovery_time_joins_what_flickers(company: Company) -> None:
    kpi = period_kpi(company, [100, 70, 98, 70, 98])
    assert simulated(company, kpi, "colour_change").count == 2
    joined = simulated(company, kpi, "colour_change", recovery_hours=45 * 24)
    assert [(one.opened_at.date(), one.ended_at) for one in joined.fired] == [(date(2025, 3, 1), None)]
    assert [step.state for step in joined.steps] == ["normal", "firing", "recovering", "firing", "recovering"]


def test_a_threshold_rule_is_inclusive_on_the_good_side(company: Company) -> None:
    kpi = period_kpi(company, [50, 49, 50])
    found = simulated(company, kpi, "threshold", threshold=Decimal("50.4"), threshold_side="below")
    assert [step.holds for step in found.steps] == [False, True, False]


def test_a_staleness_rule_sees_the_months_without_a_value(company: Company) -> None:
    kpi = period_kpi(company, [100, None, None, None, 100])
    at = datetime(2025, 6, 15, tzinfo=UTC)
    found = simulate_rule(AlertRule(kind="staleness"), kpi, actor=company.actor(company.alice), at=at)
    assert [(step.period, step.state) for step in found.steps] == [
        (date(2025, 1, 1), "normal"),
        (date(2025, 2, 1), "normal"),
        (date(2025, 3, 1), "normal"),
        (date(2025, 4, 1), "firing"),
        (date(2025, 5, 1), "normal"),
    ]


def test_a_signal_rule_uses_the_limits_known_by_then(company: Company) -> None:
    kpi = period_kpi(company, [100, 101, 99, 100, 101, 99, 100, 60])
    found = simulated(company, kpi, "signal")
    assert [(one.period, one.ended_at) for one in found.fired] == [(date(2025, 8, 1), None)]
    better = simulated(company, period_kpi_better(company), "signal")
    assert better.count == 0


def period_kpi_better(company: Company) -> Kpi:
    kpi = KpiFactory.create(
        organization=company.organization, department=company.sales, code="B", kind="period", baseline=None
    )
    for number, value in enumerate([100, 101, 99, 100, 101, 99, 100, 140]):
        MeasurementFactory.create(kpi=kpi, period=date(2025, number + 1, 1), value=Decimal(value))
    return kpi


def test_a_forecast_rule_replays_the_forecasts_that_were_kept(company: Company) -> None:
    kpi = period_kpi(company, [100, 90, 95])
    for month, probability in ((2, 0.3), (3, 0.6)):
        PastForecast.objects.create(
            kpi=kpi, based_on=date(2025, month, 1), made_at=NOW, method="drift", period=date(2025, 12, 1),
            probability=probability,
        )  # fmt: skip
    found = simulated(company, kpi, "forecast_miss")
    assert [step.holds for step in found.steps] == [None, True, False]
    assert "kept" in found.note


def test_a_kpi_without_values_has_no_past(company: Company) -> None:
    found = simulated(company, period_kpi(company, []), "colour_change")
    assert (found.count, found.periods, found.share_of_time) == (0, 0, None)
    assert found.summary == "There are no values yet to replay the rule over."


def test_simulate_rule_writes_nothing_and_refuses_nonsense(company: Company) -> None:
    kpi = period_kpi(company, [100, 70])
    simulated(company, kpi, "colour_change")
    assert (Alert.objects.count(), AlertRule.objects.count(), Event.objects.count()) == (0, 0, 0)
    with pytest.raises(ValidationError):
        simulated(company, kpi, "threshold")
    with pytest.raises(ValidationError):
        simulated(company, kpi, "budget_burn")
    with pytest.raises(PermissionDenied):
        simulate_rule(AlertRule(kind="signal"), kpi, actor=company.actor(company.dora), at=NOW)


def test_the_api_simulates_for_whoever_sees_the_kpi(company: Company, client_of: Callable[..., APIClient]) -> None:
    period_kpi(company, [100, 70, 98])
    address = "/api/v1/kpis/K/alert-rules/simulate/"
    answer = client_of(company.charlie).post(address, {"kind": "colour_change"}, format="json")
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert (said["count"], [one["period"] for one in said["fired"]]) == (1, ["2025-02-01"])
    assert [step["state"] for step in said["steps"][:3]] == ["normal", "firing", "normal"]
    refused = client_of(company.charlie).post(address, {"kind": "threshold"}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "threshold")


@pytest.mark.parametrize("count", [1, 20])
def test_simulate_rule_takes_the_same_queries_for_any_past(
    company: Company, django_assert_max_num_queries: Any, count: int
) -> None:
    kpi = period_kpi(company, [100] * min(count, 11))
    actor = company.actor(company.alice)
    with django_assert_max_num_queries(8):
        simulate_rule(AlertRule(kind="signal"), kpi, actor=actor, at=datetime(2025, 12, 15, tzinfo=UTC))
