"""A status set by hand: in force for a while, visible beside the computed one, never part of a roll-up."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import Event
from kpis.models import Kpi, KpiFigures, StatusOverride
from kpis.services import (
    Reading,
    end_override,
    evaluate_due,
    evaluate_kpis,
    override_status,
    record_measurements,
    refresh_directs,
)
from objectives import services as strategy
from objectives.models import Objective, ObjectiveFigures, ObjectiveOverride, ObjectiveSnapshot
from objectives.services import check_in, mark_new_day, roll_up
from organization.models import User
from organization.records import Conflict
from tests.factories import (
    NOW,
    Company,
    ContributionFactory,
    KpiFactory,
    MeasureFactory,
    ObjectiveFactory,
    make_company,
)

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 1)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def company() -> Company:
    return make_company()


def red_kpi(company: Company, **fields: Any) -> Kpi:
    """At 10 of 100 in June: off track by its pace."""
    kpi = KpiFactory.create(
        organization=company.organization, department=company.sales, owner=company.bob, code="K-1", **fields
    )
    record(company, kpi, 10)
    return kpi


def record(company: Company, kpi: Kpi, value: int | None, *, period: date = MAY, at: datetime = NOW) -> None:
    reading = Reading(kpi.pk, period, None if value is None else Decimal(value))
    record_measurements([reading], actor=company.actor(company.alice), at=at, source="test")


def shown(kpi: Kpi) -> tuple[str, str, str]:
    row = KpiFigures.objects.get(kpi=kpi)
    return row.state, row.colour, row.rule


def computed(kpi: Kpi) -> tuple[str, str, str]:
    row = KpiFigures.objects.get(kpi=kpi)
    return row.computed_state, row.computed_colour, row.computed_rule


def say(company: Company, kpi: Kpi, **changes: Any) -> StatusOverride:
    said = {"state": "on_track", "reason": "Two contracts are signed", "until": None, "at": LATER} | changes
    actor = company.actor(said.pop("by", company.bob))
    return override_status(kpi, actor=actor, **said)


OFF, ON = ("off_track", "red", "pace"), ("on_track", "green", "override")


def test_status_by_hand_is_shown_and_the_computed_one_kept(company: Company) -> None:
    kpi = red_kpi(company)
    row = say(company, kpi)
    assert (shown(kpi), computed(kpi)) == (ON, OFF)
    assert (row.author, row.set_at, row.expires_on, row.spoken_at) == (company.bob, LATER, date(2026, 12, 30), NOW)
    event = Event.objects.latest("id")
    assert (event.verb, event.subject_code, event.actor_label, event.before, event.after) == (
        "kpi.status_set",
        "K-1",
        company.actor(company.bob).label,
        None,
        {
            "state": "on_track",
            "colour": "green",
            "reason": "Two contracts are signed",
            "expires_on": "2026-12-30",
        },
    )


def test_same_statement_again_changes_nothing(company: Company) -> None:
    kpi = red_kpi(company)
    first, events = say(company, kpi), Event.objects.count()
    assert say(company, kpi, at=LATER + timedelta(hours=1)) == first
    assert (StatusOverride.objects.count(), Event.objects.count()) == (1, events)


def test_another_statement_takes_the_place_of_the_first(company: Company) -> None:
    kpi = red_kpi(company)
    first = say(company, kpi)
    second = say(company, kpi, state="at_risk", by=company.alice)
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by, second.ended_at) == (LATER, company.alice, None)
    assert shown(kpi) == ("at_risk", "amber", "override")
    with pytest.raises(Conflict):
        say(company, kpi, state="off_track", seen=first.pk)


def test_next_value_ends_it(company: Company) -> None:
    kpi = red_kpi(company)
    say(company, kpi)
    record(company, kpi, 9, period=date(2026, 3, 1), at=LATER + timedelta(hours=1))
    assert shown(kpi) == ON, "a value of an earlier period is not the next value"
    record(company, kpi, 11, period=date(2026, 6, 1), at=LATER + timedelta(hours=2))
    row = StatusOverride.objects.get()
    assert (shown(kpi), row.ended_at, row.ended_by) == (OFF, LATER + timedelta(hours=2), None)
    assert Event.objects.filter(verb="kpi.status_released").count() == 1


def test_chosen_day_ends_it_with_the_next_midnight(company: Company) -> None:
    kpi = red_kpi(company)
    say(company, kpi, until=date(2026, 6, 16))
    evaluate_due(at=datetime(2026, 6, 16, 22, 30, tzinfo=UTC))
    assert shown(kpi) == ON
    assert evaluate_due(at=datetime(2026, 6, 17, 0, 1, tzinfo=UTC)) == 1
    assert shown(kpi) == OFF


def test_somebody_ends_it_and_twice_is_once(company: Company) -> None:
    kpi = red_kpi(company)
    say(company, kpi)
    assert end_override(kpi, actor=company.actor(company.alice), at=LATER) is True
    assert (shown(kpi), StatusOverride.objects.get().ended_by) == (OFF, company.alice)
    events = Event.objects.count()
    assert end_override(kpi, actor=company.actor(company.alice), at=LATER) is False
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"until": date(2026, 6, 14)}, "until"),
        ({"state": "achieved"}, "state"),
        ({"state": "stale"}, "state"),
    ],
)
def test_statement_that_says_too_little_is_refused(company: Company, changes: dict[str, Any], field: str) -> None:
    kpi = red_kpi(company)
    with pytest.raises(ValidationError) as refusal:
        say(company, kpi, **changes)
    assert list(refusal.value.message_dict) == [field]
    assert (StatusOverride.objects.count(), shown(kpi)) == (0, OFF)


def test_after_the_end_only_an_outcome_can_be_said(company: Company) -> None:
    kpi = red_kpi(company, end=date(2026, 6, 1))
    with pytest.raises(ValidationError):
        say(company, kpi)
    assert say(company, kpi, state="partly_achieved").expires_on is None
    assert (shown(kpi), computed(kpi)[0]) == (("partly_achieved", "amber", "override"), "missed")


def test_what_is_not_known_prevails(company: Company) -> None:
    kpi = KpiFactory.create(organization=company.organization, department=company.sales, owner=company.bob)
    say(company, kpi)
    assert shown(kpi) == ("no_data", "grey", "no_data")


def test_stale_value_prevails_until_a_value_comes(company: Company) -> None:
    kpi = red_kpi(company)
    say(company, kpi)
    evaluate_kpis([kpi.pk], at=datetime(2026, 8, 20, 9, tzinfo=UTC))
    assert (shown(kpi), computed(kpi)) == (("stale", "grey", "stale"), ("stale", "grey", "stale"))


@pytest.mark.parametrize("name", ["charlie", "dora"])
def test_onlookers_may_not(company: Company, name: str) -> None:
    kpi, person = red_kpi(company), getattr(company, name)
    assert isinstance(person, User)
    with pytest.raises(PermissionDenied):
        say(company, kpi, by=person)
    with pytest.raises(PermissionDenied):
        end_override(kpi, actor=company.actor(person), at=LATER)
    assert StatusOverride.objects.count() == 0


def test_roll_up_reads_the_computed_status(company: Company) -> None:
    kpi = red_kpi(company)
    objective = ObjectiveFactory.create(organization=company.organization, department=company.sales)
    MeasureFactory.create(objective=objective, kpi=kpi)
    refresh_directs([objective.pk], at=NOW)
    roll_up(at=NOW)
    before = ObjectiveFigures.objects.values().get(objective=objective)
    say(company, kpi)
    roll_up(at=LATER)
    assert ObjectiveFigures.objects.values().get(objective=objective) == before
    assert (before["worst_colour"], before["worst_path"]) == ("red", ["K-1"])


# --- objectives ---


def two_levels(company: Company) -> tuple[Objective, Objective]:
    """A child at 10 % of its KPI below a parent, both off track."""
    parent = ObjectiveFactory.create(organization=company.organization, code="TOP")
    child = ObjectiveFactory.create(
        organization=company.organization, code="LOW", department=company.sales, owner=company.bob
    )
    ContributionFactory.create(child=child, parent=parent)
    MeasureFactory.create(objective=child, kpi=red_kpi(company))
    refresh_directs([child.pk], at=NOW)
    strategy.roll_up_all(at=NOW, organization_id=company.organization.pk)
    return child, parent


def standing(objective: Objective) -> tuple[str, str, str, str, str]:
    row = ObjectiveFigures.objects.get(objective=objective)
    return row.state, row.colour, row.rule, row.computed_state, row.computed_colour


def speak(company: Company, objective: Objective, **changes: Any) -> ObjectiveOverride:
    said = {"state": "on_track", "reason": "The plant opens in July", "until": None, "at": LATER} | changes
    actor = company.actor(said.pop("by", company.bob))
    return strategy.override_status(objective, actor=actor, **said)


def test_objective_shows_what_was_said_and_nothing_above_changes(company: Company) -> None:
    child, parent = two_levels(company)
    above = ObjectiveFigures.objects.values().get(objective=parent)
    speak(company, child)
    assert standing(child) == ("on_track", "green", "override", "off_track", "red")
    assert strategy.roll_up_all(at=LATER, organization_id=company.organization.pk).changed == 0
    assert standing(child) == ("on_track", "green", "override", "off_track", "red")
    now = ObjectiveFigures.objects.values().get(objective=parent)
    assert now == above
    assert (now["worst_colour"], now["worst_path"]) == ("red", ["LOW"])
    assert ObjectiveSnapshot.objects.get(objective=child).state == "on_track"


def test_objective_statement_ends_with_the_next_check_in(company: Company) -> None:
    child, _parent = two_levels(company)
    words: dict[str, Any] = {"confidence": None, "comment": "Well", "progress": None}
    check_in(child, **words, actor=company.actor(company.bob), at=NOW)
    row = speak(company, child)
    assert row.spoken_at == NOW
    roll_up(at=LATER)
    assert standing(child)[2] == "override"
    check_in(child, **words, actor=company.actor(company.bob), at=LATER + timedelta(minutes=1))
    roll_up(at=LATER + timedelta(minutes=1))
    row.refresh_from_db()
    assert (standing(child)[:3], row.ended_at) == (("off_track", "red", "pace"), LATER + timedelta(minutes=1))


def test_objective_statement_ends_with_its_day(company: Company) -> None:
    child, _parent = two_levels(company)
    speak(company, child, until=date(2026, 6, 15))
    tomorrow = datetime(2026, 6, 16, 0, 5, tzinfo=UTC)
    mark_new_day(at=tomorrow)
    roll_up(at=tomorrow)
    assert standing(child)[:3] == ("off_track", "red", "pace")


def test_objective_statement_is_ended_by_somebody_once(company: Company) -> None:
    child, _parent = two_levels(company)
    speak(company, child)
    actor = company.actor(company.alice)
    assert [strategy.end_override(child, actor=actor, at=LATER) for _ in range(2)] == [True, False]
    assert standing(child)[:3] == ("off_track", "red", "pace")
    assert list(Event.objects.filter(subject_code="LOW").values_list("verb", flat=True).order_by("id")) == [
        "objective.status_set",
        "objective.status_released",
    ]


def test_objective_statement_of_an_onlooker_is_refused(company: Company) -> None:
    child, _parent = two_levels(company)
    with pytest.raises(PermissionDenied):
        speak(company, child, by=company.charlie)
    assert standing(child)[:3] == ("off_track", "red", "pace")
