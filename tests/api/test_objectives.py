"""Objectives, their visions and contributions through the API."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from audit.models import Event
from objectives.models import CheckIn, Contribution, Objective, ObjectiveFigures, ObjectiveSnapshot
from organization.choices import Scope
from tests.factories import Company, ContributionFactory, ObjectiveFactory, VisionFactory

LIST = "/api/v1/objectives/"


@pytest.fixture
def tree(company: Company) -> dict[str, Objective]:
    """TOP (strategic) over LEFT (sales, alice's) and RIGHT (finance)."""
    made = {
        "TOP": ObjectiveFactory.create(
            organization=company.organization,
            code="TOP",
            title="Grow",
            level="strategic",
            department=company.root,
            owner=company.erin,
            confidence=70,
            figures={
                "progress": 0.1 + 0.2,
                "expected": 0.5,
                "coverage": 1.0,
                "delivery": 0.25,
                "state": "off_track",
                "colour": "red",
                "rule": "pace",
                "worst_colour": "red",
                "worst_path": ["TOP", "LEFT"],
                "direct_total": 2,
                "roll_up_state": "ok",
            },
        ),
        "LEFT": ObjectiveFactory.create(
            organization=company.organization, code="LEFT", department=company.sales, owner=company.bob
        ),
        "RIGHT": ObjectiveFactory.create(organization=company.organization, code="RIGHT", department=company.finance),
    }
    for child in ("LEFT", "RIGHT"):
        ContributionFactory.create(
            organization=company.organization, child=made[child], parent=made["TOP"], weight=Decimal("1.500000")
        )
    return made


def codes(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


def test_row_has_exactly_the_documented_fields(tree: dict[str, Objective], olga: APIClient, company: Company) -> None:
    row = next(row for row in olga.get(LIST).json()["results"] if row["code"] == "TOP")
    assert row == {
        "code": "TOP",
        "title": "Grow",
        "level": "strategic",
        "department": "ROOT",
        "owner": company.erin.email,
        "start": "2026-01-01",
        "end": "2026-12-31",
        "progress": "0.3",
        "expected": "0.5",
        "delivery": "0.25",
        "coverage": "1",
        "roll_up_state": "ok",
        "confidence": 70,
        "status": {
            "state": "off_track",
            "colour": "red",
            "rule": "pace",
            "computed": {"state": "no_data", "colour": "grey", "rule": "no_input"},
        },
        "worst": {"colour": "red", "path": ["TOP", "LEFT"]},
        "kpis": 2,
        "children": 2,
        "url": "http://testserver/api/v1/objectives/TOP/",
    }


def test_list_shows_own_departments_and_what_is_strategic(
    tree: dict[str, Objective], olga: APIClient, alice: APIClient, dora: APIClient
) -> None:
    assert codes(olga.get(LIST)) == ["LEFT", "RIGHT", "TOP"]
    assert codes(alice.get(LIST)) == ["LEFT", "TOP"]
    assert codes(dora.get(LIST)) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"department": "SALES"}, ["LEFT"]),
        ({"department": "ROOT"}, ["LEFT", "RIGHT", "TOP"]),
        ({"department": "SALES,FINANCE"}, ["LEFT", "RIGHT"]),
        ({"owner": "BOB@acme.example"}, ["LEFT"]),
        ({"status": "red"}, ["TOP"]),
        ({"status": "off_track,no_data"}, ["LEFT", "RIGHT", "TOP"]),
        ({"q": "gro"}, ["TOP"]),
        ({"level": "strategic"}, ["TOP"]),
        ({"parent": "TOP"}, ["LEFT", "RIGHT"]),
        ({"child": "LEFT"}, ["TOP"]),
        ({"child": "LEFT,RIGHT"}, ["TOP"]),
        ({"end_from": "2026-12-31"}, ["LEFT", "RIGHT", "TOP"]),
        ({"end_to": "2026-12-30"}, []),
        ({"ordering": "-progress"}, ["TOP", "RIGHT", "LEFT"]),
        ({"ordering": "progress"}, ["TOP", "LEFT", "RIGHT"]),
    ],
)
def test_filters(tree: dict[str, Objective], olga: APIClient, query: dict[str, str], found: list[str]) -> None:
    assert codes(olga.get(LIST, query)) == found


