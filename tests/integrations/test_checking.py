"""Every fault at once, each with table, row, column and value."""

from datetime import date
from pathlib import Path

import pytest

from integrations.checking import check_package, type_package
from integrations.file_errors import FileError
from integrations.packages import read_path
from integrations.stored_rows import Stored, StoredTable
from integrations.tables import CONTRIBUTIONS, DEPARTMENTS, KPIS, OBJECTIVES
from tests.integrations.samples import BROKEN, BROKEN_ERRORS, SOUND, write_package

TODAY = date(2026, 6, 15)


def errors_of(folder: Path, tables: dict[str, str], stored: Stored | None = None) -> list[FileError]:
    package = read_path(write_package(folder / "p", tables))
    return list(check_package(type_package(package), stored or Stored(), today=TODAY).errors)


def short(errors: list[FileError]) -> list[tuple[str, int, str, str]]:
    return [(error.table, error.row, error.column, error.value) for error in errors]


def changed(**tables: str) -> dict[str, str]:
    return {**SOUND, **tables}


def appended(table: str, *rows: str) -> dict[str, str]:
    return {**SOUND, table: SOUND[table] + "".join(row + "\n" for row in rows)}


def test_a_sound_package_has_no_errors(tmp_path: Path) -> None:
    assert errors_of(tmp_path, SOUND) == []


def test_a_broken_package_names_all_its_errors_in_reading_order(tmp_path: Path) -> None:
    errors = errors_of(tmp_path, BROKEN)
    assert short(errors) == BROKEN_ERRORS
    assert len(errors) >= 30
    assert len({error.table for error in errors}) == 5


def test_errors_are_said_in_one_line_each() -> None:
    error = FileError("kpis", 3, "target", "x" * 100, "a number like 1234.5")
    assert str(error) == f"kpis 3 target: '{'x' * 79}…' — a number like 1234.5"
    assert str(FileError("risks", 0, "", "", "no rows")) == "risks - -: '' — no rows"


def test_circles_are_named_with_their_path(tmp_path: Path) -> None:
    errors = errors_of(tmp_path, BROKEN)
    assert [error.expected for error in errors if error.expected.startswith("no circle")] == [
        "no circle; this closes A → B → A",
        "no circle; this closes O1 → O2 → O3 → O1",
        "no circle; this closes K1 → K2 → K1",
    ]


def test_each_of_two_circles_is_reported(tmp_path: Path) -> None:
    rows = ["A,A,B,", "B,B,A,", "C,C,D,", "D,D,C,", "E,E,E,"]
    text = "code,name,parent,headcount\n" + "\n".join(rows) + "\n"
    assert short(errors_of(tmp_path, {"organization": SOUND["organization"], "departments": text})) == [
        ("departments", 3, "parent", "A"),
        ("departments", 5, "parent", "C"),
        ("departments", 6, "parent", "E"),
    ]


def test_a_circle_through_what_is_stored_is_found(tmp_path: Path) -> None:
    codes = {(code,): (code,) for code in ("A", "B", "C")}
    stored = Stored(
        {
            "objectives": StoredTable(OBJECTIVES, ("code",), codes),
            "contributions": StoredTable(CONTRIBUTIONS, (), {("A", "B"): (), ("B", "C"): ()}),
        }
    )
    tables = {"organization": SOUND["organization"], "contributions": "child,parent\nC,A\n"}
    errors = errors_of(tmp_path, tables, stored)
    assert short(errors) == [("contributions", 2, "parent", "A")]
    assert errors[0].expected == "no circle; this closes A → B → C → A"


def test_a_department_may_move_out_of_a_stored_place(tmp_path: Path) -> None:
    stored = Stored(
        {"departments": StoredTable(DEPARTMENTS, ("code", "parent"), {("A",): ("A", None), ("B",): ("B", "A")})}
    )
    text = "code,name,parent\nB,B,\nA,A,B\n"
    assert errors_of(tmp_path, {"organization": SOUND["organization"], "departments": text}, stored) == []


def test_references_may_name_what_is_stored(tmp_path: Path) -> None:
    stored = Stored({"kpis": StoredTable(KPIS, ("code", "frequency"), {("K",): ("K", "monthly")})})
    tables = {"organization": SOUND["organization"], "measures": "objective,kpi\nO,K\n"}
    assert short(errors_of(tmp_path, tables, stored)) == [("measures", 2, "objective", "O")]


