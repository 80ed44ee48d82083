"""Channel (an organization's endpoint) and Delivery (one tracked sending)."""

import uuid
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alerts.choices import ENDPOINT_KINDS, ChannelKind, DeliveryReason, DeliveryState
from alerts.models.groups import AlertGroup
from organization.actors import Actor
from organization.choices import Role
from organization.models import Organization, User, code_field
from organization.scoping import ScopedQuerySet

POST_OFFICE: Final = frozenset({Role.ADMIN, Role.STRATEGY_OFFICE})
"""Who, with such a role in the whole organization, keeps its channels and sees all that is sent."""


def keeps_the_post(actor: Actor) -> bool:
    """Whether the actor is one of them."""
    return actor.paths(POST_OFFICE) is None


class ChannelQuerySet(ScopedQuerySet["Channel"]):
    """Endpoints belong to the whole organization: only those who keep its post see and edit them."""

    def visible_to(self, actor: Actor) -> "ChannelQuerySet":
        return self.of_organization(actor) if keeps_the_post(actor) else self.none()

    editable_by = visible_to


class Channel(models.Model):
    """Where messages of the organization go. The secret is shown once, when it is made.

    The sender counts failures in a row; after too many of them the channel is paused until somebody resumes it.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    code = code_field()
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=7, choices=ENDPOINT_KINDS)
    url = models.URLField(_("address"), max_length=1000)
    secret = models.TextField(_("secret"), blank=True, editable=False)
    enabled = models.BooleanField(_("enabled"), default=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="channel_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class DeliveryQuerySet(ScopedQuerySet["Delivery"]):
    """One's own messages; those who keep the organization's post see that of others too."""

    owner_fields = ("recipient_id",)

    def visible_to(self, actor: Actor) -> "DeliveryQuerySet":
        rows = self.of_organization(actor)
        return rows if keeps_the_post(actor) else rows.filter(self._owned(actor))

    editable_by = visible_to

    def inbox_of(self, actor: Actor) -> "DeliveryQuerySet":
        """What has reached the person inside the portal."""
        mine = self.of_organization(actor).filter(recipient_id=actor.user_id)
        return mine.filter(kind=ChannelKind.IN_APP, state=DeliveryState.SENT)


class Delivery(models.Model):
    """One message to one recipient: written with what it tells of, sent later, tried again, given up after a while.

    `key` makes it unique: the same group, recipient, reason and episode are one delivery whoever writes it, and when.
    `uid` names it towards the receiver and in addresses. `next_at` is when it is due; of one that is being sent, when
    it is taken for abandoned. `payload` is what it says, written before the first attempt and the same at each.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=200)
    kind = models.CharField(_("kind"), max_length=7, choices=ChannelKind.choices)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(AlertGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries")
    episode = models.PositiveIntegerField(default=0)
    reason = models.CharField(_("reason"), max_length=9, choices=DeliveryReason.choices)
    payload = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=7, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="delivery_once")]
        indexes = [
            # used by the sender to claim what is due
            models.Index(fields=["next_at", "id"], name="delivery_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["organization", "state", "-id"], name="delivery_list"),  # the page of deliveries
            models.Index(fields=["recipient", "-id"], name="delivery_recipient"),  # one's own
            # used by every page to count what is unread
            models.Index(
                fields=["recipient", "organization"],
                name="delivery_unread",
                condition=Q(kind="in_app", state="sent", read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.key
