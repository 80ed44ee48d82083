"""Departments as a tree, and the scorecard of each."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from dashboards.reports.scorecard import Scorecard
from kpis.models import Kpi
from objectives.models import Objective
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
PART = {"HX-Request": "true"}


def card_of(client: Client, code: str, query: str = "") -> Scorecard:
    card = client.get(f"/departments/{code}/{query}").context["card"]
    assert isinstance(card, Scorecard)
    return card


def grouped(card: Scorecard) -> list[tuple[str, list[str]]]:
    return [(group.name, [row.code for row in group.rows]) for group in card.groups]


def test_scorecard_groups_kpis_by_the_perspective_of_their_objective(
    company: Company, browser: Browser, objective: Objective, make_kpi: Maker
) -> None:
    make_kpi("K-1", {10: "89"})
    card = card_of(browser(company.alice), "SALES")
    assert grouped(card) == [("Process", ["K-13"]), ("Without an objective", ["K-1"])]
    assert card.finding == "1 of 2 KPIs are on track. Furthest from plan: On-time delivery."
    assert (card.total, card.below, card.below_count) == (2, False, 0)


def test_scorecard_is_absent_outside_of_what_one_sees(company: Company, browser: Browser) -> None:
    assert browser(company.alice).get("/departments/FINANCE/").status_code == 404
    assert browser(company.dora).get("/departments/SALES/").status_code == 404
    assert browser(company.charlie).get("/departments/SALES/").status_code == 200


def test_scorecard_takes_in_the_departments_below_on_demand_or_when_it_has_none(
    company: Company, browser: Browser, make_kpi: Maker
) -> None:
    make_kpi("K-1", {10: "89"})
    make_kpi("K-2", {10: "89"}, department=company.north)
    olga = browser(company.olga)
    assert [row.code for row in card_of(olga, "SALES").rows] == ["K-1"]
    assert [row.code for row in card_of(olga, "SALES", "?below=1").rows] == ["K-1", "K-2"]
    assert (card_of(olga, "ROOT").below, card_of(olga, "ROOT").below_count) == (True, 2)
    assert card_of(olga, "ROOT", "?below=0").rows == ()
    text = olga.get("/departments/ROOT/?below=0").content.decode()
    assert "This department has no KPI of its own" in text
    assert "Show the 2 below it" in text


def test_scorecard_narrows_and_sorts(company: Company, browser: Browser, objective: Objective, make_kpi: Maker) -> None:
    make_kpi("K-1", {10: "89"}, name="A good one", owner=company.alice)
    make_kpi("K-2", name="Nothing yet")
    alice = browser(company.alice)
    assert [row.code for row in card_of(alice, "SALES").rows] == ["K-13", "K-2", "K-1"]
    assert [row.code for row in card_of(alice, "SALES", "?sort=name").rows] == ["K-1", "K-2", "K-13"]
    assert [row.code for row in card_of(alice, "SALES", "?sort=-variance").rows] == ["K-1", "K-13", "K-2"]
    assert [row.code for row in card_of(alice, "SALES", "?status=green").rows] == ["K-1"]
    assert [row.code for row in card_of(alice, "SALES", "?objective=OPS-1").rows] == ["K-13"]
    assert [row.code for row in card_of(alice, "SALES", "?owner=Alice").rows] == ["K-1"]
    assert [row.code for row in card_of(alice, "SALES", "?q=GOOD").rows] == ["K-1"]
    text = alice.get("/departments/SALES/?q=zzz").content.decode()
    assert "No KPI matches" in text
    assert "Clear the filters" in text


def test_scorecard_tabs_name_the_departments_beside_it_and_their_worst_colour(
    company: Company, browser: Browser, delivery: Kpi, make_kpi: Maker
) -> None:
    make_kpi("K-1", {10: "89"}, department=company.finance)
    tabs = card_of(browser(company.olga), "SALES").tabs
    assert [(tab.code, tab.colour, tab.count, tab.is_current) for tab in tabs] == [
        ("FINANCE", "green", 1, False),
        ("SALES", "red", 1, True),
    ]


def test_scorecard_file_holds_what_is_shown(
    company: Company, browser: Browser, objective: Objective, make_kpi: Maker
) -> None:
    make_kpi("K-1", {10: "89"}, name="=A good one")
    response = browser(company.alice).get("/departments/SALES/scorecard.csv?status=green")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert response.headers["Content-Disposition"] == 'attachment; filename="SALES-scorecard.csv"'
    assert len(lines) == 2
    assert lines[1].startswith("K-1,'=A good one,SALES,Without an objective,,Bob,%,2026-10-01,89,90,88.7,,,0.3,")


def test_scorecard_part_answers_a_script_and_nothing_when_nothing_moved(
    company: Company, browser: Browser, delivery: Kpi
) -> None:
    alice = browser(company.alice)
    part = alice.get("/departments/SALES/?sort=name&q=", headers=PART)
    assert part.templates[0].name == "dashboards/scorecard_table.html"
    assert part.headers["HX-Push-Url"] == "/departments/SALES/?sort=name"
    version = part.context["card"].version
    assert alice.get(f"/departments/SALES/?sort=name&seen={version}", headers=PART).status_code == 204


@pytest.mark.parametrize("number", [1, 3])
def test_scorecard_takes_the_same_queries_for_any_number(
    number: int, company: Company, browser: Browser, make_kpi: Maker, django_assert_num_queries: Any
) -> None:
    for place in range(number):
        make_kpi(f"K-{place}", {10: "85"})
    alice = browser(company.alice)
    with django_assert_num_queries(13):
        alice.get("/departments/SALES/")


def test_departments_are_a_tree_with_people_and_colours(
    company: Company, browser: Browser, delivery: Kpi, make_kpi: Maker
) -> None:
    make_kpi("K-1", {10: "89"}, department=company.north)
    tree = browser(company.olga).get("/departments/").context["tree"]
    assert [(one.code, one.level, one.headcount, one.counts, one.total, one.own) for one in tree.branches] == [
        ("ROOT", 0, 10, {"red": 1, "green": 1}, 2, 0),
        ("FINANCE", 1, 10, {}, 0, 0),
        ("SALES", 1, 10, {"red": 1, "green": 1}, 2, 1),
        ("NORTH", 2, 10, {"green": 1}, 1, 1),
    ]
    assert (tree.total, tree.counts) == (2, {"green": 1, "amber": 0, "red": 1, "grey": 0})


def test_departments_show_what_the_person_may_see(company: Company, browser: Browser) -> None:
    tree = browser(company.alice).get("/departments/").context["tree"]
    assert [one.code for one in tree.branches] == ["ROOT", "SALES", "NORTH"]
    assert [one.code for one in browser(company.dora).get("/departments/").context["tree"].branches] == ["ELSEWHERE"]


@pytest.mark.parametrize("number", [1, 3])
def test_departments_take_the_same_queries_for_any_number(
    number: int, company: Company, browser: Browser, make_kpi: Maker, django_assert_num_queries: Any
) -> None:
    for place in range(number):
        make_kpi(f"K-{place}", {10: "85"})
    alice = browser(company.alice)
    with django_assert_num_queries(8):
        alice.get("/departments/")


def test_departments_refresh_only_when_colours_moved(company: Company, browser: Browser, delivery: Kpi) -> None:
    alice = browser(company.alice)
    version = alice.get("/departments/").context["tree"].version
    assert alice.get(f"/departments/?seen={version}", headers=PART).status_code == 204
    part = alice.get("/departments/?seen=other", headers=PART)
    assert part.templates[0].name == "dashboards/departments_table.html"


def test_row_of_a_scorecard_shows_a_share_of_the_plan(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("K-1", {10: "45"}, kind="period")
    card = card_of(browser(company.alice), "SALES")
    assert (card.rows[0].variance, card.rows[0].effect, card.scale) == (Decimal("-45.0000000000"), -0.5, 0.5)
