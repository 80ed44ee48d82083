"""Alignment coverage: each figure counts what it says, keeps its history and leads to its work list."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dashboards.reports.coverage import coverage_rows, gap_list
from initiatives.choices import AlignmentMeasure, Stage
from initiatives.models import AlignmentSnapshot
from initiatives.services import (
    alignment_of,
    figure_of,
    gap_count,
    gaps_in,
    keep_alignment,
    keep_all_alignment,
    scope_of,
    whole,
)
from objectives.choices import EdgeKind
from objectives.models import Objective
from organization.models import Department, User
from tests.dashboards.strategies import branch, top
from tests.factories import (
    Company,
    ContributionFactory,
    InitiativeFactory,
    KpiFactory,
    MeasureFactory,
    ObjectiveFactory,
    VisionFactory,
)

Browser = Callable[[User], Client]
TODAY = date(2026, 11, 20)


def parts(company: Company) -> dict[str, tuple[float, float]]:
    return {str(one.measure): (one.numerator, one.denominator) for one in alignment_of(whole(company.organization.pk))}


def named(company: Company, measure: str) -> list[str]:
    return [gap.code or gap.title for gap in gaps_in(measure, whole(company.organization.pk))]


def test_figures_count_so_many_of_so_many(company: Company) -> None:
    branch(company, 1)
    ObjectiveFactory.create(organization=company.organization, code="LOOSE", owner=company.bob)
    InitiativeFactory.create(organization=company.organization, code="ODD", stage=Stage.APPROVED, budget=300)
    found = parts(company)
    assert found["orphans"] == (1, 2)
    assert found["unmeasured"] == (1, 3)
    assert found["unlinked"] == (1, 2)
    assert named(company, "orphans") == named(company, "unmeasured") == ["LOOSE"]
    assert named(company, "unlinked") == named(company, "unlinked_budget") == ["ODD"]


def test_every_figure_has_as_many_gaps_as_its_list_is_long(company: Company) -> None:
    branch(company, 1)
    top(company, "S2", progress=0.1, expected=0.6, state="off_track", colour="red")
    scope = whole(company.organization.pk)
    for measure in AlignmentMeasure:
        assert (
            gap_count(measure, scope)
            == gap_count(measure, scope, figure_of(measure, scope))
            == len(gaps_in(measure, scope))
        ), measure


def test_crowded_objective_has_more_than_five_kpis(company: Company) -> None:
    for code, count in (("FIVE", 5), ("SIX", 6)):
        objective = ObjectiveFactory.create(organization=company.organization, code=code)
        for _number in range(count):
            MeasureFactory.create(objective=objective, kpi=KpiFactory.create(organization=company.organization))
    assert (named(company, "crowded"), parts(company)["crowded"]) == (["SIX"], (1, 2))


def test_overloaded_owner_holds_more_than_ten_items(company: Company) -> None:
    for owner, count in ((company.bob, 11), (company.erin, 10)):
        for _number in range(count):
            ObjectiveFactory.create(organization=company.organization, owner=owner)
    assert (named(company, "overloaded"), parts(company)["overloaded"]) == ([company.bob.email], (1, 2))


def test_window_mismatch_is_a_child_outside_its_parent(company: Company) -> None:
    year = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
    parent = ObjectiveFactory.create(organization=company.organization, code="P", **year)
    for code, end in (("INSIDE", date(2026, 12, 31)), ("LATE", date(2027, 1, 1))):
        child = ObjectiveFactory.create(organization=company.organization, code=code, start=year["start"], end=end)
        ContributionFactory.create(child=child, parent=parent)
    assert (named(company, "window"), parts(company)["window"]) == (["LATE"], (1, 2))


def test_line_of_sight_counts_people_once(company: Company) -> None:
    vision_top = branch(company, 1, company.north)
    people = {"ROOT": 100, "SALES": 60, "NORTH": 20, "FINANCE": 40}
    for code, count in people.items():
        Department.objects.filter(organization=company.organization, code=code).update(headcount=count)
    in_sight = parts(company)["sight"]
    assert vision_top.vision_id is None
    assert in_sight == (0, 100)  # no strategic objective carries out a vision yet
    assert named(company, "sight") == ["FINANCE", "SALES", "NORTH"]


def test_concentration_is_the_largest_normalised_weight(company: Company) -> None:
    root = top(company, "S1")
    for code, weight, owner in (("A", 3, company.bob), ("B", 1, company.erin)):
        child = ObjectiveFactory.create(organization=company.organization, code=code, owner=owner)
        ContributionFactory.create(child=child, parent=root, weight=weight)
    found = parts(company)
    assert (found["one_child"], found["one_owner"]) == ((0.75, 1.0), (0.75, 1.0))
    assert named(company, "one_child") == ["S1"]


def test_contradictions_are_harm_and_opposite_directions(company: Company) -> None:
    one, other = (ObjectiveFactory.create(organization=company.organization, code=code) for code in ("A", "B"))
    ContributionFactory.create(child=one, parent=other, kind=EdgeKind.HARMS)
    for code, direction in (("K1", "up"), ("K2", "down")):
        KpiFactory.create(organization=company.organization, code=code, name="Stock", unit="t", direction=direction)
    assert named(company, "contradiction") == ["A", "K1", "K2"]


def test_history_keeps_one_row_a_day_and_twice_is_once(company: Company) -> None:
    branch(company, 1)
    pk = company.organization.pk
    assert keep_alignment(pk, day=TODAY) == len(AlignmentMeasure)
    assert keep_alignment(pk, day=TODAY) == 0
    Objective.objects.filter(code="D1").update(owner=company.bob)
    assert keep_alignment(pk, day=TODAY) > 0
    assert AlignmentSnapshot.objects.filter(organization_id=pk, measure="ownerless").count() == 1


def test_every_organization_gets_its_day(company: Company) -> None:
    kept = keep_all_alignment(at=timezone.now())
    organizations = AlignmentSnapshot.objects.values_list("organization_id", flat=True).distinct().count()
    assert kept == organizations * len(AlignmentMeasure)


def test_change_is_good_when_it_goes_the_right_way(company: Company) -> None:
    ObjectiveFactory.create(organization=company.organization, code="LOOSE", owner=company.bob)
    pk = company.organization.pk
    AlignmentSnapshot.objects.create(
        organization_id=pk, day=TODAY - timedelta(days=9), measure="orphans", numerator=0, denominator=4, value=0.0
    )
    rows = {row.key: row for row in coverage_rows(company.actor(company.erin), today=TODAY)}
    assert (rows["orphans"].change, rows["orphans"].good) == (1.0, False)


def test_history_is_for_those_who_see_everything(company: Company) -> None:
    keep_alignment(company.organization.pk, day=TODAY)
    assert gap_list(company.actor(company.erin), "orphans", today=TODAY, page=1).points != ()
    assert gap_list(company.actor(company.alice), "orphans", today=TODAY, page=1).points == ()


def test_gaps_are_only_those_the_reader_sees(company: Company) -> None:
    ObjectiveFactory.create(organization=company.organization, code="N", department=company.north)
    ObjectiveFactory.create(organization=company.organization, code="F", department=company.finance)
    seen = [gap.code for gap in gaps_in("orphans", scope_of(company.actor(company.alice)))]
    assert seen == ["N"]


def test_work_list_is_paged_and_links_to_where_it_is_mended(company: Company, browser: Browser) -> None:
    for number in range(51):
        ObjectiveFactory.create(organization=company.organization, code=f"D{number:02}", owner=company.bob)
    client = browser(company.erin)
    first, second = (client.get(f"/alignment/gaps/orphans/?page={n}").content.decode() for n in (1, 2))
    assert ('href="/objectives/D00/"' in first, 'href="/objectives/D50/"' in first) == (True, False)
    assert 'href="/objectives/D50/"' in second
    assert client.get("/alignment/gaps/nothing/").status_code == 404


@pytest.fixture
def torn(company: Company) -> Company:
    """Something to mend of every kind."""
    own: dict[str, Any] = {"organization": company.organization, "department": company.sales}
    vision = VisionFactory.create(organization=company.organization)
    company.finance.headcount = 40
    company.finance.save()
    summit, late = top(company, "S"), {"start": date(2020, 1, 1), "end": date(2030, 1, 1)}
    Objective.objects.filter(pk=summit.pk).update(vision=vision)
    behind = {"progress": 0.1, "expected": 0.6, "computed_state": "off_track", "computed_colour": "red"}
    for code, owner, weight in (("A", company.bob, 9), ("B", None, 1)):
        child = ObjectiveFactory.create(code=code, owner=owner, figures=behind, **late, **own)
        ContributionFactory.create(child=child, parent=summit, weight=weight)
    for number in range(12):
        ObjectiveFactory.create(code=f"LOOSE{number}", owner=company.bob, **own)
    ContributionFactory.create(
        child=Objective.objects.get(code="LOOSE0"), parent=Objective.objects.get(code="LOOSE1"), kind=EdgeKind.HARMS
    )
    for number in range(6):
        kpi = KpiFactory.create(code=f"K{number}", owner=None, figures={"state": "no_target", "rule": ""}, **own)
        MeasureFactory.create(kpi=kpi, objective=summit)
    KpiFactory.create(code="OLD", name="Same", direction="up", figures={"state": "stale", "rule": ""}, **own)
    KpiFactory.create(code="ODD", name="Same", direction="down", **own)
    InitiativeFactory.create(code="FREE", owner=None, stage=Stage.APPROVED, budget=10, **own)
    return company


@pytest.mark.parametrize("measure", AlignmentMeasure.values)
def test_every_gap_leads_to_the_form_that_mends_it(torn: Company, browser: Browser, measure: str) -> None:
    gaps = gap_list(torn.actor(torn.olga), measure, today=TODAY, page=1).holes
    assert gaps
    client = browser(torn.olga)
    assert {client.get(gap.url.partition("#")[0]).status_code for gap in gaps} == {200}
    forms = {gap.mend_url.partition("#") for gap in gaps if gap.mend_url}
    assert bool(forms) == (measure != AlignmentMeasure.OVERLOADED_OWNERS)
    for address, _mark, part in forms:
        page = client.get(address)
        assert (page.status_code, not part or f'id="{part}"' in page.content.decode()) == (200, True), (address, part)


@pytest.mark.parametrize("measure", AlignmentMeasure.values)
def test_nobody_is_led_to_a_form_that_refuses(torn: Company, measure: str) -> None:
    seen = gap_list(torn.actor(torn.charlie), measure, today=TODAY, page=1).holes
    assert {gap.mend_url for gap in seen} <= {""}
    alice = gap_list(torn.actor(torn.alice), measure, today=TODAY, page=1).holes
    assert not [gap for gap in alice if gap.code in ("S", "FINANCE") and gap.mend_url]


@pytest.mark.parametrize("count", [1, 3])
def test_coverage_queries_do_not_grow(
    company: Company, browser: Browser, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(1, count + 1):
        branch(company, number)
    client = browser(company.erin)
    with django_assert_num_queries(45):
        client.get("/alignment/gaps/")


def test_api_serves_what_the_page_shows(company: Company, browser: Browser) -> None:
    ObjectiveFactory.create(organization=company.organization, code="LOOSE", owner=company.bob)
    keep_alignment(company.organization.pk, day=timezone.now().date())
    client = browser(company.erin)
    rows = {row["measure"]: row for row in client.get("/api/v1/alignment/").json()["results"]}
    assert (rows["orphans"]["value"], rows["orphans"]["gaps"]) == (1.0, 1)
    one = client.get("/api/v1/alignment/orphans/").json()
    assert [gap["code"] for gap in one["results"]] == ["LOOSE"]
    assert [point["value"] for point in one["history"]] == [1.0]
    assert client.get("/api/v1/alignment/nothing/").status_code == 404
