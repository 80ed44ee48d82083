"""The demo in the database: seeded once for the whole file, in a transaction that is rolled back."""

import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from alerts.choices import OPEN_STATES
from alerts.models import Alert
from alerts.services import reconcile
from audit.models import Event
from initiatives.choices import AlignmentMeasure
from initiatives.models import AlignmentSnapshot, Initiative, InitiativeObjective, StatusUpdate
from initiatives.services import keep_alignment
from integrations.demo import PASSWORD, seed_demo, sign_ins
from integrations.demo.company import read_company
from kpis.choices import Source
from kpis.models import (
    FormulaOperand,
    Kpi,
    KpiFigures,
    Measurement,
    MeasurementRevision,
    PeriodLock,
    Restatement,
    StatusOverride,
    StepChange,
)
from kpis.services import evaluate_all
from objectives.choices import EdgeKind, Level
from objectives.models import CheckIn, Contribution, Objective, ObjectiveFigures, ObjectiveSnapshot, Vision
from objectives.services import roll_up_all
from organization.choices import Role
from organization.models import Department, Membership, Organization, User, actor_of

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
COUNTED = (Event, Measurement, MeasurementRevision, StatusUpdate, CheckIn, ObjectiveSnapshot, Alert, Membership, User)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Organization]:
    with django_db_blocker.unblock(), transaction.atomic():
        assert seed_demo(at=AT) == ["KESTRANE", "VALMORIN"]
        yield Organization.objects.get(code="KESTRANE")
        transaction.set_rollback(True)


def of(model: Any, organization: Organization) -> Any:
    return model.objects.filter(organization=organization)


def figures(organization: Organization) -> dict[str, ObjectiveFigures]:
    rows = ObjectiveFigures.objects.filter(objective__organization=organization).select_related("objective")
    return {row.objective.code: row for row in rows}


def test_seed_brings_the_whole_company(demo: Organization) -> None:
    assert Department.objects.filter(organization=demo, parent__code="KG").count() == 8
    assert Department.objects.get(organization=demo, parent=None).headcount == 6040
    assert Counter(of(Objective, demo).values_list("level", flat=True)) == {Level.STRATEGIC: 5, Level.DEPARTMENT: 25}
    assert (of(Initiative, demo).count(), of(Contribution, demo).count()) == (80, 31)
    assert of(Kpi, demo).count() == len(read_company("company").rows("kpis"))
    assert of(Objective, demo).filter(level=Level.STRATEGIC, department=None, vision__code="VISION").count() == 5
    assert of(Contribution, demo).filter(kind=EdgeKind.SUPPORTS).count() == 3
    assert of(Kpi, demo).filter(owner=None).count() == 0
    assert of(Vision, demo).get().start == date(2025, 1, 1)


def test_seed_twice_changes_nothing(demo: Organization) -> None:
    before = [model.objects.count() for model in COUNTED]
    assert seed_demo(at=AT) == []
    assert [model.objects.count() for model in COUNTED] == before


@pytest.mark.parametrize("code", ["KESTRANE", "VALMORIN"])
def test_figures_equal_a_full_recomputation(demo: Organization, code: str) -> None:
    organization = Organization.objects.get(code=code)
    assert evaluate_all(at=AT, organization_id=organization.pk).changed == 0
    assert roll_up_all(at=AT, organization_id=organization.pk).changed == 0
    assert reconcile(at=AT) == 0


def test_strategic_objectives_tell_the_story(demo: Organization) -> None:
    found = figures(demo)
    states = {code: str(found[code].state) for code in ("S1", "S2", "S3", "S4", "S5")}
    assert states == {"S1": "on_track", "S2": "at_risk", "S3": "on_track", "S4": "off_track", "S5": "on_track"}
    assert found["S2"].worst_path == ["SCM-1"]
    assert str(found["SCM-1"].state) == "off_track"
    shown = {code: round((found[code].progress or 0) * 100) for code in states}
    assert shown == {"S1": 65, "S2": 62, "S3": 71, "S4": 45, "S5": 69}


