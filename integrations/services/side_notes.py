"""Telling how far an import has come while its own transaction shows nothing: a second connection."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

EVERY = 0.5
"""Seconds between two notes of the same table."""

STARTED = """
    UPDATE integrations_importprogress SET attempts = attempts + 1, started_at = %s, "table" = '', done = 0, total = 0
    WHERE job_id = %s RETURNING attempts
"""
REACHED = 'UPDATE integrations_importprogress SET "table" = %s, done = %s, total = %s WHERE job_id = %s'


class SideNotes:
    """Writes the progress of one job. Each note is a transaction of its own."""

    def __init__(self, connection: BaseDatabaseWrapper, job_id: int) -> None:
        self._connection = connection
        self._job_id = job_id
        self._said: tuple[str, float] = ("", 0.0)

    def start(self, *, at: datetime) -> int:
        """Note that a worker has begun; returns the number of the attempt."""
        with self._connection.cursor() as cursor:
            cursor.execute(STARTED, [at, self._job_id])
            row = cursor.fetchone()
        return int(row[0]) if row else 1

    def __call__(self, table: str, done: int, total: int) -> None:
        """Note how many rows of a table are done."""
        now = time.monotonic()
        if table == self._said[0] and done < total and now - self._said[1] < EVERY:
            return
        self._said = (table, now)
        with self._connection.cursor() as cursor:
            cursor.execute(REACHED, [table, done, total, self._job_id])


@contextmanager
def side_notes(job_id: int) -> Iterator[SideNotes]:
    """A connection beside the one that works, closed at the end."""
    connection = connections.create_connection("default")
    try:
        yield SideNotes(connection, job_id)
    finally:
        connection.close()
