"""Why an objective stands where it does, its delivery included: the lines of each figure add up to it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from initiatives.choices import DELIVERING_STAGES
from initiatives.delivery import counted_progress
from initiatives.models import Initiative
from initiatives.reports.portfolio import look_of
from initiatives.services import links_of
from kpis.explain import NOT_COUNTED_STATES, ObjectiveExplanation, Step, explain_objective, plain
from objectives.choices import EdgeKind
from objectives.models import Contribution, Objective, ObjectiveFigures
from objectives.rollup import Part, Row, decompose
from organization.actors import Actor


@dataclass(frozen=True)
class DeliveryLine:
    """An initiative by its share of effort, or a contributing objective by its weight; points are fractions of 1.

    `normalised` is the weight over all that is known, None for what is not known or does not count; `counted` is the
    progress as it counts: an initiative that is done without a figure counts as 1.
    """

    kind: str
    code: str
    title: str
    owner: str
    weight: float
    normalised: float | None
    progress: float | None
    counted: float | None
    points: float | None
    counts: bool
    colour: str
    state: str
    hidden: bool


@dataclass(frozen=True)
class DeliveryExplanation:
    """Delivery progress: the points of the lines add up to it."""

    progress: float | None
    steps: tuple[Step, ...]
    lines: tuple[DeliveryLine, ...]


@dataclass(frozen=True)
class WholeExplanation(ObjectiveExplanation):
    """Outcome and delivery, two figures side by side."""

    delivery: DeliveryExplanation


def explain_whole(objective: Objective, *, actor: Actor) -> WholeExplanation:
    """Everything that the objective's figures are made of. A constant number of queries."""
    return WholeExplanation(
        **vars(explain_objective(objective, actor=actor)), delivery=explain_delivery(objective, actor=actor)
    )


def explain_delivery(objective: Objective, *, actor: Actor) -> DeliveryExplanation:
    """Its own initiatives under way or done, else what contributes to it (decision 0003). Three queries at most."""
    figures: ObjectiveFigures = objective.figures
    lines = _own(objective, actor) if figures.delivery_own_total else _contributed(objective, actor)
    lines.sort(key=lambda line: (not line.counts, -(line.points or 0.0), line.code))
    known = [line for line in lines if line.normalised is not None]
    formula = _("D = Σ share · progress / Σ share") if figures.delivery_own_total else "D = Σ w·D / Σ w"
    filled = " + ".join(f"{plain(line.normalised, 4)} × {plain(line.counted, 4)}" for line in known)
    coverage = _("%(known)s of %(total)s are known") % {
        "known": len(known),
        "total": sum(line.counts for line in lines),
    }
    return DeliveryExplanation(
        progress=figures.delivery,
        steps=(
            Step(_("Delivery"), formula, filled, plain(figures.delivery, 6)),
            Step(_("Coverage"), _("known weight / all weight"), coverage, None),
        ),
        lines=tuple(lines),
    )


def _own(objective: Objective, actor: Actor) -> list[DeliveryLine]:
    links = links_of([objective.pk]).get(objective.pk, {})
    rows = {row.pk: row for row in Initiative.objects.filter(pk__in=links).select_related("owner")}
    visible = set(Initiative.objects.visible_to(actor).filter(pk__in=links).values_list("pk", flat=True))
    parts, faces = [], []
    for pk, link in sorted(links.items()):
        counts = link.stage in DELIVERING_STAGES
        parts.append(Part(pk, counted_progress(link) if counts else link.progress, None, float(link.share), counts))
        row = rows[pk]
        colour, state = look_of(row.status, row.stage)
        faces.append(_face("initiative", row, colour, state, pk in visible))
    stated = [None if link.progress is None else float(link.progress) for _pk, link in sorted(links.items())]
    return _lines(faces, decompose(parts), stated)


def _contributed(objective: Objective, actor: Actor) -> list[DeliveryLine]:
    edges = Contribution.objects.filter(parent=objective, kind=EdgeKind.CONTRIBUTES)
    rows = list(edges.select_related("child__figures", "child__owner").order_by("child__code"))
    children = Objective.objects.visible_to(actor).filter(pk__in=[row.child_id for row in rows])
    visible = set(children.values_list("pk", flat=True))
    parts, faces = [], []
    for row in rows:
        figures = row.child.figures
        counts = figures.computed_state not in NOT_COUNTED_STATES
        parts.append(Part(row.child_id, figures.delivery, None, row.weight, counts))
        faces.append(_face("objective", row.child, figures.colour, figures.state, row.child_id in visible))
    stated = [row.child.figures.delivery for row in rows]
    return _lines(faces, decompose(parts, cap=objective.organization.progress_cap), stated)


def _face(kind: str, row: Any, colour: str, state: str, is_visible: bool) -> DeliveryLine:
    shown = DeliveryLine(
        kind=kind, code=row.code, title=row.text("title"), owner=str(row.owner or ""), weight=0.0, normalised=None,
        progress=None, counted=None, points=None, counts=False, colour=colour, state=state, hidden=not is_visible,
    )  # fmt: skip
    return shown if is_visible else replace(shown, code="", title=_("Hidden from you"), owner="")


def _lines(faces: Iterable[DeliveryLine], rows: Iterable[Row], stated: Iterable[float | None]) -> list[DeliveryLine]:
    return [
        replace(
            face,
            weight=row.weight,
            normalised=row.normalised,
            progress=progress,
            counted=row.clamped,
            points=row.points,
            counts=row.counts,
        )
        for face, row, progress in zip(faces, rows, stated, strict=True)
    ]
