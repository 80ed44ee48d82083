"""Channel (an organization's endpoint) and Delivery (one tracked sending)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alerts.choices import ChannelKind, DeliveryReason, DeliveryState
from alerts.models.groups import AlertGroup
from organization.models import Organization, User, code_field
from organization.scoping import ScopedQuerySet


class ChannelQuerySet(ScopedQuerySet["Channel"]):
    """Endpoints belong to the whole organization: only a role for all of it sees and edits them."""

    owner_fields = ()

    def shared_by_all(self) -> Q:
        return Q(pk__in=[])

    def _below(self, paths: list[str]) -> Q:
        return Q(pk__in=[])


class Channel(models.Model):
    """Where messages of the organization go. The secret is written, never shown again."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    code = code_field()
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=7, choices=ChannelKind.choices)
    url = models.URLField(_("address"), max_length=1000, blank=True)
    secret = models.TextField(_("secret"), blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
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
    path_field = "group__branch__path"
    owner_fields = ("recipient_id",)

    def shared_by_all(self) -> Q:
        return Q(pk__in=[])


class Delivery(models.Model):
    """One message to one recipient: written with what it tells of, sent later, tried again, given up after a while.

    `key` makes it unique: the same group, recipient, reason and episode are one delivery whoever writes it, and when.
    `uid` names it towards the receiver and in addresses.
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
        ]

    def __str__(self) -> str:
        return self.key