@pytest.mark.parametrize("ordering", ["progress", "-progress", "confidence,-code"])
def test_pages_with_unknown_figures_lose_nothing(
    company: Company, tree: dict[str, Objective], olga: APIClient, ordering: str
) -> None:
    for number in range(4):
        figures = {"progress": 0.1 * number if number else None}
        ObjectiveFactory.create(organization=company.organization, code=f"O{number}", figures=figures)
    address: str | None = f"{LIST}?page_size=2&fields=code&ordering={ordering}"
    seen: list[str] = []
    while address:
        page = olga.get(address).json()
        seen += [row["code"] for row in page["results"]]
        address = page["next"]
    assert sorted(seen) == ["LEFT", "O0", "O1", "O2", "O3", "RIGHT", "TOP"]
    assert seen == codes(olga.get(LIST, {"ordering": ordering}))


@pytest.mark.parametrize("extra", [0, 2])
def test_list_costs_two_queries(
    company: Company,
    tree: dict[str, Objective],
    olga: APIClient,
    django_assert_num_queries: Callable[[int], Any],
    extra: int,
) -> None:
    olga.get(LIST)
    for _ in range(extra):
        ContributionFactory.create(
            child=ObjectiveFactory.create(organization=company.organization, department=company.north),
            parent=tree["TOP"],
        )
    with django_assert_num_queries(2):
        olga.get(LIST)


def test_item_costs_two_queries(
    tree: dict[str, Objective], olga: APIClient, django_assert_num_queries: Callable[[int], Any]
) -> None:
    olga.get(LIST)
    with django_assert_num_queries(2):
        assert olga.get(f"{LIST}TOP/").status_code == 200


def test_create_makes_the_row_of_figures_and_answers_with_the_whole(company: Company, olga: APIClient) -> None:
    VisionFactory.create(organization=company.organization, code="V")
    body = {
        "code": "NEW",
        "title": "New",
        "department": "SALES",
        "vision": "V",
        "owner": company.bob.email,
        "start": "2026-01-01",
        "end": "2026-06-30",
        "blend": "0.5",
        "progress_mode": "blend",
        "translations": {"fr": {"title": "Nouveau"}},
    }
    response = olga.post(LIST, body, format="json")
    assert response.status_code == 201, response.content
    shown = response.json()
    assert {name: shown[name] for name in body} == body
    assert (shown["progress"], shown["coverage"], shown["roll_up_state"]) == (None, "0", "no_input")
    assert ObjectiveFigures.objects.filter(objective__code="NEW", stale_at__isnull=False).count() == 1


def test_end_before_start_points_at_the_end(olga: APIClient, company: Company) -> None:
    body = {"code": "NEW", "title": "New", "start": "2026-02-01", "end": "2026-01-01"}
    response = olga.post(LIST, body, format="json")
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "end")
    assert response.json()["errors"][0]["code"] == "dates"


def test_figures_that_moved_do_not_make_an_edit_stale(tree: dict[str, Objective], olga: APIClient) -> None:
    read = olga.get(f"{LIST}TOP/")
    ObjectiveFigures.objects.filter(objective__code="TOP").update(progress=0.9)
    assert olga.get(f"{LIST}TOP/")["ETag"] != read["ETag"]
    changed = olga.patch(f"{LIST}TOP/", {"title": "Grow more"}, format="json", HTTP_IF_MATCH=read["ETag"])
    assert (changed.status_code, changed.json()["title"], changed.json()["progress"]) == (200, "Grow more", "0.9")


def test_put_returns_what_it_leaves_out_to_the_default(tree: dict[str, Objective], olga: APIClient) -> None:
    body = {"code": "TOP", "title": "Grow", "start": "2026-01-01", "end": "2026-12-31"}
    shown = olga.put(f"{LIST}TOP/", body, format="json", HTTP_IF_MATCH="*").json()
    names = ("level", "department", "owner", "confidence")
    assert [shown[name] for name in names] == ["department", None, None, None]


def test_objective_with_edges_is_not_deleted(tree: dict[str, Objective], olga: APIClient) -> None:
    assert olga.delete(f"{LIST}TOP/", HTTP_IF_MATCH="*").status_code == 409
    assert Objective.objects.filter(code="TOP").exists()


def test_check_in_by_the_owner_keeps_the_confidence_before(
    tree: dict[str, Objective], company: Company, client_of: Callable[..., APIClient]
) -> None:
    bob = client_of(company.bob)
    first = bob.post(f"{LIST}LEFT/check-ins/", {"confidence": 60, "comment": "Going well"}, format="json")
    assert first.status_code == 201, first.content
    second = bob.post(f"{LIST}LEFT/check-ins/", {"confidence": 40, "progress": "0.25"}, format="json")
    assert second.json() == {
        "at": second.json()["at"],
        "author": company.bob.email,
        "confidence": 40,
        "previous_confidence": 60,
        "progress": "0.25",
        "comment": "",
    }
    assert [row["confidence"] for row in bob.get(f"{LIST}LEFT/check-ins/").json()["results"]] == [40, 60]


