"""The database side of keeping history: tables of former rows and the triggers that fill them.

Everything is worked out from the columns that a table has when the operation runs, and can run again: after a migration
that adds, removes or widens a column of a kept table comes one more that says `RefreshHistory(KEPT)`.
"""

# ruff: noqa: S608 - the names of tables and columns are our own, never input

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.migrations.operations.base import Operation

from audit.versioning.tables import Kept, Tracked, listed

FUNCTIONS = """
CREATE SCHEMA IF NOT EXISTS history;
CREATE OR REPLACE FUNCTION history.recorded_at() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT COALESCE(NULLIF(current_setting('cmo.recorded_at', true), '')::timestamptz, now()) $$;
CREATE OR REPLACE FUNCTION history.as_of() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT current_setting('cmo.as_of')::timestamptz $$;
CREATE OR REPLACE FUNCTION history.as_of_day() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT current_setting('cmo.as_of_day')::date $$;
CREATE OR REPLACE FUNCTION history.stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('cmo.computing', true) = 'on' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'the past cannot be changed: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'read_only_sql_transaction';
END $$;
"""

CHANGED = """
CREATE OR REPLACE FUNCTION history.keep_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := GREATEST(history.recorded_at(), OLD.known_since);
BEGIN
    IF TG_OP = 'UPDATE' AND ({old}) IS NOT DISTINCT FROM ({new}) THEN
        RETURN NEW;
    END IF;
    IF moment > OLD.known_since THEN
        INSERT INTO history.{table} ({names}, known_since, known_until)
        VALUES ({values}, OLD.known_since, moment);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        NEW.known_since := moment;
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;
CREATE OR REPLACE TRIGGER keep_history_of_changed BEFORE UPDATE ON public.{table}
    FOR EACH ROW EXECUTE FUNCTION history.keep_{table}();
CREATE OR REPLACE TRIGGER keep_history_of_deleted AFTER DELETE ON public.{table}
    FOR EACH ROW EXECUTE FUNCTION history.keep_{table}();
"""

DELETED = """
CREATE OR REPLACE FUNCTION history.keep_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history.{table} ({names}, known_until) VALUES ({values}, history.recorded_at());
    RETURN OLD;
END $$;
CREATE OR REPLACE TRIGGER keep_history_of_deleted AFTER DELETE ON public.{table}
    FOR EACH ROW EXECUTE FUNCTION history.keep_{table}();
"""

COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
    WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""

PRIMARY_KEY = """
    SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
    WHERE indrelid = to_regclass(%s) AND indisprimary ORDER BY attnum
"""

OURS = ("known_since", "known_until")


@dataclass(frozen=True)
class Column:
    """One column of a table as the catalogue has it."""

    name: str
    type: str
    required: bool


class KeepHistory(Operation):
    """From here on the database keeps the history of these tables; those that do not exist yet are left out.

    What is there already counts as known since the first day of 1970, or since `known_from`.
    """

    reversible = True
    reduces_to_sql = False

    def __init__(self, kept: Sequence[Kept]) -> None:
        self.kept = tuple(kept)

    def state_forwards(self, app_label: str, state: Any) -> None:
        return None

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            keep_history(cursor, self.kept)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            forget_history(cursor, self.kept)

    def describe(self) -> str:
        return f"Keep the history of {len(self.kept)} tables"


class RefreshHistory(KeepHistory):
    """The same again, after the columns of a kept table have changed or a table has come."""

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """The history may know more columns than the table: nothing to undo."""

    def describe(self) -> str:
        return f"Bring the history of {len(self.kept)} tables up to their columns"


def keep_history(cursor: Any, kept: Iterable[Kept]) -> None:
    """Make or complete the history of the tables that exist. Twice is once."""
    cursor.execute(FUNCTIONS)
    for one in kept:
        for table in tables_of(one):
            columns = [column for column in columns_of(cursor, f"public.{table}") if column.name not in OURS]
            if not columns:
                continue
            _complete_table(cursor, table, columns, is_tracked=isinstance(one, Tracked))
            if isinstance(one, Tracked):
                _add_known_since(cursor, one)
            cursor.execute(_triggers(one, table, [column.name for column in columns]))


