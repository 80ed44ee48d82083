"""Strategy at a glance."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dashboards.models import Visit
from dashboards.reports.home import home_report
from organization.models import User
from tests.dashboards.strategies import RED, branch, past, top, vision
from tests.factories import Company

Browser = Callable[[User], Client]
NO_CACHE = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


def test_home_of_an_empty_organization_leads_to_the_import(company: Company, browser: Browser) -> None:
    page = browser(company.erin).get("/").content.decode()
    assert "The strategy begins here" in page
    assert 'id="strategic"' not in page


def test_home_shows_vision_rows_and_news(company: Company, browser: Browser) -> None:
    vision(company, "To be the best.")
    branch(company, 1)
    page = browser(company.erin).get("/").content.decode()
    for text in ("To be the best.", "Aim S1", "−20\u00a0pts", "1 KPI off track", "Number 1", "Stop 1", "Project 1"):
        assert text in page, text


def test_home_finding_counts_names_the_fall_and_explains_the_gap(company: Company) -> None:
    root = branch(company, 1)
    top(company, "S2")
    past(root, 3, progress=0.5, expected=0.55, state="at_risk", colour="amber")
    past(root, 2, progress=0.4, expected=0.6, state="off_track", colour="red")
    actor = company.actor(company.erin)
    report = home_report(actor, company.organization, at=timezone.now(), language="en")
    day = (timezone.localdate() - timedelta(days=2)).strftime("%A")
    assert report.objectives.finding == (
        f"One of two on track. S1 has been off track since {day}. D1 explains 20 of the 20 points missing on S1."
    )


def test_home_worst_path_hides_what_the_reader_may_not_see(company: Company) -> None:
    branch(company, 1, company.finance)
    report = home_report(company.actor(company.charlie), company.organization, at=timezone.now(), language="en")
    row = report.objectives.strategic.rows[0]
    assert row.worst is not None
    assert [step.url for step in row.worst.path] == ["", ""]
    assert (row.trouble.kpis, row.trouble.initiatives) == (0, 0)


def test_home_weighs_variances_by_their_effect(company: Company) -> None:
    branch(company, 1)
    report = home_report(company.actor(company.erin), company.organization, at=timezone.now(), language="en")
    (row,) = report.news.variances.rows
    assert (row.code, row.top, round(row.effect or 0, 6)) == ("K1", "S1", -0.2)
    assert row.course.values == (10.0, 20.0, 30.0)


def test_home_shows_the_most_urgent_rows_of_many(company: Company) -> None:
    for number in range(20):
        top(company, f"S{number:02}")
    top(company, "S99", progress=0.1, expected=0.6, **RED)
    report = home_report(company.actor(company.erin), company.organization, at=timezone.now(), language="en")
    assert report.objectives.strategic.rows[0].code == "S99"
    assert (len(report.objectives.strategic.rows), report.objectives.strategic.total) == (12, 21)


def test_home_is_stored_once_for_each_state(company: Company, browser: Browser) -> None:
    branch(company, 1)
    client = browser(company.erin)
    assert "Aim S2" not in client.get("/").content.decode()
    top(company, "S2")
    company.organization.figures_version += 1
    company.organization.save()
    assert "Aim S2" in client.get("/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_home_queries_do_not_grow(
    company: Company, browser: Browser, django_assert_num_queries: object, settings: object, count: int
) -> None:
    settings.CACHES = NO_CACHE  # type: ignore[attr-defined]
    vision(company)
    for number in range(1, count + 1):
        branch(company, number)
    client = browser(company.erin)
    with django_assert_num_queries(34):  # type: ignore[operator]
        client.get("/")


@pytest.mark.parametrize("count", [1, 3])
def test_home_queries_of_a_known_state(
    company: Company, browser: Browser, django_assert_num_queries: object, count: int
) -> None:
    vision(company)
    for number in range(1, count + 1):
        branch(company, number)
    client = browser(company.erin)
    client.get("/")
    with django_assert_num_queries(10):  # type: ignore[operator]
        client.get("/")


def test_home_parts_refresh_alone(company: Company, browser: Browser) -> None:
    branch(company, 1)
    client = browser(company.erin)
    objectives = client.get("/at-a-glance/objectives/").content.decode()
    assert objectives.lstrip().startswith('<section class="panel so" id="strategic"')
    assert 'id="standings" hx-swap-oob="true"' in objectives
    assert 'id="news"' in client.get("/at-a-glance/news/").content.decode()


def test_home_panels_have_a_sentence_and_a_table(company: Company, browser: Browser) -> None:
    root = branch(company, 1)
    past(root, 40, progress=0.3, expected=0.3, state="on_track", colour="green")
    client = browser(company.erin)
    course = client.get("/at-a-glance/course/").content.decode()
    heatmap = client.get("/at-a-glance/heat-map/").content.decode()
    assert "S1 has lost the most ground on its plan in twelve months" in course
    assert "S1: 40%, expected 60%." in course
    assert "Sales is farthest behind its plan: Environment" in heatmap
    assert "−20 pts, Off track, 1 objective, 1 of them off track" in heatmap.replace("\u00a0", " ")


def test_home_panels_are_empty_where_there_is_nothing_to_draw(company: Company, browser: Browser) -> None:
    client = browser(company.erin)
    for path in ("/at-a-glance/course/", "/at-a-glance/heat-map/"):
        assert client.get(path, headers={"HX-Request": "true"}).content.decode().strip() == ""


def test_home_panels_are_pages_without_scripts(company: Company, browser: Browser) -> None:
    branch(company, 1)
    page = browser(company.erin).get("/at-a-glance/course/").content.decode()
    assert "<h1>Course of the strategic objectives</h1>" in page
    assert 'data-chart="course"' in page


def test_mark_as_seen_begins_the_feed_anew(company: Company, browser: Browser) -> None:
    branch(company, 1)
    client = browser(company.erin)
    assert "is blocked" in client.get("/").content.decode()
    assert client.post("/at-a-glance/seen/").status_code == 302
    assert client.post("/at-a-glance/seen/", headers={"HX-Request": "true"}).status_code == 200
    assert Visit.objects.filter(user=company.erin, organization=company.organization).count() == 1
    page = client.get("/").content.decode()
    assert "Since your last visit" in page
    assert "is blocked" not in page


def test_home_of_another_organization_shows_nothing_of_this_one(company: Company, browser: Browser) -> None:
    branch(company, 1)
    assert "Aim S1" not in browser(company.dora).get("/").content.decode()


@pytest.mark.parametrize(
    "path",
    ["/", "/at-a-glance/objectives/", "/at-a-glance/news/", "/at-a-glance/course/", "/at-a-glance/heat-map/", "/live/"],
)
def test_home_sends_strangers_to_the_door(db: object, path: str) -> None:
    response = Client().get(path)
    assert (response.status_code, response.url) == (302, f"/sign-in/?next={path}")  # type: ignore[attr-defined]
