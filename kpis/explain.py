"""Why a figure is what it is: inputs, formula with its numbers, weights, coverage, rule, age (SEMANTICS, rule 3).

The same explanation is served by the pages and the API. Figures are the stored ones; the formula shows how the pure
scoring reached them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpis.choices import Kind
from kpis.models import Kpi, KpiFigures, Measure, Measurement
from objectives.choices import EdgeKind, ProgressMode, RollupState, State
from objectives.models import Contribution, Objective, ObjectiveFigures
from objectives.rollup import Part, decompose
from objectives.services import thresholds_of
from organization.actors import Actor
from organization.models import Organization


@dataclass(frozen=True)
class Quantity:
    """One number that enters the formula: its symbol, what it is, its value and unit."""

    symbol: str
    name: str
    value: str | None
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Step:
    """One formula: with symbols, with the numbers filled in, and its result."""

    name: str
    formula: str
    filled: str
    result: str | None


@dataclass(frozen=True)
class Ruling:
    """The rule that fired, in words, with the thresholds it compared with."""

    state: str
    colour: str
    rule: str
    sentence: str
    thresholds: Mapping[str, str]


@dataclass(frozen=True)
class Age:
    """How old the data is and when the next value is due."""

    period: date | None
    recorded_at: datetime | None
    recorded_by: str
    source: str
    freshness: str
    due_on: date | None


@dataclass(frozen=True)
class Use:
    """An objective that this KPI feeds, with the share of the objective's own KPIs."""

    code: str
    title: str
    weight: str
    share: float


@dataclass(frozen=True)
class KpiExplanation:
    code: str
    name: str
    kind: str
    inputs: tuple[Quantity, ...]
    steps: tuple[Step, ...]
    status: Ruling
    age: Age
    flags: tuple[str, ...]
    counts: bool
    objectives: tuple[Use, ...]
    hidden_objectives: int
    computed_at: datetime | None


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

RULES: dict[str, str | Promise] = {
    "lifecycle": gettext_lazy("It is paused or cancelled, so it is not judged."),
    "not_started": gettext_lazy("Its start date lies ahead."),
    "no_target": gettext_lazy("There is no target to compare with; a figure without a target is never green."),
    "no_data": gettext_lazy("No value has arrived yet."),
    "stale": gettext_lazy("The last value is too old: the value after the missing one is due too."),
    "too_early": gettext_lazy("Less than one update period of the plan has passed."),
    "outcome": gettext_lazy("The end date has passed: achieved from 100 %, partly achieved from 70 %, else missed."),
    "pace": gettext_lazy(
        "Progress is compared with what is expected today, as a ratio and as a gap; the kinder of both counts."
    ),
    "band": gettext_lazy("The attainment of the target is compared with the bands."),
    "achieved": gettext_lazy("The value is on target or better."),
    "coverage": gettext_lazy("Too few of the inputs are known to show a figure."),
    "no_input": gettext_lazy("Nothing feeds this figure yet."),
    "no_plan": gettext_lazy("There is no dated plan to compare with."),
    "baselining": gettext_lazy("The baseline is not known yet."),
}


def plain(value: Decimal | float | None, places: int | None = None) -> str | None:
    """A number as text without exponent; `places` rounds it."""
    if value is None:
        return None
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if places is not None:
        number = round(number, places)
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def explain_kpi(kpi: Kpi, *, actor: Actor) -> KpiExplanation:
    """The KPI's current figure. A constant number of queries."""
    figures: KpiFigures = kpi.figures
    uses, hidden = _uses(kpi, actor)
    return KpiExplanation(
        code=kpi.code,
        name=kpi.text("name"),
        kind=kpi.kind,
        inputs=tuple(_quantities(kpi, figures)),
        steps=tuple(_steps(kpi, figures)),
        status=_ruling(figures, kpi.organization),
        age=_age(kpi, figures),
        flags=tuple(figures.flags),
        counts=figures.counts,
        objectives=uses,
        hidden_objectives=hidden,
        computed_at=figures.changed_at,
    )


def explain_objective(objective: Objective, *, actor: Actor) -> ObjectiveExplanation:
    """The objective's progress, line by line; the points of the lines add up to it. A constant number of queries."""
    figures: ObjectiveFigures = objective.figures
    organization = objective.organization
    mode = mode_of(objective, figures)
    own, rolled = _factors(objective, mode, figures)
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
        steps=tuple(_objective_steps(objective, figures, mode, lines)),
        contributors=tuple(lines),
        hidden_contributors=sum(line.hidden for line in lines),
        progress=figures.progress,
        expected=figures.expected,
        coverage=figures.coverage,
        known=figures.inputs_known,
        total=figures.inputs_total,
        cap=plain(organization.progress_cap) or "",
        coverage_floor=plain(organization.coverage_floor) or "",
        status=_ruling(figures, organization),
        computed_at=figures.changed_at,
    )


def mode_of(objective: Objective, figures: ObjectiveFigures) -> str:
    """The progress mode in force: own KPIs when it has any that count, else what contributes."""
    if objective.progress_mode:
        return objective.progress_mode
    has_own = figures.direct_state != RollupState.NO_INPUT
    return (ProgressMode.DIRECT if has_own else ProgressMode.ROLLUP).value


