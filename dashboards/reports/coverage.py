"""Alignment coverage (SEMANTICS §14): what hangs on nothing, is measured by nothing, moved by nobody."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.reports.links import department_url, initiative_url, kpi_url, objective_url, objectives_of_url
from dashboards.reports.mending import Repair, repairs_of
from initiatives.choices import MORE_IS_BETTER, AlignmentMeasure
from initiatives.services import AlignmentFigure, Gap, alignment_of, figure_of, gap_count, gaps_in, history_of, scope_of
from organization.actors import Actor
from organization.narrowing import Page, page_within

SHOWN: Final = 5
PAGE: Final = 50

ADDRESSES: Final = {
    "objective": objective_url,
    "kpi": kpi_url,
    "initiative": initiative_url,
    "department": department_url,
    "person": objectives_of_url,
}

TEXTS: Final[dict[AlignmentMeasure, Promise]] = {
    AlignmentMeasure.ORPHANS: gettext_lazy("No objective above it: it cannot be seen from the vision."),
    AlignmentMeasure.UNMEASURED: gettext_lazy("No scored KPI of its own or below: nothing proves its progress."),
    AlignmentMeasure.INERT: gettext_lazy("Behind its plan without an approved or running initiative."),
    AlignmentMeasure.UNLINKED: gettext_lazy("It serves no objective: link it, stop it, or accept it."),
    AlignmentMeasure.UNLINKED_BUDGET: gettext_lazy("The budget of initiatives that serve no objective."),
    AlignmentMeasure.OWNERLESS: gettext_lazy("Nobody answers for it."),
    AlignmentMeasure.BLIND: gettext_lazy("No target, never a value, or the last value is out of date."),
    AlignmentMeasure.OVERLOADED_OBJECTIVES: gettext_lazy("More than five KPIs: what decides is hard to see."),
    AlignmentMeasure.OVERLOADED_OWNERS: gettext_lazy("More than ten objectives, KPIs and initiatives in one hand."),
    AlignmentMeasure.WINDOW_MISMATCH: gettext_lazy("It begins before, or ends after, what it contributes to."),
    AlignmentMeasure.LINE_OF_SIGHT: gettext_lazy("No objective of the department leads up to the vision."),
    AlignmentMeasure.CONCENTRATION_CHILD: gettext_lazy("One contribution makes more than half of the objective."),
    AlignmentMeasure.CONCENTRATION_OWNER: gettext_lazy("One person owns more than half of what feeds the objective."),
    AlignmentMeasure.CONTRADICTION: gettext_lazy("Objectives that harm each other, and KPIs wanted both ways."),
}

PANEL: Final = (
    AlignmentMeasure.ORPHANS,
    AlignmentMeasure.UNMEASURED,
    AlignmentMeasure.INERT,
    AlignmentMeasure.UNLINKED,
    AlignmentMeasure.OWNERLESS,
    AlignmentMeasure.BLIND,
    AlignmentMeasure.WINDOW_MISMATCH,
    AlignmentMeasure.CONTRADICTION,
)
"""The kinds that the alignment page names; the page of all figures has the others too."""


@dataclass(frozen=True)
class Hole:
    """One thing to mend; `mend` is what is done at `mend_url`, both empty where the reader may not do it."""

    code: str
    title: str
    url: str
    note: str = ""
    mend: str | Promise = ""
    mend_url: str = ""


@dataclass(frozen=True)
class Finding:
    """One kind of hole: what it means, how many there are, the first few, and where all of them are."""

    key: str
    title: str
    text: str
    count: int
    holes: tuple[Hole, ...]
    url: str

    @property
    def more(self) -> int:
        return self.count - len(self.holes)


@dataclass(frozen=True)
class CoverageRow:
    """One figure with its history: shares of 1; `change` is since the first day, good when it went the right way."""

    key: str
    title: str
    text: str
    value: float | None
    numerator: float
    denominator: float
    counted: bool
    course: tuple[float | None, ...]
    since: date | None
    change: float | None
    good: bool | None
    more_is_better: bool
    gaps: int
    url: str


@dataclass(frozen=True)
class GapList:
    """The work list of one figure, a page of it."""

    row: CoverageRow
    holes: tuple[Hole, ...]
    page: Page
    points: tuple[tuple[date, float | None], ...]


def coverage_gaps(actor: Actor) -> tuple[Finding, ...]:
    """The kinds that occur, with the first few of each (two queries per kind at most)."""
    scope = scope_of(actor)
    found = []
    for measure in PANEL:
        gaps, count = gaps_in(measure, scope, most=SHOWN), gap_count(measure, scope)
        if gaps:
            found.append(
                Finding(
                    str(measure),
                    str(measure.label),
                    str(TEXTS[measure]),
                    count,
                    tuple(_hole(one) for one in gaps),
                    gaps_url(measure),
                )
            )
    return tuple(found)


def coverage_rows(actor: Actor, *, today: date) -> list[CoverageRow]:
    """Every figure as the actor sees it; the history is the whole organization's and shown to who sees all of it."""
    scope = scope_of(actor)
    history = _history(actor, today)
    return [
        _row(one, gap_count(one.measure, scope, one), history.get(str(one.measure), [])) for one in alignment_of(scope)
    ]


def gap_list(actor: Actor, measure: str, *, today: date, page: int) -> GapList:
    """The work list behind one figure; KeyError for a figure that does not exist."""
    if measure not in AlignmentMeasure.values:
        raise KeyError(measure)
    scope = scope_of(actor)
    figure = figure_of(AlignmentMeasure(measure), scope)
    points = _history(actor, today).get(measure, [])
    row = _row(figure, gap_count(figure.measure, scope, figure), points)
    within = page_within(row.gaps, page, size=PAGE)
    gaps = gaps_in(measure, scope, first=within.start, most=PAGE)
    repairs = repairs_of(figure.measure, gaps, actor)
    holes = tuple(_hole(gap, repair) for gap, repair in zip(gaps, repairs, strict=True))
    return GapList(row, holes, within, tuple(points))


def gaps_url(measure: str) -> str:
    return reverse("alignment-gap-list", args=[str(measure)])


def _history(actor: Actor, today: date) -> dict[str, list[tuple[date, float | None]]]:
    if actor.paths() is not None or actor.organization_id is None:
        return {}
    return history_of(actor.organization_id, until=today)


def _row(figure: AlignmentFigure, gaps: int, history: list[tuple[date, float | None]]) -> CoverageRow:
    measure = figure.measure
    known = [(day, value) for day, value in history if value is not None]
    change = None if not known or figure.value is None else figure.value - known[0][1]
    grows = measure in MORE_IS_BETTER
    shares = (AlignmentMeasure.CONCENTRATION_CHILD, AlignmentMeasure.CONCENTRATION_OWNER)
    return CoverageRow(
        key=str(measure),
        title=str(measure.label),
        text=str(TEXTS[measure]),
        value=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
        counted=measure not in shares,
        course=(*(value for _day, value in history[-30:]), figure.value),
        since=known[0][0] if known else None,
        change=change or None,
        good=None if not change else (change > 0) == grows,
        more_is_better=grows,
        gaps=gaps,
        url=gaps_url(measure),
    )


def _hole(gap: Gap, repair: Repair | None = None) -> Hole:
    return Hole(
        code="" if gap.kind == "person" else gap.code,
        title=gap.title or _("without a title"),
        url=ADDRESSES[gap.kind](gap.code),
        note=gap.note,
        mend=repair.label if repair else "",
        mend_url=repair.address(gap.code) if repair else "",
    )
