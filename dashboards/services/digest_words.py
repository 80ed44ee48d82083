"""What the digest says, in the active language: things due in their order, alerts grouped by where they are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from alerts.choices import Severity
from alerts.messages import Line, Message
from alerts.models import Alert
from alerts.services.composing import absolute
from dashboards.agenda import days_late
from dashboards.services.week import Due
from initiatives.models import Initiative
from kpis.models import Kpi, Restatement
from objectives.models import Objective
from organization.drawing import dates
from organization.models import Organization

MOST_LINES: Final = 12
COLOURS: Final = {
    Severity.RED: ("red", "off_track"),
    Severity.AMBER: ("amber", "at_risk"),
    Severity.DATA: ("", "stale"),
}


@dataclass(frozen=True)
class Reader:
    """To whom it is told."""

    organization: Organization
    language: str
    today: date


def digest_of(dues: Sequence[Due], reader: Reader, *, alerts: Message | None = None) -> Message:
    """The letter; `alerts` is a digest of alerts that goes with it."""
    lines = _lines(dues, reader.today)
    if alerts is not None:
        lines.append(Line(title=alerts.subject, detail=alerts.intro, url=alerts.url))
    left = len(lines) - MOST_LINES
    late = sum(1 for due in dues if days_late(due.task.due_on, reader.today))
    words = {"things": _things(len(dues)), "organization": reader.organization.name}
    return Message(
        language=reader.language,
        subject=_("%(organization)s: %(things)s due from you") % words,
        intro=_intro(len(dues), late),
        lines=tuple(lines[:MOST_LINES]),
        more=ngettext("and %(count)s more", "and %(count)s more", left) % {"count": left} if left > 0 else "",
        url=absolute(reverse("week")),
        link=_("Open my week"),
        why=_("You get this when something is due from you."),
        stop=_("Change when you get it"),
        stop_url=absolute(reverse("week-digest")),
    )


def _lines(dues: Sequence[Due], today: date) -> list[Line]:
    """One line for each thing, one for all alerts of a place; each stands where its weightiest one stands."""
    places: dict[str, list[Alert]] = {}
    for due in dues:
        if isinstance(due.subject, Alert):
            places.setdefault(_place(due.subject), []).append(due.subject)
    lines, told = [], set()
    for due in dues:
        if not isinstance(due.subject, Alert):
            lines.append(_line(due, today))
        elif (place := _place(due.subject)) not in told:
            told.add(place)
            lines.append(_grouped(place, places[place]))
    return lines


def _line(due: Due, today: date) -> Line:
    row = due.subject
    late = days_late(due.task.due_on, today)
    parts = [_asked(due)]
    if late:
        parts.append(ngettext("%(days)s day late", "%(days)s days late", late) % {"days": late})
    elif due.task.due_on == today:
        parts.append(_("today"))
    else:
        parts.append(_("by %(day)s") % {"day": dates.day(due.task.due_on, _tongue(), weekday=True)})
    title = row.text("name") if isinstance(row, Kpi) else row.reason if isinstance(row, Restatement) else ""
    if isinstance(row, (Objective, Initiative)):
        title = row.text("title")
    url = absolute(f"{reverse('week')}?{urlencode({'item': due.task.key})}")
    return Line(title=f"{title} ({due.task.code})", detail=", ".join(parts), url=url)


def _asked(due: Due) -> str:
    if isinstance(due.subject, Kpi) and due.period is not None:
        period = dates.period(due.period, due.subject.frequency, _tongue())
        return _("value of %(period)s") % {"period": period}
    if isinstance(due.subject, Objective):
        return _("monthly check-in")
    if isinstance(due.subject, Initiative):
        return _("weekly update")
    return _("change of closed periods to decide on")


def _grouped(place: str, alerts: Sequence[Alert]) -> Line:
    counts = Counter(Severity(alert.severity) for alert in alerts)
    said = [f"{counts[one]} {str(one.label).lower()}" for one in Severity if counts[one]]
    worst = next(one for one in (Severity.RED, Severity.AMBER, Severity.DATA) if counts[one])
    many = len(alerts)
    title = ngettext("%(count)s alert to answer", "%(count)s alerts to answer", many)
    if place:
        title = ngettext("%(count)s alert to answer in %(place)s", "%(count)s alerts to answer in %(place)s", many)
    colour, state = COLOURS[worst]
    url = reverse("alert-detail", args=[alerts[0].code]) if len(alerts) == 1 else f"{reverse('alert-list')}?mine=1"
    return Line(
        title=title % {"count": many, "place": place},
        detail=", ".join(said),
        url=absolute(url),
        colour=colour,
        state=state,
    )


def _place(alert: Alert) -> str:
    """The branch of its group, else its department."""
    branch = alert.group.branch if alert.group is not None else None
    place = branch or alert.department
    return place.text("name") if place is not None else ""


def _intro(count: int, late: int) -> str:
    said = ngettext("%(count)s thing is due from you by Friday", "%(count)s things are due from you by Friday", count)
    text = said % {"count": count}
    if late:
        words = {"said": text, "late": late}
        text = ngettext("%(said)s, %(late)s of them late", "%(said)s, %(late)s of them late", late) % words
    return _("%(text)s. What weighs most on the strategy comes first.") % {"text": text}


def _things(count: int) -> str:
    return ngettext("%(count)s thing", "%(count)s things", count) % {"count": count}


def _tongue() -> str:
    return get_language() or "en"
