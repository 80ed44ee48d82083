"""What a person gets, where and when, and when they are left alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.utils.translation import gettext as _

from alerts.choices import ChannelKind, Rhythm, RuleKind, Severity
from alerts.forms.post import OWN_MAIL, WEEKDAYS
from alerts.models import MuteWindow, Subscription
from organization.actors import Actor
from organization.narrowing import Choice, choices_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """One subscription."""

    code: str
    what: str
    kinds: str
    least: str
    how: str
    when: str
    enabled: bool
    version: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """One window; weekly when it has days."""

    code: str
    days: str
    from_time: time | None
    to_time: time | None
    starts_at: datetime | None
    ends_at: datetime | None
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class Wishes:
    """The page of one's subscriptions."""

    own_mail: tuple[Choice, ...]
    subscriptions: tuple[Wanted, ...]
    quiet: tuple[Quiet, ...]
    everybody: tuple[Quiet, ...]


def wishes(actor: Actor) -> Wishes:
    """Two queries."""
    rows = list(_with_names(Subscription.objects.of_organization(actor).filter(user_id=actor.user_id or 0)))
    own = next((row for row in rows if row.own), None)
    choice = Rhythm.AT_ONCE.value if own is None else own.rhythm if own.enabled else "off"
    windows = list(MuteWindow.objects.visible_to(actor).order_by("pk"))
    return Wishes(
        own_mail=choices_of(OWN_MAIL, choice),
        subscriptions=tuple(wanted(row) for row in rows if not row.own),
        quiet=tuple(_quiet(row) for row in windows if row.user_id is not None),
        everybody=tuple(_quiet(row) for row in windows if row.user_id is None),
    )


def subscriptions_of_channels(actor: Actor) -> dict[int, list[Wanted]]:
    """By channel: one query."""
    found: dict[int, list[Wanted]] = {}
    for row in _with_names(Subscription.objects.visible_to(actor).filter(channel__isnull=False)):
        found.setdefault(row.channel_id or 0, []).append(wanted(row))
    return found


def wanted(row: Subscription) -> Wanted:
    """A subscription in words; its department, KPI, objective and channel are read already."""
    return Wanted(
        code=row.code,
        what=_what(row),
        kinds=", ".join(str(RuleKind(kind).label) for kind in row.rule_kinds),
        least=str(Severity(row.least_severity).label),
        how=str(ChannelKind(row.channel.kind if row.channel else row.medium).label),
        when=str(Rhythm(row.rhythm).label),
        enabled=row.enabled,
        version=row.version,
    )


def _with_names(rows: Iterable[Subscription]) -> Iterable[Subscription]:
    return rows.select_related("department", "kpi", "objective", "channel").order_by("pk")  # type: ignore[attr-defined, no-any-return]


def _what(row: Subscription) -> str:
    if row.department is not None:
        return row.department.text("name")
    if row.kpi is not None:
        return f"{row.kpi.code} {row.kpi.text('name')}"
    if row.objective is not None:
        return f"{row.objective.code} {row.objective.text('title')}"
    return _("everything that I may see") if row.channel_id is None else _("everything")


def _quiet(row: MuteWindow) -> Quiet:
    days = [str(name) for mask, name in WEEKDAYS if row.weekdays & mask]
    return Quiet(
        row.code,
        _("every day") if len(days) == len(WEEKDAYS) else ", ".join(days),
        row.from_time,
        row.to_time,
        row.starts_at,
        row.ends_at,
        row.reason,
        row.version,
    )
