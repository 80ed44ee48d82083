"""Reading an `.xlsx`: a sheet per table. Cells become the text that the same table would have as a CSV file."""

from collections.abc import Iterator

from integrations.packages.raw import RawTable
from organization.spreadsheets import Lines, sheets_in


def sheets_of(content: bytes) -> Iterator[RawTable]:
    """The sheets as raw tables, in the order of the workbook; raises Unsafe."""
    for name, lines in sheets_in(content):
        yield _table(name, lines)


def _table(name: str, lines: Lines) -> RawTable:
    if not lines:
        return RawTable(name.strip().lower(), (), ())
    header = [cell.strip() for cell in lines[0]]
    while header and not header[-1]:
        header.pop()
    rows = [_row(line, len(header)) for line in lines[1:]]
    while rows and not rows[-1]:
        rows.pop()
    return RawTable(name.strip().lower(), tuple(header), rows)


def _row(cells: list[str], width: int) -> list[str]:
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return cells if any(cells) else []
