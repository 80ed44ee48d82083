"""Writing the digest of what is due: one letter to a person and day, none when there is nothing to do.

A person's turn is a row: a worker holds it, looks once a day what is due, and leaves the letter with the deliveries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from django.db import transaction
from django.utils import timezone, translation

from alerts.choices import DIGEST_HOUR, ChannelKind, DeliveryReason, DueRhythm
from alerts.models import Subscription
from alerts.services.deliveries import mail_is_on, queue_letter
from alerts.services.digests import take_digest, waiting_digests
from dashboards.agenda import FRIDAY
from dashboards.models import DigestTurn
from dashboards.services.digest_words import Reader, digest_of
from dashboards.services.week import due_of
from organization.models import Membership, Organization, User, actor_of

logger = structlog.get_logger(__name__)

LEAD: Final = timedelta(minutes=10)
"""It is written so long before it is sent, ahead of the digest of alerts that goes with it."""

LATEST: Final = timedelta(hours=5)
"""A portal that was down in the morning still sends it until then; after that it waits for the next day."""

BATCH: Final = 50

Place = tuple[int, int]
"""An organization and a person."""


@dataclass(frozen=True)
class _Turn:
    """Whose turn it is, on which local day, when the letter is due, and how they read."""

    organization_id: int
    user_id: int
    day: date
    due: datetime
    zone: ZoneInfo


def write_digests(*, at: datetime, limit: int = BATCH) -> int:
    """Write the digests of those whose hour it is, at the most `limit`; returns how many turns were taken.

    Locks the turn of one person after the other and skips what other workers hold. Twice is once: the turn keeps its
    day, and the letter its name. One person whose digest cannot be made does not hold up the others.
    """
    if not mail_is_on():
        return 0
    turns = list(_turns(at))
    known = [DigestTurn(organization_id=turn.organization_id, user_id=turn.user_id) for turn in turns]
    DigestTurn.objects.bulk_create(known, ignore_conflicts=True, batch_size=1000)
    taken = 0
    for turn in turns:
        if taken >= limit:
            break
        try:
            taken += _take(turn, at=at)
        except Exception:  # the next one must get theirs; this one is tried again at the next tick
            logger.exception("digest cannot be made", user=turn.user_id, organization=turn.organization_id)
    return taken


def _turns(at: datetime) -> Iterator[_Turn]:
    """Everybody whose hour it is and whose day is not taken yet: four queries."""
    wishes = _wishes()
    taken = {(row[0], row[1]): row[2] for row in DigestTurn.objects.values_list("organization_id", "user_id", "day")}
    folded = _folded(at)
    members = Membership.objects.filter(user__is_active=True, user__is_service=False).order_by("organization", "user")
    places = members.values_list("organization_id", "user_id", "organization__timezone").distinct()
    for organization_id, user_id, home in places:
        place = (organization_id, user_id)
        rhythm, hour, zone_name = wishes.get(place, (DueRhythm.DAILY.value, DIGEST_HOUR, ""))
        zone = _zone(zone_name, home)
        day = at.astimezone(zone).date()
        due = datetime.combine(day, time(hour), tzinfo=zone)
        if place in folded:
            due = min(due, folded[place])
        last = taken.get(place)
        if _is_day(rhythm, day) and due - LEAD <= at <= due + LATEST and (last is None or last < day):
            yield _Turn(organization_id, user_id, day, max(due, at), zone)


def _folded(at: datetime) -> dict[Place, datetime]:
    """When a digest of alerts is about to be sent."""
    rows = waiting_digests(until=at + LEAD).values_list("organization_id", "recipient_id", "next_at")
    found: dict[Any, Any] = {(organization_id, user_id): due for organization_id, user_id, due in rows}
    return found


def _zone(name: str, home: str) -> ZoneInfo:
    """The person's own; the organization's where that is not known any more."""
    try:
        return ZoneInfo(name or home)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(home)


def _wishes() -> dict[Place, tuple[str, int, str]]:
    rows = Subscription.objects.filter(own=True, medium=ChannelKind.EMAIL)
    names = ("organization_id", "user_id", "due_rhythm", "due_hour", "timezone")
    found: dict[Any, tuple[str, int, str]] = {
        (organization_id, user_id): (rhythm, hour, zone)
        for organization_id, user_id, rhythm, hour, zone in rows.values_list(*names)
    }
    return found


def _is_day(rhythm: str, day: date) -> bool:
    if rhythm == DueRhythm.OFF:
        return False
    return day.weekday() <= FRIDAY if rhythm == DueRhythm.DAILY else day.weekday() == 0


def _take(turn: _Turn, *, at: datetime) -> bool:
    """Look what is due from the person and leave the letter; False when another worker was quicker."""
    with transaction.atomic():
        rows = DigestTurn.objects.filter(organization_id=turn.organization_id, user_id=turn.user_id)
        row = rows.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
        if row is None or (row.day is not None and row.day >= turn.day):
            return False
        row.day = turn.day
        row.save(update_fields=["day"])
        _write(turn, at=at)
    return True


def _write(turn: _Turn, *, at: datetime) -> None:
    organization = Organization.objects.get(pk=turn.organization_id)
    user = User.objects.get(pk=turn.user_id)
    actor = actor_of(user, organization)
    dues = due_of(actor, organization, at=at) if actor is not None else []
    if not dues:
        return
    language = user.language or organization.language
    with translation.override(language), timezone.override(turn.zone):
        alerts = take_digest(user.pk, organization_id=organization.pk, until=turn.due + LEAD, at=at)
        message = digest_of(dues, Reader(organization, language, turn.day), alerts=alerts)
        queue_letter(
            user,
            message,
            organization_id=organization.pk,
            key=f"week:{turn.day.isoformat()}",
            reason=DeliveryReason.DIGEST,
            at=at,
            due=turn.due,
        )
