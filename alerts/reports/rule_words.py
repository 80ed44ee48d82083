"""What a rule says, as sentences in the reader's language."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from alerts.choices import RuleKind, Severity, ThresholdSide
from alerts.conditions import flaw_of
from alerts.models import AlertRule
from alerts.reports.words import flaw_sentence, hours
from alerts.services.subjects import plain_rule
from alerts.services.wording import tongue
from organization.drawing import numbers


def condition_sentence(rule: AlertRule) -> str:
    """When it tells."""
    say = SENTENCES.get(RuleKind(rule.kind))
    return say(rule) if say else str(PLAIN[RuleKind(rule.kind)])


def patience_sentence(rule: AlertRule) -> str:
    """How long it waits; empty when it does not."""
    parts = []
    if rule.hold_hours:
        parts.append(_("Opens after %(time)s.") % {"time": hours(rule.hold_hours)})
    if rule.recovery_hours:
        parts.append(_("Recovers after %(time)s.") % {"time": hours(rule.recovery_hours)})
    if rule.escalate_after_hours:
        parts.append(_("Escalates after %(time)s without an answer.") % {"time": hours(rule.escalate_after_hours)})
    return " ".join(parts)


def flaw_word(rule: AlertRule) -> str:
    """Why it cannot be judged; empty when it can."""
    flaw = flaw_of(plain_rule(rule).watch)
    return flaw_sentence(flaw) if flaw else ""


def place_name(rule: AlertRule) -> str:
    """Where it watches; department and KPI are read already."""
    if rule.kpi is not None:
        return f"{rule.kpi.code} {rule.kpi.text('name')}"
    return rule.department.text("name") if rule.department is not None else _("the whole organization")


def _colour(rule: AlertRule) -> str:
    if rule.least_severity == Severity.RED:
        return _("Tells when a KPI or an objective is off track.")
    return _("Tells when a KPI or an objective is at risk or off track.")


def _threshold(rule: AlertRule) -> str:
    words = {"threshold": "–" if rule.threshold is None else _plain(rule.threshold)}
    if rule.threshold_side == ThresholdSide.ABOVE:
        return _("Tells when the value is above %(threshold)s.") % words
    return _("Tells when the value is below %(threshold)s.") % words


def _forecast(rule: AlertRule) -> str:
    return _("Tells when the forecast makes the target less than %(share)s likely.") % _share(rule.probability_below)


def _confidence(rule: AlertRule) -> str:
    words = {"points": numbers.confidence(rule.confidence_points, tongue())}
    return _("Tells when confidence in an objective falls by %(points)s of 10 or more, or twice in a row.") % words


def _budget(rule: AlertRule) -> str:
    words = _share(rule.burn_ahead)
    return _("Tells when an initiative has used its budget ahead of its progress by more than %(share)s.") % words


def _variance(rule: AlertRule) -> str:
    words = {**_share(rule.variance_pct), "amount": _plain(rule.variance_abs)}
    if not rule.variance_abs:
        return _("Tells when a KPI lies behind its plan by more than %(share)s.") % words
    return (
        _("Tells when a KPI lies behind its plan by more than %(share)s and by more than %(amount)s in its unit.")
        % words
    )


def _share(value: Decimal) -> dict[str, str]:
    places = max(0, -int((value * 100).normalize().as_tuple().exponent)) if value else 0
    return {"share": numbers.percent(value, min(places, 2), tongue())}


def _plain(value: Decimal) -> str:
    exact = value.normalize()
    return numbers.number(value, max(0, -int(exact.as_tuple().exponent)), tongue())


SENTENCES: Final[dict[RuleKind, Callable[[AlertRule], str]]] = {
    RuleKind.COLOUR: _colour,
    RuleKind.VARIANCE: _variance,
    RuleKind.THRESHOLD: _threshold,
    RuleKind.FORECAST: _forecast,
    RuleKind.CONFIDENCE: _confidence,
    RuleKind.BUDGET: _budget,
}

PLAIN: Final = {
    RuleKind.SIGNAL: _lazy("Tells when a KPI changes for the worse beyond its ordinary variation."),
    RuleKind.STALE: _lazy("Tells when a KPI's value is out of date: the next one is due too."),
}
