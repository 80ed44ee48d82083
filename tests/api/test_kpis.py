"""KPIs, targets and measures through the API."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from audit.models import Event
from kpis.models import Kpi, KpiFigures, Measure, Target
from objectives.models import ObjectiveFigures
from organization.choices import Scope
from tests.factories import (
    Company,
    KpiFactory,
    MeasureFactory,
    MeasurementFactory,
    ObjectiveFactory,
    TargetFactory,
)

LIST = "/api/v1/kpis/"


@pytest.fixture
def kpi(company: Company) -> Kpi:
    return KpiFactory.create(
        organization=company.organization,
        code="K 1",
        name="Orders",
        department=company.sales,
        owner=company.bob,
        unit="EUR",
        precision=1,
        figures={
            "value": Decimal("12.5000000000"),
            "period": date(2026, 5, 1),
            "target": Decimal(100),
            "expected": Decimal("-0.0000000000"),
            "variance": Decimal("1e3"),
            "variance_pct": 1 / 3,
            "progress": 0.1 + 0.2,
            "state": "on_track",
            "colour": "green",
            "rule": "pace",
            "freshness": "fresh",
            "counts": True,
            "roll_progress": 0.3,
            "roll_expected": 0.5,
            "changed_at": datetime(2031, 1, 1, tzinfo=UTC),
        },
    )


def codes(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


def test_row_has_exactly_the_documented_fields_and_no_floats(kpi: Kpi, company: Company, olga: APIClient) -> None:
    assert olga.get(LIST).json()["results"] == [
        {
            "code": "K 1",
            "name": "Orders",
            "department": "SALES",
            "owner": company.bob.email,
            "unit": "EUR",
            "direction": "up",
            "kind": "move",
            "frequency": "monthly",
            "value": "12.5",
            "period": "2026-05-01",
            "target": "100",
            "expected": "0",
            "variance": "1000",
            "variance_pct": "0.333333333",
            "progress": "0.3",
            "attainment": None,
            "status": {
                "state": "on_track",
                "colour": "green",
                "rule": "pace",
                "computed": {"state": "no_data", "colour": "grey", "rule": "no_data"},
            },
            "freshness": "fresh",
            "updated_at": "2031-01-01T00:00:00+00:00",
            "url": "http://testserver/api/v1/kpis/K%201/",
        }
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["K 1", "K2"]),
        ({"department": "SALES"}, ["K 1"]),
        ({"owner": "bob@acme.example"}, ["K 1"]),
        ({"status": "green"}, ["K 1"]),
        ({"status": "no_data"}, ["K2"]),
        ({"freshness": "fresh,late"}, ["K 1"]),
        ({"kind": "range"}, []),
        ({"objective": "O"}, ["K2"]),
        ({"period_from": "2026-05-01"}, ["K 1"]),
        ({"period_to": "2026-04-30"}, []),
        ({"updated_from": "2031-01-01T00:00:00Z"}, ["K 1"]),
        ({"q": "order"}, ["K 1"]),
        ({"ordering": "-updated_at"}, ["K 1", "K2"]),
        ({"ordering": "-progress"}, ["K 1", "K2"]),
    ],
)
def test_filters(kpi: Kpi, company: Company, olga: APIClient, query: dict[str, str], found: list[str]) -> None:
    other = KpiFactory.create(organization=company.organization, code="K2", department=company.finance)
    MeasureFactory.create(objective=ObjectiveFactory.create(organization=company.organization, code="O"), kpi=other)
    assert codes(olga.get(LIST, query)) == found


def test_pages_by_the_last_change_follow_each_other(kpi: Kpi, company: Company, olga: APIClient) -> None:
    for number in range(3):
        KpiFactory.create(organization=company.organization, code=f"N{number}")
    address: str | None = f"{LIST}?ordering=-updated_at&page_size=1"
    seen = []
    while address:
        page = olga.get(address).json()
        seen += [row["code"] for row in page["results"]]
        address = page["next"]
    assert seen == ["K 1", "N2", "N1", "N0"]


@pytest.mark.parametrize("extra", [0, 2])
def test_list_costs_two_queries(
    kpi: Kpi, company: Company, olga: APIClient, django_assert_num_queries: Callable[[int], Any], extra: int
) -> None:
    olga.get(LIST)
    for _ in range(extra):
        KpiFactory.create(organization=company.organization, department=company.north, owner=company.alice)
    with django_assert_num_queries(2):
        olga.get(LIST)


def test_create_scores_and_keeps_exact_decimals(company: Company, olga: APIClient) -> None:
    body = b"""{"code": "K", "name": "Cost", "direction": "down", "baseline": 0.30000000004e1, "target": "0.1",
                "precision": 4, "start": "2026-01-01", "end": "2026-12-31", "department": "SALES"}"""
    response = olga.post(LIST, body, content_type="application/json")
    assert response.status_code == 201, response.content
    shown = response.json()
    assert (shown["baseline"], shown["declared_target"], shown["direction"]) == ("3.0000000004", "0.1", "down")
    assert KpiFigures.objects.filter(kpi__code="K").count() == 1
    row = Kpi.objects.get(code="K")
    assert row.baseline == Decimal("3.0000000004")


def test_value_with_too_many_digits_is_refused(olga: APIClient) -> None:
    body = b'{"code": "K", "name": "Cost", "baseline": 0.12345678901, "target": 1e500}'
    response = olga.post(LIST, body, content_type="application/json")
    assert response.status_code == 400
    assert {error["field"] for error in response.json()["errors"]} == {"baseline", "target"}


def test_definition_that_contradicts_itself_is_refused(company: Company, olga: APIClient) -> None:
    body = {"code": "K", "name": "K", "baseline": 5, "target": 5, "start": "2026-01-01", "end": "2026-12-31"}
    response = olga.post(LIST, body, format="json")
    assert (response.status_code, [error["field"] for error in response.json()["errors"]]) == (400, ["target"])
    assert (Kpi.objects.count(), Event.objects.count()) == (0, 0)


def test_misspelt_field_is_refused_and_a_read_one_may_come_back(kpi: Kpi, olga: APIClient) -> None:
    wrong = olga.patch(f"{LIST}K%201/", {"ownr": "x"}, format="json", HTTP_IF_MATCH="*")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "ownr")
    whole = olga.get(f"{LIST}K%201/").json()
    again = olga.put(f"{LIST}K%201/", whole, format="json", HTTP_IF_MATCH="*")
    assert again.status_code == 200, again.content
    assert {**again.json(), "updated_at": ""} == {**whole, "updated_at": ""} | {
        name: again.json()[name] for name in again.json() if name in FIGURES
    }


FIGURES = {
    "value", "period", "target", "expected", "variance", "variance_pct", "progress", "attainment", "status",
    "freshness", "previous_value", "expected_share", "achieved", "compliance_rate", "favourable_variance",
    "outline_colour", "due_on", "flags", "recorded_at",
}  # fmt: skip
"""What the scoring writes: the fixture's figures are made up, the change computed them anew."""


