"""Writing many rows of one model in one statement."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Store the named fields of locked rows: one UPDATE from arrays, whatever the number of rows."""
    if not rows:
        return
    meta = rows[0]._meta
    fields: list[Field[Any, Any]] = [meta.get_field(name) for name in names]  # type: ignore[misc]
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in fields]
    arrays = ", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in fields)
    settings = ", ".join(f"{column} = new.{column}" for column in columns)
    sql = (
        f"UPDATE {quote(meta.db_table)} AS old SET {settings} "  # noqa: S608 - names of our own models
        f"FROM unnest(%s::bigint[], {arrays}) AS new(id, {', '.join(columns)}) WHERE old.id = new.id"
    )
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, [[row.pk for row in rows], *values])
