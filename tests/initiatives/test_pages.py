"""The list of initiatives, the page of one, its status update."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from audit.models import Event
from initiatives.forms import PortfolioFilters
from initiatives.models import Initiative, StatusUpdate
from initiatives.reports import budgets_by_objective, initiative_page, portfolio
from initiatives.services import StatusUpdateInput, post_status_update
from organization.actors import system_actor
from organization.models import Organization, User
from tests.factories import NOW, Company, InitiativeFactory, InitiativeObjectiveFactory, ObjectiveFactory

PACKAGE = Path(__file__).resolve().parents[2] / "../shared/data/uk-gmpp/package-2021"


@pytest.fixture
def initiative(company: Company) -> Initiative:
    row = InitiativeFactory.create(
        organization=company.organization,
        department=company.sales,
        owner=company.bob,
        code="I-1",
        title="New line",
        stage="in_progress",
        status="amber",
        progress="0.25",
        budget="1000",
        actual_cost="300",
        confidence=60,
    )
    objective = ObjectiveFactory.create(organization=company.organization, department=company.sales, code="O-1")
    InitiativeObjectiveFactory.create(initiative=row, objective=objective)
    return row


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def said(**changes: Any) -> dict[str, Any]:
    """What the form sends when nobody changes anything but these."""
    seen = {"status": "amber", "progress": "25", "confidence": "6.0", "stage": "in_progress"}
    hidden = {f"initial-{name}": value for name, value in seen.items()}
    return {**seen, **hidden, "version": "1", "blocker": "", "comment": "", **changes}


def stored() -> tuple[int, int, list[Any]]:
    rows = Initiative.objects.order_by("pk").values_list("code", "status", "progress", "version")
    return Event.objects.count(), StatusUpdate.objects.count(), list(rows)


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_rows(
    company: Company, initiative: Initiative, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count - 1):
        row = InitiativeFactory.create(
            organization=company.organization, department=company.sales, owner=company.alice, status="red"
        )
        InitiativeObjectiveFactory.create(
            initiative=row, objective=ObjectiveFactory.create(organization=company.organization)
        )
    client = signed_in(company.alice)
    with django_assert_num_queries(9):
        response = client.get("/initiatives/")
    assert response.content.decode().count("data-item") == count


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_any_number_of_updates(
    company: Company, initiative: Initiative, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        post_status_update(
            initiative, StatusUpdateInput(comment="On it."), actor=company.actor(company.bob), at=NOW, version=None
        )
    client = signed_in(company.alice)
    with django_assert_num_queries(10):
        response = client.get("/initiatives/I-1/")
    assert response.content.decode().count("On it.") == count + 1  # the present comment, and each update


def test_portfolio_counts_every_status_and_sums_the_chosen_one(company: Company, initiative: Initiative) -> None:
    for status, budget in (("red", "20"), ("red", "22.5"), ("", None)):
        InitiativeFactory.create(
            organization=company.organization, department=company.sales, status=status, budget=budget
        )
    alice = company.actor(company.alice)
    found = portfolio(alice, PortfolioFilters())
    assert (found.counts, found.in_all) == ({"amber": 1, "red": 2, "grey": 1}, 4)
    assert (found.totals.count, found.totals.budget, found.totals.cost) == (4, Decimal("1042.5"), Decimal(300))
    red = portfolio(alice, PortfolioFilters(status="red"))
    assert (red.counts, red.in_all) == ({"amber": 1, "red": 2, "grey": 1}, 4)
    assert (red.totals.count, red.totals.budget, red.totals.cost, len(red.rows)) == (2, Decimal("42.5"), None, 2)
    none = portfolio(alice, PortfolioFilters(status="none"))
    assert (none.totals.count, none.rows[0].colour, none.rows[0].state) == (1, "", "idea")


def test_portfolio_pages_follow_each_other(company: Company) -> None:
    for number in range(120):
        InitiativeFactory.create(organization=company.organization, code=f"N-{number:03}")
    olga = company.actor(company.olga)
    pages = [portfolio(olga, PortfolioFilters(page=page)) for page in (1, 2, 3, 9)]
    assert [page.shown for page in pages] == ["1–50", "51–100", "101–120", "101–120"]
    assert [page.next_query for page in pages] == ["?page=2", "?page=3", "", ""]
    assert [row.code for page in pages[:3] for row in page.rows] == [f"N-{number:03}" for number in range(120)]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["I-1", "I-2"]),
        ("?department=FINANCE", ["I-2"]),
        ("?q=LINE", ["I-1"]),
        ("?objective=O-1", ["I-1"]),
        ("?stage=idea", ["I-2"]),
        ("?status=amber", ["I-1"]),
        ("?sort=-code", ["I-2", "I-1"]),
        ("?status=nonsense&page=-1&sort=x&stage=y", ["I-1", "I-2"]),
        ("?q=nothing", []),
        ("?department=NOWHERE", []),
        ("?q=%00", ["I-1", "I-2"]),
    ],
)
def test_list_is_narrowed_as_the_address_says(
    company: Company, initiative: Initiative, query: str, codes: list[str]
) -> None:
    InitiativeFactory.create(
        organization=company.organization, department=company.finance, code="I-2", title="Other work"
    )
    response = signed_in(company.olga).get(f"/initiatives/{query}")
    assert [row.code for row in response.context["listing"].rows] == codes


def test_list_of_nothing_says_what_to_do(company: Company) -> None:
    assert "No initiative yet" in signed_in(company.olga).get("/initiatives/").content.decode()
    assert "No initiative matches" in signed_in(company.olga).get("/initiatives/?q=x").content.decode()


def test_list_for_a_script_is_the_table_alone(company: Company, initiative: Initiative) -> None:
    text = signed_in(company.olga).get("/initiatives/", headers={"HX-Request": "true"}).content.decode()
    assert (text.strip().startswith('<div id="initiative-table"'), "<html" in text) == (True, False)


@pytest.mark.skipif(not PACKAGE.exists(), reason="the published package is not beside the project")
def test_published_portfolio_shows_its_counts_by_colour(db: None) -> None:
    call_command("import_strategy", str(PACKAGE), verbosity=0)
    organization = Organization.objects.get(code="GMPP")
    found = portfolio(system_actor(organization.pk), PortfolioFilters())
    assert found.counts == {"green": 41, "amber": 84, "red": 51, "grey": 8}
    assert (found.in_all, len(found.rows)) == (184, 50)


def test_budgets_by_objective_add_up_to_the_grand_total(company: Company, initiative: Initiative) -> None:
    first, second, third = (
        ObjectiveFactory.create(organization=company.organization, department=company.finance) for _ in range(3)
    )
    split = InitiativeFactory.create(organization=company.organization, budget="100")
    for objective in (first, second, third):
        InitiativeObjectiveFactory.create(initiative=split, objective=objective)
    InitiativeFactory.create(organization=company.organization, budget="7.77")
    InitiativeFactory.create(organization=company.other, budget="1")
    totals = budgets_by_objective(company.actor(company.olga))
    assert sum(totals.values(), Decimal(0)) == Decimal("1107.77")
    assert (totals[first.pk], totals[second.pk], totals[third.pk], totals[None]) == (
        Decimal("33.3334"),
        Decimal("33.3333"),
        Decimal("33.3333"),
        Decimal("7.77"),
    )


def test_page_says_how_many_objectives_are_hidden(company: Company, initiative: Initiative) -> None:
    hidden = ObjectiveFactory.create(organization=company.organization, department=company.finance)
    InitiativeObjectiveFactory.create(initiative=initiative, objective=hidden)
    initiative.refresh_from_db()
    page = initiative_page(company.actor(company.alice), initiative, today=NOW.date())
    assert ([one.code for one in page.served], page.hidden) == (["O-1"], 1)
    assert (page.served[0].share, page.served[0].budget) == (0.5, Decimal(500))


def test_update_is_stored_and_comes_back_by_redirect(company: Company, initiative: Initiative) -> None:
    bob = signed_in(company.bob)
    response = bob.post("/initiatives/I-1/status-update/", said(status="red", progress="41.5", blocker="Permit."))
    assert (response.status_code, response["Location"]) == (302, "/initiatives/I-1/")
    row = Initiative.objects.get(code="I-1")
    assert (row.status, row.progress, row.confidence, row.version) == ("red", Decimal("0.415"), 60, 2)
    text = bob.get("/initiatives/I-1/").content.decode()
    assert ("Update sent." in text, "Permit." in text) == (True, True)


def test_update_by_a_script_comes_back_in_place(company: Company, initiative: Initiative) -> None:
    response = signed_in(company.bob).post(
        "/initiatives/I-1/status-update/", said(status="green"), headers={"HX-Request": "true"}
    )
    text = response.content.decode()
    assert (response.status_code, response["HX-Trigger"]) == (200, '{"toast": {"text": "Update sent."}}')
    assert (text.strip().startswith('<div id="initiative"'), "<html" in text) == (True, False)


def test_update_of_a_stale_page_keeps_what_was_typed_and_takes_over_the_rest(
    company: Company, initiative: Initiative
) -> None:
    alice = company.actor(company.alice)
    newer = StatusUpdateInput(status="red", progress=Decimal("0.5"), comment="Newer.")
    post_status_update(initiative, newer, actor=alice, at=NOW, version=1)
    before = stored()
    bob = signed_in(company.bob)
    response = bob.post("/initiatives/I-1/status-update/", said(status="green", comment="Mine."))
    form, text = response.context["form"], response.content.decode()
    assert (response.status_code, stored()) == (422, before)
    assert ("Someone else has updated this meanwhile." in text, "Newer." in text) == (True, True)
    kept = {name: str(form[name].value()) for name in ("status", "progress", "comment", "version")}
    assert kept == {"status": "green", "progress": "50", "comment": "Mine.", "version": "2"}


@pytest.mark.parametrize(
    "wrong", [{"progress": "140"}, {"confidence": "11"}, {"stage": "idea"}, {"status": "blue"}, {"version": ""}]
)
def test_wrong_update_shows_the_error_and_stores_nothing(
    company: Company, initiative: Initiative, wrong: dict[str, str]
) -> None:
    before = stored()
    response = signed_in(company.bob).post("/initiatives/I-1/status-update/", said(**wrong))
    assert (response.status_code, list(response.context["form"].errors), stored()) == (422, list(wrong), before)


@pytest.mark.parametrize(("name", "status"), [("charlie", 403), ("erin", 403), ("adam", 403), ("dora", 404)])
def test_update_by_others_is_refused_and_stores_nothing(
    company: Company, initiative: Initiative, name: str, status: int
) -> None:
    before = stored()
    response = signed_in(getattr(company, name)).post("/initiatives/I-1/status-update/", said(status="red"))
    assert (response.status_code, stored()) == (status, before)


def test_form_is_there_only_for_who_may_update(company: Company, initiative: Initiative) -> None:
    shown = {
        person.name: "Send update" in signed_in(person).get("/initiatives/I-1/").content.decode()
        for person in (company.alice, company.bob, company.charlie, company.olga)
    }
    assert shown == {"Alice": True, "Bob": True, "Charlie": False, "Olga": True}


def test_stages_of_the_form_follow_the_present_one(company: Company, initiative: Initiative) -> None:
    def stages(person: User) -> list[str]:
        form = signed_in(person).get("/initiatives/I-1/").context["form"]
        return [value for value, _label in form.fields["stage"].choices]

    assert stages(company.bob) == ["in_progress", "on_hold", "done", "cancelled"]
    assert len(stages(company.olga)) == 7
