"""Reading an `.xlsx`: a sheet per table. Cells become the text that the same table would have as a CSV file."""

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from integrations.packages.archives import Unsafe, members_of
from integrations.packages.raw import RawTable
from integrations.values import text_of

MAX_CELLS: Final = 12_000_000
"""A sheet is held as a full rectangle: one stray cell in the last corner would need gigabytes."""

REFERENCE: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")


def sheets_of(content: bytes) -> Iterator[RawTable]:
    """The sheets as raw tables, in the order of the workbook; raises Unsafe."""
    for member in members_of(content):
        if member.name.startswith("xl/worksheets/") and member.name.endswith(".xml"):
            _require_bounded(member.content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            yield _table(name, book.get_sheet_by_name(name))
    except (CalamineError, OSError, ValueError) as error:
        raise Unsafe(_("a spreadsheet that can be opened: %(why)s") % {"why": error}) from error


def _require_bounded(xml: bytes) -> None:
    if b"\x00" in xml[:200]:
        raise Unsafe(_("a spreadsheet in UTF-8"))
    width, height = 0, 0
    for letters, digits in set(REFERENCE.findall(xml)):
        width, height = max(width, _column(letters)), max(height, int(digits))
    if width * height > MAX_CELLS:
        expected = _("a sheet of at most %(count)s cells; delete what stands far off the table")
        raise Unsafe(expected % {"count": MAX_CELLS})


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _table(name: str, sheet: CalamineSheet) -> RawTable:
    lines = sheet.to_python(skip_empty_area=False)
    if not lines:
        return RawTable(name.strip().lower(), (), ())
    header = [_text(cell).strip() for cell in lines[0]]
    while header and not header[-1]:
        header.pop()
    rows = [_row(line, len(header)) for line in lines[1:]]
    while rows and not rows[-1]:
        rows.pop()
    return RawTable(name.strip().lower(), tuple(header), rows)


def _row(line: Sequence[object], width: int) -> list[str]:
    cells = [_text(cell) for cell in line]
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return cells if any(cells) else []


def _text(cell: object) -> str:
    if cell == "":
        return ""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(cell, bool):
        return text_of(cell)
    if isinstance(cell, float):
        return text_of(Decimal(format(cell, ".15g")))  # as many digits as a spreadsheet keeps
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        return cell.date().isoformat()
    return text_of(cell) if isinstance(cell, date) else str(cell)
