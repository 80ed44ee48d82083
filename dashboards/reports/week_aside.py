"""Beside the list of my week: what was done, what waits for others, my initiatives and KPIs, what is ahead."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Value, When, Window
from django.urls import reverse
from django.utils.translation import gettext as _

from alerts.models import Alert
from alerts.services.wording import headline
from dashboards.agenda import first_day_of_week, last_day_of_week
from dashboards.reports.links import initiative_url, kpi_url, objective_url
from dashboards.reports.sparks import Course
from dashboards.reports.week_words import NO_COURSE, STATES
from dashboards.services import mine_to_type
from initiatives.choices import Stage
from initiatives.models import Initiative, StatusUpdate
from kpis.models import Kpi, Measurement, Restatement
from kpis.reports.words import amount, period_name
from objectives.choices import Colour
from objectives.models import CheckIn
from organization.actors import Actor
from organization.models import Organization
from organization.texts import local_text

SHOWN: Final = 5
DONE_SHOWN: Final = 30
AHEAD: Final = timedelta(days=21)
AHEAD_READ: Final = 200
AHEAD_FIELDS: Final = ("code", "name", "translations", "figures__due_on")
WEB: Final = "web"


@dataclass(frozen=True, slots=True)
class Done:
    """Something that the person did this week."""

    at: datetime
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something of the person's that somebody else has to do."""

    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Work:
    title: str
    url: str
    state: str
    colour: str
    progress: float | None


@dataclass(frozen=True, slots=True)
class MyKpi:
    id: int
    name: str
    url: str
    state: str
    colour: str
    value: Decimal | None
    unit: str
    precision: int
    course: Course = NO_COURSE


@dataclass(frozen=True, slots=True)
class Ahead:
    day: date
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Aside:
    """The column. Totals are of all, the rows are the first few."""

    waiting: tuple[Waiting, ...]
    works: tuple[Work, ...]
    works_total: int
    kpis: tuple[MyKpi, ...]
    kpis_total: int
    ahead: tuple[Ahead, ...]


def aside_of(actor: Actor, *, today: date) -> Aside:
    """Seven queries; the KPIs get their course by `with_courses`."""
    works, works_total = _works(actor)
    kpis, kpis_total = _kpis(actor)
    return Aside(_waiting(actor), works, works_total, kpis, kpis_total, _ahead(actor, today))


def with_courses(aside: Aside, courses: Mapping[int, Course]) -> Aside:
    """The same with the small pictures."""
    return replace(aside, kpis=tuple(replace(one, course=courses.get(one.id, NO_COURSE)) for one in aside.kpis))


def done_this_week(actor: Actor, organization: Organization, *, today: date) -> tuple[Done, ...]:
    """What the person entered, proposed, said and answered since Monday, the latest first: five queries."""
    since = datetime.combine(first_day_of_week(today), time(), tzinfo=organization.zone)
    who = actor.user_id
    found = [*_typed(actor, since), *_said(actor, since), *_answered(actor, since)]
    proposed = Q(proposed_by_id=who, proposed_at__gte=since)
    decided = Q(decided_by_id=who, decided_at__gte=since)
    rows = Restatement.objects.filter(proposed | decided, organization_id=actor.organization_id)
    url = reverse("restatement-list")
    for row in rows.order_by("-proposed_at")[:DONE_SHOWN]:
        at = row.proposed_at if row.proposed_by_id == who else row.decided_at
        words = {"code": row.code, "state": row.get_state_display()}
        found.append(Done(at or since, _("%(code)s: %(state)s") % words, f"{url}#{row.code}"))
    return tuple(sorted(found, key=lambda one: (one.at, one.url), reverse=True))


def _typed(actor: Actor, since: datetime) -> list[Done]:
    rows = Measurement.objects.filter(
        kpi__organization_id=actor.organization_id,
        recorded_by_id=actor.user_id,
        recorded_at__gte=since,
        source=WEB,
        value__isnull=False,
    )
    return [
        Done(
            row.recorded_at,
            _("%(name)s, %(period)s: %(value)s")
            % {
                "name": row.kpi.text("name"),
                "period": period_name(row.period, row.kpi),
                "value": amount(row.value, row.kpi),
            },
            kpi_url(row.kpi.code),
        )
        for row in rows.select_related("kpi").order_by("-recorded_at")[:DONE_SHOWN]
    ]


def _said(actor: Actor, since: datetime) -> list[Done]:
    updates = StatusUpdate.objects.filter(
        initiative__organization_id=actor.organization_id, author_id=actor.user_id, at__gte=since
    )
    check_ins = CheckIn.objects.filter(
        objective__organization_id=actor.organization_id, author_id=actor.user_id, at__gte=since
    )
    found = []
    for update in updates.select_related("initiative").order_by("-at")[:DONE_SHOWN]:
        words = {"title": update.initiative.text("title")}
        text = _("%(title)s: status update") % words
        found.append(Done(update.at, text, initiative_url(update.initiative.code)))
    for one in check_ins.select_related("objective").order_by("-at")[:DONE_SHOWN]:
        text = _("%(title)s: check-in") % {"title": one.objective.text("title")}
        found.append(Done(one.at, text, objective_url(one.objective.code)))
    return found


