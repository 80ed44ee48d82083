"""Forecast and signals through the API: what is stored, what it rests on, how old it is."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from kpis.models import Kpi, StepChange
from kpis.services import Reading, record_measurements, refresh_outlooks
from tests.factories import NOW, Company, KpiFactory

LEVEL = [50, 52, 49, 51, 50, 48, 52, 51, 49, 50, 51, 50, 49, 52, 50, 51]
MONTHS = [date(2024 + (4 + n) // 12, (4 + n) % 12 + 1, 1) for n in range(25)]


@pytest.fixture
def kpi(company: Company) -> Kpi:
    return KpiFactory.create(
        organization=company.organization,
        department=company.sales,
        code="K-1",
        name="Delivered on time",
        unit="%",
        kind="guardrail",
        target=Decimal(45),
        start=None,
    )


def record(company: Company, kpi: Kpi, values: list[int], *, first: int = 0, at: Any = NOW) -> None:
    readings = [
        Reading(kpi.pk, MONTHS[first + number], Decimal(value), reason="x") for number, value in enumerate(values)
    ]
    record_measurements(readings, actor=company.actor(company.alice), at=at, source="test")


def test_forecast_says_where_how_likely_and_why(olga: APIClient, company: Company, kpi: Kpi) -> None:
    record(company, kpi, LEVEL)
    refresh_outlooks(at=NOW)
    body = olga.get("/api/v1/kpis/K-1/forecast/").json()
    assert (body["stale"], body["computed_at"], body["missing"], body["reason"]) == (False, NOW.isoformat(), "", "")
    assert (body["points"], body["last_period"], body["last_value"]) == (16, "2025-08-01", "51")
    assert (body["period"], body["target_low"], body["target_high"]) == ("2026-12-01", "45", None)
    assert [step["period"] for step in body["steps"]][::15] == ["2025-09-01", "2026-12-01"]
    assert body["steps"][-1]["value"] == body["value"]
    assert [one["method"] for one in body["candidates"] if one["chosen"]] == [body["method"]]
    assert body["accuracy"] == {
        "count": 0,
        "mean_error": None,
        "naive_ratio": None,
        "within_interval": None,
        "sentence": "No forecast has come due yet.",
    }
    assert len(body["sentences"]) == 3
    assert [row["based_on"] for row in body["past"]] == ["2025-08-01"]


def test_forecast_without_enough_data_says_so(olga: APIClient, company: Company, kpi: Kpi) -> None:
    record(company, kpi, LEVEL[:5])
    body = olga.get("/api/v1/kpis/K-1/forecast/").json()
    assert (body["missing"], body["stale"], body["computed_at"]) == ("waiting", True, None)
    refresh_outlooks(at=NOW)
    body = olga.get("/api/v1/kpis/K-1/forecast/").json()
    assert (body["missing"], body["reason"]) == ("too_few", "Not enough data: 5 values, six are needed.")
    assert (body["value"], body["steps"], body["candidates"]) == (None, [], [])


def test_forecast_of_a_kpi_whose_end_has_come(olga: APIClient, company: Company, kpi: Kpi) -> None:
    record(company, kpi, LEVEL)
    Kpi.objects.update(end=date(2025, 8, 31))
    refresh_outlooks(at=NOW)
    assert olga.get("/api/v1/kpis/K-1/forecast/").json()["missing"] == "ended"


def test_accuracy_holds_kept_forecasts_against_what_happened(olga: APIClient, company: Company, kpi: Kpi) -> None:
    record(company, kpi, [50] * 8)
    refresh_outlooks(at=NOW)
    record(company, kpi, [50, 54], first=8)
    refresh_outlooks(at=NOW + timedelta(days=1))
    accuracy = olga.get("/api/v1/kpis/K-1/forecast/").json()["accuracy"]
    assert (accuracy["count"], accuracy["mean_error"], accuracy["within_interval"]) == (2, "2", "0.5")
    assert accuracy["naive_ratio"] == "1"
    assert accuracy["sentence"] == "2 forecasts have come due: off by 2.0 on average; 50% within the interval of 80%."


def test_signals_name_points_rules_and_what_they_mean(olga: APIClient, company: Company, kpi: Kpi) -> None:
    record(company, kpi, [*LEVEL, 20, 21, 20, 20])
    refresh_outlooks(at=NOW)
    body = olga.get("/api/v1/kpis/K-1/signals/").json()
    assert body["sentences"][0] == "4 months below the natural limits: the drop is not noise."
    assert (body["missing"], body["stale"], body["season_removed"]) == ("", False, False)
    assert [(point["period"], point["rules"][0]) for point in body["points"] if point["nature"] == "concern"][-4:] == [
        (month.isoformat(), "outside") for month in MONTHS[16:20]
    ]
    phase = body["phases"][0]
    assert (phase["count"], phase["locked"], phase["provisional"]) == (20, True, False)
    assert (body["points"][0]["moving_range"], body["points"][1]["moving_range"]) == (None, "2")
    assert body["points"][0]["lower"] == phase["lower"]


def test_signals_begin_again_with_a_step_change(olga: APIClient, company: Company, kpi: Kpi) -> None:
    record(company, kpi, [*LEVEL, 20, 21, 20, 20])
    StepChange.objects.create(
        kpi=kpi, period=MONTHS[16], cause="initiative", cause_code="INI-1", note="New routes", recorded_at=NOW
    )
    body = olga.get("/api/v1/kpis/K-1/signals/").json()
    assert [(phase["first"], phase["count"]) for phase in body["phases"]] == [("2024-05-01", 16), ("2025-09-01", 4)]
    assert body["missing"] == "too_few"
    assert [(row["cause"], row["cause_code"], row["note"]) for row in body["step_changes"]] == [
        ("initiative", "INI-1", "New routes")
    ]


def test_signals_of_a_running_total_say_why_there_are_none(olga: APIClient, company: Company, kpi: Kpi) -> None:
    record(company, kpi, LEVEL)
    Kpi.objects.update(cumulative=True)
    body = olga.get("/api/v1/kpis/K-1/signals/").json()
    assert (body["missing"], body["points"], body["phases"]) == ("cumulative", [], [])


def test_one_month_outside_is_one_month(olga: APIClient, company: Company, kpi: Kpi) -> None:
    record(company, kpi, [*LEVEL, 20])
    body = olga.get("/api/v1/kpis/K-1/signals/").json()
    assert body["sentences"][0] == "1 month below the natural limits: the drop is not noise."


@pytest.mark.parametrize("name", ["forecast", "signals"])
def test_outlook_takes_the_same_queries_for_one_and_three_past_forecasts(
    olga: APIClient, company: Company, kpi: Kpi, name: str
) -> None:
    counts = []
    assert olga.get(f"/api/v1/kpis/K-1/{name}/").status_code == 200
    for first, last in ((0, 8), (8, 9), (9, 10)):
        record(company, kpi, LEVEL[first:last], first=first)
        refresh_outlooks(at=NOW)
        with CaptureQueriesContext(connection) as captured:
            assert olga.get(f"/api/v1/kpis/K-1/{name}/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2]
