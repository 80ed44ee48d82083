"""A large company with a past, and the time that its pages take (`benchmarks.as_of`)."""

import cProfile
import logging
import statistics
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import Length
from django.test import Client
from django.test.utils import setup_test_environment
from django.utils import timezone

from audit.versioning import known_since
from cmo_portal.models import PastFigures
from initiatives.models import Initiative, InitiativeObjective
from initiatives.services import refresh_delivery
from kpis.models import Kpi, Measure, Measurement, MeasurementRevision
from kpis.services import evaluate_all
from objectives.models import Contribution, Objective
from objectives.services import roll_up_all
from organization.choices import Role
from organization.models import Department, Membership, Organization, User

PER_OBJECTIVE = 5
CHILDREN = 12
DEPARTMENTS = 40
MONTHS = 24
ROUNDS = 5
KINDS = ("move", "move", "move", "period", "guardrail", "range")
DAYS_BACK = 40


def measure(kpis: int, *, database: str, profile: Path | None = None) -> int:
    """Make the company, ask for its first page, print how long that took."""
    setup_test_environment()
    logging.disable()
    connection.settings_dict["TEST"]["NAME"] = database
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        began = time.perf_counter()
        client = company(kpis)
        print(f"{kpis} KPIs made and evaluated in {time.perf_counter() - began:.0f} s", flush=True)
        day = timezone.now().date() - timedelta(days=DAYS_BACK)
        client.get("/", {"as_of": "today"})
        present = median(lambda: ask(client, "today"))
        print(f"{'first page, today':<50} {present:8.3f} s", flush=True)
        meter = cProfile.Profile() if profile else None
        with meter or nullcontext():
            first = timed(lambda: ask(client, day.isoformat()))
        if meter is not None and profile is not None:
            meter.dump_stats(profile)
        show("first page of a past day, not asked for yet", first, present)
        show("the same day again", median(lambda: ask(client, day.isoformat())), present)
        kept = PastFigures.objects.aggregate(size=Sum(Length("rows")))["size"]
        print(f"{'kept of the day':<50} {kept / 1e6:8.3f} MB", flush=True)
        cache.clear()
        show("the same day, another process", timed(lambda: ask(client, day.isoformat())), present)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    return 0


def show(name: str, seconds: float, present: float) -> None:
    print(f"{name:<50} {seconds:8.3f} s   {seconds / present:7.1f} × today", flush=True)


def timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def median(ask: Callable[[], object]) -> float:
    return statistics.median(timed(ask) for _round in range(ROUNDS))


def ask(client: Client, day: str) -> None:
    response = client.get("/", {"as_of": day})
    if response.status_code != 200 or b"Objective 1" not in response.content:
        raise SystemExit(f"{response.status_code} for {day}: this is not the page of a company with a past")


