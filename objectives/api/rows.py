"""The strategy's rows as the client reads them: what is read, in one query, and how it is written."""

from typing import Any, Final

from objectives.choices import Colour, Rule, State
from organization.api.pagination import Key, Listing, Row
from organization.api.plain import address, day_text, exact_text, figure_text, moment_text

Shown = dict[str, Any]

VISIONS: Final = Listing(
    ("code", "statement", "start", "end", "updated_at"),
    {"code": Key("code"), "start": Key("start"), "updated_at": Key("updated_at")},
)

OBJECTIVES: Final = Listing(
    (
        "code",
        "title",
        "level",
        "department__code",
        "owner__email",
        "start",
        "end",
        "figures__progress",
        "figures__expected",
        "figures__delivery",
        "figures__coverage",
        "confidence",
        "figures__state",
        "figures__colour",
        "figures__rule",
        "figures__computed_state",
        "figures__computed_colour",
        "figures__computed_rule",
        "figures__worst_colour",
        "figures__worst_path",
        "figures__direct_total",
        "figures__roll_up_state",
        "children_count",
    ),
    {
        "code": Key("code"),
        "title": Key("title"),
        "start": Key("start"),
        "end": Key("end"),
        "progress": Key("figures__progress", nullable=True),
        "expected": Key("figures__expected", nullable=True),
        "delivery": Key("figures__delivery", nullable=True),
        "coverage": Key("figures__coverage", nullable=True),
        "confidence": Key("confidence", nullable=True),
        "updated_at": Key("updated_at"),
    },
)

OBJECTIVE_DETAIL: Final = (
    *OBJECTIVES.columns,
    "description",
    "vision__code",
    "perspective",
    "progress_mode",
    "blend",
    "lifecycle",
    "manual_progress",
    "figures__inputs_known",
    "figures__inputs_total",
    "figures__confidence_mean",
    "figures__confidence_low",
    "figures__confidence_low_code",
    "figures__changed_at",
    "translations",
    "version",
    "updated_at",
)

CONTRIBUTIONS: Final = Listing(
    ("child__code", "parent__code", "kind", "weight", "version", "updated_at"),
    {"id": Key("id"), "child": Key("child__code"), "parent": Key("parent__code"), "updated_at": Key("updated_at")},
    ("id",),
    "id",
)

CHECK_INS: Final = Listing(
    ("at", "author__email", "confidence", "previous_confidence", "progress", "comment"),
    {"at": Key("at")},
    ("-at",),
    "id",
)

SNAPSHOTS: Final = Listing(
    ("day", "progress", "expected", "coverage", "delivery", "confidence", "state", "colour"),
    {"day": Key("day")},
    ("day",),
    "day",
)


def vision_row(row: Row, base: str) -> Shown:
    return {
        "code": row["code"],
        "statement": row["statement"],
        "start": day_text(row["start"]),
        "end": day_text(row["end"]),
        "updated_at": moment_text(row["updated_at"]),
        "url": address(base, row["code"]),
    }


def vision_detail(row: Row, base: str) -> Shown:
    return {**vision_row(row, base), "translations": row["translations"], "version": row["version"]}


def status_shown(row: Row) -> Shown:
    """The stored status; a row of figures that does not exist yet says that nothing feeds it."""
    return {
        "state": row["figures__state"] or State.NO_DATA.value,
        "colour": row["figures__colour"] or Colour.GREY.value,
        "rule": row["figures__rule"] or Rule.NO_INPUT.value,
        "computed": {
            "state": row["figures__computed_state"] or State.NO_DATA.value,
            "colour": row["figures__computed_colour"] or Colour.GREY.value,
            "rule": row["figures__computed_rule"] or Rule.NO_INPUT.value,
        },
    }


def objective_row(row: Row, base: str) -> Shown:
    worst = row["figures__worst_colour"]
    return {
        "code": row["code"],
        "title": row["title"],
        "level": row["level"],
        "department": row["department__code"],
        "owner": row["owner__email"],
        "start": day_text(row["start"]),
        "end": day_text(row["end"]),
        "progress": figure_text(row["figures__progress"]),
        "expected": figure_text(row["figures__expected"]),
        "delivery": figure_text(row["figures__delivery"]),
        "coverage": figure_text(row["figures__coverage"] or 0.0),
        "roll_up_state": row["figures__roll_up_state"] or "no_input",
        "confidence": row["confidence"],
        "status": status_shown(row),
        "worst": {"colour": worst, "path": row["figures__worst_path"]} if worst else None,
        "kpis": row["figures__direct_total"] or 0,
        "children": row["children_count"],
        "url": address(base, row["code"]),
    }


def objective_detail(row: Row, base: str) -> Shown:
    return {
        **objective_row(row, base),
        "description": row["description"],
        "vision": row["vision__code"],
        "perspective": row["perspective"],
        "progress_mode": row["progress_mode"],
        "blend": exact_text(row["blend"]),
        "lifecycle": row["lifecycle"],
        "manual_progress": exact_text(row["manual_progress"]),
        "inputs_known": row["figures__inputs_known"] or 0,
        "inputs_total": row["figures__inputs_total"] or 0,
        "confidence_below": {
            "mean": figure_text(row["figures__confidence_mean"]),
            "low": row["figures__confidence_low"],
            "low_code": row["figures__confidence_low_code"] or "",
        },
        "changed_at": moment_text(row["figures__changed_at"]),
        "translations": row["translations"],
        "version": row["version"],
        "updated_at": moment_text(row["updated_at"]),
    }


def contribution_row(row: Row, base: str) -> Shown:
    return {
        "child": row["child__code"],
        "parent": row["parent__code"],
        "kind": row["kind"],
        "weight": exact_text(row["weight"]),
        "version": row["version"],
        "updated_at": moment_text(row["updated_at"]),
        "url": address(base, row["child__code"], row["parent__code"]),
    }


def check_in_row(row: Row) -> Shown:
    return {
        "at": moment_text(row["at"]),
        "author": row["author__email"],
        "confidence": row["confidence"],
        "previous_confidence": row["previous_confidence"],
        "progress": exact_text(row["progress"]),
        "comment": row["comment"],
    }


def snapshot_row(row: Row) -> Shown:
    return {
        "day": day_text(row["day"]),
        "progress": figure_text(row["progress"]),
        "expected": figure_text(row["expected"]),
        "coverage": figure_text(row["coverage"]),
        "delivery": figure_text(row["delivery"]),
        "confidence": row["confidence"],
        "state": row["state"],
        "colour": row["colour"],
    }
