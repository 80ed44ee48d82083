"""Signals and forecasts in sentences, in the reader's language."""

from collections.abc import Callable
from decimal import Decimal
from itertools import takewhile
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis.choices import Frequency
from kpis.forecasts.accuracy import Accuracy
from kpis.forecasts.forecast import FEWEST_POINTS
from kpis.models import Kpi, KpiOutlook
from kpis.outlook import Behaviour, Goal, Missing
from kpis.reports.words import amount, language, period_name
from kpis.signals import Assurance, Chart, Rule, Side, Signal
from kpis.signals.limits import FIRM
from organization.drawing import numbers

SPANS: Final[dict[str, Callable[[int], str]]] = {
    Frequency.DAILY.value: lambda count: ngettext("%(count)s day", "%(count)s days", count),
    Frequency.WEEKLY.value: lambda count: ngettext("%(count)s week", "%(count)s weeks", count),
    Frequency.MONTHLY.value: lambda count: ngettext("%(count)s month", "%(count)s months", count),
    Frequency.QUARTERLY.value: lambda count: ngettext("%(count)s quarter", "%(count)s quarters", count),
    Frequency.YEARLY.value: lambda count: ngettext("%(count)s year", "%(count)s years", count),
}


def span(count: int, kpi: Kpi) -> str:
    """4 months, 1 week."""
    return SPANS[kpi.frequency](count) % {"count": count}


def method_name(method: str) -> str:
    """A forecasting method in words; "" for none."""
    names = {
        "last_value": _("Last value"),
        "run_rate": _("Run rate"),
        "drift": _("Drift"),
        "smoothed_level": _("Smoothed level"),
        "return_to_mean": _("Return to the mean"),
        "seasonal_last_value": _("Same period of the last cycle"),
        "seasonal_share": _("Seasonal share"),
        "damped_trend": _("Damped trend"),
        "seasonal_smoothing": _("Seasonal smoothing"),
    }
    return names.get(method, method)


def reason_sentence(missing: str, count: int) -> str:
    """Why there is no forecast, or no chart; "" where there is one."""
    if missing == Missing.TOO_FEW.value and count >= FEWEST_POINTS:
        return _("Not enough data since the last step change: six values are needed.")
    sentences = {
        "waiting": _("Not worked out yet: a worker is at it."),
        Missing.TOO_FEW.value: ngettext(
            "Not enough data: %(count)s value, six are needed.",
            "Not enough data: %(count)s values, six are needed.",
            count,
        )
        % {"count": count},
        Missing.ENDED.value: _("The last value holds the end already: nothing lies ahead."),
        Missing.NOT_STARTED.value: _("The plan has not started."),
        Missing.TOO_FAR.value: _("The end lies too far ahead for a forecast."),
        Missing.CUMULATIVE.value: _("A running total: each value holds the one before, so no signals are read."),
    }
    return sentences.get(missing, "")


def forecast_sentences(kpi: Kpi, row: KpiOutlook, goal: Goal) -> tuple[str, ...]:
    """Where it will be, how likely the target is, and what that rests on."""
    if row.forecast_period is None:
        return ()
    words = {
        "period": period_name(row.forecast_period, kpi),
        "value": amount(row.forecast_value, kpi),
        "low": amount(row.forecast_low, kpi),
        "high": amount(row.forecast_high, kpi),
    }
    found = [_("%(value)s is expected for %(period)s; four times in five between %(low)s and %(high)s.") % words]
    if row.probability is not None:
        found.append(_probability(kpi, row.probability, goal))
    if row.forecast_error is not None:
        errors = {
            "method": method_name(row.forecast_method),
            "error": numbers.number(row.forecast_error, kpi.precision + 1, language()),
            "naive": numbers.number(row.naive_error, kpi.precision + 1, language()),
        }
        found.append(
            _("%(method)s erred least on its own past: by %(error)s on average, the last value by %(naive)s.") % errors
        )
    return tuple(found)


def _probability(kpi: Kpi, probability: float, goal: Goal) -> str:
    share = numbers.percent(probability, 0, language())
    if goal.low is not None and goal.high is not None:
        words = {"share": share, "low": amount(goal.low, kpi), "high": amount(goal.high, kpi)}
        return _("It ends between %(low)s and %(high)s with a probability of %(share)s.") % words
    target = amount(goal.low if goal.low is not None else goal.high, kpi)
    return _("The target of %(target)s is reached with a probability of %(share)s.") % {
        "target": target,
        "share": share,
    }


