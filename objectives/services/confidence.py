"""How good the stated confidences turned out to be, by owner or department (SEMANTICS §10). Reads, never writes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import TruncDate

from objectives.choices import Lifecycle
from objectives.confidence import FEWEST_CLOSED, Brier, Forecast, brier_of
from objectives.models import CheckIn, Objective
from objectives.pace import compared
from objectives.services.graph import today_of
from organization.actors import Actor
from organization.models import Organization
from organization.texts import local_text

NEVER_ENDED: Final = (Lifecycle.CANCELLED, Lifecycle.PAUSED, Lifecycle.DRAFT)


class By(StrEnum):
    OWNER = "owner"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class ConfidenceRow:
    """Whose confidences: an e-mail or a code, and a name. `score` from `needed` closed items on."""

    key: str
    name: str
    items: int
    needed: int
    score: float | None
    mean_confidence: float | None
    achieved_share: float | None


def confidence_record(actor: Actor, *, by: By, at: datetime) -> list[ConfidenceRow]:
    """One row for each owner or department with a closed objective that the actor sees. Two queries.

    Closed: the end has come and the progress is known. An objective without a confidence stated by its end says
    nothing about anybody.
    """
    organization = Organization.objects.get(pk=actor.organization_id)
    last = (
        CheckIn.objects.filter(objective=OuterRef("pk"), confidence__isnull=False)
        .annotate(day=TruncDate("at", tzinfo=organization.zone))
        .filter(day__lte=OuterRef("end"))
        .order_by("-at", "-id")
        .values("confidence")[:1]
    )
    rows = (
        Objective.objects.visible_to(actor)
        .filter(end__lte=today_of(organization, at), figures__progress__isnull=False)
        .exclude(lifecycle__in=NEVER_ENDED)
        .annotate(said=Subquery(last), reached=F("figures__progress"))
        .filter(said__isnull=False)
        .order_by("pk")
    )
    found: dict[tuple[str, str], list[Forecast]] = {}
    for key, item in (_keyed(row, by) for row in rows.values(*COLUMNS[by])):
        if key is not None:
            found.setdefault(key, []).append(item)
    records = [_row(*key, brier_of(items)) for key, items in found.items()]
    return sorted(records, key=lambda row: (row.score is None, row.score or 0.0, -row.items, row.name, row.key))


COLUMNS: Final = {
    By.OWNER: ("said", "reached", "owner__email", "owner__name"),
    By.DEPARTMENT: ("said", "reached", "department__code", "department__name", "department__translations"),
}


def _keyed(row: dict[str, Any], by: By) -> tuple[tuple[str, str] | None, Forecast]:
    item = Forecast(row["said"], achieved=compared(row["reached"]) >= Decimal(1))
    if by is By.OWNER:
        email = row["owner__email"]
        return (None if email is None else (email, row["owner__name"] or email)), item
    code = row["department__code"]
    if code is None:
        return None, item
    return (code, local_text(row["department__name"], row["department__translations"], "name")), item


def _row(key: str, name: str, brier: Brier) -> ConfidenceRow:
    return ConfidenceRow(
        key, name, brier.items, FEWEST_CLOSED, brier.score, brier.mean_confidence, brier.achieved_share
    )
