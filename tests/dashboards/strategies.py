"""Small strategies for the pages that look across apps."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from initiatives.choices import Stage
from initiatives.models import StatusUpdate
from objectives.choices import Level
from objectives.models import Objective, ObjectiveSnapshot
from tests.factories import (
    Company,
    ContributionFactory,
    InitiativeFactory,
    InitiativeObjectiveFactory,
    KpiFactory,
    MeasureFactory,
    MeasurementFactory,
    ObjectiveFactory,
    VisionFactory,
)

RED = {"state": "off_track", "colour": "red"}
GREEN = {"state": "on_track", "colour": "green"}


def top(
    company: Company, code: str, *, progress: float | None = 0.5, expected: float | None = 0.5, **figures: object
) -> Objective:
    """A strategic objective with these figures, on track unless they say otherwise; the engine says what is shown."""
    shown = {**GREEN, **figures}
    computed = {f"computed_{name}": shown[name] for name in ("state", "colour")}
    return ObjectiveFactory.create(
        organization=company.organization,
        code=code,
        title=f"Aim {code}",
        level=Level.STRATEGIC,
        figures={"progress": progress, "expected": expected, **computed, **shown},
    )


def branch(company: Company, number: int, department: object = None) -> Objective:
    """A strategic objective S<n> off track with one contributing objective, a red KPI, a red initiative, a blocker."""
    department = department or company.sales
    root = top(
        company,
        f"S{number}",
        progress=0.4,
        expected=0.6,
        **RED,
        worst_colour="red",
        worst_path=[f"D{number}", f"K{number}"],
    )
    child = ObjectiveFactory.create(
        organization=company.organization,
        code=f"D{number}",
        title=f"Work {number}",
        department=department,
        perspective="environment",
        figures={
            "progress": 0.4,
            "expected": 0.6,
            "direct_total": 1,
            "direct_state": "ok",
            "direct_progress": 0.4,
            **RED,
        },
    )
    ContributionFactory.create(child=child, parent=root)
    kpi = KpiFactory.create(
        organization=company.organization,
        code=f"K{number}",
        name=f"Number {number}",
        department=department,
        figures={
            "value": Decimal(40),
            "expected": Decimal(60),
            "variance": Decimal(-20),
            "favourable_variance": Decimal(-20),
            "variance_pct": -0.33,
            "counts": True,
            "roll_progress": 0.4,
            "roll_expected": 0.6,
            **RED,
        },
    )
    MeasureFactory.create(objective=child, kpi=kpi)
    for month in range(1, 4):
        MeasurementFactory.create(kpi=kpi, period=date(2026, month, 1), value=Decimal(10 * month))
    work = InitiativeFactory.create(
        organization=company.organization,
        code=f"I{number}",
        title=f"Project {number}",
        department=department,
        stage=Stage.IN_PROGRESS,
        status="red",
        progress=Decimal("0.3"),
    )
    InitiativeObjectiveFactory.create(initiative=work, objective=child)
    StatusUpdate.objects.create(
        initiative=work,
        at=timezone.now() - timedelta(days=2),
        stage=Stage.IN_PROGRESS,
        status="red",
        blocker=f"Stop {number}",
    )
    return root


def past(objective: Objective, days: int, *, progress: float, expected: float, state: str, colour: str) -> None:
    """How the objective stood that many days ago."""
    ObjectiveSnapshot.objects.create(
        objective=objective,
        day=timezone.localdate() - timedelta(days=days),
        progress=progress,
        expected=expected,
        state=state,
        colour=colour,
    )


def vision(company: Company, statement: str = "To be the best.") -> None:
    today = timezone.localdate()
    VisionFactory.create(
        organization=company.organization,
        statement=statement,
        start=today - timedelta(days=400),
        end=today + timedelta(days=400),
    )
