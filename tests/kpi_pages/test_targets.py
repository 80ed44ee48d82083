"""The page of a KPI's targets: the form, the reason, the history, the proposals."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from audit.models import Event
from kpis.definition import TargetPoint
from kpis.models import Kpi, KpiFigures, Target
from kpis.reports.targets import target_changes, target_rows
from kpis.services import change_kpi, set_targets
from kpis.services.targets import needs_reason
from organization.actors import Actor
from organization.models import User
from tests.factories import Company
from tests.kpi_pages.conftest import TODAY, Maker

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]
PAGE = "/kpis/K-13/targets/"
JUNE, AUGUST, NEXT_YEAR = date(2026, 6, 1), date(2026, 8, 1), date(2027, 1, 1)
DAY = TODAY.date()


def point(period: date, value: int | str) -> TargetPoint:
    return TargetPoint(period, Decimal(value))


def send(client: Client, *rows: tuple[str, str] | tuple[str, str, str], reason: str = "", version: int = 1) -> Any:
    data = {"targets-TOTAL_FORMS": str(len(rows)), "targets-INITIAL_FORMS": "0", "reason": reason}
    for place, row in enumerate(rows):
        for name, text in zip(("period", "value", "DELETE"), row, strict=False):
            data[f"targets-{place}-{name}"] = text
    return client.post(PAGE, data | {"version": str(version)})


def stored(kpi: Kpi) -> list[tuple[date, Decimal | None, str]]:
    return list(Target.objects.filter(kpi=kpi).values_list("period", "value", "reason"))


def test_targets_are_saved_with_their_reason_and_scored_at_once(
    company: Company, browser: Browser, delivery: Kpi
) -> None:
    response = send(browser(company.alice), ("2026-06-15", "92,5 %"), ("", ""), reason="Raised by the board")
    assert (response.status_code, response.headers["Location"]) == (302, PAGE)
    assert stored(delivery) == [(JUNE, Decimal("92.5"), "Raised by the board")]
    assert KpiFigures.objects.get(kpi=delivery).target == Decimal("92.5")
    page = browser(company.charlie).get(PAGE).context["page"]
    assert [(row.period, row.in_force) for row in page.rows] == [(JUNE, True)]
    assert [(one.by, one.reason) for one in page.changes][:1] == [(str(company.alice), "Raised by the board")]


def test_target_in_force_does_not_change_without_a_reason(company: Company, browser: Browser, delivery: Kpi) -> None:
    alice = browser(company.alice)
    response = send(alice, ("2026-06-01", "85"))
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["reason"])
    assert 'value="85"' in response.content.decode()
    assert stored(delivery) == []
    assert send(alice, ("2027-01-01", "95")).status_code == 302
    assert stored(delivery) == [(NEXT_YEAR, Decimal(95), "")]


def test_rows_that_stay_keep_their_reason(delivery: Kpi, office: Actor) -> None:
    set_targets(delivery, [point(JUNE, 88)], actor=office, at=TODAY, version=None, reason="First")
    both = [point(JUNE, 88), point(AUGUST, 89)]
    set_targets(delivery, both, actor=office, at=TODAY, version=None, reason="Second")
    assert stored(delivery) == [(JUNE, Decimal(88), "First"), (AUGUST, Decimal(89), "Second")]
    set_targets(delivery, both, actor=office, at=TODAY, version=None)
    assert Event.objects.filter(verb="targets.changed").count() == 2


@pytest.mark.parametrize(
    ("before", "after", "needed"),
    [
        ([], [point(NEXT_YEAR, 95)], False),
        ([], [point(JUNE, 95)], True),
        ([], [point(JUNE, 90)], False),
        ([point(JUNE, 88)], [point(JUNE, 88), point(NEXT_YEAR, 95)], False),
        ([point(JUNE, 88)], [point(JUNE, 88), point(AUGUST, 95)], True),
        ([point(JUNE, 88)], [], True),
        ([point(NEXT_YEAR, 95)], [], False),
    ],
)
def test_reason_is_needed_where_a_day_up_to_today_gets_another_target(
    delivery: Kpi, before: list[TargetPoint], after: list[TargetPoint], needed: bool
) -> None:
    assert needs_reason(delivery, before, after, today=DAY) is needed


def test_first_targets_need_no_reason(make_kpi: Maker) -> None:
    kpi = make_kpi("K-1", target=None, start=None, end=None)
    assert not needs_reason(kpi, [], [point(JUNE, 88)], today=DAY)
    milestones = make_kpi("K-2", trajectory="milestones")
    assert needs_reason(milestones, [point(JUNE, 85)], [point(JUNE, 84)], today=DAY)
    assert not needs_reason(milestones, [], [point(JUNE, 85)], today=DAY)


def test_row_that_is_marked_is_removed(company: Company, browser: Browser, delivery: Kpi, office: Actor) -> None:
    set_targets(delivery, [point(NEXT_YEAR, 95)], actor=office, at=TODAY, version=None)
    assert send(browser(company.alice), ("2027-01-01", "95", "on"), version=2).status_code == 302
    assert stored(delivery) == []


def test_targets_that_somebody_else_changed_meanwhile_are_shown_and_nothing_is_lost(
    company: Company, browser: Browser, delivery: Kpi, office: Actor
) -> None:
    set_targets(delivery, [point(JUNE, 88)], actor=office, at=TODAY, version=None, reason="First")
    alice = browser(company.alice)
    response = send(alice, ("2026-06-01", "91"), reason="Mine")
    text = response.content.decode()
    assert (response.status_code, response.context["stale"]) == (422, True)
    assert 'value="91"' in text
    assert "Jun 2026: <b>88.0%</b>" in text
    version = response.context["form"].data["version"]
    assert send(alice, ("2026-06-01", "91"), reason="Mine", version=version).status_code == 302
    assert stored(delivery) == [(JUNE, Decimal(91), "Mine")]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("2027-01-01", "95"), ("2027-01-20", "96")], "Two targets are given for the same period."),
        ([("2027-01-01", "70")], "The direction contradicts"),
        ([("2027-01-01", "many")], "Write a number"),
        ([("2027-01-01", "1" * 40)], "no more than 30 digits"),
        ([("soon", "95")], "Enter a valid date."),
        ([("2027-01-01", "")], "This field is required."),
    ],
)
def test_wrong_targets_are_refused_in_words(
    company: Company, browser: Browser, delivery: Kpi, rows: list[tuple[str, str]], said: str
) -> None:
    response = send(browser(company.alice), *rows)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert stored(delivery) == []


def test_target_outside_the_periods_of_the_kpi_is_refused_by_the_service(delivery: Kpi, office: Actor) -> None:
    with pytest.raises(ValidationError, match="2027-01-20 is not the first day"):
        set_targets(delivery, [point(date(2027, 1, 20), 95)], actor=office, at=TODAY, version=None)


def test_contributor_reads_and_does_not_write(company: Company, browser: Browser, delivery: Kpi) -> None:
    bob = browser(company.bob)
    assert bob.get(PAGE).context["rows"] is None
    assert send(bob, ("2027-01-01", "95")).status_code == 403
    assert browser(company.dora).get(PAGE).status_code == 404


def test_bounds_of_a_range_have_two_columns(company: Company, browser: Browser, make_kpi: Maker) -> None:
    kpi = make_kpi("K-13", kind="range", baseline=None, target=None, low=Decimal(5), high=Decimal(9))
    response = browser(company.alice).post(
        PAGE,
        {
            "targets-TOTAL_FORMS": "1",
            "targets-INITIAL_FORMS": "0",
            "targets-0-period": "2026-03-01",
            "targets-0-low": "6",
            "targets-0-high": "8",
            "reason": "Tighter",
            "version": "1",
        },
    )
    assert response.status_code == 302
    assert [(one.low, one.high, one.in_force) for one in target_rows(kpi, today=DAY)] == [(6, 8, True)]
    assert "6.0–8.0" in browser(company.bob).get(PAGE).content.decode()


def test_history_holds_changes_of_the_definition_too(delivery: Kpi, office: Actor) -> None:
    change_kpi(delivery, {"target": Decimal(95)}, actor=office, at=TODAY, version=None)
    change_kpi(delivery, {"name": "Another name"}, actor=office, at=TODAY, version=None)
    set_targets(delivery, [point(NEXT_YEAR, 96)], actor=office, at=TODAY, version=None, reason="Beyond")
    seen = [
        (one.reason, [(move.period, move.before and move.before.value, move.after and move.after.value)])
        for one in target_changes(delivery)
        for move in one.moves
    ]
    assert seen == [
        ("Beyond", [(NEXT_YEAR, None, 96)]),
        ("", [(None, 90, 95)]),
        ("", [(None, None, 90)]),
    ]


def test_proposals_come_with_reasons_and_fill_the_form(company: Company, browser: Browser, delivery: Kpi) -> None:
    alice = browser(company.alice)
    page = alice.get(PAGE).context["page"]
    assert [one.idea for one in page.proposals] == ["sustained", "natural_limit", "pace", "stretch"]
    best = page.proposals[0]
    assert best.value == Decimal("85.0")
    assert best.why.startswith("The best mean of three in a row, Jul 2026 to Sep 2026.")
    rows = alice.get(f"{PAGE}?use=sustained").context["rows"]
    assert (rows[0].initial["period"], rows[0].initial["value"]) == (date(2026, 11, 1), Decimal(85))
    assert alice.get(f"{PAGE}?use=nonsense").context["rows"][0].initial == {}


def test_proposals_are_served_by_the_api_as_the_page_shows_them(
    company: Company, browser: Browser, delivery: Kpi
) -> None:
    bob = browser(company.bob)
    served = bob.get("/api/v1/kpis/K-13/target-proposals/").json()
    shown = bob.get(PAGE).context["page"].proposals
    assert [(one["idea"], one["value"], one["why"]) for one in served] == [
        (one.idea, f"{one.value:f}".rstrip("0").rstrip("."), one.why) for one in shown
    ]
    assert {one["periods"] for one in served} == {9}


def test_api_refuses_a_target_between_two_periods(company: Company, browser: Browser, delivery: Kpi) -> None:
    body = {"targets": [{"period": "2027-01-20", "value": "95"}]}
    answer = browser(company.olga).put(
        "/api/v1/kpis/K-13/targets/", body, content_type="application/json", headers={"If-Match": "*"}
    )
    assert answer.status_code == 400
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("targets", "not_a_period")]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_page_reads_the_same_number_of_rows_however_many_targets(
    company: Company, browser: Browser, delivery: Kpi, office: Actor, language: str, django_assert_num_queries: Any
) -> None:
    alice = browser(company.alice)
    alice.cookies["django_language"] = language
    set_targets(delivery, [point(NEXT_YEAR, 95)], actor=office, at=TODAY, version=None)
    alice.get(PAGE)
    with django_assert_num_queries(12) as one:
        alice.get(PAGE)
    more = [point(NEXT_YEAR, 95), point(date(2027, 2, 1), 96), point(date(2027, 3, 1), 97)]
    set_targets(delivery, more, actor=office, at=TODAY, version=None)
    with django_assert_num_queries(12) as three:
        alice.get(PAGE)
    assert len(one.captured_queries) == len(three.captured_queries)
