"""The page of one KPI."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from kpis.choices import Direction, Frequency, Kind, Trajectory, UnitAggregation
from kpis.comparisons import Comparison, Versus, comparisons_of
from kpis.definition import Definition, Reading
from kpis.explain import SPLIT
from kpis.models import Kpi, KpiFigures, KpiOutlook
from kpis.periods import period_start
from kpis.reports.behaviour import FEW_ENOUGH, Behaving, behaving
from kpis.reports.by_window import ByWindow, by_asked, by_choices, by_window
from kpis.reports.course import Span, spans, trajectory, window_of
from kpis.reports.findings import finding_of, titled
from kpis.reports.outlook import outlook_row
from kpis.reports.prospects import Prospect, prospect_of
from kpis.reports.targets import TargetChange, target_changes
from kpis.reports.values import PeriodRow, period_rows
from kpis.reports.why import Why, why_of
from kpis.reports.words import compared_with_the_last
from kpis.rows import KpiRow, Person, person_of, row_of, version_of
from kpis.seasons import held, is_seasonal, seasoned
from kpis.series import PeriodPoint, period_series
from kpis.services import definition_of, readings_of, target_points
from objectives.services import today_of
from organization.actors import Actor
from organization.drawing.figure import Chart
from organization.editing import may_edit_in
from organization.models import Organization
from organization.narrowing import Choice

FIRST_ROWS: Final = 12


CHANGES: Final = 3
"""How many changes of the targets the page shows; their own page shows all."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change beside the value; `good` is None where better has no side."""

    label: str
    change: Decimal
    good: bool | None


