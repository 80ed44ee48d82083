"""What moved an objective between two days, as its page shows it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dashboards.reports.links import kpi_url, objective_url
from kpis.days import between
from kpis.explain import ChangeLine, InputNamed, KnownOn, ObjectiveChange, explain_change
from objectives.models import Objective
from organization.actors import Actor


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One line. `weight` and the progress of both days are None for weights, entries and exits."""

    code: str
    title: str
    url: str
    weight: float | None
    before: float | None
    after: float | None
    points: Decimal


@dataclass(frozen=True, slots=True)
class Came:
    """An input that came or went."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Moves:
    """The panel "Between two days". Only the choice unless `is_asked`; a `problem` when the days do not follow."""

    code: str
    title: str
    first_day: date | None
    last_day: date | None
    latest: date
    is_asked: bool
    before: float | None = None
    after: float | None = None
    total: Decimal | None = None
    rows: tuple[MoveRow, ...] = ()
    entered: tuple[Came, ...] = ()
    left: tuple[Came, ...] = ()
    remark: str = ""
    problem: bool = False


def choice_of(objective: Objective, *, today: date) -> Moves:
    """The choice of two days, the usual ones filled in; no query."""
    first, last = between(None, None, latest=today) or (None, None)
    return Moves(objective.code, objective.text("title"), first, last, today, is_asked=False)


def moves(
    objective: Objective, first: date | None, last: date | None, *, actor: Actor, today: date, known_on: KnownOn
) -> Moves:
    """What moved the objective; nothing is computed where the days do not follow each other."""
    days = between(first, last, latest=today)
    if days is None:
        return Moves(objective.code, objective.text("title"), first, last, today, is_asked=True, problem=True)
    found = explain_change(objective, *days, actor=actor, known_on=known_on)
    return Moves(
        found.code,
        found.title,
        *days,
        today,
        is_asked=True,
        before=found.before,
        after=found.after,
        total=found.total,
        rows=_rows(found),
        entered=tuple(map(_came, found.entered)),
        left=tuple(map(_came, found.left)),
        remark=found.remark,
    )


def _rows(found: ObjectiveChange) -> tuple[MoveRow, ...]:
    return tuple(
        MoveRow(line.code, line.title, _url(line), line.weight, line.before, line.after, line.points)
        for line in found.lines
    )


def _came(one: InputNamed) -> Came:
    return Came(one.title, _url(one))


def _url(one: ChangeLine | InputNamed) -> str:
    if not one.code:
        return ""
    return kpi_url(one.code) if one.kind == "kpi" else objective_url(one.code)
