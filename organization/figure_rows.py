"""Rows of figures by the thousand: one statement for any number of them, the values as arrays.

The ORM writes such rows too, at a hundred microseconds each; where a table of figures is computed as a whole, as for a
past day, that is most of the time.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

AT_ONCE: Final = 10_000
"""Rows of one statement."""


def insert_missing(model: type[models.Model], ids: Iterable[int], **values: Any) -> None:
    """Give each id that has none its row, with the defaults of the model and these values. Twice is once."""
    options = model._meta
    template = model(**values)
    fields = [field for field in options.local_concrete_fields if field is not options.pk]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    present = [_prepared(field, template) for field in fields]
    sql = (
        f'INSERT INTO {options.db_table} ("{options.pk.column}", {columns}) '  # noqa: S608 - our own names
        f"SELECT id, {', '.join(['%s'] * len(fields))} FROM unnest(%s::bigint[]) AS id ORDER BY id "
        "ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*present, sorted(set(ids))])


def write_columns(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Store these columns of rows of one model that exist, which the caller has locked."""
    if not rows:
        return
    options = rows[0]._meta
    fields: list[Any] = [options.get_field(name) for name in names]
    types = ", ".join(f"%s::{_type_in_array(field)}[]" for field in fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    taken = ", ".join(f'"{field.column}" = new."{field.column}"{_cast(field)}' for field in fields)
    sql = (
        f"UPDATE {options.db_table} AS old SET {taken} "  # noqa: S608 - our own names
        f"FROM unnest(%s::bigint[], {types}) AS new(id, {columns}) "
        f'WHERE old."{options.pk.column}" = new.id'
    )
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            arrays = (_array_of(field, some) for field in fields)
            cursor.execute(sql, [[row.pk for row in some], *arrays])


def _prepared(field: Any, row: models.Model) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection=connection)


def _array_of(field: Any, rows: Sequence[models.Model]) -> list[Any]:
    """A column as an array; arrays, which cannot be elements, as their texts."""
    values = [getattr(row, field.attname) for row in rows]
    return [_text_of(value) for value in values] if isinstance(field, ArrayField) else values


def _text_of(value: Sequence[Any] | None) -> str | None:
    if value is None:
        return None
    return "{" + ",".join('"' + str(one).replace("\\", "\\\\").replace('"', '\\"') + '"' for one in value) + "}"


def _type_in_array(field: Any) -> str:
    """Texts come without a length: one that is too long is refused by the column, where a cast would cut it."""
    return "text" if isinstance(field, ArrayField | models.CharField) else str(field.db_type(connection))


def _cast(field: Any) -> str:
    return f"::{field.db_type(connection)}" if isinstance(field, ArrayField) else ""
