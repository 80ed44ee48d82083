"""What people say to an alert: acknowledge, close with a reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from alerts.choices import AlertState
from alerts.models import Alert
from alerts.services import acknowledge_alert, close_alert, ensure_default_rules, reconcile
from audit.models import Event
from kpis.models import KpiFigures
from organization.models import User
from organization.records import Conflict, StaleVersion
from tests.factories import NOW, Company, KpiFactory, make_company

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
RED = {"state": "off_track", "colour": "red", "announced": False}


@pytest.fixture
def company() -> Company:
    company = make_company()
    ensure_default_rules(company.organization, at=NOW)
    return company


@pytest.fixture
def alert(company: Company) -> Alert:
    KpiFactory.create(organization=company.organization, department=company.sales, owner=company.bob, figures=RED)
    reconcile(at=NOW)
    return Alert.objects.get()


def written() -> tuple[int, list[Any]]:
    return Event.objects.count(), list(Alert.objects.values())


def test_acknowledge_alert_says_who_and_when(company: Company, alert: Alert) -> None:
    row = acknowledge_alert(
        alert, actor=company.actor(company.bob), at=LATER, comment="I call the supplier.", version=1
    )
    assert (row.state, row.acknowledged_by, row.acknowledged_at, row.comment, row.version) == (
        AlertState.ACKNOWLEDGED,
        company.bob,
        LATER,
        "I call the supplier.",
        2,
    )
    event = Event.objects.latest("pk")
    assert (event.verb, event.before, event.after) == (
        "alert.acknowledged",
        {"state": "firing", "comment": ""},
        {"state": "acknowledged", "comment": "I call the supplier."},
    )


def test_acknowledge_alert_twice_is_once(company: Company, alert: Alert) -> None:
    bob = company.actor(company.bob)
    acknowledge_alert(alert, actor=bob, at=NOW, version=1)
    before = written()
    acknowledge_alert(alert, actor=bob, at=LATER, version=1)
    assert written() == before


def test_acknowledge_alert_again_with_a_new_comment_keeps_who_was_first(company: Company, alert: Alert) -> None:
    acknowledge_alert(alert, actor=company.actor(company.bob), at=NOW, version=None)
    row = acknowledge_alert(alert, actor=company.actor(company.alice), at=LATER, comment="Done Friday.", version=None)
    assert (row.acknowledged_by, row.acknowledged_at, row.comment) == (company.bob, NOW, "Done Friday.")


def test_close_alert_needs_a_reason(company: Company, alert: Alert) -> None:
    before = written()
    with pytest.raises(ValidationError) as refused:
        close_alert(alert, actor=company.actor(company.alice), at=LATER, comment="  ", version=1)
    assert refused.value.message_dict == {"comment": ["Say why it can be closed."]}
    assert written() == before


def test_close_alert_ends_it_while_the_condition_still_holds(company: Company, alert: Alert) -> None:
    row = close_alert(alert, actor=company.actor(company.erin), at=LATER, comment="Accepted.", version=1)
    assert (row.state, row.holds, row.closed_by, row.ended_at, row.comment) == (
        AlertState.CLOSED,
        True,
        company.erin,
        LATER,
        "Accepted.",
    )


def test_close_alert_twice_is_once(company: Company, alert: Alert) -> None:
    alice = company.actor(company.alice)
    close_alert(alert, actor=alice, at=NOW, comment="Accepted.", version=1)
    before = written()
    close_alert(alert, actor=alice, at=LATER, comment="Accepted.", version=1)
    assert written() == before
    with pytest.raises(Conflict):
        close_alert(alert, actor=alice, at=LATER, comment="Something else.", version=None)
    assert written() == before


def test_an_answer_to_an_alert_that_recovered_is_a_conflict(company: Company, alert: Alert) -> None:
    KpiFigures.objects.update(state="on_track", colour="green", announced=False)
    reconcile(at=LATER)
    with pytest.raises(Conflict) as refused:
        acknowledge_alert(alert, actor=company.actor(company.bob), at=LATER, version=None)
    assert str(refused.value) == "AL-1 has ended already: Recovered."


def test_an_answer_from_a_stale_page_is_refused(company: Company, alert: Alert) -> None:
    before = written()
    with pytest.raises(StaleVersion):
        close_alert(alert, actor=company.actor(company.bob), at=LATER, comment="Accepted.", version=9)
    assert written() == before


@pytest.mark.parametrize("name", ["charlie", "adam", "dora"])
def test_an_answer_from_someone_without_the_role_changes_nothing(company: Company, alert: Alert, name: str) -> None:
    person: User = getattr(company, name)
    before = written()
    with pytest.raises(PermissionDenied):
        acknowledge_alert(alert, actor=company.actor(person), at=LATER, version=None)
    with pytest.raises(PermissionDenied):
        close_alert(alert, actor=company.actor(person), at=LATER, comment="Mine.", version=None)
    assert written() == before


def test_asking_is_what_the_actor_sees_and_what_is_open(company: Company, alert: Alert) -> None:
    def asking(person: User) -> int:
        return Alert.objects.asking().visible_to(company.actor(person)).count()

    KpiFactory.create(organization=company.organization, department=company.finance, figures=RED)
    reconcile(at=NOW)
    people = (company.alice, company.bob, company.olga, company.dora)
    assert [asking(person) for person in people] == [1, 1, 2, 0]
    acknowledge_alert(alert, actor=company.actor(company.bob), at=NOW, version=None)
    assert asking(company.olga) == 2
    close_alert(alert, actor=company.actor(company.bob), at=NOW, comment="Accepted.", version=None)
    assert asking(company.olga) == 1
