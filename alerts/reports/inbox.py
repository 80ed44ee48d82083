"""The inbox: alerts that the actor sees, narrowed, by group, the latest first, and one of them to read.

A group is what one owner has to look at in one branch. A page shows some groups with the first alerts of each, or one
group in full; so 5,000 alerts are a page like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from alerts.choices import ENDED_STATES, OPEN_STATES, AlertState, RuleKind, Severity
from alerts.forms.inbox import ENDED, ME, NOBODY, OPEN, PENDING, SNOOZED, TABS, InboxFilters
from alerts.models import Alert
from alerts.models.alerts import ASKING
from alerts.reports import words
from alerts.reports.reading import Reading, reading_of
from alerts.services.wording import headline, subject_of
from organization.actors import Actor
from organization.models import Department, User
from organization.narrowing import Choice, choices_of, department_choices

GROUPS_SHOWN: Final = 20
FIRST_OF_GROUP: Final = 5
PAGE_SIZE: Final = 50
OWNERS_SHOWN: Final = 200
ALONE: Final = "none"
"""Those without a group: what waits has none yet."""

OF_TAB: Final[dict[str, Q]] = {
    OPEN: ASKING,
    SNOOZED: Q(state__in=OPEN_STATES, snoozed_until__isnull=False),
    PENDING: Q(state=AlertState.PENDING),
    ENDED: Q(state__in=ENDED_STATES),
}


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
    note: str
    is_old: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """What one owner has to look at in one branch. `more` is how many of its alerts the page leaves out."""

    code: str
    owner: str
    branch: str
    count: int
    red: int
    more: int
    more_query: str
    is_open: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """One state to choose, with how many alerts are in it."""

    value: str
    text: str
    count: int
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """Everything that the page shows. Counts are over all that the filters leave, whatever the state."""

    groups: tuple[Group, ...]
    tabs: tuple[Tab, ...]
    open_count: int
    red_count: int
    data_count: int
    reading: Reading | None
    is_chosen: bool
    filters: InboxFilters
    kinds: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    query: str
    previous_query: str
    next_query: str
    all_query: str

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every alert of the page."""
        return tuple(line for group in self.groups for line in group.lines)


def inbox(actor: Actor, filters: InboxFilters, *, at: datetime, code: str | None = None) -> Inbox:
    """One page of the inbox with the alert of that code to read, or its first one: a constant number of queries."""
    narrowed = _narrowed(Alert.objects.visible_to(actor), filters, actor)
    counts = _counts(narrowed)
    rows = narrowed.filter(OF_TAB[filters.state])
    in_full = bool(filters.group) or filters.state == PENDING
    found, alerts, more = _one_group(rows, filters) if in_full else _groups(rows, filters)
    chosen = _chosen(actor, found, alerts, code)
    return Inbox(
        groups=_dressed(found, alerts, filters, chosen),
        tabs=_tabs(counts, filters),
        open_count=counts[OPEN],
        red_count=counts["red"],
        data_count=counts["data"],
        reading=reading_of(actor, chosen, at=at) if chosen is not None else None,
        is_chosen=code is not None,
        filters=filters,
        kinds=choices_of(RuleKind.choices, filters.kind),
        owners=_owners(actor, filters.owner),
        departments=department_choices(actor, filters.department),
        query=filters.query(page=filters.page),
        previous_query=filters.query(page=filters.page - 1) if filters.page > 1 else "",
        next_query=filters.query(page=filters.page + 1) if more else "",
        all_query=filters.query(group="") if filters.group else "",
    )


def _narrowed(visible: QuerySet[Alert], filters: InboxFilters, actor: Actor) -> QuerySet[Alert]:
    rows = visible
    if filters.kind:
        rows = rows.filter(rule__kind=filters.kind)
    if filters.department:
        below = Department.objects.visible_to(actor).filter(code=filters.department).values_list("path", flat=True)
        rows = rows.filter(department__path__below_any=list(below))
    if filters.group:
        rows = rows.filter(group__isnull=True) if filters.group == ALONE else rows.filter(group__code=filters.group)
    if filters.owner == ME:
        return rows.filter(owner_id=actor.user_id)
    if filters.owner == NOBODY:
        return rows.filter(owner__isnull=True)
    return rows.filter(owner__email=filters.owner) if filters.owner else rows


def _counts(narrowed: QuerySet[Alert]) -> dict[str, int]:
    counted = {tab: Count("pk", filter=OF_TAB[tab]) for tab in TABS}
    red, data = ASKING & Q(severity=Severity.RED), ASKING & Q(severity=Severity.DATA)
    found: dict[str, int] = narrowed.order_by().aggregate(
        **counted, red=Count("pk", filter=red), data=Count("pk", filter=data)
    )
    return found


Found = list[Mapping[str, Any]]


