"""The whole package against itself and against what the organization holds already."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from integrations.checking.cells import CheckedTable, check_cells
from integrations.checking.graphs import contribution_circle, department_circles
from integrations.checking.references import reference_errors
from integrations.checking.relations import relation_errors
from integrations.checking.rules import row_errors
from integrations.checking.series import series_errors
from integrations.file_errors import FileError
from integrations.packages import Package
from integrations.stored_rows import Stored
from integrations.tables import BUILT, NOT_BUILT, ORGANIZATION, POSITION, TABLES, Table


@dataclass(frozen=True)
class Checked:
    """The typed tables of a package. Only without errors may they be stored."""

    tables: dict[str, CheckedTable] = field(default_factory=dict)
    errors: tuple[FileError, ...] = ()

    def of(self, table: Table) -> CheckedTable:
        return self.tables.get(table.name) or CheckedTable(table)


def type_package(package: Package) -> Checked:
    """Read every cell, without looking at what is stored."""
    tables: dict[str, CheckedTable] = {}
    errors: list[FileError] = list(package.errors)
    for table in BUILT:
        raw = package.tables.get(table.name)
        if raw is not None:
            tables[table.name], found = check_cells(raw, table)
            errors.extend(found)
    errors.extend(_organization_errors(package, tables.get(ORGANIZATION.name)))
    errors.extend(_not_built_errors(package))
    return Checked(tables, tuple(errors))


def check_package(typed: Checked, stored: Stored, *, today: date) -> Checked:
    """Add what is wrong between rows and tables, and put all errors in the order of a reader.

    `today` is the day where the organization is.
    """
    errors = [
        *typed.errors,
        *reference_errors(typed.tables, stored),
        *department_circles(typed.tables, stored),
        *contribution_circle(typed.tables, stored),
        *row_errors(typed.tables, stored),
        *series_errors(typed.tables, stored, today=today),
        *relation_errors(typed.tables, stored),
    ]
    return Checked(typed.tables, tuple(sorted(set(errors), key=_reading_order)))


def _reading_order(error: FileError) -> tuple[int, str, int, int, FileError]:
    table = TABLES.get(error.table)
    names = list(table.by_name) if table else []
    column = names.index(error.column) if error.column in names else -1
    return POSITION.get(error.table, len(POSITION)), error.table, error.row, column, error


def _organization_errors(package: Package, checked: CheckedTable | None) -> Iterator[FileError]:
    if checked is None:
        is_unread = not package.tables and bool(package.errors)  # nothing could be opened: that is said already
        if not is_unread and not any(error.table == ORGANIZATION.name for error in package.errors):
            expected = _("this table: it says which organization the package is about")
            yield FileError(ORGANIZATION.name, 0, "", "", expected)
    elif not checked.numbers:
        yield FileError(ORGANIZATION.name, 0, "", "", _("one row"))
    else:
        for number in checked.numbers[1:]:
            yield FileError(ORGANIZATION.name, number, "", "", _("one row only"))


def _not_built_errors(package: Package) -> Iterator[FileError]:
    for table in NOT_BUILT:
        raw = package.tables.get(table.name)
        if raw is not None and raw.holds_rows:
            yield FileError(table.name, 0, "", "", _("no rows: this table is not supported by this version yet"))
