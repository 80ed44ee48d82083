"""The process behaviour chart of a KPI's page: picture, table twin, words for each point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis.definition import Definition, Reading
from kpis.models import Kpi, KpiOutlook
from kpis.reports.course import drawn, labels_every
from kpis.reports.outlook import PhaseRow, SignalPoint, SignalReport, signals_from
from kpis.reports.words import amount, period_name
from kpis.signals import Rule
from organization.drawing.figure import Chart

MOST_DRAWN: Final = 400
"""The latest points that are drawn and listed; limits rest on all of them."""

FEW_ENOUGH: Final = 200
"""Values up to which the chart is worked out with the page; of more it is fetched by itself."""


@dataclass(frozen=True, slots=True)
class Behaving:
    """What the panel shows; `chart` is None where there are too few values, or none that could vary."""

    code: str
    report: SignalReport
    chart: Chart | None
    phases: tuple[str, ...]
    assurance: str
    words: Mapping[date, str]


def behaving(kpi: Kpi, definition: Definition, readings: Sequence[Reading], row: KpiOutlook) -> Behaving:
    """The chart in the reader's language. One query."""
    report = signals_from(kpi, definition, readings, row)
    return Behaving(
        code=kpi.code,
        report=report,
        chart=_chart(kpi, report) if any(one.centre is not None for one in report.phases) else None,
        phases=tuple(_phase_words(one, kpi) for one in report.phases if one.centre is not None),
        assurance="" if report.has_left_its_limits else _assurance(report.assurance),
        words={point.period: word for point in report.points if (word := point_word(point, report))},
    )


def point_word(point: SignalPoint, report: SignalReport) -> str:
    """What the table of values says of a point: below limit, new phase."""
    if point.rules:
        above = point.centre is None or point.value > point.centre
        words = {
            Rule.OUTSIDE.value: _("above limit") if above else _("below limit"),
            Rule.RUN_OF_8.value: _("run above centre") if above else _("run below centre"),
            Rule.TWO_OF_THREE.value: _("near upper limit") if above else _("near lower limit"),
        }
        return words.get(point.rules[0], point.rules[0])
    begins = {phase.first for phase in report.phases[1:]}
    return _("new phase") if point.period in begins else ""


def _chart(kpi: Kpi, report: SignalReport) -> Chart:
    points = report.points[-MOST_DRAWN:]
    title = report.sentences[0].rstrip(".") if report.sentences else _waiting(kpi, report.phases[-1])
    return Chart(
        key="behaviour",
        recipe="xmr",
        title=title,
        subtitle=_subtitle(kpi, report),
        summary=" ".join(report.sentences),
        data=_data(kpi, report, points),
        head=(
            _("Period"),
            _("Without season") if report.season_removed else _("Value"),
            _("Moving range"),
            _("Centre"),
            _("Lower limit"),
            _("Upper limit"),
            _("Signal"),
        ),
        rows=tuple(_row(kpi, point, report) for point in reversed(points)),
        height=320,
    )


def _waiting(kpi: Kpi, phase: PhaseRow) -> str:
    """The latest phase is too young for limits of its own."""
    text = ngettext(
        "%(count)s value since %(period)s; new limits take six",
        "%(count)s values since %(period)s; new limits take six",
        phase.count,
    )
    return text % {"count": phase.count, "period": period_name(phase.first, kpi)}


def _subtitle(kpi: Kpi, report: SignalReport) -> str:
    parts = [_("Process behaviour chart (XmR)")]
    if report.season_removed:
        parts.append(_("season removed"))
    latest = report.phases[-1]
    if len(report.phases) > 1:
        parts.append(_("new limits since %(period)s") % {"period": period_name(latest.first, kpi)})
    if latest.provisional:
        parts.append(_("limits still provisional"))
    elif latest.locked:
        parts.append(_("limits locked"))
    return ", ".join(parts)


def _data(kpi: Kpi, report: SignalReport, points: Sequence[SignalPoint]) -> dict[str, Any]:
    causes = {one.period: one.note or one.cause_name for one in report.step_changes}
    return {
        "x": [point.period.isoformat() for point in points],
        "value": [float(point.value) for point in points],
        "range": [drawn(point.moving_range) for point in points],
        "marks": [[place, point.nature] for place, point in enumerate(points) if point.rules],
        "phases": [_phase_data(phase, points, causes, first=not place) for place, phase in enumerate(report.phases)],
        "unit": kpi.text("unit"),
        "decimals": kpi.precision,
        "every": labels_every(kpi.frequency, len(points)),
        "words": {"value": _("value"), "centre": _("centre"), "range": _("moving range")},
    }


def _phase_data(
    phase: PhaseRow, points: Sequence[SignalPoint], causes: Mapping[date, str], *, first: bool
) -> dict[str, Any]:
    """A phase as places in the drawn points, with its limits at each of them; they follow the level where dense."""
    places = [place for place, point in enumerate(points) if phase.first <= point.period <= phase.last]
    inside = [points[place] for place in places if points[place].centre is not None]
    begun = max((period for period in causes if period <= phase.first), default=None)
    return {
        "x": [point.period.isoformat() for point in inside],
        "centre": [drawn(point.centre) for point in inside],
        "lower": [drawn(point.lower) for point in inside],
        "upper": [drawn(point.upper) for point in inside],
        "rangeUpper": drawn(phase.range_upper),
        "label": "" if first or begun is None else causes[begun],
    }


def _row(kpi: Kpi, point: SignalPoint, report: SignalReport) -> tuple[str, ...]:
    numbers = (point.value, point.moving_range, point.centre, point.lower, point.upper)
    texts = (amount(number, kpi) for number in numbers)
    return (period_name(point.period, kpi), *texts, point_word(point, report))


def _phase_words(phase: PhaseRow, kpi: Kpi) -> str:
    words = {
        "first": period_name(phase.first, kpi),
        "last": period_name(phase.last, kpi),
        "low": amount(phase.lower, kpi),
        "high": amount(phase.upper, kpi),
        "centre": amount(phase.centre, kpi),
        "count": phase.count,
    }
    text = _("%(first)s to %(last)s: centre %(centre)s, limits %(low)s and %(high)s") % words
    if phase.provisional:
        return _("%(text)s; provisional, on %(count)s values") % {"text": text, "count": phase.count}
    return _("%(text)s; locked") % {"text": text} if phase.locked else text


def _assurance(assurance: str) -> str:
    """Whether the process as it is reaches its target, in two or three words."""
    words = {
        "consistently_passes": _("consistently passes"),
        "consistently_fails": _("consistently fails"),
        "hit_or_miss": _("hit or miss"),
    }
    return words.get(assurance, "")
