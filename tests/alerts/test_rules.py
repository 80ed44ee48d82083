"""What is watched, and that a change of it is compared again."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import override

from alerts.models import Alert, AlertRule
from alerts.services import change_rule, create_rule, delete_rule, ensure_default_rules, reconcile
from audit.models import Event
from kpis.models import KpiFigures
from objectives.models import ObjectiveFigures
from organization.records import Conflict, StaleVersion
from tests.factories import NOW, Company, KpiFactory, ObjectiveFactory

pytestmark = pytest.mark.django_db


def waiting() -> tuple[int, int]:
    return (
        KpiFigures.objects.filter(announced=False).count(),
        ObjectiveFigures.objects.filter(announced=False).count(),
    )


def test_ensure_default_rules_gives_one_per_kind_and_twice_is_once(company: Company) -> None:
    new = ensure_default_rules(company.organization, at=NOW)
    assert [(rule.code, rule.kind, rule.name) for rule in new] == [
        ("RULE-COLOUR", "colour_change", "Off track"),
        ("RULE-VARIANCE", "variance", "Far from the plan"),
        ("RULE-STALE", "staleness", "Value out of date"),
    ]
    assert ensure_default_rules(company.organization, at=NOW) == []
    assert (AlertRule.objects.count(), Event.objects.count()) == (3, 3)


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
    assert (AlertRule.objects.filter(enabled=True).count(), Event.objects.count()) == (3, 3)


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
    assert AlertRule.objects.count() == 2
