"""Cells that name a row of another table: it must be in the package or in the organization."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from integrations.checking.cells import BAD, CheckedTable
from integrations.file_errors import FileError
from integrations.stored_rows import Stored
from integrations.tables import TABLES
from integrations.values import text_of


def reference_errors(tables: Mapping[str, CheckedTable], stored: Stored) -> Iterator[FileError]:
    """One error for every cell that names nothing."""
    known: dict[str, set[Any]] = {}
    for checked in tables.values():
        for name, values in checked.columns.items():
            target = checked.table.by_name[name].refers_to
            if not target:
                continue
            if target not in known:
                known[target] = stored.codes(TABLES[target]) | _named(tables.get(target))
            yield from _missing(checked, name, values, target, known[target])


def _named(checked: CheckedTable | None) -> set[Any]:
    """What the package's own rows are called, rows with other faults included."""
    return {value for value in checked.cells(checked.table.key[0]) if value is not BAD} if checked else set()


def _missing(checked: CheckedTable, name: str, values: list[Any], target: str, known: set[Any]) -> Iterator[FileError]:
    if not set(values) - known - {None, BAD}:
        return
    expected = _("the %(key)s of a row in %(table)s") % {"key": TABLES[target].key[0], "table": target}
    for number, value in zip(checked.numbers, values, strict=True):
        if value is not None and value is not BAD and value not in known:
            yield FileError(checked.table.name, number, name, text_of(value), expected)