def _quantities(kpi: Kpi, figures: KpiFigures) -> list[Quantity]:
    unit, places = kpi.unit, kpi.precision
    rows = [Quantity("A", _("Actual"), plain(figures.value, places), unit)]
    if kpi.kind == Kind.MOVE:
        rows.append(Quantity("b", _("Baseline"), plain(kpi.baseline, places), unit, _day(kpi.start)))
        rows.append(Quantity("T", _("Target"), plain(figures.target, places), unit, _day(kpi.end)))
        rows.append(Quantity("p", _("Expected share today"), plain(figures.expected_share, 6)))
        rows.append(Quantity("E", _("Expected value today"), plain(figures.expected, places), unit))
    elif kpi.kind == Kind.PERIOD:
        rows.append(Quantity("T", _("Target of the period"), plain(figures.target, places), unit))
    elif kpi.kind in (Kind.GUARDRAIL, Kind.RANGE):
        rows.append(Quantity("L", _("Lower bound"), plain(figures.low, places), unit))
        rows.append(Quantity("U", _("Upper bound"), plain(figures.high, places), unit))
    if figures.variance is not None:
        rows.append(Quantity("V", _("Variance"), plain(figures.variance, places), unit))
    return rows


def _steps(kpi: Kpi, figures: KpiFigures) -> list[Step]:
    places = kpi.precision
    a, t = plain(figures.value, places) or "–", plain(figures.target, places) or "–"
    b = plain(kpi.baseline, places) or "–"
    if kpi.kind == Kind.MOVE:
        p, done = plain(figures.expected_share, 6), plain(figures.progress, 6)
        steps = [
            Step(_("Progress"), "P = (A − b) / (T − b)", f"({a} − {b}) / ({t} − {b})", done),
            Step(
                _("Expected value today"),
                "E = b + (T − b) × p",
                f"{b} + ({t} − {b}) × {p or '–'}",
                plain(figures.expected, places),
            ),
        ]
        if done is not None and p is not None and figures.progress is not None and figures.expected_share:
            ratio, gap = figures.progress / figures.expected_share, figures.progress - figures.expected_share
            steps.append(Step(_("Pace"), "q = P / p", f"{done} / {p}", plain(ratio, 6)))
            steps.append(Step(_("Gap"), "g = P − p", f"{done} − {p}", plain(gap, 6)))
        return steps
    if kpi.kind == Kind.PERIOD:
        sign = "+" if kpi.direction == "up" else "−"
        return [
            Step(
                _("Attainment"),
                f"R = 1 {sign} (A − T) / |T|",
                f"1 {sign} ({a} − {t}) / |{t}|",
                plain(figures.attainment, 6),
            )
        ]
    if kpi.kind in (Kind.GUARDRAIL, Kind.RANGE):
        low, high = plain(figures.low, places) or "−∞", plain(figures.high, places) or "∞"
        distance = plain(abs(_outside(figures)), places)
        return [
            Step(_("Distance outside"), "d = max(L − A, A − U, 0)", f"{low} ≤ {a} ≤ {high}", distance),
            Step(_("Attainment"), "R = max(0, 1 − d / width)", f"d = {distance}", plain(figures.attainment, 6)),
        ]
    return []


def _outside(figures: KpiFigures) -> Decimal:
    """How far the value lies outside the zone, as a favourable variance: 0 inside, negative outside."""
    outside = figures.favourable_variance if figures.achieved is False else None
    return Decimal(0) if outside is None else outside


def _ruling(figures: KpiFigures | ObjectiveFigures, organization: Organization) -> Ruling:
    bands = thresholds_of(organization)
    return Ruling(
        state=figures.state,
        colour=figures.colour,
        rule=figures.rule,
        sentence=str(RULES.get(figures.rule, "")),
        thresholds={name: plain(value) or "" for name, value in vars(bands).items()},
    )


def _age(kpi: Kpi, figures: KpiFigures) -> Age:
    row = None
    if figures.period is not None:
        row = Measurement.objects.filter(kpi=kpi, period=figures.period).select_related("recorded_by").first()
    return Age(
        period=figures.period,
        recorded_at=row.recorded_at if row else None,
        recorded_by=str(row.recorded_by) if row and row.recorded_by else "",
        source=row.source if row else "",
        freshness=figures.freshness,
        due_on=figures.due_on,
    )


def _uses(kpi: Kpi, actor: Actor) -> tuple[tuple[Use, ...], int]:
    rows = list(Measure.objects.filter(kpi=kpi).select_related("objective").order_by("objective__code"))
    visible = set(
        Objective.objects.visible_to(actor)
        .filter(pk__in=[row.objective_id for row in rows])
        .values_list("pk", flat=True)
    )
    sums: dict[int, Decimal] = {}
    for objective_id, weight in Measure.objects.filter(objective_id__in=visible, kpi__figures__counts=True).values_list(
        "objective_id", "weight"
    ):
        sums[objective_id] = sums.get(objective_id, Decimal(0)) + weight
    uses = []
    for row in rows:
        if row.objective_id in visible:
            total = sums.get(row.objective_id)
            share = float(row.weight / total) if total and kpi.figures.counts else 0.0
            uses.append(Use(row.objective.code, row.objective.text("title"), plain(row.weight) or "0", share))
    return tuple(uses), len(rows) - len(uses)


def _factors(objective: Objective, mode: str, figures: ObjectiveFigures) -> tuple[float, float]:
    """How much the own KPIs and the contributing objectives weigh: λ and 1 − λ, or 1 for the side that stands alone."""
    if mode != ProgressMode.BLEND:
        return float(mode == ProgressMode.DIRECT), float(mode == ProgressMode.ROLLUP)
    own = 0.5 if objective.blend is None else float(objective.blend)
    if figures.direct_state != RollupState.OK:
        return 0.0, 1.0
    rolled_known = figures.progress != figures.direct_progress or figures.inputs_known > figures.direct_known
    return (own, 1.0 - own) if rolled_known else (1.0, 0.0)


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
        counts = figures.state not in NOT_COUNTED_STATES
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


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