def test_check_in_on_what_one_does_not_own_is_403_and_leaves_nothing(
    tree: dict[str, Objective], company: Company, client_of: Callable[..., APIClient]
) -> None:
    for user, code in ((company.bob, "TOP"), (company.charlie, "LEFT")):
        response = client_of(user).post(f"{LIST}{code}/check-ins/", {"confidence": 60}, format="json")
        assert response.status_code == 403
    assert (CheckIn.objects.count(), Event.objects.count()) == (0, 0)


def test_confidence_beyond_100_is_refused(tree: dict[str, Objective], olga: APIClient) -> None:
    response = olga.post(f"{LIST}TOP/check-ins/", {"confidence": 101}, format="json")
    assert [error["field"] for error in response.json()["errors"]] == ["confidence"]


def test_history_is_by_day(tree: dict[str, Objective], olga: APIClient) -> None:
    for day in (1, 2, 3):
        ObjectiveSnapshot.objects.create(
            objective=tree["TOP"], day=date(2026, 3, day), progress=day / 10, state="on_track", colour="green"
        )
    page = olga.get(f"{LIST}TOP/history/", {"day_from": "2026-03-02", "page_size": "1"}).json()
    assert page["results"] == [
        {
            "day": "2026-03-02",
            "progress": "0.2",
            "expected": None,
            "coverage": "0",
            "delivery": None,
            "confidence": None,
            "state": "on_track",
            "colour": "green",
        }
    ]
    assert [row["day"] for row in olga.get(page["next"]).json()["results"]] == ["2026-03-03"]


def test_contribution_is_addressed_by_both_codes(tree: dict[str, Objective], olga: APIClient) -> None:
    address = "/api/v1/contributions/LEFT~TOP/"
    shown = olga.get(address)
    assert (shown.json()["child"], shown.json()["parent"], shown.json()["weight"]) == ("LEFT", "TOP", "1.5")
    assert shown.json()["url"] == f"http://testserver{address}"
    changed = olga.patch(address, {"weight": 3}, format="json", HTTP_IF_MATCH=shown["ETag"])
    assert (changed.status_code, changed.json()["weight"]) == (200, "3")
    assert olga.delete(address, HTTP_IF_MATCH=changed["ETag"]).status_code == 204
    assert olga.get(address).status_code == 404


def test_contribution_of_codes_with_a_tilde_is_found(company: Company, olga: APIClient) -> None:
    child = ObjectiveFactory.create(organization=company.organization, code="A~B")
    parent = ObjectiveFactory.create(organization=company.organization, code="C")
    ContributionFactory.create(child=child, parent=parent)
    row = olga.get("/api/v1/contributions/").json()["results"][0]
    assert olga.get(row["url"]).json()["child"] == "A~B"


def test_cycle_is_refused_with_its_path_and_nothing_is_stored(tree: dict[str, Objective], olga: APIClient) -> None:
    response = olga.post("/api/v1/contributions/", {"child": "TOP", "parent": "LEFT"}, format="json")
    assert response.status_code == 400
    assert "TOP" in response.json()["errors"][0]["message"]
    assert "LEFT" in response.json()["errors"][0]["message"]
    assert (Contribution.objects.count(), Event.objects.count()) == (2, 0)


def test_unknown_references_are_all_named(olga: APIClient, company: Company) -> None:
    response = olga.post("/api/v1/contributions/", {"child": "NO", "parent": "NEITHER", "weight": -1}, format="json")
    found = [(error["field"], error["code"]) for error in response.json()["errors"]]
    assert found == [("child", "reference"), ("parent", "reference"), ("weight", "min_value")]


def test_vision_is_for_those_who_edit_the_whole(company: Company, olga: APIClient, alice: APIClient) -> None:
    body = {"code": "V", "statement": "Be there.", "start": "2026-01-01"}
    assert alice.post("/api/v1/visions/", body, format="json").status_code == 403
    assert olga.post("/api/v1/visions/", body, format="json").status_code == 201
    assert alice.get("/api/v1/visions/V/").json()["statement"] == "Be there."


def test_write_needs_the_strategy_scope(tree: dict[str, Objective], company: Company, client_of: Any) -> None:
    client = client_of(company.olga, Scope.READ, Scope.INITIATIVE_WRITE)
    assert client.patch(f"{LIST}TOP/", {"title": "X"}, format="json", HTTP_IF_MATCH="*").status_code == 403
