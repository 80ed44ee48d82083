"""The figures of past days in the database: computed once, by one reader, and read by every process from then on."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from cmo_portal.history import DERIVED, columns_read
from cmo_portal.models import PastFigures

SETTLED: Final = timedelta(hours=1)
"""A moment that long ago gets no more facts: whatever was being written then has ended."""

DAYS_KEPT: Final = 60
"""Past moments kept per organization; of more, those computed last."""

OTHER_ENGINES: Final = timedelta(days=1)
"""So long the figures of other code are kept: while a release replaces another, both are running."""

TURN: Final = 0x50415354
"""First key of the advisory lock: one process at a time computes the past of an organization."""

ROOMS: Final = ("audit", "cmo_portal", "initiatives", "kpis", "objectives", "organization")
"""The apps whose code says what the figures are."""


def is_settled(at: datetime) -> bool:
    """Whether what was known at the moment is all there."""
    return at < timezone.now() - SETTLED


@cache
def engine() -> str:
    """Names the code that runs: any change of it, and what it computes is computed again."""
    root, digest = Path(__file__).resolve().parents[1], sha256()
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            digest.update(str(path.relative_to(root)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def kept_figures(organization_id: int, at: datetime) -> dict[str, bytes] | None:
    """The packed tables as known at a moment; None where they are still to be computed. One query."""
    rows = PastFigures.objects.filter(organization_id=organization_id, at=at, engine=engine(), table__in=DERIVED)
    found = {table: bytes(packed) for table, packed in rows.values_list("table", "rows")}
    return found if len(found) == len(DERIVED) else None


def keep_figures(organization_id: int, at: datetime, packed: dict[str, bytes]) -> None:
    """Keep the tables of a moment; the oldest ones beyond sixty go, and what other code computed long ago."""
    now = timezone.now()
    ours = PastFigures.objects.filter(organization_id=organization_id)
    with transaction.atomic():
        PastFigures.objects.bulk_create(
            (
                PastFigures(
                    organization_id=organization_id, at=at, engine=engine(), table=table, rows=rows, made_at=now
                )
                for table, rows in packed.items()
            ),
            ignore_conflicts=True,
        )
        ours.exclude(engine=engine()).filter(made_at__lt=now - OTHER_ENGINES).delete()
        newest = ours.filter(table=DERIVED[0]).order_by("-made_at", "-at").values_list("at", flat=True)
        ours.exclude(at__in=list(newest[:DAYS_KEPT])).delete()


def forget_figures(organization_id: int) -> None:
    """Drop what was computed of the past of an organization."""
    PastFigures.objects.filter(organization_id=organization_id).delete()


@contextmanager
def taking_turns(organization_id: int) -> Iterator[None]:
    """Wait until nobody else computes the past of the organization; the lock is the session's, rollbacks leave it."""
    keys = [TURN, organization_id % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", keys)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", keys)


def pack_tables(cursor: Any) -> dict[str, bytes]:
    """The tables of figures that this transaction is shown."""
    return {table: _packed(cursor, table) for table in DERIVED}


def unpack_tables(cursor: Any, packed: dict[str, bytes]) -> None:
    """Fill the empty tables of this transaction."""
    for table in DERIVED:
        rows = BytesIO(zlib.decompress(packed[table]))
        cursor.copy_expert(f"COPY {table} ({columns_of(table)}) FROM STDIN (FORMAT binary)", rows)


def columns_of(table: str) -> str:
    """The columns of a table of figures, as SQL lists them."""
    return _listed(columns_read()[table])


def _packed(cursor: Any, table: str) -> bytes:
    rows = BytesIO()
    cursor.copy_expert(f"COPY {table} ({columns_of(table)}) TO STDOUT (FORMAT binary)", rows)
    return zlib.compress(rows.getvalue(), 1)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