@dataclass(frozen=True, slots=True)
class Parent:
    """The KPI that this one is a part or a series of."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class KpiPage:
    """Everything that the page shows, except the form."""

    row: KpiRow
    description: str
    updater: Person | None
    rhythm: str
    direction_word: str
    kind_word: str
    formula: str
    is_worked_out: bool
    trajectory_word: str
    start: date | None
    end: date | None
    baseline: Decimal | None
    progress: float | None
    expected_share: float | None
    attainment: float | None
    compliance: float | None
    outline_colour: str
    since: date | None
    is_closed: bool
    finding: str
    comparisons: tuple[Change, ...]
    growth_pace: float | None
    sums_up: bool
    latest: Decimal | None
    targets: tuple[TargetChange, ...]
    chart: Chart
    prospect: Prospect
    behaviour: Behaving | None
    parent: Parent | None
    parts: int
    splits: bool
    by: str
    windows: ByWindow | None
    choices: tuple[Choice, ...]
    spans: tuple[Span, ...]
    span: str
    why: Why
    periods: tuple[PeriodRow, ...]
    more_periods: int
    all_periods: bool
    may_edit: bool
    version: str

    @property
    def by_query(self) -> str:
        """What the address adds for the window."""
        return f"&by={self.by}" if self.by else ""

    @property
    def has_notes(self) -> bool:
        """Whether any of the periods shown has something to say beside its value."""
        return any(one.estimate or one.note or one.corrections for one in self.periods)

    @property
    def rows_query(self) -> str:
        """What the address adds for the length of the table."""
        return "&rows=all" if self.all_periods else ""


def kpi_page(
    kpi: Kpi,
    *,
    actor: Actor,
    organization: Organization,
    at: datetime,
    span: str = "2",
    by: str = "",
    all_periods: bool = False,
) -> KpiPage:
    """What the page shows of a KPI read with its figures, owner, updater and department. Constant queries."""
    today = today_of(organization, at)
    figures: KpiFigures = kpi.figures
    readings = readings_of([kpi.pk]).get(kpi.pk, [])
    definition = seasoned(definition_of(kpi, target_points(kpi), organization), readings)
    values = {reading.period: reading.value for reading in readings if reading.value is not None}
    actuals = {reading.period: reading.value for reading in held(definition, readings) if reading.value is not None}
    window = window_of(span, definition, today)
    points = period_series(definition, readings, on=today, since=window.since, until=window.until)
    listed = points if not all_periods else period_series(definition, readings, on=today, until=today)
    current = period_start(today, definition.frequency, definition.fiscal_year_start)
    outlook = outlook_row(kpi)
    behaviour = behaving(kpi, definition, readings, outlook) if len(values) <= FEW_ENOUGH else None
    periods = period_rows(
        kpi,
        listed if values else (),
        current=current,
        limit=None if all_periods else FIRST_ROWS,
        signals=behaviour.words if behaviour else {},
    )
    row = row_of(kpi, definition, actuals, (), today)
    prospect = prospect_of(kpi, definition, readings, outlook)
    finding = finding_of(kpi, figures, today=today)
    title = titled(kpi, figures, prospect, finding)
    asked = by_asked(kpi, by)
    windows = None
    if asked is not None:
        windows = by_window(kpi, asked, window, organization=organization, at=at, every=all_periods, title=title)
    parts = kpi.parts.visible_to(actor).count()
    return KpiPage(
        row=row,
        description=kpi.text("description"),
        updater=person_of(kpi.updater),
        rhythm=str(Frequency(kpi.frequency).label),
        direction_word=str(Direction(kpi.direction).label) if has_sides(kpi) else "",
        kind_word=_kind_word(kpi),
        formula=kpi.formula,
        is_worked_out=bool(kpi.formula) or (parts > 0 and kpi.unit_aggregation != UnitAggregation.NONE),
        trajectory_word=str(Trajectory(kpi.trajectory).label) if kpi.kind == Kind.MOVE else "",
        start=kpi.start,
        end=kpi.end,
        baseline=kpi.baseline if kpi.kind == Kind.MOVE else None,
        progress=figures.progress,
        expected_share=figures.expected_share,
        attainment=figures.attainment,
        compliance=figures.compliance_rate,
        outline_colour=figures.outline_colour,
        since=_since(points, figures),
        is_closed=figures.period is not None and figures.period < current,
        finding=finding,
        comparisons=_comparisons(definition, figures, values, actuals),
        growth_pace=figures.growth_pace,
        sums_up=is_seasonal(definition),
        latest=None if figures.period is None else values.get(figures.period),
        targets=target_changes(kpi, most=CHANGES),
        chart=windows.chart
        if windows
        else trajectory(
            kpi, definition, points, figures, title=title, today=today, prospect=prospect, until=window.until
        ),
        prospect=prospect,
        behaviour=behaviour,
        parent=_parent(kpi, actor),
        parts=parts,
        splits=parts > 0 and kpi.unit_aggregation in SPLIT,
        by=windows.by if windows else "",
        windows=windows,
        choices=by_choices(kpi, windows.by if windows else ""),
        spans=spans(span, definition, _first(readings, definition), today),
        span=span,
        why=why_of(kpi, actor=actor, prospect=prospect, behaviour=behaviour),
        periods=periods,
        more_periods=max(0, len(readings) - sum(one.value is not None for one in periods)),
        all_periods=all_periods,
        may_edit=may_edit_in(actor, kpi.department),
        version=_version(row, outlook),
    )


def _version(row: KpiRow, outlook: KpiOutlook) -> str:
    """Another text when the figures, the forecast or the signals are others."""
    known = f"{outlook.computed_at:%Y%m%d%H%M%S%f}" if outlook.computed_at else ""
    return f"{version_of([row])}-{known}-{outlook.stale:d}"


def _parent(kpi: Kpi, actor: Actor) -> Parent | None:
    if kpi.parent_id is None:
        return None
    row = Kpi.objects.visible_to(actor).filter(pk=kpi.parent_id).first()
    return Parent(row.code, row.text("name")) if row else None


def has_sides(kpi: Kpi) -> bool:
    """Whether more, or less, is better."""
    return kpi.kind in (Kind.MOVE, Kind.PERIOD, Kind.GUARDRAIL)


def _kind_word(kpi: Kpi) -> str:
    """What is asked of its values; a guardrail names its side."""
    if kpi.kind != Kind.GUARDRAIL:
        return str(Kind(kpi.kind).label)
    return _("Stay at or above") if kpi.direction == Direction.UP else _("Stay at or below")


def _first(readings: Sequence[Reading], definition: Definition) -> date | None:
    firsts = [reading.period for reading in readings[:1]] + ([definition.start] if definition.start else [])
    return min(firsts, default=None)


def _since(points: Sequence[PeriodPoint], figures: KpiFigures) -> date | None:
    """The first period of the present colour's run; None when it began before the stretch that is looked at."""
    judged = [point for point in points if point.actual is not None]
    if len(judged) < 2 or str(judged[-1].colour) != figures.colour:
        return None
    first = None
    for point in reversed(judged):
        if point.colour != judged[-1].colour:
            return first
        first = point.period
    return None


def _comparisons(
    definition: Definition,
    figures: KpiFigures,
    values: Mapping[date, Decimal],
    actuals: Mapping[date, Decimal],
) -> tuple[Change, ...]:
    """Against the period before, the year before, the baseline; what is unknown is left out."""
    if figures.period is None:
        return ()
    found = comparisons_of(definition, values, figures.period, actual=actuals.get(figures.period))
    return tuple(_change(one, definition.frequency) for one in found)


def _change(one: Comparison, frequency: str) -> Change:
    labels = {
        Versus.PREVIOUS: compared_with_the_last(frequency),
        Versus.LAST_YEAR: _("vs last year"),
        Versus.BASELINE: _("vs baseline"),
    }
    good = None if one.favourable is None or not one.change else one.favourable > 0
    return Change(labels[one.versus], one.change, good)
