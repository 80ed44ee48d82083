"""Telling the planner that a table has grown: what one transaction has just inserted, no background worker has seen."""

from django.db import connection
from django.db.models import Model

MANY = 500
"""So many new rows change which plan is the right one."""


def note_growth(rows: int, *models: type[Model]) -> None:
    """Gather statistics of these tables now when so many rows are new; they count for the rest of the transaction.

    It blocks no reader and no writer, only others who gather statistics or change the table.
    """
    if rows < MANY:
        return
    names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")
