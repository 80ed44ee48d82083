"""What a package would change: its rows against the stored ones, key by key."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from integrations.checking import CheckedTable, quotient_stored
from integrations.stored_rows import Key, StoredTable
from integrations.tables import MEASUREMENTS

ONE = Decimal(1)

Change = tuple[int, tuple[str, ...]]
"""A row (its position) and the columns in which it differs."""


@dataclass(frozen=True)
class Difference:
    """One table: which rows are new, which differ and where. What the file does not say stays as it is."""

    checked: CheckedTable
    stored: StoredTable
    created: list[int] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0

    @property
    def touched(self) -> list[int]:
        """The positions of all rows that are new or differ."""
        return [*self.created, *(position for position, _names in self.changed)]

    def key(self, position: int) -> Key:
        """The key of a row of a package without errors."""
        key = self.checked.keys[position]
        assert key is not None  # noqa: S101 - only packages without errors are compared
        return key

    def value(self, position: int, name: str) -> Any:
        """What the file says, else what is stored, else what an empty cell means."""
        column = self.checked.columns.get(name)
        return column[position] if column is not None else self.stored.value(self.key(position), name)


def compare(checked: CheckedTable, stored: StoredTable, *, kept: Container[Key] = ()) -> Difference:
    """Hold a checked table against the stored rows; rows in `kept` stay as they are whatever the file says."""
    found = Difference(checked, stored)
    names = [name for name in checked.columns if name in stored.names and name not in checked.table.key]
    columns = [(name, checked.columns[name], stored.names.index(name)) for name in names]
    unchanged = 0
    for position, key in enumerate(checked.keys):
        row = stored.rows.get(key) if key is not None else None
        if row is None:
            found.created.append(position)
        elif differing := tuple(name for name, values, place in columns if values[position] != row[place]):
            if key in kept:
                unchanged += 1
            else:
                found.changed.append((position, differing))
        else:
            unchanged += 1
    return replace(found, unchanged=unchanged)


def with_quotients(checked: CheckedTable, stored: StoredTable, scales: Mapping[str, Decimal]) -> CheckedTable:
    """Measurements whose operands are given carry their quotient as value, as it will be stored.

    `scales`: what the quotients of a KPI are multiplied by, by its code.
    """
    if checked.table is not MEASUREMENTS or not {"numerator", "denominator"} & checked.columns.keys():
        return checked
    columns = (checked.effective(name, stored) for name in ("value", "numerator", "denominator"))
    values = [
        value if key is None or not _are_given(above, below) else quotient_stored(above, below, scales.get(key[0], ONE))
        for key, value, above, below in zip(checked.keys, *columns, strict=True)
    ]
    return replace(checked, columns={**checked.columns, "value": values})


def _are_given(*operands: Any) -> bool:
    return all(isinstance(one, Decimal) for one in operands)