def forget_history(cursor: Any, kept: Iterable[Kept]) -> None:
    """Take everything away again, with the former rows."""
    for one in kept:
        for table in tables_of(one):
            if not columns_of(cursor, f"public.{table}"):
                continue
            cursor.execute(f"DROP TRIGGER IF EXISTS keep_history_of_changed ON public.{table}")
            cursor.execute(f"DROP TRIGGER IF EXISTS keep_history_of_deleted ON public.{table}")
            cursor.execute(f"ALTER TABLE public.{table} DROP COLUMN IF EXISTS known_since")
    cursor.execute("DROP SCHEMA IF EXISTS history CASCADE")


def tables_of(one: Kept) -> tuple[str, ...]:
    """The tables that have a table of former rows beside them."""
    return (one.table, one.revisions) if hasattr(one, "revisions") else (one.table,)


def columns_of(cursor: Any, table: str) -> list[Column]:
    """The columns in their order; none when there is no such table."""
    cursor.execute(COLUMNS, [table])
    return [Column(*row) for row in cursor.fetchall()]


def _complete_table(cursor: Any, table: str, columns: Sequence[Column], *, is_tracked: bool) -> None:
    """The table of former rows with all columns that the table has; those that went stay, empty from then on."""
    ours = OURS if is_tracked else OURS[1:]
    cursor.execute(f"CREATE TABLE IF NOT EXISTS history.{table} ()")
    for name in ours:
        cursor.execute(f"ALTER TABLE history.{table} ADD COLUMN IF NOT EXISTS {name} timestamptz")
    present = {column.name: column.type for column in columns_of(cursor, f"history.{table}")}
    key = _primary_key(cursor, table)
    for column in columns:
        if column.name not in present:
            cursor.execute(f'ALTER TABLE history.{table} ADD COLUMN "{column.name}" {column.type}')
            if column.required and column.name not in key:
                cursor.execute(_filled(table, column.name, key))
        elif present[column.name] != column.type:
            name = f'"{column.name}"'
            cursor.execute(f"ALTER TABLE history.{table} ALTER {name} TYPE {column.type} USING {name}::{column.type}")
    index = f"{listed(key)}, known_until"
    cursor.execute(f"CREATE INDEX IF NOT EXISTS {table}_former ON history.{table} ({index})")


def _filled(table: str, column: str, key: Sequence[str]) -> str:
    """A column that every row has came later: former rows get what the row itself, or any other, has of it now."""
    same = " AND ".join(f'p."{name}" = h."{name}"' for name in key)
    return (
        f'UPDATE history.{table} h SET "{column}" = COALESCE((SELECT p."{column}" FROM public.{table} p WHERE {same}), '
        f'(SELECT p."{column}" FROM public.{table} p LIMIT 1))'
    )


def _add_known_since(cursor: Any, one: Tracked) -> None:
    if any(column.name == "known_since" for column in columns_of(cursor, f"public.{one.table}")):
        return
    # A constant default first: no row is written again, however large the table.
    cursor.execute(
        f"ALTER TABLE public.{one.table} ADD COLUMN known_since timestamptz NOT NULL DEFAULT '1970-01-01Z'::timestamptz"
    )
    if one.known_from:
        cursor.execute(f"UPDATE public.{one.table} SET known_since = {one.known_from}")
    cursor.execute(f"ALTER TABLE public.{one.table} ALTER known_since SET DEFAULT history.recorded_at()")


def _triggers(one: Kept, table: str, columns: Sequence[str]) -> str:
    compared = [name for name in columns if not (isinstance(one, Tracked) and name in one.uncompared)]
    return (CHANGED if isinstance(one, Tracked) else DELETED).format(
        table=table,
        names=listed(columns),
        values=", ".join(f'OLD."{name}"' for name in columns),
        old=", ".join(f'OLD."{name}"' for name in compared),
        new=", ".join(f'NEW."{name}"' for name in compared),
    )


def _primary_key(cursor: Any, table: str) -> list[str]:
    cursor.execute(PRIMARY_KEY, [f"public.{table}"])
    return [row[0] for row in cursor.fetchall()]
