"""Closed periods: what would change them is refused; a restatement needs a second person and is listed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import Event
from kpis.models import Kpi, Measurement, MeasurementRevision, PeriodLock, Restatement
from kpis.services import (
    Outcome,
    Overtaken,
    Reading,
    approve_restatement,
    lock_periods,
    propose_restatement,
    record_measurements,
    reject_restatement,
    withdraw_restatement,
)
from organization.models import User
from organization.records import Conflict, InvalidRows
from tests.factories import NOW, Company, KpiFactory, make_company

pytestmark = pytest.mark.django_db

MARCH, APRIL, MAY = (date(2026, month, 1) for month in (3, 4, 5))
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def kpi(company: Company) -> Kpi:
    """March and April known, closed through April."""
    row = KpiFactory.create(
        organization=company.organization, department=company.sales, owner=company.bob, code="K-1", precision=1
    )
    record(company, Reading(row.pk, MARCH, Decimal(10)), Reading(row.pk, APRIL, Decimal(20)))
    close(company)
    return row


def record(company: Company, *readings: Reading) -> Outcome:
    return record_measurements(readings, actor=company.actor(company.alice), at=NOW, source="test")


def close(company: Company, through: date = date(2026, 4, 30), by: User | None = None) -> PeriodLock:
    actor = company.actor(by or company.olga)
    return lock_periods(company.organization, through, actor=actor, at=NOW, reason="Year report")


def propose(company: Company, *rows: Reading, reason: str = "Late invoices") -> Restatement:
    return propose_restatement(rows, reason=reason, actor=company.actor(company.bob), at=NOW)


def values(kpi: Kpi) -> dict[date, Decimal | None]:
    return dict(Measurement.objects.filter(kpi=kpi).values_list("period", "value"))


def codes(refusal: Any) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.field, problem.code) for problem in refusal.value.problems]


def test_lock_moves_forward_only_and_twice_is_once(company: Company) -> None:
    first = close(company)
    assert (first.locked_by, first.locked_at, first.reason) == (company.olga, NOW, "Year report")
    assert close(company) == first
    for through in (date(2026, 3, 31), date(2026, 6, 15)):
        with pytest.raises(ValidationError):
            close(company, through)
    close(company, date(2026, 6, 14), by=company.adam)
    assert list(PeriodLock.objects.values_list("through", flat=True)) == [date(2026, 6, 14), date(2026, 4, 30)]
    event = Event.objects.filter(verb="periods.locked").latest("id")
    assert (event.before, event.after) == (
        {"through": "2026-04-30"},
        {"through": "2026-06-14", "reason": "Year report"},
    )


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "erin", "dora"])
def test_lock_is_for_the_office_and_administrators(company: Company, name: str) -> None:
    with pytest.raises(PermissionDenied):
        close(company, by=getattr(company, name))
    assert PeriodLock.objects.count() == 0


def test_changes_of_closed_periods_are_refused_by_row_and_the_same_again_passes(company: Company, kpi: Kpi) -> None:
    rows = [
        Reading(kpi.pk, MARCH, Decimal(10)),
        Reading(kpi.pk, APRIL, Decimal(21)),
        Reading(kpi.pk, date(2026, 2, 1), Decimal(5)),
        Reading(kpi.pk, MAY, Decimal(30)),
    ]
    with pytest.raises(InvalidRows) as refusal:
        record(company, *rows)
    assert codes(refusal) == [(2, "period", "locked"), (3, "period", "locked")]
    assert "2026-04-30" in refusal.value.problems[0].message
    assert values(kpi) == {MARCH: Decimal(10), APRIL: Decimal(20)}
    assert record(company, rows[0], rows[3]) == Outcome(created=1, unchanged=1)


def test_period_that_ends_after_the_lock_is_open(company: Company, kpi: Kpi) -> None:
    year = KpiFactory.create(organization=company.organization, department=company.sales, frequency="yearly")
    assert record(company, Reading(year.pk, date(2026, 1, 1), Decimal(1))) == Outcome(created=1)


def test_bounds_are_refused_with_the_bound(company: Company) -> None:
    kpi = KpiFactory.create(
        organization=company.organization, department=company.sales, minimum=Decimal(0), maximum=Decimal("99.5")
    )
    with pytest.raises(InvalidRows) as refusal:
        record(company, Reading(kpi.pk, MARCH, Decimal("-0.1")), Reading(kpi.pk, APRIL, Decimal(100)))
    assert codes(refusal) == [(1, "value", "minimum"), (2, "value", "maximum")]
    assert [problem.message for problem in refusal.value.problems] == [
        "-0.1 is below the smallest possible value, 0.",
        "100 is above the largest possible value, 99.5.",
    ]
    assert record(company, Reading(kpi.pk, MARCH, Decimal(0)), Reading(kpi.pk, APRIL, Decimal("99.5"))).created == 2


def test_restatement_is_proposed_by_one_and_approved_by_another(company: Company, kpi: Kpi) -> None:
    proposal = propose(company, Reading(kpi.pk, APRIL, Decimal(22)), Reading(kpi.pk, MARCH, Decimal(10)))
    assert (proposal.code, proposal.state, proposal.proposed_by) == ("R-1", "proposed", company.bob)
    assert list(proposal.values.values_list("period", "former", "value")) == [(APRIL, Decimal(20), Decimal(22))]
    assert values(kpi)[APRIL] == Decimal(20)
    done = approve_restatement(proposal, actor=company.actor(company.alice), at=LATER, comment="Seen the invoices")
    assert (done.state, done.decided_by, done.decided_at) == ("approved", company.alice, LATER)
    assert values(kpi)[APRIL] == Decimal(22)
    old = MeasurementRevision.objects.get(kpi=kpi)
    assert (old.value, old.replaced_by, old.reason, old.restatement) == (
        Decimal(20),
        company.alice,
        "Late invoices",
        proposal,
    )
    events = Event.objects.count()
    approve_restatement(proposal, actor=company.actor(company.alice), at=LATER + timedelta(hours=1))
    assert (Event.objects.count(), MeasurementRevision.objects.count()) == (events, 1)
    kpi.figures.refresh_from_db()
    assert kpi.figures.value == Decimal(22)


def test_restatement_of_an_unknown_period_stores_it(company: Company, kpi: Kpi) -> None:
    proposal = propose(company, Reading(kpi.pk, date(2026, 2, 1), Decimal(7)))
    approve_restatement(proposal, actor=company.actor(company.olga), at=LATER)
    row = Measurement.objects.get(kpi=kpi, period=date(2026, 2, 1))
    assert (row.value, row.source, row.recorded_by) == (Decimal(7), "restatement", company.olga)


def test_proposer_may_not_decide_and_only_the_proposer_withdraws(company: Company, kpi: Kpi) -> None:
    rows = [Reading(kpi.pk, APRIL, Decimal(22))]
    own = propose_restatement(rows, reason="Mine", actor=company.actor(company.alice), at=NOW)
    for decide in (approve_restatement, reject_restatement):
        with pytest.raises(PermissionDenied):
            decide(own, actor=company.actor(company.alice), at=LATER, comment="Mine")
    with pytest.raises(PermissionDenied):
        withdraw_restatement(own, actor=company.actor(company.olga), at=LATER)
    done = withdraw_restatement(own, actor=company.actor(company.alice), at=LATER, comment="Wrong month")
    assert (done.state, done.comment) == ("withdrawn", "Wrong month")
    with pytest.raises(Conflict):
        approve_restatement(own, actor=company.actor(company.olga), at=LATER)
    assert values(kpi)[APRIL] == Decimal(20)


@pytest.mark.parametrize("name", ["charlie", "erin", "dora"])
def test_others_may_not_decide(company: Company, kpi: Kpi, name: str) -> None:
    proposal = propose(company, Reading(kpi.pk, APRIL, Decimal(22)))
    with pytest.raises(PermissionDenied):
        approve_restatement(proposal, actor=company.actor(getattr(company, name)), at=LATER)
    proposal.refresh_from_db()
    assert (proposal.state, values(kpi)[APRIL]) == ("proposed", Decimal(20))


@pytest.mark.parametrize("name", ["alice", "olga", "adam"])
def test_second_persons_may_decide(company: Company, kpi: Kpi, name: str) -> None:
    proposal = propose(company, Reading(kpi.pk, APRIL, Decimal(22)))
    approve_restatement(proposal, actor=company.actor(getattr(company, name)), at=LATER)
    assert values(kpi)[APRIL] == Decimal(22)


def test_rejection_needs_its_reason_and_changes_nothing(company: Company, kpi: Kpi) -> None:
    proposal = propose(company, Reading(kpi.pk, APRIL, Decimal(22)))
    with pytest.raises(ValidationError):
        reject_restatement(proposal, actor=company.actor(company.alice), at=LATER, comment=" ")
    done = reject_restatement(proposal, actor=company.actor(company.alice), at=LATER, comment="Not seen")
    assert (done.state, done.comment, values(kpi)[APRIL]) == ("rejected", "Not seen", Decimal(20))


def test_value_that_changed_meanwhile_is_a_conflict_that_shows_it(company: Company, kpi: Kpi) -> None:
    late = propose(company, Reading(kpi.pk, APRIL, Decimal(22)))
    first = propose(company, Reading(kpi.pk, APRIL, Decimal(23)))
    approve_restatement(first, actor=company.actor(company.alice), at=LATER)
    with pytest.raises(Overtaken) as conflict:
        approve_restatement(late, actor=company.actor(company.alice), at=LATER)
    (moved,) = conflict.value.moved
    assert (moved.kpi, moved.period, moved.former, moved.present) == ("K-1", APRIL, Decimal(20), Decimal(23))
    assert values(kpi)[APRIL] == Decimal(23)


def test_proposal_is_for_closed_periods_with_a_reason_and_a_difference(company: Company, kpi: Kpi) -> None:
    with pytest.raises(InvalidRows) as refusal:
        propose(company, Reading(kpi.pk, MAY, Decimal(1)))
    assert codes(refusal) == [(1, "period", "open")]
    for rows, reason in ([Reading(kpi.pk, APRIL, Decimal(22))], " "), ([Reading(kpi.pk, APRIL, Decimal(20))], "Same"):
        with pytest.raises(ValidationError):
            propose(company, *rows, reason=reason)
    with pytest.raises(PermissionDenied):
        propose_restatement(
            [Reading(kpi.pk, APRIL, Decimal(1))], reason="No", actor=company.actor(company.charlie), at=NOW
        )
    assert Restatement.objects.count() == 0


def test_what_follows_from_a_restated_value_is_marked_with_the_restatement(company: Company, kpi: Kpi) -> None:
    total = KpiFactory.create(
        organization=company.organization, department=company.sales, code="SUM", unit_aggregation="sum"
    )
    part = KpiFactory.create(
        organization=company.organization, department=company.sales, owner=company.bob, code="PART", parent=total
    )
    PeriodLock.objects.all().delete()
    record(company, Reading(part.pk, APRIL, Decimal(5)))
    assert values(total)[APRIL] == Decimal(5)
    close(company)
    proposal = propose(company, Reading(part.pk, APRIL, Decimal(6)))
    approve_restatement(proposal, actor=company.actor(company.alice), at=LATER)
    assert values(total)[APRIL] == Decimal(6)
    assert MeasurementRevision.objects.get(kpi=total).restatement == proposal
