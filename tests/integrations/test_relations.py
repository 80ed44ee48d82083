"""KPIs that are computed from others, and parts of others, in strategy files."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from audit.models import Event
from integrations.file_errors import FileError, PackageRefused
from integrations.packages import Package, read_path, zip_bytes
from integrations.services import export_strategy, import_strategy, plan_import
from kpis.models import FormulaOperand, Kpi, KpiFigures, Measurement, Target
from organization.actors import system_actor
from organization.models import Organization
from tests.integrations.samples import write_package

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
HEAD = (
    "code,name,department,unit,precision,direction,kind,frequency,time_aggregation,unit_aggregation,formula,parent,"
    "minimum,maximum,cumulative,unit_weight,dimensions\n"
)
RELATED = {
    "organization": "code,name\nREL,Related\n",
    "departments": "code,name,parent,headcount\nALL,All,,\nN,North,ALL,30\nS,South,ALL,10\n",
    "kpis": HEAD
    + "MARGIN,Margin,,%,1,up,unscored,monthly,last,none,([SALES] - COST-0) / SALES * 100,,,,,,\n".replace(
        "COST-0", "[COST-0]"
    )
    + "S-N,Sales north,N,EUR,2,up,unscored,monthly,sum,none,,SALES,0,1000,,,\n"
    + "SALES,Sales,,EUR,2,up,unscored,monthly,sum,sum,,,,,,,\n"
    + "S-S,Sales south,S,EUR,2,up,unscored,monthly,sum,none,,SALES,,,,,\n"
    + "COST-0,Costs,,EUR,2,down,period,monthly,sum,none,,,,,true,,\n"
    + "SICK,Sick leave,,%,1,down,unscored,monthly,mean,weighted_mean,,,,,,,\n"
    + "SICK-N,Sick leave north,N,%,1,down,unscored,monthly,mean,none,,SICK,,,,,\n"
    + "SICK-S,Sick leave south,S,%,1,down,unscored,monthly,mean,none,,SICK,,,,30,\n"
    + 'AGE,Sick leave of the young,,%,1,down,unscored,monthly,mean,none,,SICK-N,,,,,"Age=15\\;24; Sex=a\\=b"\n',
    "targets": "kpi,period,value,reason\nCOST-0,2026-01-01,50,Agreed with the board\nCOST-0,2026-02-01,60,\n",
    "measurements": (
        "kpi,period,value\nS-N,2026-01-01,100\nS-S,2026-01-01,60\nS-N,2026-02-01,90\nCOST-0,2026-01-01,40\n"
        "SICK-N,2026-01-01,4\nSICK-S,2026-01-01,8\nAGE,2026-01-01,2\n"
    ),
}


def imported(folder: Path, tables: dict[str, str]) -> Organization:
    outcome = import_strategy(read_path(write_package(folder, tables)), actor=system_actor(0), at=AT)
    return Organization.objects.get(pk=outcome.organization_id)


def again(organization: Organization, folder: Path, **tables: str) -> None:
    package = read_path(write_package(folder, {"organization": RELATED["organization"], **tables}))
    import_strategy(package, actor=system_actor(organization.pk), at=AT)


def exported(organization: Organization) -> Package:
    return export_strategy(actor=system_actor(organization.pk))


def values(code: str) -> dict[date, Decimal | None]:
    return dict(Measurement.objects.filter(kpi__code=code).values_list("period", "value"))


def errors_of(folder: Path, **tables: str) -> list[FileError]:
    with pytest.raises(PackageRefused) as refusal:
        plan_import(read_path(write_package(folder, {**RELATED, **tables})), actor=system_actor(0), at=AT)
    return list(refusal.value.errors)


def without(table: str, *starts: str) -> str:
    return "".join(line for line in RELATED[table].splitlines(keepends=True) if not line.startswith(starts))


def test_computed_values_are_worked_out_after_an_import(tmp_path: Path) -> None:
    imported(tmp_path, RELATED)
    january, february = date(2026, 1, 1), date(2026, 2, 1)
    assert values("SALES") == {january: Decimal(160), february: Decimal(90)}
    assert values("MARGIN") == {january: Decimal(75)}
    assert values("SICK") == {january: Decimal(6)}
    assert KpiFigures.objects.get(kpi__code="MARGIN").value == Decimal(75)
    read = FormulaOperand.objects.order_by("operand__code").values_list("kpi__code", "operand__code")
    assert list(read) == [("MARGIN", "COST-0"), ("MARGIN", "SALES")]
    assert Kpi.objects.get(code="AGE").dimensions == {"Age": "15;24", "Sex": "a=b"}
    assert Kpi.objects.get(code="COST-0").cumulative
    assert [row.reason for row in Target.objects.order_by("period")] == ["Agreed with the board", ""]


def test_export_leaves_computed_values_out_and_comes_back_the_same(tmp_path: Path) -> None:
    organization = imported(tmp_path, RELATED)
    first = exported(organization)
    assert {row[0] for row in first.tables["measurements"].rows} == {"S-N", "S-S", "COST-0", "SICK-N", "SICK-S", "AGE"}
    assert first.tables["kpis"].header[-5:] == ("minimum", "maximum", "cumulative", "unit_weight", "dimensions")
    assert first.tables["targets"].header[-1] == "reason"
    outcome = import_strategy(first, actor=system_actor(0), at=AT, organization_code="COPY")
    copy = Organization.objects.get(pk=outcome.organization_id)
    second = exported(copy)
    assert {**second.tables, "organization": None} == {**first.tables, "organization": None}
    computed = Measurement.objects.filter(kpi__code__in=["SALES", "MARGIN", "SICK"]).order_by("kpi__code", "period")
    here, there = (list(computed.filter(kpi__organization=one).values_list("value")) for one in (organization, copy))
    assert here == there
    assert len(here) == 4
    assert zip_bytes(exported(organization)) == zip_bytes(first)


def test_the_same_package_again_changes_nothing(tmp_path: Path) -> None:
    organization = imported(tmp_path, RELATED)
    before = Event.objects.count()
    plan = import_strategy(read_path(tmp_path), actor=system_actor(organization.pk), at=AT).plan
    assert plan.changes_nothing
    assert Event.objects.count() == before


def test_values_weights_and_parents_that_change_are_followed(tmp_path: Path) -> None:
    organization = imported(tmp_path / "a", RELATED)
    january = date(2026, 1, 1)
    again(organization, tmp_path / "b", measurements="kpi,period,value\nS-S,2026-01-01,100\n")
    assert (values("SALES")[january], values("MARGIN")[january]) == (Decimal(200), Decimal(80))
    again(organization, tmp_path / "c", departments="code,name,headcount\nN,North,90\n")
    assert values("SICK")[january] == Decimal(5)
    again(organization, tmp_path / "d", kpis="code,name,parent\nS-S,Sales south,\n")
    assert values("SALES")[january] == Decimal(100)
    again(organization, tmp_path / "e", kpis="code,name,formula\nMARGIN,Margin,[SALES] / [COST-0]\n")
    assert values("MARGIN")[january] == Decimal("2.5")


def test_faults_of_formulas_name_the_place(tmp_path: Path) -> None:
    rows = (
        "A,A,,EUR,0,up,unscored,monthly,last,none,[COST-0] + * 2,,,,,,\n"
        "B,B,,EUR,0,up,unscored,monthly,last,none,[COST-0] + [NOPE],,,,,,\n"
        "C,C,,EUR,0,up,unscored,monthly,last,none,[COST-0] + SICK,,,,,,\n"
        "D,D,,EUR,0,up,unscored,weekly,last,none,[COST-0] * 2,,,,,,\n"
    )
    found = errors_of(tmp_path, kpis=RELATED["kpis"] + rows)
    assert [(error.row, error.column, error.expected) for error in found] == [
        (11, "formula", "a formula without fault; character 12: “*” is not expected here."),
        (12, "formula", "a formula without fault; character 12: There is no KPI with the code “NOPE”."),
        (
            13,
            "formula",
            "a formula without fault; character 10: The units do not fit: EUR and % cannot be added, subtracted or "
            "compared.",
        ),
        (
            14,
            "formula",
            "a formula without fault; character 1: COST-0 (Monthly) is measured less often than D (Weekly).",
        ),
    ]


def test_faults_of_parts_are_named(tmp_path: Path) -> None:
    rows = (
        "A,A,,EUR,0,up,unscored,yearly,last,none,,SALES,,,,,\n"
        "B,B,,USD,0,up,unscored,monthly,last,none,,SALES,,,,,\n"
        "C,C,ALL,%,0,up,unscored,monthly,last,none,,SICK,,,,,\n"
        "D,D,,%,0,up,unscored,monthly,last,none,,NOPE,,,,,\n"
        "E,E,,%,0,up,unscored,monthly,last,none,,,9,1,,,Sex=Female\n"
        "F,F,,%,0,up,unscored,monthly,last,none,,SICK-N,,,,,Sex\n"
    )
    found = errors_of(tmp_path, kpis=RELATED["kpis"] + rows)
    assert [(error.row, error.column, error.value, error.expected) for error in found] == [
        (11, "parent", "SALES", "A (Yearly) is measured less often than SALES (Monthly)."),
        (12, "parent", "SALES", "The unit USD does not fit SALES, which is in EUR."),
        (13, "unit_weight", "", "A weighted mean needs a weight, or a department with a headcount."),
        (14, "parent", "NOPE", "the code of a row in kpis"),
        (15, "maximum", "1", "a number not below the minimum, 9"),
        (15, "dimensions", "Sex=Female", "an empty cell, because there is no parent"),
        (16, "dimensions", "Sex", "names with a value each, like Sex=Female; Age=15-24"),
    ]


def test_circles_over_formulas_and_parts_name_the_path(tmp_path: Path) -> None:
    rows = (
        "A,A,,EUR,0,up,unscored,monthly,last,none,B * 2,,,,,,\n"
        "B,B,,EUR,0,up,unscored,monthly,last,none,,A,,,,,\n"
        "C,C,,EUR,0,up,unscored,monthly,last,none,D * 2,D,,,,,\n"
        "D,D,,EUR,0,up,unscored,monthly,last,sum,,,,,,,\n"
        "E,E,,EUR,0,up,unscored,monthly,last,none,E + 1,,,,,,\n"
    )
    found = errors_of(tmp_path, kpis=RELATED["kpis"] + rows)
    assert sorted(error.expected for error in found) == [
        "no circle; this closes C → D → C",
        "no circle; this closes E → E",
    ]


def test_values_of_computed_kpis_and_beyond_bounds_are_refused(tmp_path: Path) -> None:
    rows = "SALES,2026-01-01,1\nMARGIN,2026-01-01,1\nS-N,2026-03-01,1001\nS-N,2026-04-01,-1\n"
    found = errors_of(tmp_path, measurements=RELATED["measurements"] + rows)
    assert [(error.row, error.column, error.value, error.expected) for error in found] == [
        (9, "kpi", "SALES", "no value here: this KPI is summed up from its parts"),
        (10, "kpi", "MARGIN", "no value here: this KPI is worked out by its formula"),
        (11, "value", "1001", "a number up to 1000, the largest possible value"),
        (12, "value", "-1", "a number from 0, the smallest possible value"),
    ]


def test_a_stored_formula_holds_its_operands(tmp_path: Path) -> None:
    organization = imported(tmp_path / "a", RELATED)
    rows = "code,name,unit,frequency\nCOST-0,Costs,USD,yearly\n"
    with pytest.raises(PackageRefused) as refusal:
        again(organization, tmp_path / "b", kpis=rows, measurements="kpi,period,value\nMARGIN,2026-01-01,1\n")
    assert [(error.table, error.column, error.value) for error in refusal.value.errors] == [
        ("kpis", "unit", "USD"),
        ("kpis", "frequency", "yearly"),
        ("measurements", "kpi", "MARGIN"),
    ]
    assert Kpi.objects.get(code="COST-0").unit == "EUR"
