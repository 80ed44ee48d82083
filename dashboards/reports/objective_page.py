"""The page of one objective: how it stands, why, what moves it, what was said about it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db.models import OuterRef, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.reports.confidence import ConfidenceBelow, confidence_below, fall_sentence
from dashboards.reports.links import objective_url
from dashboards.reports.objective_course import WATCHED, History, course_chart, history_of
from dashboards.reports.objective_history import CheckInRow, HistoryRow, check_ins_of, history_rows, last_said
from dashboards.reports.objective_parts import Person, Worst, language, less, person_of, tone_of, worst_of_rows
from dashboards.reports.objective_why import Why, coverage_sentence, why
from dashboards.reports.objective_work import InitiativeSection, KpiSection, initiatives_below, kpis_below
from kpis.explain import NOT_COUNTED_STATES, ByHand, Judgement, by_hand_of, judgement_of, mode_of
from objectives.choices import EdgeKind, ProgressMode, RollupState
from objectives.models import Contribution, Objective, ObjectiveFigures
from objectives.services import today_of
from organization.actors import Actor
from organization.drawing import numbers
from organization.drawing.figure import Chart
from organization.models import Organization

HIGH: Final = 0.8
LOW: Final = 0.4
"""From `HIGH` delivery with an outcome below `LOW`, and the other way round, the two contradict each other."""

LOUD_CHANGE: Final = 3
"""A change of confidence beyond this, in points of a hundred, is coloured."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The main figures. Fractions; confidence from 0 to 100."""

    code: str
    state: str
    colour: str
    since: date | None
    progress: float | None
    expected: float | None
    gap: float | None
    gap_css: str
    is_short: bool
    coverage: str
    confidence: int | None
    confidence_change: int | None
    confidence_css: str
    change: float | None
    delivery: float | None
    contradiction: str
    worst: Worst | None
    below: ConfidenceBelow | None
    computed: Judgement
    by_hand: ByHand | None

    @property
    def confidence_shift(self) -> float | None:
        """The change of confidence on the scale that is shown, 0 to 10."""
        return None if self.confidence_change is None else self.confidence_change / 10


@dataclass(frozen=True, slots=True)
class Parent:
    """An objective that this one contributes to; `share` is its part of the parent's weights."""

    code: str
    title: str
    url: str
    state: str
    colour: str
    kind: str
    share: float | None


