"""The pages on which an initiative is made and changed, with the objectives that it serves."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from audit.models import Event
from initiatives.models import Initiative, InitiativeObjective
from objectives.models import Objective, ObjectiveFigures
from organization.models import User
from tests.factories import Company, InitiativeFactory, InitiativeObjectiveFactory, ObjectiveFactory

pytestmark = pytest.mark.django_db

NEW = "/initiatives/new/"
EDIT = "/initiatives/I-1/edit/"


@pytest.fixture
def objectives(company: Company) -> list[Objective]:
    sales = {"organization": company.organization, "department": company.sales}
    return [ObjectiveFactory.create(**sales, code=f"O-{number}", title=f"Aim {number}") for number in (1, 2, 3)]


@pytest.fixture
def initiative(company: Company, objectives: list[Objective]) -> Initiative:
    row = InitiativeFactory.create(
        organization=company.organization,
        department=company.sales,
        owner=company.bob,
        code="I-1",
        title="New line",
        stage="in_progress",
        progress="0.25",
        budget="1000",
    )
    InitiativeObjectiveFactory.create(initiative=row, objective=objectives[0])
    return row


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def rows(*served: tuple[str, str], remove: str = "") -> dict[str, str]:
    """The rows as a browser sends them."""
    sent = {"served-TOTAL_FORMS": str(len(served)), "served-INITIAL_FORMS": "0"}
    for number, (code, share) in enumerate(served):
        sent |= {f"served-{number}-objective": code, f"served-{number}-share": share}
        if code and code == remove:
            sent[f"served-{number}-DELETE"] = "on"
    return sent


def said(*served: tuple[str, str], remove: str = "", **changes: str) -> dict[str, str]:
    plain = {"title": "New line", "department": "SALES", "stage": "in_progress", "owner": "bob@acme.example"}
    return {**plain, "budget": "1000", "version": "1", **rows(*served, remove=remove), **changes}


def shares() -> dict[str, Decimal | None]:
    return dict(InitiativeObjective.objects.values_list("objective__code", "allocation"))


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def test_new_initiative_serves_objectives_from_the_start(company: Company, objectives: list[Objective]) -> None:
    sent = said(("O-1", "60"), ("O-2", "40"), ("", ""), stage="idea", title_fr="Nouvelle ligne", budget="1 250,50")
    response = signed_in(company.alice).post(NEW, sent)
    assert (response.status_code, response.headers.get("Location")) == (302, "/initiatives/INI-1/")
    row = Initiative.objects.get(code="INI-1")
    assert (row.translations, row.budget, row.owner) == (
        {"fr": {"title": "Nouvelle ligne"}},
        Decimal("1250.5"),
        company.bob,
    )
    assert shares() == {"O-1": Decimal("0.6"), "O-2": Decimal("0.4")}
    assert verbs() == ["initiative.created", "initiative.allocated"]


def test_address_names_the_objective_of_a_new_one(company: Company, objectives: list[Objective]) -> None:
    page = signed_in(company.alice).get(f"{NEW}?objective=O-2").content.decode()
    assert 'value="O-2"' in page
    assert "Aim 2" in page


def test_rows_are_added_changed_and_removed(company: Company, initiative: Initiative) -> None:
    sent = said(("O-1", ""), ("O-2", "30"), ("O-3", "70"), remove="O-1", title="Second line")
    assert signed_in(company.alice).post(EDIT, sent).status_code == 302
    initiative.refresh_from_db()
    assert (initiative.title, shares()) == ("Second line", {"O-2": Decimal("0.3"), "O-3": Decimal("0.7")})
    assert verbs() == ["initiative.changed", "initiative.allocated"]
    figures = ObjectiveFigures.objects.filter(objective__code__in=["O-1", "O-2"]).order_by("objective__code")
    assert list(figures.values_list("delivery_own", flat=True)) == [None, 0.25]


@pytest.mark.parametrize(
    ("language", "typed", "stored"),
    [("en", "250,000", "250000"), ("en", "1,250.5", "1250.5"), ("fr", "1 250,5", "1250.5"), ("fr", "250,5", "250.5")],
)
def test_money_is_read_as_the_reader_writes_it(
    company: Company, initiative: Initiative, language: str, typed: str, stored: str
) -> None:
    User.objects.filter(pk=company.alice.pk).update(language=language)
    assert signed_in(company.alice).post(EDIT, said(("O-1", ""), budget=typed)).status_code == 302
    initiative.refresh_from_db()
    assert initiative.budget == Decimal(stored)


def test_lines_end_as_they_are_stored(company: Company, initiative: Initiative) -> None:
    Initiative.objects.update(description="One\nTwo")
    same = said(("O-1", ""), description="One\r\nTwo")
    assert signed_in(company.alice).post(EDIT, same).status_code == 302
    initiative.refresh_from_db()
    assert (initiative.description, initiative.version, verbs()) == ("One\nTwo", 1, [])


def test_page_that_says_the_same_leaves_nothing_behind(company: Company, initiative: Initiative) -> None:
    assert signed_in(company.alice).post(EDIT, said(("O-1", ""))).status_code == 302
    initiative.refresh_from_db()
    assert (initiative.version, verbs()) == (1, [])


@pytest.mark.parametrize(
    ("served", "changes", "field"),
    [
        ((("O-1", "60"), ("O-2", "30")), {}, "rows"),
        ((("O-1", "60"), ("O-2", "")), {}, "rows"),
        ((("O-1", ""), ("O-1", "")), {}, "rows"),
        ((("NOWHERE", ""),), {}, "objective"),
        ((("", "50"),), {}, "objective"),
        ((("O-1", "101"),), {}, "share"),
        ((), {"title": ""}, "title"),
        ((), {"start": "2026-05-01", "end": "2026-04-01"}, "end"),
        ((), {"stage": "idea"}, "stage"),
        ((), {"budget": "-1"}, "budget"),
        ((), {"sponsor": "nobody"}, "sponsor"),
        ((), {"department": "FINANCE"}, "department"),
    ],
)
def test_what_is_wrong_stands_where_it_was_typed(
    company: Company, initiative: Initiative, served: tuple[tuple[str, str], ...], changes: dict[str, str], field: str
) -> None:
    response = signed_in(company.alice).post(EDIT, said(*served, **changes))
    form, formset = response.context["form"], response.context["rows"]
    found = [*form.errors, *(name for row in formset for name in row.errors)]
    found += ["rows"] if formset.non_form_errors() else []
    assert (response.status_code, found) == (422, [field])
    assert (shares(), verbs()) == ({"O-1": None}, [])
    for code, share in served:
        assert f'value="{code}"' in response.content.decode() or not code
        assert f'value="{share}"' in response.content.decode() or not share


def test_any_stage_is_for_the_strategy_office(company: Company, initiative: Initiative) -> None:
    assert signed_in(company.olga).post(EDIT, said(("O-1", ""), stage="idea")).status_code == 302
    assert Initiative.objects.get(code="I-1").stage == "idea"


def test_stale_page_keeps_what_was_typed_and_says_what_is_newer(company: Company, initiative: Initiative) -> None:
    alice = signed_in(company.alice)
    assert alice.post(EDIT, said(("O-1", "50"), ("O-2", "50"))).status_code == 302
    response = alice.post(EDIT, said(("O-3", ""), title="Mine"))
    newer = [(one.label, one.text) for one in response.context["newer"]]
    assert (response.status_code, newer) == (
        422,
        [("Title (English)", "New line"), ("Objectives that it serves", "O-1 50 %, O-2 50 %")],
    )
    assert 'value="Mine"' in response.content.decode()
    assert 'value="O-3"' in response.content.decode()
    version = str(response.context["form"]["version"].value())
    assert alice.post(EDIT, said(("O-3", ""), title="Mine", version=version)).status_code == 302
    assert shares() == {"O-3": None}


def test_objective_out_of_sight_stays_served(company: Company, initiative: Initiative) -> None:
    hidden = ObjectiveFactory.create(organization=company.organization, department=company.finance, code="SECRET")
    InitiativeObjectiveFactory.create(initiative=initiative, objective=hidden)
    alice = signed_in(company.alice)
    page = alice.get(EDIT)
    assert (page.context["hidden"], "SECRET" in page.content.decode()) == (1, False)
    assert alice.post(EDIT, said(("O-1", ""), ("O-2", ""))).status_code == 302
    assert shares() == {"O-1": None, "O-2": None, "SECRET": None}


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_any_number_of_objectives(
    company: Company,
    initiative: Initiative,
    objectives: list[Objective],
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for objective in objectives[1:count]:
        InitiativeObjectiveFactory.create(initiative=initiative, objective=objective)
    alice = signed_in(company.alice)
    alice.get(EDIT)
    with django_assert_num_queries(12):
        assert alice.get(EDIT).status_code == 200


def test_links_are_for_who_may_edit(company: Company, initiative: Initiative) -> None:
    for person, expected in ((company.alice, True), (company.bob, False)):
        client = signed_in(person)
        assert (f'href="{NEW}"' in client.get("/initiatives/").content.decode()) is expected
        assert (f'href="{EDIT}"' in client.get("/initiatives/I-1/").content.decode()) is expected


def test_deleting_says_what_goes_and_asks_first(company: Company, initiative: Initiative) -> None:
    alice = signed_in(company.alice)
    page = alice.get("/initiatives/I-1/delete/")
    assert (page.status_code, page.context["updates"], page.context["objectives"]) == (200, 0, 1)
    stale = alice.post("/initiatives/I-1/delete/", {"version": "7"})
    assert (stale.status_code, bool(stale.context["problem"]), Initiative.objects.count()) == (422, True, 1)
    done = alice.post("/initiatives/I-1/delete/", {"version": "1"})
    assert (done.status_code, done.headers["Location"], Initiative.objects.count()) == (302, "/initiatives/", 0)
    assert verbs() == ["initiative.deleted"]
