"""The page of a KPI's formula: the preview changes nothing, saving changes all periods, faults name their place."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kpis.models import Kpi, Measurement
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
PAGE = "/kpis/SHARE/formula/"


@pytest.fixture
def share(make_kpi: Maker) -> Kpi:
    """A share that may be worked out from two others."""
    make_kpi("GOOD", {1: "80", 2: "90"}, unit="pc", baseline=None, target=None, kind="unscored")
    make_kpi("ALL", {1: "100", 2: "120"}, unit="pc", baseline=None, target=None, kind="unscored")
    return make_kpi("SHARE", {}, unit="", precision=2, baseline=Decimal(0), target=Decimal(1))


def values(kpi: Kpi) -> list[Decimal | None]:
    return list(Measurement.objects.filter(kpi=kpi).order_by("period").values_list("value", flat=True))


def send(client: Client, formula: str, do: str, version: int = 1) -> Any:
    return client.post(PAGE, {"formula": formula, "version": str(version), "do": do})


def test_preview_shows_what_would_change_and_stores_nothing(company: Company, browser: Browser, share: Kpi) -> None:
    response = send(browser(company.alice), "GOOD / [ALL]", "preview")
    impact = response.context["impact"]
    assert (response.status_code, impact.changed, impact.operands) == (200, 2, ("GOOD", "ALL"))
    assert [one.after for one in impact.periods] == [Decimal("0.8"), Decimal("0.75")]
    assert (values(share), Kpi.objects.get(code="SHARE").formula) == ([], "")


def test_saving_works_out_every_period(company: Company, browser: Browser, share: Kpi) -> None:
    response = send(browser(company.alice), "GOOD / ALL", "save")
    assert (response.status_code, response.headers["Location"]) == (302, "/kpis/SHARE/")
    assert values(share) == [Decimal("0.8"), Decimal("0.75")]


def test_fault_names_its_place_and_keeps_the_text(company: Company, browser: Browser, share: Kpi) -> None:
    response = send(browser(company.alice), "GOOD / (ALL", "preview")
    page = response.content.decode()
    assert response.status_code == 422
    assert "GOOD / (ALL</textarea>" in page
    assert "at character" in page


@pytest.mark.parametrize("do", ["preview", "save"])
def test_circle_is_refused_naming_the_path(company: Company, browser: Browser, share: Kpi, do: str) -> None:
    response = send(browser(company.alice), "SHARE + GOOD", do)
    assert response.status_code == 422
    assert values(share) == []


def test_hostile_text_is_refused(company: Company, browser: Browser, share: Kpi) -> None:
    for text in ("__import__('os').system('id')", "(" * 1500, "9**9**9", "a.b.c", "1" * 1900):
        assert send(browser(company.alice), text, "preview").status_code == 422


def test_stale_page_shows_the_newer_formula_and_keeps_the_text(company: Company, browser: Browser, share: Kpi) -> None:
    alice = browser(company.alice)
    send(alice, "GOOD / ALL", "save")
    response = send(alice, "GOOD * 2", "save", version=1)
    assert (response.status_code, response.context["stale"]) == (422, True)
    assert "GOOD * 2</textarea>" in response.content.decode()


def test_those_who_may_not_edit_see_the_formula_alone(company: Company, browser: Browser, share: Kpi) -> None:
    send(browser(company.alice), "GOOD / ALL", "save")
    page = browser(company.charlie).get(PAGE)
    assert (page.context["form"], "<code>GOOD / ALL</code>" in page.content.decode()) == (None, True)
