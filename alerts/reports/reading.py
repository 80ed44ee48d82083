"""One alert to read: what is the matter, why one sees it, what is already under way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.choices import OPEN_STATES, AlertState
from alerts.models import Alert
from alerts.reports import words
from initiatives.choices import Stage
from initiatives.models import Initiative
from kpis.models import Kpi, Measure, Measurement
from objectives.models import Objective
from organization.actors import Actor

COURSE: Final = 13
WORK_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Touched:
    """An objective that the alert's KPI measures."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Work:
    """An initiative under way for what the alert touches."""

    code: str
    title: str
    state: str
    colour: str
    progress: float | None
    owner: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that the pane shows. `kpi` or `objective` is the subject's code, the other one empty."""

    code: str
    kind: str
    headline: str
    explanation: str
    state: str
    colour: str
    state_word: str
    is_open: bool
    is_acknowledged: bool
    holds: bool
    opened_at: datetime
    ended_at: datetime | None
    kpi: str
    objective: str
    name: str
    rule: str
    department: str
    owner: str
    acknowledged_by: str
    acknowledged_at: datetime | None
    closed_by: str
    comment: str
    course: tuple[float | None, ...]
    touches: tuple[Touched, ...]
    work: tuple[Work, ...]
    may_answer: bool
    version: int


def reading_of(actor: Actor, alert: Alert) -> Reading:
    """The pane of an alert that the actor sees: at most seven queries."""
    state, colour = words.look_of(alert)
    touches = _touched(actor, alert)
    return Reading(
        code=alert.code,
        kind=words.kind_word(alert),
        headline=words.headline(alert),
        explanation=words.explanation(alert),
        state=state,
        colour=colour,
        state_word=str(AlertState(alert.state).label),
        is_open=alert.state in OPEN_STATES,
        is_acknowledged=alert.state == AlertState.ACKNOWLEDGED,
        holds=alert.holds,
        opened_at=alert.opened_at,
        ended_at=alert.ended_at,
        kpi=alert.kpi.code if alert.kpi else "",
        objective=alert.objective.code if alert.objective else "",
        name=words.subject_name(alert),
        rule=alert.rule.text("name"),
        department=alert.department.text("name") if alert.department else "",
        owner=str(alert.owner) if alert.owner else "",
        acknowledged_by=str(alert.acknowledged_by) if alert.acknowledged_by else "",
        acknowledged_at=alert.acknowledged_at,
        closed_by=str(alert.closed_by) if alert.closed_by else "",
        comment=alert.comment,
        course=_course(alert.kpi),
        touches=tuple(Touched(row.code, row.text("title")) for row in touches),
        work=_work(actor, [row.pk for row in touches] if alert.objective_id is None else [alert.objective_id]),
        may_answer=Alert.objects.answerable_by(actor).filter(pk=alert.pk).exists(),
        version=alert.version,
    )


def _touched(actor: Actor, alert: Alert) -> list[Objective]:
    if alert.kpi_id is None:
        return []
    measured = Measure.objects.filter(kpi_id=alert.kpi_id).values("objective_id")
    return list(Objective.objects.visible_to(actor).filter(pk__in=measured).order_by("code"))


def _course(kpi: Kpi | None) -> tuple[float | None, ...]:
    """The last values of the KPI, the oldest first."""
    if kpi is None:
        return ()
    values = Measurement.objects.filter(kpi=kpi).order_by("-period").values_list("value", flat=True)[:COURSE]
    return tuple(None if value is None else float(value) for value in reversed(list(values)))


def _work(actor: Actor, objective_ids: list[int]) -> tuple[Work, ...]:
    """Initiatives in progress that serve the objectives, the ones in trouble first."""
    rows = (
        Initiative.objects.visible_to(actor)
        .filter(stage=Stage.IN_PROGRESS, allocations__objective_id__in=objective_ids)
        .distinct()
        .select_related("owner")
        .order_by("-status", "code")[:WORK_SHOWN]
    )
    states = {"green": "on_track", "amber": "at_risk", "red": "off_track"}
    return tuple(
        Work(
            code=row.code,
            title=row.text("title"),
            state=states.get(row.status, row.stage),
            colour=row.status,
            progress=None if row.progress is None else float(row.progress),
            owner=str(row.owner) if row.owner else "",
        )
        for row in rows
    )
