"""What an objective is linked with: what it contributes to, what contributes to it, the KPIs that measure it.

A weight is shown as what becomes of it: its share among those beside it, reckoned as the roll-up does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dashboards.reports.links import kpi_url, objective_url
from dashboards.reports.objective_parts import language
from kpis.explain import NOT_COUNTED_STATES, mode_of
from kpis.models import Kpi, Measure
from objectives.choices import EdgeKind, ProgressMode, State
from objectives.models import Contribution, Objective, ObjectiveFigures
from objectives.rollup import STORED_FIGURE, Part, StoredFigure, decompose, stored_factors
from organization.actors import Actor
from organization.drawing import numbers

UP, DOWN, MEASURES = "up", "down", "measures"
PARTS: Final = (UP, DOWN, MEASURES)
"""What it contributes to, what contributes to it, its KPIs."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link. `share` is None where it does not count; `note` says why, or what else matters."""

    pk: int
    code: str
    title: str
    url: str
    state: str
    colour: str
    kind: str
    weight: Decimal
    version: int
    share: float | None
    note: str
    may_change: bool

    @property
    def kind_word(self) -> str:
        return str(EdgeKind(self.kind).label) if self.kind else ""


@dataclass(frozen=True, slots=True)
class LinkPart:
    """Links of one kind; `basis` says what they mean for the progress, `hidden` how many the reader may not see."""

    key: str
    rows: tuple[LinkRow, ...]
    hidden: int
    basis: str

    @property
    def has_kinds(self) -> bool:
        return self.key != MEASURES


def links_of(objective: Objective, part: str) -> QuerySet[Any]:
    """The links of an objective with their other end and its figures."""
    if part == MEASURES:
        return Measure.objects.filter(objective=objective).select_related("kpi__figures", "objective")
    if part == UP:
        return Contribution.objects.filter(child=objective).select_related("parent__figures")
    return Contribution.objects.filter(parent=objective).select_related("child__figures")


def link_parts(objective: Objective, actor: Actor) -> dict[str, LinkPart]:
    """All links of an objective that the actor edits; a constant number of queries."""
    return {UP: _up(objective, actor), DOWN: _down(objective, actor), MEASURES: _measures(objective, actor)}


def _up(objective: Objective, actor: Actor) -> LinkPart:
    edges = list(links_of(objective, UP).order_by("-weight", "parent__code"))
    parents = [edge.parent_id for edge in edges]
    seen = _seen(Objective.objects.visible_to(actor), parents)
    siblings = Contribution.objects.filter(parent__in=parents, kind=EdgeKind.CONTRIBUTES)
    shares: dict[int, float] = {}
    beside: dict[int, list[Part]] = {}
    for edge_id, parent, weight, state in siblings.values_list(
        "pk", "parent_id", "weight", "child__figures__computed_state"
    ):
        beside.setdefault(parent, []).append(Part(edge_id, None, None, weight, state not in NOT_COUNTED_STATES))
    for parts in beside.values():
        shares |= _shares(parts)
    rows = tuple(
        _edge_row(edge, edge.parent, shares, note=_note_up(edge, objective), may_change=True)
        for edge in edges
        if edge.parent_id in seen
    )
    basis = _("The share is its part of the weights below each.") if rows else ""
    return LinkPart(UP, rows, len(edges) - len(rows), basis)


def _down(objective: Objective, actor: Actor) -> LinkPart:
    edges = list(links_of(objective, DOWN).order_by("-weight", "child__code"))
    seen = _seen(Objective.objects.visible_to(actor), [edge.child_id for edge in edges])
    mine = set(Contribution.objects.editable_by(actor).filter(parent=objective).values_list("pk", flat=True))
    counting = [edge for edge in edges if edge.kind == EdgeKind.CONTRIBUTES]
    shares = _shares(Part(edge.pk, None, None, edge.weight, _counts(edge.child.figures)) for edge in counting)
    rows = tuple(
        _edge_row(edge, edge.child, shares, note=_note_down(edge), may_change=edge.pk in mine)
        for edge in edges
        if edge.child_id in seen
    )
    return LinkPart(DOWN, rows, len(edges) - len(rows), _basis(objective, DOWN) if rows else "")


