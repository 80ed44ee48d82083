"""Why an objective's progress is what it is: the lines add up to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from kpis.explain.parts import Ruling, Step, by_hand_of, plain, ruling_of
from kpis.models import Kpi, Measure
from objectives.choices import EdgeKind, ProgressMode, RollupState, State
from objectives.models import Contribution, Objective, ObjectiveFigures
from objectives.rollup import STORED_FIGURE, Node, Part, Side, StoredFigure, decompose, stored_factors
from organization.actors import Actor
from organization.models import Organization


@dataclass(frozen=True)
class Contributor:
    """One line of "why this number": a KPI or a contributing objective. Shares and points are fractions of 1."""

    kind: str
    code: str
    title: str
    owner: str
    weight: float
    share: float
    normalised: float | None
    progress: float | None
    counted: float | None
    expected: float | None
    points: float | None
    expected_points: float | None
    missing: float | None
    counts: bool
    colour: str
    state: str
    hidden: bool = False


@dataclass(frozen=True)
class Face:
    """How an input of an objective is named and how it stands."""

    kind: str
    code: str
    title: str
    owner: str
    colour: str
    state: str


@dataclass(frozen=True)
class ObjectiveExplanation:
    code: str
    title: str
    mode: str
    steps: tuple[Step, ...]
    contributors: tuple[Contributor, ...]
    hidden_contributors: int
    progress: float | None
    expected: float | None
    coverage: float
    known: int
    total: int
    cap: str
    coverage_floor: str
    status: Ruling
    computed_at: datetime | None


NOT_COUNTED_STATES = frozenset({State.PAUSED, State.CANCELLED, State.NOT_STARTED})


def explain_objective(objective: Objective, *, actor: Actor) -> ObjectiveExplanation:
    """The objective's progress, line by line; the points of the lines add up to it. A constant number of queries."""
    figures: ObjectiveFigures = objective.figures
    organization = objective.organization
    mode = mode_of(objective, figures)
    stored = StoredFigure(*(getattr(figures, name) for name in STORED_FIGURE))
    own, rolled = stored_factors(mode, objective.blend, stored)
    lines: list[Contributor] = []
    if own:
        lines += _measured(objective, own, actor, organization)
    if rolled:
        lines += _contributed(objective, rolled, actor, organization)
    lines.sort(key=lambda line: (not line.counts, -(line.points or 0.0), line.code))
    return ObjectiveExplanation(
        code=objective.code,
        title=objective.text("title"),
        mode=mode,
        steps=(*_objective_steps(objective, figures, mode, lines), *_confidence_steps(objective, figures)),
        contributors=tuple(lines),
        hidden_contributors=sum(line.hidden for line in lines),
        progress=figures.progress,
        expected=figures.expected,
        coverage=figures.coverage,
        known=figures.inputs_known,
        total=figures.inputs_total,
        cap=plain(organization.progress_cap) or "",
        coverage_floor=plain(organization.coverage_floor) or "",
        status=ruling_of(figures, organization, by_hand_of(objective, figures)),
        computed_at=figures.changed_at,
    )


def mode_of(objective: Objective, figures: ObjectiveFigures) -> str:
    """The progress mode in force: own KPIs when it has any that count, else what contributes."""
    direct = Side(state=RollupState(figures.direct_state))
    return Node(id=objective.pk, mode=objective.progress_mode, direct=direct).resolved_mode


def _measured(objective: Objective, factor: float, actor: Actor, organization: Organization) -> list[Contributor]:
    rows = (
        Measure.objects.filter(objective=objective).select_related("kpi__figures", "kpi__owner").order_by("kpi__code")
    )
    kpis = {row.kpi_id: (row.kpi, row.weight) for row in rows}
    visible = set(Kpi.objects.visible_to(actor).filter(pk__in=kpis).values_list("pk", flat=True))
    parts, faces = [], {}
    for pk, (kpi, weight) in kpis.items():
        figures = kpi.figures
        parts.append(Part(pk, figures.roll_progress, figures.roll_expected, weight, figures.counts))
        faces[pk] = Face("kpi", kpi.code, kpi.text("name"), str(kpi.owner or ""), figures.colour, figures.state)
    return _lines(parts, faces, visible, organization, factor)


