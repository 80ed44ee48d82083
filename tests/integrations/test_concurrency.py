"""Imports among other writers: everybody finishes, nothing is lost, nothing is stored twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from threading import Event as Flag

import pytest
from django.db import connection

from integrations.packages import read_path
from integrations.services import ImportOutcome, import_strategy
from kpis.models import Kpi
from kpis.services import Reading, evaluate_all, record_measurements
from objectives.models import Objective, ObjectiveFigures
from objectives.services import roll_up, roll_up_all
from organization.actors import system_actor
from organization.models import Organization
from tests.integrations.samples import SOUND, write_package

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
MONTHS = [date(2026, month, 1) for month in (3, 4, 5, 6)]


def test_values_arrive_while_a_package_is_imported_again_and_again(tmp_path: Path) -> None:
    organization = import_strategy(read_path(write_package(tmp_path / "0", SOUND)), actor=system_actor(0), at=AT)
    actor = system_actor(organization.organization_id)
    kpis = list(Kpi.objects.filter(code__in=["KPI-1", "KPI-2"]).order_by("pk").values_list("pk", flat=True))
    done = Flag()

    def send(writer: int) -> int:
        sent = 0
        try:
            while not done.is_set():
                rows = [Reading(pk, MONTHS[sent % 4], Decimal(100 + writer * 10 + sent % 7)) for pk in kpis]
                record_measurements(rows, actor=actor, at=AT, source="test")
                roll_up(at=AT, organization_id=actor.organization_id)
                sent += 1
        finally:
            connection.close()
        return sent

    def bring(turn: int) -> None:
        tables = {
            **SOUND,
            "objectives": SOUND["objectives"].replace("Half the carbon", f"Carbon {turn}"),
            "departments": SOUND["departments"].replace(
                "SRV,Services,OPS", f"SRV,Services,{'KES' if turn % 2 else 'OPS'}"
            ),
            "measurements": SOUND["measurements"].replace("178.5", f"17{turn}.5"),
            "measures": SOUND["measures"].replace("KPI-2,3", f"KPI-2,{turn + 1}"),
        }
        import_strategy(read_path(write_package(tmp_path / str(turn), tables)), actor=actor, at=AT)

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(send, number) for number in range(2)]
        try:
            for turn in range(1, 7):
                bring(turn)
        finally:
            done.set()
        assert all(writer.result(timeout=60) > 0 for writer in writers)
    assert Objective.objects.get(code="OBJ-1").title == "Carbon 6"
    roll_up(at=AT, organization_id=actor.organization_id)
    assert ObjectiveFigures.objects.filter(stale_at__isnull=False).count() == 0
    scored = evaluate_all(at=AT, organization_id=actor.organization_id)
    assert (scored.changed, scored.objectives) == (0, 0)
    assert roll_up_all(at=AT, organization_id=actor.organization_id).changed == 0


def test_the_same_package_at_the_same_time_is_stored_once(tmp_path: Path) -> None:
    package = read_path(write_package(tmp_path, SOUND))

    def bring(_number: int) -> ImportOutcome:
        try:
            return import_strategy(package, actor=system_actor(0), at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(bring, range(3), timeout=60))
    assert Organization.objects.count() == 1
    assert sorted(outcome.plan.changes_nothing for outcome in outcomes) == [False, True, True]