def test_periods_begin_on_the_first_day_of_the_fiscal_calendar(tmp_path: Path) -> None:
    tables = appended("measurements", "KPI-3,2026-01-06,1,,,,", "KPI-4,2026-02-01,1,,,,", "KPI-1,2026-07-01,1,,,,")
    tables = {**tables, "targets": SOUND["targets"] + "KPI-4,2026-02-01,5,,\n"}
    assert [(e.table, e.row, e.value, e.expected) for e in errors_of(tmp_path, tables)] == [
        ("targets", 4, "2026-02-01", "the first day of a period (quarterly), like 2026-01-01"),
        ("measurements", 9, "2026-01-06", "the first day of a period (weekly), like 2026-01-05"),
        ("measurements", 10, "2026-02-01", "the first day of a period (quarterly), like 2026-01-01"),
        ("measurements", 11, "2026-07-01", "a period that has begun; today is 2026-06-15"),
    ]


def test_operands_come_in_pairs_and_agree_with_the_value(tmp_path: Path) -> None:
    tables = appended(
        "measurements",
        "KPI-2,2026-03-01,,5,,,",
        "KPI-2,2026-04-01,0.9,1,2,,",
        "KPI-1,2026-04-01,1,1,1,,",
        "KPI-2,2026-05-01,,1,0,,",
    )
    assert [(e.row, e.column, e.value, e.expected) for e in errors_of(tmp_path, tables)] == [
        (9, "denominator", "", "a number, because the other operand is given"),
        (10, "value", "0.9", "100 × numerator / denominator (the unit is %), 50"),
        (11, "numerator", "1", "an empty cell: only a KPI with time_aggregation ratio has operands"),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["INI-1,OBJ-3,0.1"], "shares of INI-1 that sum to 1 at most, not 1.1"),
        (["INI-2,OBJ-1,0.5"], "a share in every row of INI-2, or in none"),
    ],
)
def test_shares_sum_to_one_at_most(tmp_path: Path, rows: list[str], expected: str) -> None:
    errors = errors_of(tmp_path, appended("initiative_objectives", *rows))
    assert [(e.row, e.column, e.expected) for e in errors] == [(5, "allocation", expected)]


def test_a_person_has_one_name_and_a_role_with_a_department(tmp_path: Path) -> None:
    tables = appended("people", "marek@kestrane.example,Marek N,viewer,", "new@kestrane.example,New,,OPS")
    assert short(errors_of(tmp_path, tables)) == [("people", 6, "name", "Marek N"), ("people", 7, "role", "")]


def test_a_kpi_without_a_name_is_called_by_its_description(tmp_path: Path) -> None:
    text = 'code,name,description,kind\nK1,,"First line\nSecond",unscored\nK2,,,unscored\n'
    package = read_path(write_package(tmp_path / "p", {"organization": SOUND["organization"], "kpis": text}))
    typed = type_package(package)
    assert typed.tables["kpis"].cells("name") == ["First line", ""]
    assert short(list(typed.errors)) == [("kpis", 3, "name", "")]


def test_what_is_not_built_yet_is_said(tmp_path: Path) -> None:
    tables = changed(risks="code,initiative,title\nR1,INI-1,Fire\n", impacts="initiative,department\n")
    assert [(e.table, e.row, e.expected) for e in errors_of(tmp_path, tables)] == [
        ("risks", 0, "no rows: this table is not supported by this version yet")
    ]


def test_the_organization_is_needed_with_one_row(tmp_path: Path) -> None:
    assert short(errors_of(tmp_path / "a", {})) == [("organization", 0, "", "")]
    assert short(errors_of(tmp_path / "b", {"organization": "code,name\n"})) == [("organization", 0, "", "")]
    assert short(errors_of(tmp_path / "c", {"organization": "code,name\nA,A\nB,B\n"})) == [("organization", 3, "", "")]


def test_headers_are_checked_once(tmp_path: Path) -> None:
    tables = {"organization": "code,currency,code,colour\nA,EUR,B,red\n", "visions": "code;statement;start\nV;S;2026\n"}
    assert short(errors_of(tmp_path, tables)) == [
        ("organization", 1, "colour", "colour"),
        ("organization", 1, "code", "code"),
        ("organization", 1, "name", ""),
        ("visions", 1, "", "code;statement;start"),
    ]


def test_cells_beyond_the_header_are_not_dropped(tmp_path: Path) -> None:
    tables = {"organization": "code,name\nA,Smith, Sons,\n"}
    assert short(errors_of(tmp_path, tables)) == [("organization", 2, "", " Sons")]


def test_dated_targets_are_held_against_their_kpi(tmp_path: Path) -> None:
    tables = changed(targets=SOUND["targets"] + "KPI-1,2026-01-01,250,,\nKPI-3,2026-01-05,,3,2\n")
    assert short(errors_of(tmp_path, tables)) == [("targets", 4, "value", "250"), ("targets", 5, "high", "2")]
