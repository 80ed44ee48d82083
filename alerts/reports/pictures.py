"""The course of a KPI as an alert or a simulation needs it, as a picture with the same figures as a table."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from alerts.choices import AlertState, RuleKind
from alerts.models import Alert
from alerts.replay import Fired
from alerts.reports.words import explanation
from alerts.services import Simulation
from alerts.services.wording import headline, share_of
from kpis.choices import Kind
from kpis.models import Kpi
from kpis.reports.course import labels_every
from kpis.reports.outlook import SignalPoint, signal_report
from kpis.reports.words import amount, period_name
from kpis.seasons import seasoned
from kpis.series import PeriodPoint, period_series
from kpis.services import definition_of, readings_of, target_points
from organization.drawing.figure import Chart

PERIODS_DRAWN: Final = 36
STRETCHES_NAMED: Final = 4

Row = dict[str, Any]


def alert_chart(alert: Alert, *, today: date) -> Chart | None:
    """What makes the alert plain: its limits where a rule looks at limits, else the plan. None without values."""
    kpi = alert.kpi
    if kpi is None:
        return None
    if alert.rule.kind == RuleKind.SIGNAL:
        report = signal_report(kpi)
        if report.points:
            return _behaviour(kpi, report.points[-PERIODS_DRAWN:], report.target, alert)
    return _course(alert, kpi, today)


def simulation_chart(kpi: Kpi, simulation: Simulation) -> Chart | None:
    """The past with the stretches in which an alert would have been open. None without values."""
    steps = simulation.steps
    if not steps:
        return None
    days = [step.period.isoformat() for step in steps]
    values = [_float(share_of(step.value)) for step in steps]
    opened = {one.period for one in simulation.fired}
    marks = [(day, value) for step, day, value in zip(steps, days, values, strict=True) if step.period in opened]
    line = _line(days, values, _("actual"))
    circles = _circles([day for day, _value in marks], [value for _day, value in marks], "off", _("fires"))
    return Chart(
        key="simulation",
        recipe="figure",
        title=simulation_finding(kpi, simulation),
        subtitle=_subtitle(kpi),
        summary=_("Line chart; circles mark where an alert would have opened, shading while it would have been open."),
        data={
            "data": [line, circles],
            "layout": _layout(kpi, days, shapes=_open_stretches(simulation)),
        },
        head=(_("Period"), _("Actual"), _("Condition"), _("Alert")),
        rows=tuple(
            (
                period_name(step.period, kpi),
                amount(share_of(step.value), kpi),
                _("unknown") if step.holds is None else _("holds") if step.holds else _("does not hold"),
                str(AlertState(step.state).label) if step.state in AlertState.values else _("none"),
            )
            for step in steps
        ),
        height=240,
    )


def simulation_finding(kpi: Kpi, simulation: Simulation) -> str:
    """How often, and in which periods: the first stretches by name."""
    named = []
    for one in simulation.fired[:STRETCHES_NAMED]:
        words = {"from": period_name(one.period, kpi), "to": ""}
        if one.ended_at is None:
            named.append(_("%(from)s until now") % words)
            continue
        words["to"] = period_name(last_open(simulation, one), kpi)
        named.append(words["from"] if words["from"] == words["to"] else _("%(from)s to %(to)s") % words)
    if not named:
        return simulation.summary
    more = " …" if len(simulation.fired) > STRETCHES_NAMED else ""
    return f"{simulation.summary} {', '.join(named)}{more}"


def last_open(simulation: Simulation, fired: Fired) -> date:
    """The last period at whose close the alert was still open."""
    ended = fired.ended_at
    inside = [one.period for one in simulation.steps if fired.period <= one.period and ended and one.at < ended]
    return max(inside, default=fired.period)


def _course(alert: Alert, kpi: Kpi, today: date) -> Chart | None:
    """The values of the last periods against the plan; with the threshold where the rule has one."""
    readings = readings_of([kpi.pk]).get(kpi.pk, [])
    if not readings:
        return None
    definition = seasoned(definition_of(kpi, target_points(kpi), kpi.organization), readings)
    points = period_series(definition, readings, on=today, until=today)[-PERIODS_DRAWN:]
    columns = {_("Actual"): [point.actual for point in points], **_planned(alert, kpi, points)}
    columns = {name: values for name, values in columns.items() if any(value is not None for value in values)}
    days = [point.period.isoformat() for point in points]
    traces = [_line(days, [_float(one) for one in values], name) for name, values in columns.items()]
    for trace in traces[1:]:
        trace["line"] = _dashed("off" if trace["name"] == _("Threshold") else "d-plan")
    return Chart(
        key="course",
        recipe="figure",
        title=_lasting(alert, kpi, points),
        subtitle=_subtitle(kpi),
        summary=_("Line chart. %(sentence)s") % {"sentence": explanation(alert)},
        data={"data": [*traces[1:], *traces[:1]], "layout": _layout(kpi, days, notes=_endings(kpi, days, columns))},
        head=(_("Period"), *columns),
        rows=tuple(
            (period_name(point.period, kpi), *(amount(values[place], kpi) for values in columns.values()))
            for place, point in enumerate(points)
        ),
        height=280,
    )


def _planned(alert: Alert, kpi: Kpi, points: Sequence[PeriodPoint]) -> dict[str, list[Decimal | None]]:
    """What the values are held against."""
    threshold = share_of(alert.facts.get("threshold"))
    if alert.rule.kind == RuleKind.THRESHOLD and threshold is not None:
        return {_("Threshold"): [threshold] * len(points)}
    if kpi.kind == Kind.RANGE:
        return {_("Lower bound"): [one.low for one in points], _("Upper bound"): [one.high for one in points]}
    if kpi.kind == Kind.MOVE:
        return {_("Plan"): [one.plan for one in points]}
    return {_("Target"): [one.target for one in points]}


def _lasting(alert: Alert, kpi: Kpi, points: Sequence[PeriodPoint]) -> str:
    """For how long it has been behind; the headline where it is not."""
    since = None
    for point in reversed(points):
        if point.actual is None or point.favourable_variance is None:
            continue
        if point.favourable_variance >= 0:
            break
        since = point.period
    if since is None or alert.rule.kind == RuleKind.STALE:
        return headline(alert)
    return _("Behind its plan since %(period)s") % {"period": period_name(since, kpi)}


def _endings(kpi: Kpi, days: Sequence[str], columns: Mapping[str, Sequence[Decimal | None]]) -> list[Row]:
    """The last value of each line beside it, the higher one above the lower one."""
    last = []
    for name, values in columns.items():
        known = [place for place, value in enumerate(values) if value is not None]
        value = values[known[-1]] if known else None
        if value is not None:
            last.append((value, days[known[-1]], name))
    return [
        {
            "x": day,
            "y": float(value),
            "text": f"<b>{amount(value, kpi)}</b> {name.lower()}",
            "showarrow": False,
            "xanchor": "left",
            "xshift": 8,
            "yanchor": ("bottom" if place == 0 else "top") if len(last) > 1 else "middle",
            "font": {"size": 12, "color": "token:ink-2"},
        }
        for place, (value, day, name) in enumerate(sorted(last, reverse=True))
    ]


def _behaviour(kpi: Kpi, points: Sequence[SignalPoint], target: Decimal | None, alert: Alert) -> Chart:
    """Values between their natural limits; signals are ringed."""
    days = [point.period.isoformat() for point in points]
    ringed = [point for point in points if point.rules]
    lower, upper = ([_float(getattr(point, side)) for point in points] for side in ("lower", "upper"))
    traces = [
        {**_line(days, upper, ""), "line": {"width": 0}, "hoverinfo": "skip"},
        {
            **_line(days, lower, ""),
            "line": {"width": 0},
            "fill": "tonexty",
            "fillcolor": "token:d-limits",
            "hoverinfo": "skip",
        },
    ]
    if target is not None:
        traces.append({**_line(days, [_float(target)] * len(days), _("target")), "line": _dashed("d-plan")})
    traces.append(_line(days, [_float(point.value) for point in points], _("actual")))
    traces.append(
        _circles(
            [one.period.isoformat() for one in ringed], [_float(one.value) for one in ringed], "d-actual", _("signal")
        )
    )
    notes = _endings(kpi, days, {_("Actual"): [points[-1].value if one is points[-1] else None for one in points]})
    last = points[-1]
    words = {"value": amount(last.value, kpi), "low": amount(last.lower, kpi), "high": amount(last.upper, kpi)}
    return Chart(
        key="limits",
        recipe="figure",
        title=_beyond(alert, kpi, points),
        subtitle=_("%(measure)s, with natural limits") % {"measure": _subtitle(kpi)},
        summary=_("Line chart: the last value is %(value)s; its natural limits are %(low)s and %(high)s.") % words,
        data={"data": traces, "layout": _layout(kpi, days, notes=notes)},
        head=(_("Period"), _("Actual"), _("Lower limit"), _("Upper limit"), _("Signal")),
        rows=tuple(
            (
                period_name(one.period, kpi),
                amount(one.value, kpi),
                amount(one.lower, kpi),
                amount(one.upper, kpi),
                _("signal") if one.rules else "–",
            )
            for one in points
        ),
        height=280,
    )


def _beyond(alert: Alert, kpi: Kpi, points: Sequence[SignalPoint]) -> str:
    """Since when the values have been signals; the headline where the last one is none."""
    since = None
    for point in reversed(points):
        if not point.rules:
            break
        since = point.period
    if since is None:
        return headline(alert)
    return _("Beyond ordinary variation since %(period)s") % {"period": period_name(since, kpi)}


def _open_stretches(simulation: Simulation) -> list[Row]:
    """A shaded band from the opening of each alert to its end."""
    last = max((step.at for step in simulation.steps), default=None)
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": one.period.isoformat(),
            "x1": (one.ended_at or max(one.opened_at, last or one.opened_at)).date().isoformat(),
            "y0": 0,
            "y1": 1,
            "fillcolor": "token:off-soft",
            "line": {"width": 0},
            "layer": "below",
        }
        for one in simulation.fired
    ]


def _line(days: Sequence[str], values: Sequence[float | None], name: str) -> Row:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(days),
        "y": list(values),
        "name": name,
        "line": {"color": "token:d-actual", "width": 2.25},
    }


def _circles(days: Sequence[str], values: Sequence[float | None], colour: str, name: str) -> Row:
    ring = {"color": f"token:{colour}", "width": 2}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(days),
        "y": list(values),
        "name": name,
        "cliponaxis": False,
        "marker": {"size": 11, "symbol": "circle-open", "color": f"token:{colour}", "line": ring},
    }


def _dashed(colour: str) -> Row:
    return {"color": f"token:{colour}", "width": 1.5, "dash": "4px,3px"}


def _layout(kpi: Kpi, days: Sequence[str], *, shapes: Sequence[Row] = (), notes: Sequence[Row] = ()) -> Row:
    every = labels_every(kpi.frequency, len(days))
    ticks = [(day, date.fromisoformat(day)) for place, day in enumerate(days) if place % every == 0]
    # without a range of its own the axis would make room for the words beside the lines as well
    span = {"range": [days[0], days[-1]]} if len(days) > 1 else {}
    return {
        "margin": {"l": 44, "r": 112 if notes else 16, "t": 12, "b": 40},
        "xaxis": {
            **span,
            "tickmode": "array",
            "tickvals": [day for day, _period in ticks],
            "ticktext": [period_name(period, kpi) for _day, period in ticks],
        },
        "yaxis": {"tickformat": ",", "hoverformat": f".{kpi.precision}f"},
        "shapes": list(shapes),
        "annotations": list(notes),
    }


def _subtitle(kpi: Kpi) -> str:
    return ", ".join(part for part in (kpi.text("name"), kpi.text("unit")) if part)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 10)
