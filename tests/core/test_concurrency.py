"""Writers at the same time: nothing is lost, the stored figures equal a full recomputation."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from kpis.services import Reading, evaluate_all, record_measurements
from objectives.models import ObjectiveFigures
from objectives.services import roll_up, roll_up_all
from organization.actors import system_actor
from tests.factories import NOW, ContributionFactory, KpiFactory, MeasureFactory, ObjectiveFactory, make_company

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
ROUNDS = 12


@pytest.fixture
def measured() -> tuple[int, list[int], int]:
    """One root over four objectives that share twelve KPIs."""
    company = make_company()
    root = ObjectiveFactory.create(organization=company.organization)
    children = [ObjectiveFactory.create(organization=company.organization) for _number in range(4)]
    kpis = [KpiFactory.create(organization=company.organization) for _number in range(12)]
    for child in children:
        ContributionFactory.create(child=child, parent=root)
        for kpi in kpis:
            MeasureFactory.create(objective=child, kpi=kpi)
    return company.organization.pk, [kpi.pk for kpi in kpis], root.pk


def test_eight_writers_lose_nothing(measured: tuple[int, list[int], int]) -> None:
    organization, kpis, root = measured
    actor = system_actor(organization)

    def write(writer: int) -> None:
        try:
            for turn in range(ROUNDS):
                chosen = sorted({kpis[(writer * 5 + turn) % 12], kpis[(writer + turn * 7) % 12]})
                rows = [Reading(pk, date(2026, 1 + turn % 6, 1), Decimal(writer * 10 + turn)) for pk in chosen]
                record_measurements(rows, actor=actor, at=NOW, source="test")
                if turn % 3 == 0:
                    roll_up(at=NOW, organization_id=organization)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(write, number) for number in range(WRITERS)]:
            done.result(timeout=60)
    roll_up(at=NOW, organization_id=organization)
    assert ObjectiveFigures.objects.filter(stale_at__isnull=False).count() == 0
    assert ObjectiveFigures.objects.get(pk=root).progress is not None
    scored = evaluate_all(at=NOW, organization_id=organization)
    assert (scored.changed, scored.objectives) == (0, 0)
    assert roll_up_all(at=NOW, organization_id=organization).changed == 0
