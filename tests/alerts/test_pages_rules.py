"""The pages of the rules: the list by level, making and changing one, trying it out, what watches a KPI."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from alerts.models import Alert, AlertRule
from alerts.reports import kpi_rules, rule_page
from alerts.services import change_rule, ensure_default_rules, reconcile
from audit.models import Event
from organization.models import User
from tests.factories import NOW, Company, KpiFactory, MeasurementFactory

PART = {"HX-Request": "true"}
RED = {"state": "off_track", "colour": "red", "announced": False, "value": "40.5", "expected": "50"}
LATE = {"name": "Late", "kind": "staleness"}


@pytest.fixture
def watched(company: Company) -> Any:
    ensure_default_rules(company.organization, at=NOW)
    return KpiFactory.create(
        organization=company.organization, department=company.sales, owner=company.bob, code="K-1", figures=RED
    )


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def stored() -> tuple[list[Any], int]:
    return list(AlertRule.objects.order_by("pk").values()), Event.objects.count()


@pytest.mark.parametrize("count", [1, 3])
def test_rules_take_the_same_queries_for_any_number(
    company: Company, watched: Any, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        AlertRule.objects.create(
            organization=company.organization, code=f"R-{number}", name="R", kind="variance", department=company.sales
        )
        KpiFactory.create(organization=company.organization, department=company.sales)
    client = signed_in(company.olga)
    with django_assert_num_queries(9):
        response = client.get("/alerts/rules/")
    assert response.content.decode().count('id="rule-R') == count + 5


def test_list_says_for_whom_a_rule_decides_and_what_replaces_it(company: Company, watched: Any) -> None:
    KpiFactory.create(organization=company.organization, department=company.finance)
    ours: dict[str, Any] = {"organization": company.organization, "kind": "variance", "name": "R"}
    AlertRule.objects.create(**ours, code="R-SALES", department=company.sales)
    AlertRule.objects.create(**ours, code="R-KPI", kpi=watched)
    page = rule_page(company.actor(company.olga))
    told = {line.code: (line.decides, line.below) for level in page.levels for line in level.lines}
    assert told["RULE-VARIANCE"] == (1, ("R-KPI", "R-SALES"))
    assert (told["R-SALES"], told["R-KPI"], told["RULE-CONFIDENCE"]) == ((0, ()), (1, ()), (None, ()))
    assert [level.key for level in page.levels] == ["organization", "department", "kpi"]


def test_rule_is_made_with_the_fields_of_its_kind(company: Company, watched: Any) -> None:
    sent = {
        "name": "Too low",
        "kind": "threshold",
        "place": "kpi",
        "kpi": "K-1",
        "threshold": "80.5",
        "threshold_side": "below",
        "variance_pct": "33",
        "hold_hours": "24",
        "escalate_after_hours": "48",
        "enabled": "on",
    }
    response = signed_in(company.olga).post("/alerts/rules/new/", sent)
    assert (response.status_code, response["Location"]) == (302, "/alerts/rules/")
    rule = AlertRule.objects.get(kpi=watched)
    assert (rule.code, rule.threshold, rule.threshold_side) == ("RULE-1", Decimal("80.5"), "below")
    assert (rule.variance_pct, rule.hold_hours, rule.escalate_after_hours) == (Decimal("0.1"), 24, 48)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "threshold", "place": "organization"}, "Say which threshold."),
        ({"kind": "staleness", "place": "department"}, "Choose a department."),
        ({"kind": "staleness", "place": "kpi"}, "Name the KPI by its code."),
        ({"kind": "staleness", "place": "kpi", "kpi": "NONE"}, "There is nothing with the code “NONE” here."),
        ({"kind": "budget_burn", "place": "kpi", "kpi": "K-1"}, "A rule of this kind does not watch KPIs."),
        ({"kind": "variance", "place": "organization", "variance_pct": "-1"}, "greater than or equal to 0"),
    ],
)
def test_wrong_rule_names_the_field_keeps_the_text_and_stores_nothing(
    company: Company, watched: Any, sent: dict[str, str], said: str
) -> None:
    before = stored()
    response = signed_in(company.olga).post("/alerts/rules/new/", {"name": "Mine", **sent})
    text = response.content.decode()
    assert (response.status_code, said in text, 'value="Mine"' in text) == (422, True, True)
    assert stored() == before


def test_rule_names_everything_that_is_missing_at_once(company: Company, watched: Any) -> None:
    sent = {"name": "", "kind": "threshold", "place": "department"}
    form = signed_in(company.olga).post("/alerts/rules/new/", sent).context["form"]
    assert sorted(form.errors) == ["department", "name", "threshold", "threshold_side"]


def test_manager_makes_rules_below_only(company: Company, watched: Any) -> None:
    alice = signed_in(company.alice)
    before = stored()
    elsewhere = alice.post("/alerts/rules/new/", {**LATE, "place": "organization"})
    assert (elsewhere.status_code, stored()) == (422, before)
    assert alice.post("/alerts/rules/new/", {**LATE, "place": "department", "department": "SALES"}).status_code == 302
    assert AlertRule.objects.get(department=company.sales).name == "Late"


def test_thresholds_of_a_rule_are_changed_in_percent(company: Company, watched: Any) -> None:
    olga = signed_in(company.olga)
    sent = {
        "name": "Far",
        "kind": "variance",
        "place": "organization",
        "enabled": "on",
        "variance_pct": "12.5",
        "variance_abs": "3",
        "version": "1",
    }
    assert 'value="10"' in olga.get("/alerts/rules/RULE-VARIANCE/").content.decode()
    assert olga.post("/alerts/rules/RULE-VARIANCE/", sent).status_code == 302
    rule = AlertRule.objects.get(code="RULE-VARIANCE")
    assert (str(rule.variance_pct), str(rule.variance_abs), rule.version) == ("0.1250", "3.000000", 2)


def test_stale_rule_is_shown_again_and_stores_nothing(company: Company, watched: Any) -> None:
    olga, rule = signed_in(company.olga), AlertRule.objects.get(code="RULE-STALE")
    change_rule(rule, {"enabled": False}, actor=company.actor(company.olga), at=NOW, version=1)
    before = stored()
    sent = {**LATE, "place": "organization", "version": "1", "enabled": "on"}
    response = olga.post("/alerts/rules/RULE-STALE/", sent)
    text = response.content.decode()
    assert (response.status_code, "Someone else has changed this meanwhile." in text) == (422, True)
    assert ('value="Late"' in text, stored()) == (True, before)


def test_rules_of_the_organization_are_not_for_a_manager(company: Company, watched: Any) -> None:
    alice, before = signed_in(company.alice), stored()
    assert "Only those who edit the strategy" in alice.get("/alerts/rules/RULE-STALE/").content.decode()
    assert alice.post("/alerts/rules/RULE-STALE/", {**LATE, "version": "1"}).status_code == 403
    assert alice.post("/alerts/rules/RULE-STALE/delete/", {"version": "1"}).status_code == 403
    assert stored() == before


def test_rule_that_fired_is_not_deleted_and_says_why(company: Company, watched: Any) -> None:
    reconcile(at=NOW)
    olga, before = signed_in(company.olga), stored()
    response = olga.post("/alerts/rules/RULE-COLOUR/delete/", {"version": "1"})
    text = response.content.decode()
    assert (response.status_code, "Still used by AL-1." in text, "Switch it off instead." in text) == (422, True, True)
    assert stored() == before
    assert olga.post("/alerts/rules/RULE-STALE/delete/", {"version": "1"}).status_code == 302
    assert not AlertRule.objects.filter(code="RULE-STALE").exists()


def test_draft_is_tried_out_on_the_past_and_stores_nothing(company: Company, watched: Any) -> None:
    for month, value in ((1, 90), (2, 70), (3, 70), (4, 90)):
        MeasurementFactory.create(kpi=watched, period=date(2026, month, 1), value=Decimal(value))
    before = stored()
    sent = {"kind": "threshold", "place": "kpi", "threshold": "80", "threshold_side": "below", "on_kpi": "K-1"}
    response = signed_in(company.olga).post("/alerts/rules/simulate/", sent, headers=PART)
    text = response.content.decode()
    assert (response.status_code, response.context["simulation"].count) == (200, 1)
    assert ("Feb 2026 to Mar 2026" in text.replace("\xa0", " "), text.count("<figure"), stored()) == (True, 1, before)
    assert "<html" in signed_in(company.olga).post("/alerts/rules/simulate/", sent).content.decode()


def test_trying_out_without_a_kpi_says_so(company: Company, watched: Any) -> None:
    sent = {"kind": "staleness", "place": "organization"}
    response = signed_in(company.olga).post("/alerts/rules/simulate/", sent, headers=PART)
    assert (response.status_code, "Name the KPI by its code." in response.content.decode()) == (422, True)


def test_panel_of_a_kpi_says_what_decides_and_whether_it_fires(company: Company, watched: Any) -> None:
    ours: dict[str, Any] = {"organization": company.organization, "name": "R", "code": "R-SALES"}
    AlertRule.objects.create(**ours, kind="variance", department=company.sales, enabled=False)
    reconcile(at=NOW)
    found = kpi_rules(company.actor(company.alice), watched)
    told = {rule.code: (rule.state, rule.inherited_from, rule.replaces, rule.alert) for rule in found.rules}
    assert told["RULE-COLOUR"] == ("firing", "the whole organization", (), "AL-1")
    assert told["R-SALES"] == ("off", "Sales", ("RULE-VARIANCE",), "")
    assert (told["RULE-STALE"][0], found.may_add) == ("quiet", True)
    text = signed_in(company.alice).get("/alerts/rules/of/K-1/", headers=PART).content.decode()
    assert (text.strip().startswith('<section class="panel" id="kpi-rules"'), Alert.objects.count()) == (True, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_panel_of_a_kpi_takes_the_same_queries_for_any_number_of_rules(
    company: Company, watched: Any, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        AlertRule.objects.create(
            organization=company.organization, code=f"R-{number}", name="R", kind="variance", kpi=watched
        )
    client = signed_in(company.alice)
    with django_assert_num_queries(9):
        text = client.get("/alerts/rules/of/K-1/", headers=PART).content.decode()
    assert text.count('class="kr"') == count + 3


@pytest.mark.parametrize(("kind", "rung"), [("staleness", ["_ring"]), ("budget_burn", ["_ring", "_ring_budgets"])])
def test_rule_that_is_saved_rings_for_what_it_watches(
    company: Company, django_capture_on_commit_callbacks: Any, kind: str, rung: list[str]
) -> None:
    olga, sent = signed_in(company.olga), {"name": "Mine", "kind": kind, "place": "organization", "enabled": "on"}

    def rings(address: str, **more: str) -> list[str]:
        with django_capture_on_commit_callbacks() as callbacks:
            assert olga.post(address, {**sent, **more}).status_code == 302
        return [one.__name__ for one in callbacks if one.__module__ == "alerts.tasks"]

    assert rings("/alerts/rules/new/") == rung
    assert rings("/alerts/rules/RULE-1/", version="1", hold_hours="3") == rung
    assert rings("/alerts/rules/RULE-1/delete/", version="2") == rung


def test_rule_that_cannot_be_judged_says_so_wherever_it_is_shown(company: Company, watched: Any) -> None:
    AlertRule.objects.create(organization=company.organization, code="R-1", name="R", kind="threshold")
    olga, said = signed_in(company.olga), "The rule cannot be judged: it names no threshold."
    for address in ("/alerts/rules/", "/alerts/rules/R-1/", "/alerts/rules/of/K-1/"):
        assert olga.get(address).content.decode().count(said) == 1
    assert "Cannot be judged" in olga.get("/alerts/rules/of/K-1/").content.decode()
    assert said not in olga.get("/alerts/rules/RULE-STALE/").content.decode()
