"""The words that pages and messages share about one alert, in the active language; its rule and subject are read."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alerts.choices import RuleKind
from alerts.messages import headline_of
from alerts.models import Alert
from initiatives.models import Initiative
from kpis.models import Kpi
from objectives.models import Objective
from organization.drawing import dates, numbers


def headline(alert: Alert) -> str:
    """One line: what is the matter with what."""
    share = share_of(alert.facts.get("variance_pct")) if alert.rule.kind == RuleKind.VARIANCE else None
    behind = "" if share is None else numbers.percent(abs(share), 0, tongue())
    return headline_of(alert.rule.kind, alert.severity, subject_name(alert), behind=behind)


def subject_of(alert: Alert) -> Kpi | Objective | Initiative | None:
    """The one thing that it is about."""
    return alert.kpi or alert.objective or alert.initiative


def subject_name(alert: Alert) -> str:
    """The KPI's name, the objective's or the initiative's title."""
    subject = subject_of(alert)
    return subject.text("name" if alert.kpi else "title") if subject else ""


def looked_at(alert: Alert) -> str:
    """What decided, where it was neither value nor plan: the last confidences; the budget beside the progress."""
    if alert.rule.kind == RuleKind.CONFIDENCE:
        said = (alert.facts.get("confidences") or "").split(", ")
        return " → ".join(numbers.confidence(share_of(one), tongue()) for one in said if one)
    spent = share_of(alert.facts.get("spent"))
    if alert.rule.kind != RuleKind.BUDGET or spent is None:
        return ""
    words = {"share": numbers.percent(spent, 0, tongue()), "progress": amount_of(alert, "value")}
    return _("%(share)s of the budget for %(progress)s of the work") % words


def amount_of(alert: Alert, name: str) -> str:
    """A fact with its unit; an objective's or initiative's figures are shares."""
    number = share_of(alert.facts.get(name))
    if number is None:
        return ""
    if alert.kpi is None:
        return numbers.percent(number, 0, tongue())
    return numbers.with_unit(numbers.number(number, alert.kpi.precision, tongue()), alert.kpi.text("unit"), tongue())


def share_of(text: str | None) -> Decimal | None:
    """A number kept as text; None when it is unknown."""
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


def day_of(moment: datetime) -> str:
    """In the zone that is active."""
    return dates.day(timezone.localtime(moment).date(), tongue())


def tongue() -> str:
    """The reader's language."""
    return get_language() or "en"