def _contributed(objective: Objective, factor: float, actor: Actor, organization: Organization) -> list[Contributor]:
    rows = (
        Contribution.objects.filter(parent=objective, kind=EdgeKind.CONTRIBUTES)
        .select_related("child__figures", "child__owner")
        .order_by("child__code")
    )
    children = {row.child_id: (row.child, row.weight) for row in rows}
    visible = set(Objective.objects.visible_to(actor).filter(pk__in=children).values_list("pk", flat=True))
    parts, faces = [], {}
    for pk, (child, weight) in children.items():
        figures = child.figures
        counts = figures.computed_state not in NOT_COUNTED_STATES
        parts.append(Part(pk, figures.progress, figures.expected, weight, counts))
        owner = str(child.owner or "")
        faces[pk] = Face("objective", child.code, child.text("title"), owner, figures.colour, figures.state)
    return _lines(parts, faces, visible, organization, factor)


def _lines(
    parts: list[Part], faces: Mapping[int, Face], visible: set[int], organization: Organization, factor: float
) -> list[Contributor]:
    lines = []
    for pk, row in zip(faces, decompose(parts, cap=organization.progress_cap, factor=factor), strict=True):
        face = faces[pk] if pk in visible else replace(faces[pk], code="", title=_("Hidden from you"), owner="")
        lines.append(
            Contributor(
                **vars(face),
                hidden=pk not in visible,
                weight=row.weight,
                share=row.share,
                normalised=row.normalised,
                progress=row.progress,
                counted=row.clamped,
                expected=row.expected,
                points=row.points,
                expected_points=row.expected_points,
                missing=row.missing,
                counts=row.counts,
            )
        )
    return lines


def _objective_steps(
    objective: Objective, figures: ObjectiveFigures, mode: str, lines: list[Contributor]
) -> list[Step]:
    if mode == ProgressMode.MANUAL:
        return [Step(_("Progress"), _("the owner's figure at check-in"), "", plain(objective.manual_progress, 6))]
    known = [line for line in lines if line.normalised is not None and line.counts]
    filled = " + ".join(f"{plain(line.normalised, 4)} × {plain(line.counted, 4)}" for line in known)
    planned = " + ".join(
        f"{plain(line.normalised, 4)} × {plain(line.expected, 4)}" for line in known if line.expected is not None
    )
    return [
        Step(_("Progress"), "P = Σ w·P / Σ w", filled, plain(figures.progress, 6)),
        Step(_("Expected today"), "p = Σ w·p / Σ w", planned, plain(figures.expected, 6)),
        Step(
            _("Coverage"),
            _("κ = known weight / all weight"),
            _("%(known)s of %(total)s inputs are known")
            % {"known": figures.inputs_known, "total": figures.inputs_total},
            plain(figures.coverage, 6),
        ),
    ]


def _confidence_steps(objective: Objective, figures: ObjectiveFigures) -> list[Step]:
    """What the objectives below say of their chances (one query); nothing where none of them says anything."""
    if not figures.confidence_low_code or figures.confidence_low_code == objective.code:
        return []
    edges = Contribution.objects.filter(parent=objective, kind=EdgeKind.CONTRIBUTES, weight__gt=0)
    counting = edges.exclude(child__figures__computed_state__in=NOT_COUNTED_STATES).order_by("child__code")
    columns = ("weight", "child__confidence", "child__figures__confidence_mean")
    said = [
        (weight, mean if stated is None else Decimal(stated))
        for weight, stated, mean in counting.values_list(*columns)
        if stated is not None or mean is not None
    ]
    whole = sum(weight for weight, _said in said)
    filled = " + ".join(f"{plain(weight / whole, 4)} × {plain(one, 2)}" for weight, one in said)
    return [Step(_("Confidence below, of 100"), "c = Σ w·c / Σ w", filled, plain(figures.confidence_mean, 4))]
