"""My week as people use it: the page, every answer in place, refusals that keep what was typed, what is not theirs."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from alerts.models import Alert, AlertRule
from dashboards.agenda import last_day_of_week
from initiatives.models import Initiative, StatusUpdate
from kpis.models import Kpi, Measurement, PeriodLock, RestatedValue, Restatement
from kpis.services import evaluate_kpis
from objectives.models import CheckIn
from organization.models import User
from tests.factories import (
    Company,
    ContributionFactory,
    InitiativeFactory,
    InitiativeObjectiveFactory,
    KpiFactory,
    MeasureFactory,
    MeasurementFactory,
    ObjectiveFactory,
)

HTMX = {"HTTP_HX_REQUEST": "true"}
Browser = Callable[[User], Client]


def first_of_month(months_ago: int) -> date:
    today = timezone.localdate()
    year, month = divmod(today.year * 12 + today.month - 1 - months_ago, 12)
    return date(year, month + 1, 1)


@pytest.fixture
def kpi(company: Company) -> Kpi:
    """Bob types it; the month before last is known, with a year before it; the last month is missing and due."""
    row = KpiFactory.create(
        organization=company.organization,
        code="K-1",
        name="Lead time",
        department=company.sales,
        owner=company.bob,
        unit="days",
        grace_days=0,
        start=first_of_month(14),
        end=timezone.localdate() + timedelta(days=400),
    )
    for months_ago in range(2, 14):
        MeasurementFactory.create(kpi=row, period=first_of_month(months_ago), value=Decimal(45 + months_ago % 3))
    evaluate_kpis([row.pk], at=timezone.now())
    return row


@pytest.fixture
def work(company: Company) -> Initiative:
    return InitiativeFactory.create(
        organization=company.organization,
        code="I-1",
        title="Assembly cells",
        department=company.sales,
        owner=company.bob,
        stage="in_progress",
        status="amber",
        progress=Decimal("0.74"),
        confidence=60,
        status_at=timezone.now() - timedelta(days=9),
    )


@pytest.fixture
def aim(company: Company) -> Any:
    return ObjectiveFactory.create(
        organization=company.organization,
        code="O-1",
        title="Deliver on time",
        department=company.sales,
        owner=company.bob,
        confidence=70,
        start=timezone.localdate() - timedelta(days=90),
        end=timezone.localdate() + timedelta(days=90),
    )


@pytest.fixture
def alarm(company: Company, kpi: Kpi) -> Alert:
    rule = AlertRule.objects.create(organization=company.organization, code="R", name="Off plan", kind="colour_change")
    opened = timezone.now() - timedelta(days=3)
    return Alert.objects.create(
        organization=company.organization, number=1, code="AL-1", rule=rule, kpi=kpi, severity="red", state="firing",
        owner=company.bob, department=company.sales, opened_at=opened, changed_at=opened,
    )  # fmt: skip


@pytest.fixture
def change(company: Company, kpi: Kpi) -> Restatement:
    """Bob's; alice decides."""
    row = Restatement.objects.create(
        organization=company.organization, number=1, code="R-1", reason="Counted twice", proposed_at=timezone.now(),
        proposed_by=company.bob,
    )  # fmt: skip
    former = Measurement.objects.get(kpi=kpi, period=first_of_month(5)).value
    RestatedValue.objects.create(restatement=row, kpi=kpi, period=first_of_month(5), value=Decimal(50), former=former)
    return row


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_page_says_what_is_due_and_the_menu_counts_it(
    company: Company, browser: Browser, kpi: Kpi, work: Any, aim: Any, alarm: Any
) -> None:
    page = text(browser(company.bob).get("/me/"))
    for words in ("Lead time", "Assembly cells", "Deliver on time", "Lead time: off track", "2 days late", "0 / 4"):
        assert words in page
    assert '<span class="n" id="week-count">4<span class="vh"> to do</span></span>' in page
    assert 'hidden>0<span class="vh"> to do' in text(browser(company.charlie).get("/"))


def test_nothing_due_says_so(company: Company, browser: Browser) -> None:
    page = text(browser(company.bob).get("/me/"))
    assert "Nothing is due from you this week." in page
    assert "data-item" not in page


def test_value_is_saved_in_place_and_can_be_taken_back(company: Company, browser: Browser, kpi: Kpi) -> None:
    client, period = browser(company.bob), first_of_month(1)
    sent = {"period": period.isoformat(), "seen": period.isoformat(), "value": "46,0"}
    page = text(client.post("/me/values/K-1/", sent, **HTMX))
    assert "46 days saved." in page
    assert 'hx-swap-oob="true" hidden>0' in page
    stored = Measurement.objects.get(kpi=kpi, period=period)
    assert (stored.value, stored.source) == (Decimal(46), "web")
    undo = {"period": period.isoformat(), "recorded_at": stored.recorded_at.isoformat(), "then": "value:K-1"}
    page = text(client.post("/me/values/K-1/undo/", undo, **HTMX))
    assert "is back to what it was." in page
    assert Measurement.objects.get(kpi=kpi, period=period).value is None


