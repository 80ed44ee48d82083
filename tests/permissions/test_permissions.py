"""The permission table, held against the running portal."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from tests.permissions.pages import PAGES
from tests.permissions.table import API, Call, Row
from tests.permissions.world import ACTORS, MARK, World, fingerprint, make_world, routes

TABLE = (*API, *PAGES)
GROUPS = sorted({row.address.removeprefix("/api/v1").split("/")[1] for row in TABLE})
OPERATORS = "admin/"
WITHOUT_ACTOR = ("healthz", "readyz", "metrics")
"""Asked by machines; `tests/house` holds them."""


@pytest.fixture
def world(db: Any) -> World:
    return make_world()


def send(client: Client, row: Row, call: Call, world: World) -> Any:
    address = world.filled(row.address)
    if call.verb == "get":
        return client.get(address, row.query or None)
    if call.upload:
        return client.post(address, {"file": SimpleUploadedFile("package.zip", call.upload)})
    if not address.startswith("/api/"):
        return client.post(address, call.body or {})
    return client.generic(
        call.verb.upper(), address, json.dumps(call.body), content_type="application/json", HTTP_IF_MATCH="*"
    )


def test_every_route_has_its_row() -> None:
    known = [row.route for row in TABLE]
    assert len(known) == len(set(known))
    found = {route for route, _ in routes() if not route.startswith(OPERATORS) and route not in WITHOUT_ACTOR}
    assert sorted(found - set(known)) == [], "Add a row to tests/permissions/pages.py (or table.py) for these."
    assert sorted(set(known) - found) == [], "These rows have no route any more."


def test_every_verb_of_the_api_has_its_call() -> None:
    rows = {row.route: row for row in API}
    for route, pattern in routes():
        if route not in rows:
            continue
        actions = set(getattr(pattern.callback, "actions", {"get": ""}))
        allowed = set(getattr(pattern.callback.cls, "http_method_names", actions)) - {"head", "options"}  # type: ignore[attr-defined]
        assert {call.verb for call in rows[route].calls} == actions & allowed, route


@pytest.mark.parametrize("group", GROUPS)
def test_table(world: World, group: str) -> None:
    """Every call happens in a savepoint that is rolled back, so that each finds the same world."""
    before = fingerprint()
    expected, found = {}, {}
    for row in TABLE:
        if row.address.removeprefix("/api/v1").split("/")[1] != group:
            continue
        for call in row.calls:
            expected[call.verb, row.address] = call.statuses
            answers = [knock(world, actor, row, call, before) for actor in ACTORS]
            found[call.verb, row.address] = " ".join(map(str, answers))
    assert found == expected


def knock(world: World, actor: str, row: Row, call: Call, before: tuple[Any, ...]) -> int:
    """The status that the actor gets; a read or a refusal changes nothing, and an outsider reads nothing of ours."""
    case = f"{actor} {call.verb} {row.address}"
    with transaction.atomic():
        response = send(world.client(actor), row, call, world)
        status: int = response.status_code
        if call.verb == "get" or status >= 400 or (actor == "anonymous" and status == 302):
            assert fingerprint() == before, f"{case}: something changed"
        if actor == "outsider" and call.verb == "get":
            content = b"".join(response.streaming_content) if response.streaming else response.content
            assert MARK not in content.lower(), f"{case}: reads what is not theirs"
        transaction.set_rollback(True)
    return status


def test_strangers_are_sent_to_the_sign_in_page_and_back(world: World) -> None:
    response = world.client("anonymous").get("/kpis/ZEBRA-K/?period=2026-01-01")
    assert response["Location"] == "/sign-in/?next=/kpis/ZEBRA-K/%3Fperiod%3D2026-01-01"


def test_partial_of_a_stranger_sends_the_whole_page_to_the_sign_in(world: World) -> None:
    response = world.client("anonymous").get(
        "/live/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/kpis/?q=a"
    )
    assert (response.status_code, response["HX-Redirect"]) == (401, "/sign-in/?next=/kpis/%3Fq%3Da")


@pytest.mark.parametrize("actor", ACTORS)
def test_operators_site_is_for_operators(world: World, actor: str) -> None:
    client = world.client(actor)
    for route, _ in routes():
        if route.startswith(OPERATORS):
            address = "/" + route.replace("<object_id>", "1").replace("<url>", "x").replace("<path>", "x")
            if "<" in address or "(" in address or "admin/login" in address or "admin/logout" in address:
                continue
            response = client.get(address)
            assert (response.status_code, response["Location"].split("?")[0]) == (302, "/admin/login/"), address
