"""Reading an `.xlsx`: cells become the text that the same table would have as a CSV file."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from organization.archives import Unsafe, members_of

MAX_CELLS: Final = 12_000_000
"""A sheet is held as a full rectangle: one stray cell in the last corner would need gigabytes."""

REFERENCE: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")

Lines = list[list[str]]


def sheets_in(content: bytes) -> Iterator[tuple[str, Lines]]:
    """The sheets with their names, as lines of text, in the order of the workbook; raises Unsafe."""
    for member in members_of(content):
        if member.name.startswith("xl/worksheets/") and member.name.endswith(".xml"):
            _require_bounded(member.content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            lines = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            yield name, [[cell_text(cell) for cell in line] for line in lines]
    except (CalamineError, OSError, ValueError) as error:
        raise Unsafe(_("a spreadsheet that can be opened: %(why)s") % {"why": error}) from error


def cell_text(cell: object) -> str:
    """What stands in a cell, as text: numbers without exponent, days as 2026-01-31."""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        text = format(Decimal(format(cell, ".15g")), "f")  # as many digits as a spreadsheet keeps
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else str(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


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