def test_value_without_scripts_comes_back_with_its_undo(company: Company, browser: Browser, kpi: Kpi) -> None:
    client, period = browser(company.bob), first_of_month(1)
    sent = {"period": period.isoformat(), "seen": period.isoformat(), "value": "99", "then": "update:I-1"}
    answer = client.post("/me/values/K-1/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/me/?item=update%3AI-1")
    page = text(client.get("/me/"))
    assert "It lies outside the usual range" in page
    assert 'action="/me/values/K-1/undo/"' in page
    assert 'action="/me/values/K-1/undo/"' not in text(client.get("/me/"))


def test_value_that_is_no_number_keeps_what_was_typed(company: Company, browser: Browser, kpi: Kpi) -> None:
    period = first_of_month(1)
    sent = {"period": period.isoformat(), "seen": period.isoformat(), "value": "forty", "note": "Guessed"}
    answer = browser(company.bob).post("/me/values/K-1/", sent, **HTMX)
    assert answer.status_code == 422
    assert 'value="forty"' in text(answer)
    assert 'value="Guessed"' in text(answer)
    assert "Write a number" in text(answer)
    assert not Measurement.objects.filter(kpi=kpi, period=period).exists()


def test_value_that_somebody_else_has_stored_meanwhile_is_not_overwritten(
    company: Company, browser: Browser, kpi: Kpi
) -> None:
    period = first_of_month(1)
    MeasurementFactory.create(kpi=kpi, period=period, value=Decimal(41), recorded_by=company.alice)
    sent = {"period": period.isoformat(), "seen": period.isoformat(), "value": "46"}
    answer = browser(company.bob).post("/me/values/K-1/", sent, **HTMX)
    assert answer.status_code == 422
    assert "Someone else has changed this value meanwhile." in text(answer)
    assert Measurement.objects.get(kpi=kpi, period=period).value == Decimal(41)


def test_value_of_a_closed_period_becomes_a_proposal(company: Company, browser: Browser, kpi: Kpi) -> None:
    period = first_of_month(1)
    PeriodLock.objects.create(
        organization=company.organization, through=first_of_month(0) - timedelta(days=1), locked_at=timezone.now()
    )
    client = browser(company.bob)
    assert "a second person decides" in text(client.get("/me/"))
    sent = {"period": period.isoformat(), "seen": period.isoformat(), "value": "46", "reason": "Late invoice"}
    page = text(client.post("/me/values/K-1/", sent, **HTMX))
    assert "R-1 proposes another value" in page
    assert "Late invoice" in page  # it waits for others now
    assert 'hx-swap-oob="true" hidden>0' in page


def test_no_change_repeats_the_last_update_with_what_blocks_it(company: Company, browser: Browser, work: Any) -> None:
    StatusUpdate.objects.create(
        initiative=work, at=work.status_at, stage="in_progress", status="amber", blocker="Waits for the bench"
    )
    page = text(browser(company.bob).post("/me/updates/I-1/", {"same": "1", "version": "1"}, **HTMX))
    assert "I-1: no change, said again." in page
    said = StatusUpdate.objects.order_by("-pk").first()
    assert said is not None
    told = (said.status, said.progress, said.confidence, said.comment, said.blocker, said.author)
    assert told == ("amber", Decimal("0.74"), 60, "", "Waits for the bench", company.bob)


UPDATE = {"stage": "in_progress", "status": "red", "progress": "76", "confidence": "5.5", "comment": "Slower"}


def test_update_is_sent_in_place(company: Company, browser: Browser, work: Any) -> None:
    page = text(browser(company.bob).post("/me/updates/I-1/", {**UPDATE, "version": "1"}, **HTMX))
    assert "I-1: update sent." in page
    work.refresh_from_db()
    assert (work.status, work.progress, work.confidence, work.comment) == ("red", Decimal("0.76"), 55, "Slower")


def test_stale_update_keeps_what_was_typed_and_answers_to_the_newer_state(
    company: Company, browser: Browser, work: Any
) -> None:
    Initiative.objects.filter(pk=work.pk).update(version=2, progress=Decimal("0.8"))
    initial = {"initial-status": "amber", "initial-progress": "74", "initial-confidence": "6"}
    sent = {**UPDATE, **initial, "progress": "74", "version": "1"}
    answer = browser(company.bob).post("/me/updates/I-1/", sent, **HTMX)
    page = text(answer)
    assert answer.status_code == 422
    assert "Someone else has updated this meanwhile." in page
    assert 'value="Slower"' in page
    assert 'name="progress" value="80"' in page
    assert StatusUpdate.objects.count() == 0