def test_kpis_show_every_kind_of_status(demo: Organization) -> None:
    rows = KpiFigures.objects.filter(kpi__organization=demo)
    assert Counter(rows.values_list("state", flat=True)) == {
        "on_track": 40, "at_risk": 17, "off_track": 9, "no_data": 2, "stale": 1, "no_target": 2,
    }  # fmt: skip


def test_corrections_keep_the_first_value_with_its_reason(demo: Organization) -> None:
    rows = MeasurementRevision.objects.filter(kpi__organization=demo).select_related("kpi").order_by("kpi__code")
    observed = [row.kpi.code for row in rows if row.source not in Source.values]
    assert observed == ["K-09", "K-13", "K-15", "K-26", "K-29", "K-40", "K-48"]
    assert all(row.reason and row.replaced_by_id for row in rows)
    estimate = Measurement.objects.get(kpi__organization=demo, estimate=True)
    assert (estimate.period, bool(estimate.note)) == (date(2026, 10, 1), True)


def test_worked_out_kpis_follow_from_the_others(demo: Organization) -> None:
    def latest(code: str) -> Measurement:
        return Measurement.objects.filter(kpi__organization=demo, kpi__code=code).latest("period")

    plants = [latest(f"K-{number}") for number in range(62, 67)]
    group = latest("K-61")
    assert group.numerator == sum(row.numerator or 0 for row in plants)
    assert (group.denominator, group.coverage) == (sum(row.denominator or 0 for row in plants), 1)
    revenue, cost, margin = (latest(code).value or Decimal(0) for code in ("K-67", "K-70", "K-71"))
    assert revenue == (latest("K-68").value or 0) + (latest("K-69").value or 0)
    assert margin == round(100 * (revenue - cost) / revenue, 10)
    assert FormulaOperand.objects.filter(kpi__organization=demo, kpi__code="K-71").count() == 2


def test_what_people_say_beside_the_figures_is_alive(demo: Organization) -> None:
    said = StatusOverride.objects.get(kpi__organization=demo)
    figures = KpiFigures.objects.get(kpi=said.kpi_id)
    assert (said.kpi.code, said.ended_at, said.expires_on) == ("K-65", None, date(2026, 12, 16))
    assert (figures.state, figures.computed_state) == ("at_risk", "on_track")
    assert of(PeriodLock, demo).get().through == date(2026, 6, 30)
    waiting = of(Restatement, demo).get()
    value = waiting.values.get()
    assert (waiting.state, waiting.proposed_by and waiting.proposed_by.email) == (
        "proposed",
        "fabio.conti@kestrane.example",
    )
    assert (value.kpi.code, value.period) == ("K-64", date(2026, 5, 1))
    assert value.former is not None
    assert value.value != value.former
    causes = StepChange.objects.filter(kpi__organization=demo).order_by("pk")
    assert sorted(causes.values_list("kpi__code", "cause", "cause_code")) == [
        ("K-13", "decision", ""),
        ("K-13", "event", ""),
        ("K-63", "initiative", "I-403"),
    ]


def test_alignment_has_a_past_computed_on_its_days(demo: Organization) -> None:
    rows = of(AlignmentSnapshot, demo)
    days = sorted(set(rows.values_list("day", flat=True)))
    assert rows.count() == len(days) * len(AlignmentMeasure)
    recent = [day for day in days if day >= date(2026, 8, 22)]
    assert (days[0], days[-1], len(recent)) == (date(2025, 10, 5), date(2026, 11, 22), 17)
    blind = dict(rows.filter(measure=AlignmentMeasure.BLIND).values_list("day", "numerator"))
    assert (blind[date(2026, 9, 20)], blind[date(2026, 11, 22)]) == (4, 3)
    assert keep_alignment(demo.pk, day=date(2026, 11, 22)) == 0


