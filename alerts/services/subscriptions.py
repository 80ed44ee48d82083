"""Who wants to hear of what: subscriptions of people and channels, and a person's word on what they own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alerts.choices import ChannelKind, DueRhythm, Rhythm
from alerts.models import Subscription
from organization.actors import Actor
from organization.models import Organization, User, actor_of
from organization.records import change_record, create_record, delete_record, lock_row
from organization.services import next_code

PLACES = ("department", "kpi", "objective")


def subscribe(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> Subscription:
    """A subscription of the actor, or of a channel where `channel` is given and the actor keeps the post."""
    with transaction.atomic():
        wanted = dict(fields)
        if wanted.get("channel") is None:
            wanted["user_id"] = _person(actor)
        wanted["code"] = wanted.get("code") or next_code(Subscription, "SUB", organization_id=actor.organization_id)
        _check(wanted)
        return create_record(Subscription, wanted, actor=actor, at=at)


def change_subscription(
    row: Subscription, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> Subscription:
    """Change what is wanted, how, or whether it is on. Whose it is stays."""
    with transaction.atomic():
        now = {name: getattr(row, name) for name in (*PLACES, "channel", "medium")} | dict(changes)
        if now["channel"] != row.channel:
            said = ValidationError(_("The channel of a subscription does not change."), "channel")
            raise ValidationError({"channel": said})
        _check(now)
        return change_record(row, changes, actor=actor, at=at, version=version)


def unsubscribe(row: Subscription, *, actor: Actor, at: datetime, version: int | None) -> None:
    """Delete a subscription."""
    delete_record(row, actor=actor, at=at, version=version)


def choose_own_mail(choice: str, *, actor: Actor, at: datetime) -> Subscription:
    """How the actor hears by e-mail of what they own: at_once, digest or off. Twice the same is once."""
    if choice not in (*Rhythm.values, "off"):
        raise ValidationError({"choice": ValidationError(_("Choose one of them."), "choice")})
    return _say_own_mail(_person(actor), choice, actor=actor, at=at)


def choose_due_mail(rhythm: str, *, hour: int, timezone: str, actor: Actor, at: datetime) -> Subscription:
    """When the actor gets the digest of what is due from them: daily, weekly or off; at which hour, in which zone.

    An empty zone is the organization's. Twice the same is once.
    """
    said = {"due_rhythm": rhythm, "due_hour": hour, "timezone": timezone.strip()}
    return _say_own(_person(actor), said, actor=actor, at=at)


def stop_mail(user: User, organization: Organization, *, at: datetime) -> bool:
    """Stop every e-mail about alerts of this organization to the person, and the digest, as a link in an e-mail asks
    for.

    What they see in the portal stays. Returns whether the person belongs to the organization. Twice is once.
    """
    actor = actor_of(user, organization)
    if actor is None:
        return False
    with transaction.atomic():
        _say_own_mail(user.pk, "off", actor=actor, at=at)
        _say_own(user.pk, {"due_rhythm": DueRhythm.OFF.value}, actor=actor, at=at)
        rows = Subscription.objects.filter(
            organization=organization, user=user, medium=ChannelKind.EMAIL, own=False, enabled=True
        )
        for row in rows.order_by("pk"):
            change_record(row, {"enabled": False}, actor=actor, at=at, version=None)
    return True


def _say_own_mail(user_id: int, choice: str, *, actor: Actor, at: datetime) -> Subscription:
    said = {"enabled": choice != "off"} | ({"rhythm": choice} if choice != "off" else {})
    return _say_own(user_id, said, actor=actor, at=at)


def _say_own(user_id: int, said: dict[str, Any], *, actor: Actor, at: datetime) -> Subscription:
    """Change, or make, the person's word on what they get by e-mail."""
    with transaction.atomic():
        code = next_code(Subscription, "SUB", organization_id=actor.organization_id)
        whose = {"organization_id": actor.organization_id, "user_id": user_id, "own": True, "medium": ChannelKind.EMAIL}
        row = Subscription.objects.filter(**whose).first()
        if row is None:
            return create_record(Subscription, {**whose, **said, "code": code}, actor=actor, at=at)
        row = lock_row(row, version=None)
        return change_record(row, said, actor=actor, at=at, version=None)


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise PermissionDenied(_("Only people have subscriptions of their own."))
    return actor.user_id


def _check(fields: Mapping[str, Any]) -> None:
    """One way to be told; one thing at the most: a part of the organization, a KPI or an objective."""
    if fields.get("channel") is None and not fields.get("medium"):
        raise ValidationError({"medium": ValidationError(_("Say how: in the portal or by e-mail."), "required")})
    if fields.get("channel") is not None and fields.get("medium"):
        raise ValidationError({"medium": ValidationError(_("A channel has its own way."), "medium")})
    if sum(fields.get(name) is not None for name in PLACES) > 1:
        said = ValidationError(_("Choose a department, a KPI or an objective, not several."), "one_place")
        raise ValidationError({"department": said})
