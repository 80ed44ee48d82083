"""Entering, correcting and undoing a value in the page."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from audit.models import Event
from kpis.models import Kpi, Measurement, MeasurementRevision
from kpis.services import ChangedMeanwhile, Reading, enter_value, record_measurements, undo_value
from organization.actors import Actor
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import BEFORE, TODAY, Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
PART = {"HX-Request": "true"}
OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)


def send(client: Client, headers: dict[str, str] | None = None, **fields: str) -> Any:
    data = {"period": "2026-10-01", "value": "86,4 %", "seen": "2026-10-01", "note": "", "reason": ""} | fields
    return client.post("/kpis/K-13/values/", data, headers=headers)


def known(kpi: Kpi, period: date) -> Measurement | None:
    return Measurement.objects.filter(kpi=kpi, period=period).first()


def seen(kpi: Kpi, period: date) -> str:
    row = known(kpi, period)
    assert row is not None
    return f"{period} {row.recorded_at.isoformat()}"


def test_value_is_saved_by_post_and_redirect_with_undo(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    response = send(bob)
    assert (response.status_code, response.headers["Location"]) == (302, "/kpis/K-13/")
    row = known(delivery, OCTOBER)
    assert row is not None
    assert (row.value, row.source, row.recorded_by, row.recorded_at) == (Decimal("86.4"), "web", company.bob, TODAY)
    page = bob.get("/kpis/K-13/")
    assert page.context["saved"].text == "Oct 2026: 86.4% saved."
    assert page.context["page"].row.value == Decimal("86.4")
    assert bob.get("/kpis/K-13/").context["saved"] is None
    assert Event.objects.filter(verb="measurement.recorded", subject_code="K-13").count() == 2


def test_value_is_saved_in_place_for_scripts(company: Company, browser: Browser, delivery: Kpi) -> None:
    response = send(browser(company.bob), PART)
    text = response.content.decode()
    assert response.status_code == 200
    assert response.context["toast"].recorded_at == TODAY.isoformat()
    assert response.context["entry"].period == date(2026, 11, 1)
    assert "Oct 2026: 86.4% saved." in text
    assert [f'id="kpi-{name}" hx-swap-oob="true"' in text for name in ("head", "why", "values", "signals")] == [
        True
    ] * 4
    assert response.headers["HX-Trigger"] == '{"kpi-moved": {}}'


def test_value_that_is_no_number_is_refused_beside_its_field(company: Company, browser: Browser, delivery: Kpi) -> None:
    response = send(browser(company.bob), PART, value="forty")
    assert response.status_code == 422
    assert response.context["form"].errors == {"value": ["Write a number, such as 86.6."]}
    assert 'value="forty"' in response.content.decode()
    assert response.context["form"]["value"].help_text == "Sep 2026 was 85.5%. Usually 81.5% to 87.1%."
    assert "autofocus" in response.content.decode()
    assert known(delivery, OCTOBER) is None


def test_value_for_a_period_to_come_is_no_choice(company: Company, browser: Browser, delivery: Kpi) -> None:
    response = send(browser(company.bob), period="2026-12-01")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["period"])
    assert known(delivery, date(2026, 12, 1)) is None


def test_value_beyond_the_store_is_refused_in_words(company: Company, browser: Browser, delivery: Kpi) -> None:
    response = send(browser(company.bob), value="1" + "0" * 20)
    assert response.context["form"].errors == {"value": ["The number must be smaller than 10^20."]}


def test_correction_needs_a_reason_and_keeps_the_old_value(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    shown = seen(delivery, SEPTEMBER)
    refused = send(bob, period="2026-09-01", value="86", seen=shown)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["reason"]
    assert known(delivery, SEPTEMBER).value == Decimal("85.5")  # type: ignore[union-attr]
    assert MeasurementRevision.objects.count() == 0
    send(bob, period="2026-09-01", value="86", seen=shown, reason="Recount")
    assert known(delivery, SEPTEMBER).value == Decimal(86)  # type: ignore[union-attr]
    old = MeasurementRevision.objects.get()
    assert (old.value, old.reason, old.replaced_by, old.source) == (Decimal("85.5"), "Recount", company.bob, "import")


def test_same_value_again_changes_nothing(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    send(bob, period="2026-09-01", value="85.5", seen=seen(delivery, SEPTEMBER))
    assert MeasurementRevision.objects.count() == 0
    assert known(delivery, SEPTEMBER).recorded_at == BEFORE  # type: ignore[union-attr]
    assert [str(one) for one in bob.get("/kpis/K-13/").context["messages"]] == ["Sep 2026: 85.5% was stored already."]


def test_value_changed_meanwhile_is_shown_beside_the_typed_one(
    company: Company, browser: Browser, delivery: Kpi
) -> None:
    shown = seen(delivery, SEPTEMBER)
    other = Reading(delivery.pk, SEPTEMBER, Decimal("85.9"), reason="Recount")
    record_measurements([other], actor=company.actor(company.alice), at=TODAY, source="web")
    bob = browser(company.bob)
    response = send(bob, PART, period="2026-09-01", value="86,2", seen=shown, reason="Mine")
    text = response.content.decode()
    assert response.status_code == 422
    assert "<b>Alice</b> has stored <b>85.9%</b> meanwhile" in text
    assert 'value="86,2"' in text
    assert known(delivery, SEPTEMBER).value == Decimal("85.9")  # type: ignore[union-attr]
    again = send(
        bob, PART, period="2026-09-01", value="86,2", seen=response.context["form"]["seen"].value(), reason="Mine"
    )
    assert again.status_code == 200
    assert known(delivery, SEPTEMBER).value == Decimal("86.2")  # type: ignore[union-attr]


def test_first_value_that_someone_else_entered_meanwhile_is_not_overwritten(
    company: Company, browser: Browser, delivery: Kpi
) -> None:
    reading = Reading(delivery.pk, OCTOBER, Decimal(89))
    record_measurements([reading], actor=company.actor(company.alice), at=TODAY, source="web")
    response = send(browser(company.bob))
    assert (response.status_code, response.context["meanwhile"]) == (422, True)
    assert known(delivery, OCTOBER).value == Decimal(89)  # type: ignore[union-attr]


def test_other_period_chosen_without_scripts_shows_what_is_stored_there(
    company: Company, browser: Browser, delivery: Kpi
) -> None:
    response = send(browser(company.bob), period="2026-08-01", value="80")
    assert (response.status_code, response.context["meanwhile"]) == (422, False)
    assert "is stored for this period already" in response.content.decode()
    assert known(delivery, date(2026, 8, 1)).value == Decimal(85)  # type: ignore[union-attr]


def test_undo_brings_the_replaced_value_back(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    send(bob, period="2026-09-01", value="86", seen=seen(delivery, SEPTEMBER), reason="Recount")
    undo = {"period": "2026-09-01", "recorded_at": TODAY.isoformat()}
    response = bob.post("/kpis/K-13/values/undo/", undo)
    assert response.status_code == 302
    row = known(delivery, SEPTEMBER)
    assert row is not None
    assert (row.value, row.recorded_by) == (Decimal("85.5"), company.bob)
    assert [old.reason for old in MeasurementRevision.objects.order_by("id")] == ["Recount", "Undone"]


def test_undo_of_a_first_value_leaves_the_period_unknown(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    send(bob)
    bob.post("/kpis/K-13/values/undo/", {"period": "2026-10-01", "recorded_at": TODAY.isoformat()}, headers=PART)
    row = known(delivery, OCTOBER)
    assert row is not None
    assert row.value is None
    page = bob.get("/kpis/K-13/")
    assert page.context["page"].row.period == SEPTEMBER
    assert page.context["entry"].period == OCTOBER


def test_value_after_an_undone_one_needs_no_reason(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    send(bob)
    bob.post("/kpis/K-13/values/undo/", {"period": "2026-10-01", "recorded_at": TODAY.isoformat()})
    assert send(bob, seen=seen(delivery, OCTOBER), value="88").status_code == 302
    assert known(delivery, OCTOBER).value == Decimal(88)  # type: ignore[union-attr]


def test_undo_after_another_change_is_refused(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    send(bob)
    later = datetime.fromisoformat("2026-11-12T05:01:00+00:00")
    reading = Reading(delivery.pk, OCTOBER, Decimal(89), reason="Recount")
    record_measurements([reading], actor=company.actor(company.alice), at=later, source="web")
    bob.post("/kpis/K-13/values/undo/", {"period": "2026-10-01", "recorded_at": TODAY.isoformat()})
    assert known(delivery, OCTOBER).value == Decimal(89)  # type: ignore[union-attr]
    texts = [str(one) for one in bob.get("/kpis/K-13/").context["messages"]]
    assert texts == ["Oct 2026 was not undone: its value has been changed again since."]


def test_undo_service_twice_is_refused_the_second_time(company: Company, delivery: Kpi) -> None:
    actor: Actor = company.actor(company.bob)
    enter_value(delivery, Reading(delivery.pk, OCTOBER, Decimal(88)), actor=actor, at=TODAY, seen=None)
    later = datetime.fromisoformat("2026-11-12T05:01:00+00:00")
    undo_value(delivery, OCTOBER, actor=actor, at=later, recorded_at=TODAY)
    with pytest.raises(ChangedMeanwhile):
        undo_value(delivery, OCTOBER, actor=actor, at=later, recorded_at=TODAY)
    assert MeasurementRevision.objects.count() == 1


def test_implausible_value_is_remarked_and_saved(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    remark = bob.get("/kpis/K-13/values/check/?period=2026-10-01&value=41 %").content.decode()
    assert "41.0% is outside the usual range, 81.5% to 87.1%." in remark
    assert "usual" not in bob.get("/kpis/K-13/values/check/?period=2026-10-01&value=86").content.decode()
    assert "usual" not in bob.get("/kpis/K-13/values/check/?period=2026-10-01&value=abc").content.decode()
    response = send(bob, PART, value="41")
    assert response.context["toast"].text == "Oct 2026: 41.0% saved. It lies outside the usual range, 81.5% to 87.1%."
    assert known(delivery, OCTOBER).value == Decimal(41)  # type: ignore[union-attr]


def test_ratio_takes_its_operands(company: Company, browser: Browser, make_kpi: Maker) -> None:
    kpi = make_kpi("K-13", {9: "85"}, time_aggregation="ratio", unit="%")
    bob = browser(company.bob)
    assert [
        name in bob.get("/kpis/K-13/").context["form"].fields for name in ("value", "numerator", "denominator")
    ] == [
        False,
        True,
        True,
    ]
    response = send(bob, numerator="1 728", denominator="")
    assert list(response.context["form"].errors) == ["denominator"]
    send(bob, numerator="1 728", denominator="2 000")
    row = known(kpi, OCTOBER)
    assert row is not None
    assert (row.value, row.numerator, row.denominator) == (Decimal("86.4"), Decimal(1728), Decimal(2000))


def test_form_for_a_stored_period_is_prefilled_in_the_readers_language(
    company: Company, browser: Browser, delivery: Kpi
) -> None:
    bob = browser(company.bob)
    bob.cookies["django_language"] = "fr"
    text = bob.get("/kpis/K-13/values/?period=2026-09-01", headers=PART).content.decode()
    assert 'value="85,5"' in text
    assert f'value="{seen(delivery, SEPTEMBER)}"' in text
    plain = bob.get("/kpis/K-13/values/?period=2026-09-01")
    assert plain.headers["Location"] == "/kpis/K-13/?period=2026-09-01#kpi-entry"


@pytest.mark.parametrize("address", ["values/", "values/undo/"])
def test_who_may_only_look_on_changes_nothing(address: str, company: Company, browser: Browser, delivery: Kpi) -> None:
    data = {"period": "2026-10-01", "value": "1", "seen": "2026-10-01", "recorded_at": BEFORE.isoformat()}
    assert browser(company.charlie).post(f"/kpis/K-13/{address}", data).status_code == 403
    assert browser(company.dora).post(f"/kpis/K-13/{address}", data).status_code == 404
    assert Client().post(f"/kpis/K-13/{address}", data).status_code == 302
    assert known(delivery, OCTOBER) is None
