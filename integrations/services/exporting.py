"""Taking a strategy out: the same organization gives the same rows in the same order, whatever the day."""

from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from integrations.checking import computed_codes
from integrations.packages import Package, RawTable
from integrations.services.bindings import BINDINGS, read_rows
from integrations.services.people import read_people
from integrations.services.planning import require_exchange
from integrations.stored_rows import StoredTable
from integrations.tables import BUILT, KPIS, MEASUREMENTS, PEOPLE, Column, Table
from integrations.values import text_of
from organization.actors import Actor


def export_strategy(*, actor: Actor) -> Package:
    """The whole strategy of the actor's organization as a package, read at one moment.

    Empty tables are left out, and so are the values that follow from others.
    """
    require_exchange(actor)
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        stored = {table.name: _stored(table, actor.organization_id) for table in BUILT}
        stored[MEASUREMENTS.name] = _entered(stored[MEASUREMENTS.name], stored[KPIS.name])
        tables = [_raw(table, stored[table.name]) for table in BUILT]
    return Package({table.name: table for table in tables if table.rows})


def _stored(table: Table, organization_id: int) -> StoredTable:
    if table is PEOPLE:
        return read_people(organization_id).table
    return read_rows(BINDINGS[table.name], organization_id)


def _entered(values: StoredTable, kpis: StoredTable) -> StoredTable:
    """Without the values of computed KPIs: whoever reads the package works them out again."""
    places = [kpis.names.index(name) for name in ("formula", "unit_aggregation", "parent")]
    computed = computed_codes({key[0]: tuple(row[place] for place in places) for key, row in kpis.rows.items()})
    if not computed:
        return values
    return replace(values, rows={key: row for key, row in values.rows.items() if key[0] not in computed})


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
