"""Search or jump to."""

from collections.abc import Callable

import pytest
from django.test import Client

from dashboards.reports.search import find
from organization.models import User
from tests.dashboards.strategies import branch
from tests.factories import Company, KpiFactory

Browser = Callable[[User], Client]


def test_search_finds_by_words_in_any_order(company: Company) -> None:
    branch(company, 1)
    found = find(company.actor(company.erin), "1 work")
    assert [(kind.title, [hit.code for hit in kind.rows]) for kind in found.kinds] == [("Objectives", ["D1"])]


def test_search_finds_in_the_other_language(company: Company) -> None:
    KpiFactory.create(
        organization=company.organization, code="K9", name="Scrap", translations={"fr": {"name": "Rebuts"}}
    )
    assert find(company.actor(company.erin), "rebut").kinds[0].rows[0].code == "K9"


def test_search_shows_only_what_the_reader_may_see(company: Company) -> None:
    branch(company, 1, company.finance)
    assert find(company.actor(company.charlie), "Number").count == 0
    assert find(company.actor(company.erin), "Number").count == 1


def test_search_leads_straight_to_a_code(company: Company, browser: Browser) -> None:
    branch(company, 1)
    response = browser(company.erin).get("/search/", {"q": "k1"})
    assert (response.status_code, response.url) == (302, "/kpis/K1/")  # type: ignore[attr-defined]


@pytest.mark.parametrize("query", ["", "   ", "\x00", "%", "' OR 1=1 --", "x" * 5000])
def test_search_takes_anything(company: Company, browser: Browser, query: str) -> None:
    assert browser(company.erin).get("/search/", {"q": query}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_search_queries_do_not_grow(
    company: Company, browser: Browser, django_assert_num_queries: object, count: int
) -> None:
    for number in range(1, count + 1):
        branch(company, number)
    client = browser(company.erin)
    with django_assert_num_queries(9):  # type: ignore[operator]
        client.get("/search/", {"q": "e"})
