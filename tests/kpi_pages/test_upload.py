"""Values in bulk in the browser and through the API: columns, preview, storing, undo."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kpis.models import Batch, Kpi, Measurement
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
OCTOBER = date(2026, 10, 1)
TABLE = "Indicator;Month;Actual\nK-13;Oct 2026;86,5\nOn-time delivery;Sept 2026;85,9\n"
ROLES = {"role0": "kpi", "role1": "period", "role2": "value", "shape": "values", "decimal": ",", "days": "day"}


def upload(client: Client, text: str = TABLE, name: str = "values.csv") -> Any:
    return client.post("/kpis/upload/", {"file": SimpleUploadedFile(name, text.encode())})


def value_on(kpi: Kpi, period: date) -> Decimal | None:
    return Measurement.objects.filter(kpi=kpi, period=period).values_list("value", flat=True).first()


def test_upload_preview_store_and_undo(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    answer = upload(bob)
    assert (answer.status_code, answer["Location"]) == (302, "/kpis/batches/B-1/")
    page = bob.get("/kpis/batches/B-1/")
    preview = page.context["preview"]
    assert (preview.created, preview.changed, preview.fault_count, preview.may_apply) == (1, 1, 0, True)
    assert [(row.line, row.period.month, row.before, row.after) for row in preview.rows] == [
        (2, 10, None, Decimal("86.5")),
        (3, 9, Decimal("85.5"), Decimal("85.9")),
    ]
    assert value_on(delivery, OCTOBER) is None
    assert bob.post("/kpis/batches/B-1/apply/", {"seen": preview.counts}).status_code == 302
    assert value_on(delivery, OCTOBER) == Decimal("86.5")
    stored = bob.get("/kpis/batches/B-1/")
    assert [(row.is_new, row.before) for row in stored.context["stored"].rows] == [
        (False, Decimal("85.5")),
        (True, None),
    ]
    assert "Undo the whole batch" in stored.content.decode()
    undone = bob.post("/kpis/batches/B-1/undo/", follow=True)
    assert [str(message) for message in undone.context["messages"]][-1] == "B-1: 2 values are back."
    assert (value_on(delivery, OCTOBER), value_on(delivery, date(2026, 9, 1))) == (None, Decimal("85.5"))
    assert {row.now for row in undone.context["stored"].rows} == {"undone"}
    assert [head.code for head in bob.get("/kpis/upload/").context["batches"]] == ["B-1"]


def test_columns_that_were_guessed_wrong_are_said(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    upload(bob, "a;b;c;d\nx;K-13;Oct 2026;86,5\n")
    missing = bob.post("/kpis/batches/B-1/columns/", ROLES | {"role3": "ignore", "role1": "ignore", "version": "1"})
    assert (missing.status_code, missing.context["form"].non_field_errors()) == (422, ["No column says: Period."])
    twice = bob.post("/kpis/batches/B-1/columns/", ROLES | {"role3": "value", "version": "1"})
    assert twice.context["form"].non_field_errors() == ["Two columns say: Value."]
    right = {"role0": "ignore", "role1": "kpi", "role2": "period", "role3": "value"}
    assert bob.post("/kpis/batches/B-1/columns/", ROLES | right | {"version": "1"}).status_code == 302
    assert bob.get("/kpis/batches/B-1/").context["preview"].created == 1
    late = bob.post("/kpis/batches/B-1/columns/", ROLES | right | {"version": "1"}, follow=True)
    assert [str(message) for message in late.context["messages"]] == ["Someone else has changed this meanwhile."]


def test_what_is_wrong_is_listed_and_nothing_can_be_stored(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    upload(bob, "kpi,period,value\nK-99,2026-10,1\nK-13,Octember,2\nK-13,2026-10,12x\n")
    page = bob.get("/kpis/batches/B-1/")
    assert [(fault.row, fault.value) for fault in page.context["preview"].faults] == [
        (2, "K-99"),
        (3, "Octember"),
        (4, "12x"),
    ]
    assert "Store these values" not in page.content.decode()
    bob.post("/kpis/batches/B-1/apply/")
    assert (Batch.objects.get().state, value_on(delivery, OCTOBER)) == ("draft", None)
    assert bob.post("/kpis/batches/B-1/discard/")["Location"] == "/kpis/upload/"
    assert Batch.objects.get().state == "discarded"


def test_no_table_is_refused_in_the_form(company: Company, browser: Browser) -> None:
    answer = upload(browser(company.bob), "\x00\x01", "picture.png")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["file"])


def test_draft_is_for_its_author_and_a_batch_for_who_sees_its_values(
    company: Company, browser: Browser, delivery: Kpi
) -> None:
    bob = browser(company.bob)
    upload(bob)
    assert [browser(user).get("/kpis/batches/B-1/").status_code for user in (company.alice, company.olga)] == [404, 404]
    bob.post("/kpis/batches/B-1/apply/")
    assert [
        browser(user).get("/kpis/batches/B-1/").status_code for user in (company.alice, company.charlie, company.dora)
    ] == [200, 200, 404]


def test_ways_to_upload_and_undo_are_for_those_who_may(
    company: Company, browser: Browser, delivery: Kpi, make_kpi: Maker
) -> None:
    make_kpi("K-9", owner=company.alice)
    upload(browser(company.alice), "kpi,period,value\nK-13,2026-10,86\nK-9,2026-10,86\n")
    browser(company.alice).post("/kpis/batches/B-1/apply/")
    people = (company.alice, company.bob, company.charlie, company.olga)
    shown = {
        user.name: (
            'href="/kpis/upload/"' in browser(user).get("/kpis/").content.decode(),
            browser(user).get("/kpis/upload/").status_code,
            'href="/kpis/upload/"' in browser(user).get("/kpis/batches/B-1/").content.decode(),
            "/kpis/batches/B-1/undo/" in browser(user).get("/kpis/batches/B-1/").content.decode(),
        )
        for user in people
    }
    assert shown == {
        "Alice": (True, 200, True, True),
        "Bob": (True, 200, True, False),
        "Charlie": (False, 403, False, False),
        "Olga": (True, 200, True, True),
    }


@pytest.mark.parametrize("number", [1, 3])
def test_page_of_a_batch_takes_the_same_queries_for_any_number(
    number: int, company: Company, browser: Browser, delivery: Kpi, django_assert_num_queries: Any
) -> None:
    bob = browser(company.bob)
    rows = "".join(f"K-13,2026-{month:02},{month}\n" for month in range(1, number + 1))
    upload(bob, f"kpi,period,value\n{rows}")
    with django_assert_num_queries(13):
        bob.get("/kpis/batches/B-1/")
    bob.post("/kpis/batches/B-1/apply/")
    with django_assert_num_queries(14):
        bob.get("/kpis/batches/B-1/")


def test_api_previews_records_under_a_code_and_undoes(company: Company, client: Client, delivery: Kpi) -> None:
    headers: Any = {"authorization": f"Bearer {company.token(company.bob)}"}
    rows = [
        {"kpi": "K-13", "period": "2026-10-01", "value": "86.5"},
        {"kpi": "K-13", "period": "2026-09-01", "value": "85.5"},
        {"kpi": "K-13", "period": "2027-01-01", "value": "1"},
    ]

    def post(address: str, body: Any) -> Any:
        return client.post(f"/api/v1/{address}", body, content_type="application/json", headers=headers)

    found = post("batches/preview/", rows).json()
    assert (found["created"], found["changed"], found["unchanged"]) == (1, 0, 1)
    assert found["rows"] == [
        {"row": 1, "kpi": "K-13", "period": "2026-10-01", "verdict": "new", "before": None, "after": "86.5"}
    ]
    assert [(one["row"], one["field"], one["code"]) for one in found["refused"]] == [(3, "period", "future")]
    assert value_on(delivery, OCTOBER) is None
    assert post("measurements/", rows[:2]).json() == {"created": 1, "changed": 0, "unchanged": 1, "batch": "B-1"}
    shown = client.get("/api/v1/batches/B-1/", headers=headers).json()
    assert (shown["state"], shown["source"], shown["created"], shown["started_by"]) == (
        "applied",
        "api",
        1,
        company.bob.email,
    )
    done = post("batches/B-1/undo/", {}).json()
    assert (done["restored"], done["left"], done["batch"]["state"]) == (1, 0, "undone")
    assert post("batches/B-1/undo/", {}).json()["restored"] == 0
    assert value_on(delivery, OCTOBER) is None
    listed = client.get("/api/v1/batches/?state=undone", headers=headers).json()["results"]
    assert [row["code"] for row in listed] == ["B-1"]
