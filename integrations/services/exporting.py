"""Taking a strategy out: the same organization gives the same rows in the same order, whatever the day."""

from typing import Any

from django.db import connection, transaction

from integrations.packages import Package, RawTable
from integrations.services.bindings import BINDINGS, read_rows
from integrations.services.people import read_people
from integrations.services.planning import require_exchange
from integrations.stored_rows import StoredTable
from integrations.tables import BUILT, PEOPLE, Column, Table
from integrations.values import text_of
from organization.actors import Actor


def export_strategy(*, actor: Actor) -> Package:
    """The whole strategy of the actor's organization as a package, read at one moment; empty tables are left out."""
    require_exchange(actor)
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables = [_raw(table, _stored(table, actor.organization_id)) for table in BUILT]
    return Package({table.name: table for table in tables if table.rows})


def _stored(table: Table, organization_id: int) -> StoredTable:
    if table is PEOPLE:
        return read_people(organization_id).table
    return read_rows(BINDINGS[table.name], organization_id)


def _raw(table: Table, stored: StoredTable) -> RawTable:
    """Sorted by key; a column beyond the format only where some row needs it."""
    places = {name: place for place, name in enumerate(stored.names)}
    columns = [column for column in table.columns if not column.extra or _is_needed(column, stored, places)]
    rows = sorted(stored.rows.items(), key=lambda item: [text_of(part) for part in item[0]])
    cells = [
        [text_of(row[places[column.name]]) if column.name in places else "" for column in columns] for _k, row in rows
    ]
    return RawTable(table.name, tuple(column.name for column in columns), cells)


def _is_needed(column: Column, stored: StoredTable, places: dict[str, Any]) -> bool:
    place = places[column.name]
    return any(row[place] != column.default for row in stored.rows.values())
