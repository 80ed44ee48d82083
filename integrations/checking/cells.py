"""From raw text to typed columns: headers, required cells, types, choices, double keys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from integrations.file_errors import FileError
from integrations.packages import RawTable
from integrations.stored_rows import Key, StoredTable
from integrations.tables import Column, Table
from integrations.values import Refused, reader_of


class _Bad:
    """Stands in a cell that was reported already, so that it is not reported again for what follows from it."""

    def __repr__(self) -> str:
        return "BAD"


BAD: Final = _Bad()
_NEW: Final = object()


@dataclass(frozen=True)
class CheckedTable:
    """A table column by column; `numbers` are the line numbers, `keys` None where a key cell is wrong or doubled."""

    table: Table
    numbers: list[int] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    keys: list[Key | None] = field(default_factory=list)

    def cells(self, name: str) -> list[Any]:
        """The column as the file gives it, or what empty cells mean when the file does not have it."""
        found = self.columns.get(name)
        return found if found is not None else [self.table.by_name[name].default] * len(self.numbers)

    def effective(self, name: str, stored: StoredTable) -> list[Any]:
        """The column as it will stand: what the file does not say stays as stored."""
        if name in self.columns or not stored.rows:
            return self.cells(name)
        default = self.table.by_name[name].default
        return [default if key is None else stored.value(key, name) for key in self.keys]


def check_cells(raw: RawTable, table: Table) -> tuple[CheckedTable, list[FileError]]:
    """Type every cell. The errors come in no particular order."""
    errors = list(_header_errors(raw, table))
    rows = [(number, row) for number, row in enumerate(raw.rows, start=2) if row]
    numbers = [number for number, _row in rows]
    width = len(raw.header)
    errors.extend(_long_rows(raw, rows, width))
    columns: dict[str, list[Any]] = {}
    for position, name in enumerate(raw.header):
        column = table.by_name.get(name)
        if column is not None and name not in columns:
            texts = [row[position] if position < len(row) else "" for _number, row in rows]
            columns[name] = _typed(texts, column, raw.name, numbers, errors)
    checked = CheckedTable(table, numbers, columns)
    _stand_in(checked, errors)
    _add_keys(checked, errors)
    return checked, errors


def _header_errors(raw: RawTable, table: Table) -> Iterator[FileError]:
    known = ", ".join(column.name for column in table.columns if not column.extra)
    if len(raw.header) == 1 and ";" in raw.header[0]:
        yield FileError(raw.name, 1, "", raw.header[0], _("commas between the columns"))
        return
    for position, name in enumerate(raw.header):
        if name not in table.by_name:
            yield FileError(raw.name, 1, name, name, _("one of the columns: %(names)s") % {"names": known})
        elif name in raw.header[:position]:
            yield FileError(raw.name, 1, name, name, _("each column once"))
    for column in table.columns:
        if column.required and column.name not in raw.header:
            yield FileError(raw.name, 1, column.name, "", _("this column in the header"))


def _long_rows(raw: RawTable, rows: Sequence[tuple[int, Sequence[str]]], width: int) -> Iterator[FileError]:
    for number, row in rows:
        if len(row) > width and any(row[width:]):
            value = ", ".join(cell for cell in row[width:] if cell)
            yield FileError(raw.name, number, "", value, _("no cell beyond the last column"))


def _typed(texts: list[str], column: Column, table: str, numbers: list[int], errors: list[FileError]) -> list[Any]:
    """One column. Equal texts are read once."""
    read = reader_of(column)
    seen: dict[str, Any] = {}
    values: list[Any] = []
    for text, number in zip(texts, numbers, strict=True):
        value = seen.get(text, _NEW)
        if value is _NEW:
            value = seen[text] = _value(text, column, read)
        if isinstance(value, Refused):
            errors.append(FileError(table, number, column.name, text, str(value)))
            value = BAD
        values.append(value)
    return values


def _value(text: str, column: Column, read: Any) -> Any:
    if not text or text.isspace():
        return Refused(_("a value")) if column.required and not column.instead else column.default
    try:
        return read(text)
    except Refused as refusal:
        return refusal


def _stand_in(checked: CheckedTable, errors: list[FileError]) -> None:
    """Call a row by the first line of another text where its own name is empty; without that it is a fault."""
    for name, values in checked.columns.items():
        column = checked.table.by_name[name]
        if not column.instead:
            continue
        for position, (value, other) in enumerate(zip(values, checked.cells(column.instead), strict=True)):
            if value == "" and other not in ("", BAD):
                values[position] = other.strip().split("\n")[0][: column.length]
            elif value == "" and other is not BAD:
                errors.append(FileError(checked.table.name, checked.numbers[position], name, "", _("a value")))


def _add_keys(checked: CheckedTable, errors: list[FileError]) -> None:
    table = checked.table
    required = {name for name in table.key if table.by_name[name].required}
    if required - checked.columns.keys():
        checked.keys.extend([None] * len(checked.numbers))
        return
    first: dict[Key, int] = {}
    parts = [checked.cells(name) for name in table.key]
    for number, key in zip(checked.numbers, zip(*parts, strict=True), strict=True):
        if BAD in key:
            checked.keys.append(None)
        elif key in first:
            expected = _("each key once; row %(row)s has it already") % {"row": first[key]}
            said = ", ".join(str(part) for part in key if part not in (None, ""))
            errors.append(FileError(table.name, number, table.key[0], said, expected))
            checked.keys.append(None)
        else:
            first[key] = number
            checked.keys.append(key)
