"""Why an objective delivers as much as it does: the lines add up to the stored figure, on the page and in the API."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from initiatives.explain import explain_delivery, explain_whole
from initiatives.services import refresh_delivery
from objectives.models import Contribution, Objective
from objectives.services import roll_up_all
from tests.factories import (
    Company,
    ContributionFactory,
    InitiativeFactory,
    InitiativeObjectiveFactory,
    ObjectiveFactory,
)

NOW = datetime(2026, 6, 17, 9, 0, tzinfo=UTC)

ClientOf = Callable[..., APIClient]


@pytest.fixture
def top(company: Company) -> Objective:
    """S over A (weight 3), B (weight 1) and P, which is paused; A has three initiatives, one of them shared with B."""
    made: dict[str, Any] = {}
    for code, fields in (("S", {}), ("A", {}), ("B", {"department": company.finance}), ("P", {"lifecycle": "paused"})):
        made[code] = ObjectiveFactory.create(
            organization=company.organization, code=code, **{"department": company.sales, **fields}
        )
    for code, weight, confidence in (("A", 3, 60), ("B", 1, 20), ("P", 1, 0)):
        ContributionFactory.create(child=made[code], parent=made["S"], weight=weight)
        Objective.objects.filter(code=code).update(confidence=confidence)
    for code, stage, progress, served in (
        ("HALF", "in_progress", "0.5", "A"),
        ("DONE", "done", None, "A"),
        ("BOTH", "in_progress", "0.2", "AB"),
        ("MUTE", "in_progress", None, "A"),
        ("IDEA", "proposed", "0.9", "A"),
        ("LATE", "in_progress", "1", "P"),
    ):
        work = InitiativeFactory.create(
            organization=company.organization, code=code, stage=stage, department=company.sales,
            progress=None if progress is None else Decimal(progress),
        )  # fmt: skip
        for one in served:
            InitiativeObjectiveFactory.create(initiative=work, objective=made[one])
    refresh_delivery([row.pk for row in made.values()], at=NOW)
    roll_up_all(at=NOW, organization_id=company.organization.pk)
    return fresh("S")


def fresh(code: str) -> Objective:
    return Objective.objects.select_related("figures", "organization").get(code=code)


def test_own_initiatives_by_their_share_of_effort(company: Company, top: Objective) -> None:
    found = explain_delivery(fresh("A"), actor=company.actor(company.olga))
    told = [(line.code, line.weight, line.normalised, line.progress, line.counted) for line in found.lines]
    assert told == [
        ("DONE", 1.0, 0.4, None, 1.0),
        ("HALF", 1.0, 0.4, 0.5, 0.5),
        ("BOTH", 0.5, 0.2, 0.2, 0.2),
        ("MUTE", 1.0, None, None, None),
        ("IDEA", 1.0, None, 0.9, 0.9),
    ]
    assert (found.progress, fresh("A").figures.delivery) == (0.64, 0.64)
    assert round(sum(line.points or 0 for line in found.lines), 12) == 0.64
    assert [(step.filled, step.result) for step in found.steps] == [
        ("0.4 × 1 + 0.4 × 0.5 + 0.2 × 0.2", "0.64"),
        ("3 of 4 are known", None),
    ]


def test_contributing_objectives_where_it_has_no_initiative(company: Company, top: Objective) -> None:
    found = explain_delivery(top, actor=company.actor(company.olga))
    assert [(line.code, line.normalised, line.counted, line.counts) for line in found.lines] == [
        ("A", 0.75, 0.64, True),
        ("B", 0.25, 0.2, True),
        ("P", None, 1.0, False),
    ]
    assert round(sum(line.points or 0 for line in found.lines), 12) == top.figures.delivery == 0.53


def test_confidence_below_is_said_with_its_numbers(company: Company, top: Objective) -> None:
    steps = explain_whole(top, actor=company.actor(company.olga)).steps
    assert [(step.filled, step.result) for step in steps if step.formula.startswith("c =")] == [
        ("0.75 × 60 + 0.25 × 20", "50")
    ]
    assert top.figures.confidence_mean == 50.0


def test_what_lies_outside_of_sight_is_counted_and_not_named(company: Company, top: Objective) -> None:
    seen = explain_delivery(top, actor=company.actor(company.bob))
    assert {(line.code, line.title, line.hidden) for line in seen.lines if line.points == 0.05} == {
        ("", "Hidden from you", True)
    }
    assert [line.code for line in seen.lines if not line.hidden] == ["A", "P"]
    assert round(sum(line.points or 0 for line in seen.lines), 12) == 0.53


def test_api_has_both_figures(company: Company, top: Objective, client_of: ClientOf) -> None:
    whole = client_of(company.olga).get("/api/v1/objectives/S/explain/").json()
    assert (whole["progress"], whole["delivery"]["progress"]) == (None, "0.53")
    assert [line["code"] for line in whole["delivery"]["lines"]] == ["A", "B", "P"]


@pytest.mark.parametrize("count", [1, 3])
def test_explanation_queries_do_not_grow(
    company: Company, top: Objective, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        work = InitiativeFactory.create(organization=company.organization, stage="in_progress")
        InitiativeObjectiveFactory.create(initiative=work, objective=fresh("A"))
        child = ObjectiveFactory.create(organization=company.organization, code=f"C{number}", confidence=50)
        Contribution.objects.create(organization=company.organization, child=child, parent=fresh("A"), weight=1)
    row, actor = fresh("A"), company.actor(company.olga)
    with django_assert_num_queries(3):
        explain_delivery(row, actor=actor)