def test_check_in_and_no_change(company: Company, browser: Browser, aim: Any) -> None:
    client = browser(company.bob)
    page = text(client.post("/me/check-ins/O-1/", {"same": "1", "version": "1"}, **HTMX))
    assert "Check-in on O-1 saved." in page
    CheckIn.objects.update(at=timezone.now() - timedelta(days=40))
    sent = {"confidence": "6.5", "comment": "Better", "version": "2"}
    client.post("/me/check-ins/O-1/", sent)
    assert list(CheckIn.objects.order_by("pk").values_list("confidence", "comment")) == [(70, ""), (65, "Better")]


def test_stale_check_in_keeps_what_was_typed(company: Company, browser: Browser, aim: Any) -> None:
    sent = {"confidence": "6.5", "comment": "Better", "version": "7"}
    answer = browser(company.bob).post("/me/check-ins/O-1/", sent, **HTMX)
    assert answer.status_code == 422
    assert "Someone else has changed this meanwhile." in text(answer)
    assert 'value="Better"' in text(answer)
    assert CheckIn.objects.count() == 0


def test_alert_is_acknowledged_in_place(company: Company, browser: Browser, alarm: Alert) -> None:
    page = text(browser(company.bob).post("/me/alerts/AL-1/acknowledge/", {"version": "1"}, **HTMX))
    assert "AL-1 acknowledged." in page
    alarm.refresh_from_db()
    assert (alarm.state, alarm.acknowledged_by) == ("acknowledged", company.bob)


def test_alert_is_snoozed_and_woken(company: Company, browser: Browser, alarm: Alert) -> None:
    client = browser(company.bob)
    page = text(client.post("/me/alerts/AL-1/snooze/", {"version": "1", "when": "week"}, **HTMX))
    assert "AL-1 is left alone for now." in page
    alarm.refresh_from_db()
    assert alarm.snoozed_until is not None
    assert alarm.snoozed_until.date() == timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    client.post("/me/alerts/AL-1/wake/", {"version": "2"})
    alarm.refresh_from_db()
    assert alarm.snoozed_until is None


def test_alert_closes_only_with_what_its_outcome_needs(company: Company, browser: Browser, alarm: Alert) -> None:
    client = browser(company.bob)
    sent = {"version": "1", "outcome": "accepted_deviation", "comment": "Known"}
    answer = client.post("/me/alerts/AL-1/close/", sent, **HTMX)
    assert answer.status_code == 422
    assert "Say until when the deviation is accepted." in text(answer)
    assert "Known</textarea>" in text(answer)
    until = timezone.localdate() + timedelta(days=20)
    page = text(client.post("/me/alerts/AL-1/close/", {**sent, "accepted_until": until.isoformat()}, **HTMX))
    assert "AL-1 closed." in page
    alarm.refresh_from_db()
    assert (alarm.state, alarm.outcome, alarm.accepted_until) == ("closed", "accepted_deviation", until)
    page = text(client.post("/me/alerts/AL-1/reopen/", {"version": str(alarm.version), "then": "alert:AL-1"}, **HTMX))
    assert "AL-1 asks for an answer again." in page


def test_stale_alert_says_so_and_stores_nothing(company: Company, browser: Browser, alarm: Alert) -> None:
    answer = browser(company.bob).post("/me/alerts/AL-1/acknowledge/", {"version": "9"}, **HTMX)
    assert answer.status_code == 422
    assert "The newer state is shown" in text(answer)
    alarm.refresh_from_db()
    assert alarm.state == "firing"


def test_restatement_is_decided_by_the_second_person(company: Company, browser: Browser, change: Restatement) -> None:
    assert "Counted twice" in text(browser(company.bob).get("/me/"))  # waits for others
    client = browser(company.alice)
    answer = client.post("/me/restatements/R-1/reject/", {"version": "1", "comment": ""}, **HTMX)
    assert answer.status_code == 422
    assert "Say why it is rejected." in text(answer)
    page = text(client.post("/me/restatements/R-1/approve/", {"version": "1", "comment": "Right"}, **HTMX))
    assert "R-1: Approved." in page
    change.refresh_from_db()
    assert (change.state, change.decided_by) == ("approved", company.alice)


