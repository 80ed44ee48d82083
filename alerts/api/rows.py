"""Alerts and rules as the client reads them: what is read, in one query, and how it is written."""

from typing import Any, Final

from alerts.services import EffectiveRule
from organization.api.pagination import Key, Listing, Row
from organization.api.plain import address, day_text, exact_text, moment_text

Shown = dict[str, Any]

RULE_SETTINGS: Final = (
    "least_severity",
    "threshold",
    "threshold_side",
    "variance_pct",
    "variance_abs",
    "confidence_points",
    "probability_below",
    "burn_ahead",
    "hold_hours",
    "recovery_hours",
    "escalate_after_hours",
    "enabled",
)
"""What a rule looks for, how patiently, and whether it is on."""

ALERTS: Final = Listing(
    (
        "code",
        "number",
        "rule__code",
        "rule__kind",
        "kpi__code",
        "objective__code",
        "initiative__code",
        "department__code",
        "owner__email",
        "group__code",
        "severity",
        "state",
        "holds",
        "facts",
        "opened_at",
        "changed_at",
        "pending_since",
        "recovering_since",
        "snoozed_until",
        "snoozed_by__email",
        "acknowledged_at",
        "acknowledged_by__email",
        "escalation_level",
        "escalated_to__email",
        "escalated_at",
        "ended_at",
        "closed_by__email",
        "outcome",
        "accepted_until",
        "action_code",
        "comment",
        "version",
    ),
    {"number": Key("number"), "opened_at": Key("opened_at"), "changed_at": Key("changed_at")},
    ("-number",),
    "number",
)

GROUPS: Final = Listing(
    (
        "code",
        "number",
        "owner__email",
        "branch__code",
        "opened_at",
        "changed_at",
        "ended_at",
        "alerts_open",
        "alerts_red",
    ),
    {"number": Key("number"), "opened_at": Key("opened_at"), "changed_at": Key("changed_at")},
    ("-number",),
    "number",
)

RULES: Final = Listing(
    (
        "code",
        "name",
        "kind",
        "department__code",
        "kpi__code",
        *RULE_SETTINGS,
        "updated_at",
    ),
    {"code": Key("code"), "name": Key("name"), "updated_at": Key("updated_at")},
)


def alert_row(row: Row, base: str) -> Shown:
    return {
        "code": row["code"],
        "rule": row["rule__code"],
        "kind": row["rule__kind"],
        "kpi": row["kpi__code"],
        "objective": row["objective__code"],
        "initiative": row["initiative__code"],
        "department": row["department__code"],
        "owner": row["owner__email"],
        "group": row["group__code"],
        "severity": row["severity"],
        "state": row["state"],
        "holds": row["holds"],
        "facts": row["facts"],
        "opened_at": moment_text(row["opened_at"]),
        "changed_at": moment_text(row["changed_at"]),
        "pending_since": moment_text(row["pending_since"]),
        "recovering_since": moment_text(row["recovering_since"]),
        "snoozed_until": moment_text(row["snoozed_until"]),
        "snoozed_by": row["snoozed_by__email"],
        "acknowledged_at": moment_text(row["acknowledged_at"]),
        "acknowledged_by": row["acknowledged_by__email"],
        "escalation_level": row["escalation_level"],
        "escalated_to": row["escalated_to__email"],
        "escalated_at": moment_text(row["escalated_at"]),
        "ended_at": moment_text(row["ended_at"]),
        "closed_by": row["closed_by__email"],
        "outcome": row["outcome"],
        "accepted_until": day_text(row["accepted_until"]),
        "action_code": row["action_code"],
        "comment": row["comment"],
        "version": row["version"],
        "url": address(base, row["code"]),
    }


def group_row(row: Row, base: str) -> Shown:
    return {
        "code": row["code"],
        "number": row["number"],
        "owner": row["owner__email"],
        "branch": row["branch__code"],
        "alerts_open": row["alerts_open"],
        "alerts_red": row["alerts_red"],
        "opened_at": moment_text(row["opened_at"]),
        "changed_at": moment_text(row["changed_at"]),
        "ended_at": moment_text(row["ended_at"]),
        "url": address(base, row["code"]),
    }


def rule_row(row: Row, base: str) -> Shown:
    return {
        "code": row["code"],
        "name": row["name"],
        "kind": row["kind"],
        "department": row["department__code"],
        "kpi": row["kpi__code"],
        "least_severity": row["least_severity"],
        "threshold": exact_text(row["threshold"]),
        "threshold_side": row["threshold_side"],
        "variance_pct": exact_text(row["variance_pct"]),
        "variance_abs": exact_text(row["variance_abs"]),
        "confidence_points": row["confidence_points"],
        "probability_below": exact_text(row["probability_below"]),
        "burn_ahead": exact_text(row["burn_ahead"]),
        "hold_hours": row["hold_hours"],
        "recovery_hours": row["recovery_hours"],
        "escalate_after_hours": row["escalate_after_hours"],
        "enabled": row["enabled"],
        "updated_at": moment_text(row["updated_at"]),
        "url": address(base, row["code"]),
    }


def effective_row(one: EffectiveRule, base: str) -> Shown:
    rule = one.rule
    row = {name: getattr(rule, name) for name in RULES.columns if "__" not in name}
    place = {
        "department__code": rule.department.code if rule.department else None,
        "kpi__code": rule.kpi.code if rule.kpi else None,
    }
    shown = rule_row({**row, **place}, base)
    return {**shown, "inherited_from": one.inherited_from, "replaces": list(one.replaces)}


def rule_detail(row: Row, base: str) -> Shown:
    return {**rule_row(row, base), "translations": row["translations"], "version": row["version"]}
