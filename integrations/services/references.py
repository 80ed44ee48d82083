"""From codes in cells to rows: each model is asked once for all codes that one table names."""

from collections.abc import Iterable
from typing import Any

from integrations.differences import Difference
from integrations.services.bindings import REFERRED
from integrations.services.people import users_named


class References:
    """Rows by table and code, read as they are first needed; they carry their id and code only."""

    def __init__(self, organization_id: int) -> None:
        self._organization_id = organization_id
        self._rows: dict[str, dict[str, Any]] = {name: {} for name in REFERRED}

    def need(self, difference: Difference) -> None:
        """Read what the new and the changed rows of a table name (one query for each table it refers to)."""
        rows = difference.touched
        wanted: dict[str, set[str]] = {}
        for name, values in difference.checked.columns.items():
            target = difference.checked.table.by_name[name].refers_to
            if target:
                wanted.setdefault(target, set()).update(values[row] for row in rows if values[row] is not None)
        for target, codes in wanted.items():
            self.read(target, codes)

    def read(self, table: str, codes: Iterable[str]) -> dict[str, Any]:
        """The rows of a table with these codes, by code."""
        known = self._rows[table]
        missing = set(codes) - known.keys()
        if missing and table == "people":
            known.update({user.address: user for user in users_named(missing)})
        elif missing:
            model: Any = REFERRED[table]
            found = model._default_manager.filter(organization_id=self._organization_id, code__in=sorted(missing))
            known.update({row.code: row for row in found.only("pk", "code")})
        return known

    def add(self, table: str, rows: Iterable[Any]) -> None:
        """Rows just created."""
        self._rows[table].update({row.code: row for row in rows})

    def row(self, table: str, code: str | None) -> Any:
        """One row that was read before; None for an empty cell."""
        return None if code is None else self._rows[table][code]
