"""Outlooks: worked out behind the values, never in their way; forecasts kept once made."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from kpis.models import Kpi, KpiFigures, KpiOutlook, PastForecast, StepChange
from kpis.services import (
    Reading,
    Refreshed,
    change_kpi,
    end_override,
    evaluate_due,
    mark_outlooks_stale,
    outlooks_of,
    override_status,
    record_measurements,
    refresh_outlooks,
)
from kpis.services.outlook import COLUMNS, _claimed, _store
from tests.factories import NOW, Company, KpiFactory, make_company

pytestmark = pytest.mark.django_db

LEVEL = [50, 52, 49, 51, 50, 48, 52, 51, 49, 50, 51, 50, 49, 52, 50, 51]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def company() -> Company:
    return make_company()


def kpi_of(company: Company, **fields: Any) -> Kpi:
    return KpiFactory.create(
        organization=company.organization, department=company.sales, **{"kind": "guardrail", "start": None, **fields}
    )


def months(count: int, last: date = date(2026, 5, 1)) -> list[date]:
    """So many months up to the last one."""
    numbers = range(last.year * 12 + last.month - count, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def record(company: Company, kpi: Kpi, values: Sequence[float], *, at: Any = NOW, reason: str = "") -> None:
    readings = [
        Reading(kpi.pk, month, Decimal(str(value))) for month, value in zip(months(len(values)), values, strict=True)
    ]
    record_measurements(readings, actor=company.actor(company.alice), at=at, source="test", reason=reason)


def outlook(kpi: Kpi) -> KpiOutlook:
    return KpiOutlook.objects.get(kpi=kpi)


def stated(kpi: Kpi) -> dict[str, Any]:
    row = outlook(kpi)
    return {name: getattr(row, name) for name in COLUMNS}


def test_values_ask_for_an_outlook_and_the_worker_answers(company: Company) -> None:
    kpi = kpi_of(company, target=Decimal(45))
    record(company, kpi, [*LEVEL, 70])
    asked = outlook(kpi)
    assert (asked.stale, asked.computed_at) == (True, None)
    assert refresh_outlooks(at=LATER) == Refreshed(claimed=1, answered=1, changed=1)
    row = outlook(kpi)
    assert (row.stale, row.computed_at, row.points) == (False, LATER, 17)
    assert (row.signal_period, row.signal_rule, row.signal_nature) == (date(2026, 5, 1), "outside", "improvement")
    assert (row.provisional, row.season_removed, row.assurance) == (False, False, "consistently_passes")
    assert row.forecast_period == date(2026, 12, 1)
    assert [step["period"] for step in row.steps] == [f"2026-{month:02}-01" for month in range(6, 13)]
    assert row.steps[-1]["value"] == f"{row.forecast_value:.2f}"
    assert {row["method"] for row in row.methods} >= {"last_value", "drift", "damped_trend"}
    assert refresh_outlooks(at=LATER) == Refreshed()


def test_limits_are_those_of_the_first_fifteen_points(company: Company) -> None:
    kpi = kpi_of(company, target=Decimal(45))
    record(company, kpi, [*LEVEL, 70])
    refresh_outlooks(at=LATER)
    first = [Decimal(value) for value in LEVEL[:15]]
    centre = sum(first, Decimal(0)) / 15
    reach = Decimal("2.66") * sum((abs(b - a) for a, b in pairwise(first)), Decimal(0)) / 14
    row = outlook(kpi)
    places = Decimal("1e-10")
    assert row.centre == centre.quantize(places)
    assert row.lower_limit == (centre - reach).quantize(places)
    assert row.upper_limit == (centre + reach).quantize(places)


def test_few_values_give_neither_limits_nor_a_forecast(company: Company) -> None:
    kpi = kpi_of(company)
    record(company, kpi, LEVEL[:5])
    refresh_outlooks(at=LATER)
    row = outlook(kpi)
    assert (row.points, row.lower_limit, row.signal_rule, row.forecast_value, row.methods) == (5, None, "", None, [])
    assert PastForecast.objects.count() == 0


def test_running_totals_have_a_forecast_and_no_signals(company: Company) -> None:
    kpi = kpi_of(company, cumulative=True)
    record(company, kpi, [sum(LEVEL[: n + 1]) for n in range(len(LEVEL))])
    refresh_outlooks(at=LATER)
    row = outlook(kpi)
    assert (row.lower_limit, row.signal_rule, row.assurance) == (None, "", "")
    assert row.forecast_period == date(2026, 12, 1)


def test_step_change_begins_new_limits(company: Company) -> None:
    kpi = kpi_of(company)
    record(company, kpi, [*LEVEL[:10], *(value + 30 for value in LEVEL[:10])])
    refresh_outlooks(at=LATER)
    assert outlook(kpi).signal_rule != ""
    StepChange.objects.create(kpi=kpi, period=months(10)[0], cause="event", note="New plant", recorded_at=NOW)
    mark_outlooks_stale([kpi.pk])
    refresh_outlooks(at=LATER)
    row = outlook(kpi)
    assert (row.signal_rule, row.centre, row.provisional) == ("", Decimal("80.2"), True)


def test_time_alone_asks_for_nothing(company: Company) -> None:
    kpi = kpi_of(company)
    record(company, kpi, LEVEL)
    refresh_outlooks(at=LATER)
    assert evaluate_due(at=NOW + timedelta(days=40)) == 1
    assert outlook(kpi).stale is False


def test_status_by_hand_asks_for_nothing(company: Company) -> None:
    kpi = kpi_of(company)
    record(company, kpi, LEVEL)
    refresh_outlooks(at=LATER)
    alice = company.actor(company.alice)
    override_status(kpi, state="on_track", reason="It will come", until=None, actor=alice, at=LATER)
    assert outlook(kpi).stale is False
    assert end_override(kpi, actor=alice, at=LATER) is True
    assert outlook(kpi).stale is False


def test_another_target_asks_for_the_probability_again(company: Company) -> None:
    kpi = kpi_of(company, target=Decimal(0), end=date(2026, 12, 31))
    record(company, kpi, LEVEL)
    refresh_outlooks(at=LATER)
    assert outlook(kpi).probability == 1.0
    KpiFigures.objects.update(announced=True)
    change_kpi(kpi, {"target": Decimal(100)}, actor=company.actor(company.alice), at=LATER, version=None)
    KpiFigures.objects.update(announced=True)
    refresh_outlooks(at=LATER)
    assert outlook(kpi).probability == 0.0
    assert KpiFigures.objects.get(kpi=kpi).announced is False


def test_range_asks_for_the_share_of_ends_inside(company: Company) -> None:
    kpi = kpi_of(company, kind="range", target=None, low=Decimal(0), high=Decimal(100))
    record(company, kpi, LEVEL)
    narrow = kpi_of(company, kind="range", target=None, low=Decimal(50), high=Decimal(50))
    record(company, narrow, LEVEL)
    refresh_outlooks(at=LATER)
    assert (outlook(kpi).probability, outlook(kpi).assurance) == (1.0, "consistently_passes")
    assert 0 < (outlook(narrow).probability or 0) < 0.7
    assert outlook(narrow).assurance == "hit_or_miss"


def test_seasonal_plan_is_forecast_as_a_total(company: Company) -> None:
    kpi = KpiFactory.create(
        organization=company.organization,
        department=company.sales,
        trajectory="seasonal",
        time_aggregation="sum",
        baseline=Decimal(0),
        target=Decimal(120),
    )
    record(company, kpi, [10] * 29)
    refresh_outlooks(at=LATER)
    row = outlook(kpi)
    assert (row.forecast_period, row.forecast_value, row.probability) == (date(2026, 12, 1), Decimal(120), 1.0)
    assert row.steps[0]["value"] == "60.00"
    assert row.steps[0]["naive"] == "60.00"


def test_version_of_the_figures_moves_only_when_something_differs(company: Company) -> None:
    kpi = kpi_of(company)
    record(company, kpi, LEVEL)
    refresh_outlooks(at=LATER)
    company.organization.refresh_from_db()
    before = company.organization.figures_version
    mark_outlooks_stale([kpi.pk])
    assert refresh_outlooks(at=LATER) == Refreshed(claimed=1, answered=1, changed=0)
    company.organization.refresh_from_db()
    assert company.organization.figures_version == before


def test_forecast_is_kept_and_only_the_latest_rewritten(company: Company) -> None:
    kpi = kpi_of(company, end=date(2026, 12, 31))
    earlier = [Reading(kpi.pk, month, Decimal(value)) for month, value in zip(months(16)[:15], LEVEL, strict=False)]
    actor = company.actor(company.alice)
    record_measurements(earlier, actor=actor, at=NOW, source="test")
    refresh_outlooks(at=NOW)
    first = PastForecast.objects.get()
    assert (first.based_on, first.made_at, first.period) == (date(2026, 4, 1), NOW, date(2026, 12, 1))
    record_measurements([Reading(kpi.pk, date(2026, 5, 1), Decimal(90))], actor=actor, at=LATER, source="test")
    refresh_outlooks(at=LATER)
    corrected = LATER + timedelta(hours=1)
    record_measurements([Reading(kpi.pk, date(2026, 5, 1), Decimal(51))], actor=actor, at=corrected, source="test")
    refresh_outlooks(at=corrected)
    kept = PastForecast.objects.order_by("based_on")
    assert [(row.based_on, row.made_at) for row in kept] == [(date(2026, 4, 1), NOW), (date(2026, 5, 1), corrected)]
    assert kept[0].steps == first.steps
    assert kept[1].value == outlook(kpi).forecast_value


def test_same_forecast_again_keeps_the_moment_it_was_made(company: Company) -> None:
    kpi = kpi_of(company)
    record(company, kpi, LEVEL)
    refresh_outlooks(at=NOW)
    mark_outlooks_stale([kpi.pk])
    refresh_outlooks(at=LATER)
    assert PastForecast.objects.get().made_at == NOW


@pytest.mark.parametrize("seed", range(3))
def test_outlook_does_not_depend_on_the_order_of_arrival(company: Company, seed: int) -> None:
    wave = [50 + 10 * (number % 12 in (5, 6, 7)) + number % 3 for number in range(40)]
    at_once, shuffled = kpi_of(company, precision=2), kpi_of(company, precision=2)
    record(company, at_once, wave)
    rows = list(zip(months(40), wave, strict=True))
    random.Random(seed).shuffle(rows)
    for part in (rows[:13], rows[13:14], rows[14:]):
        batch = [Reading(shuffled.pk, month, Decimal(value)) for month, value in part]
        record_measurements(batch, actor=company.actor(company.alice), at=NOW, source="test")
        refresh_outlooks(at=NOW)
    refresh_outlooks(at=NOW)
    assert stated(shuffled) == stated(at_once)
    assert stated(at_once)["season_removed"] is True


def test_rebuild_differs_in_no_outlook_and_mends_one(company: Company, capsys: Any) -> None:
    kpi = kpi_of(company)
    record(company, kpi, LEVEL)
    call_command("rebuild", organization="ACME")  # scores for the day on which the test runs, answers what waits
    assert "1 outlooks were waiting" in capsys.readouterr().out
    call_command("rebuild", organization="ACME")
    assert capsys.readouterr().out.splitlines()[-1] == "0 rows differed"
    KpiOutlook.objects.update(probability=0.123)
    call_command("rebuild", organization="ACME")
    assert capsys.readouterr().out.splitlines()[-1] == "1 rows differed"
    assert outlook(kpi).probability != 0.123


def statements(company: Company, count: int) -> int:
    for _number in range(count):
        record(company, kpi_of(company, target=Decimal(45)), [*LEVEL, 70])
    with CaptureQueriesContext(connection) as captured:
        assert refresh_outlooks(at=LATER).answered == count
    return len(captured)


def test_refresh_takes_the_same_statements_for_one_and_three(company: Company) -> None:
    assert statements(company, 1) == statements(company, 3) == 18


@pytest.mark.django_db(transaction=True)
def test_value_that_arrives_meanwhile_leaves_the_message_standing() -> None:
    company = make_company()
    kpi = kpi_of(company)
    record(company, kpi, LEVEL)

    def marked_by_another() -> None:
        mark_outlooks_stale([kpi.pk])
        connection.close()

    with transaction.atomic():  # between reading and storing another transaction marks the row and commits
        seen = _claimed(10, None)
        found = outlooks_of(seen)
        thread = Thread(target=marked_by_another)
        thread.start()
        thread.join(10)
        assert _store(found, seen, at=LATER) == (0, 0)
    assert outlook(kpi).stale is True
    assert refresh_outlooks(at=LATER).answered == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_messages() -> None:
    company = make_company()
    for _number in range(4):
        record(company, kpi_of(company), LEVEL)
    others: list[Refreshed] = []

    def another() -> None:
        others.append(refresh_outlooks(at=LATER, batch=3))
        connection.close()

    with transaction.atomic():
        mine = _claimed(3, None)
        thread = Thread(target=another)
        thread.start()
        thread.join(20)
    assert (len(mine), [one.answered for one in others]) == (3, [1])
    assert set(KpiOutlook.objects.filter(stale=True).values_list("pk", flat=True)) == set(mine)


@pytest.mark.django_db(transaction=True)
def test_values_being_recorded_are_not_waited_for() -> None:
    company = make_company()
    kpi = kpi_of(company)
    record(company, kpi, LEVEL)
    others: list[Refreshed] = []

    def another() -> None:
        others.append(refresh_outlooks(at=LATER))
        connection.close()

    with transaction.atomic():
        list(KpiFigures.objects.select_for_update(no_key=True).filter(pk=kpi.pk))
        thread = Thread(target=another)
        thread.start()
        thread.join(20)
        assert others == [Refreshed(claimed=1, answered=0, changed=0)]
    assert outlook(kpi).stale is True
