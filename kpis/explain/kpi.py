"""Why a KPI's figure is what it is."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kpis.choices import Kind
from kpis.explain.computed import Computation, computation_of, step_of
from kpis.explain.moves import is_compound, passed_of, steps_of_move
from kpis.explain.outlook import OutlookFacts, outlook_facts
from kpis.explain.parts import Ruling, Step, by_hand_of, plain, ruling_of
from kpis.models import Kpi, KpiFigures, Measure, Measurement
from kpis.seasons import is_seasonal
from objectives.models import Objective
from organization.actors import Actor


@dataclass(frozen=True)
class Quantity:
    """One number that enters the formula: its symbol, what it is, its value and unit."""

    symbol: str
    name: str
    value: str | None
    unit: str = ""
    note: str = ""


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
    computation: Computation | None
    outlook: OutlookFacts | None


def explain_kpi(kpi: Kpi, *, actor: Actor) -> KpiExplanation:
    """The KPI's current figure. A constant number of queries."""
    figures: KpiFigures = kpi.figures
    uses, hidden = _uses(kpi, actor)
    computation = computation_of(kpi, figures, actor=actor)
    own = () if computation is None else (step_of(computation),)
    return KpiExplanation(
        code=kpi.code,
        name=kpi.text("name"),
        kind=kpi.kind,
        inputs=tuple(_quantities(kpi, figures)),
        steps=(*own, *_steps(kpi, figures)),
        status=ruling_of(figures, kpi.organization, by_hand_of(kpi, figures)),
        age=_age(kpi, figures),
        flags=tuple(figures.flags),
        counts=figures.counts,
        objectives=uses,
        hidden_objectives=hidden,
        computed_at=figures.changed_at,
        computation=computation,
        outlook=outlook_facts(kpi),
    )


def _quantities(kpi: Kpi, figures: KpiFigures) -> list[Quantity]:
    unit, places = kpi.text("unit"), kpi.precision
    summed = is_seasonal(kpi)
    rows = [Quantity("A", _("Actual since the start") if summed else _("Actual"), plain(figures.value, places), unit)]
    if kpi.kind == Kind.MOVE:
        rows.append(Quantity("b", _("Baseline"), plain(kpi.baseline, places), unit, _day(kpi.start)))
        rows.append(Quantity("T", _("Target"), plain(figures.target, places), unit, _day(kpi.end)))
        share = "p"
        if is_compound(kpi, figures):
            rows.append(Quantity("p", _("Share of the time passed"), plain(passed_of(kpi, figures), 6)))
            share = "s"
        rows.append(Quantity(share, _("Expected share today"), plain(figures.expected_share, 6)))
        rows.append(Quantity("E", _("Expected value today"), plain(figures.expected, places), unit))
    elif kpi.kind == Kind.PERIOD:
        rows.append(Quantity("T", _("Target of the period"), plain(figures.target, places), unit))
    elif kpi.kind in (Kind.GUARDRAIL, Kind.RANGE):
        rows.append(Quantity("L", _("Lower bound"), plain(figures.low, places), unit))
        rows.append(Quantity("U", _("Upper bound"), plain(figures.high, places), unit))
    if figures.variance is not None:
        rows.append(Quantity("V", pgettext("of a value", "Variance"), plain(figures.variance, places), unit))
    return rows


def _steps(kpi: Kpi, figures: KpiFigures) -> list[Step]:
    places = kpi.precision
    a, t = plain(figures.value, places) or "–", plain(figures.target, places) or "–"
    if kpi.kind == Kind.MOVE:
        return steps_of_move(kpi, figures)
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
        distance = plain(_distance(figures), places)
        return [
            Step(_("Distance outside"), "d = max(L − A, A − U, 0)", f"{low} ≤ {a} ≤ {high}", distance),
            Step(_("Attainment"), "R = max(0, 1 − d / width)", f"d = {distance or '–'}", plain(figures.attainment, 6)),
        ]
    return []


def _distance(figures: KpiFigures) -> Decimal | None:
    """How far the value lies outside the zone: 0 inside, None without a value."""
    if figures.achieved is None:
        return None
    outside = figures.favourable_variance
    return Decimal(0) if figures.achieved or outside is None else abs(outside)


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


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