def test_done_this_week_lists_what_was_done(company: Company, browser: Browser, work: Any, aim: Any) -> None:
    client = browser(company.bob)
    client.post("/me/updates/I-1/", {"same": "1", "version": "1"})
    page = text(client.get("/me/"))
    assert "1 / 2" in page
    assert "Assembly cells: status update" in page


def test_french_reader_gets_french_numbers(company: Company, browser: Browser, work: Any) -> None:
    company.bob.language = "fr"
    company.bob.save()
    page = text(browser(company.bob).get("/me/", headers={"accept-language": "fr"}))
    assert "74 %" in page.replace("\u202f", " ").replace("\xa0", " ")


def test_other_peoples_things_cannot_be_done(company: Company, browser: Browser, kpi: Kpi, work: Any, aim: Any) -> None:
    addresses = {"/me/values/K-1/": {}, "/me/updates/I-1/": UPDATE, "/me/check-ins/O-1/": {"confidence": "1"}}
    for person, status in ((company.charlie, 403), (company.dora, 404)):
        client = browser(person)
        assert [client.post(address, {**sent, "version": "1"}).status_code for address, sent in addresses.items()] == [
            status
        ] * 3
    assert (StatusUpdate.objects.count(), CheckIn.objects.count()) == (0, 0)


def one_of_each(company: Company, number: int) -> None:
    """Due from alice, with all that stands beside the list."""
    ours: dict[str, Any] = {"organization": company.organization}
    mine = {**ours, "department": company.sales, "owner": company.alice}
    today = timezone.localdate()
    plan = {"start": first_of_month(6), "end": today + timedelta(days=200)}
    aim = ObjectiveFactory.create(**mine, **plan, code=f"O{number}")
    top = ObjectiveFactory.create(**ours, **plan, code=f"S{number}", level="strategic")
    ContributionFactory.create(child=aim, parent=top)
    kpi = KpiFactory.create(**mine, **plan, code=f"K{number}", grace_days=0)
    MeasureFactory.create(objective=aim, kpi=kpi)
    MeasurementFactory.create(kpi=kpi, period=first_of_month(3))
    MeasurementFactory.create(
        kpi=kpi, period=first_of_month(2), recorded_by=company.alice, recorded_at=timezone.now(), source="web"
    )
    evaluate_kpis([kpi.pk], at=timezone.now())
    later = last_day_of_week(today) + timedelta(days=number)
    KpiFactory.create(**mine, code=f"L{number}", figures={"due_on": later, "period": first_of_month(0)})
    work = InitiativeFactory.create(**mine, code=f"I{number}", stage="in_progress", status="red", end=later)
    InitiativeObjectiveFactory.create(initiative=work, objective=aim)
    done = InitiativeFactory.create(**mine, code=f"D{number}", stage="in_progress", status_at=timezone.now())
    said = {"initiative": done, "at": timezone.now(), "author": company.alice, "stage": "in_progress"}
    StatusUpdate.objects.create(**said, blocker="Stop")
    spoken = ObjectiveFactory.create(**mine, **plan, code=f"C{number}")
    CheckIn.objects.create(objective=spoken, at=timezone.now(), author=company.alice)
    rule = AlertRule.objects.create(**ours, code=f"R{number}", name="R", kind="variance")
    alert: dict[str, Any] = {**mine, "rule": rule, "severity": "red", "opened_at": timezone.now()}
    alert["changed_at"] = timezone.now()
    Alert.objects.create(**alert, number=number, code=f"A{number}", kpi=kpi, state="firing")
    Alert.objects.create(
        **alert, number=100 + number, code=f"B{number}", initiative=work, state="firing", escalated_to=company.erin,
        escalated_at=timezone.now(),
    )  # fmt: skip
    Alert.objects.create(
        **alert, number=200 + number, code=f"E{number}", objective=aim, state="acknowledged",
        acknowledged_by=company.alice, acknowledged_at=timezone.now(),
    )  # fmt: skip
    for place, by in enumerate((company.alice, company.bob)):
        row = Restatement.objects.create(
            **ours, number=10 * number + place, code=f"X{number}{place}", reason="Wrong", proposed_at=timezone.now(),
            proposed_by=by,
        )  # fmt: skip
        RestatedValue.objects.create(restatement=row, kpi=kpi, period=first_of_month(3), value=1)


@pytest.mark.parametrize("things", [1, 3])
def test_number_of_queries_does_not_depend_on_how_much_there_is(
    company: Company, browser: Browser, django_assert_num_queries: Any, things: int
) -> None:
    for number in range(1, things + 1):
        one_of_each(company, number)
    client = browser(company.alice)
    client.get("/me/")
    with django_assert_num_queries(34):
        page = client.get("/me/?item=update:I1")
    assert page.context["count"] == 6 * things
