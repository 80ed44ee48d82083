"""Initiatives as people change them: definition, allocation, status updates, delivery."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import Event
from initiatives.choices import Stage
from initiatives.models import Initiative, InitiativeObjective, StatusUpdate
from initiatives.services import (
    StatusUpdateInput,
    change_initiative,
    create_initiative,
    delete_initiative,
    post_status_update,
    refresh_delivery,
    set_allocations,
)
from objectives.models import Objective, ObjectiveFigures
from organization.models import User
from organization.records import StaleVersion
from tests.factories import (
    NOW,
    Company,
    InitiativeFactory,
    InitiativeObjectiveFactory,
    ObjectiveFactory,
)

pytestmark = pytest.mark.django_db

REPORT = StatusUpdateInput(
    status="amber", progress=Decimal("0.4"), confidence=70, comment="Half way.", blocker="Waits for the permit."
)


@pytest.fixture
def initiative(company: Company) -> Initiative:
    return InitiativeFactory.create(
        organization=company.organization, department=company.sales, owner=company.bob, stage=Stage.IN_PROGRESS
    )


def objective_of(company: Company, **fields: Any) -> Objective:
    return ObjectiveFactory.create(organization=company.organization, department=company.sales, **fields)


def delivery(objective: Objective) -> tuple[float | None, float, int, bool]:
    figures = ObjectiveFigures.objects.get(objective=objective)
    return (
        figures.delivery_own,
        figures.delivery_own_coverage,
        figures.delivery_own_total,
        figures.stale_at is not None,
    )


def written() -> tuple[int, int, list[Any]]:
    """Everything a service of this app may leave behind, to show that a refused call leaves nothing."""
    return (
        Event.objects.count(),
        StatusUpdate.objects.count(),
        list(Initiative.objects.order_by("pk").values_list("pk", "stage", "status", "progress", "version")),
    )


def test_create_initiative_with_shares_sets_delivery_and_writes_events(company: Company) -> None:
    first, second = objective_of(company), objective_of(company)
    row = create_initiative(
        {"code": "I-1", "title": "New line", "department": company.sales, "stage": "in_progress", "progress": "0.5"},
        shares={first.pk: Decimal("0.75"), second.pk: Decimal("0.25")},
        actor=company.actor(company.alice),
        at=NOW,
    )
    assert [delivery(first), delivery(second)] == [(0.5, 1.0, 1, True), (0.5, 1.0, 1, True)]
    events = Event.objects.order_by("pk").values_list("verb", "subject_code", "actor_id")
    assert list(events) == [
        ("initiative.created", row.code, company.alice.pk),
        ("initiative.allocated", row.code, company.alice.pk),
    ]


def test_create_initiative_twice_is_refused_and_leaves_one(company: Company) -> None:
    fields = {"code": "I-1", "title": "New line", "department": company.sales}
    create_initiative(fields, actor=company.actor(company.alice), at=NOW)
    with pytest.raises(ValidationError):
        create_initiative(fields, actor=company.actor(company.alice), at=NOW)
    assert (Initiative.objects.count(), Event.objects.count()) == (1, 1)


@pytest.mark.parametrize("name", ["bob", "charlie", "erin", "adam"])
def test_create_initiative_without_an_editing_role_changes_nothing(company: Company, name: str) -> None:
    person: User = getattr(company, name)
    with pytest.raises(PermissionDenied):
        create_initiative(
            {"code": "I-1", "title": "Mine", "department": company.sales}, actor=company.actor(person), at=NOW
        )
    assert written() == (0, 0, [])


def test_create_initiative_in_a_department_of_another_organization_is_refused(company: Company) -> None:
    elsewhere = company.dora.memberships.get(department__isnull=False).department
    with pytest.raises(ValidationError) as refused:
        create_initiative(
            {"code": "I-1", "title": "Theirs", "department": elsewhere}, actor=company.actor(company.olga), at=NOW
        )
    assert refused.value.message_dict == {"department": ["No such department."]}
    assert written() == (0, 0, [])


def test_change_initiative_twice_leaves_one_event(company: Company, initiative: Initiative) -> None:
    alice = company.actor(company.alice)
    first = change_initiative(initiative, {"title": "Better"}, actor=alice, at=NOW, version=1)
    second = change_initiative(initiative, {"title": "Better"}, actor=alice, at=NOW, version=first.version)
    assert (first.version, second.version, Event.objects.count()) == (2, 2, 1)


def test_change_initiative_of_a_stage_follows_the_transitions(company: Company, initiative: Initiative) -> None:
    alice, olga = company.actor(company.alice), company.actor(company.olga)
    with pytest.raises(ValidationError) as refused:
        change_initiative(initiative, {"stage": Stage.IDEA}, actor=alice, at=NOW, version=None)
    assert refused.value.message_dict == {"stage": ["“Idea” does not follow “In progress”."]}
    assert change_initiative(initiative, {"stage": Stage.IDEA}, actor=olga, at=NOW, version=None).stage == Stage.IDEA


def test_change_initiative_of_progress_moves_the_delivery(company: Company, initiative: Initiative) -> None:
    objective = objective_of(company)
    InitiativeObjectiveFactory.create(initiative=initiative, objective=objective)
    alice = company.actor(company.alice)
    change_initiative(initiative, {"progress": Decimal("0.3")}, actor=alice, at=NOW, version=None)
    assert delivery(objective) == (0.3, 1.0, 1, True)


def test_delete_initiative_takes_its_delivery_away(company: Company, initiative: Initiative) -> None:
    objective = objective_of(company)
    InitiativeObjectiveFactory.create(initiative=initiative, objective=objective)
    refresh_delivery([objective.pk], at=NOW)
    assert delivery(objective) == (None, 0.0, 1, True)
    delete_initiative(initiative, actor=company.actor(company.alice), at=NOW, version=1)
    assert delivery(objective) == (None, 0.0, 0, True)
    assert list(Event.objects.values_list("verb", flat=True)) == ["initiative.deleted"]


def test_delete_initiative_of_a_stale_page_is_refused(company: Company, initiative: Initiative) -> None:
    with pytest.raises(StaleVersion):
        delete_initiative(initiative, actor=company.actor(company.alice), at=NOW, version=7)
    assert Initiative.objects.count() == 1


def test_set_allocations_twice_changes_nothing_the_second_time(company: Company, initiative: Initiative) -> None:
    shares = {objective_of(company).pk: Decimal("0.6"), objective_of(company).pk: Decimal("0.4")}
    for _attempt in range(2):
        set_allocations(initiative, shares, actor=company.actor(company.alice), at=NOW)
    assert dict(initiative.allocations.values_list("objective_id", "allocation")) == shares
    assert Event.objects.count() == 1


def test_set_allocations_replaces_the_former_ones(company: Company, initiative: Initiative) -> None:
    first, second, alice = objective_of(company), objective_of(company), company.actor(company.alice)
    set_allocations(initiative, {first.pk: None, second.pk: None}, actor=alice, at=NOW)
    assert (delivery(first)[2], delivery(second)[2]) == (1, 1)
    set_allocations(initiative, {second.pk: Decimal(1)}, actor=alice, at=NOW)
    assert (delivery(first)[2], delivery(second)[2]) == (0, 1)
    event = Event.objects.latest("pk")
    assert (event.before, event.after) == (
        {"objectives": {first.code: None, second.code: None}},
        {"objectives": {second.code: "1"}},
    )


@pytest.mark.parametrize(
    ("shares", "code"),
    [(["0.6", "0.3"], "shares"), (["0.6", None], "shares"), (["1.2", "-0.2"], "share")],
)
def test_set_allocations_refuses_shares_that_do_not_add_up(
    company: Company, initiative: Initiative, shares: list[str | None], code: str
) -> None:
    given = {objective_of(company).pk: None if share is None else Decimal(share) for share in shares}
    with pytest.raises(ValidationError) as refused:
        set_allocations(initiative, given, actor=company.actor(company.alice), at=NOW)
    assert [error.code for error in refused.value.error_dict["objectives"]] == [code]
    assert (InitiativeObjective.objects.count(), Event.objects.count()) == (0, 0)


def test_set_allocations_knows_no_objective_of_another_organization(company: Company, initiative: Initiative) -> None:
    theirs = ObjectiveFactory.create(organization=company.other)
    with pytest.raises(ValidationError) as refused:
        set_allocations(initiative, {theirs.pk: None}, actor=company.actor(company.alice), at=NOW)
    assert refused.value.message_dict == {"objectives": ["No such objective."]}


def test_post_status_update_stores_the_statement_the_state_and_the_delivery(
    company: Company, initiative: Initiative
) -> None:
    objective = objective_of(company)
    InitiativeObjectiveFactory.create(initiative=initiative, objective=objective)
    post_status_update(initiative, REPORT, actor=company.actor(company.bob), at=NOW, version=1)
    row = Initiative.objects.get()
    assert (row.status, row.progress, row.confidence, row.comment, row.status_at, row.version) == (
        "amber",
        Decimal("0.4"),
        70,
        "Half way.",
        NOW,
        2,
    )
    said = StatusUpdate.objects.values_list("author_id", "stage", "progress", "previous_progress", "blocker")
    assert list(said) == [(company.bob.pk, "in_progress", Decimal("0.4"), None, "Waits for the permit.")]
    assert delivery(objective) == (0.4, 1.0, 1, True)
    event = Event.objects.get()
    assert (event.verb, event.before, event.after) == (
        "initiative.updated",
        {"status": "", "comment": "", "progress": None, "confidence": None, "status_at": None},
        {
            "status": "amber",
            "comment": "Half way.",
            "progress": "0.4",
            "confidence": 70,
            "status_at": "2026-06-15T09:00:00Z",
            "blocker": "Waits for the permit.",
        },
    )


def test_post_status_update_of_the_same_page_twice_is_stored_once(company: Company, initiative: Initiative) -> None:
    bob = company.actor(company.bob)
    post_status_update(initiative, REPORT, actor=bob, at=NOW, version=1)
    before = written()
    with pytest.raises(StaleVersion) as stale:
        post_status_update(initiative, REPORT, actor=bob, at=NOW, version=1)
    assert stale.value.present.pk == initiative.pk
    assert written() == before


def test_post_status_update_keeps_what_it_does_not_mention(company: Company, initiative: Initiative) -> None:
    bob = company.actor(company.bob)
    post_status_update(initiative, REPORT, actor=bob, at=NOW, version=None)
    post_status_update(initiative, StatusUpdateInput(status="green"), actor=bob, at=NOW, version=None)
    row = Initiative.objects.get()
    assert (row.status, row.progress, row.confidence, row.comment) == ("green", Decimal("0.4"), 70, "Half way.")


def test_post_status_update_with_a_new_comment_drops_the_translation_of_the_old_one(
    company: Company, initiative: Initiative
) -> None:
    bob = company.actor(company.bob)
    initiative.comment = "Half way."
    initiative.translations = {"fr": {"title": "Ligne", "comment": "À mi-chemin."}, "en": {"comment": "Half way."}}
    initiative.save()
    post_status_update(initiative, StatusUpdateInput(comment="Half way."), actor=bob, at=NOW, version=None)
    assert Initiative.objects.get().translations["fr"]["comment"] == "À mi-chemin."
    post_status_update(initiative, StatusUpdateInput(comment="Done."), actor=bob, at=NOW, version=None)
    assert Initiative.objects.get().translations == {"fr": {"title": "Ligne"}}


@pytest.mark.parametrize("name", ["charlie", "erin", "adam"])
def test_post_status_update_of_others_changes_nothing(company: Company, initiative: Initiative, name: str) -> None:
    before = written()
    with pytest.raises(PermissionDenied):
        post_status_update(initiative, REPORT, actor=company.actor(getattr(company, name)), at=NOW, version=None)
    assert written() == before


def test_post_status_update_is_open_to_owner_sponsor_manager_and_strategy_office(
    company: Company, initiative: Initiative
) -> None:
    Initiative.objects.filter(pk=initiative.pk).update(sponsor=company.erin)
    for person in (company.bob, company.erin, company.alice, company.olga):
        post_status_update(initiative, REPORT, actor=company.actor(person), at=NOW, version=None)
    assert list(StatusUpdate.objects.order_by("pk").values_list("author__name", flat=True)) == [
        "Bob",
        "Erin",
        "Alice",
        "Olga",
    ]


def test_post_status_update_moves_the_stage_only_along_the_transitions(
    company: Company, initiative: Initiative
) -> None:
    before = written()
    with pytest.raises(ValidationError):
        post_status_update(
            initiative, StatusUpdateInput(stage="proposed"), actor=company.actor(company.bob), at=NOW, version=None
        )
    assert written() == before
    for person, stage in ((company.bob, "on_hold"), (company.bob, "in_progress"), (company.olga, "proposed")):
        post_status_update(
            initiative, StatusUpdateInput(stage=stage), actor=company.actor(person), at=NOW, version=None
        )
    assert Initiative.objects.get().stage == "proposed"


def test_post_status_update_out_of_range_changes_nothing(company: Company, initiative: Initiative) -> None:
    before = written()
    for update in (StatusUpdateInput(progress=Decimal("1.2")), StatusUpdateInput(confidence=101)):
        with pytest.raises(ValidationError):
            post_status_update(initiative, update, actor=company.actor(company.bob), at=NOW, version=None)
    assert written() == before


def test_refresh_delivery_weighs_by_allocation_over_all_objectives(company: Company) -> None:
    first, second = objective_of(company), objective_of(company)
    whole = InitiativeFactory.create(organization=company.organization, stage="in_progress", progress="0.2")
    split = InitiativeFactory.create(organization=company.organization, stage="in_progress", progress="0.8")
    unknown = InitiativeFactory.create(organization=company.organization, stage="in_progress")
    InitiativeObjectiveFactory.create(initiative=whole, objective=first)
    InitiativeObjectiveFactory.create(initiative=split, objective=first)
    InitiativeObjectiveFactory.create(initiative=split, objective=second)
    InitiativeObjectiveFactory.create(initiative=unknown, objective=second)
    assert refresh_delivery([first.pk, second.pk], at=NOW) == [first.pk, second.pk]
    assert delivery(first) == (0.4, 1.0, 2, True)
    assert delivery(second) == (0.8, round(1 / 3, 12), 2, True)
    assert refresh_delivery([first.pk, second.pk], at=NOW) == []
