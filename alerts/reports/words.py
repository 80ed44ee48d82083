"""What an alert says, as a sentence in the reader's language, out of its stored facts."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from alerts.choices import AlertState, RuleKind, Severity
from alerts.models import Alert
from organization.drawing import dates, numbers

NEUTRAL = ""

HEADLINES = {
    RuleKind.THRESHOLD: _lazy("%(name)s: beyond its threshold"),
    RuleKind.SIGNAL: _lazy("%(name)s: a change for the worse beyond ordinary variation"),
    RuleKind.FORECAST: _lazy("%(name)s: likely to miss its target"),
    RuleKind.CONFIDENCE: _lazy("%(name)s: confidence falls"),
    RuleKind.BUDGET: _lazy("%(name)s: the budget is used ahead of the progress"),
}


def subject_name(alert: Alert) -> str:
    """The KPI's name, the objective's or the initiative's title."""
    if alert.kpi:
        return alert.kpi.text("name")
    about = alert.objective or alert.initiative
    return about.text("title") if about else ""


def headline(alert: Alert) -> str:
    """One line: what is the matter with what."""
    name = {"name": subject_name(alert)}
    if alert.rule.kind == RuleKind.STALE:
        return _("%(name)s: out of date") % name
    if alert.rule.kind == RuleKind.VARIANCE:
        share = share_of(alert.facts.get("variance_pct"))
        if share is None:
            return _("%(name)s: far from the plan") % name
        return _("%(name)s: %(share)s behind the plan") % {**name, "share": numbers.percent(abs(share), 0, tongue())}
    if alert.rule.kind in HEADLINES:
        return str(HEADLINES[alert.rule.kind]) % name
    if alert.severity == Severity.AMBER:
        return _("%(name)s: at risk") % name
    return _("%(name)s: off track") % name


def figures_line(alert: Alert) -> str:
    """The figures as they stood when last compared: 81.9%, plan 90%."""
    value, expected = amount_of(alert, "value"), amount_of(alert, "expected")
    if not value:
        return ""
    return _("%(value)s, plan %(expected)s") % {"value": value, "expected": expected} if expected else value


def explanation(alert: Alert) -> str:
    """The same as sentences."""
    value, expected, period = amount_of(alert, "value"), amount_of(alert, "expected"), period_of(alert)
    if alert.rule.kind == RuleKind.STALE:
        if not period:
            return _("The next value is due too, and the last one is missing.")
        return _("The last value is of %(period)s; the one after the next is due already.") % {"period": period}
    if not value:
        return ""
    if not expected:
        return _("It stands at %(value)s.") % {"value": value}
    words = {"value": value, "expected": expected, "period": period}
    if period:
        return _("In %(period)s it stood at %(value)s; the plan says %(expected)s.") % words
    return _("It stands at %(value)s; the plan says %(expected)s.") % words


def kind_word(alert: Alert) -> str:
    """What stands above the headline."""
    words = {
        RuleKind.THRESHOLD: _("Threshold"),
        RuleKind.COLOUR: _("Status"),
        RuleKind.VARIANCE: _("Variance"),
        RuleKind.SIGNAL: _("Signal"),
        RuleKind.FORECAST: _("Forecast"),
        RuleKind.STALE: _("Data"),
        RuleKind.CONFIDENCE: _("Confidence"),
        RuleKind.BUDGET: _("Budget"),
    }
    return words[RuleKind(alert.rule.kind)]


def look_of(alert: Alert) -> tuple[str, str]:
    """State and colour to draw: the severity while it is open, how it ended after that."""
    if alert.state in (AlertState.CLOSED, AlertState.RESOLVED):
        return str(alert.state), NEUTRAL
    states = {Severity.AMBER: "at_risk", Severity.RED: "off_track", Severity.DATA: "stale"}
    colour = NEUTRAL if alert.severity == Severity.DATA else str(alert.severity)
    return states[Severity(alert.severity)], colour


def amount_of(alert: Alert, name: str) -> str:
    """A fact with its unit; an objective's figures are shares."""
    number = share_of(alert.facts.get(name))
    if number is None:
        return ""
    if alert.kpi is None:
        return numbers.percent(number, 0, tongue())
    return numbers.with_unit(numbers.number(number, alert.kpi.precision, tongue()), alert.kpi.text("unit"), tongue())


def period_of(alert: Alert) -> str:
    """The period that the value is of."""
    text = alert.facts.get("period")
    if not text or alert.kpi is None:
        return ""
    return dates.period(date.fromisoformat(text), alert.kpi.frequency, tongue())


def share_of(text: str | None) -> Decimal | None:
    """A number kept as text; None when it is unknown."""
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


def tongue() -> str:
    """The reader's language."""
    return get_language() or "en"
