"""Values that come together: drafts, previews, one transaction, undo of the whole."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from kpis.columns import Assignment, Role, Shape
from kpis.models import Batch, Kpi, Measurement, MeasurementRevision
from kpis.services import (
    Outcome,
    Preview,
    Reading,
    Undone,
    apply_batch,
    assign_columns,
    discard_batch,
    lock_periods,
    preview_batch,
    record_batch,
    record_measurements,
    start_batch,
    undo_batch,
)
from organization.models import User
from organization.records import Conflict, InvalidRows
from tests.factories import NOW, Company, KpiFactory, make_company

pytestmark = pytest.mark.django_db

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
LATER, LAST = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
LONG = (
    "KPI;Période;Valeur;Note\nK-1;avr. 2026;10,5;x\nK-1;mai 2026;11,5;\nLeads;31/05/2026;1 200;\nK-2;avr. 2026;n/a;\n"
)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def kpis(company: Company) -> tuple[Kpi, Kpi]:
    """K-1, known in April with 10; K-2, named Leads, empty."""
    own: dict[str, Any] = {"organization": company.organization, "department": company.sales, "owner": company.bob}
    first, second = KpiFactory.create(**own, code="K-1"), KpiFactory.create(**own, code="K-2", name="Leads")
    record_measurements(
        [Reading(first.pk, APRIL, Decimal(10), note="first")],
        actor=company.actor(company.alice),
        at=NOW,
        source="test",
    )
    return first, second


def start(company: Company, text: str | bytes = LONG, name: str = "values.csv", by: User | None = None) -> Batch:
    content = text.encode() if isinstance(text, str) else text
    return start_batch(name, content, actor=company.actor(by or company.bob), at=LATER)


def look(company: Company, batch: Batch) -> Preview:
    return preview_batch(batch, actor=company.actor(company.bob), at=LATER)


def apply(company: Company, batch: Batch, **seen: Any) -> Batch:
    return apply_batch(batch, actor=company.actor(company.bob), at=LATER, **seen)


def values() -> dict[tuple[str, date], Decimal | None]:
    return {
        (code, period): value for code, period, value in Measurement.objects.values_list("kpi__code", "period", "value")
    }


def test_preview_says_what_would_change_and_stores_nothing(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    batch = start(company)
    found = look(company, batch)
    assert (batch.code, batch.state, found.faults) == ("B-1", "draft", ())
    assert (found.created, found.changed, found.unchanged, found.left_out) == (2, 1, 0, 1)
    assert [(one.reading.kpi_id, one.reading.period, one.reading.value) for one in found.rows] == [
        (kpis[0].pk, APRIL, Decimal("10.5")),
        (kpis[0].pk, MAY, Decimal("11.5")),
        (kpis[1].pk, MAY, Decimal(1200)),
    ]
    assert values() == {("K-1", APRIL): Decimal(10)}


def test_apply_stores_all_under_the_code_and_twice_is_once(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    batch = apply(company, start(company), seen="2-1-0")
    assert (batch.state, batch.created, batch.changed, batch.content, batch.applied_at) == (
        "applied",
        2,
        1,
        None,
        LATER,
    )
    assert values() == {("K-1", APRIL): Decimal("10.5"), ("K-1", MAY): Decimal("11.5"), ("K-2", MAY): Decimal(1200)}
    assert set(Measurement.objects.values_list("batch__code", "source")) == {("B-1", "file")}
    assert MeasurementRevision.objects.get().reason == "File values.csv"
    events = Event.objects.count()
    assert apply(company, batch).version == batch.version
    assert Event.objects.count() == events


def test_undo_brings_back_what_stood_before(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    batch = apply(company, start(company))
    actor = company.actor(company.alice)
    assert undo_batch(batch, actor=actor, at=LAST) == Undone(restored=3)
    assert values() == {("K-1", APRIL): Decimal(10), ("K-1", MAY): None, ("K-2", MAY): None}
    back = Measurement.objects.get(kpi=kpis[0], period=APRIL)
    assert (back.note, back.source, back.batch) == ("first", "undo", None)
    kept = MeasurementRevision.objects.get(kpi=kpis[1])
    assert (kept.value, kept.batch, kept.reason, kept.replaced_by) == (
        Decimal(1200),
        batch,
        "Batch B-1 undone",
        company.alice,
    )
    before = (Event.objects.count(), MeasurementRevision.objects.count())
    assert undo_batch(batch, actor=actor, at=LAST) == Undone()
    assert (Event.objects.count(), MeasurementRevision.objects.count()) == before
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by, batch.undone_at) == ("undone", company.alice, LAST)


def test_undo_leaves_what_somebody_has_changed_since(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    batch = apply(company, start(company))
    correction = [Reading(kpis[0].pk, MAY, Decimal(99))]
    record_measurements(correction, actor=company.actor(company.alice), at=LAST, source="web")
    done = undo_batch(batch, actor=company.actor(company.bob), at=LAST + timedelta(hours=1))
    assert done == Undone(restored=2, left=1)
    assert values() == {("K-1", APRIL): Decimal(10), ("K-1", MAY): Decimal(99), ("K-2", MAY): None}


def test_undo_of_a_later_batch_brings_the_earlier_one_back(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    actor = company.actor(company.bob)
    _first, one = record_batch([Reading(kpis[0].pk, MAY, Decimal(1))], actor=actor, at=NOW, source="api")
    _second, two = record_batch([Reading(kpis[0].pk, MAY, Decimal(2))], actor=actor, at=LATER, source="api")
    assert one is not None
    assert two is not None
    undo_batch(two, actor=actor, at=LAST)
    assert values()["K-1", MAY] == Decimal(1)
    assert undo_batch(one, actor=actor, at=LAST) == Undone(restored=0, left=1)


def test_batch_that_changes_nothing_leaves_nothing(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    row = Reading(kpis[0].pk, APRIL, Decimal(10))
    outcome, batch = record_batch([row], actor=company.actor(company.bob), at=LATER, source="api")
    assert (outcome, batch, Batch.objects.count()) == (Outcome(unchanged=1), None, 0)


def test_faults_are_named_all_at_once_and_nothing_is_stored(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    Kpi.objects.filter(code="K-2").update(maximum=Decimal(5))
    rows = ["K-9,2026-04,1,", "K-1,2026,1,", "K-1,2026-05,abc,", "K-2,2026-05,6,", "K-1,2027-01,1,maybe"]
    batch = start(company, "\n".join(["kpi,period,value,estimate", *rows]))
    found = look(company, batch)
    assert [(fault.row, fault.column, fault.value) for fault in found.faults] == [
        (2, "kpi", "K-9"),
        (3, "period", "2026"),
        (4, "value", "abc"),
        (5, "value", "6"),
        (6, "estimate", "maybe"),
    ]
    assert found.faults[3].expected == "6 is above the largest possible value, 5."
    with pytest.raises(ValidationError):
        apply(company, batch)
    assert values() == {("K-1", APRIL): Decimal(10)}


def test_values_of_others_and_of_closed_periods_are_refused_in_the_preview(
    company: Company, kpis: tuple[Kpi, Kpi]
) -> None:
    KpiFactory.create(organization=company.organization, code="SHARED")
    lock_periods(company.organization, date(2026, 4, 30), actor=company.actor(company.olga), at=NOW)
    found = look(company, start(company, "kpi,period,value\nSHARED,2026-05,1\nK-1,2026-04,11\nK-1,2026-05,12\n"))
    assert [(fault.row, fault.column, fault.value) for fault in found.faults] == [
        (2, "kpi", "SHARED"),
        (3, "period", "2026-04"),
    ]
    assert found.created == 1


def test_wide_tables_keep_what_they_are_silent_about(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    actor = company.actor(company.bob)
    record_measurements([Reading(kpis[1].pk, MAY, Decimal(7), estimate=True)], actor=actor, at=NOW, source="test")
    found = look(company, start(company, "KPI;avr. 2026;mai 2026\nK-1;10;\nLeads;;7\n"))
    assert (found.created, found.changed, found.unchanged, found.faults) == (0, 0, 2, ())
    other = look(company, start(company, "Month,K-1,K-2\n2026-04,10,..\n2026-05,12,7\n"))
    assert (other.created, other.changed, other.unchanged, other.left_out) == (1, 0, 2, 1)


def test_placeholder_over_a_known_value_says_not_known(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    batch = start(company, "kpi,period,value\nK-1,2026-04,n/a\n")
    assert (look(company, batch).changed, look(company, batch).left_out) == (1, 0)
    apply(company, batch)
    assert values() == {("K-1", APRIL): None}


def test_spreadsheet_is_read_like_a_text(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet, form = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["Code", "Date", "Actual"])
        sheet.write(1, 0, "K-1")
        sheet.write_datetime(1, 1, date(2026, 5, 31), form)
        sheet.write(1, 2, 12.25)
    apply(company, start(company, buffer.getvalue(), "values.xlsx"))
    assert values()["K-1", MAY] == Decimal("12.25")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense", b"\x00\x01\x02", b"only,a,header\n"])
def test_what_is_no_table_is_refused(company: Company, content: bytes) -> None:
    with pytest.raises(ValidationError) as refusal:
        start(company, content)
    assert (list(refusal.value.message_dict), Batch.objects.count()) == (["file"], 0)


def test_columns_can_be_said_and_drafts_belong_to_who_uploaded(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    batch = start(company, "a,b,c\nK-1,05/04/2026,1.5\n")
    said = Assignment(Shape.VALUES, (Role.KPI, Role.PERIOD, Role.VALUE), month_first=True)
    with pytest.raises(PermissionDenied):
        assign_columns(batch, said, actor=company.actor(company.alice))
    batch = assign_columns(batch, said, actor=company.actor(company.bob), version=1)
    assert (batch.version, [fault.value for fault in look(company, batch).faults]) == (2, ["05/04/2026"])
    with pytest.raises(PermissionDenied):
        apply_batch(batch, actor=company.actor(company.alice), at=LATER)
    assert discard_batch(batch, actor=company.actor(company.bob)).content is None
    with pytest.raises(Conflict):
        apply(company, batch)


def test_apply_is_a_conflict_when_it_would_do_something_else_by_now(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    batch = start(company)
    seen = look(company, batch).counts
    actor = company.actor(company.alice)
    record_measurements([Reading(kpis[0].pk, MAY, Decimal(3))], actor=actor, at=LATER, source="web")
    with pytest.raises(Conflict):
        apply(company, batch, seen=seen)
    assert values()["K-1", MAY] == Decimal(3)


def test_undo_of_closed_periods_is_refused_as_a_whole(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    batch = apply(company, start(company))
    stored = values()
    lock_periods(company.organization, date(2026, 4, 30), actor=company.actor(company.olga), at=LATER)
    with pytest.raises(InvalidRows):
        undo_batch(batch, actor=company.actor(company.bob), at=LAST)
    batch.refresh_from_db()
    assert (batch.state, values()) == ("applied", stored)


def test_onlookers_upload_and_undo_nothing(company: Company, kpis: tuple[Kpi, Kpi]) -> None:
    with pytest.raises(PermissionDenied):
        start(company, by=company.charlie)
    batch = apply(company, start(company))
    with pytest.raises(PermissionDenied):
        undo_batch(batch, actor=company.actor(company.charlie), at=LAST)
    assert values()["K-1", APRIL] == Decimal("10.5")


def test_any_number_of_rows_takes_the_same_queries(company: Company) -> None:
    def queries(number: int) -> tuple[int, int]:
        own: dict[str, Any] = {"organization": company.organization, "department": company.sales}
        rows = [KpiFactory.create(**own, code=f"Q{number}-{place}", owner=company.bob) for place in range(number)]
        text = "kpi,period,value\n" + "".join(f"{kpi.code},2026-05,{place}\n" for place, kpi in enumerate(rows))
        batch = start(company, text)
        with CaptureQueriesContext(
            connection,
        ) as looked:
            look(company, batch)
        with CaptureQueriesContext(connection) as stored:
            apply(company, batch)
        return len(looked), len(stored)

    assert queries(1) == queries(3)
