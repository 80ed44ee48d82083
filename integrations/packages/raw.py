"""What reading a package yields: rows of text, and what could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from integrations.file_errors import FileError

MAX_UPLOAD = 25 * 1024 * 1024
"""Largest file that the browser and the API take."""


@dataclass(frozen=True)
class RawTable:
    """One table as text. `rows[i]` is line i + 2 of the sheet; a blank line is an empty row."""

    name: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]

    @property
    def holds_rows(self) -> bool:
        return any(self.rows)


@dataclass(frozen=True)
class Package:
    """The tables by name, in the order of `integrations.tables`, and what could not be read."""

    tables: dict[str, RawTable] = field(default_factory=dict)
    errors: tuple[FileError, ...] = ()