def _measures(objective: Objective, actor: Actor) -> LinkPart:
    uses = list(links_of(objective, MEASURES).order_by("-weight", "kpi__code"))
    seen = _seen(Kpi.objects.visible_to(actor), [use.kpi_id for use in uses])
    shares = _shares(Part(use.pk, None, None, use.weight, use.kpi.figures.counts) for use in uses)
    rows = tuple(
        LinkRow(
            pk=use.pk,
            code=use.kpi.code,
            title=use.kpi.text("name"),
            url=kpi_url(use.kpi.code),
            state=use.kpi.figures.state,
            colour=use.kpi.figures.colour,
            kind="",
            weight=use.weight,
            version=use.version,
            share=shares.get(use.pk),
            note=_note_of(use.weight, use.kpi.figures.counts, use.kpi.figures.roll_progress, use.kpi.figures.state),
            may_change=True,
        )
        for use in uses
        if use.kpi_id in seen
    )
    return LinkPart(MEASURES, rows, len(uses) - len(rows), _basis(objective, MEASURES) if rows else "")


def _edge_row(
    edge: Contribution, other: Objective, shares: Mapping[int, float], *, note: str, may_change: bool
) -> LinkRow:
    return LinkRow(
        pk=edge.pk,
        code=other.code,
        title=other.text("title"),
        url=objective_url(other.code),
        state=other.figures.state,
        colour=other.figures.colour,
        kind=edge.kind,
        weight=edge.weight,
        version=edge.version,
        share=shares.get(edge.pk),
        note=note,
        may_change=may_change,
    )


def _shares(parts: Iterable[Part]) -> dict[int, float]:
    """The shares of those that count, by key: they make 1 together."""
    return {int(str(row.key)): row.share for row in decompose(parts) if row.counts}


def _seen(rows: QuerySet[Any], ids: list[int]) -> set[int]:
    return set(rows.filter(pk__in=ids).values_list("pk", flat=True))


def _counts(figures: ObjectiveFigures) -> bool:
    return figures.computed_state not in NOT_COUNTED_STATES


def _note_up(edge: Contribution, child: Objective) -> str:
    if edge.kind != EdgeKind.CONTRIBUTES:
        return _("Does not enter the progress.")
    own = _note_of(edge.weight, _counts(child.figures), child.figures.progress, child.figures.computed_state)
    if own:
        return own
    if not _factors(edge.parent)[1]:
        return _("%(code)s does not take its progress from here.") % {"code": edge.parent.code}
    return ""


def _note_down(edge: Contribution) -> str:
    if edge.kind != EdgeKind.CONTRIBUTES:
        return _("Does not enter the progress.")
    figures = edge.child.figures
    return _note_of(edge.weight, _counts(figures), figures.progress, figures.computed_state)


def _note_of(weight: Decimal, counts: bool, progress: float | None, state: str) -> str:
    if not weight:
        return _("Without a weight it does not count.")
    if not counts:
        words = {"state": State(state).label} if state in State.values else {"state": state}
        return _("Does not count now: %(state)s.") % words
    if progress is None:
        return _("Left out until it has a value.")
    return ""


def _factors(objective: Objective) -> tuple[float, float]:
    """How much of the progress its own KPIs make, and how much what contributes."""
    figures = objective.figures
    stored = StoredFigure(*(getattr(figures, name) for name in STORED_FIGURE))
    return stored_factors(mode_of(objective, figures), objective.blend, stored)


def _basis(objective: Objective, part: str) -> str:
    mode, (own, below) = mode_of(objective, objective.figures), _factors(objective)
    factor = own if part == MEASURES else below
    if mode == ProgressMode.MANUAL:
        return _("Its progress is the owner's figure: these do not enter it.")
    if not factor and part == MEASURES:
        return _("Its progress comes from the objectives that contribute: these KPIs do not enter it.")
    if not factor:
        return _("Its progress comes from its own KPIs: what contributes does not enter it.")
    if factor < 1:
        return _("Together they make %(share)s of its progress.") % {"share": numbers.percent(factor, 0, language())}
    return _("Its progress is their mean by weight.")
