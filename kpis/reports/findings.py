"""What a KPI says, in one sentence: the finding first, then how it has changed."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from kpis.choices import Freshness, Kind
from kpis.models import Kpi, KpiFigures
from kpis.reports.prospects import Prospect
from kpis.reports.words import amount, distance, language, period_name
from kpis.seasons import is_seasonal
from objectives.choices import State
from organization.drawing import dates


def finding_of(kpi: Kpi, figures: KpiFigures, *, today: date) -> str:
    """Ahead of plan by 0.4 pts; 0.8 pts better than the month before."""
    if figures.value is None or figures.period is None:
        return without_value(figures, today=today)
    first = _standing(kpi, figures, figures.value)
    second = _course(kpi, figures, figures.value)
    if not second:
        return first
    return _("%(finding)s; %(course)s") % {"finding": first, "course": second}


def titled(kpi: Kpi, figures: KpiFigures, prospect: Prospect, finding: str) -> str:
    """The sentence over the course: the finding, and what the end will bring where that is known."""
    if not prospect.headline or figures.value is None or figures.period is None:
        return finding
    moving = _pace(kpi, figures, figures.value) or _standing(kpi, figures, figures.value)
    return _("%(finding)s; %(headline)s") % {"finding": moving, "headline": prospect.headline}


def _pace(kpi: Kpi, figures: KpiFigures, value: Decimal) -> str:
    """Behind its plan, but moving: recovers, falls further behind. "" where that cannot be said."""
    before, favourable = figures.previous_value, figures.favourable_variance
    if before is None or favourable is None or is_seasonal(kpi) or kpi.kind not in (Kind.MOVE, Kind.PERIOD):
        return ""
    if figures.freshness == Freshness.STALE or favourable >= 0 or before == value:
        return ""
    words = {"distance": distance(favourable, kpi)}
    if (value > before) == (kpi.direction == "up"):
        return _("%(distance)s behind, and recovering") % words
    return _("%(distance)s behind, and falling back") % words


def without_value(figures: KpiFigures, *, today: date) -> str:
    """No value has arrived yet: when is the first one due?"""
    if figures.due_on is None:
        return _("No value has been entered yet")
    if figures.due_on < today:
        return _("No value yet: the first one was due on %(day)s") % {"day": dates.day(figures.due_on, language())}
    return _("No value yet: the first one is due on %(day)s") % {"day": dates.day(figures.due_on, language())}


def _standing(kpi: Kpi, figures: KpiFigures, value: Decimal) -> str:
    words = {"value": amount(value, kpi), "target": amount(figures.target, kpi)}
    if figures.freshness == Freshness.STALE and figures.period is not None:
        period = period_name(figures.period, kpi)
        return _("The last value, %(value)s for %(period)s, is too old to judge by") % {**words, "period": period}
    if figures.state == State.NOT_STARTED:
        return _("The plan has not started; the value is %(value)s") % words
    if figures.state == State.NO_TARGET:
        return _("%(value)s, without a target to compare with") % words
    if figures.state in (State.ACHIEVED, State.PARTLY_ACHIEVED, State.MISSED):
        return _outcome(figures.state) % words
    if kpi.kind == Kind.RANGE:
        return _ranged(kpi, figures)
    favourable = figures.favourable_variance
    if favourable is None:
        return _("%(value)s against a target of %(target)s") % words
    return _varied(kpi, favourable) % {**words, "distance": distance(favourable, kpi)}


def _outcome(state: str) -> str:
    if state == State.ACHIEVED:
        return _("The target of %(target)s is reached, with %(value)s")
    if state == State.PARTLY_ACHIEVED:
        return _("The plan ended close to its target: %(value)s of %(target)s")
    return _("The plan ended short of its target: %(value)s of %(target)s")


def _varied(kpi: Kpi, favourable: Decimal) -> str:
    if kpi.kind == Kind.MOVE:
        if favourable == 0:
            return _("Exactly on plan, with %(value)s")
        return _("%(distance)s ahead of plan") if favourable > 0 else _("%(distance)s behind plan")
    if kpi.kind == Kind.GUARDRAIL:
        if favourable >= 0:
            return _("Within the limit of %(target)s")
        return _("%(distance)s beyond the limit of %(target)s")
    if favourable == 0:
        return _("Exactly on target, with %(value)s")
    return _("%(distance)s better than target") if favourable > 0 else _("%(distance)s short of target")


def _ranged(kpi: Kpi, figures: KpiFigures) -> str:
    words = {"low": amount(figures.low, kpi), "high": amount(figures.high, kpi)}
    variance = figures.variance or Decimal(0)
    if variance == 0:
        return _("Within the range from %(low)s to %(high)s") % words
    words["distance"] = distance(variance, kpi)
    if variance > 0:
        return _("%(distance)s above the range from %(low)s to %(high)s") % words
    return _("%(distance)s below the range from %(low)s to %(high)s") % words


def _course(kpi: Kpi, figures: KpiFigures, value: Decimal) -> str:
    """Better or worse than the value before; only up or down where better has no side."""
    before = figures.previous_value
    if before is None or is_seasonal(kpi) or figures.freshness == Freshness.STALE:
        return ""
    moved = value - before
    words = {"distance": distance(moved, kpi)}
    if moved == 0:
        return _("unchanged since the value before")
    if kpi.kind in (Kind.RANGE, Kind.UNSCORED):
        return (
            _("%(distance)s up from the value before") if moved > 0 else _("%(distance)s down from the value before")
        ) % words
    better = (moved > 0) == (kpi.direction == "up")
    return (
        _("%(distance)s better than the value before") if better else _("%(distance)s worse than the value before")
    ) % words
