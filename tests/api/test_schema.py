"""The schema says what the API does: it is valid, complete, and has the fields that are really served."""

from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from kpis.models import Kpi
from objectives.models import Objective
from tests.factories import (
    Company,
    ContributionFactory,
    KpiFactory,
    MeasureFactory,
    MeasurementFactory,
    ObjectiveFactory,
    VisionFactory,
)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    assert (GENERATOR_STATS._warn_cache, GENERATOR_STATS._error_cache) == ({}, {})
    return made


def test_schema_is_valid_openapi_3_1(schema: dict[str, Any]) -> None:
    validate_schema(schema)
    assert schema["openapi"] == "3.1.1"


def test_every_operation_has_one_id_and_names_its_refusals(schema: dict[str, Any]) -> None:
    operations = [one for path in schema["paths"].values() for verb, one in path.items() if verb != "parameters"]
    ids = [one["operationId"] for one in operations]
    assert sorted(set(ids)) == sorted(ids)
    assert [one["operationId"] for one in operations if "default" not in one["responses"]] == []


@pytest.fixture
def stocked(company: Company) -> None:
    objective: Objective = ObjectiveFactory.create(organization=company.organization, code="O")
    ContributionFactory.create(child=ObjectiveFactory.create(organization=company.organization), parent=objective)
    kpi: Kpi = KpiFactory.create(organization=company.organization, code="K")
    MeasureFactory.create(objective=objective, kpi=kpi)
    MeasurementFactory.create(kpi=kpi)
    VisionFactory.create(organization=company.organization, code="V")


@pytest.mark.parametrize(
    ("address", "component"),
    [
        ("departments/", "DepartmentRow"),
        ("departments/SALES/", "DepartmentDetail"),
        ("visions/", "VisionRow"),
        ("visions/V/", "VisionDetail"),
        ("objectives/", "ObjectiveRow"),
        ("objectives/O/", "ObjectiveDetail"),
        ("objectives/O/explain/", "WholeExplanation"),
        ("contributions/", "ContributionRow"),
        ("kpis/", "KpiRow"),
        ("kpis/K/", "KpiDetail"),
        ("kpis/K/explain/", "KpiExplanation"),
        ("kpis/K/series/", "PeriodPoint"),
        ("measures/", "MeasureRow"),
        ("measurements/", "MeasurementRow"),
        ("tokens/", "TokenRow"),
        ("me/", "Me"),
    ],
)
def test_served_fields_are_the_described_ones(
    stocked: None, olga: APIClient, schema: dict[str, Any], address: str, component: str
) -> None:
    body = olga.get(f"/api/v1/{address}").json()
    row = body["results"][0] if isinstance(body, dict) and "results" in body else body
    row = row[0] if isinstance(row, list) else row
    assert list(row) == list(schema["components"]["schemas"][component]["properties"])
    assert not [name for name, value in row.items() if isinstance(value, float)]


def test_documentation_is_served_without_another_host(db: Any) -> None:
    client = APIClient()
    assert client.get("/api/v1/schema/").status_code == 200
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert b"//cdn" not in page.content
