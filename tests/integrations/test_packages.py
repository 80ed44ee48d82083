"""Reading and writing packages: the three forms say the same, and a hostile archive is refused."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from integrations.checking import type_package
from integrations.packages import Package, RawTable, read_bytes, read_path, spreadsheet_bytes, write_folder, zip_bytes
from tests.integrations.samples import SOUND, write_package


def faults(package: Package) -> list[tuple[str, int, str, str]]:
    return [(error.table, error.row, error.value, error.expected) for error in package.errors]


def zipped(files: dict[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_read_path_gives_the_tables_in_the_order_of_the_format(tmp_path: Path) -> None:
    package = read_path(write_package(tmp_path / "p", SOUND))
    assert package.errors == ()
    assert list(package.tables) == list(SOUND)
    assert package.tables["visions"] == RawTable(
        "visions",
        ("code", "statement", "start", "end", "statement_fr"),
        [["V-1", "The European reference", "2024-01-01", "2030-12-31", "La référence"]],
    )


def test_read_path_reads_with_and_without_byte_order_mark_and_any_line_end(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "organization.csv").write_bytes("\ufeffcode,name\r\nX,Été\r\n".encode())
    assert read_path(folder).tables["organization"] == RawTable("organization", ("code", "name"), [["X", "Été"]])


def test_read_path_numbers_rows_as_a_spreadsheet_does(tmp_path: Path) -> None:
    text = 'code,name,parent\nA,"two\nlines",\n\nB,,\n'
    checked = type_package(read_path(write_package(tmp_path / "p", {"departments": text})))
    assert [(e.table, e.row, e.column) for e in checked.errors] == [("departments", 4, "name"), ("organization", 0, "")]


def test_read_path_names_what_it_does_not_know(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "p", {"organization": "code,name\nX,X\n", "budget": "a\n1\n"})
    (folder / "notes.txt").write_text("hello")
    (folder / ".DS_Store").write_bytes(b"\x00")
    (folder / "deeper").mkdir()
    (folder / "kpis.csv").write_bytes("code,name\nK,caf\xe9\n".encode("latin-1"))
    assert [(table, row, value) for table, row, value, _expected in faults(read_path(folder))] == [
        ("budget", 0, "budget.csv"),
        ("deeper", 0, "deeper"),
        ("kpis", 2, "name\nK,caf�\n"),
        ("notes.txt", 0, "notes.txt"),
    ]


def test_read_path_refuses_two_files_for_one_table(tmp_path: Path) -> None:
    content = zipped({"p/kpis.csv": "code,name\n", "p/KPIS.CSV": "code,name\n"})
    assert faults(read_bytes("p.zip", content)) == [
        ("kpis", 0, "p/kpis.csv", "one file for each table; p/KPIS.CSV is there too")
    ]


def test_read_path_of_nothing_says_so(tmp_path: Path) -> None:
    assert [error.table for error in read_path(tmp_path / "gone.zip").errors] == ["gone.zip"]
    (tmp_path / "p.ods").write_bytes(b"x")
    assert faults(read_path(tmp_path / "p.ods")) == [("p.ods", 0, "", "a folder, a .zip or an .xlsx file")]


def test_the_three_forms_say_the_same(tmp_path: Path) -> None:
    folder = read_path(write_package(tmp_path / "p", SOUND))
    archive = read_bytes("p.zip", zip_bytes(folder))
    sheets = read_bytes("p.xlsx", spreadsheet_bytes(folder))
    assert archive == folder
    assert type_package(sheets).errors == type_package(folder).errors == ()
    assert type_package(sheets).tables == type_package(folder).tables
    write_folder(archive, tmp_path / "again")
    assert read_path(tmp_path / "again") == folder


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    package = read_path(write_package(tmp_path / "p", SOUND))
    assert zip_bytes(package) == zip_bytes(package)
    assert spreadsheet_bytes(package) == spreadsheet_bytes(package)


def test_a_spreadsheet_keeps_numbers_dates_and_texts_exactly() -> None:
    rows = [
        ["K1", "2026-01-01", "0.1", "12345678901234567890.0123456789", "", "true", "=1+1"],
        ["K1", "1899-12-31", "-0.0000000001", "", "1e3", "false", "https://example.org"],
        ["007", "2026-02-01", "", "", "", "", " _x0041_ spaced "],
    ]
    header = ("kpi", "period", "value", "numerator", "denominator", "estimate", "note")
    package = Package({"measurements": RawTable("measurements", header, rows)})
    read = read_bytes("p.xlsx", spreadsheet_bytes(package))
    assert read.tables["measurements"].rows == [
        rows[0],
        ["K1", "1899-12-31", "-0.0000000001", "", "1000", "false", "https://example.org"],
        rows[2],
    ]


def test_a_spreadsheet_typed_by_hand_is_read_as_its_cells_look() -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("Organization ")
    for position, name in enumerate(["code", "name", "fiscal_year_start", ""]):
        sheet.write(0, position, name)
    sheet.write(2, 0, 17)
    sheet.write(2, 1, 0.1 + 0.2)
    sheet.write(2, 2, 4.0)
    book.close()
    table = read_bytes("a.XLSX", stream.getvalue()).tables["organization"]
    assert (table.header, table.rows) == (("code", "name", "fiscal_year_start"), [[], ["17", "0.3", "4"]])


@pytest.mark.parametrize("name", ["../kpis.csv", "/etc/kpis.csv", "a/../../kpis.csv", "..\\kpis.csv", "c:kpis.csv"])
def test_an_archive_whose_names_point_outside_is_refused(name: str) -> None:
    package = read_bytes("p.zip", zipped({"organization.csv": "code,name\nX,X\n", name: "code\n"}))
    assert package.tables == {}
    assert [error.expected.split(",")[0] for error in package.errors] == ["names that stay inside the archive"]


def test_an_archive_with_a_link_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("kpis.csv")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert faults(read_bytes("p.zip", stream.getvalue())) == [("p.zip", 0, "", "no link in the archive: 'kpis.csv'")]


def test_an_archive_that_unpacks_to_far_too_much_is_refused() -> None:
    bomb = zipped({"kpis.csv": b"code,name\n" + b"0" * 64 * 1024 * 1024})
    assert len(bomb) < 100_000
    expected = "an archive that unpacks to at most 512 MB and 200 times its size"
    assert faults(read_bytes("p.zip", bomb)) == [("p.zip", 0, "", expected)]
    assert faults(read_bytes("p.xlsx", bomb)) == [("p.xlsx", 0, "", expected)]


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    bomb = bytearray(zipped({"kpis.csv": b"0" * 64 * 1024 * 1024}))
    directory = bomb.rindex(b"PK\x01\x02")
    bomb[directory + 24 : directory + 28] = struct.pack("<I", 10)
    assert [error.table for error in read_bytes("p.zip", bytes(bomb)).errors] == ["p.zip"]


def test_an_archive_with_too_many_files_is_refused() -> None:
    many = zipped({f"{number}.csv": "" for number in range(201)})
    assert faults(read_bytes("p.zip", many)) == [("p.zip", 0, "", "at most 200 files in the archive")]


@pytest.mark.parametrize("name", ["p.zip", "p.xlsx"])
def test_something_else_with_the_right_suffix_is_refused(name: str) -> None:
    assert [error.table for error in read_bytes(name, b"not an archive").errors] == [name]
    assert [error.table for error in read_bytes(name, b"").errors] == [name]


def test_a_spreadsheet_with_a_stray_cell_in_the_last_corner_is_refused() -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("kpis")
    sheet.write(0, 0, "code")
    sheet.write(1_048_575, 16_383, "stray")
    book.close()
    expected = "a sheet of at most 12000000 cells; delete what stands far off the table"
    assert faults(read_bytes("p.xlsx", stream.getvalue())) == [("p.xlsx", 0, "", expected)]
