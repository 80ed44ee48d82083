"""Channels, subscriptions, mute windows and deliveries through the API."""

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.api import post_serializers as shapes
from alerts.choices import ENDPOINT_KINDS, ChannelKind, DeliveryReason, DeliveryState
from alerts.endpoints import masked
from alerts.models import Channel, Delivery, MuteWindow, Subscription
from alerts.models.deliveries import POST_OFFICE
from alerts.services.channels import add_channel, change_channel, delete_channel, renew_secret, resume_channel
from alerts.services.deliveries import queue_test, repeat_delivery
from alerts.services.muting import add_mute_window, change_mute_window, delete_mute_window
from alerts.services.subscriptions import change_subscription, subscribe, unsubscribe
from alerts.tasks import ring_sender
from organization.api import filters as by
from organization.api.base import Resource, once
from organization.api.conditions import optional_version
from organization.api.pagination import Key, Listing, Row
from organization.api.plain import address, moment_text
from organization.api.refusals import invalid
from organization.choices import Role

Shown = dict[str, Any]

EVERYBODY: Final = frozenset(Role)

CHANNELS: Final = Listing(
    ("code", "name", "kind", "url", "enabled", "failures", "paused_at", "last_error", "updated_at", "version"),
    {"code": Key("code"), "name": Key("name"), "updated_at": Key("updated_at")},
)
SUBSCRIPTIONS: Final = Listing(
    (
        "code",
        "user__email",
        "medium",
        "channel__code",
        "own",
        "rule_kinds",
        "department__code",
        "kpi__code",
        "objective__code",
        "least_severity",
        "rhythm",
        "enabled",
        "updated_at",
        "version",
    ),
    {"code": Key("code"), "updated_at": Key("updated_at")},
)
MUTE_WINDOWS: Final = Listing(
    (
        "code",
        "user__email",
        "weekdays",
        "from_time",
        "to_time",
        "starts_at",
        "ends_at",
        "reason",
        "updated_at",
        "version",
    ),
    {"code": Key("code"), "updated_at": Key("updated_at")},
)
DELIVERIES: Final = Listing(
    (
        "id",
        "uid",
        "kind",
        "channel__code",
        "recipient__email",
        "group__code",
        "episode",
        "reason",
        "payload__message__subject",
        "state",
        "attempts",
        "next_at",
        "last_error",
        "created_at",
        "sent_at",
        "read_at",
    ),
    {"id": Key("id"), "created_at": Key("created_at")},
    ("-id",),
    "id",
)


class ChannelViews(Resource):
    """Where messages of the organization go: webhooks (signed as Standard Webhooks say), Slack, Teams."""

    model = Channel
    collection = "alert-channels"
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    listing = CHANNELS
    row_class = detail_class = shapes.ChannelRow
    input_class = shapes.ChannelInput
    editing_roles = POST_OFFICE
    detail_columns = CHANNELS.columns
    filters = by.named(
        [
            by.choice("kind", "kind", [kind for kind, label in ENDPOINT_KINDS]),
            by.flag("enabled", "enabled", "Whether it is on."),
        ]
    )

    def as_row(self, row: Row) -> Shown:
        shown = {**row, "address": masked(row["url"]), "url": address(self.base, row["code"])}
        return {**shown, "paused_at": moment_text(row["paused_at"]), "updated_at": moment_text(row["updated_at"])}

    as_detail = as_row

    @extend_schema(responses={201: shapes.ChannelCreated})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Add a channel. The secret of a webhook is in this answer, and nowhere else."""
        self.require_role(*self.editing_roles)
        self._refuse_key(request)
        channel, secret = add_channel(self.valid(self.input_class), actor=self.actor, at=self.at)
        return self._with_secret(channel, secret, 201)

    def change_one(self, row: Channel, changes: Shown, version: int | None) -> Channel:
        return change_channel(row, changes, actor=self.actor, at=self.at, version=version)

    def delete_one(self, row: Channel, version: int | None) -> None:
        delete_channel(row, actor=self.actor, at=self.at, version=version)

    def after_write(self) -> None:
        ring_sender()

    @extend_schema(operation_id="alert_channels_test", request=None, responses={202: shapes.DeliveryRow})
    @action(detail=True, methods=["post"])
    @once
    def test(self, request: Request, code: str) -> Response:
        """Send a test message; the delivery says whether it arrives."""
        channel: Channel = self._mine(code)
        delivery = queue_test(channel, actor=self.actor, at=self.at)
        ring_sender()
        values = DELIVERIES.read(Delivery.objects.filter(pk=delivery.pk))[0]
        base = self.request.build_absolute_uri("/api/v1/alert-deliveries/")
        return Response(delivery_row(values, base), status=202)

    @extend_schema(operation_id="alert_channels_resume", request=None, responses=shapes.ChannelRow)
    @action(detail=True, methods=["post"])
    @once
    def resume(self, request: Request, code: str) -> Response:
        """Let a paused channel send again."""
        channel = resume_channel(self._mine(code), actor=self.actor, at=self.at)
        ring_sender()
        body, etag = self.present(channel)
        return Response(body, headers={"ETag": etag})

    @extend_schema(operation_id="alert_channels_renew_secret", request=None, responses=shapes.ChannelCreated)
    @action(detail=True, methods=["post"], url_path="renew-secret")
    def renew(self, request: Request, code: str) -> Response:
        """A new secret for a webhook. It is in this answer, and nowhere else. `If-Match` is optional."""
        channel: Channel = self._mine(code)
        self._refuse_key(request)
        version = optional_version(request, channel.version)
        channel, secret = renew_secret(channel, actor=self.actor, at=self.at, version=version)
        return self._with_secret(channel, secret, 200)

    def _mine(self, code: str) -> Any:
        channel = self.found(code)
        self.require_role(*self.editing_roles)
        return channel

    def _refuse_key(self, request: Request) -> None:
        if request.headers.get("Idempotency-Key"):
            raise invalid("Idempotency-Key", _("The answer holds a secret and is not kept: send no key here."))

    def _with_secret(self, channel: Channel, secret: str, status: int) -> Response:
        body, etag = self.present(channel)
        headers = {"ETag": etag, "Cache-Control": "no-store", **({"Location": body["url"]} if status == 201 else {})}
        return Response({**body, "secret": secret}, status=status, headers=headers)


class SubscriptionViews(Resource):
    """Who wants to hear of what: one's own subscriptions; those of channels for those who keep the post."""

    model = Subscription
    collection = "alert-subscriptions"
    listing = SUBSCRIPTIONS
    row_class = detail_class = shapes.SubscriptionRow
    input_class = shapes.SubscriptionInput
    editing_roles = EVERYBODY
    detail_columns = SUBSCRIPTIONS.columns
    filters = by.named(
        [
            by.flag("enabled", "enabled", "Whether it is on."),
            by.reference("channel", "channel__code", "Code of the channel."),
        ]
    )

    def as_row(self, row: Row) -> Shown:
        names = {"user__email": "person", **{f"{name}__code": name for name in ("channel", "department", "kpi")}}
        names["objective__code"] = "objective"
        shown = {names.get(name, name): value for name, value in row.items()}
        return {**shown, "updated_at": moment_text(row["updated_at"]), "url": address(self.base, row["code"])}

    as_detail = as_row

    def create_one(self, fields: Shown) -> Subscription:
        return subscribe(fields, actor=self.actor, at=self.at)

    def change_one(self, row: Subscription, changes: Shown, version: int | None) -> Subscription:
        return change_subscription(row, changes, actor=self.actor, at=self.at, version=version)

    def delete_one(self, row: Subscription, version: int | None) -> None:
        unsubscribe(row, actor=self.actor, at=self.at, version=version)


