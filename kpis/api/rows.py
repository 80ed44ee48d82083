"""KPIs, measures and measurements as the client reads them: what is read, in one query, and how it is written."""

from collections.abc import Mapping
from typing import Any, Final

from kpis.choices import Freshness
from objectives.choices import Colour, Rule, State
from organization.api.pagination import Key, Listing, Row
from organization.api.plain import address, day_text, exact_text, figure_text, moment_text

Shown = dict[str, Any]

KPIS: Final = Listing(
    (
        "code",
        "name",
        "department__code",
        "owner__email",
        "unit",
        "direction",
        "kind",
        "frequency",
        "figures__value",
        "figures__period",
        "figures__target",
        "figures__expected",
        "figures__variance",
        "figures__variance_pct",
        "figures__progress",
        "figures__attainment",
        "figures__state",
        "figures__colour",
        "figures__rule",
        "figures__computed_state",
        "figures__computed_colour",
        "figures__computed_rule",
        "figures__freshness",
        "touched_at",
    ),
    {
        "code": Key("code"),
        "name": Key("name"),
        "period": Key("figures__period", nullable=True),
        "progress": Key("figures__progress", nullable=True),
        "attainment": Key("figures__attainment", nullable=True),
        "variance_pct": Key("figures__variance_pct", nullable=True),
        "due_on": Key("figures__due_on", nullable=True),
        "updated_at": Key("touched_at", like="updated_at"),
    },
)

KPI_DETAIL: Final = (
    *KPIS.columns,
    "description",
    "updater__email",
    "precision",
    "time_aggregation",
    "unit_aggregation",
    "baseline",
    "target",
    "low",
    "high",
    "width",
    "start",
    "end",
    "trajectory",
    "grace_days",
    "figures__previous_value",
    "figures__expected_share",
    "figures__growth_pace",
    "figures__achieved",
    "figures__compliance_rate",
    "figures__favourable_variance",
    "figures__outline_colour",
    "figures__due_on",
    "figures__flags",
    "figures__recorded_at",
    "minimum",
    "maximum",
    "cumulative",
    "formula",
    "parent__code",
    "unit_weight",
    "dimensions",
    "figures__coverage",
    "translations",
    "version",
)

MEASURES: Final = Listing(
    ("objective__code", "kpi__code", "weight", "version", "updated_at"),
    {
        "id": Key("id"),
        "objective": Key("objective__code"),
        "kpi": Key("kpi__code"),
        "updated_at": Key("updated_at"),
    },
    ("id",),
    "id",
)

MEASUREMENTS: Final = Listing(
    (
        "kpi_id",
        "period",
        "value",
        "numerator",
        "denominator",
        "estimate",
        "note",
        "recorded_at",
        "recorded_by__email",
        "source",
        "coverage",
    ),
    {"kpi": Key("kpi_id"), "period": Key("period")},
    ("kpi", "period"),
    "period",
)
"""Of all KPIs: by KPI, then by period, along the primary key. Codes are looked up for the page alone."""

MEASUREMENTS_OF_ONE: Final = Listing(MEASUREMENTS.columns, {"period": Key("period")}, ("period",), "period")


def kpi_row(row: Row, base: str) -> Shown:
    return {
        "code": row["code"],
        "name": row["name"],
        "department": row["department__code"],
        "owner": row["owner__email"],
        "unit": row["unit"],
        "direction": row["direction"],
        "kind": row["kind"],
        "frequency": row["frequency"],
        "value": exact_text(row["figures__value"]),
        "period": day_text(row["figures__period"]),
        "target": exact_text(row["figures__target"]),
        "expected": exact_text(row["figures__expected"]),
        "variance": exact_text(row["figures__variance"]),
        "variance_pct": figure_text(row["figures__variance_pct"]),
        "progress": figure_text(row["figures__progress"]),
        "attainment": figure_text(row["figures__attainment"]),
        "status": {
            "state": row["figures__state"] or State.NO_DATA.value,
            "colour": row["figures__colour"] or Colour.GREY.value,
            "rule": row["figures__rule"] or Rule.NO_DATA.value,
            "computed": {
                "state": row["figures__computed_state"] or State.NO_DATA.value,
                "colour": row["figures__computed_colour"] or Colour.GREY.value,
                "rule": row["figures__computed_rule"] or Rule.NO_DATA.value,
            },
        },
        "freshness": row["figures__freshness"] or Freshness.NO_DATA.value,
        "updated_at": moment_text(row["touched_at"]),
        "url": address(base, row["code"]),
    }


def kpi_detail(row: Row, base: str) -> Shown:
    return {
        **kpi_row(row, base),
        "description": row["description"],
        "updater": row["updater__email"],
        "precision": row["precision"],
        "time_aggregation": row["time_aggregation"],
        "unit_aggregation": row["unit_aggregation"],
        "baseline": exact_text(row["baseline"]),
        "declared_target": exact_text(row["target"]),
        "low": exact_text(row["low"]),
        "high": exact_text(row["high"]),
        "width": exact_text(row["width"]),
        "start": day_text(row["start"]),
        "end": day_text(row["end"]),
        "trajectory": row["trajectory"],
        "grace_days": row["grace_days"],
        "previous_value": exact_text(row["figures__previous_value"]),
        "expected_share": figure_text(row["figures__expected_share"]),
        "growth_pace": figure_text(row["figures__growth_pace"]),
        "achieved": row["figures__achieved"],
        "compliance_rate": figure_text(row["figures__compliance_rate"]),
        "favourable_variance": exact_text(row["figures__favourable_variance"]),
        "outline_colour": row["figures__outline_colour"] or "",
        "due_on": day_text(row["figures__due_on"]),
        "flags": row["figures__flags"] or [],
        "recorded_at": moment_text(row["figures__recorded_at"]),
        "minimum": exact_text(row["minimum"]),
        "maximum": exact_text(row["maximum"]),
        "cumulative": row["cumulative"],
        "formula": row["formula"],
        "parent": row["parent__code"],
        "unit_weight": exact_text(row["unit_weight"]),
        "dimensions": row["dimensions"],
        "coverage": figure_text(row["figures__coverage"]),
        "translations": row["translations"],
        "version": row["version"],
    }


def measure_row(row: Row, base: str) -> Shown:
    return {
        "objective": row["objective__code"],
        "kpi": row["kpi__code"],
        "weight": exact_text(row["weight"]),
        "version": row["version"],
        "updated_at": moment_text(row["updated_at"]),
        "url": address(base, row["objective__code"], row["kpi__code"]),
    }


def measurement_row(row: Row, codes: Mapping[int, str]) -> Shown:
    return {
        "kpi": codes[row["kpi_id"]],
        "period": day_text(row["period"]),
        "value": exact_text(row["value"]),
        "numerator": exact_text(row["numerator"]),
        "denominator": exact_text(row["denominator"]),
        "estimate": row["estimate"],
        "note": row["note"],
        "recorded_at": moment_text(row["recorded_at"]),
        "recorded_by": row["recorded_by__email"],
        "source": row["source"],
        "coverage": figure_text(row["coverage"]),
    }
