"""Subscription (who wants to hear of what, and how) and MuteWindow (when nobody is to be disturbed)."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alerts.choices import DIGEST_HOUR, LEAST_SEVERITIES, ChannelKind, DueRhythm, Rhythm, RuleKind, Severity
from alerts.models.deliveries import Channel, keeps_the_post
from kpis.models import Kpi
from objectives.models import Objective
from organization.actors import Actor
from organization.models import Department, Organization, User, code_field, valid_timezone
from organization.scoping import ScopedQuerySet

PERSONAL = (ChannelKind.IN_APP, ChannelKind.EMAIL)


class SubscriptionQuerySet(ScopedQuerySet["Subscription"]):
    """One's own; those of channels are for those who keep the organization's post."""

    owner_fields = ("user_id",)

    def visible_to(self, actor: Actor) -> "SubscriptionQuerySet":
        channels = Q(channel__isnull=False) if keeps_the_post(actor) else Q(pk__in=[])
        return self.of_organization(actor).filter(self._owned(actor) | channels)

    editable_by = visible_to


class MuteWindowQuerySet(ScopedQuerySet["MuteWindow"]):
    """One's own and, to see, the organization's; those who keep the post edit these."""

    owner_fields = ("user_id",)

    def visible_to(self, actor: Actor) -> "MuteWindowQuerySet":
        return self.of_organization(actor).filter(self._owned(actor) | Q(user__isnull=True))

    def editable_by(self, actor: Actor) -> "MuteWindowQuerySet":
        everybody = Q(user__isnull=True) if keeps_the_post(actor) else Q(pk__in=[])
        return self.of_organization(actor).filter(self._owned(actor) | everybody)


class Subscription(models.Model):
    """A person or a channel wants the alerts of these kinds, of this part of the organization, from this severity on.

    No kinds = all kinds; no department, KPI or objective = everything that the person may see. `own` is the person's
    word on how they hear of what they own themselves (without one: by e-mail, at once, beside the portal), and it holds
    when they get the digest of what is due from them: `due_rhythm`, `due_hour` in `timezone` (empty: the
    organization's).
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    code = code_field()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    medium = models.CharField(
        _("by"), max_length=7, choices=[(kind.value, kind.label) for kind in PERSONAL], blank=True
    )
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, blank=True, related_name="subscriptions")
    own = models.BooleanField(_("what one owns"), default=False)
    rule_kinds = ArrayField(
        models.CharField(max_length=15, choices=RuleKind.choices), verbose_name=_("kinds"), default=list, blank=True
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    least_severity = models.CharField(_("from"), max_length=5, choices=LEAST_SEVERITIES, default=Severity.AMBER)
    rhythm = models.CharField(_("when"), max_length=7, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    enabled = models.BooleanField(_("enabled"), default=True)
    due_rhythm = models.CharField(
        _("digest of what is due"), max_length=6, choices=DueRhythm.choices, default=DueRhythm.DAILY
    )
    due_hour = models.PositiveSmallIntegerField(_("hour"), default=DIGEST_HOUR, validators=[MaxValueValidator(23)])
    timezone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[valid_timezone])
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="subscription_code_once"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, channel__isnull=True, medium__in=sorted(PERSONAL))
                | Q(user__isnull=True, channel__isnull=False, medium=""),
                name="subscription_one_receiver",
            ),
            models.UniqueConstraint(
                fields=["organization", "user", "medium"], condition=Q(own=True), name="subscription_own_once"
            ),
            models.CheckConstraint(condition=Q(own=False) | Q(user__isnull=False), name="subscription_own_of_person"),
            models.CheckConstraint(condition=Q(due_hour__lte=23), name="subscription_hour_of_day"),
        ]

    def __str__(self) -> str:
        return self.code


class MuteWindow(models.Model):
    """When a person, or everybody (no user), is not disturbed: every week at these local times, or once from … until.

    `weekdays` is a mask, Monday = 1, Tuesday = 2, … Sunday = 64. A weekly window whose end lies before its beginning
    goes on past midnight. What is due inside a person's window waits for its end; inside one of the organization it is
    not sent at all, and kept as muted.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    code = code_field()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    weekdays = models.PositiveSmallIntegerField(_("days"), default=0, validators=[MaxValueValidator(127)])
    from_time = models.TimeField(_("from"), null=True, blank=True)
    to_time = models.TimeField(_("to"), null=True, blank=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MuteWindowQuerySet.as_manager()

    class Meta:
        verbose_name = _("mute window")
        verbose_name_plural = _("mute windows")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="mute_window_code_once"),
            models.CheckConstraint(
                condition=Q(
                    weekdays__gte=1,
                    weekdays__lte=127,
                    from_time__isnull=False,
                    to_time__isnull=False,
                    starts_at__isnull=True,
                    ends_at__isnull=True,
                )
                | Q(
                    weekdays=0,
                    from_time__isnull=True,
                    to_time__isnull=True,
                    starts_at__isnull=False,
                    ends_at__gt=F("starts_at"),
                ),
                name="mute_window_weekly_or_once",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        if self.weekdays and self.from_time is not None and self.from_time == self.to_time:
            raise ValidationError({"to_time": ValidationError(_("The end equals the beginning."), "times")})