@dataclass(frozen=True, slots=True)
class Parents:
    rows: tuple[Parent, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class ObjectivePage:
    """Everything that the page shows beside the form."""

    code: str
    title: str
    description: str
    level: str
    perspective: str
    department: str
    department_code: str
    owner: Person | None
    start: date
    end: date
    vision: str
    lifecycle: str
    standing: Standing
    chart: Chart | None
    why: Why
    kpis: KpiSection
    initiatives: InitiativeSection
    check_ins: tuple[CheckInRow, ...]
    said: CheckInRow | None
    fall: str
    history: tuple[HistoryRow, ...]
    parents: Parents
    currency: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks to be shown in full."""

    opened: tuple[str, ...] = ()
    all_kpis: bool = False
    all_initiatives: bool = False


def objective_page(
    objective: Objective, *, actor: Actor, organization: Organization, at: datetime, wanted: Wanted = Wanted()
) -> ObjectivePage:
    """The whole page; a constant number of queries, and some for each line that is opened."""
    today = today_of(organization, at)
    history = history_of(objective, today=today)
    said = check_ins_of(objective)
    return ObjectivePage(
        code=objective.code,
        title=objective.text("title"),
        description=objective.text("description"),
        level=objective.get_level_display(),
        perspective=objective.get_perspective_display(),
        department=objective.department.text("name") if objective.department else "",
        department_code=objective.department.code if objective.department else "",
        owner=person_of(objective.owner),
        start=objective.start,
        end=objective.end,
        vision=objective.vision.code if objective.vision else "",
        lifecycle=objective.lifecycle,
        standing=_standing(objective, history, actor),
        chart=course_chart(objective, history),
        why=why(objective, actor, opened=wanted.opened),
        kpis=kpis_below(objective, actor, today=today, whole=wanted.all_kpis),
        initiatives=initiatives_below(objective, actor, today=today, whole=wanted.all_initiatives),
        check_ins=said,
        said=last_said(said),
        fall=fall_sentence(said),
        history=history_rows(objective, history.turns(), actor),
        parents=_parents(objective, actor),
        currency=organization.currency,
    )


def standing_part(objective: Objective, *, actor: Actor, organization: Organization, at: datetime) -> Standing:
    """The main figures again (three queries)."""
    return _standing(objective, history_of(objective, today=today_of(organization, at)), actor)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said and done, again."""

    code: str
    check_ins: tuple[CheckInRow, ...]
    said: CheckInRow | None
    fall: str
    history: tuple[HistoryRow, ...]


def said_part(objective: Objective, *, actor: Actor, organization: Organization, at: datetime) -> Said:
    """Check-ins and history again."""
    turns = history_of(objective, today=today_of(organization, at)).turns()
    rows = check_ins_of(objective)
    return Said(objective.code, rows, last_said(rows), fall_sentence(rows), history_rows(objective, turns, actor))


def _standing(objective: Objective, history: History, actor: Actor) -> Standing:
    figures: ObjectiveFigures = objective.figures
    gap, before = less(figures.progress, figures.expected), history.at(WATCHED)
    moved = None
    if objective.confidence is not None and before is not None and before.confidence is not None:
        moved = objective.confidence - before.confidence
    return Standing(
        code=objective.code,
        state=figures.state,
        colour=figures.colour,
        since=history.since(),
        progress=figures.progress,
        expected=figures.expected,
        gap=gap,
        gap_css=tone_of(gap, figures.colour),
        is_short=figures.progress is None or figures.inputs_known < figures.inputs_total,
        coverage=_coverage(objective, figures),
        confidence=objective.confidence,
        confidence_change=moved,
        confidence_css="bad" if (moved or 0) < -LOUD_CHANGE else "good" if (moved or 0) > LOUD_CHANGE else "mute",
        change=less(figures.progress, before.progress if before else None),
        delivery=figures.delivery,
        contradiction=_contradiction(figures.progress, figures.delivery),
        worst=worst_of_rows([objective], actor).get(objective.pk),
        below=confidence_below(objective, actor),
        computed=judgement_of(figures),
        by_hand=by_hand_of(objective, figures),
    )


def _coverage(objective: Objective, figures: ObjectiveFigures) -> str:
    """How much of what should feed the figure is known, and what that means."""
    if mode_of(objective, figures) == ProgressMode.MANUAL:
        return _("The owner states the progress at check-in.") if figures.progress is None else ""
    if figures.roll_up_state == RollupState.NO_INPUT:
        return _("Nothing feeds this figure yet: no KPI measures it and no objective contributes to it.")
    if figures.roll_up_state == RollupState.INSUFFICIENT_DATA:
        words = {
            "known": figures.inputs_known,
            "total": figures.inputs_total,
            "floor": numbers.percent(objective.organization.coverage_floor, 0, language()),
        }
        if not figures.inputs_known:
            text = ngettext(
                "The only part has no value.", "None of the %(total)s parts has a value.", figures.inputs_total
            )
            return text % words
        return (
            _("Only %(known)s of %(total)s parts have values. Below %(floor)s of the weight no figure is shown.")
            % words
        )
    return coverage_sentence(figures.inputs_known, figures.inputs_total)


def _contradiction(outcome: float | None, delivery: float | None) -> str:
    """Work and effect that do not fit together (SEMANTICS §9)."""
    if outcome is None or delivery is None:
        return ""
    if delivery >= HIGH and outcome < LOW:
        return _("The work is nearly done and the effect is missing: done without effect so far.")
    if outcome >= HIGH and delivery < LOW:
        return _("The outcome is nearly there and little of the work is done: it moved without us.")
    return ""


def _parents(objective: Objective, actor: Actor) -> Parents:
    """Two queries: the edges up, and which of their ends the reader may see."""
    beside = Contribution.objects.filter(parent=OuterRef("parent"), kind=EdgeKind.CONTRIBUTES).order_by()
    siblings = beside.exclude(child__figures__computed_state__in=NOT_COUNTED_STATES)
    counts = objective.figures.computed_state not in NOT_COUNTED_STATES
    edges = list(
        Contribution.objects.filter(child=objective)
        .select_related("parent__figures")
        .annotate(whole=Subquery(siblings.values("parent").annotate(sum=Sum("weight")).values("sum")))
        .order_by("-weight", "parent__code")
    )
    seen = set(
        Objective.objects.visible_to(actor)
        .filter(pk__in=[edge.parent_id for edge in edges])
        .values_list("pk", flat=True)
    )
    rows = tuple(
        _parent(edge, getattr(edge, "whole", None) if counts else None) for edge in edges if edge.parent_id in seen
    )
    return Parents(rows, len(edges) - len(rows))


def _parent(edge: Contribution, whole: Decimal | None) -> Parent:
    parent = edge.parent
    counts = edge.kind == EdgeKind.CONTRIBUTES and bool(whole)
    return Parent(
        code=parent.code,
        title=parent.text("title"),
        url=objective_url(parent.code),
        state=parent.figures.state,
        colour=parent.figures.colour,
        kind=edge.get_kind_display(),
        share=float(edge.weight / whole) if counts and whole else None,
    )
