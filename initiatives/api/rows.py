"""Initiatives as the client reads them: what is read, in one query, and how it is written."""

from decimal import Decimal
from typing import Any, Final

from organization.api.pagination import Key, Listing, Row
from organization.api.plain import address, day_text, exact_text, moment_text

Shown = dict[str, Any]

INITIATIVES: Final = Listing(
    (
        "code",
        "title",
        "department__code",
        "owner__email",
        "sponsor__email",
        "stage",
        "start",
        "end",
        "budget",
        "actual_cost",
        "progress",
        "status",
        "confidence",
        "status_at",
        "served",
        "updated_at",
    ),
    {
        "code": Key("code"),
        "title": Key("title"),
        "start": Key("start", nullable=True),
        "end": Key("end", nullable=True),
        "budget": Key("budget", nullable=True),
        "actual_cost": Key("actual_cost", nullable=True),
        "progress": Key("progress", nullable=True),
        "confidence": Key("confidence", nullable=True),
        "status_at": Key("status_at", nullable=True),
        "updated_at": Key("updated_at"),
    },
)

INITIATIVE_DETAIL: Final = (*INITIATIVES.columns, "description", "comment", "translations", "version")

STATUS_UPDATES: Final = Listing(
    (
        "at",
        "author__email",
        "stage",
        "status",
        "progress",
        "previous_progress",
        "confidence",
        "comment",
        "blocker",
    ),
    {"at": Key("at")},
    ("-at",),
    "id",
)


def initiative_row(row: Row, base: str) -> Shown:
    return {
        "code": row["code"],
        "title": row["title"],
        "department": row["department__code"],
        "owner": row["owner__email"],
        "sponsor": row["sponsor__email"],
        "stage": row["stage"],
        "start": day_text(row["start"]),
        "end": day_text(row["end"]),
        "budget": exact_text(row["budget"]),
        "actual_cost": exact_text(row["actual_cost"]),
        "progress": exact_text(row["progress"]),
        "status": row["status"],
        "confidence": row["confidence"],
        "status_at": moment_text(row["status_at"]),
        "objectives": [{**one, "allocation": _share(one["allocation"])} for one in row["served"]],
        "updated_at": moment_text(row["updated_at"]),
        "url": address(base, row["code"]),
    }


def _share(text: str | None) -> str | None:
    """A share travels as text inside the row, so that it never becomes a float."""
    return None if text is None else exact_text(Decimal(text))


def initiative_detail(row: Row, base: str) -> Shown:
    names = ("description", "comment", "translations", "version")
    return {**initiative_row(row, base), **{name: row[name] for name in names}}


def status_update_row(row: Row) -> Shown:
    return {
        "at": moment_text(row["at"]),
        "author": row["author__email"],
        "stage": row["stage"],
        "status": row["status"],
        "progress": exact_text(row["progress"]),
        "previous_progress": exact_text(row["previous_progress"]),
        "confidence": row["confidence"],
        "comment": row["comment"],
        "blocker": row["blocker"],
    }
