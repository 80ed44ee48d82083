"""The page of one KPI: what it finds, why, since when, with everything that was replaced."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kpis.models import Kpi
from kpis.reports.page import KpiPage
from kpis.services import Reading, evaluate_kpis, record_measurements
from objectives.models import Objective
from organization.actors import Actor
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import TODAY, Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
PART = {"HX-Request": "true"}


def page_of(client: Client, code: str, query: str = "") -> KpiPage:
    page = client.get(f"/kpis/{code}/{query}").context["page"]
    assert isinstance(page, KpiPage)
    return page


def test_page_is_absent_outside_of_what_one_sees(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("K-1", department=company.finance, owner=company.erin)
    assert browser(company.alice).get("/kpis/K-1/").status_code == 404
    assert browser(company.dora).get("/kpis/K-1/").status_code == 404
    assert browser(company.olga).get("/kpis/K-1/").status_code == 200
    assert Client().get("/kpis/K-1/").headers["Location"] == "/sign-in/?next=/kpis/K-1/"


def test_page_leads_with_its_finding(company: Company, browser: Browser, delivery: Kpi) -> None:
    page = page_of(browser(company.alice), "K-13")
    assert page.finding == "3.2 pts behind plan; 0.5 pts better than the value before"
    assert page.chart.title == page.finding
    assert [(one.label, one.change, one.good) for one in page.comparisons] == [
        ("vs last month", Decimal("0.5"), True),
        ("vs baseline", Decimal("5.5"), True),
    ]


@pytest.mark.parametrize(
    ("fields", "values", "finding"),
    [
        ({}, {10: "89.1"}, "0.4 pts ahead of plan"),
        ({}, {9: "88.7", 10: "88.7"}, "Exactly on plan, with 88.7%; unchanged since the value before"),
        ({}, {}, "No value yet: the first one was due on 10\u00a0Feb 2026"),
        ({}, {6: "88"}, "The last value, 88.0% for Jun 2026, is too old to judge by"),
        ({"kind": "unscored", "unit": "t"}, {10: "5"}, "5.0\u00a0t, without a target to compare with"),
        ({"kind": "period", "unit": "EUR", "precision": 0}, {10: "80"}, "€10 short of target"),
        ({"kind": "guardrail", "direction": "down"}, {10: "91.5"}, "1.5 pts beyond the limit of 90.0%"),
        ({"kind": "guardrail", "direction": "down"}, {10: "90"}, "Within the limit of 90.0%"),
        (
            {"kind": "range", "low": Decimal(2), "high": Decimal(4), "unit": "", "target": None},
            {9: "3", 10: "5"},
            "1.0 above the range from 2.0 to 4.0; 2.0 up from the value before",
        ),
        (
            {"start": date(2027, 1, 1), "end": date(2027, 12, 31)},
            {10: "80"},
            "The plan has not started; the value is 80.0%",
        ),
        (
            {"start": date(2026, 1, 1), "end": date(2026, 10, 31)},
            {10: "88"},
            "The plan ended close to its target: 88.0% of 90.0%",
        ),
    ],
)
def test_page_finds_words_for_every_state(
    fields: dict[str, Any], values: dict[int, str], finding: str, company: Company, browser: Browser, make_kpi: Maker
) -> None:
    make_kpi("K-1", values, **fields)
    assert page_of(browser(company.olga), "K-1").finding == finding


def test_page_draws_actual_plan_target_and_zones(company: Company, browser: Browser, delivery: Kpi) -> None:
    chart = page_of(browser(company.alice), "K-13").chart
    assert chart.recipe == "trajectory"
    assert chart.data["x"] == [f"2026-{month:02}-01" for month in range(1, 13)]
    assert chart.data["actual"] == [81.5, 82.0, 82.5, 83.0, 83.5, 84.0, 84.5, 85.0, 85.5, None, None, None]
    assert chart.data["target"] == [90.0] * 12
    assert (chart.data["expected"][0], chart.data["expected"][-1]) == (80.8, 90.0)
    assert (round(chart.data["amber"][-1], 2), round(chart.data["red"][-1], 2)) == (89.5, 88.0)
    assert (chart.data["today"], chart.data["unit"], chart.data["decimals"]) == ("2026-11-12", "%", 1)
    assert chart.summary == "Line chart: from 81.5% in Jan 2026 to 85.5% in Sep 2026. 88.7% was expected."
    assert chart.head == ("Period", "Actual", "plan", "target", "Variance")
    assert chart.rows[0] == ("Jan 2026", "81.5%", "80.8%", "90.0%", "+0.7\u00a0pts")
    assert chart.rows[-1] == ("Dec 2026", "–", "90.0%", "90.0%", "–")


def test_page_explains_the_number(company: Company, browser: Browser, objective: Objective) -> None:
    why = page_of(browser(company.alice), "K-13").why
    assert [(line.formula, line.filled, line.result) for line in why.lines] == [
        ("P = (A − b) / (T − b)", "(85.5 − 80) / (90 − 80)", "55.0%"),
        ("E = b + (T − b) × p", "80 + (90 − 80) × 0.865385", "88.7%"),
        ("q = P / p", "0.55 / 0.865385", "63.6%"),
        ("g = P − p", "0.55 − 0.865385", "−31.5\u00a0pts"),
    ]
    assert [(one.symbol, one.value) for one in why.inputs] == [
        ("A", "85.5%"),
        ("b", "80.0%"),
        ("T", "90.0%"),
        ("p", "86.5%"),
        ("E", "88.7%"),
        ("V", "−3.2\u00a0pts"),
    ]
    assert why.thresholds[0] == "On track: at least 95% of what is expected, or at most 3 points behind it."
    assert [(one.code, one.weight, one.share) for one in why.objectives] == [("OPS-1", "2", 1.0)]
    assert (why.source, why.freshness_word, why.due_on) == ("File", "Due", date(2026, 11, 10))


def test_page_without_a_value_makes_no_zero_of_it(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("K-1", kind="guardrail", direction="down")
    page = page_of(browser(company.olga), "K-1")
    assert [(line.result, line.filled) for line in page.why.lines] == [("–", "−∞ ≤ – ≤ 90"), ("–", "d = –")]
    assert (page.periods, page.kind_word) == ((), "Stay at or below")
    text = browser(company.olga).get("/kpis/K-1/").content.decode()
    assert "With numbers" not in text
    assert "No value yet" in text


def test_page_lists_periods_newest_first_with_gaps(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("K-1", {8: "85", 10: "88.5"})
    periods = page_of(browser(company.alice), "K-1").periods
    assert [(row.period.month, row.value, row.state, row.colour) for row in periods[:3]] == [
        (10, Decimal("88.5"), "on_track", "green"),
        (9, None, "no_data", "grey"),
        (8, Decimal("85.0"), "off_track", "red"),
    ]
    assert periods[0].variance == Decimal("0.2")


def test_page_keeps_what_corrections_replaced(company: Company, browser: Browser, delivery: Kpi) -> None:
    alice = company.actor(company.alice)
    assert ">Note</th>" not in browser(company.alice).get("/kpis/K-13/").content.decode()
    corrected = Reading(delivery.pk, date(2026, 9, 1), Decimal(86), reason="Late lines counted")
    record_measurements([corrected], actor=alice, at=TODAY, source="web")
    client = browser(company.alice)
    row = page_of(client, "K-13").periods[1]
    assert (row.value, row.recorded_by) == (Decimal("86.0"), "Alice")
    assert [(old.value, old.reason, old.replaced_by, old.replaced_at) for old in row.corrections] == [
        (Decimal("85.5000000000"), "Late lines counted", "Alice", TODAY)
    ]
    assert (
        "replaced by Alice, 12\u00a0Nov 2026, 05:00: Late lines counted" in client.get("/kpis/K-13/").content.decode()
    )
    assert ">Note</th>" in client.get("/kpis/K-13/").content.decode()


def test_page_shows_twelve_periods_until_all_are_asked_for(
    company: Company, browser: Browser, make_kpi: Maker, office: Actor
) -> None:
    kpi = make_kpi("K-1", {10: "88"}, start=date(2025, 1, 1))
    readings = [Reading(kpi.pk, date(2025, month, 1), Decimal(81)) for month in range(1, 13)]
    record_measurements(readings, actor=office, at=TODAY, source="import")
    alice = browser(company.alice)
    few, every = page_of(alice, "K-1"), page_of(alice, "K-1", "?rows=all")
    assert (len(few.periods), few.more_periods) == (12, 10)
    assert (len(every.periods), every.more_periods) == (22, 0)
    assert [(span.value, span.chosen) for span in few.spans] == [("1", False), ("2", True), ("all", False)]
    assert page_of(alice, "K-1", "?span=1").chart.data["x"][0] == "2025-11-01"
    assert page_of(alice, "K-1", "?span=nonsense").span == "2"


def test_page_hides_objectives_that_one_may_not_see_and_says_how_many(
    company: Company, browser: Browser, objective: Objective
) -> None:
    Objective.objects.filter(pk=objective.pk).update(department=company.finance)
    why = page_of(browser(company.alice), "K-13").why
    assert (why.objectives, why.hidden_objectives) == ((), 1)


def test_page_shows_the_form_to_those_who_may_enter_alone(company: Company, browser: Browser, delivery: Kpi) -> None:
    shown = {
        user.name: 'id="kpi-entry"' in browser(user).get("/kpis/K-13/").content.decode()
        for user in (company.alice, company.bob, company.charlie, company.olga, company.erin)
    }
    assert shown == {"Alice": True, "Bob": True, "Charlie": False, "Olga": True, "Erin": False}


def test_page_refreshes_its_parts_only_when_figures_moved(
    company: Company, browser: Browser, delivery: Kpi, office: Actor
) -> None:
    alice = browser(company.alice)
    version = page_of(alice, "K-13").version
    assert alice.get(f"/kpis/K-13/?seen={version}", headers=PART).status_code == 204
    record_measurements([Reading(delivery.pk, date(2026, 10, 1), Decimal(89))], actor=office, at=TODAY, source="api")
    part = alice.get(f"/kpis/K-13/?seen={version}", headers=PART)
    text = part.content.decode()
    assert (part.status_code, part.context["page"].row.value) == (200, Decimal("89.0000000000"))
    assert [name in text for name in ('id="kpi-figures"', 'id="kpi-head"', 'id="kpi-values"', 'id="kpi-entry"')] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_the_same_queries_for_any_number_of_values(
    number: int,
    company: Company,
    browser: Browser,
    delivery: Kpi,
    objective: Objective,
    django_assert_num_queries: Any,
) -> None:
    alice = company.actor(company.alice)
    for place in range(number):
        reading = Reading(delivery.pk, date(2026, 9, 1), Decimal(86 + place), reason="Again")
        record_measurements([reading], actor=alice, at=TODAY, source="web")
    evaluate_kpis([delivery.pk], at=TODAY)
    client = browser(company.alice)
    with django_assert_num_queries(23):
        client.get("/kpis/K-13/")


def test_page_in_french_writes_numbers_the_french_way(company: Company, browser: Browser, objective: Objective) -> None:
    client = browser(company.alice)
    client.cookies["django_language"] = "fr"
    page = page_of(client, "K-13")
    assert page.why.lines[0].filled == "(85,5 − 80) / (90 − 80)"
    assert page.why.lines[0].result == "55,0\u00a0%"
    assert page.chart.rows[0][:2] == ("janv. 2026", "81,5\u00a0%")


def test_values_file_has_raw_values_and_no_formula(
    company: Company, browser: Browser, delivery: Kpi, office: Actor
) -> None:
    reading = Reading(delivery.pk, date(2026, 10, 1), Decimal("88.25"), estimate=True, note="=1+1")
    record_measurements([reading], actor=office, at=TODAY, source="api")
    response = browser(company.alice).get("/kpis/K-13/values.csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert response.headers["Content-Disposition"] == 'attachment; filename="K-13-values.csv"'
    assert lines[0].startswith("period,value,numerator,denominator,target,expected")
    assert lines[10] == (
        "2026-10-01,88.25,,,90,88.3,,,-0.1,on_track,green,true,'=1+1,2026-11-12T05:00:00+00:00,,api,88.2"
    )
