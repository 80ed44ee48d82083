"""The list and the page of an objective: what they show, to whom, at a constant number of queries."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from audit.models import Event
from kpis.models import Kpi
from objectives.choices import Level, ProgressMode
from objectives.models import CheckIn, Objective, ObjectiveSnapshot
from objectives.services import check_in, roll_up_all
from organization.actors import system_actor
from tests.factories import (
    Company,
    ContributionFactory,
    InitiativeFactory,
    InitiativeObjectiveFactory,
    KpiFactory,
    MeasureFactory,
    ObjectiveFactory,
)
from tests.objective_pages.conftest import signed_in

pytestmark = pytest.mark.django_db

NUMBERS = {"state": "at_risk", "colour": "amber", "progress": 0.62, "expected": 0.71, "rule": "pace"}


def make_top(company: Company) -> Objective:
    return ObjectiveFactory.create(
        organization=company.organization, code="S1", title="Deliver on time", level=Level.STRATEGIC, figures=NUMBERS
    )


def add_part(company: Company, top: Objective, number: int) -> Objective:
    """A contributing objective of the sales department with its KPI, its initiative and its owner."""
    own = {"organization": company.organization, "department": company.sales}
    child = ObjectiveFactory.create(
        code=f"O{number}",
        owner=company.alice,
        figures={**NUMBERS, "worst_colour": "red", "worst_path": [f"K{number}"]},
        **own,
    )
    ContributionFactory.create(child=child, parent=top)
    kpi = KpiFactory.create(code=f"K{number}", owner=company.bob, **own)
    MeasureFactory.create(objective=child, kpi=kpi)
    initiative = InitiativeFactory.create(
        code=f"I{number}", owner=company.bob, stage="in_progress", status="red", **own
    )
    InitiativeObjectiveFactory.create(initiative=initiative, objective=child)
    for back in (40, 20, 1):
        ObjectiveSnapshot.objects.create(
            objective=child,
            day=timezone.localdate() - timedelta(days=back),
            progress=0.5,
            expected=0.5,
            state="on_track",
            colour="green",
        )
    return child


def test_list_costs_the_same_for_one_and_for_three(
    company: Company, alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    top = make_top(company)
    add_part(company, top, 1)
    with django_assert_num_queries(11):
        assert alice.get("/objectives/").status_code == 200
    for number in (2, 3):
        add_part(company, top, number)
    with django_assert_num_queries(11):
        assert alice.get("/objectives/").status_code == 200


def test_page_costs_the_same_for_one_part_and_for_three(
    company: Company, alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    top = make_top(company)
    add_part(company, top, 1)
    with django_assert_num_queries(26):
        assert alice.get("/objectives/S1/").status_code == 200
    for number in (2, 3):
        add_part(company, top, number)
    with django_assert_num_queries(26):
        assert alice.get("/objectives/S1/").status_code == 200


def test_list_groups_by_level_and_begins_with_the_most_urgent(company: Company, alice: Client) -> None:
    own = {"organization": company.organization, "department": company.sales}
    ObjectiveFactory.create(code="A", figures={"colour": "green", "state": "on_track"}, **own)
    ObjectiveFactory.create(code="B", figures={"colour": "red", "state": "off_track"}, **own)
    make_top(company)
    listing = alice.get("/objectives/").context["listing"]
    assert [(group.name, [row.code for row in group.rows]) for group in listing.groups] == [
        ("Strategic objectives", ["S1"]),
        ("Department objectives", ["B", "A"]),
    ]
    assert listing.counts == {"amber": 1, "red": 1, "green": 1}


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("q=delta", ["D"]),
        ("department=NORTH", ["D"]),
        ("department=SALES", ["C", "D"]),
        ("owner=alice@acme.example", ["C"]),
        ("level=team", ["D"]),
        ("perspective=customer", ["C"]),
        ("status=red", ["D"]),
        ("sort=-title", ["C", "D"]),
    ],
)
def test_list_narrows(company: Company, alice: Client, query: str, codes: list[str]) -> None:
    own = {"organization": company.organization}
    ObjectiveFactory.create(code="C", department=company.sales, owner=company.alice, perspective="customer", **own)
    ObjectiveFactory.create(
        code="D", title="Delta", department=company.north, level=Level.TEAM, figures={"colour": "red"}, **own
    )
    listing = alice.get(f"/objectives/?{query}").context["listing"]
    assert [row.code for group in listing.groups for row in group.rows] == codes


def test_list_turns_its_pages(company: Company, alice: Client) -> None:
    for number in range(51):
        ObjectiveFactory.create(organization=company.organization, code=f"P{number:02}", department=company.sales)
    first = alice.get("/objectives/").context["listing"]
    last = alice.get("/objectives/?page=9").context["listing"]
    assert (first.shown, first.previous_query, first.next_query) == ("1–50", "", "?page=2")
    assert (last.shown, last.previous_query, last.next_query) == ("51–51", "?", "")


def test_empty_list_offers_the_import_and_a_narrowed_one_its_way_back(company: Company, alice: Client) -> None:
    assert "Import a strategy" in signed_in(company.olga).get("/objectives/").content.decode()
    assert "Import a strategy" not in alice.get("/objectives/").content.decode()
    assert "Clear the filters" in alice.get("/objectives/?q=nothing").content.decode()


def test_list_answers_a_refresh_with_nothing_while_nothing_has_moved(company: Company, alice: Client) -> None:
    make_top(company)
    version = alice.get("/objectives/").context["listing"].version
    asked = alice.get(f"/objectives/?seen={version}", headers={"HX-Request": "true"})
    assert asked.status_code == 204


def test_page_adds_up(company: Company, alice: Client) -> None:
    top = make_top(company)
    for number, weight in ((1, 3), (2, 1)):
        child = add_part(company, top, number)
        top.contributions_down.filter(child=child).update(weight=Decimal(weight))
        child.figures.progress, child.figures.expected = number * 0.2, 0.5
        child.figures.save()
    why = alice.get("/objectives/S1/").context["page"].why
    assert [(row.code, row.weight, round(row.gives, 6)) for row in why.rows] == [("O1", 0.75, 0.15), ("O2", 0.25, 0.1)]
    assert why.heading == "Why 62%?"


def test_line_opens_in_place_and_closes_again(company: Company, alice: Client) -> None:
    add_part(company, make_top(company), 1)
    opened = alice.get("/objectives/S1/why/O1/").content.decode()
    assert 'aria-expanded="true"' in opened
    assert 'name="open" value="O1"' in opened
    shut = alice.get("/objectives/S1/why/O1/?shut").content.decode()
    assert 'aria-expanded="false"' in shut
    assert 'class="ex"' not in shut


def test_open_line_stays_open_when_the_table_fetches_itself(company: Company, alice: Client) -> None:
    add_part(company, make_top(company), 1)
    for address in ("/objectives/S1/why/?open=O1", "/objectives/S1/?open=O1"):
        assert alice.get(address).content.decode().count('name="open" value="O1"') == 1


def test_page_lists_what_lies_below(company: Company, alice: Client) -> None:
    top = make_top(company)
    for number in (1, 2):
        add_part(company, top, number)
    page = alice.get("/objectives/S1/").context["page"]
    assert [row.code for row in page.kpis.rows] == ["K1", "K2"]
    assert [(row.code, row.state, [one.code for one in row.serves]) for row in page.initiatives.rows] == [
        ("I1", "off_track", ["O1"]),
        ("I2", "off_track", ["O2"]),
    ]


def test_page_shows_only_what_the_reader_may_see(company: Company) -> None:
    top = make_top(company)
    hidden = ObjectiveFactory.create(
        organization=company.organization, code="F1", title="Secret", department=company.finance, figures=NUMBERS
    )
    ContributionFactory.create(child=hidden, parent=top)
    response = signed_in(company.charlie).get("/objectives/S1/")
    assert response.status_code == 200
    assert [row.title for row in response.context["page"].why.rows] == ["Hidden from you"]
    assert "Secret" not in response.content.decode()
    assert signed_in(company.charlie).get("/objectives/F1/").status_code == 404


@pytest.mark.parametrize("part", ["", "figures/", "why/", "why/S1/", "said/"])
def test_outsider_finds_nothing_and_a_stranger_signs_in(company: Company, part: str) -> None:
    make_top(company)
    assert signed_in(company.dora).get(f"/objectives/S1/{part}").status_code == 404
    assert Client().get(f"/objectives/S1/{part}").status_code == 302


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {"roll_up_state": "insufficient_data", "rule": "coverage", "inputs_known": 1, "inputs_total": 4},
        {"progress": 0.4, "expected": None, "rule": "no_plan", "state": "no_target"},
        {"progress": 1.3, "expected": 0.5, "delivery": 0.1, "colour": "green", "state": "on_track"},
        {"progress": -0.2, "expected": 0.5, "delivery": 0.9, "colour": "red", "state": "off_track"},
        {"worst_colour": "red", "worst_path": ["GONE"], "colour": "red"},
    ],
)
def test_page_stands_whatever_is_missing(company: Company, alice: Client, figures: dict[str, object]) -> None:
    ObjectiveFactory.create(organization=company.organization, code="X Y", department=company.sales, figures=figures)
    for address in ("/objectives/", "/objectives/X%20Y/", "/objectives/X%20Y/figures/", "/objectives/X%20Y/why/"):
        assert alice.get(address).status_code == 200


@pytest.mark.parametrize(
    ("progress", "delivery", "said"),
    [(0.39, 0.8, "done without effect"), (0.8, 0.39, "moved without us"), (0.4, 0.8, ""), (0.8, 0.4, "")],
)
def test_work_and_effect_that_do_not_fit_are_named(
    company: Company, alice: Client, progress: float, delivery: float, said: str
) -> None:
    ObjectiveFactory.create(
        organization=company.organization,
        code="X",
        department=company.sales,
        figures={"progress": progress, "delivery": delivery, "expected": 0.5},
    )
    found = alice.get("/objectives/X/").context["page"].standing.contradiction
    assert (said in found) if said else found == ""


def test_history_tells_turns_and_edits(company: Company, alice: Client) -> None:
    child = add_part(company, make_top(company), 1)
    Event.objects.create(
        organization_id=company.organization.pk,
        actor_id=company.alice.pk,
        actor_label="alice",
        verb="objective.changed",
        subject_type="objective",
        subject_code=child.code,
        before={"level": "team"},
        after={"level": "department"},
        at=timezone.now() - timedelta(days=3),
    )
    page = alice.get("/objectives/O1/").context["page"]
    assert [(row.was, row.text, row.by) for row in page.history] == [
        ("On track", "At risk", "Automatic"),
        ("", "Level: Team → Department", "Alice"),
    ]


# ---- checking in ----


def said(company: Company, code: str = "O1") -> list[tuple[int | None, str]]:
    rows = CheckIn.objects.filter(objective__organization=company.organization, objective__code=code)
    return list(rows.values_list("confidence", "comment"))


@pytest.fixture
def part(company: Company) -> Objective:
    return add_part(company, make_top(company), 1)


def test_form_is_shown_to_those_who_may_check_in(company: Company, part: Objective) -> None:
    assert signed_in(company.alice).get("/objectives/O1/").context["form"] is not None
    assert signed_in(company.charlie).get("/objectives/O1/").context["form"] is None


def test_check_in_without_scripts_is_stored_and_leads_back(company: Company, alice: Client, part: Objective) -> None:
    sent = {"confidence": "6,5", "comment": "Going well.", "version": "1"}
    response = alice.post("/objectives/O1/check-ins/", sent, follow=True)
    assert response.redirect_chain == [("/objectives/O1/", 302)]
    assert said(company) == [(65, "Going well.")]
    assert "Check-in on O1 saved." in response.content.decode()


def test_check_in_in_place_answers_with_a_fresh_form(company: Company, alice: Client, part: Objective) -> None:
    sent = {"confidence": "7", "comment": "Better.", "version": "1"}
    response = alice.post("/objectives/O1/check-ins/", sent, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert said(company) == [(70, "Better.")]
    assert 'name="version" value="2"' in response.content.decode()
    assert "Better." not in response.content.decode()
    assert json.loads(response.headers["HX-Trigger"]) == {"toast": {"text": "Check-in on O1 saved."}, "live": {}}


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_check_in_over_another_shows_it_and_keeps_what_was_typed(
    company: Company, alice: Client, part: Objective, headers: dict[str, str]
) -> None:
    check_in(
        part,
        confidence=30,
        comment="The foundry burnt.",
        progress=None,
        actor=system_actor(company.organization.pk),
        at=timezone.now(),
    )
    sent = {"confidence": "9", "comment": "All is well.", "version": "1"}
    refused = alice.post("/objectives/O1/check-ins/", sent, headers=headers)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert said(company) == [(30, "The foundry burnt.")]
    assert "The foundry burnt." in page
    assert "All is well.</textarea>" in page
    assert 'name="version" value="2"' in page
    again = alice.post("/objectives/O1/check-ins/", {**sent, "version": "2"}, headers=headers)
    assert again.status_code == (200 if headers else 302)
    assert said(company) == [(90, "All is well."), (30, "The foundry burnt.")]


def test_check_in_with_a_mistake_stores_nothing_and_keeps_the_text(
    company: Company, alice: Client, part: Objective
) -> None:
    refused = alice.post("/objectives/O1/check-ins/", {"confidence": "70", "comment": "Kept.", "version": "1"})
    assert refused.status_code == 422
    assert "Kept.</textarea>" in refused.content.decode()
    assert said(company) == []


def test_check_in_by_a_viewer_is_refused_and_by_an_outsider_not_found(company: Company, part: Objective) -> None:
    sent = {"confidence": "7", "comment": "", "version": "1"}
    assert signed_in(company.charlie).post("/objectives/O1/check-ins/", sent).status_code == 403
    assert signed_in(company.dora).post("/objectives/O1/check-ins/", sent).status_code == 404
    assert said(company) == []


def test_owner_figure_moves_the_objective(company: Company, alice: Client) -> None:
    own = {"organization": company.organization, "department": company.sales}
    ObjectiveFactory.create(code="M", progress_mode=ProgressMode.MANUAL, **own)
    assert alice.post("/objectives/M/check-ins/", {"progress": "62", "version": "1"}).status_code == 302
    roll_up_all(at=timezone.now(), organization_id=company.organization.pk)
    assert Objective.objects.get(code="M").figures.progress == 0.62
    assert Kpi.objects.count() == 0
