"""Every table stands in one of the lists, and the database keeps what the models read."""

import pytest
from django.apps import apps
from django.db import connection

from audit.versioning.keeping import columns_of, tables_of
from audit.versioning.tables import Tracked
from cmo_portal.history import DERIVED, KEPT, UNKEPT, columns_read

pytestmark = pytest.mark.django_db

AGAIN = "Write a migration of cmo_portal that says RefreshHistory(KEPT)."


def test_every_table_is_kept_derived_or_left_out_for_a_reason() -> None:
    tables = sorted(model._meta.db_table for model in apps.get_models(include_auto_created=True))
    listed = sorted([*(one.table for one in KEPT), *DERIVED, *UNKEPT])
    assert listed == tables, "Say in cmo_portal/history.py how each table keeps what it knew."


def test_former_rows_have_every_column_that_the_models_read() -> None:
    missing = []
    with connection.cursor() as cursor:
        for one in KEPT:
            for table in tables_of(one):
                present = {column.name: column.type for column in columns_of(cursor, f"public.{table}")}
                former = {column.name: column.type for column in columns_of(cursor, f"history.{table}")}
                wanted = columns_read()[table]
                missing += [f"{table}.{name}" for name in wanted if former.get(name) != present[name]]
    assert missing == [], AGAIN


def test_triggers_name_every_column() -> None:
    """A change of any column is a change, and is copied."""
    behind = []
    with connection.cursor() as cursor:
        for one in KEPT:
            for table in tables_of(one):
                cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [f"history.keep_{table}"])
                source = cursor.fetchone()[0]
                behind += [f"{table}.{name}" for name in columns_read()[table] if source.count(f'OLD."{name}"') == 0]
                cursor.execute(
                    "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'keep_history_of_%%'",
                    [f"public.{table}"],
                )
                assert cursor.fetchone()[0] == (2 if isinstance(one, Tracked) else 1), table
    assert behind == [], AGAIN
