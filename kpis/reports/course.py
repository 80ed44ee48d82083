"""The course of one KPI as a picture: actual against plan and target, with the same figures as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from kpis.bands import edges_on
from kpis.choices import Frequency, Kind
from kpis.definition import Definition
from kpis.models import Kpi, KpiFigures
from kpis.periods import period_end, period_start
from kpis.reports.outlook import ForecastStep
from kpis.reports.prospects import Prospect, fan_data
from kpis.reports.words import amount, change, period_name
from kpis.series import PeriodPoint
from organization.drawing import numbers
from organization.drawing.figure import Chart

SPANS: Final = ("1", "2", "all")
MOST_LABELS: Final = 9
STEPS: Final = {
    Frequency.DAILY.value: (7, 30, 91, 182, 365),
    Frequency.WEEKLY.value: (4, 13, 26, 52),
    Frequency.MONTHLY.value: (1, 2, 3, 6, 12, 24),
    Frequency.QUARTERLY.value: (1, 2, 4, 8),
    Frequency.YEARLY.value: (1, 2, 5, 10),
}
"""How many periods may lie between two labels of the time axis."""


@dataclass(frozen=True, slots=True)
class Span:
    """One length of the course that can be chosen."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of periods that is drawn; None is without an edge."""

    since: date | None
    until: date | None


def spans(chosen: str, definition: Definition, first: date | None, today: date) -> tuple[Span, ...]:
    """The lengths worth offering: none where one year holds everything."""
    if first is None or first >= years_before(today, 1) or definition.frequency == Frequency.YEARLY:
        return ()
    texts = {"1": _("1 year"), "2": _("2 years"), "all": _("All")}
    return tuple(Span(value, texts[value], value == chosen) for value in SPANS)


