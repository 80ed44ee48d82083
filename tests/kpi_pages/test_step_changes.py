"""Step changes: stated with a cause, corrected, taken back; in services, API and pages."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from rest_framework.test import APIClient

from audit.models import Event
from kpis.models import Kpi, KpiOutlook, StepChange
from kpis.services import change_step_change, delete_step_change, record_step_change
from organization.actors import system_actor
from organization.models import User
from organization.records import StaleVersion
from tests.factories import NOW, Company, KpiFactory, make_company

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
MAY, APRIL = date(2026, 5, 1), date(2026, 4, 1)
SAID: dict[str, Any] = {"period": MAY, "cause": "initiative", "cause_code": "INI-1", "note": "New routes"}
LATER = NOW + timedelta(days=1)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def kpi(company: Company) -> Kpi:
    return KpiFactory.create(organization=company.organization, department=company.sales, owner=company.bob, code="K-1")


@pytest.fixture
def api(company: Company) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {company.token(company.bob)}")
    return client


def state(company: Company, kpi: Kpi, **changes: Any) -> StepChange:
    return record_step_change(kpi, **{**SAID, **changes}, actor=company.actor(company.bob), at=NOW)


def test_record_keeps_the_cause_and_asks_for_new_limits(company: Company, kpi: Kpi) -> None:
    row = state(company, kpi)
    assert (row.period, row.cause, row.cause_code, row.note) == (MAY, "initiative", "INI-1", "New routes")
    assert (row.author, row.recorded_at) == (company.bob, NOW)
    assert KpiOutlook.objects.get(kpi=kpi).stale is True
    event = Event.objects.latest("id")
    assert (event.verb, event.subject_code, event.after["period"]) == ("step_change.recorded", "K-1", "2026-05-01")


def test_system_states_one_without_an_author(company: Company, kpi: Kpi) -> None:
    system = system_actor(company.organization.pk, "connector")
    row = record_step_change(kpi, **SAID, actor=system, at=NOW)
    assert (row.author, Event.objects.latest("id").actor_label) == (None, "connector")
    assert record_step_change(kpi, **SAID, actor=system, at=LATER) == row
    changed = change_step_change(row, {"note": "Other routes"}, actor=system, at=LATER, version=1)
    assert (changed.author, changed.note, changed.version) == (None, "Other routes", 2)


def test_record_same_again_changes_nothing(company: Company, kpi: Kpi) -> None:
    first = state(company, kpi)
    events = Event.objects.count()
    assert state(company, kpi) == first
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period": date(2026, 5, 2)}, "period"),
        ({"period": date(2026, 7, 1)}, "period"),
        ({"note": "  "}, "note"),
        ({"cause": "fate"}, "cause"),
    ],
)
def test_record_refuses_what_makes_no_sense(company: Company, kpi: Kpi, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        state(company, kpi, **changes)
    assert (list(refusal.value.error_dict), StepChange.objects.count()) == ([field], 0)


def test_record_refuses_a_second_one_from_the_same_period(company: Company, kpi: Kpi) -> None:
    state(company, kpi)
    with pytest.raises(ValidationError):
        state(company, kpi, note="Something else")
    assert StepChange.objects.get().note == "New routes"


def test_onlooker_states_nothing(company: Company, kpi: Kpi) -> None:
    with pytest.raises(PermissionDenied):
        record_step_change(kpi, **SAID, actor=company.actor(company.charlie), at=NOW)
    assert StepChange.objects.count() == 0


def test_change_and_delete_leave_events_and_ask_again(company: Company, kpi: Kpi) -> None:
    row, actor = state(company, kpi), company.actor(company.alice)
    KpiOutlook.objects.update(stale=False)
    changed = change_step_change(row, {"note": "Other routes"}, actor=actor, at=LATER, version=1)
    assert (changed.note, changed.version, KpiOutlook.objects.get().stale) == ("Other routes", 2, True)
    change_step_change(row, {"note": "Other routes"}, actor=actor, at=LATER, version=2)
    with pytest.raises(StaleVersion):
        change_step_change(row, {"note": "Third"}, actor=actor, at=LATER, version=1)
    KpiOutlook.objects.update(stale=False)
    delete_step_change(row, actor=actor, at=LATER, version=2)
    assert (StepChange.objects.count(), KpiOutlook.objects.get().stale) == (0, True)
    verbs = Event.objects.filter(subject_type="kpi").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["step_change.recorded", "step_change.changed", "step_change.deleted"]


def test_api_states_lists_corrects_and_takes_back(api: APIClient, kpi: Kpi) -> None:
    base = "/api/v1/kpis/K-1/step-changes/"
    said = {**SAID, "period": "2026-05-01"}
    made = api.post(base, said, format="json")
    assert (made.status_code, made.json()["cause_name"], made.json()["author"]) == (201, "Initiative", "Bob")
    assert [row["period"] for row in api.get(base).json()] == ["2026-05-01"]
    item = f"{base}2026-05-01/"
    etag = api.get(item)["ETag"]
    assert api.patch(item, {"note": "x"}, format="json").status_code == 428
    changed = api.patch(item, {"period": "2026-04-01"}, format="json", headers={"If-Match": etag})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    moved = f"{base}2026-04-01/"
    assert api.delete(moved, headers={"If-Match": etag}).status_code == 412
    assert api.delete(moved, headers={"If-Match": changed["ETag"]}).status_code == 204
    assert [api.get(moved).status_code, api.get(f"{base}spring/").status_code] == [404, 404]


def test_api_names_every_wrong_field(api: APIClient, kpi: Kpi) -> None:
    answer = api.post("/api/v1/kpis/K-1/step-changes/", {"period": "x", "cause": "fate"}, format="json")
    assert answer.status_code == 400
    assert sorted(error["field"] for error in answer.json()["errors"]) == ["cause", "note", "period"]


def test_page_records_any_day_of_the_period(company: Company, client: Client, kpi: Kpi) -> None:
    client.force_login(company.bob)
    sent = {"period": "2026-05-17", "cause": "event", "cause_code": "", "note": "New plant"}
    answer = client.post("/kpis/K-1/step-changes/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/kpis/K-1/step-changes/")
    assert StepChange.objects.get().period == MAY
    page = client.get("/kpis/K-1/step-changes/").content.decode()
    assert ("New plant" in page, "May 2026" in page) == (True, True)
    refused = client.post("/kpis/K-1/step-changes/", {**sent, "note": "Again"})
    assert (refused.status_code, StepChange.objects.count()) == (422, 1)


def test_page_corrects_and_takes_back(company: Company, client: Client, kpi: Kpi) -> None:
    state(company, kpi)
    client.force_login(company.bob)
    assert "New routes" in client.get("/kpis/K-1/step-changes/2026-05-01/").content.decode()
    sent = {"period": "2026-04-03", "cause": "decision", "cause_code": "", "note": "Sooner", "version": "1"}
    assert client.post("/kpis/K-1/step-changes/2026-05-01/", sent).status_code == 302
    row = StepChange.objects.get()
    assert (row.period, row.cause, row.note) == (APRIL, "decision", "Sooner")
    stale = client.post("/kpis/K-1/step-changes/2026-04-01/", {**sent, "note": "Late"})
    assert (stale.status_code, stale.context["form"].data["version"]) == (422, "2")
    assert client.post("/kpis/K-1/step-changes/2026-04-01/delete/").status_code == 302
    assert StepChange.objects.count() == 0


def test_page_shows_onlookers_no_form(company: Company, client: Client, kpi: Kpi) -> None:
    state(company, kpi)
    client.force_login(company.charlie)
    page = client.get("/kpis/K-1/step-changes/")
    assert (page.context["form"], "New routes" in page.content.decode()) == (None, True)
