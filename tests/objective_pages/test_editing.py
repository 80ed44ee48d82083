"""Making and changing an objective on its form; closing and deleting it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from audit.models import Event
from objectives.choices import Level, Lifecycle
from objectives.forms import ObjectiveForm
from objectives.models import Contribution, Objective
from objectives.services import change_objective
from organization.models import User
from tests.factories import (
    NOW,
    Company,
    ContributionFactory,
    DepartmentFactory,
    InitiativeFactory,
    InitiativeObjectiveFactory,
    KpiFactory,
    MeasureFactory,
    ObjectiveFactory,
    VisionFactory,
)
from tests.objective_pages.conftest import signed_in

pytestmark = pytest.mark.django_db

SENT = {
    "title": "Deliver on time",
    "title_fr": "Livrer à temps",
    "description": "Every order on its day.",
    "description_fr": "",
    "level": "department",
    "perspective": "customer",
    "department": "SALES",
    "owner": "bob@acme.example",
    "start": "2026-01-01",
    "end": "2026-12-31",
    "vision": "V-1",
    "progress_mode": "blend",
    "blend": "62.5",
    "lifecycle": "active",
    "code": "",
    "parent": "",
}


@pytest.fixture
def aim(company: Company) -> Objective:
    VisionFactory.create(organization=company.organization, code="V-1")
    return ObjectiveFactory.create(
        organization=company.organization,
        department=company.sales,
        owner=company.bob,
        code="O1",
        title="Deliver",
        translations={"fr": {"title": "Livrer"}},
    )


def sent(**changes: str) -> dict[str, str]:
    return {**SENT, **changes}


def events() -> list[tuple[str, str]]:
    return list(Event.objects.order_by("pk").values_list("verb", "subject_code"))


def test_new_objective_is_stored_with_everything_that_was_said(company: Company, aim: Objective, alice: Client) -> None:
    response = alice.post("/objectives/new/", sent(parent="O1"))
    assert (response.status_code, response["Location"]) == (302, "/objectives/OBJ-1/links/")
    made = Objective.objects.get(code="OBJ-1")
    assert made.translations == {"fr": {"title": "Livrer à temps"}}
    assert (made.title, made.description, made.level) == ("Deliver on time", "Every order on its day.", "department")
    assert (made.department, made.owner, made.perspective) == (company.sales, company.bob, "customer")
    assert (made.start, made.end) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (made.progress_mode, made.blend, made.vision.code) == ("blend", Decimal("0.625"), "V-1")  # type: ignore[union-attr]
    assert made.figures.stale_at is not None
    assert list(Contribution.objects.values_list("child__code", "parent__code", "weight")) == [("OBJ-1", "O1", 1)]
    assert events() == [("objective.created", "OBJ-1"), ("contribution.created", str(Contribution.objects.get()))]


def test_next_free_code_follows_the_highest_and_a_code_of_ones_own_is_kept(
    company: Company, aim: Objective, alice: Client
) -> None:
    alice.post("/objectives/new/", sent(code="OBJ-41"))
    alice.post("/objectives/new/", sent())
    alice.post("/objectives/new/", sent(code="North star"))
    assert set(Objective.objects.values_list("code", flat=True)) == {"O1", "OBJ-41", "OBJ-42", "North star"}


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"title": ""}, "title", "This field is required."),
        ({"end": "2025-12-31"}, "end", "The end lies before the start."),
        ({"blend": ""}, "blend", "A blend needs the share of its own KPIs."),
        ({"blend": "101"}, "blend", "Ensure this value is less than or equal to 100."),
        ({"owner": "nobody@acme.example"}, "owner", "Nobody here is called “nobody@acme.example” or has this address."),
        ({"owner": "dora@acme-other.example"}, "owner", None),
        ({"code": "O1"}, "code", "“O1” is taken already."),
        ({"code": "a/b"}, "code", None),
        ({"parent": "NO-SUCH"}, "parent", "There is nothing with the code “NO-SUCH” here."),
        ({"vision": "NO-SUCH"}, "vision", None),
        ({"department": "FINANCE"}, "department", None),
        ({"department": ""}, "department", "This field is required."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_stored(
    company: Company, aim: Objective, alice: Client, changes: dict[str, str], field: str, said: str | None
) -> None:
    response = alice.post("/objectives/new/", sent(**changes))
    form = response.context["form"]
    assert (response.status_code, list(form.errors)) == (422, [field])
    assert said is None or form.errors[field] == [said]
    assert "Every order on its day." in response.content.decode()
    assert (Objective.objects.count(), Event.objects.count()) == (1, 0)


def test_person_may_be_named_where_only_one_is_called_so(company: Company, aim: Objective) -> None:
    User.objects.filter(pk=company.erin.pk).update(name="Olga")
    olga = company.actor(company.olga)

    def owner(text: str) -> Any:
        form = ObjectiveForm(sent(owner=text), actor=olga, organization=company.organization)
        return form.errors.get("owner") or form.cleaned_data["owner"]

    assert owner("bob") == company.bob
    assert owner("BOB@acme.example") == company.bob
    assert owner("") is None
    assert owner("Olga") == ["Several people are called “Olga”: write the e-mail address."]


def test_owner_who_left_may_stay_and_may_not_be_chosen_again(company: Company, aim: Objective) -> None:
    User.objects.filter(pk=company.bob.pk).update(is_active=False)
    who = {"actor": company.actor(company.olga), "organization": company.organization}
    aim.refresh_from_db()
    kept = ObjectiveForm(sent(version="1"), record=aim, **who)
    assert kept.is_valid()
    assert kept.cleaned_data["owner"] == company.bob
    assert ObjectiveForm(sent(), **who).is_valid() is False


def test_form_opens_like_the_objective_it_is_for(company: Company, aim: Objective, alice: Client) -> None:
    form = alice.get("/objectives/new/?parent=O1").context["form"]
    assert (form["parent"].value(), form["level"].value(), form["department"].value()) == ("O1", Level.TEAM, "SALES")
    assert alice.get("/objectives/new/?department=NORTH").context["form"]["department"].value() == "NORTH"
    assert alice.get("/objectives/new/?parent=%00&department=NO").status_code == 200


def test_manager_chooses_among_own_departments_and_the_office_among_all(
    company: Company, aim: Objective, alice: Client
) -> None:
    def offered(client: Client) -> list[str]:
        return [value for value, _text in client.get("/objectives/new/").context["form"].fields["department"].choices]

    assert offered(alice) == ["SALES", "NORTH"]
    assert offered(signed_in(company.olga)) == ["", "ROOT", "FINANCE", "SALES", "NORTH"]


def test_change_is_stored_with_its_event_and_the_same_again_leaves_nothing(
    company: Company, aim: Objective, alice: Client
) -> None:
    response = alice.post("/objectives/O1/edit/", sent(version="1"))
    assert (response.status_code, response["Location"]) == (302, "/objectives/O1/")
    aim.refresh_from_db()
    assert (aim.title, aim.translations, aim.version) == ("Deliver on time", {"fr": {"title": "Livrer à temps"}}, 2)
    assert aim.figures.stale_at is not None
    alice.post("/objectives/O1/edit/", sent(version="2"))
    aim.refresh_from_db()
    assert (aim.version, events()) == (2, [("objective.changed", "O1")])
    before, after = Event.objects.values_list("before", "after").get()
    assert (before["title"], after["title"], before["perspective"]) == ("Deliver", "Deliver on time", "")


def test_form_sent_as_it_opened_changes_nothing(company: Company, aim: Objective, alice: Client) -> None:
    Objective.objects.filter(pk=aim.pk).update(blend=Decimal("0.3333"), progress_mode="blend", description="A\nB")
    form = alice.get("/objectives/O1/edit/").context["form"]
    shown = {name: form[name].value() for name in form.fields}
    opened = {name: "" if value is None else form.fields[name].prepare_value(value) for name, value in shown.items()}
    assert alice.post("/objectives/O1/edit/", opened).status_code == 302
    assert (Objective.objects.get(code="O1").version, Event.objects.count()) == (1, 0)


def test_emptied_translation_is_gone_and_other_texts_stay(company: Company, aim: Objective, alice: Client) -> None:
    Objective.objects.filter(pk=aim.pk).update(translations={"fr": {"title": "Livrer", "note": "x"}, "de": {"a": "b"}})
    alice.post("/objectives/O1/edit/", sent(version="1", title_fr=""))
    assert Objective.objects.get(code="O1").translations == {"fr": {"note": "x"}, "de": {"a": "b"}}


def test_french_company_writes_french_first(company: Company, aim: Objective) -> None:
    company.organization.language = "fr"
    form = ObjectiveForm(actor=company.actor(company.olga), organization=company.organization, record=aim)
    names = [field.name for section in form.sections for row in section.rows for field in row]
    assert names[:4] == ["title", "title_en", "description", "description_en"]
    assert [str(form[name].label) for name in names[:2]] == ["Title (Français)", "Title (English)"]


def test_who_was_second_sees_what_is_stored_now_and_sends_again(
    company: Company, aim: Objective, alice: Client
) -> None:
    change_objective(
        aim, {"title": "Deliver early", "owner": None}, actor=company.actor(company.olga), at=NOW, version=1
    )
    second = alice.post("/objectives/O1/edit/", sent(version="1"))
    newer = {one.label: one.text for one in second.context["newer"]}
    assert second.status_code == 422
    assert (newer["Title (English)"], newer["Owner"], newer["Perspective"]) == ("Deliver early", "–", "–")
    assert (newer["Share of its own KPIs, in percent"], "Level" in newer, "Start" in newer) == ("–", False, False)
    assert second.context["form"]["title"].value() == "Deliver on time"
    assert Objective.objects.get(code="O1").title == "Deliver early"
    again = alice.post("/objectives/O1/edit/", sent(version=second.context["form"]["version"].value()))
    assert (again.status_code, Objective.objects.get(code="O1").title) == (302, "Deliver on time")


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/alignment/gaps/ownerless/?page=2", "/alignment/gaps/ownerless/?page=2"),
        ("https://evil.example/", "/objectives/O1/"),
        ("//evil.example/", "/objectives/O1/"),
        ("javascript:alert(1)", "/objectives/O1/"),
    ],
)
def test_saving_leads_back_to_where_one_came_from(
    company: Company, aim: Objective, alice: Client, asked: str, led: str
) -> None:
    assert alice.post("/objectives/O1/edit/", sent(version="1", next=asked))["Location"] == led


def test_objective_does_not_leave_what_the_manager_edits(company: Company, aim: Objective, alice: Client) -> None:
    top = ObjectiveFactory.create(organization=company.organization, code="S1", level=Level.STRATEGIC)
    assert alice.get(f"/objectives/{top.code}/edit/").status_code == 403
    assert alice.post("/objectives/O1/edit/", sent(version="1", department="FINANCE")).status_code == 422
    assert Objective.objects.get(code="O1").department == company.sales


def test_buttons_are_for_those_who_may(company: Company, aim: Objective, alice: Client) -> None:
    def offered(user: User) -> tuple[bool, bool, bool]:
        client = signed_in(user)
        page, listing = client.get("/objectives/O1/").content.decode(), client.get("/objectives/").content.decode()
        return "/objectives/O1/edit/" in page, "/objectives/O1/links/" in page, "/objectives/new/" in listing

    assert offered(company.alice) == offered(company.olga) == (True, True, True)
    assert offered(company.bob) == offered(company.charlie) == offered(company.erin) == (False, False, False)


def test_closing_keeps_everything_and_is_asked_first(company: Company, aim: Objective, alice: Client) -> None:
    InitiativeObjectiveFactory.create(
        objective=aim,
        initiative=InitiativeFactory.create(
            organization=company.organization, department=company.sales, code="I1", title="Trucks"
        ),
    )
    page = alice.get("/objectives/O1/end/")
    assert [one.code for one in page.context["dependents"].named] == ["I1"]
    assert page.context["dependents"].may_be_deleted is False
    response = alice.post("/objectives/O1/end/", {"do": "close", "version": "1"})
    assert (response.status_code, Objective.objects.get(code="O1").lifecycle) == (302, Lifecycle.CLOSED)
    assert events() == [("objective.changed", "O1")]
    assert "It is closed already." in alice.get("/objectives/O1/end/").content.decode()


def test_deleting_takes_what_is_only_its_own(company: Company, aim: Objective, alice: Client) -> None:
    MeasureFactory.create(objective=aim, kpi=KpiFactory.create(organization=company.organization))
    assert alice.get("/objectives/O1/end/").context["dependents"].may_be_deleted is True
    stale = alice.post("/objectives/O1/end/", {"do": "delete", "version": "7"})
    assert (stale.status_code, stale.context["problem"]) == (422, "Someone else has changed this meanwhile.")
    response = alice.post("/objectives/O1/end/", {"do": "delete", "version": "1"})
    assert (response.status_code, response["Location"], Objective.objects.count()) == (302, "/objectives/", 0)
    assert events() == [("objective.deleted", "O1")]


def test_linked_objective_is_not_deleted(company: Company, aim: Objective, alice: Client) -> None:
    ContributionFactory.create(child=aim, parent=ObjectiveFactory.create(organization=company.organization))
    assert "1 link with another objective" in alice.get("/objectives/O1/end/").content.decode()
    refused = alice.post("/objectives/O1/end/", {"do": "delete", "version": "1"})
    assert (refused.status_code, Objective.objects.filter(code="O1").exists()) == (422, True)


@pytest.mark.parametrize("count", [1, 3])
def test_form_takes_the_same_queries_for_any_number(
    company: Company,
    aim: Objective,
    alice: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        DepartmentFactory.create(parent=company.sales)
        ObjectiveFactory.create(organization=company.organization, code=f"X{number}")
        VisionFactory.create(organization=company.organization)
    with django_assert_num_queries(10):
        alice.get("/objectives/O1/edit/")
    with django_assert_num_queries(10):
        alice.get("/objectives/new/?parent=O1")
