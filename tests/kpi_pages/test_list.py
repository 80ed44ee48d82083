"""The list of KPIs: what it shows to whom, narrowed, sorted, paged."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kpis.models import Kpi
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
PART = {"HX-Request": "true"}


def codes(client: Client, address: str = "/kpis/") -> list[str]:
    return [row.code for row in client.get(address).context["listing"].rows]


def test_list_shows_what_the_person_may_see(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("K-1", {10: "88"})
    make_kpi("K-2", {10: "88"}, department=company.finance, owner=company.erin)
    assert codes(browser(company.alice)) == ["K-1"]
    assert codes(browser(company.olga)) == ["K-1", "K-2"]
    assert codes(browser(company.dora)) == []


def test_list_row_says_figures_zones_and_course(company: Company, browser: Browser, delivery: Kpi) -> None:
    row = browser(company.alice).get("/kpis/").context["listing"].rows[0]
    assert (row.code, row.value, row.target, row.expected) == (
        "K-13",
        Decimal("85.5000000000"),
        Decimal("90.0000000000"),
        Decimal("88.7000000000"),
    )
    assert (row.variance, row.good, row.colour, row.freshness) == (Decimal("-3.2000000000"), False, "red", "due")
    assert row.course.values == tuple(Decimal(81) + Decimal(month) / 2 for month in range(1, 10))
    assert row.course.targets[0] == Decimal("80.8")
    assert len(row.course.targets) == 9
    assert round(row.edges.amber, 3) == Decimal("88.221")


def test_list_narrows_by_each_filter(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("K-1", {10: "90"}, name="Green one")
    make_kpi("K-2", {9: "81"}, name="Red one", owner=company.alice)
    make_kpi("K-3", {10: "5"}, department=company.north, kind="unscored", translations={"fr": {"name": "Trois"}})
    olga = browser(company.olga)
    assert codes(olga, "/kpis/?sort=code") == ["K-1", "K-2", "K-3"]
    assert codes(olga, "/kpis/?q=red") == ["K-2"]
    assert codes(olga, "/kpis/?q=k-3") == ["K-3"]
    assert codes(olga, "/kpis/?department=NORTH") == ["K-3"]
    assert codes(olga, "/kpis/?department=SALES&sort=code") == ["K-1", "K-2", "K-3"]
    assert codes(olga, "/kpis/?department=ELSEWHERE") == []
    assert codes(olga, f"/kpis/?owner={company.alice.email}") == ["K-2"]
    assert codes(olga, "/kpis/?status=red") == ["K-2"]
    assert codes(olga, "/kpis/?kind=unscored") == ["K-3"]
    assert codes(olga, "/kpis/?freshness=due") == ["K-2"]


def test_list_counts_colours_of_all_that_match_whatever_the_chosen_one(
    company: Company, browser: Browser, make_kpi: Maker
) -> None:
    make_kpi("K-1", {10: "90"})
    make_kpi("K-2", {10: "81"})
    make_kpi("K-3", {10: "81"})
    listing = browser(company.olga).get("/kpis/?status=red").context["listing"]
    assert [(one.colour, one.count, one.chosen) for one in listing.statuses] == [
        ("", 3, False),
        ("red", 2, True),
        ("amber", 0, False),
        ("green", 1, False),
        ("grey", 0, False),
    ]
    assert listing.total == 2


def test_list_sorts_most_urgent_first_and_unknown_last(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("K-1", {10: "90"})
    make_kpi("K-2", {10: "81"})
    make_kpi("K-3")
    olga = browser(company.olga)
    assert codes(olga) == ["K-2", "K-3", "K-1"]
    assert codes(olga, "/kpis/?sort=variance") == ["K-2", "K-1", "K-3"]
    assert codes(olga, "/kpis/?sort=-variance") == ["K-1", "K-2", "K-3"]
    assert codes(olga, "/kpis/?sort=-code") == ["K-3", "K-2", "K-1"]
    assert codes(olga, "/kpis/?sort=nonsense") == ["K-2", "K-3", "K-1"]


def test_list_is_paged_and_forgives_a_page_beyond(company: Company, browser: Browser, make_kpi: Maker) -> None:
    for number in range(51):
        make_kpi(f"K-{number:02}")
    olga = browser(company.olga)
    first = olga.get("/kpis/?sort=code").context["listing"]
    assert (first.first, first.last, first.total, first.previous_query) == (1, 50, 51, "")
    assert first.next_query == "?sort=code&page=2"
    last = olga.get("/kpis/?sort=code&page=99").context["listing"]
    assert (last.first, last.last, last.next_query) == (51, 51, "")


def test_list_without_kpis_says_what_belongs_here(company: Company, browser: Browser) -> None:
    text = browser(company.olga).get("/kpis/").content.decode()
    assert "No KPI yet" in text
    assert "Import a strategy" in text


def test_list_narrowed_to_nothing_names_the_filters_and_clears_them(
    company: Company, browser: Browser, delivery: Kpi
) -> None:
    text = browser(company.olga).get("/kpis/?q=zzz&department=NORTH").content.decode()
    assert "No KPI matches" in text
    assert "<span>“zzz” · North</span>" in text
    assert '<a class="btn mt2" href="/kpis/">Clear the filters</a>' in text


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries_for_any_number(
    number: int, company: Company, browser: Browser, make_kpi: Maker, django_assert_num_queries: Any
) -> None:
    for place in range(number):
        make_kpi(f"K-{place}", {10: "85"})
    alice = browser(company.alice)
    with django_assert_num_queries(12):
        alice.get("/kpis/")


def test_list_part_answers_a_script_and_nothing_when_nothing_moved(
    company: Company, browser: Browser, delivery: Kpi
) -> None:
    alice = browser(company.alice)
    part = alice.get("/kpis/?q=&status=red", headers=PART)
    assert part.templates[0].name == "kpis/list_table.html"
    assert part.headers["HX-Push-Url"] == "/kpis/?status=red"
    version = part.context["listing"].version
    assert alice.get(f"/kpis/?status=red&seen={version}", headers=PART).status_code == 204
    again = alice.get("/kpis/?status=red&seen=other", headers=PART)
    assert (again.status_code, "HX-Push-Url" in again.headers) == (200, False)


def test_list_of_another_day_keeps_the_due_date(company: Company, browser: Browser, delivery: Kpi) -> None:
    row = browser(company.alice).get("/kpis/").context["listing"].rows[0]
    assert (row.period, row.due_on) == (date(2026, 9, 1), date(2026, 11, 10))
