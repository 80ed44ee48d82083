"""What stops work now, out of the latest status updates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, Min, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import JSONObject

from dashboards.reports.links import initiative_url, objective_url
from initiatives.choices import Stage
from initiatives.models import Initiative, InitiativeObjective, StatusUpdate
from organization.actors import Actor
from organization.texts import local_text

ROWS_SHOWN: Final = 5
RUNNING: Final = (Stage.APPROVED, Stage.IN_PROGRESS, Stage.ON_HOLD)


@dataclass(frozen=True)
class Served:
    """The objective that the work serves most, and how it stands."""

    code: str
    url: str
    gap: float | None
    colour: str

    @property
    def css(self) -> str:
        return {"red": "bad", "amber": "warn"}.get(self.colour, "")


@dataclass(frozen=True)
class Blocker:
    text: str
    code: str
    title: str
    url: str
    owner: str
    since: datetime
    serves: Served | None


@dataclass(frozen=True)
class Blockers:
    """The oldest first, out of how many."""

    rows: tuple[Blocker, ...]
    total: int


def open_blockers(actor: Actor) -> Blockers:
    """Blockers that the latest update of running work names (one query)."""
    later = StatusUpdate.objects.filter(initiative=OuterRef("initiative"), at__gt=OuterRef("at"))
    visible = Initiative.objects.visible_to(actor).filter(stage__in=RUNNING)
    rows = StatusUpdate.objects.filter(~Exists(later), initiative__in=visible).exclude(blocker="")
    same = StatusUpdate.objects.filter(initiative=OuterRef("initiative"), blocker=OuterRef("blocker")).order_by()
    shown = (
        rows.annotate(
            since=Subquery(same.values("initiative").annotate(first=Min("at")).values("first")),
            serves=Subquery(_served()),
            total=Window(Count("pk")),
        )
        .order_by("since", "pk")
        .values(
            "blocker",
            "since",
            "serves",
            "total",
            "initiative__code",
            "initiative__title",
            "initiative__translations",
            "initiative__owner__name",
        )[:ROWS_SHOWN]
    )
    found: list[dict[str, Any]] = [dict(row) for row in shown]
    return Blockers(tuple(_row(row) for row in found), found[0]["total"] if found else 0)


def _served() -> "QuerySet[Any, Any]":
    return (
        InitiativeObjective.objects.filter(initiative=OuterRef("initiative"))
        .order_by("-allocation", "objective__code")
        .values(
            found=JSONObject(
                code="objective__code",
                progress="objective__figures__progress",
                expected="objective__figures__expected",
                colour="objective__figures__colour",
            )
        )[:1]
    )


def _row(row: dict[str, Any]) -> Blocker:
    found = row["serves"]
    serves = None
    if found:
        known = found["progress"] is not None and found["expected"] is not None
        gap = found["progress"] - found["expected"] if known else None
        serves = Served(found["code"], objective_url(found["code"]), gap, found["colour"] or "")
    return Blocker(
        text=row["blocker"],
        code=row["initiative__code"],
        title=local_text(row["initiative__title"], row["initiative__translations"], "title"),
        url=initiative_url(row["initiative__code"]),
        owner=row["initiative__owner__name"] or "",
        since=row["since"],
        serves=serves,
    )
