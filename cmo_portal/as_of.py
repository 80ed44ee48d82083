"""The portal as known at a moment of the past: its tables through views, its figures computed again from them."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from audit.versioning import Moment, computing, known_at, moment_shown
from cmo_portal.history import DERIVED, KEPT, columns_read
from initiatives.services import refresh_delivery
from kpis.services import evaluate_all
from objectives.models import Objective
from objectives.services import ensure_figures, roll_up_shown, today_of
from organization.models import Organization

OWN: Final = {
    "kpis_kpifigures": "kpi_id IN (SELECT id FROM kpis_kpi WHERE organization_id = %(organization)s)",
    "objectives_objectivefigures": "objective_id IN (SELECT id FROM objectives_objective "
    "WHERE organization_id = %(organization)s)",
}
"""Which rows of a derived table the computation starts from: what it finds unchanged keeps the date of its change."""

SECONDS: Final = 900
"""So long the figures of a past moment are kept in the process: one looks at several pages of a day."""

SETTLED: Final = timedelta(hours=1)
"""A moment that long ago gets no more facts: whatever was being written then has ended."""


@contextmanager
def as_known_at(organization: Organization, at: datetime) -> Iterator[None]:
    """Inside, every query answers as it would have at `at` for this organization; nothing can be written.

    One transaction for the whole block, rolled back at its end. Memberships and people are those of now. Figures are
    computed by the functions that keep the live ones up to date, into tables of this transaction alone. Inside another
    one it goes to the other moment and comes back.
    """
    is_first = moment_shown() is None
    with known_at(Moment(at, today_of(organization, at)), kept=KEPT, columns=columns_read()):
        _lay_out_derived(is_first=is_first)
        _fill(organization.pk, at)
        if is_first:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
        yield


def _lay_out_derived(*, is_first: bool) -> None:
    """Empty tables of figures for this transaction."""
    with connection.cursor() as cursor:
        for table in DERIVED:
            if is_first:
                cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING ALL) ON COMMIT DROP")
            else:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def _fill(organization_id: int, at: datetime) -> None:
    """The figures, computed, or as they were computed before: what was known at a moment that is past stays."""
    key, is_past = f"past:{organization_id}:{at.isoformat()}", at < timezone.now() - SETTLED
    kept: list[bytes] | None = cache.get(key) if is_past else None
    with connection.cursor() as cursor:
        if kept is not None:
            for table, rows in zip(DERIVED, kept, strict=True):
                cursor.copy_expert(f"COPY {table} ({_columns(table)}) FROM STDIN (FORMAT binary)", _unpacked(rows))
        else:
            for table in DERIVED:
                copied = f"INSERT INTO {table} ({_columns(table)}) SELECT {_columns(table)} FROM public.{table}"  # noqa: S608
                cursor.execute(f"{copied} WHERE {OWN[table]}", {"organization": organization_id})
            with computing():
                _compute(organization_id, at)
            for table in DERIVED:
                cursor.execute(f"UPDATE {table} SET changed_at = %s WHERE changed_at > %s", [at, at])  # noqa: S608
            if is_past:
                cache.set(key, [_packed(cursor, table) for table in DERIVED], SECONDS)
        for table in DERIVED:
            cursor.execute(f"ANALYZE {table}")


def _packed(cursor: Any, table: str) -> bytes:
    rows = BytesIO()
    cursor.copy_expert(f"COPY {table} ({_columns(table)}) TO STDOUT (FORMAT binary)", rows)
    return zlib.compress(rows.getvalue(), 1)


def _unpacked(rows: bytes) -> BytesIO:
    return BytesIO(zlib.decompress(rows))


def _columns(table: str) -> str:
    return ", ".join(f'"{name}"' for name in columns_read()[table])


def _compute(organization_id: int, at: datetime) -> None:
    ids = list(Objective.objects.filter(organization_id=organization_id).order_by("pk").values_list("pk", flat=True))
    ensure_figures(ids, at=at)
    evaluate_all(at=at, organization_id=organization_id)
    refresh_delivery(ids, at=at)
    roll_up_shown(at=at, organization_id=organization_id)
