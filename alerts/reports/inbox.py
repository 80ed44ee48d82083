"""The inbox: alerts that the actor sees, narrowed, the newest first, and one of them to read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet

from alerts.choices import ENDED_STATES, OPEN_STATES, AlertState, Severity
from alerts.forms import ENDED, OPEN, InboxFilters
from alerts.models import Alert
from alerts.reports import words
from alerts.reports.reading import Reading, reading_of
from organization.actors import Actor
from organization.models import Department
from organization.narrowing import Choice, choices_of, department_choices

PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One alert of the list."""

    code: str
    kind: str
    headline: str
    subject: str
    figures: str
    state: str
    colour: str
    acknowledged: bool
    is_old: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Inbox:
    """Everything that the page shows. Counts are over all that the filters leave, whatever the state."""

    lines: tuple[Line, ...]
    open_count: int
    ended_count: int
    red_count: int
    data_count: int
    reading: Reading | None
    is_chosen: bool
    filters: InboxFilters
    severities: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    query: str
    open_query: str
    ended_query: str
    next_query: str
    newest_query: str


def inbox(actor: Actor, filters: InboxFilters, *, code: str | None = None) -> Inbox:
    """One page of the inbox with the alert of that code to read, or its first one: a constant number of queries."""
    narrowed = _narrowed(Alert.objects.visible_to(actor), filters, actor)
    is_open, has_ended, data = Q(state__in=OPEN_STATES), Q(state__in=ENDED_STATES), Q(severity=Severity.DATA)
    counts = narrowed.aggregate(
        open=Count("pk", filter=is_open),
        ended=Count("pk", filter=has_ended),
        red=Count("pk", filter=is_open & Q(severity=Severity.RED)),
        data=Count("pk", filter=is_open & data),
    )
    rows = narrowed.filter(is_open if filters.state == OPEN else has_ended)
    if filters.before:
        rows = rows.filter(number__lt=filters.before)
    alerts = list(_with_names(rows).order_by("-number")[: PAGE_SIZE + 1])
    more, alerts = len(alerts) > PAGE_SIZE, alerts[:PAGE_SIZE]
    chosen = _chosen(actor, alerts, code)
    return Inbox(
        lines=tuple(_line(alert) for alert in alerts),
        open_count=counts["open"],
        ended_count=counts["ended"],
        red_count=counts["red"],
        data_count=counts["data"],
        reading=reading_of(actor, chosen) if chosen is not None else None,
        is_chosen=code is not None,
        filters=filters,
        severities=choices_of(Severity.choices, filters.severity),
        departments=department_choices(actor, filters.department),
        query=filters.query(before=filters.before),
        open_query=filters.query(state=OPEN),
        ended_query=filters.query(state=ENDED),
        next_query=filters.query(before=alerts[-1].number) if more else "",
        newest_query=filters.query() if filters.before else "",
    )


def _narrowed(visible: QuerySet[Alert], filters: InboxFilters, actor: Actor) -> QuerySet[Alert]:
    rows = visible
    if filters.severity:
        rows = rows.filter(severity=filters.severity)
    if filters.department:
        below = Department.objects.visible_to(actor).filter(code=filters.department).values_list("path", flat=True)
        rows = rows.filter(department__path__below_any=list(below))
    if filters.mine:
        rows = rows.filter(owner_id=actor.user_id)
    return rows


def _with_names(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    return rows.select_related("rule", "kpi", "objective", "initiative")


def _chosen(actor: Actor, alerts: list[Alert], code: str | None) -> Alert | None:
    if code is None:
        return alerts[0] if alerts else None
    listed = next((alert for alert in alerts if alert.code == code), None)
    return listed or _with_names(Alert.objects.visible_to(actor)).filter(code=code).first()


def _line(alert: Alert) -> Line:
    state, colour = words.look_of(alert)
    subject = alert.kpi or alert.objective or alert.initiative
    is_open = alert.state in OPEN_STATES
    return Line(
        code=alert.code,
        kind=words.kind_word(alert) if is_open else str(AlertState(alert.state).label),
        headline=words.headline(alert),
        subject=subject.code if subject else "",
        figures=words.figures_line(alert),
        state=state,
        colour=colour,
        acknowledged=alert.state == AlertState.ACKNOWLEDGED,
        is_old=not is_open,
        at=alert.opened_at if is_open else alert.ended_at or alert.changed_at,
    )
