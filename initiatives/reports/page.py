"""The page of one initiative: facts, objectives served, what was said when."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Final

from initiatives.choices import DELIVERING_STAGES, Stage
from initiatives.delivery import allocate, effective_shares
from initiatives.models import Initiative, StatusUpdate
from initiatives.reports.portfolio import Person, look_of, person_of
from objectives.models import Objective
from organization.actors import Actor

HISTORY: Final = 20
"""Statements that the page shows; the API has all of them."""


@dataclass(frozen=True, slots=True)
class Served:
    """One objective that the initiative serves, with its part of it, outcome and delivery side by side."""

    code: str
    title: str
    state: str
    colour: str
    share: float
    budget: Decimal | None
    progress: float | None
    expected: float | None
    delivery: float | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One status update, beside what was said before it. `before` is None for the first one."""

    at: datetime
    author: str
    colour: str
    state: str
    before: tuple[str, str] | None
    stage_word: str
    stage_before: str
    progress: Decimal | None
    progress_before: Decimal | None
    confidence: int | None
    comment: str
    blocker: str


@dataclass(frozen=True, slots=True)
class InitiativePage:
    """Everything that the page shows."""

    code: str
    title: str
    description: str
    department: str
    owner: Person | None
    sponsor: Person | None
    colour: str
    state: str
    stage: str
    stage_word: str
    start: date | None
    end: date | None
    days_left: int | None
    budget: Decimal | None
    actual_cost: Decimal | None
    spent_share: float | None
    progress: Decimal | None
    confidence: int | None
    confidence_before: int | None
    comment: str
    status_at: datetime | None
    counts_in_delivery: bool
    served: tuple[Served, ...]
    hidden: int
    blocker: Statement | None
    history: tuple[Statement, ...]
    course: tuple[float | None, ...]
    can_update: bool


def initiative_page(actor: Actor, initiative: Initiative, *, today: date) -> InitiativePage:
    """The page of an initiative that the actor may see: four queries beyond the initiative itself."""
    served, hidden = _served(actor, initiative)
    history = _history(initiative)
    blocker = _blocker(initiative, history)
    colour, state = look_of(initiative.status, initiative.stage)
    ended = initiative.stage in (Stage.DONE, Stage.CANCELLED)
    return InitiativePage(
        code=initiative.code,
        title=initiative.text("title"),
        description=initiative.text("description"),
        department=initiative.department.text("name") if initiative.department else "",
        owner=person_of(initiative.owner),
        sponsor=person_of(initiative.sponsor),
        colour=colour,
        state=state,
        stage=initiative.stage,
        stage_word=str(Stage(initiative.stage).label),
        start=initiative.start,
        end=initiative.end,
        days_left=None if initiative.end is None or ended else (initiative.end - today).days,
        budget=initiative.budget,
        actual_cost=initiative.actual_cost,
        spent_share=_ratio(initiative.actual_cost, initiative.budget),
        progress=initiative.progress,
        confidence=initiative.confidence,
        confidence_before=history[1].confidence if len(history) > 1 else None,
        comment="" if blocker is not None and blocker.blocker == initiative.comment else initiative.text("comment"),
        status_at=initiative.status_at,
        counts_in_delivery=initiative.stage in DELIVERING_STAGES,
        served=served,
        hidden=hidden,
        blocker=blocker,
        history=history,
        course=tuple(None if one.progress is None else float(one.progress) for one in reversed(history)),
        can_update=Initiative.objects.updatable_by(actor).filter(pk=initiative.pk).exists(),
    )


def _served(actor: Actor, initiative: Initiative) -> tuple[tuple[Served, ...], int]:
    """The objectives that the actor sees, and how many more there are. Shares and money are over all of them."""
    given = dict(initiative.allocations.order_by("objective_id").values_list("objective_id", "allocation"))
    shares = effective_shares(given)
    money = {} if initiative.budget is None else allocate(initiative.budget, given)
    seen = Objective.objects.visible_to(actor).filter(pk__in=given).select_related("figures").order_by("code")
    shown = tuple(
        Served(
            code=objective.code,
            title=objective.text("title"),
            state=objective.figures.state,
            colour=objective.figures.colour,
            share=float(shares[objective.pk]),
            budget=money.get(objective.pk),
            progress=objective.figures.progress,
            expected=objective.figures.expected,
            delivery=objective.figures.delivery,
        )
        for objective in seen
    )
    return shown, len(given) - len(shown)


def _history(initiative: Initiative) -> tuple[Statement, ...]:
    rows: list[StatusUpdate | None] = list(initiative.status_updates.select_related("author")[: HISTORY + 1])
    if len(rows) <= HISTORY:
        rows.append(None)
    return tuple(_statement(row, former) for row, former in pairwise(rows) if row is not None)


def _statement(row: StatusUpdate, former: StatusUpdate | None) -> Statement:
    colour, state = look_of(row.status, row.stage)
    return Statement(
        at=row.at,
        author=str(row.author) if row.author else "",
        colour=colour,
        state=state,
        before=look_of(former.status, former.stage) if former is not None and former.status != row.status else None,
        stage_word=str(Stage(row.stage).label),
        stage_before=str(Stage(former.stage).label) if former is not None and former.stage != row.stage else "",
        progress=row.progress,
        progress_before=row.previous_progress if row.previous_progress != row.progress else None,
        confidence=row.confidence,
        comment="" if row.comment == row.blocker else row.comment,
        blocker=row.blocker,
    )


def _blocker(initiative: Initiative, history: tuple[Statement, ...]) -> Statement | None:
    """The last statement, when it names something that blocks and the work has not ended."""
    ended = initiative.stage in (Stage.DONE, Stage.CANCELLED)
    return history[0] if history and history[0].blocker and not ended else None


def _ratio(part: Decimal | None, whole: Decimal | None) -> float | None:
    return None if part is None or not whole else float(part / whole)
