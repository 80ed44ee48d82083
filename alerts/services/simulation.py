"""A draft of a rule held against a KPI's past before anybody is disturbed by it. Nothing is written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alerts.choices import RuleKind
from alerts.conditions import Outlook, Present
from alerts.models import AlertRule
from alerts.replay import Fired, Moment, Replayed, replay
from alerts.services.subjects import plain_rule
from kpis.choices import Frequency
from kpis.definition import Definition, Reading
from kpis.models import Kpi, PastForecast, StepChange
from kpis.outlook import behaviour_of, points_of
from kpis.periods import period_end, periods_between
from kpis.scoring import Score, score
from kpis.services import definitions_of, readings_of
from objectives.services import today_of
from organization.actors import Actor

MOST_PERIODS: Final = 400
"""How far back a rule is replayed, in periods: a year of days, or the whole life of a monthly KPI."""

MOST_CHARTS: Final = 150
"""How far back where each period needs a chart of its own: three years of weeks."""

OutlookAt = Callable[[int], Outlook]
"""What the past said when so many values were known."""


@dataclass(frozen=True)
class Simulation:
    """How often the rule would have fired on the KPI, when, and for how long."""

    kpi: str
    kind: str
    periods: int
    first: date | None
    last: date | None
    count: int
    open_now: bool
    days_open: float
    longest_days: float
    share_of_time: float | None
    summary: str
    note: str
    fired: tuple[Fired, ...]
    steps: tuple[Replayed, ...]


def simulate_rule(rule: AlertRule, kpi: Kpi, *, actor: Actor, at: datetime) -> Simulation:
    """Replay an unsaved rule over the KPI's past, period by period, as known when each had closed.

    Values as they stand now, targets and definition as they are now; a value counts from the day after its period. The
    rule's own checks apply (ValidationError). Six queries at most.
    """
    if not Kpi.objects.visible_to(actor).filter(pk=kpi.pk).exists():
        raise PermissionDenied(_("Your role does not allow this here."))
    rule.organization_id, rule.kpi, rule.department = kpi.organization_id, kpi, None
    rule.clean_fields(exclude=["organization", "code", "name"])
    rule.clean()
    moments = _moments(kpi, rule.kind, at=at)
    plain = plain_rule(rule)
    found = replay(moments, plain.watch, plain.patience, until=at)
    days_open = sum(fired.days for fired in found.fired)
    span = (at - moments[0].at) / timedelta(days=1) if moments else 0
    return Simulation(
        kpi=kpi.code,
        kind=rule.kind,
        periods=len(moments),
        first=moments[0].period if moments else None,
        last=moments[-1].period if moments else None,
        count=len(found.fired),
        open_now=bool(found.fired) and found.fired[-1].ended_at is None,
        days_open=round(days_open, 3),
        longest_days=max((fired.days for fired in found.fired), default=0.0),
        share_of_time=round(days_open / span, 6) if span > 0 else None,
        summary=_summary(len(found.fired), len(moments)),
        note=_note(rule.kind),
        fired=found.fired,
        steps=found.steps,
    )


def _summary(fired: int, periods: int) -> str:
    if not periods:
        return _("There are no values yet to replay the rule over.")
    words = {"count": fired, "periods": periods}
    if fired == 0:
        return _("Over the last %(periods)d periods it would never have fired.") % words
    if fired == 1:
        return _("Over the last %(periods)d periods it would have fired once.") % words
    return _("Over the last %(periods)d periods it would have fired %(count)d times.") % words


def _note(kind: str) -> str:
    if kind == RuleKind.FORECAST:
        return _("Replayed over the forecasts that were kept when they were made; periods without one say nothing.")
    if kind == RuleKind.SIGNAL:
        return _("Limits as they stood at each period, from the values known by then.")
    return _("With today's targets and definition; a value counts from the day after its period.")


def _moments(kpi: Kpi, kind: str, *, at: datetime) -> list[Moment]:
    definition, readings = definitions_of([kpi.pk])[kpi.pk], readings_of([kpi.pk]).get(kpi.pk, [])
    if not readings:
        return []
    zone, today = kpi.organization.zone, today_of(kpi.organization, at)
    outlook_at = _outlooks(kpi, kind, definition, readings)
    moments = []
    most = MOST_CHARTS if kind == RuleKind.SIGNAL and definition.frequency != Frequency.DAILY else MOST_PERIODS
    for period, known in _closed(definition, readings, today, most):
        day = period_end(period, definition.frequency, definition.fiscal_year_start) + timedelta(days=1)
        found = score(definition, readings[:known], on=day)
        present = _present(found, definition, kpi.unit, outlook_at(known))
        moments.append(Moment(datetime.combine(day, time(), tzinfo=zone), period, present))
    return moments


def _closed(definition: Definition, readings: Sequence[Reading], today: date, most: int) -> Iterator[tuple[date, int]]:
    """Each of the last closed periods since the first value, and how many readings were known when it had closed."""
    calendar = definition.frequency, definition.fiscal_year_start
    periods = [
        one for one in periods_between(readings[0].period, today, *calendar) if period_end(one, *calendar) < today
    ]
    known = 0
    for number, period in enumerate(periods):
        last = period_end(period, *calendar)
        while known < len(readings) and period_end(readings[known].period, *calendar) <= last:
            known += 1
        if number >= len(periods) - most:
            yield period, known


def _present(found: Score, definition: Definition, unit: str, outlook: Outlook) -> Present:
    return Present(
        state=str(found.state),
        colour=str(found.colour),
        freshness=str(found.freshness),
        period=found.period,
        value=found.value,
        expected=found.expected,
        variance=found.variance,
        favourable_variance=found.favourable_variance,
        variance_pct=None if found.variance_pct is None else float(found.variance_pct),
        unit=unit,
        precision=definition.precision,
        target=found.target,
        outlook=outlook,
    )


def _outlooks(kpi: Kpi, kind: str, definition: Definition, readings: Sequence[Reading]) -> OutlookAt:
    if kind == RuleKind.SIGNAL:
        return _signals(kpi, definition, readings)
    if kind == RuleKind.FORECAST:
        return _forecasts(kpi, readings)
    return _nothing


def _nothing(known: int) -> Outlook:
    return Outlook()


def _signals(kpi: Kpi, definition: Definition, readings: Sequence[Reading]) -> OutlookAt:
    """The chart of the values known by then. Of a daily KPI one chart does: its limits follow what came before."""
    breaks = list(StepChange.objects.filter(kpi=kpi).order_by("period").values_list("period", flat=True))
    points = points_of(definition, readings)
    dense = definition.frequency == Frequency.DAILY
    whole = behaviour_of(definition, points, breaks).chart if dense else None

    @cache
    def outlook(known: int) -> Outlook:
        chart = whole if dense else behaviour_of(definition, points[:known], breaks).chart
        given = [] if chart is None else [one for one in chart.signals if one.index == known - 1]
        if chart is None or not given:
            return Outlook(known=True)
        band = chart.bands[known - 1]
        return Outlook(
            known=True,
            signal_rule=str(given[0].rule),
            signal_nature=str(given[0].nature),
            signal_period=points[known - 1].period,
            lower_limit=band.lower if band else None,
            upper_limit=band.upper if band else None,
        )

    return outlook


def _forecasts(kpi: Kpi, readings: Sequence[Reading]) -> OutlookAt:
    columns = ("based_on", "period", "value", "low", "high", "probability")
    kept = {based_on: said for based_on, *said in PastForecast.objects.filter(kpi=kpi).values_list(*columns)}

    def outlook(known: int) -> Outlook:
        said = kept.get(readings[known - 1].period) if known else None
        if said is None:
            return Outlook(known=True)
        period, value, low, high, probability = said
        return Outlook(
            known=True,
            forecast_period=period,
            forecast_value=value,
            forecast_low=low,
            forecast_high=high,
            probability=probability,
        )

    return outlook
