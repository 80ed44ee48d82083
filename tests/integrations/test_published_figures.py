"""A published strategy: what an import and the roll-up must show of it, read through the API."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from organization.choices import Role, Scope
from organization.models import ApiToken, Organization
from tests.factories import MembershipFactory, UserFactory

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "performance-gov"
NEAR = 1e-6

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the published package is absent (../shared/data/performance-gov)"),
]


@pytest.fixture
def client() -> APIClient:
    """A machine that reads the imported organization."""
    call_command("import_strategy", str(SHARED / "package"))
    organization = Organization.objects.get(code="USG")
    user = UserFactory.create()
    MembershipFactory.create(user=user, organization=organization, role=Role.VIEWER)
    _, value = ApiToken.objects.create(user, organization=organization, name="test", scopes=[Scope.READ])
    made = APIClient()
    made.credentials(HTTP_AUTHORIZATION=f"Bearer {value}")
    return made


def listed(client: APIClient, resource: str) -> dict[str, dict[str, Any]]:
    """All rows of a resource by code, page by page."""
    found: dict[str, dict[str, Any]] = {}
    address: str | None = f"/api/v1/{resource}/?page_size=200"
    while address:
        page = client.get(address).json()
        found |= {row["code"]: row for row in page["results"]}
        address = page["next"]
    return found


def expected(name: str) -> Iterator[dict[str, str]]:
    with (SHARED / f"expected_{name}_progress.csv").open(newline="") as file:
        yield from csv.DictReader(file)


def agrees(shown: str | None, wanted: str) -> bool:
    if shown is None or not wanted:
        return shown is None and not wanted
    return abs(float(shown) - float(wanted)) <= NEAR


def test_every_kpi_and_objective_shows_what_was_published(client: APIClient) -> None:
    kpis, objectives = listed(client, "kpis"), listed(client, "objectives")
    assert (len(kpis), len(objectives)) == (151, 363)
    differing = [row["kpi"] for row in expected("kpi") if not agrees(kpis[row["kpi"]]["progress"], row["progress"])]
    assert differing == []
    for row in expected("objective"):
        shown = objectives[row["objective"]]
        if not (
            agrees(shown["progress"], row["progress"])
            and agrees(shown["coverage"], row["coverage"])
            and shown["roll_up_state"] == row["state"]
        ):
            differing.append(row["objective"])
    assert differing == []
