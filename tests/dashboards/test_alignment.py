"""The alignment page: map, branches, pictures, gaps, matrix."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from dashboards.reports import alignment as report
from dashboards.reports.alignment import alignment_map
from dashboards.reports.coverage import coverage_gaps
from dashboards.reports.matrix import coverage_matrix
from dashboards.reports.pictures import icicle_picture, sankey_picture
from initiatives.choices import Stage
from organization.models import User
from tests.dashboards.strategies import branch, top
from tests.factories import Company, ContributionFactory, InitiativeFactory, ObjectiveFactory

Browser = Callable[[User], Client]


def map_of(company: Company, user: User, opened: str = "") -> report.AlignmentMap:
    return alignment_map(company.actor(user), company.organization, opened=opened, at=timezone.now())


def test_alignment_of_an_empty_organization_leads_to_the_import(company: Company, browser: Browser) -> None:
    assert "No objective yet" in browser(company.erin).get("/alignment/").content.decode()


def test_alignment_shows_every_kpi_and_initiative(company: Company, browser: Browser) -> None:
    branch(company, 1)
    page = browser(company.erin).get("/alignment/").content.decode()
    for text in ("Aim S1", "Work 1", 'aria-label="Number 1: Off track"', "Project 1", 'data-so="S1"', 'data-do="D1"'):
        assert text in page, text


def test_alignment_opens_what_the_address_says(company: Company, browser: Browser) -> None:
    branch(company, 1)
    branch(company, 2)
    page = browser(company.erin).get("/alignment/?open=S2").content.decode()
    assert page.count("agrp is-open") == 1
    assert 'agrp is-open" data-so="S2"' in page
    assert browser(company.erin).get("/alignment/?open=*").content.decode().count("agrp is-open") == 2


def test_alignment_draws_a_child_under_its_heaviest_parent(company: Company) -> None:
    first, second = top(company, "S1"), top(company, "S2")
    child = ObjectiveFactory.create(organization=company.organization, code="D1")
    other = ObjectiveFactory.create(organization=company.organization, code="D2")
    ContributionFactory.create(child=child, parent=first, weight=Decimal(1))
    ContributionFactory.create(child=other, parent=first, weight=Decimal(3))
    ContributionFactory.create(child=child, parent=second, weight=Decimal(1))
    drawn = map_of(company, company.erin)
    rows = {
        group.node.code: [(row.node.code, row.share) for row in group.branch.rows]
        for group in drawn.groups
        if group.branch
    }
    assert rows == {"S1": [("D2", 0.75)], "S2": [("D1", 1.0)]}
    assert drawn.further == (("D1", "S1"),)


def test_alignment_counts_what_is_hidden(company: Company, browser: Browser) -> None:
    branch(company, 1, company.finance)
    drawn = map_of(company, company.charlie)
    (group,) = drawn.groups
    assert group.branch is not None
    assert (group.branch.rows, group.branch.hidden, drawn.totals.hidden) == ((), 1, 3)
    page = browser(company.charlie).get("/alignment/").content.decode()
    assert "3 parts you cannot see." in page
    assert "Work 1" not in page


def test_alignment_goes_below_the_top(company: Company) -> None:
    root = top(company, "S1")
    middle = ObjectiveFactory.create(organization=company.organization, code="D1")
    low = ObjectiveFactory.create(organization=company.organization, code="T1")
    ContributionFactory.create(child=middle, parent=root)
    ContributionFactory.create(child=low, parent=middle)
    drawn = map_of(company, company.erin, "D1")
    assert drawn.focus is not None
    assert ([node.code for node in drawn.trail], drawn.focus.code) == (["S1"], "D1")
    assert [row.node.code for row in drawn.groups[0].branch.rows] == ["T1"]  # type: ignore[union-attr]
    assert map_of(company, company.erin, "nothing").focus is None


def test_alignment_of_a_large_strategy_loads_a_branch_when_opened(
    company: Company, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "WHOLE_MAP", 3)
    branch(company, 1)
    branch(company, 2)
    client = browser(company.erin)
    page = client.get("/alignment/").content.decode()
    assert "Work 1" not in page
    assert 'data-branch="/alignment/branches/S1/"' in page
    opened = client.get("/alignment/?open=S1").content.decode()
    assert ("Work 1" in opened, "Work 2" in opened) == (True, False)
    part = client.get("/alignment/branches/S1/").content.decode()
    assert ("Work 1" in part, "agrp is-open" in part) == (True, True)
    assert "To repair" in client.get("/alignment/coverage/").content.decode()


def test_alignment_branch_of_another_organization_does_not_exist(company: Company, browser: Browser) -> None:
    branch(company, 1)
    assert browser(company.dora).get("/alignment/branches/S1/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_alignment_queries_do_not_grow(
    company: Company, browser: Browser, django_assert_num_queries: object, count: int
) -> None:
    for number in range(1, count + 1):
        branch(company, number)
    client = browser(company.erin)
    with django_assert_num_queries(45):  # type: ignore[operator]
        client.get("/alignment/")


def test_coverage_names_each_kind_of_hole(company: Company) -> None:
    branch(company, 1)
    ObjectiveFactory.create(organization=company.organization, code="LOOSE", owner=company.bob)
    InitiativeFactory.create(organization=company.organization, code="ODD", stage=Stage.APPROVED)
    behind = top(company, "S2", progress=0.1, expected=0.6, state="off_track", colour="red")
    found = {
        finding.key: [hole.code for hole in finding.holes] for finding in coverage_gaps(company.actor(company.erin))
    }
    assert found == {
        "orphans": ["LOOSE"],
        "unmeasured": ["LOOSE", behind.code],
        "inert": [behind.code],
        "unlinked": ["ODD"],
        "ownerless": ["D1", "S1", "S2", "K1", "I1"],
        "blind": ["K1"],
    }


def test_coverage_counts_more_than_it_shows(company: Company) -> None:
    for number in range(7):
        ObjectiveFactory.create(organization=company.organization, code=f"D{number}", owner=company.bob)
    orphans = coverage_gaps(company.actor(company.erin))[0]
    assert (orphans.key, orphans.count, len(orphans.holes), orphans.more) == ("orphans", 7, 5, 2)


def test_matrix_counts_the_work_of_departments(company: Company) -> None:
    branch(company, 1, company.north)
    branch(company, 2, company.finance)
    matrix = coverage_matrix(company.actor(company.erin))
    assert [head.code for head in matrix.columns] == ["S1", "S2"]
    rows = {row.head.name: [cell.shown for cell in row.cells] for row in matrix.rows}
    assert rows == {"Finance": [0, 1], "Sales": [1, 0]}


def test_matrix_turns_round_when_the_strategy_is_wide(company: Company) -> None:
    for number in range(1, 15):
        branch(company, number)
    matrix = coverage_matrix(company.actor(company.erin))
    assert (matrix.by_objective, [head.code for head in matrix.columns], len(matrix.rows)) == (True, ["SALES"], 14)


def test_icicle_areas_are_the_influence_on_the_whole(company: Company) -> None:
    branch(company, 1)
    branch(company, 2)
    chart = icicle_picture(
        company.actor(company.erin), company.organization, opened="", at=timezone.now(), language="en"
    )
    assert chart is not None
    areas = dict(zip(chart.data["labels"], chart.data["values"], strict=True))
    assert areas["S1 Aim S1"] == areas["D1 Work 1"] == areas["K1 Number 1"] == 500_000_000
    assert chart.title == "6 parts of the strategy are off track"


def test_sankey_ribbons_are_contributions(company: Company) -> None:
    branch(company, 1)
    chart = sankey_picture(
        company.actor(company.erin), company.organization, opened="", at=timezone.now(), language="en"
    )
    assert chart is not None
    assert chart.title == "D1 Work 1 carries the most: 100% of the whole"
    assert [(link["text"], link["value"]) for link in chart.data["links"]] == [("100%", 100.0), ("100%", 100.0)]


@pytest.mark.parametrize("view", ["icicle", "sankey"])
def test_alignment_pictures_of_one_branch(company: Company, browser: Browser, view: str) -> None:
    branch(company, 1)
    branch(company, 2)
    page = browser(company.erin).get(f"/alignment/?view={view}&open=S1").content.decode()
    assert f'data-chart="{view}"' in page
    assert "K1 Number 1" in page
    assert "K2 Number 2" not in page
    assert "Nothing to draw here" in browser(company.erin).get(f"/alignment/?view={view}&open=NONE").content.decode()
