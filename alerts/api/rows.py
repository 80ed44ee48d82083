"""Alerts and rules as the client reads them: what is read, in one query, and how it is written."""

from typing import Any, Final

from organization.api.pagination import Key, Listing, Row
from organization.api.plain import address, exact_text, moment_text

Shown = dict[str, Any]

ALERTS: Final = Listing(
    (
        "code",
        "number",
        "rule__code",
        "rule__kind",
        "kpi__code",
        "objective__code",
        "department__code",
        "owner__email",
        "severity",
        "state",
        "holds",
        "facts",
        "opened_at",
        "changed_at",
        "acknowledged_at",
        "acknowledged_by__email",
        "ended_at",
        "closed_by__email",
        "comment",
        "version",
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
        "least_severity",
        "variance_pct",
        "variance_abs",
        "enabled",
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
        "department": row["department__code"],
        "owner": row["owner__email"],
        "severity": row["severity"],
        "state": row["state"],
        "holds": row["holds"],
        "facts": row["facts"],
        "opened_at": moment_text(row["opened_at"]),
        "changed_at": moment_text(row["changed_at"]),
        "acknowledged_at": moment_text(row["acknowledged_at"]),
        "acknowledged_by": row["acknowledged_by__email"],
        "ended_at": moment_text(row["ended_at"]),
        "closed_by": row["closed_by__email"],
        "comment": row["comment"],
        "version": row["version"],
        "url": address(base, row["code"]),
    }


def rule_row(row: Row, base: str) -> Shown:
    return {
        "code": row["code"],
        "name": row["name"],
        "kind": row["kind"],
        "department": row["department__code"],
        "least_severity": row["least_severity"],
        "variance_pct": exact_text(row["variance_pct"]),
        "variance_abs": exact_text(row["variance_abs"]),
        "enabled": row["enabled"],
        "updated_at": moment_text(row["updated_at"]),
        "url": address(base, row["code"]),
    }


def rule_detail(row: Row, base: str) -> Shown:
    return {**rule_row(row, base), "translations": row["translations"], "version": row["version"]}
