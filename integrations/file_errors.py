"""What is wrong with a strategy file: where, what stands there, what was expected."""

from collections.abc import Iterable
from dataclasses import dataclass

SHOWN = 80
"""So much of a wrong cell is shown."""


@dataclass(frozen=True, order=True)
class FileError:
    """One fault. `row` is the line number as a spreadsheet shows it (header = 1); 0 stands for the table as a whole."""

    table: str
    row: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        value = self.value if len(self.value) <= SHOWN else self.value[: SHOWN - 1] + "…"
        row = str(self.row) if self.row else "-"
        return f"{self.table} {row} {self.column or '-'}: {value!r} — {self.expected}"


class PackageRefused(Exception):
    """Nothing was stored; carries every error of the package, in the order of the tables and their rows."""

    def __init__(self, errors: Iterable[FileError]) -> None:
        self.errors = tuple(errors)
        super().__init__(f"{len(self.errors)} errors")
