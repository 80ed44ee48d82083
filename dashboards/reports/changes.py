"""What changed since the reader's last visit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.models import Alert
from dashboards.models import Visit
from dashboards.reports.alerts import alert_rows
from dashboards.reports.links import initiative_url, objective_url
from dashboards.reports.strategic import StrategicRow
from initiatives.choices import Declared, Stage
from initiatives.models import Initiative, StatusUpdate
from objectives.models import CheckIn, Objective
from organization.actors import Actor
from organization.drawing import numbers
from organization.drawing.status import word_of
from organization.texts import local_text

WITHOUT_MARK: Final = timedelta(days=7)
"""How far back a reader looks who has never marked anything as seen."""

FARTHEST: Final = timedelta(days=30)
ROWS_SHOWN: Final = 7


@dataclass(frozen=True)
class Change:
    """One line of the feed. `icon` is drawn where there is no status."""

    at: datetime
    subject: str
    url: str
    text: str
    detail: str
    state: str = ""
    colour: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Changes:
    """The newest first, out of how many, since when; `is_marked` when the reader set the mark."""

    rows: tuple[Change, ...]
    total: int
    since: datetime
    is_marked: bool


def changes_since(actor: Actor, rows: Iterable[StrategicRow], *, at: datetime, language: str) -> Changes:
    """Status of strategic objectives, alerts, confidence, work (four queries, the mark included)."""
    mark = Visit.objects.filter(user=actor.user_id, organization=actor.organization_id).first()
    start = max(mark.seen_at, at - FARTHEST) if mark else at - WITHOUT_MARK
    found = [
        *_turns(rows, start),
        *_alerts(actor, start),
        *_check_ins(actor, start, language),
        *_updates(actor, start, language),
    ]
    found.sort(key=lambda change: change.at, reverse=True)
    return Changes(tuple(found[:ROWS_SHOWN]), len(found), start, mark is not None)


def _turns(rows: Iterable[StrategicRow], start: datetime) -> list[Change]:
    found = []
    for row in rows:
        if row.turn is None:
            continue
        at = timezone.make_aware(datetime.combine(row.turn.day, time(6)))
        if at >= start:
            words = {"before": word_of(row.turn.was_state, row.turn.was_colour), "now": word_of(row.state, row.colour)}
            text = _("moved from %(before)s to %(now)s") % words
            found.append(Change(at, row.code, row.url, text, row.title, row.state, row.colour))
    return found


def _alerts(actor: Actor, start: datetime) -> list[Change]:
    recent = Alert.objects.fired().visible_to(actor).filter(Q(opened_at__gte=start) | Q(ended_at__gte=start))
    found = []
    for row in alert_rows(recent.order_by("-changed_at", "-pk"), ROWS_SHOWN * 2):
        if row.has_recovered and row.ended_at:
            change = Change(row.ended_at, row.name, row.url, _("has recovered"), row.subject, "on_track", "green")
        elif row.opened_at >= start:
            change = Change(row.opened_at, row.name, row.url, row.kind, row.subject, row.state, row.colour)
        else:
            continue
        found.append(change)
    return found


def _check_ins(actor: Actor, start: datetime, language: str) -> list[Change]:
    """Where the owner's confidence moved."""
    rows = (
        CheckIn.objects.filter(objective__in=Objective.objects.visible_to(actor), at__gte=start)
        .exclude(confidence=None)
        .order_by("-at")
        .values_list(
            "at",
            "confidence",
            "previous_confidence",
            "comment",
            "author__name",
            "objective__code",
            "objective__title",
            "objective__translations",
        )[: ROWS_SHOWN * 4]
    )
    found = []
    for at, now, before, comment, author, code, title, texts in rows:
        if before is None or now is None or before == now:
            continue
        words = {"before": numbers.confidence(before, language), "now": numbers.confidence(now, language)}
        sentence = (
            _("confidence lowered from %(before)s to %(now)s")
            if now < before
            else _("confidence raised from %(before)s to %(now)s")
        )
        said = _("%(name)s: “%(comment)s”") % {"name": author, "comment": comment} if comment and author else ""
        detail = said or local_text(title, texts, "title")
        found.append(Change(at, code, objective_url(code), sentence % words, detail, icon="person"))
    return found[:ROWS_SHOWN]


def _updates(actor: Actor, start: datetime, language: str) -> list[Change]:
    """Finished, stopped or blocked work, and work that its manager declares off track."""
    loud = Q(stage__in=[Stage.DONE, Stage.ON_HOLD, Stage.CANCELLED]) | ~Q(blocker="") | Q(status=Declared.RED)
    rows = (
        StatusUpdate.objects.filter(loud, initiative__in=Initiative.objects.visible_to(actor), at__gte=start)
        .order_by("-at", "-pk")
        .values_list(
            "at",
            "stage",
            "status",
            "blocker",
            "progress",
            "initiative__code",
            "initiative__title",
            "initiative__translations",
        )[: ROWS_SHOWN * 2]
    )
    found: dict[str, Change] = {}
    for at, stage, _status, blocker, progress, code, title, texts in rows:
        text, look = _said(stage, blocker)
        detail = blocker or (numbers.percent(progress, 0, language) if progress is not None else "")
        name = local_text(title, texts, "title")
        more = " · ".join(part for part in (code, detail) if part)
        change = Change(at, name, initiative_url(code), text, more, **look)
        found.setdefault(code, change)
    return list(found.values())


def _said(stage: str, blocker: str) -> tuple[str, dict[str, Any]]:
    if stage == Stage.DONE:
        return _("is done"), {"state": "done"}
    if stage == Stage.CANCELLED:
        return _("was cancelled"), {"state": "cancelled"}
    if stage == Stage.ON_HOLD:
        return _("is on hold"), {"state": "on_hold"}
    if blocker:
        return _("is blocked"), {"icon": "stopped"}
    return _("is off track"), {"state": "off_track", "colour": "red"}
