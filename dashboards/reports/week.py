"""My week: everything due from me, ordered by consequence; what I did; what is around it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.agenda import Kind, last_day_of_week, next_key, when_of
from dashboards.agenda import When as Group
from dashboards.reports.sparks import courses_of
from dashboards.reports.week_aside import Aside, Done, aside_of, done_this_week, with_courses
from dashboards.reports.week_words import Item, Surroundings, item_of
from dashboards.services import Due, due_of
from kpis.services import closed_through, stored_at
from objectives.services import today_of
from organization.actors import Actor
from organization.models import Organization, User

MOST_SHOWN: Final = 50
SECONDS_EACH: Final = 40
NOON, EVENING = 12, 18


@dataclass(frozen=True)
class Section:
    """The lines of one group, with its name and its day."""

    group: str
    day: date | None
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Week:
    """The page. `keys`: of all tasks in their order, also of those that are not shown yet."""

    greeting: str
    finding: str
    today: date
    sections: tuple[Section, ...]
    keys: tuple[str, ...]
    more: int
    done: tuple[Done, ...]
    aside: Aside
    items: dict[str, Item]
    dues: dict[str, Due]

    @property
    def left(self) -> int:
        return len(self.keys)

    @property
    def total(self) -> int:
        return self.left + len(self.done)

    @property
    def share(self) -> float:
        return len(self.done) / self.total if self.total else 1.0


def week_page(actor: Actor, organization: Organization, user: User, *, at: datetime) -> Week:
    """The page in a constant number of queries."""
    today = today_of(organization, at)
    dues = due_of(actor, organization, at=at)
    shown = dues[:MOST_SHOWN]
    aside = aside_of(actor, today=today)
    typed = [due for due in shown if due.task.kind is Kind.VALUE]
    around = Surroundings(
        today=today,
        stored=stored_at((due.subject.pk, due.period or today) for due in typed),
        courses=courses_of([*(due.subject.pk for due in typed), *(one.id for one in aside.kpis)]),
        locked_through=closed_through(organization.pk),
    )
    keys = tuple(due.task.key for due in dues)
    items = {due.task.key: replace(item_of(due, around), then=next_key(keys, due.task.key)) for due in shown}
    done = done_this_week(actor, organization, today=today)
    return Week(
        greeting=_greeting(user, timezone.localtime(at)),
        finding=_finding(len(dues), len(done)),
        today=today,
        sections=_sections(list(items.values()), today),
        keys=keys,
        more=len(dues) - len(shown),
        done=done,
        aside=with_courses(aside, around.courses),
        items=items,
        dues={due.task.key: due for due in shown},
    )


def _sections(items: list[Item], today: date) -> tuple[Section, ...]:
    days = {Group.LATE: None, Group.TODAY: today, Group.FRIDAY: last_day_of_week(today)}
    found = [
        Section(group.value, days[group], tuple(item for item in items if when_of(item.due_on, today) is group))
        for group in Group
    ]
    return tuple(section for section in found if section.items)


def _greeting(user: User, now: datetime) -> str:
    words = {"name": (user.name or user.email).split()[0]}
    if now.hour < NOON:
        return _("Good morning, %(name)s") % words
    return _("Good afternoon, %(name)s") % words if now.hour < EVENING else _("Good evening, %(name)s") % words


def _finding(left: int, done: int) -> str:
    if not left:
        return _("Nothing is due from you this week.") if not done else _("Everything due this week is done.")
    minutes = max(1, round(left * SECONDS_EACH / 60))
    things = ngettext("%(count)s thing left this week", "%(count)s things left this week", left) % {"count": left}
    time = ngettext("about %(minutes)s minute", "about %(minutes)s minutes", minutes) % {"minutes": minutes}
    return _("%(things)s, %(time)s.") % {"things": things, "time": time}
