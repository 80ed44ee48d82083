"""From a file to cells that each say one thing of one KPI and one period."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kpis.columns.assignment import Assignment, Role, Shape

SEPARATORS: Final = (",", ";", "\t", "|")
ENCODINGS: Final = ("utf-8-sig", "cp1252")
NAMES: Final = {
    Role.VALUE: "value",
    Role.NUMERATOR: "numerator",
    Role.DENOMINATOR: "denominator",
    Role.ESTIMATE: "estimate",
    Role.NOTE: "note",
}


@dataclass(frozen=True)
class Sheet:
    """A table: the header and the lines below it; `numbers` are their lines in the file, from 1."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Cell:
    """What stands in a column of a row."""

    column: str
    text: str


@dataclass(frozen=True)
class Given:
    """One value of a table: where it stands, and what is said of it as text."""

    row: int
    kpi: Cell
    period: Cell
    said: dict[str, Cell]


def read_csv(content: bytes) -> list[list[str]]:
    """The lines of a text with separated values, in UTF-8, UTF-16 or the Windows encoding of western Europe.

    The separator is the one that the first line holds most of. Raises ValueError where it is no such text.
    """
    text = _decoded(content)
    if "\x00" in text:
        raise ValueError("binary")
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise ValueError(str(error)) from error


def sheet_of(lines: Sequence[Sequence[str]]) -> Sheet:
    """The first line that is not blank names the columns; blank lines are left out."""
    kept = [(number, line) for number, line in enumerate(lines, start=1) if any(cell.strip() for cell in line)]
    if not kept:
        return Sheet((), (), ())
    header = [cell.strip() for cell in kept[0][1]]
    while header and not header[-1]:
        header.pop()
    rows = tuple(tuple(line[: len(header)]) for _number, line in kept[1:])
    return Sheet(tuple(header), rows, tuple(number for number, _line in kept[1:]))


def cells_of(sheet: Sheet, assignment: Assignment) -> Iterator[Given]:
    """Every value that the table gives, row by row. An empty cell of a wide table gives none."""
    reader = {Shape.VALUES: _long, Shape.PERIODS: _by_period, Shape.KPIS: _by_kpi}[assignment.shape]
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        yield from reader(sheet.header, number, row, assignment)


def _long(header: Sequence[str], number: int, row: Sequence[str], assignment: Assignment) -> Iterator[Given]:
    said = {
        NAMES[role]: _cell(header, row, at)
        for at, role in enumerate(assignment.roles)
        if role in NAMES and at < len(header)
    }
    kpi, period = assignment.column(Role.KPI), assignment.column(Role.PERIOD)
    yield Given(number, _cell(header, row, kpi), _cell(header, row, period), said)


def _by_period(header: Sequence[str], number: int, row: Sequence[str], assignment: Assignment) -> Iterator[Given]:
    kpi = _cell(header, row, assignment.column(Role.KPI))
    for at, role in enumerate(assignment.roles[: len(header)]):
        cell = _cell(header, row, at)
        if role is Role.VALUE and cell.text.strip():
            yield Given(number, kpi, Cell(header[at], header[at]), {"value": cell})


def _by_kpi(header: Sequence[str], number: int, row: Sequence[str], assignment: Assignment) -> Iterator[Given]:
    period = _cell(header, row, assignment.column(Role.PERIOD))
    for at, role in enumerate(assignment.roles[: len(header)]):
        cell = _cell(header, row, at)
        if role is Role.VALUE and cell.text.strip():
            yield Given(number, Cell(header[at], header[at]), period, {"value": cell})


def _cell(header: Sequence[str], row: Sequence[str], at: int | None) -> Cell:
    if at is None or at >= len(header):
        return Cell("", "")
    return Cell(header[at], row[at].strip() if at < len(row) else "")


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
