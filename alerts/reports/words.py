"""What an alert says, as a sentence in the reader's language, out of its stored facts."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from alerts.choices import SHOWN_AS, AlertState, RuleKind, ThresholdSide, colour_of
from alerts.models import Alert
from alerts.services.wording import amount_of, day_of, looked_at, share_of, tongue
from organization.drawing import dates, numbers


def figures_line(alert: Alert) -> str:
    """The figures as they stood when last compared: 81.9%, plan 90%."""
    if said := looked_at(alert):
        return said
    value, expected = amount_of(alert, "value"), amount_of(alert, "expected")
    if not value:
        return ""
    return _("%(value)s, plan %(expected)s") % {"value": value, "expected": expected} if expected else value


def explanation(alert: Alert) -> str:
    """The same as sentences."""
    if alert.rule.kind == RuleKind.STALE:
        period = period_of(alert)
        if not period:
            return _("The next value is due too, and the last one is missing.")
        return _("The last value is of %(period)s; the one after the next is due already.") % {"period": period}
    return " ".join(part for part in (_stands(alert), _found(alert)) if part)


def _stands(alert: Alert) -> str:
    value, expected, period = amount_of(alert, "value"), amount_of(alert, "expected"), period_of(alert)
    if not value:
        return ""
    if not expected:
        return _("It stands at %(value)s.") % {"value": value}
    words = {"value": value, "expected": expected, "period": period}
    if period:
        return _("In %(period)s it stood at %(value)s; the plan says %(expected)s.") % words
    return _("It stands at %(value)s; the plan says %(expected)s.") % words


SIGNALS = {
    "outside": _lazy("The value lies outside its natural limits of %(low)s to %(high)s: not ordinary variation."),
    "run_of_8": _lazy("Eight values or more lie on the worse side of the centre: a lasting change."),
    "two_of_three": _lazy("Two of three values in a row lie close to a limit: more than ordinary variation."),
}


def _found(alert: Alert) -> str:
    """What a rule of this kind looked at beyond value and plan."""
    facts, kind = alert.facts, alert.rule.kind
    if kind == RuleKind.THRESHOLD and facts.get("threshold"):
        words = {"threshold": amount_of(alert, "threshold")}
        if facts.get("threshold_side") == ThresholdSide.ABOVE:
            return _("Above %(threshold)s is bad.") % words
        return _("Below %(threshold)s is bad.") % words
    if kind == RuleKind.SIGNAL and facts.get("signal_rule") in SIGNALS:
        limits = {"low": amount_of(alert, "lower_limit"), "high": amount_of(alert, "upper_limit")}
        return str(SIGNALS[facts["signal_rule"]]) % limits
    if kind == RuleKind.FORECAST and share_of(facts.get("probability")) is not None:
        words = {
            "share": numbers.percent(share_of(facts.get("probability")), 0, tongue()),
            "value": amount_of(alert, "forecast_value"),
            "target": amount_of(alert, "target"),
        }
        return _("The forecast is %(value)s against a target of %(target)s: %(share)s likely to be met.") % words
    if kind == RuleKind.CONFIDENCE and facts.get("confidences"):
        return _("Confidence of the last check-ins: %(said)s.") % {"said": looked_at(alert)}
    if kind == RuleKind.BUDGET and share_of(facts.get("spent")) is not None:
        return _("%(share)s of the budget is used.") % {
            "share": numbers.percent(share_of(facts.get("spent")), 0, tongue())
        }
    return ""


def short_state(alert: Alert) -> str:
    """What stands behind the kind in a list; nothing for an alert that is just open."""
    if alert.snoozed_until is not None:
        return _("snoozed until %(day)s") % {"day": day_of(alert.snoozed_until)}
    if alert.state == AlertState.FIRING:
        return ""
    return str(AlertState(alert.state).label).lower()


def state_reason(alert: Alert) -> str:
    """Why it is in its state, and what changes that; the rule is read already."""
    words = {
        "since": moment_of(alert.pending_since or alert.recovering_since),
        "hold": hours(alert.rule.hold_hours),
        "recovery": hours(alert.rule.recovery_hours),
        "until": moment_of(alert.snoozed_until),
    }
    if alert.snoozed_until is not None:
        return _("Left alone until %(until)s. It comes back earlier when it gets worse.") % words
    if alert.state == AlertState.PENDING:
        return _("The condition holds since %(since)s. It opens once it has held for %(hold)s.") % words
    if alert.state == AlertState.RECOVERING:
        return _("The condition is over since %(since)s. It counts as recovered after %(recovery)s.") % words
    if alert.state == AlertState.NO_DATA:
        return _("The figures say nothing at present. It goes on as they say once they come back.")
    if alert.state == AlertState.ERROR:
        return flaw_sentence(alert.facts.get("error") or "")
    if alert.state == AlertState.CLOSED and alert.accepted_until is not None:
        return _("The deviation is accepted until %(day)s.") % {"day": dates.day(alert.accepted_until, tongue())}
    return ""


def flaw_sentence(flaw: str) -> str:
    """Why a rule cannot be judged."""
    if flaw == "threshold":
        return _("The rule cannot be judged: it names no threshold.")
    return _("The rule cannot be judged.")


def hours(count: int) -> str:
    """5 h; from two days on in days."""
    if count >= 48 and count % 24 == 0:
        return ngettext("%(count)d day", "%(count)d days", count // 24) % {"count": count // 24}
    return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}


def moment_of(moment: datetime | None) -> str:
    """In the zone that is active."""
    return dates.moment(None if moment is None else timezone.localtime(moment), tongue())


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
        return str(alert.state), ""
    return SHOWN_AS[alert.severity], colour_of(alert.severity)


def period_of(alert: Alert) -> str:
    """The period that the value is of."""
    text = alert.facts.get("period")
    if not text or alert.kpi is None:
        return ""
    return dates.period(date.fromisoformat(text), alert.kpi.frequency, tongue())
