"""Writing who is told of what, and what people do with what was written. The rows are the messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from alerts.choices import DIGEST_HOUR, REPEATABLE_STATES, ChannelKind, DeliveryReason, DeliveryState, Rhythm
from alerts.matching import groups_wanted
from alerts.messages import Message
from alerts.models import AlertGroup, Channel, Delivery
from alerts.quiet import next_morning
from alerts.services.recipients import People, people_of, subscribers_of, traits_of
from audit.services import Entry, record_event
from organization.actors import Actor
from organization.models import Organization, User
from organization.records import Conflict

WRITTEN_AT_ONCE: Final = 2000


@dataclass(frozen=True)
class Escalated:
    """The alerts of one episode of a group have come up to a person."""

    group: AlertGroup
    user_id: int
    level: int
    episode: int


def queue_group_deliveries(groups: Iterable[AlertGroup], *, at: datetime) -> None:
    """Tell owners and subscribers of each group's present episode, at its `tell_at`. Twice is once.

    The groups are of one organization. Called in the transaction in which their alerts were written; a number of
    statements that depends neither on how many groups and alerts there are, nor on how many listen.
    """
    told = list(groups)
    if not told:
        return
    organization_id = told[0].organization_id
    people = people_of({group.owner_id for group in told if group.owner_id is not None}, organization_id)
    queue = _Queue(organization_id, at)
    for group in told:
        if group.owner_id in people.active:
            queue.tell_owner(group, group.owner_id, people)
    subscribers = subscribers_of(organization_id)
    traits = traits_of(told, subscribers, at=at)
    for one in subscribers:
        wanted = groups_wanted(one.wish, one.sight, traits)
        for group in told:
            if group.pk in wanted:
                queue.tell(group, one.kind, one.rhythm, user_id=one.user_id, channel_id=one.channel_id)
    queue.write()


def queue_escalation_deliveries(escalated: Iterable[Escalated], *, at: datetime) -> None:
    """Tell each person, at once, what has come up to them: once per group, episode and level, in the portal and by
    e-mail unless they have switched that off."""
    all_of_them = list(escalated)
    if not all_of_them:
        return
    organization_id = all_of_them[0].group.organization_id
    people = people_of({one.user_id for one in all_of_them}, organization_id)
    queue = _Queue(organization_id, at)
    for one in all_of_them:
        if one.user_id in people.active:
            queue.tell_escalated(one, people)
    queue.write()


def queue_letter(
    user: User,
    message: Message,
    *,
    organization_id: int,
    key: str,
    reason: DeliveryReason,
    at: datetime,
    due: datetime | None = None,
) -> None:
    """Send a finished message to a person by e-mail, with all that deliveries have: quiet hours, retries, tracking.

    `key` says which one it is: the same key is sent once, whoever asks for it and how often. `due`: not before.
    """
    queue = _Queue(organization_id, at)
    if user.is_active and not user.is_service and mail_is_on():
        name = f"letter:{key}:user:{user.pk}:email"
        letter = queue.row(name, ChannelKind.EMAIL, reason, due or at, user_id=user.pk)
        letter.payload = {"message": message.as_json(), "data": {}}
    queue.write()


def queue_test(channel: Channel, *, actor: Actor, at: datetime) -> Delivery:
    """One test message to a channel, also while it is paused; two at the same moment are one."""
    with transaction.atomic():
        queue = _Queue(channel.organization_id, at)
        key = f"test:channel:{channel.pk}:{at.isoformat()}"
        queue.row(key, channel.kind, DeliveryReason.TEST, at, channel_id=channel.pk)
        queue.write()
        record_event(Entry("channel.tested", "channel", channel.code, None, {}), actor=actor, at=at)
    return Delivery.objects.get(organization_id=channel.organization_id, key=key)


def repeat_delivery(delivery: Delivery, *, actor: Actor, at: datetime) -> Delivery:
    """Send again what was given up, failed or muted, with all its attempts anew. Twice is once."""
    with transaction.atomic():
        row = Delivery.objects.select_for_update(no_key=True, of=("self",)).get(pk=delivery.pk)
        if not Delivery.objects.editable_by(actor).filter(pk=row.pk).exists():
            raise PermissionDenied(_("Your role does not allow this here."))
        if row.state == DeliveryState.WAITING and row.attempts == 0:
            return row
        if row.state not in REPEATABLE_STATES:
            state = {"state": DeliveryState(row.state).label}
            raise Conflict(_("Only what was given up, has failed or was muted is sent again: %(state)s.") % state)
        before = {"state": row.state, "attempts": row.attempts}
        row.state, row.attempts, row.next_at = DeliveryState.WAITING, 0, at
        row.save(update_fields=["state", "attempts", "next_at"])
        after = {"state": row.state, "attempts": 0}
        record_event(Entry("delivery.repeated", "delivery", str(row.uid), before, after), actor=actor, at=at)
    return row


def mark_read(actor: Actor, *, at: datetime, uids: Sequence[UUID] | None = None) -> int:
    """The person has read these messages (None = all) in the portal; returns how many were unread. Twice is once."""
    with transaction.atomic():
        unread = Delivery.objects.inbox_of(actor).filter(read_at__isnull=True)
        if uids is not None:
            unread = unread.filter(uid__in=uids)
        ids = list(unread.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
        if ids:
            Delivery.objects.filter(pk__in=ids).update(read_at=at)
            entry = Entry("deliveries.read", "user", actor.label, None, {"messages": len(ids)})
            record_event(entry, actor=actor, at=at)
    return len(ids)


def mail_is_on() -> bool:
    """Whether this portal sends e-mail at all."""
    return not settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend")


class _Queue:
    """Rows to be written, each key once."""

    def __init__(self, organization_id: int, at: datetime) -> None:
        self._organization_id = organization_id
        self._at = at
        self._rows: dict[str, Delivery] = {}
        self._morning: datetime | None = None

    def tell_owner(self, group: AlertGroup, user_id: int, people: People) -> None:
        self.tell(group, ChannelKind.IN_APP, Rhythm.AT_ONCE, user_id=user_id)
        if rhythm := people.rhythm_of_mail(user_id):
            self.tell(group, ChannelKind.EMAIL, rhythm, user_id=user_id)

    def tell(
        self, group: AlertGroup, kind: str, rhythm: str, *, user_id: int | None = None, channel_id: int | None = None
    ) -> None:
        """At the group's moment, or in the receiver's next digest."""
        who = f"user:{user_id}" if user_id is not None else f"channel:{channel_id}"
        if rhythm == Rhythm.DIGEST:
            due = self._next_morning()
            key, reason = f"digest:{who}:{kind}:{due:%Y-%m-%d}", DeliveryReason.DIGEST
            self.row(key, kind, reason, due, user_id=user_id, channel_id=channel_id)
            return
        key, reason = f"group:{group.pk}:{who}:{kind}:opened:{group.episode}", DeliveryReason.OPENED
        row = self.row(key, kind, reason, group.tell_at, user_id=user_id, channel_id=channel_id)
        row.group, row.episode = group, group.episode

    def tell_escalated(self, one: Escalated, people: People) -> None:
        kinds = [ChannelKind.IN_APP]
        if people.rhythm_of_mail(one.user_id):
            kinds.append(ChannelKind.EMAIL)
        for kind in kinds:
            key = f"group:{one.group.pk}:user:{one.user_id}:{kind.value}:escalated:{one.episode}:{one.level}"
            row = self.row(key, kind, DeliveryReason.ESCALATED, self._at, user_id=one.user_id)
            row.group, row.episode = one.group, one.episode

    def row(
        self,
        key: str,
        kind: str,
        reason: DeliveryReason,
        due: datetime,
        *,
        user_id: int | None = None,
        channel_id: int | None = None,
    ) -> Delivery:
        """The row with this key, to be filled."""
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = Delivery(
                organization_id=self._organization_id,
                key=key,
                kind=kind,
                recipient_id=user_id,
                channel_id=channel_id,
                reason=reason,
                next_at=due,
                created_at=self._at,
            )
        return row

    def write(self) -> None:
        """One statement for two thousand rows; what is there already stays as it is."""
        mail = mail_is_on()
        rows = [row for row in self._rows.values() if mail or row.kind != ChannelKind.EMAIL]
        Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=WRITTEN_AT_ONCE)

    def _next_morning(self) -> datetime:
        if self._morning is None:
            name = Organization.objects.values_list("timezone", flat=True).get(pk=self._organization_id)
            self._morning = next_morning(self._at, ZoneInfo(name), DIGEST_HOUR)
        return self._morning