def company(kpis: int) -> Client:
    """The organization, known for three years; returns a client of somebody who sees all of it."""
    now = timezone.now()
    with transaction.atomic(), known_since(now - timedelta(days=1100)):
        organization, departments, client = people()
        objectives = strategy(organization, departments, kpis // PER_OBJECTIVE)
        rows = measured(organization, departments, objectives, kpis)
    values(rows, now)
    ids = [row.pk for row in objectives]
    evaluate_all(at=now, organization_id=organization.pk)
    refresh_delivery(ids, at=now)
    roll_up_all(at=now, organization_id=organization.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return client


def people() -> tuple[Organization, list[Department], Client]:
    organization = Organization.objects.create(code="LARGE", name="Large", created_at=datetime(2000, 1, 1, tzinfo=UTC))
    root = Department.objects.create(organization=organization, code="ROOT", name="Root", path="0", headcount=1)
    below = [
        Department(organization=organization, code=f"D{number}", name=f"D{number}", path="0", parent=root, headcount=9)
        for number in range(DEPARTMENTS)
    ]
    departments = [root, *Department.objects.bulk_create(below)]
    for row in departments:
        row.path = str(row.pk) if row is root else f"{root.pk}.{row.pk}"
    Department.objects.bulk_update(departments, ["path"])
    person = User.objects.create(email="executive@large.example", name="Executive")
    Membership.objects.create(user=person, organization=organization, role=Role.STRATEGY_OFFICE)
    client = Client()
    client.force_login(person)
    return organization, departments, client


def strategy(organization: Organization, departments: list[Department], size: int) -> list[Objective]:
    """A tree in which every objective has twelve below it, and an initiative for every fourth."""
    year = timezone.now().year
    rows = Objective.objects.bulk_create(
        Objective(
            organization=organization,
            code=f"O{number}",
            title=f"Objective {number}",
            level="strategic" if number <= CHILDREN else "department",
            department=departments[number % len(departments)],
            start=date(year, 1, 1),
            end=date(year, 12, 31),
            progress_mode="blend",
            blend=Decimal("0.5"),
        )
        for number in range(size)
    )
    Contribution.objects.bulk_create(
        Contribution(organization=organization, child=row, parent=rows[(number - 1) // CHILDREN])
        for number, row in enumerate(rows)
        if number
    )
    served = rows[::4]
    initiatives = Initiative.objects.bulk_create(
        Initiative(
            organization=organization, code=f"I{n}", title=f"I{n}", stage="in_progress", progress=Decimal(n % 10) / 10
        )
        for n, _row in enumerate(served)
    )
    InitiativeObjective.objects.bulk_create(
        InitiativeObjective(initiative=one, objective=row) for one, row in zip(initiatives, served, strict=True)
    )
    return rows


def measured(
    organization: Organization, departments: list[Department], objectives: list[Objective], size: int
) -> list[Kpi]:
    year = timezone.now().year
    rows = Kpi.objects.bulk_create(
        (
            Kpi(
                organization=organization,
                code=f"K{number}",
                name=f"KPI {number}",
                department=departments[number % len(departments)],
                kind=KINDS[number % len(KINDS)],
                direction="down" if number % 5 == 0 else "up",
                precision=number % 3,
                baseline=Decimal(100),
                target=Decimal(50 if number % 5 == 0 else 150),
                low=Decimal(80),
                high=Decimal(120),
                start=date(year, 1, 1),
                end=date(year, 12, 31),
            )
            for number in range(size)
        ),
        batch_size=2000,
    )
    Measure.objects.bulk_create(
        (Measure(objective=objectives[n // PER_OBJECTIVE % len(objectives)], kpi=row) for n, row in enumerate(rows)),
        batch_size=5000,
    )
    return rows


def values(rows: list[Kpi], now: datetime) -> None:
    """Each month's value known a week after its end; a tenth was corrected in the last thirty days."""
    dice = np.random.default_rng(20)
    first = now.year * 12 + now.month - 1 - MONTHS
    months = [date(number // 12, number % 12 + 1, 1) for number in range(first, first + MONTHS)]
    kept, former = [], []
    for row in rows:
        levels = 100 + np.cumsum(dice.normal(0.5, 4, MONTHS))
        for period, level in zip(months, levels, strict=True):
            value, known = Decimal(str(round(float(level), 3))), end_of_month(period) + timedelta(days=7)
            corrected = dice.random() < 0.1
            if corrected:
                at = now - timedelta(days=int(dice.integers(1, 30)))
                if known < at:
                    former.append(
                        MeasurementRevision(
                            kpi=row, period=period, value=value, recorded_at=known, source="file", replaced_at=at
                        )
                    )
                    value, known = value + 1, at
            kept.append(Measurement(kpi=row, period=period, value=value, recorded_at=known, source="file"))
    Measurement.objects.bulk_create(kept, batch_size=10_000)
    MeasurementRevision.objects.bulk_create(former, batch_size=10_000)


def end_of_month(period: date) -> datetime:
    following = (period + timedelta(days=32)).replace(day=1)
    return datetime(following.year, following.month, 1, tzinfo=UTC)