def test_delete_is_for_who_edits_here(kpi: Kpi, company: Company, client_of: Any, alice: APIClient) -> None:
    assert client_of(company.bob).delete(f"{LIST}K%201/", HTTP_IF_MATCH="*").status_code == 403
    assert alice.delete(f"{LIST}K%201/", HTTP_IF_MATCH="*").status_code == 204


def test_series_has_every_period(company: Company, olga: APIClient) -> None:
    kpi = KpiFactory.create(
        organization=company.organization, code="K", start=date(2026, 1, 1), end=date(2026, 3, 31), precision=2
    )
    MeasurementFactory.create(kpi=kpi, period=date(2026, 1, 1), value=Decimal("12.34"))
    points = olga.get(f"{LIST}K/series/").json()
    assert [(point["period"], point["value"]) for point in points] == [
        ("2026-01-01", "12.34"),
        ("2026-02-01", None),
        ("2026-03-01", None),
    ]
    assert set(map(type, points[0].values())) <= {str, bool, type(None)}
    two = olga.get(f"{LIST}K/series/", {"period_from": "2026-02-01", "period_to": "2026-02-28"}).json()
    assert [point["period"] for point in two] == ["2026-02-01"]


def test_explanations_are_plain(kpi: Kpi, company: Company, olga: APIClient) -> None:
    figures = {"progress": 0.3, "direct_progress": 0.3, "direct_state": "ok", "direct_total": 1, "direct_known": 1}
    objective = ObjectiveFactory.create(organization=company.organization, code="O", figures=figures)
    MeasureFactory.create(objective=objective, kpi=kpi)
    one = olga.get(f"{LIST}K%201/explain/").json()
    assert (one["code"], one["objectives"][0]["code"], one["status"]["rule"]) == ("K 1", "O", "pace")
    whole = olga.get("/api/v1/objectives/O/explain/").json()
    assert (whole["code"], whole["progress"]) == ("O", "0.3")
    assert [line["code"] for line in whole["contributors"]] == ["K 1"]


