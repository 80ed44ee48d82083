"""The organization's channels. Neither secrets nor the addresses of chats, which are keys, reach the ledger."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alerts.choices import DUE_STATES, ChannelKind
from alerts.endpoints import fault_of, masked
from alerts.models import Channel, Delivery
from alerts.signing import new_secret
from audit.services import Entry, record_event
from organization.actors import Actor
from organization.records import Conflict, difference, insert_checked, lock_row, require_editable
from organization.services import next_code

RECOVERED: Final[dict[str, Any]] = {"failures": 0, "failing_since": None, "paused_at": None, "last_error": ""}


def add_channel(fields: Mapping[str, Any], *, actor: Actor, at: datetime) -> tuple[Channel, str]:
    """A new channel, and the secret of a webhook, which is not shown again (empty for chats)."""
    with transaction.atomic():
        code = fields.get("code") or next_code(Channel, "CH", organization_id=actor.organization_id)
        channel = Channel(**{**fields, "organization_id": actor.organization_id, "code": code})
        _check(channel)
        if channel.kind == ChannelKind.WEBHOOK:
            channel.secret = new_secret()
        insert_checked(channel)
        require_editable(channel, actor=actor)
        record_event(Entry("channel.created", "channel", channel.code, None, _state(channel)), actor=actor, at=at)
    return channel, channel.secret


def change_channel(
    channel: Channel, changes: Mapping[str, Any], *, actor: Actor, at: datetime, version: int | None
) -> Channel:
    """Change name, address, or whether it is on. Its kind stays. A new address begins without failures, unpaused."""
    with transaction.atomic():
        row = lock_row(channel, version=version)
        require_editable(row, actor=actor)
        if changes.get("kind", row.kind) != row.kind:
            raise ValidationError({"kind": ValidationError(_("The kind of a channel does not change."), "kind")})
        before, old_url = _state(row), row.url
        for name, value in changes.items():
            setattr(row, name, value)
        moved = row.url != old_url
        if _state(row) == before and not moved:
            return row
        _check(row)
        row.version += 1
        if moved:
            _begin_anew(row, at=at)
        row.full_clean()
        row.save()
        was, now = difference(before, {**_state(row), **({"address": "changed"} if moved else {})})
        record_event(Entry("channel.changed", "channel", row.code, was, now), actor=actor, at=at)
    return row


def renew_secret(channel: Channel, *, actor: Actor, at: datetime, version: int | None) -> tuple[Channel, str]:
    """A new secret for a webhook, shown this once; from now on only it signs."""
    with transaction.atomic():
        row = lock_row(channel, version=version)
        require_editable(row, actor=actor)
        if row.kind != ChannelKind.WEBHOOK:
            raise Conflict(_("Only webhooks are signed."))
        row.secret = new_secret()
        row.version += 1
        row.save(update_fields=["secret", "version", "updated_at"])
        record_event(Entry("channel.secret_renewed", "channel", row.code, None, {}), actor=actor, at=at)
    return row, row.secret


def resume_channel(channel: Channel, *, actor: Actor, at: datetime) -> Channel:
    """Send again what waits for a paused channel, at once. One that is not paused stays as it is."""
    with transaction.atomic():
        row = lock_row(channel, version=None)
        require_editable(row, actor=actor)
        if row.paused_at is None:
            return row
        before = {"paused_at": row.paused_at, "failures": row.failures}
        _begin_anew(row, at=at)
        row.save(update_fields=list(RECOVERED))
        after = {"paused_at": None, "failures": 0}
        record_event(Entry("channel.resumed", "channel", row.code, before, after), actor=actor, at=at)
    return row


def delete_channel(channel: Channel, *, actor: Actor, at: datetime, version: int | None) -> None:
    """Delete a channel and its subscriptions; one to which something was sent is kept, and can be switched off."""
    with transaction.atomic():
        row = lock_row(channel, version=version)
        require_editable(row, actor=actor)
        if Delivery.objects.filter(channel=row).exists():
            raise Conflict(_("Messages were sent to %(channel)s. Switch it off instead.") % {"channel": row.code})
        entry = Entry("channel.deleted", "channel", row.code, _state(row), None)
        row.delete()
        record_event(entry, actor=actor, at=at)


def _begin_anew(row: Channel, *, at: datetime) -> None:
    for name, value in RECOVERED.items():
        setattr(row, name, value)
    Delivery.objects.filter(channel=row, state__in=DUE_STATES, next_at__gt=at).exclude(state="sending").update(
        next_at=at
    )


def _check(channel: Channel) -> None:
    """The address is one that may be called."""
    fault = fault_of(channel.url or "", private_allowed=settings.OUTGOING_PRIVATE)
    said = {
        "scheme": _("The address begins with https://."),
        "user": _("The address has no user name and no password."),
        "host": _("The address names no host."),
        "private": _("The address lies in a private network."),
    }
    if fault:
        raise ValidationError({"url": ValidationError(said[fault], fault)})


def _state(channel: Channel) -> dict[str, Any]:
    """What the ledger may know."""
    return {"name": channel.name, "kind": channel.kind, "address": masked(channel.url), "enabled": channel.enabled}
