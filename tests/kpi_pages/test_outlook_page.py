"""Where a KPI is heading and what is signal, on its page and on the parts that are pages of their own."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kpis.models import Kpi, KpiOutlook
from kpis.reports.page import KpiPage
from kpis.services import Reading, record_measurements, record_step_change, refresh_outlooks
from organization.actors import Actor
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import TODAY, Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
PART = {"HX-Request": "true"}
ROUGH = ("84.1", "83.8", "84.3", "83.9", "84.2", "84.0", "83.7", "84.1", "79.0")


def page_of(client: Client, code: str, query: str = "") -> KpiPage:
    page = client.get(f"/kpis/{code}/{query}").context["page"]
    assert isinstance(page, KpiPage)
    return page


@pytest.fixture
def dropped(make_kpi: Maker) -> Kpi:
    """Eight quiet months and a fall; the outlook is worked out."""
    kpi = make_kpi("K-1", dict(enumerate(ROUGH, 1)))
    refresh_outlooks(at=TODAY)
    return kpi


def test_course_leads_on_in_a_fan(company: Company, browser: Browser, dropped: Kpi) -> None:
    page = page_of(browser(company.alice), "K-1")
    fan = page.chart.data["fan"]
    assert fan["x"] == ["2026-09-01", "2026-10-01", "2026-11-01", "2026-12-01"]
    assert [fan[name][0] for name in ("value", "low", "high", "low95", "high95")] == [79.0] * 5
    assert all(
        fan["low95"][place] <= fan["low"][place] <= fan["value"][place] <= fan["high"][place] <= fan["high95"][place]
        for place in range(4)
    )
    stored = KpiOutlook.objects.get(kpi=dropped)
    assert (page.prospect.period, page.prospect.goal) == (date(2026, 12, 1), "90.0%")
    assert (page.prospect.value, page.prospect.probability) == (stored.forecast_value, stored.probability)
    assert page.chart.head[-1] == "Forecast"
    assert page.chart.rows[8][-1] == ""
    assert page.chart.rows[11][-1].startswith(f"{float(page.prospect.value or 0):.1f}% (")


def test_title_says_what_the_end_will_bring(company: Company, browser: Browser, dropped: Kpi) -> None:
    page = page_of(browser(company.alice), "K-1")
    missing = Decimal(90) - (page.prospect.value or Decimal(0))
    assert page.chart.title == (
        f"9.7 pts behind, and falling back; Dec 2026 will miss its target by about {missing:.1f} pts"
    )


def test_a_range_is_lain_within(company: Company, browser: Browser, make_kpi: Maker) -> None:
    fields = {"kind": "range", "low": Decimal(80), "high": Decimal(90), "target": None, "baseline": None}
    make_kpi("K-1", dict(enumerate(ROUGH[:8], 3)), **fields)
    refresh_outlooks(at=TODAY)
    page = page_of(browser(company.alice), "K-1")
    assert page.chart.title == "Within the range from 80.0% to 90.0%; Dec 2026 will lie within 80.0–90.0%"


def test_too_few_values_are_said_so(company: Company, browser: Browser, make_kpi: Maker) -> None:
    make_kpi("K-1", dict.fromkeys(range(7, 11), "84"))
    refresh_outlooks(at=TODAY)
    page = page_of(browser(company.alice), "K-1")
    assert (page.prospect.period, page.chart.data["fan"]) == (None, None)
    assert page.prospect.reason == "Not enough data: 4 values, six are needed."
    assert "Not enough data: 4 values" in browser(company.alice).get("/kpis/K-1/").content.decode()


def test_signals_are_drawn_marked_and_told(company: Company, browser: Browser, dropped: Kpi) -> None:
    page = page_of(browser(company.alice), "K-1")
    assert page.behaviour is not None
    chart = page.behaviour.chart
    assert chart is not None
    assert chart.title == "1 month below the natural limits: the drop is not noise"
    assert chart.data["marks"] == [*([place, "improvement"] for place in range(8)), [8, "concern"]]
    assert chart.data["range"][0] is None
    assert len(chart.data["phases"]) == 1
    assert chart.rows[0][-1] == "below limit"
    assert [row.signal for row in page.periods if row.value is not None][:2] == ["below limit", "run above centre"]


def test_a_step_change_begins_a_phase_with_its_cause(company: Company, browser: Browser, make_kpi: Maker) -> None:
    values = {month: str(84 + (month % 2) / 10 + (3 if month > 4 else 0)) for month in range(1, 11)}
    kpi = make_kpi("K-1", values)
    alice, period = company.actor(company.alice), date(2026, 5, 1)
    record_step_change(kpi, period=period, cause="decision", note="Weekly ritual", actor=alice, at=TODAY)
    behaviour = page_of(browser(company.alice), "K-1").behaviour
    assert behaviour is not None
    assert behaviour.chart is not None
    assert [phase["label"] for phase in behaviour.chart.data["phases"]] == ["", "Weekly ritual"]
    assert behaviour.words[date(2026, 5, 1)] == "new phase"
    assert "new limits since May 2026" in behaviour.chart.subtitle
    text = browser(company.alice).get("/kpis/K-1/signals/").content.decode()
    assert "Weekly ritual" in text


def test_limits_that_the_level_has_left_tell_nothing_about_the_target(
    company: Company, browser: Browser, make_kpi: Maker, office: Actor
) -> None:
    months = [date(2025, month, 1) for month in range(6, 13)] + [date(2026, month, 1) for month in range(1, 10)]
    for code, last in (("K-1", "80.1"), ("K-2", "88")):
        kpi = make_kpi(code, start=date(2025, 1, 1))
        quiet = [Reading(kpi.pk, month, Decimal(80) + Decimal(month.month % 2) / 10) for month in months[:-1]]
        readings = [*quiet, Reading(kpi.pk, months[-1], Decimal(last))]
        record_measurements(readings, actor=office, at=TODAY, source="import")
    refresh_outlooks(at=TODAY)
    still, moved = (page_of(browser(company.alice), code).behaviour for code in ("K-1", "K-2"))
    assert still is not None
    assert moved is not None
    assert (still.assurance, still.report.assurance) == ("consistently fails", "consistently_fails")
    assert still.report.sentences[1].startswith("As it runs now, the target of 90.0% is out of reach")
    assert (moved.assurance, moved.report.assurance) == ("", "consistently_fails")
    assert moved.report.sentences[1].startswith("The limits are from before it moved")


def test_a_young_phase_waits_for_limits(company: Company, browser: Browser, make_kpi: Maker) -> None:
    kpi = make_kpi("K-1", {month: str(84 + (month % 2) / 10) for month in range(1, 11)})
    alice = company.actor(company.alice)
    record_step_change(kpi, period=date(2026, 8, 1), cause="event", note="Moved", actor=alice, at=TODAY)
    behaviour = page_of(browser(company.alice), "K-1").behaviour
    assert behaviour is not None
    assert behaviour.chart is not None
    assert behaviour.chart.title == "3 values since Aug 2026; new limits take six"


def test_many_values_leave_the_chart_to_a_part_of_its_own(
    company: Company, browser: Browser, make_kpi: Maker, office: Actor
) -> None:
    kpi = make_kpi("K-1", frequency="daily", start=date(2026, 4, 1), grace_days=1)
    readings = [
        Reading(kpi.pk, date.fromordinal(date(2026, 4, 1).toordinal() + day), Decimal(80 + day % 7))
        for day in range(201)
    ]
    record_measurements(readings, actor=office, at=TODAY, source="import")
    alice = browser(company.alice)
    answer = alice.get("/kpis/K-1/")
    assert answer.context["page"].behaviour is None
    assert 'hx-get="/kpis/K-1/signals/"' in answer.content.decode()
    part = alice.get("/kpis/K-1/signals/", headers=PART)
    assert "<html" not in part.content.decode()
    assert part.context["behaviour"].chart.recipe == "xmr"


def test_parts_are_pages_without_a_script(company: Company, browser: Browser, dropped: Kpi) -> None:
    alice = browser(company.alice)
    for part in ("signals", "forecast", "variance", "series"):
        page = alice.get(f"/kpis/K-1/{part}/").content.decode()
        alone = alice.get(f"/kpis/K-1/{part}/", headers=PART).content.decode()
        assert (page.count("<html"), alone.count("<html")) == (1, 0)
        assert f'id="kpi-{part}"' in page
        assert f'id="kpi-{part}"' in alone


def test_forecast_part_shows_what_it_rests_on(company: Company, browser: Browser, dropped: Kpi) -> None:
    answer = browser(company.alice).get("/kpis/K-1/forecast/")
    report = answer.context["forecast"]
    text = answer.content.decode()
    assert [one.name for one in report.candidates if one.chosen] == [report.method_name]
    assert all(one.name in text for one in report.candidates)
    assert "No forecast has come due yet." in text


def test_every_figure_has_its_why(company: Company, browser: Browser, dropped: Kpi) -> None:
    notes = page_of(browser(company.alice), "K-1").why.notes
    assert [note.name for note in notes] == ["Forecast, Dec 2026", "Signal"]
    assert "erred least on its own past" in notes[0].sentences[2]
    assert notes[1].sentences[0] == "1 month below the natural limits: the drop is not noise."


@pytest.mark.parametrize(("part", "number"), [("signals", 10), ("forecast", 10), ("variance", 5), ("series", 8)])
def test_parts_take_a_constant_number_of_queries(
    part: str, number: int, company: Company, browser: Browser, dropped: Kpi, django_assert_num_queries: Any
) -> None:
    client = browser(company.alice)
    client.get(f"/kpis/K-1/{part}/", headers=PART)
    with django_assert_num_queries(number):
        client.get(f"/kpis/K-1/{part}/", headers=PART)


def test_open_page_takes_the_new_forecast_over(company: Company, browser: Browser, dropped: Kpi, office: Actor) -> None:
    alice = browser(company.alice)
    before = page_of(alice, "K-1")
    record_measurements([Reading(dropped.pk, date(2026, 10, 1), Decimal(95))], actor=office, at=TODAY, source="api")
    waiting = alice.get(f"/kpis/K-1/?seen={before.version}", headers=PART)
    shown = waiting.context["page"]
    assert (shown.prospect.stale, shown.prospect.value) == (True, before.prospect.value)
    assert alice.get(f"/kpis/K-1/?seen={shown.version}", headers=PART).status_code == 204
    refresh_outlooks(at=TODAY)
    fresh = alice.get(f"/kpis/K-1/?seen={shown.version}", headers=PART)
    page = fresh.context["page"]
    stored = KpiOutlook.objects.get(kpi=dropped)
    assert (fresh.status_code, page.prospect.stale, page.prospect.value) == (200, False, stored.forecast_value)
    assert page.prospect.value != before.prospect.value
    assert fresh.headers["HX-Trigger"] == '{"kpi-moved": {}}'
    assert 'id="kpi-signals" hx-swap-oob="true"' in fresh.content.decode()


def test_parts_fetch_themselves_again_when_the_kpi_moves(company: Company, browser: Browser, dropped: Kpi) -> None:
    alice = browser(company.alice)
    for part, query in (("signals", ""), ("forecast", ""), ("variance", ""), ("series", "?page=1")):
        text = alice.get(f"/kpis/K-1/{part}/", headers=PART).content.decode()
        assert f'hx-get="/kpis/K-1/{part}/{query}" hx-trigger="kpi-moved from:body" hx-swap="outerHTML"' in text
    assert "kpi-moved" not in alice.get("/kpis/K-1/").content.decode()
