"""The pages on which a KPI is made and changed: who may, what is kept, what is refused and where it is said."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from audit.models import Event
from kpis.models import Kpi, KpiFigures, Measurement
from objectives.models import Objective
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
NEW = "/kpis/new/"
EDIT = "/kpis/K-13/edit/"


def said(**changes: Any) -> dict[str, Any]:
    """What the form of a new KPI sends when little is filled in."""
    plain = {
        "name": "Scrap",
        "unit": "t",
        "precision": "1",
        "direction": "down",
        "kind": "move",
        "frequency": "monthly",
        "grace_days": "5",
        "time_aggregation": "sum",
        "unit_aggregation": "none",
        "trajectory": "linear",
        "department": "SALES",
    }
    return {**plain, **changes}


def seen(client: Client, page: str = EDIT) -> dict[str, Any]:
    """What the page holds, as a browser would send it back."""
    form = client.get(page).context["form"]
    values = {name: form[name].field.prepare_value(form[name].value()) for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def events(verb: str) -> list[Any]:
    return list(Event.objects.filter(verb=verb).order_by("pk"))


def test_new_kpi_is_stored_with_both_languages(company: Company, browser: Browser) -> None:
    texts = {"name_fr": "Rebuts", "unit_fr": "tonnes", "description": "Weighed at the gate"}
    plan = {"baseline": "12,5", "target": "8", "start": "2026-01-01", "end": "2026-12-31"}
    response = browser(company.alice).post(NEW, said(code="SCRAP", owner="bob@acme.example", **texts, **plan))
    assert (response.status_code, response.headers.get("Location")) == (302, "/kpis/SCRAP/")
    row = Kpi.objects.get(code="SCRAP")
    assert row.translations == {"fr": {"name": "Rebuts", "unit": "tonnes"}}
    assert (row.baseline, row.target, row.owner, row.department) == (
        Decimal("12.5"),
        Decimal(8),
        company.bob,
        company.sales,
    )
    assert (row.direction, row.grace_days, row.time_aggregation, row.end) == ("down", 5, "sum", date(2026, 12, 31))
    assert KpiFigures.objects.get(kpi=row).state == "no_data"
    assert [one.subject_code for one in events("kpi.created")] == ["SCRAP"]


def test_new_kpi_without_a_code_gets_the_next_free_one(company: Company, browser: Browser) -> None:
    alice = browser(company.alice)
    places = [alice.post(NEW, said(name=name)).headers["Location"] for name in ("One", "Two")]
    assert places == ["/kpis/KPI-1/", "/kpis/KPI-2/"]


def test_new_kpi_with_a_formula_is_worked_out_at_once(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("GOOD", {1: "80", 2: "90"}, unit="pc", kind="unscored", baseline=None, target=None)
    sent = said(code="DOUBLE", unit="pc", kind="unscored", formula="GOOD * 2")
    assert browser(company.alice).post(NEW, sent).status_code == 302
    values = Measurement.objects.filter(kpi__code="DOUBLE").order_by("period").values_list("value", flat=True)
    assert list(values) == [160, 180]


def test_series_is_made_with_its_breakdown(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("ALL")
    sent = said(code="NORTH", parent="ALL", dimensions="region = North\r\nsex = female", kind="unscored")
    assert browser(company.alice).post(NEW, sent).status_code == 302
    row = Kpi.objects.get(code="NORTH")
    assert (row.dimensions, row.parent and row.parent.code) == ({"region": "North", "sex": "female"}, "ALL")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"precision": "11"}, "precision"),
        ({"baseline": "many"}, "baseline"),
        ({"direction": "up", "baseline": "12", "target": "8", "start": "2026-01-01", "end": "2026-12-31"}, "direction"),
        ({"baseline": "12", "target": "8", "end": "2026-12-31"}, "start"),
        ({"start": "2026-12-31", "end": "2026-01-01"}, "end"),
        ({"minimum": "5", "maximum": "1"}, "maximum"),
        ({"owner": "nobody@example.com"}, "owner"),
        ({"parent": "NOWHERE"}, "parent"),
        ({"formula": "1 + (2"}, "formula"),
        ({"formula": "NOWHERE * 2"}, "formula"),
        ({"dimensions": "North"}, "dimensions"),
        ({"department": "NOWHERE"}, "department"),
        ({"code": "K-13"}, "code"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_stored(
    company: Company, browser: Browser, delivery: Kpi, changes: dict[str, str], field: str
) -> None:
    before = (Kpi.objects.count(), Event.objects.count())
    response = browser(company.alice).post(NEW, said(**changes))
    form = response.context["form"]
    assert (response.status_code, list(form.errors)) == (422, [field])
    assert f'id="{form[field].auto_id}_error1"' in response.content.decode()
    assert (Kpi.objects.count(), Event.objects.count()) == before


def test_edit_changes_what_differs_and_scores_again(company: Company, browser: Browser, delivery: Kpi) -> None:
    alice = browser(company.alice)
    state = KpiFigures.objects.get(kpi=delivery).state
    response = alice.post(EDIT, {**seen(alice), "name": "On time", "target": "85.6"})
    assert (response.status_code, response.headers["Location"]) == (302, "/kpis/K-13/")
    delivery.refresh_from_db()
    assert (delivery.name, delivery.target, delivery.version) == ("On time", Decimal("85.6"), 2)
    assert (state, KpiFigures.objects.get(kpi=delivery).state) == ("off_track", "on_track")
    assert (events("kpi.changed")[-1].before["name"], events("kpi.changed")[-1].after["name"]) == (
        "On-time delivery",
        "On time",
    )
    assert set(events("kpi.changed")[-1].after) == {"name", "target"}


def test_edit_that_changes_nothing_leaves_nothing_behind(company: Company, browser: Browser, delivery: Kpi) -> None:
    alice = browser(company.alice)
    before = Event.objects.count()
    assert alice.post(EDIT, seen(alice)).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.version, Event.objects.count()) == (1, before)


def test_stale_page_keeps_what_was_typed_and_says_what_is_newer(
    company: Company, browser: Browser, delivery: Kpi
) -> None:
    alice = browser(company.alice)
    old = seen(alice)
    assert alice.post(EDIT, {**old, "name": "Theirs"}).status_code == 302
    response = alice.post(EDIT, {**old, "name": "Mine"})
    page = response.content.decode()
    assert (response.status_code, [(one.label, one.text) for one in response.context["newer"]]) == (
        422,
        [("Name (English)", "Theirs")],
    )
    assert 'value="Mine"' in page
    assert alice.post(EDIT, {**old, "name": "Mine", "version": "2"}).status_code == 302
    assert Kpi.objects.get(code="K-13").name == "Mine"


def test_unit_that_a_formula_needs_is_refused_at_the_unit(
    company: Company, browser: Browser, make_kpi: Maker, delivery: Kpi
) -> None:
    alice = browser(company.alice)
    make_kpi("SUM", {}, unit="%", kind="unscored", baseline=None, target=None, formula="[K-13] + [K-13]")
    response = alice.post(EDIT, {**seen(alice), "unit": "kg"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["unit"])
    assert Kpi.objects.get(code="K-13").unit == "%"


def test_frequency_of_values_that_are_there_stays(
    company: Company, browser: Browser, make_kpi: Maker, delivery: Kpi
) -> None:
    make_kpi("FULL", {1: "81"})
    make_kpi("EMPTY")
    alice = browser(company.alice)
    refused, taken = (
        alice.post(page, {**seen(alice, page), "frequency": "quarterly"})
        for page in ("/kpis/FULL/edit/", "/kpis/EMPTY/edit/")
    )
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["frequency"])
    assert taken.status_code == 302
    assert dict(Kpi.objects.filter(code__in=["FULL", "EMPTY"]).values_list("code", "frequency")) == {
        "FULL": "monthly",
        "EMPTY": "quarterly",
    }


def test_whole_out_of_sight_stays(company: Company, browser: Browser, make_kpi: Maker, delivery: Kpi) -> None:
    whole = make_kpi("WHOLE", department=company.root)
    Kpi.objects.filter(pk=delivery.pk).update(parent=whole)
    alice = browser(company.alice)
    assert alice.post(EDIT, {**seen(alice), "name": "Renamed"}).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.name, delivery.parent) == ("Renamed", whole)


def test_moving_a_kpi_where_one_may_not_edit_is_refused(company: Company, browser: Browser, delivery: Kpi) -> None:
    alice = browser(company.alice)
    response = alice.post(EDIT, {**seen(alice), "department": "FINANCE"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["department"])


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_any_number_of_kpis(
    company: Company, browser: Browser, make_kpi: Maker, delivery: Kpi, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count - 1):
        make_kpi(f"MORE-{number}")
    alice = browser(company.alice)
    alice.get(EDIT)
    with django_assert_num_queries(10):
        assert alice.get(EDIT).status_code == 200


def test_links_are_for_who_may_edit(company: Company, browser: Browser, delivery: Kpi) -> None:
    for person, expected in ((company.alice, (True, True)), (company.bob, (False, False))):
        client = browser(person)
        pages = [client.get(path).content.decode() for path in ("/kpis/", "/kpis/K-13/")]
        assert (f'href="{NEW}"' in pages[0], f'href="{EDIT}"' in pages[1]) == expected


def test_computed_kpi_asks_for_no_value(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("GOOD", {1: "80"}, unit="pc", kind="unscored", baseline=None, target=None)
    make_kpi("TWICE", {}, unit="pc", kind="unscored", baseline=None, target=None, formula="GOOD * 2")
    alice = browser(company.alice)
    assert [alice.get(f"/kpis/{code}/").context["entry"] is None for code in ("GOOD", "TWICE")] == [False, True]


def test_deleting_says_what_goes_and_asks_first(
    company: Company, browser: Browser, delivery: Kpi, objective: Objective
) -> None:
    alice = browser(company.alice)
    page = alice.get("/kpis/K-13/delete/")
    going = page.context["going"]
    assert (going.values, going.objectives, going.readers, Kpi.objects.count()) == (9, 1, 0, 1)
    stale = alice.post("/kpis/K-13/delete/", {"version": "7"})
    assert (stale.status_code, bool(stale.context["problem"]), Kpi.objects.count()) == (422, True, 1)
    done = alice.post("/kpis/K-13/delete/", {"version": "1"})
    assert (done.status_code, done.headers["Location"], Kpi.objects.count()) == (302, "/kpis/", 0)
    assert [one.subject_code for one in events("kpi.deleted")] == ["K-13"]


def test_kpi_that_others_are_made_of_stays(company: Company, browser: Browser, delivery: Kpi, make_kpi: Maker) -> None:
    make_kpi("SUM", {}, kind="unscored", baseline=None, target=None, formula="[K-13] + [K-13]")
    alice = browser(company.alice)
    page = alice.get("/kpis/K-13/delete/")
    assert [one.code for one in page.context["going"].named] == ["SUM"]
    assert "<button" not in page.content.decode().partition('id="delete-h"')[2].partition("</section>")[0]
    assert alice.post("/kpis/K-13/delete/", {"version": "1"}).status_code == 422
    assert Kpi.objects.filter(code="K-13").exists()


def test_preview_says_what_follows_and_stores_nothing(
    company: Company, browser: Browser, delivery: Kpi, objective: Objective
) -> None:
    alice = browser(company.alice)
    before = Event.objects.count()
    response = alice.post(EDIT, {**seen(alice), "target": "85.6", "do": "preview"})
    assert (response.status_code, [one.code for one in response.context["impact"].objectives]) == (200, ["OPS-1"])
    page = response.content.decode()
    assert "OPS-1" in page.partition('id="impact-h"')[2].partition("</section>")[0]
    assert 'value="85.6"' in page
    delivery.refresh_from_db()
    assert (delivery.target, delivery.version, Event.objects.count()) == (90, 1, before)


def test_preview_of_what_cannot_be_saved_says_why_at_its_field(
    company: Company, browser: Browser, delivery: Kpi
) -> None:
    alice = browser(company.alice)
    response = alice.post(EDIT, {**seen(alice), "direction": "down", "do": "preview"})
    assert (response.status_code, response.context["impact"]) == (422, None)
    assert list(response.context["form"].errors) == ["direction"]
