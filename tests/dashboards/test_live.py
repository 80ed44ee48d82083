"""The question that open pages ask."""

from collections.abc import Callable

from django.test import Client

from organization.models import User
from tests.factories import Company

Browser = Callable[[User], Client]


def test_live_tells_the_version(company: Company, browser: Browser) -> None:
    company.organization.figures_version = 7
    company.organization.save()
    assert browser(company.erin).get("/live/").json() == {"version": 7}


def test_live_says_when_nothing_moved(company: Company, browser: Browser) -> None:
    client = browser(company.erin)
    etag = client.get("/live/").headers["ETag"]
    assert client.get("/live/", headers={"If-None-Match": etag}).status_code == 304
    company.organization.figures_version = 8
    company.organization.save()
    assert client.get("/live/", headers={"If-None-Match": etag}).status_code == 200


def test_live_asks_nothing_beyond_the_door(
    company: Company, browser: Browser, django_assert_num_queries: object
) -> None:
    client = browser(company.erin)
    with django_assert_num_queries(4):  # type: ignore[operator]
        client.get("/live/")
