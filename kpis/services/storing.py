"""Putting values into their table: what stands there, what is kept of it, what replaces it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from django.db import connection

from kpis.models import Batch, MeasurementRevision, Restatement
from objectives.pace import EXACT
from organization.actors import Actor

Place = tuple[int, date]
"""A KPI and a period: the key of a value."""

STORED_PLACES: Final = Decimal("1e-10")
LARGEST: Final = Decimal(10) ** 20

COLUMNS: Final = "value, numerator, denominator, estimate, note, source, coverage"

UPSERT: Final = f"""
    INSERT INTO kpis_measurement (kpi_id, period, {COLUMNS}, recorded_at, recorded_by_id, batch_id)
    SELECT kpi_id, period, {COLUMNS}, %s, %s, %s
    FROM unnest(%s::bigint[], %s::date[], %s::numeric[], %s::numeric[], %s::numeric[], %s::boolean[], %s::text[],
                %s::text[], %s::double precision[]) AS new(kpi_id, period, {COLUMNS})
    ORDER BY kpi_id, period
    ON CONFLICT (kpi_id, period) DO UPDATE
    SET value = excluded.value, numerator = excluded.numerator, denominator = excluded.denominator,
        estimate = excluded.estimate, note = excluded.note, source = excluded.source, coverage = excluded.coverage,
        recorded_at = excluded.recorded_at, recorded_by_id = excluded.recorded_by_id, batch_id = excluded.batch_id
"""  # noqa: S608 - made of constants

SELECTED: Final = """
    SELECT m.kpi_id, m.period, m.value, m.numerator, m.denominator, m.estimate, m.note, m.source, m.coverage,
           m.recorded_at, m.recorded_by_id, m.batch_id
    FROM kpis_measurement m
"""
PRESENT: Final = f"{SELECTED} JOIN unnest(%s::bigint[], %s::date[]) AS wanted(kpi_id, period) USING (kpi_id, period)"
BETWEEN: Final = f"{SELECTED} WHERE m.kpi_id = ANY(%s::bigint[]) AND m.period BETWEEN %s AND %s"


@dataclass(frozen=True, slots=True)
class Row:
    """A value as it will be stored."""

    kpi_id: int
    period: date
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    estimate: bool
    note: str
    source: str
    coverage: float | None


@dataclass(frozen=True, slots=True)
class Stored(Row):
    """A value as it stands."""

    recorded_at: datetime
    recorded_by_id: int | None
    batch_id: int | None


STORED: Final = tuple(one.name for one in fields(Stored))


def kept(value: Decimal | None) -> Decimal | None:
    """A computed number as it is stored: ten decimals, half-even; None where it is too large for that."""
    if value is None:
        return None
    rounded = EXACT.add(value.quantize(STORED_PLACES, rounding=ROUND_HALF_EVEN, context=EXACT), Decimal(0))
    return rounded if abs(rounded) < LARGEST else None


def stored_at(places: Iterable[Place]) -> dict[Place, Stored]:
    """What stands at these places. One query."""
    wanted = list(places)
    return _fetched(PRESENT, [[kpi_id for kpi_id, _period in wanted], [period for _kpi_id, period in wanted]])


def stored_between(kpi_ids: Iterable[int], first: date, last: date) -> dict[Place, Stored]:
    """All values of these KPIs whose periods begin in these days. One query."""
    return _fetched(BETWEEN, [sorted(kpi_ids), first, last])


def replace_values(
    rows: Sequence[Row],
    replaced: Sequence[Stored],
    reasons: Mapping[Place, str],
    *,
    actor: Actor,
    at: datetime,
    batch: Batch | None = None,
    restatement: Restatement | None = None,
) -> None:
    """Store rows; what they replace is kept with who, when and why. One statement each, in the order of the key."""
    MeasurementRevision.objects.bulk_create(
        [
            MeasurementRevision(
                **{name: getattr(old, name) for name in STORED},
                replaced_at=at,
                replaced_by_id=actor.user_id,
                reason=reasons[old.kpi_id, old.period],
                restatement=restatement,
            )
            for old in replaced
        ],
        batch_size=1000,
    )
    if not rows:
        return
    columns: list[list[Any]] = [[getattr(row, name) for row in rows] for name in Row.__slots__]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [at, actor.user_id, batch.pk if batch else None, *columns])


def _fetched(sql: str, parameters: list[Any]) -> dict[Place, Stored]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = [Stored(*row) for row in cursor.fetchall()]
    return {(row.kpi_id, row.period): row for row in rows}
