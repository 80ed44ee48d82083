"""Rows of figures by the thousand: the same as the ORM would write, in one statement."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from kpis.models import KpiFigures
from organization.figure_rows import insert_missing, write_columns
from tests.factories import NOW, KpiFactory

pytestmark = pytest.mark.django_db

ALL = [field.name for field in KpiFigures._meta.local_concrete_fields if not field.primary_key]
WRITTEN: dict[str, Any] = {
    "period": date(2026, 5, 1),
    "value": Decimal("-12.3456789012"),
    "progress": 0.1 + 0.2,
    "achieved": True,
    "flags": ['pa"rt,', "a\\b", ""],
    "changed_at": datetime(2026, 5, 1, 12, tzinfo=UTC),
}


def states() -> list[tuple[Any, ...]]:
    return list(KpiFigures.objects.order_by("pk").values_list("pk", *ALL))


def test_columns_are_written_as_the_orm_writes_them() -> None:
    rows = [KpiFactory.create().figures for _number in range(3)]
    for name, value in WRITTEN.items():
        setattr(rows[0], name, value)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        write_columns(rows, ALL)
    ours = states()
    KpiFigures.objects.bulk_update(rows, ALL)
    assert (len(queries), ours) == (1, states())
    assert ours[0][1 + ALL.index("flags")] == ['pa"rt,', "a\\b", ""]


def test_other_columns_and_other_rows_stay() -> None:
    rows = [KpiFactory.create().figures for _number in range(2)]
    rows[0].value, rows[0].progress = Decimal(7), 0.5
    write_columns(rows[:1], ["value"])
    assert [(row.value, row.progress) for row in KpiFigures.objects.order_by("pk")] == [
        (Decimal(7), None),
        (None, None),
    ]
    write_columns([], ["value"])


def test_text_that_is_too_long_is_refused() -> None:
    row = KpiFactory.create().figures
    row.state = "x" * 16
    with pytest.raises(DataError):
        write_columns([row], ["state"])


def test_missing_rows_get_the_defaults_and_present_ones_stay() -> None:
    kept, lost = KpiFactory.create(figures={"value": Decimal(1)}), KpiFactory.create()
    KpiFigures.objects.filter(pk=lost.pk).delete()
    insert_missing(KpiFigures, [lost.pk, kept.pk, lost.pk], due_at=NOW)
    insert_missing(KpiFigures, [], due_at=NOW)
    ours = states()
    KpiFigures.objects.filter(pk=lost.pk).delete()
    KpiFigures.objects.create(kpi=lost, due_at=NOW)
    assert ours == states()
    assert KpiFigures.objects.get(pk=kept.pk).value == 1
