"""What is watched, and that a change of it is compared again."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import override

from alerts.choices import RuleKind
from alerts.models import Alert, AlertRule
from alerts.services import (
    change_rule,
    create_rule,
    delete_rule,
    effective_rules,
    ensure_default_rules,
    reconcile,
)
from audit.models import Event
from kpis.models import Kpi, KpiFigures
from objectives.models import ObjectiveFigures
from organization.models import Department
from organization.records import Conflict, StaleVersion
from tests.factories import NOW, Company, KpiFactory, ObjectiveFactory

pytestmark = pytest.mark.django_db


def waiting() -> tuple[int, int]:
    return (
        KpiFigures.objects.filter(announced=False).count(),
        ObjectiveFigures.objects.filter(announced=False).count(),
    )


def test_ensure_default_rules_gives_each_once_and_twice_is_once(company: Company) -> None:
    new = ensure_default_rules(company.organization, at=NOW)
    assert [(rule.code, rule.kind, rule.name, rule.hold_hours, rule.escalate_after_hours) for rule in new] == [
        ("RULE-COLOUR", "colour_change", "Off track", 0, 120),
        ("RULE-VARIANCE", "variance", "Far from the plan", 0, None),
        ("RULE-STALE", "staleness", "Value out of date", 0, None),
        ("RULE-SIGNAL", "signal", "Signal of concern", 24, None),
        ("RULE-CONFIDENCE", "confidence_drop", "Confidence falls", 24, None),
    ]
    assert ensure_default_rules(company.organization, at=NOW) == []
    assert (AlertRule.objects.count(), Event.objects.count()) == (5, 5)


def test_ensure_default_rules_names_them_in_every_language(company: Company) -> None:
    rule = ensure_default_rules(company.organization, at=NOW)[0]
    assert list(rule.translations) == ["fr"]
    with override("fr"):
        assert rule.text("name") == rule.translations["fr"]["name"]


def test_ensure_default_rules_asks_for_a_comparison(company: Company) -> None:
    KpiFactory.create(organization=company.organization)
    ObjectiveFactory.create(organization=company.organization)
    KpiFactory.create(organization=company.other)
    ensure_default_rules(company.organization, at=NOW)
    assert waiting() == (1, 1)


def test_create_rule_of_a_department_asks_for_a_comparison_of_it_and_below(company: Company) -> None:
    for department in (company.sales, company.north, company.finance, None):
        KpiFactory.create(organization=company.organization, department=department)
    rule = create_rule(
        {"code": "R", "name": "Sales", "kind": "colour_change", "department": company.sales},
        actor=company.actor(company.alice),
        at=NOW,
    )
    assert waiting() == (2, 0)
    assert (rule.version, Event.objects.get().verb) == (1, "alertrule.created")


@pytest.mark.parametrize(
    ("kind", "compared"),
    [
        ("colour_change", (1, 1)),
        ("variance", (1, 0)),
        ("signal", (1, 0)),
        ("staleness", (1, 0)),
        ("forecast_miss", (1, 0)),
        ("confidence_drop", (0, 1)),
        ("budget_burn", (0, 0)),
    ],
)
def test_rule_asks_for_a_comparison_of_what_its_kind_watches(
    company: Company, kind: str, compared: tuple[int, int]
) -> None:
    KpiFactory.create(organization=company.organization)
    ObjectiveFactory.create(organization=company.organization)
    olga = company.actor(company.olga)
    rule = create_rule({"code": "R", "name": "R", "kind": kind}, actor=olga, at=NOW)
    assert waiting() == compared
    KpiFigures.objects.update(announced=True)
    ObjectiveFigures.objects.update(announced=True)
    delete_rule(rule, actor=olga, at=NOW, version=None)
    assert waiting() == compared


def test_change_rule_to_another_kind_compares_what_both_kinds_watch(company: Company) -> None:
    rule = AlertRule.objects.create(organization=company.organization, code="R", name="R", kind="confidence_drop")
    KpiFactory.create(organization=company.organization)
    ObjectiveFactory.create(organization=company.organization)
    change_rule(rule, {"kind": "variance"}, actor=company.actor(company.olga), at=NOW, version=1)
    assert waiting() == (1, 1)


def test_create_rule_for_the_whole_organization_is_not_for_a_manager(company: Company) -> None:
    with pytest.raises(PermissionDenied):
        create_rule({"code": "R", "name": "All", "kind": "colour_change"}, actor=company.actor(company.alice), at=NOW)
    assert (AlertRule.objects.count(), Event.objects.count()) == (0, 0)


def test_create_rule_refuses_a_negative_threshold(company: Company) -> None:
    with pytest.raises(ValidationError):
        create_rule(
            {"code": "R", "name": "All", "kind": "variance", "variance_pct": Decimal("-0.1")},
            actor=company.actor(company.olga),
            at=NOW,
        )
    assert AlertRule.objects.count() == 0


def test_change_rule_compares_again_and_twice_changes_nothing(company: Company) -> None:
    ensure_default_rules(company.organization, at=NOW)
    KpiFactory.create(
        organization=company.organization,
        figures={"state": "at_risk", "colour": "amber", "announced": False},
    )
    olga, rule = company.actor(company.olga), AlertRule.objects.get(kind="colour_change")
    reconcile(at=NOW)
    assert Alert.objects.count() == 0
    changed = change_rule(rule, {"least_severity": "amber"}, actor=olga, at=NOW, version=1)
    assert waiting() == (1, 0)
    reconcile(at=NOW)
    assert list(Alert.objects.values_list("severity", "state")) == [("amber", "firing")]
    again = change_rule(changed, {"least_severity": "amber"}, actor=olga, at=NOW, version=2)
    assert (again.version, waiting()) == (2, (0, 0))


def test_change_rule_that_moves_compares_what_it_left_and_where_it_went(company: Company) -> None:
    rule = AlertRule.objects.create(
        organization=company.organization, code="R", name="R", kind="colour_change", department=company.finance
    )
    for department in (company.finance, company.sales, company.root):
        KpiFactory.create(organization=company.organization, department=department)
    change_rule(rule, {"department": company.sales}, actor=company.actor(company.olga), at=NOW, version=1)
    assert waiting() == (2, 0)


def test_change_rule_denied_or_stale_changes_nothing(company: Company) -> None:
    ensure_default_rules(company.organization, at=NOW)
    rule = AlertRule.objects.get(kind="variance")
    with pytest.raises(PermissionDenied):
        change_rule(rule, {"enabled": False}, actor=company.actor(company.alice), at=NOW, version=1)
    with pytest.raises(StaleVersion):
        change_rule(rule, {"enabled": False}, actor=company.actor(company.olga), at=NOW, version=3)
    assert (AlertRule.objects.filter(enabled=True).count(), Event.objects.count()) == (5, 5)


def test_delete_rule_that_fired_is_a_conflict_that_names_its_alerts(company: Company) -> None:
    ensure_default_rules(company.organization, at=NOW)
    KpiFactory.create(
        organization=company.organization, figures={"state": "off_track", "colour": "red", "announced": False}
    )
    reconcile(at=NOW)
    olga = company.actor(company.olga)
    with pytest.raises(Conflict) as refused:
        delete_rule(AlertRule.objects.get(kind="colour_change"), actor=olga, at=NOW, version=None)
    assert str(refused.value) == "Still used by AL-1."
    delete_rule(AlertRule.objects.get(kind="staleness"), actor=olga, at=NOW, version=None)
    assert AlertRule.objects.count() == 4


def rule_of(company: Company, code: str, **fields: Any) -> AlertRule:
    return AlertRule.objects.create(
        organization=company.organization, code=code, name=code, kind=RuleKind.COLOUR, **fields
    )


def red_kpi(company: Company, department: Department | None) -> Kpi:
    return KpiFactory.create(
        organization=company.organization,
        department=department,
        figures={"state": "at_risk", "colour": "amber", "announced": False},
    )


def test_the_most_specific_rules_of_a_kind_apply(company: Company) -> None:
    kpis = [red_kpi(company, one) for one in (company.root, company.sales, company.north, company.finance, None)]
    rule_of(company, "ALL")
    rule_of(company, "SALES", department=company.sales, least_severity="amber")
    rule_of(company, "OWN", kpi=kpis[3], least_severity="amber")
    reconcile(at=NOW)
    assert list(Alert.objects.order_by("kpi_id").values_list("rule__code", "kpi_id")) == [
        ("SALES", kpis[1].pk),
        ("SALES", kpis[2].pk),
        ("OWN", kpis[3].pk),
    ]
    assert [(one.rule.code, one.inherited_from, one.replaces) for one in effective_rules(kpis[3])] == [
        ("OWN", None, ("ALL",))
    ]
    assert [(one.rule.code, one.inherited_from, one.replaces) for one in effective_rules(kpis[2])] == [
        ("SALES", "SALES", ("ALL",))
    ]
    assert [(one.rule.code, one.inherited_from) for one in effective_rules(kpis[4])] == [("ALL", "organization")]


def test_a_specific_rule_that_is_off_silences_what_it_replaces(company: Company) -> None:
    kpi = red_kpi(company, company.north)
    rule_of(company, "ALL", least_severity="amber")
    reconcile(at=NOW)
    assert list(Alert.objects.values_list("state", flat=True)) == ["firing"]
    create_rule(
        {"code": "OFF", "name": "Quiet", "kind": "colour_change", "kpi": kpi, "enabled": False},
        actor=company.actor(company.alice),
        at=NOW,
    )
    assert waiting() == (1, 0)
    reconcile(at=NOW)
    assert list(Alert.objects.values_list("state", flat=True)) == ["resolved"]
    assert [(one.rule.code, one.rule.enabled) for one in effective_rules(kpi)] == [("OFF", False)]


def test_delete_rule_lets_the_one_above_apply_again(company: Company) -> None:
    kpi = red_kpi(company, company.north)
    rule_of(company, "ALL", least_severity="amber")
    off = rule_of(company, "OFF", kpi=kpi, enabled=False)
    reconcile(at=NOW)
    assert Alert.objects.count() == 0
    delete_rule(off, actor=company.actor(company.alice), at=NOW, version=None)
    reconcile(at=NOW)
    assert list(Alert.objects.values_list("rule__code", "state")) == [("ALL", "firing")]


def test_create_rule_for_one_kpi_is_for_who_edits_where_the_kpi_lies(company: Company) -> None:
    kpi = red_kpi(company, company.finance)
    fields = {"code": "R", "name": "R", "kind": "colour_change", "kpi": kpi}
    with pytest.raises(PermissionDenied):
        create_rule(fields, actor=company.actor(company.alice), at=NOW)
    create_rule(fields, actor=company.actor(company.olga), at=NOW)
    seen = [AlertRule.objects.visible_to(company.actor(one)).count() for one in (company.alice, company.erin)]
    assert seen == [0, 1]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "threshold", "threshold_side": "above"}, "threshold"),
        ({"kind": "threshold", "threshold": Decimal(5)}, "threshold_side"),
        ({"kind": "budget_burn", "kpi": True}, "kpi"),
        ({"kind": "colour_change", "kpi": True, "department": True}, "department"),
        ({"kind": "forecast_miss", "probability_below": Decimal("1.5")}, "probability_below"),
        ({"kind": "confidence_drop", "confidence_points": 0}, "confidence_points"),
        ({"kind": "colour_change", "escalate_after_hours": 0}, "escalate_after_hours"),
    ],
)
def test_create_rule_names_the_field_that_makes_no_sense(company: Company, fields: dict[str, Any], field: str) -> None:
    named = {"kpi": red_kpi(company, company.sales), "department": company.sales}
    said = {name: named.get(name) if value is True else value for name, value in fields.items()}
    with pytest.raises(ValidationError) as refused:
        create_rule({"code": "R", "name": "R", **said}, actor=company.actor(company.olga), at=NOW)
    assert list(refused.value.message_dict) == [field]
    assert AlertRule.objects.count() == 0
