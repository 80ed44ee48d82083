"""What an organization holds already, in the terms of the files: codes instead of ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.tables import Table

Key = tuple[Any, ...]


@dataclass(frozen=True)
class StoredTable:
    """Stored rows by key. A row holds one value for each of `names`; `ids` are the primary keys where there is one."""

    table: Table
    names: tuple[str, ...] = ()
    rows: Mapping[Key, tuple[Any, ...]] = field(default_factory=dict)
    ids: Mapping[Key, int] = field(default_factory=dict)

    def column(self, name: str) -> Iterable[tuple[Key, Any]]:
        """The key and one value of every row."""
        position = self.names.index(name) if name in self.names else None
        for key, row in self.rows.items():
            yield key, self.table.by_name[name].default if position is None else row[position]

    def value(self, key: Key, name: str) -> Any:
        """One stored value, or what an empty cell means when there is no such row."""
        row = self.rows.get(key)
        if row is None or name not in self.names:
            return self.table.by_name[name].default
        return row[self.names.index(name)]


@dataclass(frozen=True)
class Stored:
    """The stored tables by name; a table that is not there is empty."""

    tables: Mapping[str, StoredTable] = field(default_factory=dict)
    fiscal_year_start: int = 1

    def of(self, table: Table) -> StoredTable:
        return self.tables.get(table.name) or StoredTable(table)

    def codes(self, table: Table) -> set[Any]:
        """What references into the table may name already."""
        return {key[0] for key in self.of(table).rows}
