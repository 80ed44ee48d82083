"""Creating, changing, deleting: versions, scope after the edit, the ledger, the department tree."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from audit.models import Event
from audit.services import Entry, record_event
from kpis.models import KpiFigures
from kpis.services import change_kpi
from objectives.models import Objective, ObjectiveFigures
from objectives.services import change_objective, create_objective, delete_objective
from organization.models import ApiToken, Department
from organization.records import Conflict, StaleVersion
from organization.services import change_department, create_department, issue_token, revoke_token
from tests.factories import (
    NOW,
    Company,
    ContributionFactory,
    DepartmentFactory,
    KpiFactory,
    ObjectiveFactory,
    make_company,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


def test_change_leaves_before_and_after_and_a_new_version(company: Company) -> None:
    row = ObjectiveFactory.create(organization=company.organization, department=company.sales, title="Old")
    olga = company.actor(company.olga)
    changed = change_objective(row, {"title": "New"}, actor=olga, at=NOW, version=1)
    assert changed.version == 2
    event = Event.objects.get()
    assert (event.verb, event.before, event.after, event.actor_id) == (
        "objective.changed",
        {"title": "Old"},
        {"title": "New"},
        company.olga.pk,
    )
    change_objective(row, {"title": "New"}, actor=olga, at=NOW, version=2)
    row.refresh_from_db()
    assert (row.version, Event.objects.count()) == (2, 1)


def test_a_stale_version_is_refused_and_carries_the_present_row(company: Company) -> None:
    row = ObjectiveFactory.create(organization=company.organization, title="Old", version=3)
    with pytest.raises(StaleVersion) as refusal:
        change_objective(row, {"title": "New"}, actor=company.actor(company.olga), at=NOW, version=2)
    assert refusal.value.present == row
    row.refresh_from_db()
    assert (row.title, Event.objects.count()) == ("Old", 0)


def test_an_edit_may_not_move_a_row_out_of_ones_scope(company: Company) -> None:
    row = ObjectiveFactory.create(organization=company.organization, department=company.sales)
    with pytest.raises(PermissionDenied):
        change_objective(row, {"department": company.finance}, actor=company.actor(company.alice), at=NOW, version=1)
    row.refresh_from_db()
    assert (row.department, Event.objects.count()) == (company.sales, 0)


def test_a_code_that_exists_is_refused(company: Company) -> None:
    ObjectiveFactory.create(organization=company.organization, code="O-1")
    fields = {"code": "O-1", "title": "Twice", "start": "2026-01-01", "end": "2026-12-31"}
    with pytest.raises(ValidationError):
        create_objective(fields, actor=company.actor(company.olga), at=NOW)
    assert Objective.objects.count() == 1


def test_deleting_what_is_used_names_what_blocks_it(company: Company) -> None:
    parent = ObjectiveFactory.create(organization=company.organization, code="P")
    ContributionFactory.create(child=ObjectiveFactory.create(organization=company.organization), parent=parent)
    with pytest.raises(Conflict):
        delete_objective(parent, actor=company.actor(company.olga), at=NOW, version=None)
    assert Objective.objects.filter(pk=parent.pk).exists()


def test_the_ledger_refuses_to_be_changed(company: Company) -> None:
    record_event(Entry("test.done", "test", "T"), actor=company.actor(company.olga), at=NOW)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Event.objects.update(verb="other")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Event.objects.all().delete()
    assert Event.objects.get().verb == "test.done"


def test_moving_a_department_moves_its_subtree(company: Company) -> None:
    olga = company.actor(company.olga)
    team = DepartmentFactory.create(parent=company.north, code="TEAM")
    change_department(company.north, {"parent": company.finance}, actor=olga, at=NOW, version=1)
    team.refresh_from_db()
    assert team.path == f"{company.root.pk}.{company.finance.pk}.{company.north.pk}.{team.pk}"
    with pytest.raises(ValidationError) as refusal:
        change_department(company.finance, {"parent": team}, actor=olga, at=NOW, version=1)
    assert refusal.value.message_dict == {"parent": ["This would make a circle: FINANCE → NORTH → TEAM → FINANCE."]}


def test_a_manager_creates_departments_below_and_nowhere_else(company: Company) -> None:
    alice = company.actor(company.alice)
    row = create_department({"code": "NEW", "name": "New", "parent": company.sales}, actor=alice, at=NOW)
    assert row.path == f"{company.root.pk}.{company.sales.pk}.{row.pk}"
    with pytest.raises(PermissionDenied):
        create_department({"code": "OUT", "name": "Out", "parent": company.finance}, actor=alice, at=NOW)
    assert Department.objects.filter(code="OUT").count() == 0


def test_a_token_is_stored_hashed_and_can_be_revoked_twice(company: Company) -> None:
    alice = company.actor(company.alice)
    token, value = issue_token(company.alice, name="sync", scopes=["read"], days=30, actor=alice, at=NOW)
    assert value not in {token.digest, token.token_key}
    revoke_token(token, actor=alice, at=NOW)
    revoke_token(token, actor=alice, at=NOW)
    assert ApiToken.objects.get().revoked_at == NOW
    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == ["token.issued", "token.revoked"]
    with pytest.raises(PermissionDenied):
        issue_token(company.bob, name="other", scopes=["read"], days=None, actor=alice, at=NOW)


def test_a_new_owner_is_announced_to_the_alerts(company: Company) -> None:
    kpi = KpiFactory.create(organization=company.organization, department=company.sales)
    objective = ObjectiveFactory.create(organization=company.organization, department=company.sales)
    olga = company.actor(company.olga)
    change_kpi(kpi, {"owner": company.bob}, actor=olga, at=NOW, version=1)
    change_objective(objective, {"owner": company.bob}, actor=olga, at=NOW, version=1)
    assert KpiFigures.objects.get(pk=kpi.pk).announced is False
    assert ObjectiveFigures.objects.get(pk=objective.pk).announced is False