def test_initiatives_stand_as_their_last_update_says(demo: Organization) -> None:
    for row in of(Initiative, demo).exclude(status_at=None):
        last = row.status_updates.first()
        assert (row.stage, row.status, row.progress, row.status_at) == (last.stage, last.status, last.progress, last.at)
        assert row.comment == last.comment
        assert row.translations["fr"]["comment"]
    stages = Counter(of(Initiative, demo).values_list("stage", flat=True))
    assert stages == {"in_progress": 66, "done": 10, "on_hold": 1, "approved": 1, "proposed": 1, "idea": 1}
    assert (
        InitiativeObjective.objects.filter(initiative__organization=demo).values("initiative").distinct().count() == 75
    )
    assert StatusUpdate.objects.filter(initiative__organization=demo).exclude(blocker="").count() > 3


def test_course_of_the_past_is_kept(demo: Organization) -> None:
    rows = ObjectiveSnapshot.objects.filter(objective__organization=demo, objective__code="S2").order_by("day")
    days = list(rows.values_list("day", flat=True))
    assert (days[0], days[-1]) == (date(2025, 1, 31), date(2026, 11, 22))
    assert len(days) > 30
    assert rows.filter(confidence=None).count() == 0
    assert rows.filter(progress=None).count() == 0
    confidences = CheckIn.objects.filter(objective__organization=demo, objective__code="S2").order_by("at")
    assert list(confidences.values_list("confidence", flat=True)) == [72, 72, 73, 74, 74, 73, 72, 70, 66, 64, 62, 54]


def test_inbox_has_open_answered_and_ended_alerts(demo: Organization) -> None:
    states = Counter(of(Alert, demo).values_list("state", flat=True))
    assert states["acknowledged"] > 0
    assert states["closed"] > 0
    assert states["resolved"] > 0
    assert 5 <= of(Alert, demo).filter(state__in=OPEN_STATES).count() <= 30
    assert of(Alert, demo).filter(opened_at__gt=AT).count() == 0


def test_ledger_never_tells_the_future(demo: Organization) -> None:
    assert Event.objects.filter(organization_id=demo.pk, at__gt=AT).count() == 0


def test_one_person_of_each_role_signs_in(demo: Organization) -> None:
    people = sign_ins()
    assert {role for role, _email, _password in people} == {str(label) for label in Role.labels}
    for _role, email, password in people:
        user = User.objects.get(email=email)
        assert user.check_password(password)
        assert actor_of(user, demo) is not None
    assert {password for _role, _email, password in people} == {PASSWORD}


def test_fractional_officer_belongs_to_two_organizations(demo: Organization) -> None:
    both = {"KESTRANE", "VALMORIN"}
    rows = Membership.objects.filter(organization__code__in=both)
    tomas = rows.filter(user__email="tomas.lindqvist@kestrane.example")
    juliette = rows.filter(user__email="juliette.carmin@valmorin.example")
    assert Counter(tomas.values_list("organization__code", "role")) == {
        ("KESTRANE", Role.STRATEGY_OFFICE): 1,
        ("VALMORIN", Role.STRATEGY_OFFICE): 1,
    }
    assert list(juliette.values_list("organization__code", flat=True)) == ["VALMORIN"]
    second = Organization.objects.get(code="VALMORIN")
    assert (of(Objective, second).count(), of(Kpi, second).count()) == (3, 5)


@pytest.mark.django_db
@override_settings(IS_PRODUCTION=True)
def test_production_portal_refuses_the_demo() -> None:
    with pytest.raises(CommandError, match="production portal"):
        call_command("seed_demo", stdout=io.StringIO())
    assert Organization.objects.filter(code__in=["KESTRANE", "VALMORIN"]).count() == 0


def test_command_says_that_the_companies_are_there(demo: Organization) -> None:
    said = io.StringIO()
    call_command("seed_demo", stdout=said)
    assert said.getvalue() == "The demo companies are there already.\n"