def _groups(rows: QuerySet[Alert], filters: InboxFilters) -> tuple[Found, list[Alert], bool]:
    """Groups by their latest alert with the first alerts of each: two queries."""
    latest = Max("ended_at") if filters.state == ENDED else Max("opened_at")
    start = (filters.page - 1) * GROUPS_SHOWN
    counted = (
        rows.order_by()
        .values("group_id")
        .annotate(count=Count("pk"), red=Count("pk", filter=Q(severity=Severity.RED)), latest=latest)
    )
    found: Found = list(
        counted.order_by(F("latest").desc(nulls_last=True), "-group_id")[start : start + GROUPS_SHOWN + 1]
    )
    more, found = len(found) > GROUPS_SHOWN, found[:GROUPS_SHOWN]
    ids = [row["group_id"] for row in found if row["group_id"] is not None]
    among = Q(group_id__in=ids)
    if len(ids) < len(found):
        among |= Q(group_id__isnull=True)
    place = Window(RowNumber(), partition_by=["group_id"], order_by=_order(filters))
    first = _with_names(rows.filter(among)).annotate(place=place).filter(place__lte=FIRST_OF_GROUP)
    return found, list(first.order_by(*_order(filters))), more


def _one_group(rows: QuerySet[Alert], filters: InboxFilters) -> tuple[Found, list[Alert], bool]:
    """One group in full, by pages: two queries."""
    start = (filters.page - 1) * PAGE_SIZE
    alerts = list(_with_names(rows).order_by(*_order(filters))[start : start + PAGE_SIZE + 1])
    more, alerts = len(alerts) > PAGE_SIZE, alerts[:PAGE_SIZE]
    if not alerts:
        return [], [], False
    counted = rows.order_by().aggregate(count=Count("pk"), red=Count("pk", filter=Q(severity=Severity.RED)))
    return [{"group_id": alerts[0].group_id, **counted}], alerts, more


def _order(filters: InboxFilters) -> tuple[Any, ...]:
    newest = F("ended_at").desc(nulls_last=True) if filters.state == ENDED else F("opened_at").desc()
    return (newest, F("number").desc())


def _with_names(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    return rows.select_related("rule", "kpi", "objective", "initiative", "group__owner", "group__branch")


def _chosen(actor: Actor, found: Found, alerts: list[Alert], code: str | None) -> Alert | None:
    """The alert of that code; without one, the first that is shown."""
    if code is None:
        return next((alert for alert in alerts if alert.group_id == found[0]["group_id"]), None)
    listed = next((alert for alert in alerts if alert.code == code), None)
    return listed or _with_names(Alert.objects.visible_to(actor)).filter(code=code).first()


def _dressed(found: Found, alerts: list[Alert], filters: InboxFilters, chosen: Alert | None) -> tuple[Group, ...]:
    of_group: dict[int | None, list[Alert]] = {}
    for alert in alerts:
        of_group.setdefault(alert.group_id, []).append(alert)
    return tuple(
        _group(row, of_group.get(row["group_id"], []), filters, chosen, is_first=place == 0)
        for place, row in enumerate(found)
    )


def _group(
    row: Mapping[str, Any], alerts: list[Alert], filters: InboxFilters, chosen: Alert | None, *, is_first: bool
) -> Group:
    group = alerts[0].group if alerts else None
    owner, branch = (group.owner, group.branch) if group else (None, None)
    in_full = filters.group or filters.state == PENDING
    more = 0 if in_full else row["count"] - len(alerts)
    return Group(
        code=group.code if group else "",
        owner=str(owner) if owner else _("Nobody yet"),
        branch=branch.text("name") if branch else _("the whole organization"),
        count=row["count"],
        red=row["red"],
        more=more,
        more_query=filters.query(group=group.code if group else ALONE) if more else "",
        is_open=is_first or any(alert == chosen for alert in alerts),
        lines=tuple(line_of(alert) for alert in alerts),
    )


def line_of(alert: Alert) -> Line:
    """An alert as the list shows it."""
    state, colour = words.look_of(alert)
    subject = subject_of(alert)
    ended = alert.state in ENDED_STATES
    return Line(
        code=alert.code,
        kind=words.kind_word(alert),
        headline=headline(alert),
        subject=subject.code if subject else "",
        figures=words.figures_line(alert),
        state=state,
        colour=colour,
        note=words.short_state(alert),
        is_old=ended,
        at=(alert.ended_at or alert.changed_at) if ended else alert.opened_at,
    )


def _tabs(counts: Mapping[str, int], filters: InboxFilters) -> tuple[Tab, ...]:
    texts = {OPEN: _("Open"), SNOOZED: _("Snoozed"), PENDING: _("Waiting"), ENDED: _("Closed")}
    return tuple(
        Tab(tab, texts[tab], counts[tab], filters.query(state=tab), tab == filters.state)
        for tab in TABS
        if tab != PENDING or counts[tab] or filters.state == PENDING
    )


def _owners(actor: Actor, chosen: str) -> tuple[Choice, ...]:
    """Me, nobody, and those who own an open alert that the actor sees (one query)."""
    ids = Alert.objects.open().visible_to(actor).order_by().values("owner_id")
    people = User.objects.filter(pk__in=ids).exclude(pk=actor.user_id or 0).order_by("name", "email")[:OWNERS_SHOWN]
    named = [(person.email, str(person)) for person in people]
    if chosen not in (ME, NOBODY, "", *(email for email, _name in named)):
        named.append((chosen, chosen))
    return choices_of([(ME, _("Me")), (NOBODY, _("Nobody yet")), *named], chosen)
