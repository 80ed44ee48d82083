"""What is watched. A rule that changes asks for a new comparison of everything it concerns, before and after."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop, override

from alerts.choices import KPI_KINDS, OBJECTIVE_KINDS, RuleKind
from alerts.inheritance import RuleBook, is_below
from alerts.models import AlertRule
from alerts.services.subjects import plain_rule
from audit.services import Entry, record_events
from kpis.models import Kpi, KpiFigures
from objectives.models import ObjectiveFigures
from organization.actors import Actor, system_actor
from organization.models import Department, Organization
from organization.records import change_record, create_record, delete_record, state_of
from organization.services import lock_tree, next_code

A_DAY: Final = 24

EVERYWHERE: Final = "organization"

DEFAULT_RULES: Final[tuple[tuple[str, RuleKind, str, Mapping[str, int]], ...]] = (
    ("RULE-COLOUR", RuleKind.COLOUR, gettext_noop("Off track"), {"escalate_after_hours": 5 * A_DAY}),
    ("RULE-VARIANCE", RuleKind.VARIANCE, gettext_noop("Far from the plan"), {}),
    ("RULE-STALE", RuleKind.STALE, gettext_noop("Value out of date"), {}),
    ("RULE-SIGNAL", RuleKind.SIGNAL, gettext_noop("Signal of concern"), {"hold_hours": A_DAY}),
    ("RULE-CONFIDENCE", RuleKind.CONFIDENCE, gettext_noop("Confidence falls"), {"hold_hours": A_DAY}),
)
"""For the whole organization: code, kind, name, patience.

A signal or a fall of confidence has to stand for a day: what is corrected the same day was a slip and disturbs nobody.
Only what is off track goes up the departments when nobody takes it up, after five days. Forecasts, thresholds and
budgets are for those who ask for them.
"""

WATCHED: Final = ((KpiFigures, "kpi", KPI_KINDS), (ObjectiveFigures, "objective", OBJECTIVE_KINDS))
"""Figures that keep a mark of what is compared, and the kinds that watch them."""

MARKED_AT_ONCE: Final = 10_000


@dataclass(frozen=True)
class Place:
    """Where a rule watches: one KPI, a department and below, or everywhere; and what, by its kind."""

    department: Department | None
    kpi_id: int | None
    kind: str


@dataclass(frozen=True)
class EffectiveRule:
    """A rule as it applies to a KPI, with the codes of those that it replaces there."""

    rule: AlertRule
    is_inherited: bool
    replaces: tuple[str, ...]

    @property
    def inherited_from(self) -> str | None:
        """The department's code, "organization", or None for a rule of the KPI itself."""
        if not self.is_inherited:
            return None
        return self.rule.department.code if self.rule.department else EVERYWHERE


def ensure_default_rules(organization: Organization, *, at: datetime) -> list[AlertRule]:
    """Give an organization the rules it lacks; twice is once. Returns the new ones, named in all its languages."""
    actor = system_actor(organization.pk)
    with transaction.atomic():
        lock_tree(organization.pk)
        codes = [code for code, *_rest in DEFAULT_RULES]
        there = set(AlertRule.objects.filter(organization=organization, code__in=codes).values_list("code", flat=True))
        new = [
            AlertRule(organization=organization, code=code, kind=kind, **patience, **_named(name, organization))
            for code, kind, name, patience in DEFAULT_RULES
            if code not in there
        ]
        AlertRule.objects.bulk_create(new)
        entries = [Entry("alertrule.created", "alertrule", rule.code, None, state_of(rule)) for rule in new]
        record_events(entries, actor=actor, at=at)
    if new:
        announce_again(organization.pk, None, kinds={rule.kind for rule in new})
    return new


def create_rule(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> AlertRule:
    """Insert a rule, with the next free code where none is given; what it concerns is compared again."""
    with transaction.atomic():
        if not fields.get("code"):
            fields = {**fields, "code": next_code(AlertRule, "RULE", organization_id=actor.organization_id)}
        rule = create_record(AlertRule, fields, actor=actor, at=at)
        announce_again(rule.organization_id, rule.department, kpi_id=rule.kpi_id, kinds={rule.kind})
    return rule


def change_rule(
    rule: AlertRule, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> AlertRule:
    """Change a rule; what it concerned and what it concerns now is compared at the next reconciliation."""
    with transaction.atomic():
        former = Place(rule.department, rule.kpi_id, rule.kind)
        changed = change_record(rule, changes, actor=actor, at=at, version=version)
        if changed.version != rule.version:
            for place in dict.fromkeys((former, Place(changed.department, changed.kpi_id, changed.kind))):
                announce_again(changed.organization_id, place.department, kpi_id=place.kpi_id, kinds={place.kind})
    return changed


def delete_rule(rule: AlertRule, *, actor: Actor, at: datetime, version: int | None) -> None:
    """Delete a rule that never fired; one with alerts is a Conflict (switch it off instead).

    What it concerned is compared again: a rule further up may apply now.
    """
    with transaction.atomic():
        delete_record(rule, actor=actor, at=at, version=version)
        announce_again(rule.organization_id, rule.department, kpi_id=rule.kpi_id, kinds={rule.kind})


def effective_rules(kpi: Kpi) -> list[EffectiveRule]:
    """The rules that decide for a KPI, by kind: its own, else those of the nearest department upward, else the
    organization's. One that is off is named too: it silences what it replaces. Two queries."""
    rows = AlertRule.objects.filter(organization_id=kpi.organization_id, kind__in=KPI_KINDS)
    about = Q(kpi=kpi) | Q(kpi__isnull=True)
    rules = {rule.pk: rule for rule in rows.filter(about).select_related("department", "kpi").order_by("pk")}
    path = Department.objects.values_list("path", flat=True).get(pk=kpi.department_id) if kpi.department_id else None
    plain = [plain_rule(rule) for rule in rules.values()]
    book = RuleBook(plain)
    above = [one for one in plain if one.kpi_id == kpi.pk or one.path is None or is_below(path, one.path)]
    found = []
    for kind in sorted(book.kinds):
        applying = book.applying(kind, kpi_id=kpi.pk, path=path)
        replaced = [rules[one.id].code for one in above if one.kind == kind and one not in applying]
        found += [EffectiveRule(rules[one.id], rules[one.id].kpi_id is None, tuple(replaced)) for one in applying]
    return found


def announce_again(
    organization_id: int, department: Department | None, *, kinds: Collection[str], kpi_id: int | None = None
) -> None:
    """Ask for a new comparison of one KPI, or of every KPI and objective of a department and below (None = of all).

    Only what rules of these kinds watch; initiatives keep no mark and are compared all together. Locks the figures in
    primary-key order, those under comparison right now included, and marks in a new statement: a comparison that began
    with the former rule is thus followed by another one.
    """
    with transaction.atomic():
        for model, subject, watching in WATCHED:
            if watching.isdisjoint(kinds):
                continue
            rows = model._default_manager.filter(**{f"{subject}__organization_id": organization_id})
            if kpi_id is not None:
                rows = rows.filter(pk=kpi_id) if subject == "kpi" else rows.none()
            elif department is not None:
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
