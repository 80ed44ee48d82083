"""Every answer of the API, every page and every file, asked for as known at a moment."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from audit.models import Event
from audit.versioning import known_since
from cmo_portal.as_of import as_known_at
from initiatives.models import Initiative
from kpis.models import Kpi, KpiFigures, Measure, Measurement, Target
from objectives.models import Contribution, Objective
from organization.models import Organization
from tests.as_of.conftest import Known, compute
from tests.permissions.pages import PAGES
from tests.permissions.table import API, Row
from tests.permissions.world import fingerprint

pytestmark = pytest.mark.django_db

OUTSIDE = ("/api/v1/schema/", "/api/v1/docs/", "/live/", "/sign-in/", "/api/v1/tokens/", "/api/v1/me/")
"""Of no day: descriptions, the counter of the present, and people, who are those of now."""

VARYING = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": "|[?&;]seen=)[^"&]*')
"""Tokens of forms; and the mark of a list: it holds when its figures changed last, which of figures that have changed
since is the moment asked for."""


def readings() -> list[Row]:
    rows = [row for row in (*API, *PAGES) if any(call.verb == "get" for call in row.calls)]
    return [row for row in rows if not row.address.startswith(OUTSIDE)]


def answers(known: Known, actor: str) -> dict[str, Any]:
    """Everything that can be read, by address; without what varies."""
    client, found = known.world.client(actor), {}
    for row in readings():
        with time_machine.travel(known.at, tick=False):
            response = client.get(known.world.filled(row.address), row.query or None)
        body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        found[row.address] = (response.status_code, VARYING.sub(b"", body))
    return found


def different(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What differs, line by line."""
    found = {}
    for address in one:
        if one[address] != other[address]:
            before, after = (set(side[address][1].splitlines()) for side in (one, other))
            found[address] = [one[address][0], other[address][0], *(before - after), b"->", *(after - before)]
    return found


def send(client: Client, verb: str, address: str, body: Any, status: int) -> None:
    response = client.generic(
        verb, f"/api/v1/{address}", orjson.dumps(body), content_type="application/json", HTTP_IF_MATCH="*"
    )
    assert response.status_code == status, response.content


def change_everything(known: Known) -> None:
    """Values, targets, weights, links, owners, names, statuses, settings: changed, added and removed."""
    client, organization = known.world.client("office"), known.world.company.organization
    send(client, "POST", "measurements/", [{"kpi": "ZEBRA-K", "period": "2026-01-01", "value": "77"}], 201)
    send(client, "POST", "measurements/", [{"kpi": "ZEBRA-K", "period": "2026-02-01", "value": "80"}], 201)
    send(
        client,
        "PUT",
        "kpis/ZEBRA-K/targets/",
        {"targets": [{"period": "2026-01-01", "value": "50"}], "reason": "Known better"},
        200,
    )
    send(client, "PATCH", "kpis/ZEBRA-K/", {"baseline": "5", "owner": "alice@zebra.example", "name": "Other"}, 200)
    send(client, "DELETE", "kpis/ZEBRA-LOOSE/", None, 204)
    send(client, "PATCH", "measures/ZEBRA-P~ZEBRA-K/", {"weight": "3"}, 200)
    send(client, "POST", "measures/", {"objective": "ZEBRA-O", "kpi": "ZEBRA-K"}, 201)
    send(client, "PATCH", "contributions/ZEBRA-O~ZEBRA-P/", {"weight": "0.5"}, 200)
    send(client, "POST", "contributions/", {"child": "ZEBRA-FREE", "parent": "ZEBRA-P"}, 201)
    send(client, "PATCH", "objectives/ZEBRA-P/", {"title": "Other", "progress_mode": "rollup"}, 200)
    send(client, "POST", "objectives/ZEBRA-O/check-ins/", {"confidence": 30, "comment": "Doubt"}, 201)
    send(client, "PATCH", "departments/SALES/", {"name": "Other"}, 200)
    send(client, "PATCH", "visions/ZEBRA-UNUSED/", {"statement": "Other"}, 200)
    send(client, "PATCH", "initiatives/ZEBRA-I/", {"title": "Other", "budget": "9"}, 200)
    send(client, "POST", "initiatives/ZEBRA-I/status-updates/", {"status": "red", "progress": "0.4"}, 201)
    send(client, "DELETE", "initiatives/ZEBRA-NEW/", None, 204)
    send(client, "POST", "alerts/ZEBRA-A/acknowledge/", {}, 200)
    send(client, "PATCH", "alert-rules/ZEBRA-R/", {"name": "Other"}, 200)
    Organization.objects.filter(pk=organization.pk).update(name="Other", currency="USD", amber_gap="-0.5")


@pytest.mark.parametrize("actor", ["office", "manager", "viewer"])
def test_as_known_now_every_answer_is_that_of_now(known: Known, actor: str) -> None:
    live = answers(known, actor)
    with as_known_at(known.world.company.organization, known.at):
        past = answers(known, actor)
    assert different(live, past) == {}
    assert different(live, answers(known, actor)) == {}


@pytest.mark.parametrize("actor", ["office", "manager"])
def test_as_known_then_every_answer_is_that_of_then(known: Known, actor: str) -> None:
    company = known.world.company
    then = answers(known, actor)
    with known_since(known.at + timedelta(hours=1)):
        change_everything(known)
        compute(company.organization.pk, known.at + timedelta(days=1))  # a snapshot of this day stays as it is
    now = answers(known, actor)
    assert len(different(then, now)) > 20
    with as_known_at(company.organization, known.at):
        assert different(then, answers(known, actor)) == {}
    assert different(now, answers(known, actor)) == {}


def test_what_was_deleted_is_there_as_known_before(known: Known) -> None:
    company = known.world.company
    values = list(Measurement.objects.values_list("kpi__code", "period", "value"))
    with known_since(known.at + timedelta(hours=1)):
        Measure.objects.all().delete()
        Contribution.objects.all().delete()
        Kpi.objects.filter(organization=company.organization, code="ZEBRA-LOOSE").delete()
        Measurement.objects.all().delete()
        Target.objects.all().delete()
    with as_known_at(company.organization, known.at):
        assert list(Measurement.objects.values_list("kpi__code", "period", "value")) == values
        assert Kpi.objects.filter(code="ZEBRA-LOOSE").count() == 1
        assert (Measure.objects.count(), Contribution.objects.count()) == (1, 1)
        assert KpiFigures.objects.get(kpi__code="ZEBRA-K").value == values[0][2]
    assert (Measurement.objects.count(), Measure.objects.count(), Contribution.objects.count()) == (0, 0, 0)


def test_nothing_can_be_written_in_the_past_and_nothing_is_left_behind(known: Known) -> None:
    before = fingerprint()
    with as_known_at(known.world.company.organization, known.at):
        for write in (
            lambda: Objective.objects.create(organization=known.world.company.organization, code="NEW", title="New"),
            lambda: Initiative.objects.update(title="Other"),
            lambda: Kpi.objects.all().delete(),
            lambda: Event.objects.create(actor_label="zebra", at=known.at),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                write()
    assert fingerprint() == before
