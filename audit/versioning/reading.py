"""Showing a transaction a past state of the database, and saying that something became known in the past."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from audit.versioning.moments import Moment, shown
from audit.versioning.tables import Kept

KNOWN = "SELECT set_config('cmo.as_of', %s, true), set_config('cmo.as_of_day', %s, true)"


@contextmanager
def known_at(moment: Moment, *, kept: Sequence[Kept], columns: Mapping[str, Sequence[str]]) -> Iterator[None]:
    """Inside, every query reads the kept tables as they were known at the moment, through views of the same names.

    `columns` are those that the code reads, by table. One transaction, rolled back at the end whatever was done in it.
    Inside another one only the moment changes. The views refuse to be written; whoever lets others in says READ ONLY
    too.
    """
    is_first = shown.get() is None
    mark = shown.set(moment)
    grouping = connection.features.allows_group_by_selected_pks
    try:
        with transaction.atomic():
            try:
                with connection.cursor() as cursor:
                    cursor.execute(KNOWN, [moment.at.isoformat(), moment.day.isoformat()])
                    if is_first:
                        cursor.execute(";".join(_views(kept, columns)))
                connection.features.allows_group_by_selected_pks = False  # a view has no primary key
                yield
            finally:
                transaction.set_rollback(True)
    finally:
        connection.features.allows_group_by_selected_pks = grouping
        shown.reset(mark)


@contextmanager
def computing() -> Iterator[None]:
    """Inside `known_at`, while figures are computed: what is written into the past by the way is dropped."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL cmo.computing = 'on'")
        yield
        cursor.execute("SET LOCAL cmo.computing = 'off'")


def _views(kept: Sequence[Kept], columns: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Statements that lay views over the tables for this transaction."""
    for one in kept:
        if one.table in columns:
            yield f"CREATE TEMPORARY VIEW {one.table} AS {one.selection(columns[one.table])}"
            yield (
                f"CREATE TRIGGER stands_still INSTEAD OF INSERT OR UPDATE OR DELETE ON pg_temp.{one.table} "
                "FOR EACH ROW EXECUTE FUNCTION history.stand_still()"
            )
    yield "SET LOCAL search_path = pg_temp, public"


@contextmanager
def known_since(at: datetime) -> Iterator[None]:
    """What is written inside counts as known since then: for the demo and for imports of the past.

    Belongs inside a transaction and ends with it at the latest. Whoever does so in an organization whose past was
    looked at already runs `manage.py rebuild` afterwards, which forgets the figures of past days.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('cmo.recorded_at', true)")
        before = cursor.fetchone()[0] or ""
        cursor.execute("SELECT set_config('cmo.recorded_at', %s, true)", [at.isoformat()])
        yield
        cursor.execute("SELECT set_config('cmo.recorded_at', %s, true)", [before])
