"""Former rows: what the triggers keep, what the views show, what running the operation again completes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from audit.versioning import Dated, Moment, Revised, Tracked, computing, known_at, known_since, moment_shown
from audit.versioning.keeping import columns_of, forget_history, keep_history

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEPT = (
    Tracked("trial_thing", uncompared=("counter",)),
    Dated("trial_word", "at"),
    Revised("trial_value", "since", revisions="trial_former", until="until", shared=("id", "amount", "since")),
    Tracked("trial_that_does_not_exist"),
)
TABLES = """
    CREATE TABLE trial_thing (id int PRIMARY KEY, name varchar(20) NOT NULL, counter int NOT NULL DEFAULT 0);
    CREATE TABLE trial_word (id int PRIMARY KEY, at timestamptz NOT NULL, text varchar(20));
    CREATE TABLE trial_value (id int PRIMARY KEY, amount int, since timestamptz, extra int);
    CREATE TABLE trial_former (number serial PRIMARY KEY, id int, amount int, since timestamptz, until timestamptz);
"""


@pytest.fixture(autouse=True)
def trial() -> Iterator[None]:
    """Tables of their own, so that the schema may change under their history."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        keep_history(cursor, KEPT)
        yield


def run(sql: str, *values: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def rows(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def shown_at(at: datetime, table: str, *columns: str) -> list[tuple[object, ...]]:
    with known_at(Moment(at, at.date()), kept=KEPT, columns={table: columns}):
        return rows(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1")


def test_change_keeps_what_the_row_was_and_since_when() -> None:
    with known_since(FIRST):
        run("INSERT INTO trial_thing VALUES (1, 'first')")
    with known_since(FIRST + DAY):
        run("UPDATE trial_thing SET name = 'second'")
    with known_since(FIRST + 2 * DAY):
        run("DELETE FROM trial_thing")
    moments = [FIRST - DAY, FIRST, FIRST + DAY / 2, FIRST + DAY, FIRST + 2 * DAY]
    names = [shown_at(at, "trial_thing", "id", "name") for at in moments]
    assert names == [[], [(1, "first")], [(1, "first")], [(1, "second")], []]


def test_two_changes_at_one_moment_leave_no_row_between() -> None:
    with known_since(FIRST):
        run("INSERT INTO trial_thing VALUES (1, 'first')")
        run("UPDATE trial_thing SET name = 'second'")
    assert rows("SELECT count(*) FROM history.trial_thing") == [(0,)]
    assert shown_at(FIRST, "trial_thing", "name") == [("second",)]


def test_change_that_comes_late_never_reaches_before_the_one_it_follows() -> None:
    with known_since(FIRST + DAY):
        run("INSERT INTO trial_thing VALUES (1, 'first')")
    with known_since(FIRST):
        run("UPDATE trial_thing SET name = 'second'")
    assert rows("SELECT name, known_since FROM trial_thing") == [("second", FIRST + DAY)]
    assert rows("SELECT count(*) FROM history.trial_thing") == [(0,)]


def test_update_that_changes_nothing_or_a_counter_is_no_change() -> None:
    with known_since(FIRST):
        run("INSERT INTO trial_thing VALUES (1, 'first')")
    with known_since(FIRST + DAY):
        run("UPDATE trial_thing SET name = 'first'")
        run("UPDATE trial_thing SET counter = counter + 1")
    assert rows("SELECT known_since, counter FROM trial_thing") == [(FIRST, 1)]
    assert rows("SELECT count(*) FROM history.trial_thing") == [(0,)]


def test_row_written_without_a_moment_is_known_from_its_transaction_on() -> None:
    run("INSERT INTO trial_thing VALUES (1, 'first')")
    assert rows("SELECT known_since = now() FROM trial_thing") == [(True,)]


def test_dated_row_shows_from_its_own_date_and_after_its_deletion_for_the_time_before() -> None:
    run("INSERT INTO trial_word VALUES (1, %s, 'said')", FIRST)
    with known_since(FIRST + 2 * DAY):
        run("DELETE FROM trial_word")
    moments = [FIRST - DAY, FIRST + DAY, FIRST + 2 * DAY]
    assert [shown_at(at, "trial_word", "id", "text") for at in moments] == [[], [(1, "said")], []]


def test_revised_row_shows_what_was_replaced_later() -> None:
    run("INSERT INTO trial_value VALUES (1, 7, %s, 3)", FIRST + DAY)
    run("INSERT INTO trial_former (id, amount, since, until) VALUES (1, 5, %s, %s)", FIRST, FIRST + DAY)
    shown = [shown_at(at, "trial_value", "id", "amount", "extra") for at in (FIRST - DAY, FIRST, FIRST + DAY)]
    assert shown == [[], [(1, 5, None)], [(1, 7, 3)]]
    with known_since(FIRST + 2 * DAY):
        run("DELETE FROM trial_value")
        run("DELETE FROM trial_former")
    shown = [shown_at(at, "trial_value", "id", "amount", "extra") for at in (FIRST, FIRST + DAY, FIRST + 2 * DAY)]
    assert shown == [[(1, 5, None)], [(1, 7, 3)], []]


def test_running_again_brings_the_history_up_to_new_and_widened_columns() -> None:
    with known_since(FIRST):
        run("INSERT INTO trial_thing VALUES (1, 'first')")
    with known_since(FIRST + DAY):
        run("UPDATE trial_thing SET name = 'second'")
    run("ALTER TABLE trial_thing ADD COLUMN size int NOT NULL DEFAULT 4, ALTER name TYPE varchar(50), DROP counter")
    with connection.cursor() as cursor:
        keep_history(cursor, KEPT)
        types = {column.name: column.type for column in columns_of(cursor, "history.trial_thing")}
    assert (types["size"], types["name"]) == ("integer", "character varying(50)")
    assert shown_at(FIRST, "trial_thing", "name", "size") == [("first", 4)]
    with known_since(FIRST + 2 * DAY):
        run("UPDATE trial_thing SET size = 5")
    assert shown_at(FIRST + DAY, "trial_thing", "name", "size") == [("second", 4)]
    assert shown_at(FIRST + 2 * DAY, "trial_thing", "name", "size") == [("second", 5)]


def test_forgetting_leaves_the_tables_as_they_were() -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            forget_history(cursor, KEPT[:1])
            assert [column.name for column in columns_of(cursor, "public.trial_thing")] == ["id", "name", "counter"]
        run("INSERT INTO trial_thing VALUES (1, 'first')")
        run("UPDATE trial_thing SET name = 'second'")
        transaction.set_rollback(True)


def test_inside_nothing_reaches_the_tables_and_afterwards_the_present_is_back() -> None:
    run("INSERT INTO trial_thing VALUES (1, 'first')")
    with known_at(Moment(FIRST, FIRST.date()), kept=KEPT, columns={"trial_thing": ("id", "name")}):
        assert moment_shown() == Moment(FIRST, FIRST.date())
        with pytest.raises(DatabaseError), transaction.atomic():
            run("INSERT INTO trial_thing VALUES (2, 'other')")
    assert moment_shown() is None
    assert rows("SELECT name FROM trial_thing") == [("first",)]


def test_what_a_computation_writes_into_the_past_is_dropped() -> None:
    run("INSERT INTO trial_thing VALUES (1, 'first')")
    now = datetime.now(UTC) + DAY
    with known_at(Moment(now, now.date()), kept=KEPT, columns={"trial_thing": ("id", "name")}):
        with computing():
            run("INSERT INTO trial_thing (id, name) VALUES (2, 'other')")
            run("UPDATE trial_thing SET name = 'second'")
            run("DELETE FROM trial_thing")
        assert rows("SELECT id, name FROM trial_thing") == [(1, "first")]
        with pytest.raises(DatabaseError), transaction.atomic():
            run("DELETE FROM trial_thing")


def test_another_moment_inside_changes_the_moment_alone() -> None:
    with known_since(FIRST):
        run("INSERT INTO trial_thing VALUES (1, 'first')")
    views = {"kept": KEPT, "columns": {"trial_thing": ("name",)}}
    with known_at(Moment(FIRST, FIRST.date()), **views):  # type: ignore[arg-type]
        before = FIRST - DAY
        with known_at(Moment(before, before.date()), **views):  # type: ignore[arg-type]
            assert rows("SELECT name FROM trial_thing") == []
        assert rows("SELECT name FROM trial_thing") == [("first",)]
