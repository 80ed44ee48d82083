"""The stored roll-up: incremental equals full, claims survive, days move figures, the past is computed."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpis.models import Kpi
from kpis.services import Reading, evaluate_all, evaluate_due, record_history, record_measurements
from objectives.models import Objective, ObjectiveFigures, ObjectiveSnapshot
from objectives.services import (
    check_in,
    create_contribution,
    delete_contribution,
    mark_new_day,
    roll_up,
    roll_up_all,
)
from organization.actors import Actor, system_actor
from tests.factories import (
    NOW,
    Company,
    ContributionFactory,
    KpiFactory,
    MeasureFactory,
    MeasurementFactory,
    ObjectiveFactory,
    make_company,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def system(company: Company) -> Actor:
    return system_actor(company.organization.pk)


def figures(objective: Objective) -> ObjectiveFigures:
    return ObjectiveFigures.objects.get(objective=objective)


def grown(company: Company, size: int, seed: int) -> list[Objective]:
    """A random graph: every objective contributes to up to two that come before it; leaves measure a KPI each."""
    dice = random.Random(seed)
    objectives = [ObjectiveFactory.create(organization=company.organization) for _number in range(size)]
    for place, child in enumerate(objectives[1:], start=1):
        for parent in dice.sample(objectives[:place], k=min(place, dice.choice((1, 1, 2)))):
            ContributionFactory.create(child=child, parent=parent, weight=Decimal(dice.randint(0, 30)) / 10)
    for objective in objectives[size // 3 :]:
        kpi = KpiFactory.create(organization=company.organization)
        MeasureFactory.create(objective=objective, kpi=kpi, weight=Decimal(dice.randint(1, 9)))
    return objectives


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_sequence_of_changes_equals_a_full_recomputation(company: Company, system: Actor, seed: int) -> None:
    grown(company, 18, seed)
    dice = random.Random(seed)
    organization = company.organization.pk
    evaluate_all(at=NOW, organization_id=organization)
    roll_up_all(at=NOW, organization_id=organization)
    kpis = list(Kpi.objects.filter(organization_id=organization).order_by("pk").values_list("pk", flat=True))
    for _step in range(8):
        chosen = dice.sample(kpis, 2)
        rows = [Reading(pk, date(2026, dice.randint(1, 6), 1), Decimal(dice.randint(0, 120))) for pk in chosen]
        record_measurements(rows, actor=system, at=NOW, source="test")
        if dice.random() < 0.6:
            roll_up(at=NOW, organization_id=organization)
    roll_up(at=NOW, organization_id=organization)
    assert evaluate_all(at=NOW, organization_id=organization).changed == 0
    assert roll_up_all(at=NOW, organization_id=organization).changed == 0


def test_roll_up_takes_the_same_queries_for_three_objectives_and_for_thirty(company: Company, system: Actor) -> None:
    grown(company, 3, 1)
    with CaptureQueriesContext(connection) as few:
        roll_up_all(at=NOW, organization_id=company.organization.pk)
    grown(company, 30, 2)
    with CaptureQueriesContext(connection) as many:
        roll_up_all(at=NOW, organization_id=company.organization.pk)
    assert len(few) == len(many)


def test_one_value_changes_the_top_and_todays_snapshot(company: Company, system: Actor) -> None:
    top = ObjectiveFactory.create(organization=company.organization, code="TOP")
    middle = ObjectiveFactory.create(organization=company.organization, code="MIDDLE")
    ContributionFactory.create(child=middle, parent=top)
    kpi = KpiFactory.create(organization=company.organization, code="K")
    MeasureFactory.create(objective=middle, kpi=kpi)
    record_measurements([Reading(kpi.pk, date(2026, 5, 1), Decimal(30))], actor=system, at=NOW, source="test")
    outcome = roll_up(at=NOW)
    assert (outcome.claimed, outcome.computed, outcome.changed) == (1, 2, 2)
    row = figures(top)
    assert (row.progress, row.colour, row.worst_colour, row.worst_path) == (0.3, "red", "red", ["MIDDLE"])
    snapshot = ObjectiveSnapshot.objects.get(objective=top)
    assert (snapshot.day, snapshot.progress, snapshot.colour) == (date(2026, 6, 15), 0.3, "red")
    company.organization.refresh_from_db()
    before = company.organization.figures_version
    assert roll_up(at=NOW).claimed == 0
    company.organization.refresh_from_db()
    assert company.organization.figures_version == before


def test_a_new_day_moves_what_is_expected(company: Company, system: Actor) -> None:
    objective = ObjectiveFactory.create(organization=company.organization)
    kpi = KpiFactory.create(organization=company.organization)
    MeasureFactory.create(objective=objective, kpi=kpi)
    record_measurements([Reading(kpi.pk, date(2026, 6, 1), Decimal(30))], actor=system, at=NOW, source="test")
    roll_up(at=NOW)
    expected = figures(objective).expected
    tomorrow = NOW + timedelta(days=1)
    assert evaluate_due(at=NOW) == 0
    assert evaluate_due(at=tomorrow) == 1
    mark_new_day(at=tomorrow)
    roll_up(at=tomorrow)
    moved = figures(objective).expected
    assert expected is not None
    assert moved is not None
    assert round((moved - expected) * 364) == 1
    assert list(ObjectiveSnapshot.objects.filter(objective=objective).values_list("day", flat=True)) == [
        date(2026, 6, 15),
        date(2026, 6, 16),
    ]


def test_a_cycle_is_refused_with_its_path_and_nothing_is_stored(company: Company, system: Actor) -> None:
    a, b, c = (ObjectiveFactory.create(organization=company.organization, code=code) for code in "ABC")
    create_contribution({"child": b, "parent": a}, actor=system, at=NOW)
    edge = create_contribution({"child": c, "parent": b}, actor=system, at=NOW)
    with pytest.raises(ValidationError) as refusal:
        create_contribution({"child": a, "parent": c}, actor=system, at=NOW)
    assert refusal.value.message_dict == {"parent": ["This would make a circle: A → C → B → A."]}
    delete_contribution(edge, actor=system, at=NOW, version=None)
    create_contribution({"child": a, "parent": c}, actor=system, at=NOW)


def test_history_is_what_the_engine_says_of_values_known_then(company: Company) -> None:
    objective = ObjectiveFactory.create(organization=company.organization)
    kpi = KpiFactory.create(organization=company.organization)
    MeasureFactory.create(objective=objective, kpi=kpi)
    MeasurementFactory.create(kpi=kpi, period=date(2026, 3, 1), value=Decimal(20))
    MeasurementFactory.create(kpi=kpi, period=date(2026, 4, 1), value=Decimal(40))
    days = [date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 1)]
    assert record_history(company.organization, days) == 4
    assert record_history(company.organization, days) == 0
    rows = ObjectiveSnapshot.objects.filter(objective=objective).order_by("day").values_list("progress", flat=True)
    assert list(rows) == [None, 0.2, 0.2, 0.4]


def test_check_in_changes_the_owners_figure_and_the_confidence(company: Company) -> None:
    objective = ObjectiveFactory.create(
        organization=company.organization, department=company.sales, owner=company.bob, progress_mode="manual"
    )
    check_in(
        objective,
        confidence=80,
        comment="Going well",
        progress=Decimal("0.4"),
        actor=company.actor(company.bob),
        at=NOW,
    )
    roll_up(at=NOW)
    objective.refresh_from_db()
    assert (objective.confidence, figures(objective).progress) == (80, 0.4)


def test_history_takes_the_owners_figure_stated_by_then(company: Company) -> None:
    objective = ObjectiveFactory.create(
        organization=company.organization, department=company.sales, owner=company.bob, progress_mode="manual"
    )
    bob = company.actor(company.bob)
    for days, progress in ((40, "0.2"), (10, "0.5")):
        at = NOW - timedelta(days=days)
        check_in(objective, confidence=None, comment="", progress=Decimal(progress), actor=bob, at=at)
    today = date(2026, 6, 15)
    record_history(company.organization, [today - timedelta(days=days) for days in (41, 40, 11, 9)])
    rows = ObjectiveSnapshot.objects.filter(objective=objective).order_by("day").values_list("progress", flat=True)
    assert list(rows) == [None, 0.2, 0.2, 0.5]