def _answered(actor: Actor, since: datetime) -> list[Done]:
    who = actor.user_id
    taken = Q(acknowledged_by_id=who, acknowledged_at__gte=since)
    rows = Alert.objects.visible_to(actor).filter(taken | Q(closed_by_id=who, ended_at__gte=since))
    rows = rows.select_related("rule", "kpi", "objective", "initiative").order_by("-changed_at")
    found = []
    for row in rows[:DONE_SHOWN]:
        closed = row.closed_by_id == who and row.ended_at is not None
        words = {"headline": headline(row)}
        text = _("%(headline)s: closed") % words if closed else _("%(headline)s: acknowledged") % words
        at = row.ended_at if closed else row.acknowledged_at
        found.append(Done(at or since, text, reverse("alert-detail", args=[row.code])))
    return found


def _waiting(actor: Actor) -> tuple[Waiting, ...]:
    """Proposals that a second person decides, alerts that went up to somebody, blockers of my work: three queries."""
    mine = {"organization_id": actor.organization_id}
    url = reverse("restatement-list")
    found = [
        Waiting(row.reason, _("%(code)s: a second person decides") % {"code": row.code}, f"{url}#{row.code}")
        for row in Restatement.objects.waiting().filter(**mine, proposed_by_id=actor.user_id).order_by("pk")[:SHOWN]
    ]
    alerts = Alert.objects.asking().visible_to(actor).filter(owner_id=actor.user_id, escalated_to__isnull=False)
    alerts = alerts.exclude(escalated_to_id=actor.user_id).order_by("pk")
    for alert in alerts.select_related("rule", "kpi", "objective", "initiative", "escalated_to")[:SHOWN]:
        text = _("went up to %(name)s") % {"name": str(alert.escalated_to)}
        found.append(Waiting(headline(alert), text, reverse("alert-detail", args=[alert.code])))
    later = StatusUpdate.objects.filter(initiative=OuterRef("initiative"), at__gt=OuterRef("at"))
    blocked = StatusUpdate.objects.filter(
        ~Exists(later), initiative__owner_id=actor.user_id, initiative__stage=Stage.IN_PROGRESS,
        initiative__organization_id=actor.organization_id,
    ).exclude(blocker="")  # fmt: skip
    for said in blocked.select_related("initiative").order_by("at")[:SHOWN]:
        work = said.initiative
        found.append(Waiting(said.blocker, f"{work.code} {work.text('title')}", initiative_url(work.code)))
    return tuple(found)


def _works(actor: Actor) -> tuple[tuple[Work, ...], int]:
    urgency = Case(
        When(status="red", then=Value(0)),
        When(status="amber", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = Initiative.objects.visible_to(actor).filter(owner_id=actor.user_id, stage=Stage.IN_PROGRESS)
    counted = rows.annotate(total=Window(Count("pk"))).order_by(urgency, "code")[:SHOWN]
    found = list(counted)
    shown = tuple(
        Work(
            row.text("title"),
            initiative_url(row.code),
            STATES.get(row.status, "no_data"),
            row.status,
            None if row.progress is None else float(row.progress),
        )
        for row in found
    )
    return shown, _total(found)


def _kpis(actor: Actor) -> tuple[tuple[MyKpi, ...], int]:
    order = {Colour.RED: 0, Colour.AMBER: 1, Colour.GREY: 2, Colour.GREEN: 3}
    urgency = Case(
        *(When(figures__colour=colour, then=Value(place)) for colour, place in order.items()),
        default=Value(4),
        output_field=IntegerField(),
    )
    mine = Q(owner_id=actor.user_id) | Q(updater_id=actor.user_id)
    rows = Kpi.objects.visible_to(actor).of_their_own().filter(mine).select_related("figures")
    found = list(rows.annotate(total=Window(Count("pk"))).order_by(urgency, "code")[:SHOWN])
    shown = tuple(
        MyKpi(
            row.pk,
            row.text("name"),
            kpi_url(row.code),
            row.figures.state,
            row.figures.colour,
            row.figures.value,
            row.text("unit"),
            row.precision,
        )
        for row in found
    )
    return shown, _total(found)


def _total(rows: list[Any]) -> int:
    return rows[0].total if rows else 0


def _ahead(actor: Actor, today: date) -> tuple[Ahead, ...]:
    """Values that fall due after Friday, and my initiatives that end: two queries."""
    after = last_day_of_week(today)
    found = []
    values: dict[date, list[dict[str, Any]]] = defaultdict(list)
    due = mine_to_type(actor).filter(figures__due_on__gt=after, figures__due_on__lte=after + AHEAD)
    rows: Iterable[Any] = due.order_by("figures__due_on", "code").values(*AHEAD_FIELDS)[:AHEAD_READ]
    for row in rows:
        values[row["figures__due_on"]].append(row)
    for day, many in values.items():
        name = local_text(many[0]["name"], many[0]["translations"], "name")
        text = _("Value of %(name)s") if len(many) == 1 else _("%(count)s values are due")
        url = kpi_url(many[0]["code"]) if len(many) == 1 else reverse("kpi-list")
        found.append(Ahead(day, text % {"name": name, "count": len(many)}, url))
    works = Initiative.objects.visible_to(actor).filter(
        owner_id=actor.user_id, stage=Stage.IN_PROGRESS, end__gte=today, end__lte=after + AHEAD
    )
    for work in works.order_by("end", "code")[:SHOWN]:
        text = _("%(title)s ends") % {"title": work.text("title")}
        found.append(Ahead(work.end or today, text, initiative_url(work.code)))
    return tuple(sorted(found, key=lambda one: (one.day, one.url))[:SHOWN])
