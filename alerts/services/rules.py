"""What is watched. A rule that changes asks for a new comparison of everything it concerns, before and after."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, gettext_noop, override

from alerts.choices import RuleKind
from alerts.models import AlertRule
from audit.services import Entry, record_events
from kpis.models import KpiFigures
from objectives.models import ObjectiveFigures
from organization.actors import Actor, system_actor
from organization.models import Department, Organization
from organization.records import change_record, create_record, delete_record, state_of
from organization.services import lock_tree

DEFAULT_RULES: Final[tuple[tuple[str, RuleKind, str], ...]] = (
    ("RULE-COLOUR", RuleKind.COLOUR, gettext_noop("Off track")),
    ("RULE-VARIANCE", RuleKind.VARIANCE, gettext_noop("Far from the plan")),
    ("RULE-STALE", RuleKind.STALE, gettext_noop("Value out of date")),
)
"""One rule per kind, for the whole organization: code, kind, name."""

MARKED_AT_ONCE: Final = 10_000


def ensure_default_rules(organization: Organization, *, at: datetime) -> list[AlertRule]:
    """Give an organization the rules it lacks; twice is once. Returns the new ones, named in all its languages."""
    actor = system_actor(organization.pk)
    with transaction.atomic():
        lock_tree(organization.pk)
        codes = [code for code, _kind, _name in DEFAULT_RULES]
        there = set(AlertRule.objects.filter(organization=organization, code__in=codes).values_list("code", flat=True))
        new = [
            AlertRule(organization=organization, code=code, kind=kind, **_named(name, organization))
            for code, kind, name in DEFAULT_RULES
            if code not in there
        ]
        AlertRule.objects.bulk_create(new)
        entries = [Entry("alertrule.created", "alertrule", rule.code, None, state_of(rule)) for rule in new]
        record_events(entries, actor=actor, at=at)
    if new:
        announce_again(organization.pk, None)
    return new


def create_rule(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> AlertRule:
    """Insert a rule; what it concerns is compared at the next reconciliation."""
    with transaction.atomic():
        rule = create_record(AlertRule, fields, actor=actor, at=at)
        announce_again(rule.organization_id, rule.department)
    return rule


def change_rule(
    rule: AlertRule, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> AlertRule:
    """Change a rule; what it concerned and what it concerns now is compared at the next reconciliation."""
    with transaction.atomic():
        former = rule.department
        changed = change_record(rule, changes, actor=actor, at=at, version=version)
        if changed.version != rule.version:
            announce_again(changed.organization_id, former)
            if changed.department != former:
                announce_again(changed.organization_id, changed.department)
    return changed


def delete_rule(rule: AlertRule, *, actor: Actor, at: datetime, version: int | None) -> None:
    """Delete a rule that never fired; one with alerts is a Conflict (switch it off instead)."""
    delete_record(rule, actor=actor, at=at, version=version)


def announce_again(organization_id: int, department: Department | None) -> None:
    """Ask for a new comparison of every KPI and objective of a department and below (None = the organization).

    Locks the figures in primary-key order, those under comparison right now included, and marks in a new statement: a
    comparison that began with the former rule is thus followed by another one.
    """
    with transaction.atomic():
        for model, subject in ((KpiFigures, "kpi"), (ObjectiveFigures, "objective")):
            rows = model._default_manager.filter(**{f"{subject}__organization_id": organization_id})
            if department is not None:
                rows = rows.filter(**{f"{subject}__department__path__below_any": [department.path]})
            locked = rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True)
            ids = list(locked)
            for start in range(0, len(ids), MARKED_AT_ONCE):
                chunk = ids[start : start + MARKED_AT_ONCE]
                model._default_manager.filter(pk__in=chunk, announced=True).update(announced=False)


def _named(name: str, organization: Organization) -> dict[str, Any]:
    """The name in the organization's language, and its translations into the others."""
    texts = {}
    for language, _label in settings.LANGUAGES:
        with override(language):
            texts[language] = gettext(name)
    main = texts.pop(organization.language, name)
    return {"name": main, "translations": {language: {"name": text} for language, text in texts.items()}}
