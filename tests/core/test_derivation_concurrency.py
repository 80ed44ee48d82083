"""Values, corrections and changed formulas at once: no deadlock, and in the end the values of a full run."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from kpis.models import Kpi, Measurement
from kpis.services import (
    ChangedMeanwhile,
    Reading,
    change_kpi,
    create_kpi,
    enter_value,
    record_measurements,
    refresh_all_computed,
)
from organization.actors import Actor, system_actor
from tests.factories import NOW, make_company

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 6
ROUNDS = 8
MONTHS = [date(2026, month, 1) for month in range(1, 6)]


def kpi_of(actor: Actor, code: str, **fields: object) -> Kpi:
    return create_kpi({"code": code, "name": code, "kind": "unscored", **fields}, actor=actor, at=NOW)


def test_writers_of_parts_and_an_editor_of_formulas_end_in_one_truth() -> None:
    company = make_company()
    actor = system_actor(company.organization.pk)
    parts = [kpi_of(actor, f"P{number}") for number in range(4)]
    parent = kpi_of(actor, "ALL", unit_aggregation="sum")
    for part in parts:
        change_kpi(part, {"parent": parent}, actor=actor, at=NOW, version=None)
    double = kpi_of(actor, "DOUBLE", formula="ALL * 2 + P0")

    def write(writer: int) -> None:
        try:
            for turn in range(ROUNDS):
                at = NOW + timedelta(seconds=writer * ROUNDS + turn)
                value = Decimal(writer * 10 + turn)
                chosen = sorted({parts[(writer + turn) % 4].pk, parts[(writer * 3 + turn) % 4].pk})
                record_measurements(
                    [Reading(pk, MONTHS[turn % 5], value) for pk in chosen], actor=actor, at=at, source="test"
                )
                one = parts[(writer + 2 * turn) % 4]
                present = Measurement.objects.filter(kpi=one, period=MONTHS[0]).first()
                reading = Reading(one.pk, MONTHS[0], value, reason="Recount")
                try:
                    enter_value(one, reading, actor=actor, at=at, seen=present.recorded_at if present else None)
                except ChangedMeanwhile:
                    pass
        finally:
            connection.close()

    def edit() -> None:
        try:
            for turn in range(ROUNDS):
                at = NOW + timedelta(hours=1, seconds=turn)
                change_kpi(double, {"formula": f"ALL * {turn + 1}"}, actor=actor, at=at, version=None)
                rule = "mean" if turn % 2 else "sum"
                change_kpi(parent, {"unit_aggregation": rule}, actor=actor, at=at, version=None)
                owner = None if turn % 2 else parent
                change_kpi(parts[3], {"parent": owner}, actor=actor, at=at, version=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        tasks = [pool.submit(edit), *(pool.submit(write, number) for number in range(WRITERS))]
        for task in tasks:
            task.result(timeout=120)
    assert Measurement.objects.filter(kpi=double).exists()
    assert refresh_all_computed(company.organization, actor=actor, at=NOW + timedelta(days=1)).rows == 0
