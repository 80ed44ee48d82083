"""What is due from a person: which things, when, and in which order; the count in the menu says the same."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.models import Alert, AlertRule
from dashboards.agenda import (
    RANK_OF_WHEN,
    Kind,
    Task,
    When,
    days_late,
    due_after,
    gap_of,
    last_day_of_week,
    next_key,
    ordered,
    share_of_time,
    when_of,
)
from dashboards.reports.week_words import weight_words
from dashboards.services import Bearing, due_counts, due_of, influences_of
from kpis.models import RestatedValue, Restatement
from objectives.choices import Level
from objectives.models import CheckIn, Contribution, Objective, ObjectiveFigures
from objectives.services import ensure_figures
from organization.models import Organization, User
from tests.factories import (
    Company,
    ContributionFactory,
    InitiativeFactory,
    InitiativeObjectiveFactory,
    KpiFactory,
    MeasureFactory,
    ObjectiveFactory,
)

NOW = datetime(2026, 6, 17, 9, 0, tzinfo=UTC)
"""A Wednesday."""

TODAY = NOW.date()

TASKS = st.lists(
    st.builds(
        Task,
        st.sampled_from(list(Kind)),
        st.text("ABC123", min_size=1, max_size=4),
        st.dates(date(2026, 5, 1), date(2026, 7, 1)),
        st.sampled_from([0.0, 0.1, 0.25, 1.0]),
        st.sampled_from([0.0, 0.2, 0.5]),
    ),
    unique_by=lambda task: task.key,
    max_size=30,
)


@given(TASKS, st.randoms(use_true_random=False))
def test_order_does_not_depend_on_how_things_were_read(tasks: list[Task], chance: random.Random) -> None:
    shuffled = tasks[:]
    chance.shuffle(shuffled)
    assert ordered(shuffled, TODAY) == ordered(tasks, TODAY)
    assert sorted(task.key for task in ordered(tasks, TODAY)) == sorted(task.key for task in tasks)


@given(TASKS)
def test_order_is_total_groups_first_then_consequence_then_lateness(tasks: list[Task]) -> None:
    found = ordered(tasks, TODAY)
    for one, other in pairwise(found):
        ranks = [RANK_OF_WHEN[when_of(task.due_on, TODAY)] for task in (one, other)]
        assert ranks[0] <= ranks[1]
        if ranks[0] == ranks[1]:
            assert one.consequence >= other.consequence
            if one.consequence == other.consequence:
                assert one.due_on <= other.due_on


def test_week_ends_on_friday_and_on_a_weekend_on_the_next_one() -> None:
    days = [date(2026, 6, 15) + timedelta(days=ahead) for ahead in range(7)]
    assert [last_day_of_week(day).isoformat() for day in days] == ["2026-06-19"] * 5 + ["2026-06-26"] * 2


def test_groups_and_lateness() -> None:
    assert [when_of(TODAY + timedelta(days=days), TODAY) for days in (-1, 0, 1)] == [When.LATE, When.TODAY, When.FRIDAY]
    assert [days_late(TODAY - timedelta(days=days), TODAY) for days in (-3, 0, 2)] == [0, 0, 2]


def test_gap_is_what_is_missing_and_never_invented() -> None:
    assert gap_of(0.4, 0.6) == pytest.approx(0.2)
    assert gap_of(0.7, 0.6) == 0.0
    assert gap_of(None, 0.6, -0.19) == 0.19
    assert gap_of(None, None) == 0.0


def test_time_that_has_passed() -> None:
    assert share_of_time(date(2026, 6, 1), date(2026, 6, 11), date(2026, 6, 6)) == 0.5
    assert share_of_time(date(2026, 6, 1), date(2026, 6, 1), date(2026, 6, 1)) == 1.0
    assert share_of_time(None, date(2026, 6, 1), TODAY) is None


def test_next_statement_is_a_rhythm_after_the_last_word_or_the_start() -> None:
    week = timedelta(days=7)
    assert due_after(date(2026, 6, 10), date(2026, 1, 1), week, TODAY) == TODAY
    assert due_after(None, date(2026, 1, 1), week, TODAY) == date(2026, 1, 8)
    assert due_after(None, None, week, TODAY) == TODAY


def test_next_key_is_the_one_that_followed() -> None:
    assert next_key(["a", "b", "c"], "b") == "c"
    assert next_key(["a", "b", "c"], "c") == "a"
    assert next_key(["a"], "a") == ""
    assert next_key(["b", "c"], "a") == "b"


# ---- what is due ----------------------------------------------------------------------------------------------------


def kpi(company: Company, code: str, **fields: Any) -> Any:
    """May has no value; it was due on 10 June."""
    figures = {"due_on": date(2026, 6, 10), "period": date(2026, 4, 1), **fields.pop("figures", {})}
    said = {"department": company.sales, "owner": company.bob, **fields}
    return KpiFactory.create(organization=company.organization, code=code, figures=figures, **said)


def objective(company: Company, code: str, **fields: Any) -> Any:
    said = {"department": company.sales, "owner": company.bob, **fields}
    return ObjectiveFactory.create(organization=company.organization, code=code, **said)


def initiative(company: Company, code: str, **fields: Any) -> Any:
    said = {"department": company.sales, "owner": company.bob, "stage": "in_progress", **fields}
    return InitiativeFactory.create(organization=company.organization, code=code, **said)


def alert(company: Company, number: int, **fields: Any) -> Alert:
    rule, _made = AlertRule.objects.get_or_create(
        organization=company.organization, code="R", name="R", kind="variance"
    )
    said = {"state": "firing", "severity": "red", "owner": company.bob, "department": company.sales, **fields}
    opened = said.pop("opened_at", NOW - timedelta(days=1))
    return Alert.objects.create(
        organization=company.organization,
        number=number,
        code=f"AL-{number}",
        rule=rule,
        opened_at=opened,
        changed_at=opened,
        **said,
    )


def restatement(company: Company, number: int, by: User, about: Any) -> Restatement:
    row = Restatement.objects.create(
        organization=company.organization, number=number, code=f"R-{number}", reason="Late", proposed_at=NOW,
        proposed_by=by,
    )  # fmt: skip
    RestatedValue.objects.create(restatement=row, kpi=about, period=date(2026, 1, 1), value=Decimal(5))
    return row


def keys(company: Company, person: User, at: datetime = NOW) -> list[str]:
    """The list; the count in the menu is its length."""
    actor = company.actor(person)
    found = [due.task.key for due in due_of(actor, company.organization, at=at)]
    counts = Organization.objects.filter(pk=company.organization.pk).values_list(
        *due_counts(actor, company.organization, at=at)
    )
    assert sum(number or 0 for number in counts.get()) == len(found)
    return found


def test_value_is_due_from_who_types_it_once_its_period_is_closed(company: Company) -> None:
    kpi(company, "LATE")
    kpi(company, "TYPED", updater=company.alice)
    kpi(company, "FRIDAY", figures={"due_on": date(2026, 6, 19)}, grace_days=10)
    kpi(company, "OPEN", figures={"due_on": date(2026, 6, 18)}, grace_days=0)
    kpi(company, "NEXT WEEK", figures={"due_on": date(2026, 6, 22)}, grace_days=20)
    kpi(company, "FINAL", figures={"due_on": None})
    kpi(company, "FORMULA", formula="LATE * 2")
    kpi(company, "LOOKED ON", owner=company.charlie)
    assert keys(company, company.bob) == ["value:LATE", "value:FRIDAY"]
    assert keys(company, company.alice) == ["value:TYPED"]
    assert keys(company, company.charlie) == []


def test_value_names_the_oldest_period_without_one(company: Company) -> None:
    kpi(company, "K")
    [due] = due_of(company.actor(company.bob), company.organization, at=NOW)
    assert (due.period, due.task.due_on) == (date(2026, 5, 1), date(2026, 6, 10))


def test_value_that_waits_for_a_second_person_is_not_asked_for_again(company: Company) -> None:
    one = kpi(company, "K")
    row = restatement(company, 1, company.bob, one)
    assert keys(company, company.bob) == ["value:K"]
    row.values.update(period=date(2026, 5, 1))
    assert keys(company, company.bob) == []


def test_check_in_is_due_a_month_after_the_last_word(company: Company) -> None:
    for code, days in (("FRESH", 20), ("FRIDAY", 29), ("TODAY", 30), ("LATE", 45)):
        row = objective(company, code)
        CheckIn.objects.create(objective=row, at=NOW - timedelta(days=90))
        CheckIn.objects.create(objective=row, at=NOW - timedelta(days=days))
    objective(company, "NEW", start=date(2026, 6, 1))
    objective(company, "NEVER")
    objective(company, "PAUSED", lifecycle="paused")
    objective(company, "OVER", end=date(2026, 6, 1))
    objective(company, "ALICE", owner=company.alice)
    found = ["check_in:NEVER", "check_in:LATE", "check_in:TODAY", "check_in:FRIDAY"]
    assert keys(company, company.bob) == found


def test_update_is_due_a_week_after_the_last_one(company: Company) -> None:
    for code, days in (("FRESH", 1), ("FRIDAY", 5), ("TODAY", 7), ("LATE", 9)):
        initiative(company, code, status_at=NOW - timedelta(days=days))
    initiative(company, "IDEA", stage="idea")
    initiative(company, "SPONSORED", owner=company.alice, sponsor=company.bob)
    initiative(company, "SOON", start=date(2026, 6, 15))
    assert keys(company, company.bob) == ["update:LATE", "update:TODAY", "update:FRIDAY"]


def test_alerts_of_mine_and_those_that_came_up_to_me(company: Company) -> None:
    one = kpi(company, "K", figures={"due_on": None})
    other = objective(company, "O", start=date(2026, 6, 1))
    alert(company, 1, kpi=one)
    alert(company, 3, objective=other, escalated_to=company.alice, escalated_at=NOW)
    work = initiative(company, "I", status_at=NOW)
    alert(company, 4, initiative=work, snoozed_until=NOW + timedelta(days=1))
    assert keys(company, company.bob) == ["alert:AL-1", "alert:AL-3"]
    assert keys(company, company.alice) == ["alert:AL-3"]
    Alert.objects.filter(number=1).update(state="acknowledged")
    assert keys(company, company.bob) == ["alert:AL-3"]


def test_approvals_are_for_a_second_person_who_may(company: Company) -> None:
    sales = kpi(company, "K", figures={"due_on": None})
    finance = kpi(company, "F", department=company.finance, figures={"due_on": None})
    restatement(company, 1, company.bob, sales)
    restatement(company, 2, company.bob, finance)
    restatement(company, 3, company.alice, sales)
    found = {person.name: keys(company, person) for person in (company.bob, company.alice, company.olga, company.adam)}
    everything = ["approval:R-1", "approval:R-2", "approval:R-3"]
    assert found == {"Bob": [], "Alice": ["approval:R-1"], "Olga": everything, "Adam": everything}


def test_influence_comes_down_a_chain_of_any_length(company: Company) -> None:
    rows = [Objective(organization=company.organization, code=f"O-{n}", title="O") for n in range(1500)]
    for row in rows:
        row.start, row.end = date(2026, 1, 1), date(2026, 12, 31)
    rows[0].level = Level.STRATEGIC
    Objective.objects.bulk_create(rows)
    ensure_figures([row.pk for row in rows], at=NOW)
    Contribution.objects.bulk_create(
        Contribution(organization=company.organization, child=child, parent=parent, weight=1)
        for parent, child in pairwise(rows)
    )
    ObjectiveFigures.objects.update(progress=0.5, roll_up_state="ok", coverage=1)
    found = influences_of(objective_ids=[rows[-1].pk]).objectives
    assert found == {rows[-1].pk: Bearing("O-0", 1.0)}


def test_consequence_is_influence_times_gap(company: Company) -> None:
    top = objective(company, "S1", level=Level.STRATEGIC, owner=None, figures={"progress": 0.3, "coverage": 1.0})
    inner = {"progress": 0.3, "expected": 0.5, "direct_progress": 0.3, "direct_coverage": 1.0, "direct_state": "ok"}
    heavy, light = objective(company, "HEAVY", figures=inner), objective(company, "LIGHT", figures=inner)
    ContributionFactory.create(child=heavy, parent=top, weight=3)
    ContributionFactory.create(child=light, parent=top, weight=1)
    for code, below, missing in (("A", light, 0.4), ("B", heavy, 0.2), ("C", heavy, 0.05)):
        figures = {"counts": True, "roll_progress": 0.1, "roll_expected": 0.1 + missing}
        MeasureFactory.create(objective=below, kpi=kpi(company, code, figures=figures))
    work = initiative(company, "W", start=date(2026, 6, 7), end=date(2026, 6, 27), progress=Decimal("0.1"))
    InitiativeObjectiveFactory.create(initiative=work, objective=heavy)
    InitiativeObjectiveFactory.create(initiative=work, objective=light)
    found = due_of(company.actor(company.bob), company.organization, at=NOW)
    told = [(due.task.key, round(due.task.influence, 3), round(due.task.gap, 3), due.task.top) for due in found]
    assert told == [
        ("update:W", 0.5, 0.4, "S1"),
        ("check_in:HEAVY", 0.75, 0.2, "S1"),
        ("value:A", 0.25, 0.4, "S1"),
        ("value:B", 0.375, 0.2, "S1"),
        ("check_in:LIGHT", 0.25, 0.2, "S1"),
        ("value:C", 0.375, 0.05, "S1"),
    ]


def one_of_each(company: Company, number: int) -> None:
    """Due from alice."""
    mine = {"owner": company.alice}
    top = objective(company, f"S{number}", level=Level.STRATEGIC, owner=None)
    own = objective(company, f"O{number}", **mine)
    ContributionFactory.create(child=own, parent=top)
    measured = kpi(company, f"K{number}", **mine)
    MeasureFactory.create(objective=own, kpi=measured)
    work = initiative(company, f"I{number}", **mine)
    InitiativeObjectiveFactory.create(initiative=work, objective=own)
    for place, about in enumerate(({"kpi": measured}, {"objective": own}, {"initiative": work})):
        alert(company, 10 * number + place, **mine, **about)
    restatement(company, number, company.bob, measured)


@pytest.mark.parametrize("things", [1, 3])
def test_number_of_queries_does_not_depend_on_how_much_is_due(
    company: Company, django_assert_num_queries: Any, things: int
) -> None:
    for number in range(1, things + 1):
        one_of_each(company, number)
    actor = company.actor(company.alice)
    with django_assert_num_queries(10):
        assert len(due_of(actor, company.organization, at=NOW)) == 7 * things


def test_nobody_and_the_past_have_nothing_due(company: Company) -> None:
    one_of_each(company, 1)
    past = replace(company.actor(company.alice), only_reads=True)
    assert due_of(past, company.organization, at=NOW) == []
    assert due_counts(past, company.organization, at=NOW) == []


def test_strategic_objective_is_not_said_to_make_itself() -> None:
    task = Task(Kind.ALERT, "AL-1", TODAY, influence=1.0, gap=0.16, top="S4")
    assert weight_words(task, "S4") == "It lies 16 points behind."
    assert weight_words(replace(task, gap=0.0), "S4") == ""
    assert weight_words(replace(task, influence=0.25), "OPS-1") == "It makes 25% of S4 and lies 16 points behind."