class MuteWindowViews(Resource):
    """When a person gets no e-mail, or nothing is sent to anybody."""

    model = MuteWindow
    collection = "alert-mute-windows"
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    listing = MUTE_WINDOWS
    row_class = detail_class = shapes.MuteWindowRow
    input_class = shapes.MuteWindowInput
    editing_roles = EVERYBODY
    detail_columns = MUTE_WINDOWS.columns

    def as_row(self, row: Row) -> Shown:
        moments = {name: moment_text(row[name]) for name in ("starts_at", "ends_at", "updated_at")}
        times = {name: row[name].isoformat() if row[name] else None for name in ("from_time", "to_time")}
        shown = {("person" if name == "user__email" else name): value for name, value in row.items()}
        return {**shown, **moments, **times, "url": address(self.base, row["code"])}

    as_detail = as_row

    def create_one(self, fields: Shown) -> MuteWindow:
        everybody = bool(fields.pop("everybody", False))
        return add_mute_window(fields, everybody=everybody, actor=self.actor, at=self.at)

    def change_one(self, row: MuteWindow, changes: Shown, version: int | None) -> MuteWindow:
        if "everybody" in changes:
            raise invalid("everybody", _("Whose a window is does not change."))
        return change_mute_window(row, changes, actor=self.actor, at=self.at, version=version)

    def delete_one(self, row: MuteWindow, version: int | None) -> None:
        delete_mute_window(row, actor=self.actor, at=self.at, version=version)


class DeliveryViews(Resource):
    """What was to be sent, and what became of it: one's own, or all of it for those who keep the post."""

    model = Delivery
    collection = "alert-deliveries"
    http_method_names = ["get", "post", "head", "options"]
    listing = DELIVERIES
    row_class = detail_class = shapes.DeliveryRow
    detail_columns = DELIVERIES.columns
    conditional = False
    filters = by.named(
        [
            by.choice("state", "state", DeliveryState.values),
            by.choice("kind", "kind", ChannelKind.values),
            by.choice("reason", "reason", DeliveryReason.values),
            by.reference("channel", "channel__code", "Code of the channel."),
            by.reference("group", "group__code", "Code of the group of alerts."),
            by.moments("created", "created_at"),
        ]
    )

    def as_row(self, row: Row) -> Shown:
        return delivery_row(row, self.base)

    as_detail = as_row

    def addressed(self, code: str) -> QuerySet[Any]:
        try:
            return self.get_queryset().filter(uid=UUID(code))
        except ValueError:
            return self.get_queryset().none()

    @extend_schema(exclude=True)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Deliveries are written when something happens."""
        return self.http_method_not_allowed(request)

    @extend_schema(operation_id="alert_deliveries_repeat", request=None, responses=shapes.DeliveryRow)
    @action(detail=True, methods=["post"])
    @once
    def repeat(self, request: Request, code: str) -> Response:
        """Send again what was given up, has failed or was muted."""
        row = repeat_delivery(self.found(code), actor=self.actor, at=self.at)
        ring_sender()
        body, etag = self.present(row)
        return Response(body, headers={"ETag": etag})


def delivery_row(row: Row, base: str) -> Shown:
    return {
        "uid": str(row["uid"]),
        "kind": row["kind"],
        "channel": row["channel__code"],
        "person": row["recipient__email"],
        "group": row["group__code"],
        "episode": row["episode"],
        "reason": row["reason"],
        "subject": row["payload__message__subject"] or "",
        "state": row["state"],
        "attempts": row["attempts"],
        "next_at": moment_text(row["next_at"]),
        "last_error": row["last_error"],
        "created_at": moment_text(row["created_at"]),
        "sent_at": moment_text(row["sent_at"]),
        "read_at": moment_text(row["read_at"]),
        "url": address(base, str(row["uid"])),
    }
