"""Confidence on pages: what those below say, a fall that asks what is in the way, and how good it turned out to be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.reports.links import department_url, objective_url
from dashboards.reports.objective_history import CheckInRow
from dashboards.reports.objective_parts import language
from objectives.confidence import fall_of
from objectives.models import Objective, ObjectiveFigures
from objectives.services import By, ConfidenceRow, confidence_record
from organization.actors import Actor
from organization.drawing import numbers
from organization.texts import local_text


@dataclass(frozen=True, slots=True)
class ConfidenceBelow:
    """Mean and lowest of what the contributing objectives say, 0 to 100; no address where the reader may not see it."""

    mean: float | None
    low: int | None
    code: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One owner or department; `url` leads to the department."""

    row: ConfidenceRow
    url: str
    reading: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    by: str
    rows: tuple[RecordRow, ...]


def confidence_below(objective: Objective, actor: Actor) -> ConfidenceBelow | None:
    """None where nobody below says anything. One query where somebody does."""
    figures: ObjectiveFigures = objective.figures
    code = figures.confidence_low_code
    if not code or code == objective.code:
        return None
    seen = Objective.objects.visible_to(actor).filter(code=code).values_list("title", "translations").first()
    if seen is None:
        return ConfidenceBelow(figures.confidence_mean, figures.confidence_low, "", "", "")
    title = local_text(*seen, "title")
    return ConfidenceBelow(figures.confidence_mean, figures.confidence_low, code, title, objective_url(code))


def fall_sentence(rows: Iterable[CheckInRow]) -> str:
    """The question that a fall of confidence asks; "" where none does. `rows` are check-ins, the newest first."""
    stated = [row for row in rows if row.confidence is not None]
    said = [row.confidence for row in stated if row.confidence is not None]
    if stated and stated[-1].previous is not None:
        said.append(stated[-1].previous)
    fall = fall_of(said)
    if fall is None:
        return ""
    words = {
        "was": numbers.confidence(fall.was, language()),
        "now": numbers.confidence(fall.now, language()),
        "count": fall.check_ins,
    }
    return (
        ngettext(
            "Confidence fell from %(was)s to %(now)s in one check-in: what is in the way?",
            "Confidence fell from %(was)s to %(now)s in %(count)s check-ins: what is in the way?",
            fall.check_ins,
        )
        % words
    )


def record_page(actor: Actor, *, by: By, at: datetime) -> RecordPage:
    """How good stated confidences were, the best first; those with too few closed objectives at the end."""
    rows = confidence_record(actor, by=by, at=at)
    return RecordPage(by.value, tuple(_record(row, by) for row in rows))


def _record(row: ConfidenceRow, by: By) -> RecordRow:
    url = department_url(row.key) if by is By.DEPARTMENT else ""
    return RecordRow(row, url, _reading(row))


def _reading(row: ConfidenceRow) -> str:
    """What the two shares say of each other."""
    if row.mean_confidence is None or row.achieved_share is None:
        return _("%(items)s of %(needed)s closed objectives needed.") % {"items": row.items, "needed": row.needed}
    words = {
        "said": numbers.percent(row.mean_confidence / 100, 0, language()),
        "came": numbers.percent(row.achieved_share, 0, language()),
    }
    return _("Said %(said)s on average, %(came)s were achieved.") % words