def window_of(span: str, definition: Definition, today: date) -> Window:
    """One or two years back and up to half a year or a year ahead; the whole plan for a yearly KPI."""
    if span == "all" or definition.frequency == Frequency.YEARLY:
        return Window(None, None)
    years = int(span)
    since = period_start(years_before(today, years), definition.frequency, definition.fiscal_year_start)
    months = 6 * years
    ahead = date(today.year + (today.month + months - 1) // 12, (today.month + months - 1) % 12 + 1, 1)
    return Window(since, ahead)


def years_before(day: date, years: int) -> date:
    """The first of the same month, so many years ago."""
    return date(day.year - years, day.month, 1)


def trajectory(
    kpi: Kpi,
    definition: Definition,
    points: Sequence[PeriodPoint],
    figures: KpiFigures,
    *,
    title: str,
    today: date,
    prospect: Prospect,
    until: date | None = None,
) -> Chart:
    """The picture of the course with its fan up to `until`; `title` says the finding."""
    names = names_of(kpi)
    return Chart(
        key="trajectory",
        recipe="trajectory",
        title=title,
        subtitle=_subtitle(kpi),
        summary=" ".join([_summary(kpi, points, figures), *prospect.sentences[:2]]),
        data=_data(kpi, definition, points, figures, names, today) | {"fan": _fan(points, prospect, until)},
        head=(
            _("Period"),
            _("Actual"),
            *(name for name in (names["expected"], names["target"]) if name),
            _("Variance"),
            *([_("Forecast")] if prospect.steps else []),
        ),
        rows=_rows(kpi, points, names, prospect, until),
        height=320,
    )


def names_of(kpi: Kpi) -> dict[str, str]:
    """What the two lines of the plan are called; "" where there is none."""
    if kpi.kind == Kind.MOVE:
        return {"expected": _("plan"), "target": _("target")}
    if kpi.kind == Kind.RANGE:
        return {"expected": _("lower bound"), "target": _("upper bound")}
    if kpi.kind == Kind.GUARDRAIL:
        return {"expected": "", "target": _("limit")}
    return {"expected": "", "target": _("target") if kpi.kind == Kind.PERIOD else ""}


def _lines(kpi: Kpi) -> tuple[Callable[[PeriodPoint], Decimal | None], Callable[[PeriodPoint], Decimal | None]]:
    if kpi.kind == Kind.RANGE:
        return lambda point: point.low, lambda point: point.high
    return lambda point: point.plan, lambda point: point.target


def _data(
    kpi: Kpi,
    definition: Definition,
    points: Sequence[PeriodPoint],
    figures: KpiFigures,
    names: dict[str, str],
    today: date,
) -> dict[str, Any]:
    expected, target = _lines(kpi)
    edges = [edges_on(definition, _closes(definition, point.period)) for point in points]
    zoned = any(edge.amber is not None for edge in edges)
    return {
        "x": [point.period.isoformat() for point in points],
        "actual": [drawn(point.actual) for point in points],
        "target": [drawn(target(point)) for point in points] if names["target"] else None,
        "expected": [drawn(expected(point)) for point in points] if names["expected"] else None,
        "amber": [drawn(edge.amber) for edge in edges] if zoned else None,
        "red": [drawn(edge.red) for edge in edges] if zoned else None,
        "unit": kpi.text("unit"),
        "decimals": kpi.precision,
        "colour": figures.colour,
        "today": today.isoformat() if points and points[0].period <= today <= points[-1].period else None,
        "every": labels_every(kpi.frequency, len(points)),
        "floor": None,
        "ceiling": None,
        "words": {"actual": _("actual"), "today": _("today"), **names},
    }


def labels_every(frequency: str, periods: int) -> int:
    """The smallest step that keeps the labels apart."""
    steps = STEPS[frequency]
    return next((step for step in steps if periods <= step * MOST_LABELS), steps[-1])


def _row(kpi: Kpi, point: PeriodPoint, names: dict[str, str]) -> tuple[str, ...]:
    expected, target = _lines(kpi)
    cells = [period_name(point.period, kpi), amount(point.actual, kpi)]
    cells += [amount(expected(point), kpi)] if names["expected"] else []
    cells += [amount(target(point), kpi)] if names["target"] else []
    return (*cells, change(point.variance if point.actual is not None else None, kpi))


def _fan(points: Sequence[PeriodPoint], prospect: Prospect, until: date | None) -> dict[str, Any] | None:
    known = [point for point in points if point.actual is not None]
    last = (known[-1].period, float(known[-1].actual or 0)) if known else None
    return fan_data(prospect, until, last)


def _rows(
    kpi: Kpi, points: Sequence[PeriodPoint], names: dict[str, str], prospect: Prospect, until: date | None
) -> tuple[tuple[str, ...], ...]:
    """The table twin; where there is a forecast with one column more, up to the end of the fan."""
    rows = [_row(kpi, point, names) for point in points]
    if not prospect.steps:
        return tuple(rows)
    ahead = {step.period: _ahead(kpi, step) for step in prospect.steps if until is None or step.period <= until}
    found = [(*row, ahead.pop(point.period, "")) for row, point in zip(rows, points, strict=True)]
    width = len(rows[0]) - 1 if rows else 0
    found += [(period_name(period, kpi), *[numbers.NO_VALUE] * width, text) for period, text in ahead.items()]
    return tuple(found)


def _ahead(kpi: Kpi, step: ForecastStep) -> str:
    """The middle of a forecast and what four in five cases lie between."""
    words = {"value": amount(step.value, kpi), "low": amount(step.low, kpi), "high": amount(step.high, kpi)}
    return _("%(value)s (%(low)s to %(high)s)") % words


def _subtitle(kpi: Kpi) -> str:
    """Measure, unit, rhythm."""
    return ", ".join(
        part for part in (kpi.text("name"), kpi.text("unit"), str(Frequency(kpi.frequency).label).lower()) if part
    )


def _summary(kpi: Kpi, points: Sequence[PeriodPoint], figures: KpiFigures) -> str:
    known = [point for point in points if point.actual is not None]
    if not known:
        return _("Line chart without values yet.")
    words = {
        "from": period_name(known[0].period, kpi),
        "to": period_name(known[-1].period, kpi),
        "first": amount(known[0].actual, kpi),
        "last": amount(known[-1].actual, kpi),
        "expected": amount(figures.expected, kpi),
    }
    text = _("Line chart: from %(first)s in %(from)s to %(last)s in %(to)s.") % words
    if figures.expected is None:
        return text
    expected = _("%(expected)s was expected.") % words
    return f"{text} {expected}"


def _closes(definition: Definition, period: date) -> date:
    return period_end(period, definition.frequency, definition.fiscal_year_start)


def drawn(value: Decimal | None) -> float | None:
    """An exact value as the charts take it."""
    return None if value is None else round(float(value), 10)
