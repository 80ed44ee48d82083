"""Pages, tables and the API of KPIs whose plan follows the season or grows at an equal pace."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from dashboards.reports.sparks import courses_of
from kpis.explain import explain_kpi
from kpis.models import Kpi, KpiFigures
from kpis.rows import rows_of
from kpis.services import Reading, record_measurements
from organization.actors import Actor
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import TODAY, Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
SHAPE = [1, 1, 2, 2, 3, 3, 0, 0, 2, 2, 2, 2]


@pytest.fixture
def orders(make_kpi: Maker, office: Actor) -> Kpi:
    """Orders of a season with a weak summer: 60 a month over ten months of 2026, 1 000 wanted, 40 known before."""
    kpi = make_kpi(
        "ORDERS",
        unit="",
        precision=0,
        baseline=Decimal(40),
        target=Decimal(1040),
        trajectory="seasonal",
        time_aggregation="sum",
    )
    past = [(year, month, SHAPE[month - 1] * 10) for year in (2024, 2025) for month in range(1, 13)]
    now = [(2026, month, 60) for month in range(1, 11)]
    readings = [Reading(kpi.pk, date(year, month, 1), Decimal(value)) for year, month, value in past + now]
    record_measurements(readings, actor=office, at=TODAY, source="import")
    return Kpi.objects.select_related("figures", "owner", "department", "organization").get(pk=kpi.pk)


@pytest.fixture
def revenue(make_kpi: Maker, office: Actor) -> Kpi:
    """Doubling every year from 100 to 400 over two years, seen half-way at 220."""
    kpi = make_kpi(
        "REVENUE",
        {1: "220"},
        unit="",
        precision=0,
        baseline=Decimal(100),
        target=Decimal(400),
        start=date(2025, 1, 1),
        end=date(2027, 1, 1),
        frequency="yearly",
        trajectory="compound",
    )
    return Kpi.objects.select_related("figures", "organization").get(pk=kpi.pk)


def test_seasonal_kpi_is_scored_by_its_sum(orders: Kpi) -> None:
    figures: KpiFigures = orders.figures
    assert (figures.value, figures.period, figures.flags) == (640, date(2026, 10, 1), [])
    assert (figures.expected_share, figures.expected) == (0.837931034483, 878)
    assert (figures.colour, figures.growth_pace) == ("red", None)


def test_page_of_a_seasonal_kpi_shows_the_sum_and_each_value(company: Company, browser: Browser, orders: Kpi) -> None:
    response = browser(company.alice).get("/kpis/ORDERS/")
    page, text = response.context["page"], response.content.decode()
    assert (page.row.value, page.latest, page.sums_up) == (640, 60, True)
    assert [(one.label, one.change) for one in page.comparisons] == [
        ("vs last month", 0),
        ("vs last year", 40),
        ("vs baseline", 600),
    ]
    assert [(row.value, row.actual, row.last_year) for row in page.periods[:2]] == [(60, 640, 20), (60, 580, 20)]
    drawn = dict(zip(page.chart.data["x"], page.chart.data["actual"], strict=True))
    assert (drawn["2025-12-01"], drawn["2026-01-01"], drawn["2026-10-01"]) == (None, 100, 640)
    assert "sum since" in text
    assert "60 in this period" in text
    assert page.finding == "238 behind plan"


def test_why_of_a_seasonal_kpi_names_the_sum_and_the_season(orders: Kpi, office: Actor) -> None:
    steps = {step.formula: (step.filled, step.result) for step in explain_kpi(orders, actor=office).steps}
    assert steps["A = b + Σ x, 2026-01-01 …"] == ("40 + 600", "640")
    assert steps["p = (S(t) − S(t0)) / (S(t1) − S(t0))"][1] == "0.837931"
    assert steps["E = b + (T − b) × p"] == ("40 + (1040 − 40) × 0.837931", "878")


def test_tables_of_a_seasonal_kpi_draw_the_sum_against_the_season(
    orders: Kpi, delivery: Kpi, company: Company, office: Actor
) -> None:
    kpis = list(Kpi.objects.select_related("figures", "owner", "department").order_by("-code"))
    row = rows_of(kpis, actor=office, organization=company.organization, today=TODAY.date())[0]
    assert row.course.values == tuple(Decimal(40 + 60 * month) for month in range(1, 11))
    assert row.course.targets[5:8] == (640, 640, 640)
    course = courses_of([orders.pk, delivery.pk])[orders.pk]
    assert (course.values[-1], course.plan[7]) == (640, 640)


def test_series_of_the_api_has_value_sum_and_comparisons(company: Company, browser: Browser, orders: Kpi) -> None:
    rows = browser(company.alice).get("/api/v1/kpis/ORDERS/series/?period_from=2026-10-01").json()
    names = ("value", "actual", "versus_previous", "versus_last_year", "versus_baseline")
    assert [rows[0][name] for name in names] == ["60", "640", "0", "40", "600"]
    assert (rows[-1]["plan"], rows[-1]["actual"]) == ("1040", None)


def test_compound_kpi_shows_its_growth_pace(company: Company, browser: Browser, revenue: Kpi, office: Actor) -> None:
    figures: KpiFigures = revenue.figures
    assert (figures.value, figures.growth_pace) == (220, 1.2)
    response = browser(company.alice).get("/kpis/REVENUE/")
    assert response.context["page"].growth_pace == 1.2
    assert "Growth pace" in response.content.decode()
    assert browser(company.alice).get("/api/v1/kpis/REVENUE/").json()["growth_pace"] == "1.2"
    steps = {step.formula: (step.filled, step.result) for step in explain_kpi(revenue, actor=office).steps}
    assert steps["E = b × (T / b)^p"] == ("100 × (400 / 100)^0.931507", "364")
    growth = steps["G = ((A / b)^(1/n) − 1) / ((T / b)^(1/N) − 1)"]
    assert growth == ("((220 / 100)^(1/1) − 1) / ((400 / 100)^(1/2) − 1)", "1.2")
    assert any(formula == "q = P / s" for formula in steps)


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"trajectory": "seasonal"}, "trajectory", "seasonal_not_additive"),
        ({"trajectory": "compound", "baseline": "0"}, "trajectory", "compound_signs"),
    ],
)
def test_plan_that_cannot_be_is_refused_by_name(
    company: Company, browser: Browser, fields: dict[str, Any], field: str, code: str
) -> None:
    body = {"code": "X", "name": "X", "target": "90", "start": "2026-01-01", "end": "2026-12-31", **fields}
    answer = browser(company.olga).post("/api/v1/kpis/", body, content_type="application/json")
    assert answer.status_code == 400
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]
