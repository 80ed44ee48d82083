"""Confidence through the roll-up, and how good it turned out to be."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from objectives.models import CheckIn, Objective, ObjectiveFigures
from objectives.services import By, check_in, confidence_record, roll_up, roll_up_all
from tests.factories import NOW, Company, ContributionFactory, ObjectiveFactory, make_company

pytestmark = pytest.mark.django_db

ENDED = date(2026, 3, 31)


@pytest.fixture
def company() -> Company:
    return make_company()


def objective(company: Company, code: str, **fields: Any) -> Objective:
    return ObjectiveFactory.create(
        organization=company.organization, department=company.sales, owner=company.bob, code=code, **fields
    )


def below(parent: Objective, child: Objective, weight: int = 1) -> None:
    ContributionFactory.create(parent=parent, child=child, weight=weight)


def sure(code: str) -> tuple[float | None, int | None, str]:
    row = ObjectiveFigures.objects.get(objective__code=code)
    return row.confidence_mean, row.confidence_low, row.confidence_low_code


def test_roll_up_stores_the_mean_and_the_lowest_below(company: Company) -> None:
    top, left, right = (objective(company, code) for code in ("TOP", "LEFT", "RIGHT"))
    below(top, left, 3)
    below(top, right)
    Objective.objects.filter(code="LEFT").update(confidence=80)
    Objective.objects.filter(code="RIGHT").update(confidence=40)
    roll_up_all(at=NOW, organization_id=company.organization.pk)
    assert (sure("TOP"), sure("LEFT")) == ((70.0, 40, "RIGHT"), (80.0, 80, "LEFT"))


def test_check_in_reaches_the_top_and_a_rebuild_finds_nothing_new(company: Company) -> None:
    top, middle, leaf = (objective(company, code) for code in ("TOP", "MIDDLE", "LEAF"))
    below(top, middle)
    below(middle, leaf)
    roll_up_all(at=NOW, organization_id=company.organization.pk)
    assert sure("TOP") == (None, None, "")
    check_in(leaf, confidence=55, comment="", progress=None, actor=company.actor(company.bob), at=NOW)
    assert roll_up(at=NOW).changed == 3
    assert sure("TOP") == (55.0, 55, "LEAF")
    check_in(middle, confidence=90, comment="", progress=None, actor=company.actor(company.bob), at=NOW)
    roll_up(at=NOW)
    assert (sure("TOP"), sure("MIDDLE")) == ((90.0, 55, "LEAF"), (55.0, 55, "LEAF"))
    assert roll_up_all(at=NOW, organization_id=company.organization.pk).changed == 0


def test_cancelled_objectives_say_nothing_above(company: Company) -> None:
    top = objective(company, "TOP")
    below(top, objective(company, "GONE", lifecycle="cancelled", confidence=5))
    below(top, objective(company, "THERE", confidence=75))
    roll_up_all(at=NOW, organization_id=company.organization.pk)
    assert sure("TOP") == (75.0, 75, "THERE")


def closed(company: Company, number: int, confidence: int | None, progress: float | None, **fields: Any) -> Objective:
    row = objective(company, f"C{number}", end=ENDED, figures={"progress": progress}, **fields)
    if confidence is not None:
        say(row, confidence, datetime(2026, 3, 1, tzinfo=UTC))
    return row


def say(row: Objective, confidence: int, at: datetime) -> None:
    CheckIn.objects.create(objective=row, at=at, confidence=confidence)


def test_record_counts_what_was_said_before_the_end(company: Company) -> None:
    for number in range(8):
        closed(company, number, 80, 1.0)
    early = closed(company, 8, 10, 0.6)
    say(early, 60, datetime(2026, 3, 31, 20, tzinfo=UTC))
    say(early, 0, datetime(2026, 4, 1, 0, 30, tzinfo=UTC))
    closed(company, 9, 60, 0.99)
    row = confidence_record(company.actor(company.olga), by=By.OWNER, at=NOW)[0]
    assert (row.key, row.name, row.items, row.needed) == ("bob@acme.example", "Bob", 10, 10)
    assert (row.score, row.mean_confidence, row.achieved_share) == (0.104, 76.0, 0.8)


def test_record_leaves_out_what_nothing_can_be_said_of(company: Company) -> None:
    closed(company, 1, 80, None)
    closed(company, 2, None, 1.0)
    closed(company, 3, 80, 1.0, lifecycle="cancelled")
    still = objective(company, "OPEN", figures={"progress": 1.0})
    say(still, 80, NOW - timedelta(days=30))
    assert confidence_record(company.actor(company.olga), by=By.OWNER, at=NOW) == []


def test_record_below_ten_says_how_many_there_are(company: Company) -> None:
    closed(company, 1, 80, 1.0)
    row = confidence_record(company.actor(company.olga), by=By.DEPARTMENT, at=NOW)[0]
    assert (row.key, row.items, row.needed, row.score, row.achieved_share) == ("SALES", 1, 10, None, None)


def test_record_reads_only_what_the_actor_sees(company: Company) -> None:
    closed(company, 1, 80, 1.0)
    assert confidence_record(company.actor(company.dora), by=By.OWNER, at=NOW) == []


def test_record_takes_two_queries_for_one_and_for_three(company: Company) -> None:
    actor = company.actor(company.olga)
    for numbers in ([1], [2, 3]):
        for number in numbers:
            closed(company, number, 80, 1.0)
        with CaptureQueriesContext(connection) as captured:
            confidence_record(actor, by=By.DEPARTMENT, at=NOW)
        assert len(captured) == 2
