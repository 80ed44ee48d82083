"""Measurements: idempotent batches, corrections that keep the old value, refusals that store nothing."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Event
from kpis.models import Kpi, KpiFigures, Measurement, MeasurementRevision
from kpis.services import Outcome, Reading, record_measurements
from objectives.models import ObjectiveFigures
from organization.records import InvalidRows
from tests.factories import NOW, Company, KpiFactory, MeasureFactory, ObjectiveFactory, make_company

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 1)


@pytest.fixture
def company() -> Company:
    return make_company()


def kpi_of(company: Company, **fields: Any) -> Kpi:
    return KpiFactory.create(organization=company.organization, department=company.sales, **fields)


def record(company: Company, *readings: Reading, at: Any = NOW, reason: str = "") -> Outcome:
    return record_measurements(readings, actor=company.actor(company.alice), at=at, source="test", reason=reason)


def test_record_scores_the_kpi_and_tells_its_objective(company: Company) -> None:
    kpi = kpi_of(company, baseline=Decimal(200), target=Decimal(0), direction="down")
    objective = ObjectiveFactory.create(organization=company.organization)
    MeasureFactory.create(objective=objective, kpi=kpi)
    assert record(company, Reading(kpi.pk, MAY, Decimal(100))) == Outcome(created=1)
    figures = KpiFigures.objects.get(kpi=kpi)
    assert (figures.progress, figures.value, figures.period, figures.announced) == (0.5, Decimal(100), MAY, False)
    heard = ObjectiveFigures.objects.get(objective=objective)
    assert (heard.direct_progress, heard.direct_known, heard.stale_at) == (0.5, 1, NOW)


def test_record_same_batch_again_changes_nothing(company: Company) -> None:
    kpi = kpi_of(company)
    batch = [Reading(kpi.pk, date(2026, month, 1), Decimal(month)) for month in range(1, 6)]
    assert record(company, *batch) == Outcome(created=5)
    events, version = Event.objects.count(), company.organization.figures_version
    company.organization.refresh_from_db()
    version = company.organization.figures_version
    assert record(company, *batch, at=NOW + timedelta(hours=1)) == Outcome(unchanged=5)
    company.organization.refresh_from_db()
    assert (Event.objects.count(), company.organization.figures_version) == (events, version)
    assert set(Measurement.objects.values_list("recorded_at", flat=True)) == {NOW}


def test_correction_keeps_the_old_value_with_who_when_and_why(company: Company) -> None:
    kpi = kpi_of(company)
    later = NOW + timedelta(days=1)
    record(company, Reading(kpi.pk, MAY, Decimal(10), note="first count"))
    outcome = record(company, Reading(kpi.pk, MAY, Decimal(12)), at=later, reason="Late invoices")
    assert outcome == Outcome(changed=1)
    present = Measurement.objects.get(kpi=kpi)
    assert (present.value, present.note, present.recorded_at) == (Decimal(12), "first count", later)
    old = MeasurementRevision.objects.get(kpi=kpi)
    assert (old.value, old.recorded_at, old.replaced_at, old.replaced_by, old.reason) == (
        Decimal(10),
        NOW,
        later,
        company.alice,
        "Late invoices",
    )
    event = Event.objects.latest("id")
    assert (event.verb, event.before, event.after) == (
        "measurement.corrected",
        {"values": {"2026-05-01": "10.0000000000"}},
        {"values": {"2026-05-01": "12.0000000000"}, "reason": "Late invoices"},
    )


def test_unknown_stays_unknown(company: Company) -> None:
    kpi = kpi_of(company)
    record(company, Reading(kpi.pk, MAY, None))
    figures = KpiFigures.objects.get(kpi=kpi)
    assert (figures.value, figures.progress, figures.state) == (None, None, "no_data")


def test_wrong_rows_are_all_named_and_nothing_is_stored(company: Company) -> None:
    kpi = kpi_of(company)
    with pytest.raises(InvalidRows) as refusal:
        record(
            company,
            Reading(kpi.pk, MAY, Decimal(1)),
            Reading(kpi.pk, MAY, Decimal(2)),
            Reading(kpi.pk, date(2026, 4, 15), Decimal(3)),
            Reading(kpi.pk, date(2026, 7, 1), Decimal(4)),
            Reading(kpi.pk, date(2026, 3, 1), Decimal("1e25")),
            Reading(kpi.pk, date(2026, 2, 1), None, numerator=Decimal(1)),
        )
    assert [(problem.row, problem.field, problem.code) for problem in refusal.value.problems] == [
        (2, "period", "duplicate"),
        (3, "period", "period"),
        (4, "period", "future"),
        (5, "value", "range"),
        (6, "denominator", "required"),
    ]
    assert (Measurement.objects.count(), Event.objects.count()) == (0, 0)


def test_a_ratio_is_worked_out_from_its_operands(company: Company) -> None:
    kpi = kpi_of(company, time_aggregation="ratio", precision=3, baseline=Decimal(0), target=Decimal(1))
    record(company, Reading(kpi.pk, MAY, None, Decimal(2), Decimal(8)))
    assert Measurement.objects.get(kpi=kpi).value == Decimal("0.25")
    record(company, Reading(kpi.pk, date(2026, 4, 1), None, Decimal(2), Decimal(0)))
    assert Measurement.objects.get(kpi=kpi, period=date(2026, 4, 1)).value is None
    with pytest.raises(InvalidRows) as refusal:
        record(company, Reading(kpi.pk, date(2026, 3, 1), Decimal("0.5"), Decimal(2), Decimal(8)))
    assert [problem.code for problem in refusal.value.problems] == ["ratio"]


def test_a_ratio_in_percent_counts_hundredths(company: Company) -> None:
    kpi = kpi_of(company, time_aggregation="ratio", unit="%", precision=1, target=Decimal(95))
    record(company, Reading(kpi.pk, MAY, None, Decimal(45), Decimal(50)))
    row = Measurement.objects.get(kpi=kpi)
    assert (row.value, row.numerator, row.denominator) == (Decimal(90), Decimal(45), Decimal(50))
    assert record(company, Reading(kpi.pk, MAY, Decimal(90), Decimal(45), Decimal(50))) == Outcome(unchanged=1)
    record(company, Reading(kpi.pk, date(2026, 4, 1), Decimal("66.7"), Decimal(2), Decimal(3)))
    assert Measurement.objects.get(kpi=kpi, period=date(2026, 4, 1)).value == Decimal("66.6666666667")
    with pytest.raises(InvalidRows) as refusal:
        record(company, Reading(kpi.pk, date(2026, 3, 1), Decimal("0.9"), Decimal(45), Decimal(50)))
    assert [(problem.code, problem.message) for problem in refusal.value.problems] == [
        ("ratio", "The value does not equal 100 × numerator / denominator: the unit is %.")
    ]


def test_values_outside_ones_departments_are_refused(company: Company) -> None:
    mine = kpi_of(company)
    theirs = KpiFactory.create(organization=company.organization, department=company.finance, code="FIN-K")
    with pytest.raises(PermissionDenied):
        record(company, Reading(mine.pk, MAY, Decimal(1)), Reading(theirs.pk, MAY, Decimal(1)))
    assert (Measurement.objects.count(), Event.objects.count()) == (0, 0)


def test_a_contributor_enters_what_they_update_and_nothing_else(company: Company) -> None:
    own, other = kpi_of(company, updater=company.bob), kpi_of(company)
    bob = company.actor(company.bob)
    outcome = record_measurements([Reading(own.pk, MAY, Decimal(1))], actor=bob, at=NOW, source="test")
    assert outcome == Outcome(created=1)
    with pytest.raises(PermissionDenied):
        record_measurements([Reading(other.pk, MAY, Decimal(1))], actor=bob, at=NOW, source="test")
    assert Measurement.objects.filter(kpi=other).count() == 0
