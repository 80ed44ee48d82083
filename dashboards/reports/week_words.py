"""What stands on each line of my week: a name, what was said last, how late it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from alerts.models import Alert
from alerts.reports import words as alert_words
from alerts.services.wording import headline
from dashboards.agenda import Task, days_late
from dashboards.reports.links import initiative_url, kpi_url, objective_url
from dashboards.reports.sparks import Course
from dashboards.services import Due
from initiatives.choices import Declared
from initiatives.models import Initiative
from kpis.choices import TimeAggregation
from kpis.forms import seen_text
from kpis.models import Kpi, Restatement
from kpis.reports.words import amount, period_name
from kpis.services.storing import Place, Stored
from objectives.models import Objective
from organization.drawing import dates, numbers

STATES: Final = {"green": "on_track", "amber": "at_risk", "red": "off_track"}
"""The state that a declared status is drawn as."""

NO_COURSE: Final = Course()
SEPARATOR: Final = " · "


@dataclass(frozen=True, slots=True)
class ValueField:
    """The field of a line that takes a number at once; none where more has to be said."""

    period: str
    unit: str
    label: str
    seen: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line. `unchanged`: "no change" repeats what was said last; `then`: key of
    the line that follows."""

    key: str
    anchor: str
    kind: str
    code: str
    title: str
    url: str
    meta: str
    late: str
    weight: str
    icon: str
    state: str
    colour: str
    version: int
    due_on: date
    then: str = ""
    unchanged: bool = False
    field: ValueField | None = None
    course: Course = NO_COURSE


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the lines need beside their rows, read for all of them at once."""

    today: date
    stored: Mapping[Place, Stored]
    courses: Mapping[int, Course]
    locked_through: date | None


def item_of(due: Due, around: Surroundings) -> Item:
    """The line of one task."""
    row = due.subject
    if isinstance(row, Kpi):
        return _value(due, row, around)
    if isinstance(row, Objective):
        return _check_in(due, row, around)
    if isinstance(row, Initiative):
        return _update(due, row, around)
    if isinstance(row, Alert):
        return _alert(due, row, around)
    return _approval(due, row, around)


def late_words(due_on: date, today: date) -> str:
    """How long it is overdue; "" when it is not."""
    days = days_late(due_on, today)
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days} if days else ""


def weight_words(task: Task, about: str) -> str:
    """Why it stands where it stands: its influence and its gap; "" when nothing is known of them.

    `about` is the code of what it is about: the strategic objective itself makes none of another one.
    """
    if not task.top or not task.influence:
        return ""
    words = {
        "share": numbers.percent(task.influence, 1 if task.influence < 0.1 else 0, tongue()),
        "objective": task.top,
        "gap": numbers.number(task.gap * 100, 0, tongue()),
    }
    if about == task.top:
        return "" if task.gap < 0.005 else _("It lies %(gap)s points behind.") % words
    if task.gap < 0.005:
        return _("It makes %(share)s of %(objective)s.") % words
    return _("It makes %(share)s of %(objective)s and lies %(gap)s points behind.") % words


def tongue() -> str:
    return get_language() or "en"


def _value(due: Due, kpi: Kpi, around: Surroundings) -> Item:
    period = due.period or around.today
    parts = [kpi.code, _("value of %(period)s") % {"period": period_name(period, kpi)}]
    if kpi.figures.period is not None and kpi.figures.value is not None:
        before = {"period": period_name(kpi.figures.period, kpi), "value": amount(kpi.figures.value, kpi)}
        parts.append(_("%(period)s was %(value)s") % before)
    stored = around.stored.get((kpi.pk, period))
    plain = kpi.time_aggregation != TimeAggregation.RATIO and not _is_closed(kpi, due, around)
    seen = seen_text(period, stored.recorded_at if stored else None)
    label = _("%(name)s, %(period)s") % {"name": kpi.text("name"), "period": period_name(period, kpi)}
    return Item(
        **_common(due, around),
        title=kpi.text("name"),
        url=kpi_url(kpi.code),
        meta=SEPARATOR.join(parts),
        icon="kpis",
        state="",
        colour=kpi.figures.colour,
        version=kpi.version,
        field=ValueField(period.isoformat(), kpi.text("unit"), label, seen) if plain else None,
        course=around.courses.get(kpi.pk, NO_COURSE),
    )


def _is_closed(kpi: Kpi, due: Due, around: Surroundings) -> bool:
    """Whether the period is locked: then a value is proposed, with a reason."""
    closes = due.task.due_on - timedelta(days=kpi.grace_days)
    return around.locked_through is not None and closes <= around.locked_through


def _check_in(due: Due, row: Objective, around: Surroundings) -> Item:
    last = getattr(row, "last_said", None)
    said = _("no check-in yet")
    if last is not None:
        said = _("last %(day)s") % {"day": dates.day(timezone.localtime(last).date(), tongue(), weekday=True)}
    parts = [row.code, _("monthly check-in"), said]
    if row.confidence is not None:
        parts.append(_("confidence %(number)s") % {"number": numbers.confidence(row.confidence, tongue())})
    return Item(
        **_common(due, around),
        title=row.text("title"),
        url=objective_url(row.code),
        meta=SEPARATOR.join(parts),
        icon="",
        state=row.figures.state,
        colour=row.figures.colour,
        version=row.version,
        unchanged=row.confidence is not None,
    )


def _update(due: Due, row: Initiative, around: Surroundings) -> Item:
    said = []
    if row.status:
        said.append(str(Declared(row.status).label).lower())
    if row.progress is not None:
        said.append(numbers.percent(row.progress, 0, tongue()))
    if row.confidence is not None:
        said.append(_("confidence %(number)s") % {"number": numbers.confidence(row.confidence, tongue())})
    last = _("last: %(said)s") % {"said": ", ".join(said)} if said else _("nothing said yet")
    return Item(
        **_common(due, around),
        title=row.text("title"),
        url=initiative_url(row.code),
        meta=SEPARATOR.join([row.code, _("weekly update"), last]),
        icon="",
        state=STATES.get(row.status, "no_data"),
        colour=row.status,
        version=row.version,
        unchanged=bool(row.status),
    )


def _alert(due: Due, row: Alert, around: Surroundings) -> Item:
    state, colour = alert_words.look_of(row)
    parts = [row.code, alert_words.kind_word(row)]
    if figures := alert_words.figures_line(row):
        parts.append(figures)
    if row.escalated_at is not None:
        parts.append(_("escalated"))
    return Item(
        **_common(due, around),
        title=headline(row),
        url=reverse("alert-detail", args=[row.code]),
        meta=SEPARATOR.join(parts),
        icon="",
        state=state,
        colour=colour,
        version=row.version,
    )


def _approval(due: Due, row: Restatement, around: Surroundings) -> Item:
    who = str(row.proposed_by or "")
    said = _("%(who)s asks to change closed periods") % {"who": who} if who else _("change of closed periods")
    return Item(
        **_common(due, around),
        title=row.reason,
        url=f"{reverse('restatement-list')}#{row.code}",
        meta=SEPARATOR.join([row.code, said]),
        icon="edit",
        state="",
        colour="",
        version=row.version,
    )


def _about(subject: Model) -> str:
    """The code of the objective that it is about, directly or through an alert; "" for anything else."""
    row = subject.objective if isinstance(subject, Alert) else subject
    return row.code if isinstance(row, Objective) else ""


def _common(due: Due, around: Surroundings) -> dict[str, Any]:
    task = due.task
    return {
        "key": task.key,
        "anchor": f"w-{task.kind}-{due.subject.pk}",
        "kind": task.kind.value,
        "code": task.code,
        "due_on": task.due_on,
        "late": late_words(task.due_on, around.today),
        "weight": weight_words(task, _about(due.subject)),
    }
