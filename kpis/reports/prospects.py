"""Where a KPI is heading, as its page says it: read from the one stored row of its outlook, nothing is worked out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from kpis.definition import Definition, Reading
from kpis.models import Kpi, KpiOutlook
from kpis.outlook import Goal, Missing, goal_of, horizon_of, points_of
from kpis.reports.outlook import ForecastStep, forecast_step
from kpis.reports.outlook_words import forecast_sentences, method_name, reason_sentence
from kpis.reports.words import amount, distance, language, period_name
from organization.drawing import numbers

SURE: Final = 0.9
"""From this probability on a sentence says "will", below the rest of it "will not"; in between it names the chance."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """The forecast of the end and the way there. Without one `reason` says why; `stale`: a worker is at it.

    `goal` is what the probability is about, in words: 90.6%, 2.0–4.0.
    """

    period: date | None
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    probability: float | None
    goal: str
    method: str
    reason: str
    stale: bool
    computed_at: datetime | None
    sentences: tuple[str, ...]
    headline: str
    steps: tuple[ForecastStep, ...]


def prospect_of(kpi: Kpi, definition: Definition, readings: Sequence[Reading], row: KpiOutlook) -> Prospect:
    """The stored forecast in words."""
    values = points_of(definition, readings)
    horizon = horizon_of(definition, values)
    known = row.forecast_period is not None
    goal = goal_of(definition, horizon) if known else Goal()
    missing = "" if known else "waiting" if row.stale else str(horizon.missing or Missing.TOO_FEW)
    return Prospect(
        period=row.forecast_period,
        value=row.forecast_value,
        low=row.forecast_low,
        high=row.forecast_high,
        probability=row.probability,
        goal=_goal_text(kpi, goal),
        method=method_name(row.forecast_method),
        reason=reason_sentence(missing, len(values)),
        stale=row.stale,
        computed_at=row.computed_at,
        sentences=forecast_sentences(kpi, row, goal),
        headline=_headline(kpi, row, goal),
        steps=tuple(forecast_step(one) for one in row.steps),
    )


def fan_data(prospect: Prospect, until: date | None, last: tuple[date, float] | None) -> dict[str, Any] | None:
    """The fan as the recipe `trajectory` draws it, from the last value on; None where none lies in the stretch."""
    steps = [step for step in prospect.steps if until is None or step.period <= until]
    if not steps or last is None:
        return None
    names = ("value", "low", "high", "low95", "high95")
    start, value = last
    found: dict[str, Any] = {name: [value, *(float(getattr(step, name)) for step in steps)] for name in names}
    return found | {
        "x": [start.isoformat(), *(step.period.isoformat() for step in steps)],
        "words": {"centre": _("forecast"), "inner": _share(0.8), "outer": _share(0.95)},
    }


def _share(share: float) -> str:
    return _("forecast %(share)s") % {"share": numbers.percent(share, 0, language())}


def _goal_text(kpi: Kpi, goal: Goal) -> str:
    if goal.low is not None and goal.high is not None:
        tongue = language()
        low = numbers.number(goal.low, kpi.precision, tongue)
        return f"{low}–{amount(goal.high, kpi)}"
    wanted = goal.low if goal.low is not None else goal.high
    return "" if wanted is None else amount(wanted, kpi)


def _headline(kpi: Kpi, row: KpiOutlook, goal: Goal) -> str:
    """What the end will bring: "Dec 2026 will miss its target by about 2.8 pts"."""
    if row.forecast_period is None or row.forecast_value is None or row.probability is None or not goal.is_known:
        return ""
    gap = _gap(row.forecast_value, goal)
    words = {
        "period": period_name(row.forecast_period, kpi),
        "distance": distance(gap, kpi),
        "share": numbers.percent(row.probability, 0, language()),
        "target": _goal_text(kpi, goal),
    }
    if row.probability >= SURE:
        if goal.low is not None and goal.high is not None:
            return _("%(period)s will lie within %(target)s") % words
        return _("%(period)s will reach %(target)s") % words
    if row.probability > 1 - SURE or gap == 0:
        if goal.low is not None and goal.high is not None:
            return _("%(period)s lies within %(target)s with a chance of %(share)s") % words
        return _("%(period)s reaches %(target)s with a chance of %(share)s") % words
    return _("%(period)s will miss its target by about %(distance)s") % words


def _gap(value: Decimal, goal: Goal) -> Decimal:
    """How far the forecast lies on the wrong side; 0 where it does not."""
    below = Decimal(0) if goal.low is None else goal.low - value
    above = Decimal(0) if goal.high is None else value - goal.high
    return max(below, above, Decimal(0))