def test_targets_are_replaced_as_a_whole(kpi: Kpi, olga: APIClient) -> None:
    TargetFactory.create(kpi=kpi, period=date(2026, 1, 1), value=Decimal(50))
    read = olga.get(f"{LIST}K%201/targets/")
    row = {"period": "2026-01-01", "value": "50", "low": None, "high": None, "reason": "", "in_force": True}
    assert read.json() == {"targets": [row], "history": []}
    body = {"targets": [{"period": "2026-02-01", "value": "60.5"}], "reason": "Agreed in March"}
    address = f"{LIST}K%201/targets/"
    assert olga.put(address, body, format="json").status_code == 428
    unsaid = olga.put(address, body | {"reason": " "}, format="json", HTTP_IF_MATCH=read["ETag"])
    assert (unsaid.status_code, unsaid.json()["errors"][0]["field"]) == (400, "reason")
    done = olga.put(address, body, format="json", HTTP_IF_MATCH=read["ETag"])
    assert (done.status_code, done.json()["targets"][0]["value"]) == (200, "60.5")
    assert olga.put(address, body, format="json", HTTP_IF_MATCH=read["ETag"]).status_code == 412
    assert list(Target.objects.values_list("period", flat=True)) == [date(2026, 2, 1)]
    assert Event.objects.get().after["reason"] == "Agreed in March"
    now = olga.get(address).json()
    assert now["targets"][0]["reason"] == "Agreed in March"
    wanted = {"low": None, "high": None}
    assert [(one["reason"], one["moves"]) for one in now["history"]] == [
        (
            "Agreed in March",
            [
                {"period": "2026-01-01", "before": wanted | {"value": "50"}, "after": None},
                {"period": "2026-02-01", "before": None, "after": wanted | {"value": "60.5"}},
            ],
        )
    ]


def test_measure_is_addressed_by_both_codes_and_moves_the_objective(
    kpi: Kpi, company: Company, olga: APIClient
) -> None:
    ObjectiveFactory.create(organization=company.organization, code="O")
    made = olga.post("/api/v1/measures/", {"objective": "O", "kpi": "K 1", "weight": "2"}, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["url"] == "http://testserver/api/v1/measures/O~K%201/"
    assert ObjectiveFigures.objects.get(objective__code="O").direct_total == 1
    changed = olga.patch(made.json()["url"], {"weight": "0.5"}, format="json", HTTP_IF_MATCH=made["ETag"])
    assert (changed.status_code, changed.json()["weight"]) == (200, "0.5")
    stale = olga.patch(made.json()["url"], {"weight": "0.7"}, format="json", HTTP_IF_MATCH=made["ETag"])
    assert (stale.status_code, stale.json()["present"]["weight"]) == (412, "0.5")
    assert olga.delete(made.json()["url"], HTTP_IF_MATCH="*").status_code == 204
    assert Measure.objects.count() == 0


def test_measure_shows_only_between_what_is_visible(kpi: Kpi, company: Company, olga: Any, alice: Any) -> None:
    hidden = ObjectiveFactory.create(organization=company.organization, code="F", department=company.finance)
    MeasureFactory.create(objective=hidden, kpi=kpi)
    assert len(olga.get("/api/v1/measures/").json()["results"]) == 1
    assert alice.get("/api/v1/measures/").json()["results"] == []
    assert alice.get("/api/v1/measures/F~K%201/").status_code == 404


def test_definition_needs_the_strategy_scope(kpi: Kpi, company: Company, client_of: Any) -> None:
    client = client_of(company.olga, Scope.READ, Scope.KPI_WRITE)
    assert client.patch(f"{LIST}K%201/", {"name": "X"}, format="json", HTTP_IF_MATCH="*").status_code == 403
