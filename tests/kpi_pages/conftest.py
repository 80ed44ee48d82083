"""The company on a fixed day, its KPIs scored by the engine, and browsers of its people."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from kpis.models import Kpi
from kpis.services import Reading, create_kpi, create_measure, evaluate_kpis, record_measurements
from objectives.models import Objective
from objectives.services import create_objective
from organization.actors import Actor, system_actor
from organization.models import Department, User
from tests.factories import Company, make_company

TODAY = datetime(2026, 11, 12, 5, 0, tzinfo=UTC)
BEFORE = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)

Maker = Callable[..., Kpi]


@pytest.fixture(autouse=True)
def today(time_machine: Any) -> None:
    time_machine.move_to(TODAY, tick=False)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What a page before was asked for in another language leaves no trace."""
    with translation.override("en"):
        yield


@pytest.fixture
def company(db: Any) -> Company:
    return make_company()


@pytest.fixture
def office(company: Company) -> Actor:
    return system_actor(company.organization.pk)


@pytest.fixture
def browser(company: Company) -> Callable[[User], Client]:
    """A browser in which the person has signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def make_kpi(company: Company, office: Actor) -> Maker:
    """A monthly percentage from 80 to 90 over 2026, with the values given by month."""

    def make(
        code: str, values: Mapping[int, str] | None = None, department: Department | None = None, **fields: Any
    ) -> Kpi:
        definition = {
            "code": code,
            "name": f"Kpi {code}",
            "unit": "%",
            "precision": 1,
            "baseline": Decimal(80),
            "target": Decimal(90),
            "start": date(2026, 1, 1),
            "end": date(2026, 12, 31),
            "department": department or company.sales,
            "owner": company.bob,
        }
        kpi = create_kpi(definition | fields, actor=office, at=BEFORE)
        readings = [
            Reading(kpi.pk, date(2026, month, 1), Decimal(value)) for month, value in sorted((values or {}).items())
        ]
        if readings:
            record_measurements(readings, actor=office, at=BEFORE, source="import")
        evaluate_kpis([kpi.pk], at=TODAY)
        return Kpi.objects.select_related("figures").get(pk=kpi.pk)

    return make


@pytest.fixture
def delivery(make_kpi: Maker) -> Kpi:
    """On-time delivery: nine months known, October waits."""
    values = {month: str(Decimal(81) + Decimal(month) / 2) for month in range(1, 10)}
    return make_kpi("K-13", values, name="On-time delivery")


@pytest.fixture
def objective(company: Company, office: Actor, delivery: Kpi) -> Objective:
    """An objective of the process perspective that on-time delivery measures."""
    fields = {
        "code": "OPS-1",
        "title": "Stabilise assembly",
        "department": company.sales,
        "perspective": "process",
        "start": date(2026, 1, 1),
        "end": date(2026, 12, 31),
    }
    row = create_objective(fields, actor=office, at=BEFORE)
    create_measure({"objective": row, "kpi": delivery, "weight": Decimal(2)}, actor=office, at=BEFORE)
    return row
