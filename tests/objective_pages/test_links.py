"""What an objective is linked with: weights and what becomes of them, new links, links that go."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from audit.models import Event
from kpis.explain import explain_objective
from kpis.models import Measure
from objectives.choices import EdgeKind, Level
from objectives.models import Contribution, Objective
from objectives.services import change_contribution, roll_up_all
from tests.factories import (
    NOW,
    Company,
    ContributionFactory,
    KpiFactory,
    MeasureFactory,
    ObjectiveFactory,
)
from tests.objective_pages.conftest import signed_in

pytestmark = pytest.mark.django_db

KNOWN = {"progress": 0.5, "expected": 0.5, "state": "on_track", "colour": "green"}
PAUSED = {"state": "paused", "computed_state": "paused", "colour": "grey"}
MEASURED = {"roll_progress": 0.5, "roll_expected": 0.5, "counts": True, "state": "on_track", "colour": "green"}


def make_aim(company: Company, code: str, **fields: Any) -> Objective:
    return ObjectiveFactory.create(
        **{"organization": company.organization, "department": company.sales, "code": code, "figures": KNOWN, **fields}
    )


def make_kpi(company: Company, code: str, **figures: Any) -> Any:
    return KpiFactory.create(
        organization=company.organization, department=company.sales, code=code, figures={**MEASURED, **figures}
    )


@pytest.fixture
def aim(company: Company) -> Objective:
    return make_aim(company, "O1")


def new(part: str, code: str, weight: str = "2", kind: str = "contributes") -> dict[str, str]:
    return {f"new-{part}-code": code, f"new-{part}-weight": weight, f"new-{part}-kind": kind}


def row(part: str, link: Any, weight: str, version: int = 1, kind: str = "contributes") -> dict[str, str]:
    name = f"{part}-{link.pk}"
    return {f"{name}-weight": weight, f"{name}-version": str(version), f"{name}-kind": kind}


def shares(client: Client, part: str, code: str = "O1") -> dict[str, float | None]:
    parts = {one["part"].key: one["part"] for one in client.get(f"/objectives/{code}/links/").context["parts"]}
    return {row.code: row.share for row in parts[part].rows}


def notes(client: Client, part: str, code: str = "O1") -> dict[str, str]:
    parts = {one["part"].key: one["part"] for one in client.get(f"/objectives/{code}/links/").context["parts"]}
    return {row.code: row.note for row in parts[part].rows}


def events() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


@pytest.mark.parametrize(("part", "stored"), [("up", ("O1", "O2")), ("down", ("O2", "O1"))])
def test_objective_is_linked_upwards_and_downwards(
    company: Company, aim: Objective, alice: Client, part: str, stored: tuple[str, str]
) -> None:
    make_aim(company, "O2")
    response = alice.post(f"/objectives/O1/links/{part}/add/", new(part, " O2 ", "2.5", "harms"))
    assert (response.status_code, response["Location"]) == (302, f"/objectives/O1/links/#{part}")
    edge = Contribution.objects.select_related("child", "parent").get()
    assert (edge.child.code, edge.parent.code, edge.weight, edge.kind) == (*stored, Decimal("2.5"), EdgeKind.HARMS)
    assert events() == ["contribution.created"]
    assert Objective.objects.get(code=stored[1]).figures.stale_at is not None


def test_history_names_what_a_link_does(company: Company, aim: Objective, alice: Client) -> None:
    for code, kind in (("O2", "contributes"), ("O3", "supports"), ("O4", "harms")):
        make_aim(company, code)
        alice.post("/objectives/O1/links/down/add/", new("down", code, "2", kind))
    shown = [row.text for row in alice.get("/objectives/O1/").context["page"].history]
    assert shown == ["O4 harms it", "O3 supports it", "O2 contributes, weight 2"]
    assert [row.text for row in alice.get("/objectives/O4/").context["page"].history] == ["Harms O1"]


def test_kpi_is_linked_and_counts_at_once(company: Company, aim: Objective, alice: Client) -> None:
    make_kpi(company, "K1")
    assert alice.post("/objectives/O1/links/measures/add/", new("measures", "K1", "3")).status_code == 302
    assert list(Measure.objects.values_list("objective__code", "kpi__code", "weight")) == [("O1", "K1", Decimal(3))]
    aim.figures.refresh_from_db()
    assert (aim.figures.direct_progress, aim.figures.direct_total, events()) == (0.5, 1, ["measure.created"])


@pytest.mark.parametrize(
    ("part", "sent", "field", "said"),
    [
        ("up", new("up", ""), "code", "This field is required."),
        ("up", new("up", "NO-SUCH"), "code", "There is nothing with the code “NO-SUCH” here."),
        ("up", new("up", "O1"), "code", "An objective is not linked with itself."),
        ("up", new("up", "O2"), "code", "O2 is linked already: change its weight above."),
        ("up", new("up", "O0"), "code", "This would make a circle: O0 → O1 → O0."),
        ("up", new("up", "O3", "-1"), "weight", "Ensure this value is greater than or equal to 0."),
        ("up", new("up", "O3", "1", "loves"), "kind", None),
        ("down", new("down", "F1"), "code", "F1 is not yours to link: who edits it can do so there."),
        ("measures", new("measures", "K1"), "code", "K1 is linked already: change its weight above."),
        ("measures", new("measures", "K2", "x"), "weight", None),
    ],
)
def test_refused_link_says_why_beside_the_field(
    company: Company, aim: Objective, alice: Client, part: str, sent: dict[str, str], field: str, said: str | None
) -> None:
    above, below = make_aim(company, "O2"), make_aim(company, "O0")
    make_aim(company, "O3")
    make_aim(company, "F1", department=company.finance, level=Level.STRATEGIC)
    ContributionFactory.create(child=aim, parent=above)
    ContributionFactory.create(child=below, parent=aim)
    MeasureFactory.create(objective=aim, kpi=make_kpi(company, "K1"))
    make_kpi(company, "K2")
    response = alice.post(f"/objectives/O1/links/{part}/add/", sent)
    form = next(one["form"] for one in response.context["parts"] if one["part"].key == part)
    assert (response.status_code, list(form.errors)) == (422, [field])
    if said and "circle" in said:
        assert sorted(form.errors["code"][0].split(": ")[1].rstrip(".").split(" → ")[:-1]) == ["O0", "O1"]
    else:
        assert said is None or form.errors[field] == [said]
    assert form[field].value() == sent[f"new-{part}-{field}"]
    assert (Contribution.objects.count(), Measure.objects.count(), Event.objects.count()) == (2, 1, 0)


def test_weights_are_saved_together_and_shown_as_shares(company: Company, aim: Objective, alice: Client) -> None:
    links = [
        ContributionFactory.create(child=make_aim(company, f"C{number}"), parent=aim, weight=Decimal(1))
        for number in range(3)
    ]
    assert shares(alice, "down") == {"C0": 0.333333333333, "C1": 0.333333333333, "C2": 0.333333333333}
    sent = row("down", links[0], "50") | row("down", links[1], "25,0") | row("down", links[2], "25")
    response = alice.post("/objectives/O1/links/down/", sent)
    assert (response.status_code, response["Location"]) == (302, "/objectives/O1/links/#down")
    assert shares(alice, "down") == {"C0": 0.5, "C1": 0.25, "C2": 0.25}
    assert events() == ["contribution.changed"] * 3
    alice.post("/objectives/O1/links/down/", row("down", links[0], "50", 2) | row("down", links[1], "5", 2))
    assert shares(alice, "down") == {"C0": 0.625, "C1": 0.0625, "C2": 0.3125}
    assert events() == ["contribution.changed"] * 4


def test_share_is_reckoned_as_the_roll_up_does(company: Company, aim: Objective, alice: Client) -> None:
    ContributionFactory.create(child=make_aim(company, "C1"), parent=aim, weight=Decimal(3))
    ContributionFactory.create(child=make_aim(company, "C2", figures={"state": "no_data"}), parent=aim)
    ContributionFactory.create(child=make_aim(company, "C3", figures=PAUSED), parent=aim, weight=Decimal(9))
    ContributionFactory.create(child=make_aim(company, "C4"), parent=aim, weight=Decimal(0))
    ContributionFactory.create(child=make_aim(company, "C5"), parent=aim, kind=EdgeKind.SUPPORTS)
    assert shares(alice, "down") == {"C1": 0.75, "C2": 0.25, "C3": None, "C4": None, "C5": None}
    lines = explain_objective(aim, actor=company.actor(company.alice)).contributors
    assert {line.code: line.share for line in lines if line.counts} == {"C1": 0.75, "C2": 0.25}
    assert notes(alice, "down") == {
        "C1": "",
        "C2": "Left out until it has a value.",
        "C3": "Does not count now: Paused.",
        "C4": "Without a weight it does not count.",
        "C5": "Does not enter the progress.",
    }
    for code, share in (("C1", 0.75), ("C3", None)):
        assert shares(alice, "up", code) == {"O1": share}
        assert [one.share for one in alice.get(f"/objectives/{code}/").context["page"].parents.rows] == [share]


def test_share_of_a_kpi_leaves_out_what_does_not_count(company: Company, aim: Objective, alice: Client) -> None:
    MeasureFactory.create(objective=aim, kpi=make_kpi(company, "K1"), weight=Decimal(3))
    MeasureFactory.create(objective=aim, kpi=make_kpi(company, "K2", roll_progress=None))
    MeasureFactory.create(objective=aim, kpi=make_kpi(company, "K3", counts=False, state="no_target"))
    assert shares(alice, "measures") == {"K1": 0.75, "K2": 0.25, "K3": None}
    assert notes(alice, "measures") == {
        "K1": "",
        "K2": "Left out until it has a value.",
        "K3": "Does not count now: No target.",
    }


@pytest.mark.parametrize(
    ("mode", "blend", "below", "own"),
    [
        ("rollup", None, "Its progress is their mean by weight.", "Its progress comes from the objectives that"),
        ("direct", None, "Its progress comes from its own KPIs: what contributes", "Its progress is their mean by"),
        ("", None, "Its progress comes from its own KPIs: what contributes", "Its progress is their mean by weight."),
        ("blend", Decimal("0.4"), "Together they make 60% of its progress.", "Together they make 40% of its progress."),
        ("manual", None, "Its progress is the owner's figure", "Its progress is the owner's figure"),
    ],
)
def test_page_says_what_the_links_mean_for_the_progress(
    company: Company, alice: Client, mode: str, blend: Decimal | None, below: str, own: str
) -> None:
    aim = make_aim(company, "O1", progress_mode=mode, blend=blend, figures={})
    ContributionFactory.create(child=make_aim(company, "C1", progress_mode="manual", manual_progress="0.8"), parent=aim)
    measure = MeasureFactory.create(objective=aim, kpi=make_kpi(company, "K1"))
    alice.post("/objectives/O1/links/measures/", row("measures", measure, "2"))
    roll_up_all(at=NOW, organization_id=company.organization.pk)
    parts = {one["part"].key: one["part"] for one in alice.get("/objectives/O1/links/").context["parts"]}
    assert (parts["down"].basis.startswith(below), parts["measures"].basis.startswith(own)) == (True, True)
    told = "" if mode in ("rollup", "blend") else "O1 does not take its progress from here."
    assert notes(alice, "up", "C1") == {"O1": told}


def test_second_one_sees_what_was_set_and_nothing_is_half_saved(
    company: Company, aim: Objective, alice: Client
) -> None:
    links = [ContributionFactory.create(child=make_aim(company, f"C{number}"), parent=aim) for number in range(2)]
    office = company.actor(company.olga)
    change_contribution(links[1], {"weight": Decimal(7)}, actor=office, at=NOW, version=1)
    sent = row("down", links[0], "5") | row("down", links[1], "6")
    second = alice.post("/objectives/O1/links/down/", sent)
    content = second.content.decode()
    assert second.status_code == 422
    assert "Meanwhile somebody has set 7, Contributes to." in content
    assert (f'id="id_down-{links[1].pk}-weight"' in content, 'value="6"' in content) == (True, True)
    assert list(Contribution.objects.order_by("pk").values_list("weight", flat=True)) == [1, 7]
    again = alice.post("/objectives/O1/links/down/", row("down", links[0], "5") | row("down", links[1], "6", 2))
    assert again.status_code == 302
    assert list(Contribution.objects.order_by("pk").values_list("weight", flat=True)) == [5, 6]


def test_wrong_weight_keeps_what_was_typed_and_stores_nothing(company: Company, aim: Objective, alice: Client) -> None:
    links = [ContributionFactory.create(child=make_aim(company, f"C{number}"), parent=aim) for number in range(2)]
    sent = row("down", links[0], "5") | row("down", links[1], "much")
    response = alice.post("/objectives/O1/links/down/", sent)
    assert (response.status_code, "much" in response.content.decode(), events()) == (422, True, [])
    assert list(Contribution.objects.values_list("weight", flat=True)) == [1, 1]


def test_link_is_removed_once_in_the_version_that_was_seen(company: Company, aim: Objective, alice: Client) -> None:
    edge = ContributionFactory.create(child=aim, parent=make_aim(company, "O2"))
    stale = alice.post("/objectives/O1/links/up/remove/", {"link": edge.pk, "version": "7"})
    assert (stale.status_code, Contribution.objects.count()) == (422, 1)
    for _ in range(2):
        response = alice.post("/objectives/O1/links/up/remove/", {"link": edge.pk, "version": "1"})
        assert response.status_code == 302
    measure = MeasureFactory.create(objective=aim, kpi=make_kpi(company, "K1"))
    alice.post("/objectives/O1/links/measures/remove/", {"link": measure.pk, "version": "1"})
    assert (Contribution.objects.count(), Measure.objects.count()) == (0, 0)
    assert events() == ["contribution.deleted", "measure.deleted"]


def test_link_of_another_objective_is_not_touched(company: Company, aim: Objective, alice: Client) -> None:
    elsewhere = ContributionFactory.create(child=make_aim(company, "O2"), parent=make_aim(company, "O3"))
    alice.post("/objectives/O1/links/up/remove/", {"link": elsewhere.pk, "version": "1"})
    alice.post("/objectives/O1/links/up/", row("up", elsewhere, "9"))
    assert list(Contribution.objects.values_list("weight", flat=True)) == [1]
    assert alice.post("/objectives/O1/links/sideways/", {}).status_code == 404


def test_what_another_department_contributes_is_shown_and_not_changed(company: Company, alice: Client) -> None:
    aim = make_aim(company, "O1")
    shared = make_aim(company, "F1", department=company.finance, level=Level.STRATEGIC)
    secret = make_aim(company, "F2", department=company.finance)
    edge = ContributionFactory.create(child=shared, parent=aim, weight=Decimal(3))
    ContributionFactory.create(child=secret, parent=aim)
    page = alice.get("/objectives/O1/links/")
    part = next(one["part"] for one in page.context["parts"] if one["part"].key == "down")
    assert [(one.code, one.may_change, one.share) for one in part.rows] == [("F1", False, 0.75)]
    assert (part.hidden, "F2" in page.content.decode()) == (1, False)
    alice.post("/objectives/O1/links/down/", row("down", edge, "9"))
    alice.post("/objectives/O1/links/down/remove/", {"link": edge.pk, "version": "1"})
    assert Contribution.objects.get(pk=edge.pk).weight == 3


def test_empty_page_says_what_to_do(company: Company, aim: Objective, alice: Client) -> None:
    content = alice.get("/objectives/O1/links/").content.decode()
    for said in ("It contributes to nothing yet", "Nothing contributes to it yet", "No KPI measures it yet"):
        assert said in content
    assert "/objectives/new/?parent=O1" in content
    make_aim(company, "S1", level=Level.STRATEGIC)
    assert "It stands at the top" in signed_in(company.olga).get("/objectives/S1/links/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_any_number(
    company: Company,
    aim: Objective,
    alice: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        ContributionFactory.create(child=aim, parent=make_aim(company, f"P{number}"))
        ContributionFactory.create(child=make_aim(company, f"C{number}"), parent=aim)
        MeasureFactory.create(objective=aim, kpi=make_kpi(company, f"K{number}"))
    with django_assert_num_queries(17):
        alice.get("/objectives/O1/links/")
