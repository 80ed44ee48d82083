"""The page of a KPI by month, quarter, year, to date or over twelve months."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kpis.models import Kpi
from kpis.reports.page import KpiPage
from kpis.services import Reading, record_measurements
from organization.actors import Actor
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import TODAY, Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
D = Decimal


def page_of(client: Client, query: str = "", code: str = "K-1") -> KpiPage:
    page = client.get(f"/kpis/{code}/{query}").context["page"]
    assert isinstance(page, KpiPage)
    return page


@pytest.fixture
def sales(make_kpi: Maker) -> Kpi:
    """Nine a month against ten, June unknown, November open."""
    fields: dict[str, Any] = {"kind": "period", "target": D(10), "time_aggregation": "sum", "unit": "t", "precision": 0}
    return make_kpi("K-1", {month: "9" for month in range(1, 11) if month != 6}, **fields)


def test_windows_that_say_something_else_are_offered(company: Company, browser: Browser, sales: Kpi) -> None:
    assert [(one.value, one.text, one.chosen) for one in page_of(browser(company.alice), "?by=quarter").choices] == [
        ("", "Monthly", False),
        ("quarter", "Quarter", True),
        ("year", "Year", False),
        ("ytd", "Year to date", False),
        ("qtd", "Quarter to date", False),
        ("rolling12", "Last twelve months", False),
    ]


def test_a_yearly_kpi_has_no_other_window(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("K-1", frequency="yearly", kind="unscored")
    page = page_of(browser(company.alice), "?by=month")
    assert (page.choices, page.by, page.windows) == ((), "", None)


def test_chart_and_table_switch_with_the_window(company: Company, browser: Browser, sales: Kpi) -> None:
    page = page_of(browser(company.alice), "?by=quarter&rows=all")
    assert page.windows is not None
    assert [(line.name, line.value, line.expected, line.partial, line.provisional) for line in page.windows.lines] == [
        ("Q4 2026", D(9), D(10), True, True),
        ("Q3 2026", D(27), D(30), False, False),
        ("Q2 2026", D(18), D(20), True, False),
        ("Q1 2026", D(27), D(30), False, False),
    ]
    assert page.chart.data["actual"] == [27.0, 18.0, 27.0, 9.0]
    assert page.chart.data["target"] == [30.0, 20.0, 30.0, 10.0]
    assert page.chart.data["hollow"] == [False, True, False, True]
    assert page.chart.head == ("Window", "Actual", "Expected", "Variance", "Periods known")


def test_a_window_up_to_a_period_ahead_is_plan_alone(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("K-1", dict.fromkeys(range(1, 11), "84"), time_aggregation="mean")
    page = page_of(browser(company.alice), "?by=ytd")
    assert page.windows is not None
    assert page.chart.data["actual"] == [84.0] * 11 + [None]
    assert page.chart.data["hollow"] == [False] * 10 + [True, False]
    assert page.windows.lines[0].name == "Jan 2026 to Nov 2026"


def test_what_is_marked_is_explained(company: Company, browser: Browser, sales: Kpi) -> None:
    client = browser(company.alice)
    assert page_of(client, "?by=quarter").windows.notes == (  # type: ignore[union-attr]
        "Partial: some of its periods have no value; target and value are those of the rest.",
        "Provisional: the window is not over yet.",
    )
    text = client.get("/kpis/K-1/?by=quarter").content.decode()
    assert "2 of 3 periods" in text
    assert 'href="/kpis/K-1/values.csv?by=quarter"' in text


def test_an_unknown_window_is_the_own_period(company: Company, browser: Browser, sales: Kpi) -> None:
    assert page_of(browser(company.alice), "?by=nonsense").by == ""


def test_file_holds_what_is_shown(company: Company, browser: Browser, sales: Kpi) -> None:
    answer = browser(company.alice).get("/kpis/K-1/values.csv?by=quarter")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="K-1-quarter.csv"'
    assert lines[0].startswith("window,first,last,value")
    assert lines[2].startswith("Q2 2026,2026-04-01,2026-06-30,18")


def test_windows_cost_the_same_for_any_number_of_values(
    company: Company, browser: Browser, sales: Kpi, office: Actor, django_assert_num_queries: Any
) -> None:
    client = browser(company.alice)
    client.get("/kpis/K-1/?by=quarter")
    with django_assert_num_queries(23):
        client.get("/kpis/K-1/?by=quarter")
    readings = [Reading(sales.pk, date(2025, month, 1), D(9)) for month in range(1, 13)]
    record_measurements(readings, actor=office, at=TODAY, source="import")
    with django_assert_num_queries(23):
        client.get("/kpis/K-1/?by=quarter&rows=all")
