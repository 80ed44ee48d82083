"""Computed values: parts and formulas are worked out with the value that they follow from, and kept like any other."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from kpis.explain import explain_kpi
from kpis.models import FormulaOperand, Kpi, KpiFigures, Measurement, MeasurementRevision
from kpis.services import (
    Outcome,
    Reading,
    change_department_with_weights,
    change_kpi,
    create_kpi,
    delete_kpi,
    record_measurements,
    refresh_all_computed,
)
from objectives.models import ObjectiveFigures
from organization.actors import system_actor
from organization.records import Conflict, InvalidRows
from tests.factories import NOW, Company, DepartmentFactory, MeasureFactory, ObjectiveFactory, make_company

pytestmark = pytest.mark.django_db

D = Decimal
APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def company() -> Company:
    return make_company()


def kpi_of(company: Company, code: str, **fields: Any) -> Kpi:
    defaults = {"name": code, "kind": "unscored", "precision": 4, "department": company.sales}
    return create_kpi({"code": code, **defaults, **fields}, actor=office(company), at=NOW)


def office(company: Company) -> Any:
    return company.actor(company.olga)


def record(company: Company, *readings: Reading, at: Any = NOW, reason: str = "") -> Outcome:
    return record_measurements(readings, actor=office(company), at=at, source="test", reason=reason)


def value_of(kpi: Kpi, period: date = MAY) -> Decimal | None:
    return Measurement.objects.get(kpi=kpi, period=period).value


def is_whole(company: Company) -> bool:
    """Whether the stored values are those of a full recomputation."""
    actor = system_actor(company.organization.pk)
    return refresh_all_computed(company.organization, actor=actor, at=LATER).rows == 0


def refusals(error: ValidationError) -> dict[str, list[str]]:
    return {field: [str(one.code) for one in found] for field, found in error.error_dict.items()}


# --- parts ----------------------------------------------------------------------------------------------------------


def test_a_parent_sums_its_parts_up_and_says_how_much_it_knows(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum")
    north, south = (kpi_of(company, code, parent=parent) for code in ("N", "S"))
    record(company, Reading(north.pk, MAY, D(10)))
    row = Measurement.objects.get(kpi=parent)
    assert (row.value, row.coverage, row.source, row.recorded_at, row.recorded_by) == (
        D(10),
        0.5,
        "parts",
        NOW,
        company.olga,
    )
    figures = KpiFigures.objects.get(kpi=parent)
    assert (figures.value, figures.coverage, figures.flags) == (D(10), 0.5, ["partial"])
    record(company, Reading(south.pk, MAY, D(5), estimate=True))
    row.refresh_from_db()
    figures.refresh_from_db()
    assert (row.value, row.coverage, row.estimate) == (D(15), 1.0, True)
    assert (figures.value, figures.coverage, figures.flags) == (D(15), 1.0, [])


def test_a_correction_replaces_the_computed_value_and_names_the_operand(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum")
    north = kpi_of(company, "N", parent=parent)
    record(company, Reading(north.pk, MAY, D(10)))
    record(company, Reading(north.pk, MAY, D(12)), at=LATER)
    kept = MeasurementRevision.objects.get(kpi=parent)
    assert (kept.value, kept.replaced_at, kept.reason, kept.source) == (D(10), LATER, "N changed", "parts")
    assert (value_of(parent), Measurement.objects.get(kpi=parent).recorded_at) == (D(12), LATER)


def test_the_same_values_again_leave_the_computed_ones_alone(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum")
    north = kpi_of(company, "N", parent=parent)
    record(company, Reading(north.pk, MAY, D(10)))
    assert record(company, Reading(north.pk, MAY, D(10)), at=LATER) == Outcome(unchanged=1)
    assert Measurement.objects.get(kpi=parent).recorded_at == NOW


@pytest.mark.parametrize(("method", "value"), [("mean", "20"), ("min", "10"), ("max", "30"), ("sum", "40")])
def test_parts_come_together_by_the_rule_of_the_parent(company: Company, method: str, value: str) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation=method)
    north, south = (kpi_of(company, code, parent=parent) for code in ("N", "S"))
    record(company, Reading(north.pk, MAY, D(10)), Reading(south.pk, MAY, D(30)))
    assert value_of(parent) == D(value)


def test_a_weighted_mean_takes_the_weight_else_the_headcount(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="weighted_mean")
    north = kpi_of(company, "N", parent=parent, unit_weight=D(30))
    south = kpi_of(company, "S", parent=parent, department=company.sales)  # 10 heads
    record(company, Reading(north.pk, MAY, D(1)), Reading(south.pk, MAY, D(5)))
    assert value_of(parent) == D(2)
    change_kpi(north, {"unit_weight": D(10)}, actor=office(company), at=LATER, version=None)
    assert value_of(parent) == D(3)
    assert MeasurementRevision.objects.get(kpi=parent).reason == "The definition of N changed"


def test_a_weighted_mean_without_a_weight_is_refused(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="weighted_mean")
    empty = DepartmentFactory.create(parent=company.root, headcount=None)
    with pytest.raises(ValidationError) as refused:
        kpi_of(company, "N", parent=parent, department=empty)
    assert refusals(refused.value) == {"unit_weight": ["required"]}


def test_a_rule_that_a_part_cannot_follow_is_refused_naming_the_part(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum")
    empty = DepartmentFactory.create(parent=company.root, headcount=None)
    kpi_of(company, "N", parent=parent, department=empty)
    with pytest.raises(ValidationError, match="N: A weighted mean") as refused:
        change_kpi(parent, {"unit_aggregation": "weighted_mean"}, actor=office(company), at=NOW, version=None)
    assert refusals(refused.value) == {"unit_aggregation": ["required"]}


def test_a_ratio_of_parts_is_the_ratio_of_their_sums(company: Company) -> None:
    rule = {"unit_aggregation": "ratio", "time_aggregation": "ratio", "precision": 6}
    parent = kpi_of(company, "ALL", **rule)
    north, south = (kpi_of(company, code, parent=parent, **rule) for code in ("N", "S"))
    record(
        company,
        Reading(north.pk, MAY, numerator=D(2), denominator=D(4)),
        Reading(south.pk, MAY, numerator=D(2), denominator=D(100)),
    )
    row = Measurement.objects.get(kpi=parent)
    assert (row.value, row.numerator, row.denominator) == (D("0.0384615385"), D(4), D(104))


def test_a_ratio_of_parts_in_percent_counts_hundredths(company: Company) -> None:
    rule = {"unit_aggregation": "ratio", "time_aggregation": "ratio", "precision": 1, "unit": "%"}
    parent = kpi_of(company, "ALL", **rule)
    north, south, west = (
        kpi_of(company, code, parent=parent, **rule | {"unit_weight": weight})
        for code, weight in (("N", None), ("S", None), ("W", D(96)))
    )
    record(
        company,
        Reading(north.pk, MAY, numerator=D(2), denominator=D(4)),
        Reading(south.pk, MAY, numerator=D(2), denominator=D(100)),
        Reading(west.pk, MAY, D(50)),
    )
    row = Measurement.objects.get(kpi=parent)
    assert (row.value, row.numerator, row.denominator) == (D(26), D(52), D(200))
    computation = explain_kpi(parent, actor=office(company)).computation
    assert computation is not None
    assert (computation.filled, computation.result) == ("100 × (2 + 2 + 48) / (4 + 100 + 96)", "26")
    assert is_whole(company)


def test_months_in_percent_come_into_a_quarter_as_their_ratio(company: Company) -> None:
    month = kpi_of(company, "M", time_aggregation="ratio", unit="%", start=APRIL, end=date(2026, 5, 31))
    quarter = kpi_of(company, "Q", unit="%", formula="M * 2", frequency="quarterly")
    record(
        company,
        Reading(month.pk, APRIL, numerator=D(2), denominator=D(4)),
        Reading(month.pk, MAY, numerator=D(24), denominator=D(48)),
    )
    assert value_of(quarter, APRIL) == D(100)


def test_the_unit_of_a_ratio_stays_once_values_were_divided_for_it(company: Company) -> None:
    kpi = kpi_of(company, "R", time_aggregation="ratio", unit="")
    record(company, Reading(kpi.pk, MAY, numerator=D(45), denominator=D(50)))
    with pytest.raises(ValidationError, match="the unit of a ratio can no longer change") as refused:
        change_kpi(kpi, {"unit": "%"}, actor=office(company), at=LATER, version=None)
    assert refusals(refused.value) == {"unit": ["ratio"]}
    assert (Kpi.objects.get(pk=kpi.pk).unit, value_of(kpi)) == ("", D("0.9"))
    change_kpi(kpi, {"unit": "h/h"}, actor=office(company), at=LATER, version=None)
    free = kpi_of(company, "F", time_aggregation="ratio", unit="")
    record(company, Reading(free.pk, MAY, D("0.9")))
    assert change_kpi(free, {"unit": "%"}, actor=office(company), at=LATER, version=None).unit == "%"


def test_a_ratio_of_parts_is_worked_out_again_when_its_unit_becomes_percent(company: Company) -> None:
    rule = {"unit_aggregation": "ratio", "time_aggregation": "ratio"}
    parent = kpi_of(company, "ALL", **rule)
    part = kpi_of(company, "N", parent=parent, **rule)
    record(company, Reading(part.pk, MAY, numerator=D(45), denominator=D(50)))
    assert value_of(parent) == D("0.9")
    change_kpi(parent, {"unit": "%"}, actor=office(company), at=LATER, version=None)
    assert (value_of(parent), value_of(part)) == (D(90), D("0.9"))


def test_a_part_that_has_not_begun_or_has_ended_is_not_expected(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum")
    north = kpi_of(company, "N", parent=parent)
    kpi_of(company, "S", parent=parent, start=JUNE)
    record(company, Reading(north.pk, MAY, D(10)), Reading(north.pk, JUNE, D(10)))
    coverages = dict(Measurement.objects.filter(kpi=parent).values_list("period", "coverage"))
    assert coverages == {MAY: 1.0, JUNE: 0.5}


def test_parts_measured_more_often_come_in_by_their_own_rule_over_time(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum", frequency="quarterly")
    flow = kpi_of(company, "FLOW", parent=parent, time_aggregation="sum")
    level = kpi_of(company, "LEVEL", parent=parent, time_aggregation="last")
    record(company, *(Reading(flow.pk, period, D(2)) for period in (APRIL, MAY)), Reading(level.pk, MAY, D(100)))
    row = Measurement.objects.get(kpi=parent, period=APRIL)
    assert row.value == D(104)
    assert row.coverage == 0.5  # 2 of 3 months of one part, 1 of 3 of the other


def test_a_coarser_part_is_refused(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum")
    with pytest.raises(ValidationError, match=r"N \(Yearly\) is measured less often than ALL \(Monthly\)"):
        kpi_of(company, "N", parent=parent, frequency="yearly")


def test_a_gap_two_levels_down_is_still_seen(company: Company) -> None:
    top = kpi_of(company, "TOP", unit_aggregation="sum")
    left, right = (kpi_of(company, code, unit_aggregation="sum", parent=top) for code in ("L", "R"))
    leaf = kpi_of(company, "L1", parent=left)
    kpi_of(company, "L2", parent=left)
    other = kpi_of(company, "R1", parent=right)
    record(company, Reading(leaf.pk, MAY, D(1)), Reading(other.pk, MAY, D(1)))
    assert Measurement.objects.get(kpi=top).coverage == 0.75


def test_without_a_rule_across_departments_a_parent_keeps_its_own_values(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="none")
    north = kpi_of(company, "N", parent=parent)
    record(company, Reading(north.pk, MAY, D(10)), Reading(parent.pk, MAY, D(99)))
    assert value_of(parent) == D(99)


def test_a_deleted_part_is_taken_out_of_the_sum(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum")
    north, south = (kpi_of(company, code, parent=parent) for code in ("N", "S"))
    record(company, Reading(north.pk, MAY, D(10)), Reading(south.pk, MAY, D(5)))
    delete_kpi(south, actor=office(company), at=LATER, version=None)
    assert (value_of(parent), is_whole(company)) == (D(10), True)
    with pytest.raises(Conflict, match="Still used by N"):
        delete_kpi(parent, actor=office(company), at=LATER, version=None)


def test_attaching_a_part_needs_the_parent_within_reach(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum", department=company.root)
    fields = {"code": "N", "name": "N", "kind": "unscored", "department": company.sales, "parent": parent}
    with pytest.raises(PermissionDenied, match="ALL"):
        create_kpi(fields, actor=company.actor(company.alice), at=NOW)


# --- formulas -------------------------------------------------------------------------------------------------------


def profit_of(company: Company, **fields: Any) -> tuple[Kpi, Kpi, Kpi]:
    sales, costs = (kpi_of(company, code, unit="EUR") for code in ("SALES", "COSTS"))
    return sales, costs, kpi_of(company, "PROFIT", unit="EUR", formula=" SALES - COSTS ", **fields)


def test_a_formula_is_worked_out_when_its_last_operand_arrives(company: Company) -> None:
    sales, costs, profit = profit_of(company)
    record(company, Reading(sales.pk, MAY, D(100)))
    assert not Measurement.objects.filter(kpi=profit).exists()
    record(company, Reading(costs.pk, MAY, D(30)))
    row = Measurement.objects.get(kpi=profit)
    assert (row.value, row.source, row.coverage, profit.formula) == (D(70), "formula", 1.0, "SALES - COSTS")
    assert set(FormulaOperand.objects.values_list("kpi__code", "operand__code")) == {
        ("PROFIT", "SALES"),
        ("PROFIT", "COSTS"),
    }


def test_a_blank_operand_makes_a_known_result_blank_and_keeps_what_it_was(company: Company) -> None:
    sales, costs, profit = profit_of(company)
    record(company, Reading(sales.pk, MAY, D(100)), Reading(costs.pk, MAY, D(30)))
    record(company, Reading(costs.pk, MAY, None), at=LATER, reason="Recount")
    assert value_of(profit) is None
    kept = MeasurementRevision.objects.get(kpi=profit)
    assert (kept.value, kept.reason) == (D(70), "COSTS changed")


def test_a_zero_divisor_is_blank(company: Company) -> None:
    above, below = (kpi_of(company, code) for code in ("A", "B"))
    share = kpi_of(company, "SHARE", formula="A / B")
    record(company, Reading(above.pk, MAY, D(1)), Reading(below.pk, MAY, D(0)))
    assert not Measurement.objects.filter(kpi=share).exists()
    record(company, Reading(below.pk, MAY, D(3)), at=LATER)
    assert value_of(share) == D("0.3333333333")


def test_formulas_follow_each_other_in_the_order_of_the_graph(company: Company) -> None:
    sales, costs, profit = profit_of(company)
    margin = kpi_of(company, "MARGIN", formula="PROFIT / SALES")
    assert margin.pk > profit.pk
    change_kpi(sales, {"name": "Sales"}, actor=office(company), at=NOW, version=None)
    record(company, Reading(sales.pk, MAY, D(100)), Reading(costs.pk, MAY, D(30)))
    assert value_of(margin) == D("0.7")
    record(company, Reading(costs.pk, MAY, D(40)), at=LATER)
    assert (value_of(margin), is_whole(company)) == (D("0.6"), True)


def test_a_formula_reads_a_sum_of_parts(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum")
    parts = [kpi_of(company, code, parent=parent) for code in ("N", "S")]
    double = kpi_of(company, "DOUBLE", formula="2 * ALL")
    record(company, Reading(parts[0].pk, MAY, D(4)))
    row = Measurement.objects.get(kpi=double)
    assert (row.value, row.coverage) == (D(8), 0.5)


def test_a_finer_operand_is_blank_until_its_period_is_complete(company: Company) -> None:
    monthly = kpi_of(company, "M", time_aggregation="sum")
    quarterly = kpi_of(company, "Q", formula="M * 1", frequency="quarterly")
    record(company, *(Reading(monthly.pk, period, D(2)) for period in (APRIL, MAY)))
    assert not Measurement.objects.filter(kpi=quarterly).exists()
    record(company, Reading(monthly.pk, JUNE, D(2)))
    assert value_of(quarterly, APRIL) == D(6)


def test_a_formula_given_later_works_out_the_past_and_keeps_what_stood_there(company: Company) -> None:
    sales, costs = (kpi_of(company, code) for code in ("SALES", "COSTS"))
    profit = kpi_of(company, "PROFIT")
    record(company, Reading(sales.pk, MAY, D(9)), Reading(costs.pk, MAY, D(4)), Reading(profit.pk, MAY, D(1)))
    profit = change_kpi(profit, {"formula": "SALES - COSTS"}, actor=office(company), at=LATER, version=None)
    assert value_of(profit) == D(5)
    kept = MeasurementRevision.objects.get(kpi=profit)
    assert (kept.value, kept.source, kept.reason) == (D(1), "test", "The definition of PROFIT changed")
    change_kpi(profit, {"formula": "SALES + COSTS"}, actor=office(company), at=LATER, version=None)
    assert (value_of(profit), is_whole(company)) == (D(13), True)


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("SALES - COSTS +", "end"),
        ("SALES - NOBODY", "unknown"),
        ("SALES - YEARLY", "frequency"),
        ("SALES - SHARE", "unit"),
        ("SALES / COSTS", "declared_unit"),
        ("SALES - PROFIT", "cycle"),
        ("__import__('os')", "character"),
    ],
)
def test_a_formula_that_cannot_be_is_refused(company: Company, formula: str, code: str) -> None:
    _sales, _costs, profit = profit_of(company)
    kpi_of(company, "YEARLY", unit="EUR", frequency="yearly")
    kpi_of(company, "SHARE", unit="%")
    with pytest.raises(ValidationError) as refused:
        change_kpi(profit, {"formula": formula}, actor=office(company), at=NOW, version=None)
    assert refusals(refused.value)["formula"][0] == code
    profit.refresh_from_db()
    assert profit.formula == "SALES - COSTS"


def test_a_circle_through_formulas_and_parts_is_refused_naming_the_path(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum")
    part = kpi_of(company, "N", parent=parent)
    kpi_of(company, "DOUBLE", formula="2 * ALL")
    with pytest.raises(ValidationError, match="ALL → N → DOUBLE → ALL"):
        change_kpi(part, {"formula": "DOUBLE / 3"}, actor=office(company), at=NOW, version=None)
    with pytest.raises(ValidationError, match="ALL → N → ALL"):
        change_kpi(parent, {"parent": part}, actor=office(company), at=NOW, version=None)


def test_what_a_formula_reads_keeps_its_code_and_its_unit(company: Company) -> None:
    sales, _costs, _profit = profit_of(company)
    for changes, code in (
        ({"code": "TURNOVER"}, "used"),
        ({"unit": "USD"}, "unit"),
        ({"frequency": "yearly"}, "frequency"),
    ):
        with pytest.raises(ValidationError) as refused:
            change_kpi(sales, changes, actor=office(company), at=NOW, version=None)
        assert [codes[0] for codes in refusals(refused.value).values()] == [code]
    with pytest.raises(Conflict, match="PROFIT"):
        delete_kpi(sales, actor=office(company), at=NOW, version=None)


def test_a_formula_names_only_what_its_author_sees(company: Company) -> None:
    kpi_of(company, "SECRET", department=company.finance)
    fields = {"code": "SPY", "name": "Spy", "kind": "unscored", "department": company.sales, "formula": "SECRET * 1"}
    with pytest.raises(ValidationError, match="There is no KPI with the code “SECRET”"):
        create_kpi(fields, actor=company.actor(company.alice), at=NOW)


def test_nobody_enters_values_for_a_computed_kpi(company: Company) -> None:
    sales, _costs, profit = profit_of(company)
    parent = kpi_of(company, "ALL", unit_aggregation="sum")
    kpi_of(company, "N", parent=parent)
    rows = [Reading(sales.pk, MAY, D(1)), Reading(profit.pk, MAY, D(1)), Reading(parent.pk, MAY, D(1))]
    with pytest.raises(InvalidRows) as refused:
        record(company, *rows)
    assert [(one.row, one.field, one.code, one.message) for one in refused.value.problems] == [
        (2, "kpi", "computed", "PROFIT is worked out by a formula: no value can be entered."),
        (3, "kpi", "computed", "ALL is summed up from its parts: no value can be entered."),
    ]
    assert not Measurement.objects.exists()


def test_a_computed_kpi_moves_its_objective_in_the_same_transaction(company: Company) -> None:
    sales, costs, profit = profit_of(
        company, kind="move", baseline=D(0), target=D(100), start=date(2026, 1, 1), end=date(2026, 12, 31)
    )
    objective = ObjectiveFactory.create(organization=company.organization)
    MeasureFactory.create(objective=objective, kpi=profit)
    record(company, Reading(sales.pk, MAY, D(100)), Reading(costs.pk, MAY, D(50)))
    heard = ObjectiveFigures.objects.get(objective=objective)
    assert (heard.direct_progress, heard.stale_at) == (0.5, NOW)


# --- order, cost, repair --------------------------------------------------------------------------------------------


def test_order_of_arrival_does_not_matter(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum")
    parts = [kpi_of(company, code, parent=parent) for code in ("N", "S", "W")]
    double = kpi_of(company, "DOUBLE", formula="ALL + N")
    rows = [Reading(part.pk, period, D(part.pk % 7 + period.month)) for part in parts for period in (APRIL, MAY)]
    found = []
    for order in (rows, rows[::-1], [*rows[2:], *rows[:2]]):
        for row in order:
            record(company, row)
        found.append(list(Measurement.objects.order_by("pk").values_list("kpi_id", "period", "value", "coverage")))
        assert is_whole(company)
        record(company, *(Reading(row.kpi_id, row.period, None) for row in rows))
    assert found[0] == found[1] == found[2]
    assert {row[0] for row in found[0]} >= {parent.pk, double.pk}


def test_a_batch_takes_as_many_statements_for_one_dependent_as_for_many(
    company: Company, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    parts = []
    for number in range(6):
        parent = kpi_of(company, f"ALL{number}", unit_aggregation="sum")
        parts.append([kpi_of(company, f"P{number}-{part}", parent=parent) for part in range(2)])
        kpi_of(company, f"F{number}", formula=f"ALL{number} * 2")
    with django_assert_max_num_queries(60) as one:
        record(company, *(Reading(part.pk, MAY, D(1)) for part in parts[0]))
    with django_assert_num_queries(len(one)):
        record(company, *(Reading(part.pk, MAY, D(1)) for pair in parts[1:] for part in pair))
    assert Measurement.objects.filter(source="formula").count() == 6


def test_rebuild_differs_in_no_row_and_mends_what_was_tampered_with(company: Company, capsys: Any) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="sum")
    north = kpi_of(company, "N", parent=parent)
    kpi_of(company, "DOUBLE", formula="ALL * 2")
    record(company, Reading(north.pk, MAY, D(10)))
    call_command("rebuild", organization="ACME")  # scores for the day on which the test runs
    capsys.readouterr()
    call_command("rebuild", organization="ACME")
    assert "\n0 rows differed" in capsys.readouterr().out
    Measurement.objects.filter(kpi=parent).update(value=D(11))
    call_command("rebuild", organization="ACME")
    assert (value_of(parent), is_whole(company)) == (D(10), True)


def test_a_change_of_headcount_is_worked_out_at_once(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="weighted_mean")
    north = kpi_of(company, "N", parent=parent, department=company.north)
    south = kpi_of(company, "S", parent=parent, department=company.finance)
    record(company, Reading(north.pk, MAY, D(1)), Reading(south.pk, MAY, D(3)))
    assert value_of(parent) == D(2)
    actor = office(company)
    change_department_with_weights(company.north, {"headcount": 30}, actor=actor, at=LATER, version=None)
    assert (value_of(parent), is_whole(company)) == (D("1.5"), True)
    assert MeasurementRevision.objects.get(kpi=parent).reason == "The headcount of NORTH changed"
    with pytest.raises(Conflict, match="weight of N"):
        change_department_with_weights(company.north, {"headcount": None}, actor=actor, at=LATER, version=None)


# --- why ------------------------------------------------------------------------------------------------------------


def test_the_explanation_fills_the_formula_in_and_names_the_operands(company: Company) -> None:
    sales, costs, profit = profit_of(company)
    record(company, Reading(sales.pk, MAY, D(100)), Reading(costs.pk, MAY, D(30), estimate=True))
    found = explain_kpi(shown(profit), actor=office(company)).computation
    assert found is not None
    assert (found.rule, found.period, found.formula, found.filled) == ("formula", MAY, "SALES - COSTS", "100 − 30")
    assert found.result is not None
    assert D(found.result) == D(70)
    assert [(one.code, one.value, one.estimate) for one in found.operands] == [
        ("COSTS", "30", True),
        ("SALES", "100", False),
    ]
    assert explain_kpi(shown(sales), actor=office(company)).computation is None


def test_the_explanation_lists_parts_with_their_weights_and_hides_what_is_out_of_sight(company: Company) -> None:
    parent = kpi_of(company, "ALL", unit_aggregation="weighted_mean", department=None)
    north = kpi_of(company, "N", parent=parent, unit_weight=D(30))
    south = kpi_of(company, "S", parent=parent, department=company.finance)
    record(company, Reading(north.pk, MAY, D(1)), Reading(south.pk, MAY, D(5)))
    found = explain_kpi(shown(parent), actor=office(company)).computation
    assert found is not None
    assert (found.rule, found.filled, found.known) == ("weighted_mean", "(30 × 1 + 10 × 5) / 40", 2)
    assert [(one.code, one.weight, one.coverage) for one in found.operands] == [("N", "30", 1.0), ("S", "10", 1.0)]
    seen = explain_kpi(shown(parent), actor=company.actor(company.alice)).computation
    assert seen is not None
    assert ([one.code for one in seen.operands], seen.filled, seen.hidden_operands) == (["N", ""], "", 1)


def shown(kpi: Kpi) -> Kpi:
    return Kpi.objects.select_related("figures", "organization").get(pk=kpi.pk)