def accuracy_sentence(found: Accuracy, kpi: Kpi) -> str:
    """What became of the forecasts that were made."""
    if not found.count or found.mae is None or found.within80 is None:
        return _("No forecast has come due yet.")
    words = {
        "count": found.count,
        "error": numbers.number(found.mae, kpi.precision + 1, language()),
        "share": numbers.percent(found.within80, 0, language()),
    }
    return (
        ngettext(
            "%(count)s forecast has come due: off by %(error)s; %(share)s within the interval of 80%%.",
            "%(count)s forecasts have come due: off by %(error)s on average; %(share)s within the interval of 80%%.",
            found.count,
        )
        % words
    )


def signal_sentences(kpi: Kpi, behaviour: Behaviour, target: Decimal | None) -> tuple[str, ...]:
    """Signal or noise, what that means for the target, and how firm the limits are."""
    chart = behaviour.chart
    if chart is None or chart.limits is None:
        return ()
    found = [_latest(kpi, chart)]
    if behaviour.assurance is not None and chart.has_left_its_limits:
        found.append(
            _("The limits are from before it moved and say little about the target now: record why, as a step change.")
        )
    elif behaviour.assurance is not None:
        found.append(_assured(kpi, behaviour.assurance, target))
    if chart.limits.provisional:
        words = {"count": chart.phases[-1].count, "firm": FIRM}
        found.append(_("The limits are provisional: they rest on %(count)s values, %(firm)s make them firm.") % words)
    if behaviour.season_removed:
        found.append(_("A season was found and taken off before the limits were drawn."))
    return tuple(found)


def _latest(kpi: Kpi, chart: Chart) -> str:
    limits = chart.limits
    words = {
        "low": amount(limits.lower if limits else None, kpi),
        "high": amount(limits.upper if limits else None, kpi),
    }
    if not chart.signals:
        return _("Within the natural limits from %(low)s to %(high)s: the ups and downs are noise.") % words
    if not chart.latest_signals:
        last = chart.signals[-1]
        words["period"] = period_name(chart.points[last.index].period, kpi)
        return _("Within the natural limits from %(low)s to %(high)s; the last signal was in %(period)s.") % words
    signal = chart.latest_signals[0]
    words["span"] = span(_streak(chart, signal), kpi)
    words["centre"] = amount(limits.centre if limits else None, kpi)
    return _signal(signal) % words


def _signal(signal: Signal) -> str:
    above = signal.side == Side.ABOVE
    if signal.rule == Rule.OUTSIDE:
        if above:
            return _("%(span)s above the natural limits: the rise is not noise.")
        return _("%(span)s below the natural limits: the drop is not noise.")
    if signal.rule == Rule.RUN_OF_8:
        if above:
            return _("%(span)s in a row above the centre of %(centre)s: the level has risen.")
        return _("%(span)s in a row below the centre of %(centre)s: the level has fallen.")
    if above:
        return _("Two of the last three values are far above the centre of %(centre)s: hardly noise.")
    return _("Two of the last three values are far below the centre of %(centre)s: hardly noise.")


def _streak(chart: Chart, signal: Signal) -> int:
    """How many of the latest points in a row the same rule marks on the same side."""
    marked = {one.index for one in chart.signals if (one.rule, one.side) == (signal.rule, signal.side)}
    return sum(1 for _index in takewhile(marked.__contains__, range(len(chart.points) - 1, -1, -1)))


def _assured(kpi: Kpi, assurance: Assurance, target: Decimal | None) -> str:
    if target is None:
        sentences = {
            Assurance.CONSISTENTLY_PASSES: _("As it runs now, it stays within its range."),
            Assurance.CONSISTENTLY_FAILS: _("As it runs now, it stays outside of its range."),
            Assurance.HIT_OR_MISS: _("As it runs now, chance decides whether it lies within its range."),
        }
        return sentences[assurance]
    sentences = {
        Assurance.CONSISTENTLY_PASSES: _("As it runs now, the target of %(target)s is reached every time."),
        Assurance.CONSISTENTLY_FAILS: _(
            "As it runs now, the target of %(target)s is out of reach: the process must change."
        ),
        Assurance.HIT_OR_MISS: _("As it runs now, chance decides whether the target of %(target)s is reached."),
    }
    return sentences[assurance] % {"target": amount(target, kpi)}
