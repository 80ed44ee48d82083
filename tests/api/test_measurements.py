"""Measurements in batches: three formats, all or nothing, the same again unchanged."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from audit.models import Event
from kpis.models import Kpi, Measurement, MeasurementRevision
from organization.choices import Scope
from tests.factories import Company, KpiFactory, MeasurementFactory

ADDRESS = "/api/v1/measurements/"


@pytest.fixture
def pair(company: Company) -> tuple[Kpi, Kpi]:
    """A (sales, bob's) and B (finance), values with two decimals."""
    make = lambda code, department, owner: KpiFactory.create(  # noqa: E731
        organization=company.organization, code=code, department=department, owner=owner, precision=2
    )
    return make("A", company.sales, company.bob), make("B", company.finance, None)


def send(client: APIClient, body: bytes | str, kind: str, address: str = ADDRESS, **headers: str) -> Any:
    return client.generic("POST", address, body, content_type=kind, **headers)


def stored() -> list[tuple[str, str, Decimal | None]]:
    rows = Measurement.objects.order_by("kpi__code", "period").values_list("kpi__code", "period", "value")
    return [(code, period.isoformat(), value) for code, period, value in rows]


BODIES = {
    "application/json": (
        '[{"kpi": "A", "period": "2026-01-01", "value": 0.1}, {"kpi": "B", "period": "2026-01-01", "value": "2", '
        '"note": "é", "estimate": true}]'
    ),
    "application/x-ndjson": (
        '{"kpi": "A", "period": "2026-01-01", "value": 0.1}\n\n'
        '{"kpi": "B", "period": "2026-01-01", "value": "2", "note": "é", "estimate": true}\n'
    ),
    "text/csv": "kpi,period,value,note,estimate\r\nA,2026-01-01,0.1,,\r\nB,2026-01-01,2,é,true\r\n",
}


@pytest.mark.parametrize("kind", BODIES)
def test_the_same_batch_again_is_unchanged(pair: Any, olga: APIClient, kind: str) -> None:
    first = send(olga, BODIES[kind], kind)
    assert (first.status_code, first.json()) == (201, {"created": 2, "changed": 0, "unchanged": 0, "batch": "B-1"})
    assert stored() == [("A", "2026-01-01", Decimal("0.1")), ("B", "2026-01-01", Decimal(2))]
    events = Event.objects.count()
    again = send(olga, BODIES[kind], kind)
    assert (again.status_code, again.json()) == (201, {"created": 0, "changed": 0, "unchanged": 2, "batch": None})
    assert (Event.objects.count(), MeasurementRevision.objects.count()) == (events, 0)


def test_correction_keeps_the_old_value_with_its_reason(pair: Any, olga: APIClient) -> None:
    send(olga, BODIES["application/json"], "application/json")
    body = '[{"kpi": "A", "period": "2026-01-01", "value": "0.2", "reason": "Typing error"}]'
    assert send(olga, body, "application/json").json() == {"created": 0, "changed": 1, "unchanged": 0, "batch": "B-2"}
    kept = MeasurementRevision.objects.get()
    assert (kept.value, kept.reason) == (Decimal("0.1"), "Typing error")


def test_every_wrong_row_and_field_is_named_and_nothing_is_stored(pair: Any, olga: APIClient) -> None:
    rows = [
        {"kpi": "A", "period": "2026-01-01", "value": "1"},
        {"kpi": "NO", "period": "2026-1-1", "value": "1.2.3"},
        {"period": "2026-01-01", "value": True, "colour": "red"},
        "nonsense",
        {"kpi": 7, "period": "2026-W01-1", "estimate": "perhaps", "note": 3},
    ]
    response = olga.post(ADDRESS, rows, format="json")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    found = [(error["row"], error["field"], error["code"]) for error in response.json()["errors"]]
    assert found == [
        (2, "kpi", "reference"),
        (2, "period", "date"),
        (2, "value", "number"),
        (3, "colour", "unknown"),
        (3, "kpi", "required"),
        (3, "value", "number"),
        (4, "", "invalid"),
        (5, "kpi", "reference"),
        (5, "period", "date"),
        (5, "estimate", "boolean"),
        (5, "note", "text"),
    ]
    assert (stored(), Event.objects.count()) == ([], 0)


def test_what_only_the_kpi_knows_is_named_by_row_too(pair: Any, olga: APIClient) -> None:
    rows = [
        {"kpi": "A", "period": "2026-01-01", "value": "1"},
        {"kpi": "A", "period": "2026-01-02", "value": "1"},
        {"kpi": "A", "period": "2026-01-01", "value": "2"},
        {"kpi": "A", "period": "2026-02-01", "value": 1e25},
    ]
    found = [(error["row"], error["field"]) for error in olga.post(ADDRESS, rows, format="json").json()["errors"]]
    assert found == [(2, "period"), (3, "period"), (4, "value")]
    assert stored() == []


@pytest.mark.parametrize(
    ("kind", "body", "status", "word"),
    [
        ("application/json", '{"kpi": "A"}', 400, "list"),
        ("application/json", "[", 400, "line 1"),
        ("application/json", "[NaN]", 400, "NaN"),
        ("application/json", b"\xff", 400, "UTF-8"),
        ("application/x-ndjson", '{"kpi": "A"}\n{', 400, "Line 2"),
        ("text/csv", "kpi,period,worth\nA,2026-01-01,1\n", 400, "value"),
        ("text/csv", 'kpi,period,value\nA,"2026', 400, "Line 2"),
        ("text/csv", "\n", 400, "first line"),
        ("text/csv", "", 400, "no body"),
        ("application/xml", "<a/>", 415, "application/xml"),
        ("application/json", json.dumps([{"kpi": "A"}] * 10_001), 413, "10000"),
    ],
)
def test_body_that_cannot_be_read_says_why(
    pair: Any, olga: APIClient, kind: str, body: str | bytes, status: int, word: str
) -> None:
    response = send(olga, body, kind)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert word in response.json()["detail"]


def test_row_with_more_cells_than_the_header_is_refused(pair: Any, olga: APIClient) -> None:
    response = send(olga, "kpi,period,value\nA,2026-01-01,1,2\n", "text/csv")
    assert [(error["row"], error["code"]) for error in response.json()["errors"]] == [(1, "unknown")]


def test_one_kpi_that_may_not_be_written_refuses_the_batch(pair: Any, company: Company, client_of: Any) -> None:
    """B is outside what bob sees; TOP he sees and does not own."""
    bob = client_of(company.bob)
    good = {"kpi": "A", "period": "2026-01-01", "value": "1"}
    assert bob.post(ADDRESS, [good, {**good, "kpi": "B"}], format="json").status_code == 400
    KpiFactory.create(organization=company.organization, code="TOP", department=None)
    assert bob.post(ADDRESS, [good, {**good, "kpi": "TOP"}], format="json").status_code == 403
    assert (stored(), Event.objects.count()) == ([], 0)
    assert bob.post(ADDRESS, [good], format="json").status_code == 201


def test_writing_values_takes_its_own_scope(pair: Any, company: Company, client_of: Any) -> None:
    row = [{"kpi": "A", "period": "2026-01-01", "value": "1"}]
    assert client_of(company.olga, Scope.STRATEGY_WRITE).post(ADDRESS, row, format="json").status_code == 403
    assert client_of(company.olga, Scope.KPI_WRITE).post(ADDRESS, row, format="json").status_code == 201


def test_batch_with_a_key_is_recorded_once(pair: Any, olga: APIClient) -> None:
    kind = "text/csv"
    first = send(olga, BODIES[kind], kind, HTTP_IDEMPOTENCY_KEY="k")
    again = send(olga, BODIES[kind], kind, HTTP_IDEMPOTENCY_KEY="k")
    assert first.json() == again.json() == {"created": 2, "changed": 0, "unchanged": 0, "batch": "B-1"}
    assert again["Idempotent-Replayed"] == "true"


def test_one_kpi_has_an_address_of_its_own(pair: Any, olga: APIClient) -> None:
    address = "/api/v1/kpis/A/measurements/"
    done = olga.post(address, [{"period": "2026-01-01", "value": "1"}], format="json")
    assert (done.status_code, done.json()["created"]) == (201, 1)
    other = olga.post(address, [{"kpi": "B", "period": "2026-01-01", "value": "1"}], format="json")
    assert [error["field"] for error in other.json()["errors"]] == ["kpi"]
    assert [row["value"] for row in olga.get(address).json()["results"]] == ["1"]
    assert olga.get("/api/v1/kpis/NO/measurements/").status_code == 404


def test_list_is_by_kpi_and_period_and_pages_meet(pair: Any, olga: APIClient, alice: APIClient) -> None:
    for kpi in pair:
        for month in (1, 2, 3):
            MeasurementFactory.create(kpi=kpi, period=date(2026, month, 1), value=Decimal(month))
    address: str | None = f"{ADDRESS}?page_size=2"
    seen = []
    while address:
        page = olga.get(address).json()
        seen += [(row["kpi"], row["period"], row["value"]) for row in page["results"]]
        address = page["next"]
    assert seen == [(code, f"2026-0{month}-01", str(month)) for code in "AB" for month in (1, 2, 3)]
    assert {row["kpi"] for row in alice.get(ADDRESS).json()["results"]} == {"A"}
    assert len(olga.get(ADDRESS, {"kpi": "B", "period_from": "2026-02-01"}).json()["results"]) == 2
    assert len(olga.get(ADDRESS, {"department": "FINANCE", "period_to": "2026-02-01"}).json()["results"]) == 2
    newest = olga.get("/api/v1/kpis/A/measurements/", {"ordering": "-period", "page_size": "1"}).json()
    assert [row["period"] for row in newest["results"]] == ["2026-03-01"]
    assert [row["period"] for row in olga.get(newest["next"]).json()["results"]] == ["2026-02-01"]


def test_row_has_exactly_the_documented_fields(pair: Any, olga: APIClient, company: Company) -> None:
    send(olga, BODIES["application/json"], "application/json")
    row = olga.get(ADDRESS, {"kpi": "B"}).json()["results"][0]
    assert row == {
        "kpi": "B",
        "period": "2026-01-01",
        "value": "2",
        "numerator": None,
        "denominator": None,
        "estimate": True,
        "note": "é",
        "recorded_at": row["recorded_at"],
        "recorded_by": company.olga.email,
        "source": "api",
        "coverage": None,
    }


def test_a_ratio_in_percent_comes_back_in_hundredths_with_its_operands(pair: Any, olga: APIClient) -> None:
    Kpi.objects.filter(code="B").update(time_aggregation="ratio", unit="%", precision=1)
    operands = {"kpi": "B", "period": "2026-01-01", "numerator": "45", "denominator": "50"}
    assert send(olga, json.dumps([operands]), "application/json").status_code == 201
    row = olga.get(ADDRESS, {"kpi": "B"}).json()["results"][0]
    assert (row["value"], row["numerator"], row["denominator"]) == ("90", "45", "50")
    refused = send(olga, json.dumps([{**operands, "value": "0.9"}]), "application/json")
    assert refused.status_code == 400
    assert "The value does not equal 100 × numerator / denominator: the unit is %." in refused.content.decode()


@pytest.mark.parametrize("extra", [0, 2])
def test_list_costs_three_queries(
    pair: Any, olga: APIClient, django_assert_num_queries: Callable[[int], Any], extra: int
) -> None:
    olga.get(ADDRESS)
    MeasurementFactory.create(kpi=pair[0], period=date(2026, 1, 1))
    for month in range(extra):
        MeasurementFactory.create(kpi=pair[1], period=date(2026, month + 1, 1))
    with django_assert_num_queries(3):
        assert len(olga.get(ADDRESS).json()["results"]) == 1 + extra


@pytest.mark.parametrize("size", [1, 3])
def test_batch_costs_the_same_number_of_queries(
    company: Company, olga: APIClient, django_assert_max_num_queries: Callable[[int], Any], size: int
) -> None:
    olga.get(ADDRESS)
    for number in range(size):
        KpiFactory.create(organization=company.organization, code=f"N{number}")
    rows = [{"kpi": f"N{number}", "period": "2026-01-01", "value": "1"} for number in range(size)]
    with django_assert_max_num_queries(41):
        assert olga.post(ADDRESS, rows, format="json").status_code == 201
