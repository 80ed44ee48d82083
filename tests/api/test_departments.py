"""Departments through the API: the pattern that every resource follows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from audit.models import Event
from organization.choices import Scope
from organization.models import ApiToken, Department
from tests.factories import Company, DepartmentFactory

LIST = "/api/v1/departments/"


def codes(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


def test_list_shows_only_what_the_actor_sees(olga: APIClient, alice: APIClient, dora: APIClient) -> None:
    assert codes(olga.get(LIST)) == ["FINANCE", "NORTH", "ROOT", "SALES"]
    assert codes(alice.get(LIST)) == ["NORTH", "ROOT", "SALES"]
    assert codes(dora.get(LIST)) == ["ELSEWHERE"]


def test_row_has_exactly_the_documented_fields(company: Company, olga: APIClient) -> None:
    row = olga.get(LIST, {"parent": "SALES"}).json()["results"][0]
    assert row == {
        "code": "NORTH",
        "name": "North",
        "parent": "SALES",
        "headcount": 10,
        "updated_at": company.north.updated_at.isoformat(),
        "url": "http://testserver/api/v1/departments/NORTH/",
    }


def test_department_filter_includes_everything_below(olga: APIClient) -> None:
    assert codes(olga.get(LIST, {"department": "SALES"})) == ["NORTH", "SALES"]


def test_full_text_finds_beginnings_of_words_and_translations(company: Company, olga: APIClient) -> None:
    DepartmentFactory.create(parent=company.root, code="HR", name="People", translations={"fr": {"name": "Personnel"}})
    assert codes(olga.get(LIST, {"q": "fin"})) == ["FINANCE"]
    assert codes(olga.get(LIST, {"q": "personnel"})) == ["HR"]
    assert codes(olga.get(LIST, {"q": "nothing like it"})) == []
    assert codes(olga.get(LIST, {"q": "!!! & |"})) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"ordering": "path"}, "ordering"),
        ({"fields": "code,secret"}, "fields"),
        ({"page_size": "501"}, "page_size"),
        ({"page_size": "0"}, "page_size"),
        ({"department": "NOWHERE"}, "department"),
        ({"updated_from": "yesterday"}, "updated_from"),
        ({"cursor": "abc"}, "cursor"),
        ({"q": "a\x00b"}, "q"),
    ],
)
def test_wrong_parameter_is_named(olga: APIClient, query: dict[str, str], field: str) -> None:
    response = olga.get(LIST, query)
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("ordering", ["code", "-code", "name", "-name", "-updated_at", "name,-code"])
def test_pages_follow_each_other_without_gap_or_overlap(company: Company, olga: APIClient, ordering: str) -> None:
    for number in range(5):
        DepartmentFactory.create(parent=company.root, code=f"D{number}", name="Same")
    whole = codes(olga.get(LIST, {"ordering": ordering}))
    address: str | None = f"{LIST}?page_size=2&ordering={ordering}"
    seen: list[str] = []
    while address:
        page = olga.get(address).json()
        seen += [row["code"] for row in page["results"]]
        address = page["next"]
    assert seen == whole
    assert len(whole) == 9


@pytest.mark.parametrize("extra", [0, 2])
def test_list_costs_two_queries(
    company: Company, olga: APIClient, django_assert_num_queries: Callable[[int], Any], extra: int
) -> None:
    """Who it is, and the rows."""
    olga.get(LIST)  # notes the use of the token
    for number in range(extra):
        DepartmentFactory.create(parent=company.root, code=f"D{number}")
    with django_assert_num_queries(2):
        olga.get(LIST)


def test_fields_projects_list_and_item(olga: APIClient) -> None:
    assert olga.get(LIST, {"fields": "code", "parent": "SALES"}).json()["results"] == [{"code": "NORTH"}]
    assert olga.get(f"{LIST}NORTH/", {"fields": "version,code"}).json() == {"version": 1, "code": "NORTH"}


def test_create_change_delete_leave_their_events(company: Company, olga: APIClient) -> None:
    created = olga.post(LIST, {"code": "EAST", "name": "East", "parent": "SALES"}, format="json")
    assert created.status_code == 201, created.content
    assert created["Location"] == "http://testserver/api/v1/departments/EAST/"
    read = olga.get(created["Location"])
    assert (read.json(), read["ETag"]) == (created.json(), created["ETag"])
    changed = olga.patch(f"{LIST}EAST/", {"name": "Far East"}, format="json", HTTP_IF_MATCH=read["ETag"])
    assert (changed.status_code, changed.json()["name"], changed.json()["version"]) == (200, "Far East", 2)
    assert olga.delete(f"{LIST}EAST/", HTTP_IF_MATCH=changed["ETag"]).status_code == 204
    assert olga.get(f"{LIST}EAST/").status_code == 404
    verbs = list(Event.objects.filter(subject_code="EAST").order_by("id").values_list("verb", "actor_label"))
    who = company.olga.email
    assert verbs == [("department.created", who), ("department.changed", who), ("department.deleted", who)]


def test_item_that_is_known_is_not_sent_again(olga: APIClient) -> None:
    first = olga.get(f"{LIST}NORTH/")
    again = olga.get(f"{LIST}NORTH/", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_change_without_if_match_is_428(company: Company, olga: APIClient) -> None:
    for response in (
        olga.patch(f"{LIST}NORTH/", {"name": "X"}, format="json"),
        olga.delete(f"{LIST}NORTH/"),
    ):
        assert (response.status_code, response.json()["code"]) == (428, "precondition_required")
    company.north.refresh_from_db()
    assert company.north.name == "North"


def test_stale_change_is_412_and_carries_the_present_state(olga: APIClient) -> None:
    old = olga.get(f"{LIST}NORTH/")["ETag"]
    new = olga.patch(f"{LIST}NORTH/", {"name": "New"}, format="json", HTTP_IF_MATCH=old)
    stale = olga.patch(f"{LIST}NORTH/", {"name": "Other"}, format="json", HTTP_IF_MATCH=old)
    assert (stale.status_code, stale["Content-Type"]) == (412, "application/problem+json")
    assert (stale.json()["present"], stale.json()["etag"]) == (new.json(), new["ETag"])
    assert olga.patch(f"{LIST}NORTH/", {"name": "Any"}, format="json", HTTP_IF_MATCH="*").status_code == 200


def test_put_needs_the_whole(olga: APIClient) -> None:
    etag = olga.get(f"{LIST}NORTH/")["ETag"]
    response = olga.put(f"{LIST}NORTH/", {"name": "X"}, format="json", HTTP_IF_MATCH=etag)
    assert (response.status_code, [error["field"] for error in response.json()["errors"]]) == (400, ["code"])


def test_every_wrong_field_is_named_at_once(olga: APIClient) -> None:
    body = {"code": "a/b", "parent": "NOWHERE", "headcount": -1, "translations": {"de": {}}}
    response = olga.post(LIST, body, format="json")
    found = {error["field"] for error in response.json()["errors"]}
    assert (response.status_code, found) == (400, {"code", "name", "parent", "headcount", "translations"})


def test_code_that_exists_is_refused(olga: APIClient) -> None:
    response = olga.post(LIST, {"code": "NORTH", "name": "Again"}, format="json")
    assert response.status_code == 400
    assert Department.objects.filter(code="NORTH").count() == 1


def test_department_that_is_used_is_409_and_names_what_blocks(company: Company, olga: APIClient) -> None:
    response = olga.delete(f"{LIST}SALES/", HTTP_IF_MATCH="*")
    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert "NORTH North" in response.json()["detail"]


def test_circle_is_refused_with_its_path(company: Company, olga: APIClient) -> None:
    response = olga.patch(f"{LIST}SALES/", {"parent": "NORTH"}, format="json", HTTP_IF_MATCH="*")
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "parent")
    assert "NORTH → SALES" in response.json()["errors"][0]["message"]


def test_manager_edits_below_and_not_beside(company: Company, alice: APIClient) -> None:
    assert alice.patch(f"{LIST}NORTH/", {"name": "X"}, format="json", HTTP_IF_MATCH="*").status_code == 200
    assert alice.patch(f"{LIST}ROOT/", {"name": "X"}, format="json", HTTP_IF_MATCH="*").status_code == 403
    assert alice.patch(f"{LIST}FINANCE/", {"name": "X"}, format="json", HTTP_IF_MATCH="*").status_code == 404
    assert alice.post(LIST, {"code": "W", "name": "West", "parent": "ROOT"}, format="json").status_code == 403
    assert alice.post(LIST, {"code": "W", "name": "West", "parent": "SALES"}, format="json").status_code == 201


def test_body_that_is_not_json_says_where(olga: APIClient) -> None:
    response = olga.post(LIST, "{nope", content_type="application/json")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert "line 1 column 2" in response.json()["detail"]


def test_repeated_post_with_a_key_gets_the_same_answer_once(company: Company, olga: APIClient) -> None:
    body = {"code": "EAST", "name": "East"}
    first = olga.post(LIST, body, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    events = Event.objects.count()
    again = olga.post(LIST, body, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json(), again["ETag"], again["Location"]) == (first.json(), first["ETag"], first["Location"])
    assert (again["Idempotent-Replayed"], "Idempotent-Replayed" in first) == ("true", False)
    assert Event.objects.count() == events
    other = olga.post(LIST, {"code": "WEST", "name": "West"}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert not Department.objects.filter(code="WEST").exists()


def test_refused_post_does_not_use_up_its_key(olga: APIClient) -> None:
    assert olga.post(LIST, {"code": "EAST"}, format="json", HTTP_IDEMPOTENCY_KEY="k").status_code == 400
    whole = {"code": "EAST", "name": "East"}
    assert olga.post(LIST, whole, format="json", HTTP_IDEMPOTENCY_KEY="k").status_code == 201


def test_key_belongs_to_its_person(company: Company, olga: APIClient, alice: APIClient) -> None:
    body = {"code": "EAST", "name": "East", "parent": "SALES"}
    assert olga.post(LIST, body, format="json", HTTP_IDEMPOTENCY_KEY="k").status_code == 201
    assert alice.post(LIST, body, format="json", HTTP_IDEMPOTENCY_KEY="k").status_code == 400


def test_key_is_forgotten_after_a_day(company: Company, olga: APIClient, time_machine: Any) -> None:
    ApiToken.objects.update(expiry=None)
    olga.post(LIST, {"code": "EAST", "name": "East"}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    response = olga.post(LIST, {"code": "WEST", "name": "West"}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert response.status_code == 201


def test_token_without_the_scope_is_403(company: Company, client_of: Callable[..., APIClient]) -> None:
    reader = client_of(company.olga, Scope.READ, Scope.KPI_WRITE)
    assert reader.get(LIST).status_code == 200
    response = reader.post(LIST, {"code": "EAST", "name": "East"}, format="json")
    assert response.status_code == 403
    assert "strategy:write" in response.json()["detail"]
    writer = client_of(company.olga, Scope.STRATEGY_WRITE)
    assert writer.get(LIST).status_code == 403
