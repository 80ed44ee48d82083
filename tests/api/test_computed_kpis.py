"""Windows, formulas, parts and previews through the API."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from audit.models import Event
from kpis.models import FormulaOperand, Kpi, Measurement
from kpis.services import Reading, create_kpi, record_measurements
from objectives.services import roll_up
from organization.actors import system_actor
from tests.factories import NOW, Company, MeasureFactory, ObjectiveFactory

D = Decimal
LIST = "/api/v1/kpis/"
PREVIEW = f"{LIST}formula/preview/"


def make(company: Company, code: str, **fields: Any) -> Kpi:
    defaults = {"name": code, "kind": "unscored", "precision": 2, "department": company.sales}
    return create_kpi({"code": code, **defaults, **fields}, actor=company.actor(company.olga), at=NOW)


def record(company: Company, kpi: Kpi, *values: str, year: int = 2025) -> None:
    actor = system_actor(company.organization.pk)
    rows = [Reading(kpi.pk, date(year, month, 1), D(value)) for month, value in enumerate(values, start=1)]
    record_measurements(rows, actor=actor, at=NOW, source="test")


def codes(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


# --- windows --------------------------------------------------------------------------------------------------------


def test_series_by_year_and_to_date(company: Company, olga: APIClient) -> None:
    kpi = make(company, "SALES", kind="period", target=D(10), time_aggregation="sum")
    record(company, kpi, *["9"] * 12)
    year = olga.get(f"{LIST}SALES/series/", {"by": "year"}).json()[0]
    assert {name: year[name] for name in ("period", "first", "last", "value", "target", "expected", "variance")} == {
        "period": "2025-01-01",
        "first": "2025-01-01",
        "last": "2025-12-31",
        "value": "108",
        "target": "120",
        "expected": "120",
        "variance": "-12",
    }
    assert (year["variance_pct"], year["colour"], year["coverage"], year["partial"], year["provisional"]) == (
        "-0.1",
        "amber",
        "1",
        False,
        False,
    )
    found = olga.get(f"{LIST}SALES/series/?by=ytd&period_from=2025-02-01&period_to=2025-03-31").json()
    assert [(point["period"], point["value"]) for point in found] == [("2025-02-01", "18"), ("2025-03-01", "27")]


def test_series_without_a_window_stays_period_by_period(company: Company, olga: APIClient) -> None:
    record(company, make(company, "SALES"), "1", "2")
    found = olga.get(f"{LIST}SALES/series/?period_to=2025-02-01").json()
    assert [(point["period"], point["value"]) for point in found] == [("2025-01-01", "1"), ("2025-02-01", "2")]
    assert "partial" not in found[0]


def test_series_of_a_tree_of_departments_is_that_of_its_parent(company: Company, olga: APIClient) -> None:
    rule = {"time_aggregation": "sum"}
    parent = make(company, "ALL", unit_aggregation="sum", **rule)
    for code, value in (("N", "2"), ("S", "3")):
        record(company, make(company, code, parent=parent, **rule), *[value] * 12)
    assert olga.get(f"{LIST}ALL/series/?by=year").json()[0]["value"] == "60"


@pytest.mark.parametrize(("by", "code"), [("month", "too_short"), ("decade", "invalid")])
def test_series_by_a_window_that_cannot_be_is_refused(company: Company, olga: APIClient, by: str, code: str) -> None:
    make(company, "SALES", frequency="yearly")
    response = olga.get(f"{LIST}SALES/series/", {"by": by})
    assert response.status_code == 400
    assert [(one["field"], one["code"]) for one in response.json()["errors"]] == [("by", code)]


# --- definitions ----------------------------------------------------------------------------------------------------


def test_a_formula_kpi_is_made_shown_and_worked_out(company: Company, olga: APIClient) -> None:
    for code, value in (("SALES", "10"), ("COSTS", "4")):
        record(company, make(company, code, unit="EUR"), value)
    body = {"code": "PROFIT", "name": "Profit", "kind": "unscored", "unit": "EUR", "formula": "SALES - COSTS"}
    response = olga.post(LIST, body, format="json")
    assert response.status_code == 201, response.content
    assert {name: response.json()[name] for name in ("formula", "value", "parent", "dimensions", "cumulative")} == {
        "formula": "SALES - COSTS",
        "value": "6",
        "parent": None,
        "dimensions": {},
        "cumulative": False,
    }
    stored = olga.get(f"{LIST}PROFIT/measurements/").json()["results"][0]
    assert (stored["value"], stored["source"], stored["coverage"]) == ("6", "formula", "1")


def test_a_wrong_formula_is_a_problem_at_its_field(company: Company, olga: APIClient) -> None:
    body = {"code": "PROFIT", "name": "Profit", "kind": "unscored", "formula": "SALES - ("}
    response = olga.post(LIST, body, format="json")
    assert response.status_code == 400
    assert [(one["field"], one["code"]) for one in response.json()["errors"]] == [("formula", "parenthesis")]
    assert not Kpi.objects.filter(code="PROFIT").exists()


def test_values_for_a_computed_kpi_are_refused_by_row(company: Company, olga: APIClient) -> None:
    make(company, "SALES")
    make(company, "DOUBLE", formula="SALES * 2")
    rows = [{"kpi": "SALES", "period": "2026-05-01", "value": 1}, {"kpi": "DOUBLE", "period": "2026-05-01", "value": 1}]
    response = olga.post("/api/v1/measurements/", rows, format="json")
    assert response.status_code == 400
    assert [(one["row"], one["field"], one["code"]) for one in response.json()["errors"]] == [(2, "kpi", "computed")]
    assert not Measurement.objects.exists()


def test_series_are_left_out_of_the_list_unless_asked_for(company: Company, olga: APIClient) -> None:
    parent = make(company, "ALL")
    make(company, "ALL-F", parent=parent, dimensions={"sex": "female"})
    make(company, "NORTH", parent=parent)
    assert codes(olga.get(LIST)) == ["ALL", "NORTH"]
    assert codes(olga.get(LIST, {"series": "false"})) == ["ALL", "NORTH"]
    assert codes(olga.get(LIST, {"series": "true"})) == ["ALL", "ALL-F", "NORTH"]
    assert codes(olga.get(LIST, {"parent": "ALL"})) == ["ALL-F", "NORTH"]
    assert olga.get(LIST, {"series": "perhaps"}).status_code == 400
    assert olga.get(f"{LIST}ALL-F/").json()["dimensions"] == {"sex": "female"}


def test_a_breakdown_without_its_whole_is_refused(company: Company, olga: APIClient) -> None:
    body = {"code": "F", "name": "Female", "kind": "unscored", "dimensions": {"sex": "female"}}
    response = olga.post(LIST, body, format="json")
    assert response.status_code == 400, response.content


# --- previews -------------------------------------------------------------------------------------------------------


def test_a_preview_says_what_would_change_and_stores_nothing(company: Company, olga: APIClient) -> None:
    sales, costs = (make(company, code, unit="EUR") for code in ("SALES", "COSTS"))
    record(company, sales, "10", "20")
    record(company, costs, "4", "5")
    profit = make(company, "PROFIT", unit="EUR", formula="SALES")
    scored = {"kind": "move", "baseline": D(0), "target": D(40), "start": date(2025, 1, 1), "end": date(2026, 12, 31)}
    double = make(company, "DOUBLE", unit="EUR", formula="2 * PROFIT", grace_days=3650, **scored)
    objective = ObjectiveFactory.create(organization=company.organization, code="O", title="Earn")
    MeasureFactory.create(objective=objective, kpi=double)
    record(company, sales, "10", "21")
    roll_up(at=NOW)
    events = Event.objects.count()
    found = olga.post(f"{LIST}PROFIT/formula/preview/", {"formula": "SALES-COSTS"}, format="json").json()
    assert found["problems"][0]["code"] == "brackets"
    response = olga.post(f"{LIST}PROFIT/formula/preview/", {"formula": "SALES -  COSTS "}, format="json")
    assert response.status_code == 200, response.content
    found = response.json()
    assert (
        found["problems"],
        found["formula"],
        found["unit"],
        found["operands"],
        found["changed"],
        found["hidden"],
    ) == (
        [],
        "SALES - COSTS",
        "EUR",
        ["SALES", "COSTS"],
        2,
        0,
    )
    assert found["periods"] == [
        {"period": "2025-01-01", "before": "10", "after": "6"},
        {"period": "2025-02-01", "before": "21", "after": "16"},
    ]
    assert [(one["code"], one["periods"], one["before"], one["after"]) for one in found["kpis"]] == [
        ("DOUBLE", 2, "42", "32")
    ]
    assert [(one["code"], one["title"], one["before"], one["after"]) for one in found["objectives"]] == [
        ("O", "Earn", "1", "0.8")
    ]
    profit.refresh_from_db()
    assert (profit.formula, Event.objects.count()) == ("SALES", events)
    assert set(FormulaOperand.objects.filter(kpi=profit).values_list("operand__code", flat=True)) == {"SALES"}
    assert Measurement.objects.get(kpi=profit, period=date(2025, 1, 1)).value == D(10)


def test_a_preview_of_a_new_kpi_needs_its_formula_alone(company: Company, olga: APIClient) -> None:
    record(company, make(company, "SALES", unit="EUR"), "10")
    found = olga.post(PREVIEW, {"formula": "SALES * 3", "kind": "unscored", "unit": "EUR"}, format="json").json()
    assert found["periods"] == [{"period": "2025-01-01", "before": None, "after": "30"}]
    assert Kpi.objects.count() == 1


def test_a_preview_names_the_problem_and_its_place(company: Company, olga: APIClient) -> None:
    make(company, "SALES", unit="EUR")
    found = olga.post(PREVIEW, {"formula": "SALES + NOBODY", "kind": "unscored"}, format="json").json()
    assert [(one["field"], one["code"], one["position"]) for one in found["problems"]] == [("formula", "unknown", 8)]
    assert found["periods"] == []


def test_a_preview_counts_what_its_reader_does_not_see(company: Company, alice: APIClient) -> None:
    sales = make(company, "SALES")
    record(company, sales, "10")
    profit = make(company, "PROFIT", formula="SALES")
    make(company, "SECRET", formula="PROFIT * 2", department=company.finance)
    found = alice.post(f"{LIST}{profit.code}/formula/preview/", {"formula": "SALES * 2"}, format="json").json()
    assert (found["kpis"], found["hidden"]) == ([], 1)
