"""Writing a package: the same rows give the same bytes, whatever the day and the machine."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from django.utils.translation import gettext as _

from integrations.packages.raw import Package, RawTable
from integrations.tables import TABLES, Type

FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time an archive can hold: files in it carry no time of their own."""
MAX_CELL: Final = 32_767
MAX_ROWS: Final = 1_048_576
EPOCH: Final = date(1900, 3, 1)
"""Spreadsheets disagree on the days before."""


class TooLarge(Exception):
    """The package does not fit into a spreadsheet; names the table."""


def write_folder(package: Package, folder: Path) -> None:
    """Write one `.csv` per table; tables that the package does not hold are removed from the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        path = folder / f"{name}.csv"
        if name in package.tables:
            path.write_bytes(_csv_bytes(package.tables[name]))
        else:
            path.unlink(missing_ok=True)


def zip_bytes(package: Package) -> bytes:
    """The folder as a `.zip`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for table in package.tables.values():
            info = zipfile.ZipInfo(f"{table.name}.csv", FIRST_DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, _csv_bytes(table))
    return stream.getvalue()


def spreadsheet_bytes(package: Package) -> bytes:
    """One `.xlsx` with a sheet per table: numbers and dates as such where they lose nothing. Raises TooLarge."""
    stream = io.BytesIO()
    options = {
        "constant_memory": True,  # rows are written one after the other and need not be held
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"created": datetime(*FIRST_DAY, tzinfo=UTC)})
    bold = book.add_format({"bold": True})
    for table in package.tables.values():
        _write_sheet(book.add_worksheet(table.name), table, bold)
    book.close()
    return stream.getvalue()


def _csv_bytes(table: RawTable) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows(table.rows)
    return stream.getvalue().encode()


def _write_sheet(sheet: Any, table: RawTable, bold: Any) -> None:
    if len(table.rows) >= MAX_ROWS:
        raise TooLarge(_("%(table)s has too many rows for a spreadsheet; take the .zip.") % {"table": table.name})
    sheet.freeze_panes(1, 0)
    for position, name in enumerate(table.header):
        sheet.write_string(0, position, name, bold)
        width = max([len(name), *(len(row[position]) for row in table.rows[:50])])
        sheet.set_column(position, position, min(width + 2, 60))
    columns = TABLES[table.name].by_name
    types = [columns[name].type for name in table.header]
    for line, row in enumerate(table.rows, start=1):
        for position, text in enumerate(row):
            if len(text) > MAX_CELL:
                refusal = _("%(table)s has a text too long for a spreadsheet; take the .zip.")
                raise TooLarge(refusal % {"table": table.name})
            if text:
                _write_cell(sheet, line, position, text, types[position])


def _write_cell(sheet: Any, line: int, position: int, text: str, type_: Type) -> None:
    if type_ in (Type.DECIMAL, Type.INTEGER) and Decimal(format(float(text), ".15g")) == Decimal(text):
        sheet.write_number(line, position, float(text))
    elif type_ is Type.BOOLEAN:
        sheet.write_boolean(line, position, text == "true")
    elif type_ is Type.DATE and (day := date.fromisoformat(text)) >= EPOCH:
        sheet.write_datetime(line, position, day)
    else:
        sheet.write_string(line, position, text)
