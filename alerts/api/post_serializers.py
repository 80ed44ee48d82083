"""What the resources of channels, subscriptions, mute windows and deliveries take and show."""

from typing import Any

from rest_framework import serializers

from alerts.choices import (
    ENDPOINT_KINDS,
    LEAST_SEVERITIES,
    ChannelKind,
    DeliveryReason,
    DeliveryState,
    Rhythm,
    RuleKind,
)
from alerts.models import Channel, MuteWindow, Subscription
from kpis.models import Kpi
from objectives.models import Objective
from organization.api.fields import CodeField, departments
from organization.api.serializers import RecordInput
from organization.models import valid_code


class ChannelRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=ENDPOINT_KINDS)
    address = serializers.CharField(help_text="Scheme and host; the rest may be a key, and is not shown.")
    enabled = serializers.BooleanField()
    failures = serializers.IntegerField(help_text="In a row, up to now.")
    paused_at = serializers.DateTimeField(allow_null=True, help_text="It kept failing: what is due waits.")
    last_error = serializers.CharField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    url = serializers.URLField()


class ChannelCreated(ChannelRow):
    secret = serializers.CharField(help_text="Of a webhook (`whsec_…`), shown this once; empty for chats.")


class ChannelInput(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=100, validators=[valid_code])
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=ENDPOINT_KINDS)
    address = serializers.CharField(source="url", max_length=1000)
    enabled = serializers.BooleanField(required=False)


class SubscriptionRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    person = serializers.EmailField(allow_null=True)
    medium = serializers.CharField(help_text="in_app or email; empty for a channel.")
    channel = serializers.CharField(allow_null=True)
    own = serializers.BooleanField(help_text="The person's word on what they own themselves.")
    rule_kinds = serializers.ListField(child=serializers.ChoiceField(choices=RuleKind.choices))
    department = serializers.CharField(allow_null=True)
    kpi = serializers.CharField(allow_null=True)
    objective = serializers.CharField(allow_null=True)
    least_severity = serializers.ChoiceField(choices=LEAST_SEVERITIES)
    rhythm = serializers.ChoiceField(choices=Rhythm.choices)
    enabled = serializers.BooleanField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    url = serializers.URLField()


class SubscriptionInput(RecordInput):
    channel = CodeField(Channel.objects.visible_to, required=False, allow_null=True)
    department = CodeField(departments, required=False, allow_null=True)
    kpi = CodeField(Kpi.objects.visible_to, required=False, allow_null=True)
    objective = CodeField(Objective.objects.visible_to, required=False, allow_null=True)

    class Meta:
        model = Subscription
        fields = (
            "code",
            "medium",
            "channel",
            "rule_kinds",
            "department",
            "kpi",
            "objective",
            "least_severity",
            "rhythm",
            "enabled",
        )


class MuteWindowRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    person = serializers.EmailField(allow_null=True, help_text="Empty: everybody.")
    weekdays = serializers.IntegerField(help_text="A mask: Monday 1, Tuesday 2, Wednesday 4 … Sunday 64; 0 = once.")
    from_time = serializers.TimeField(allow_null=True, help_text="In the organization's zone.")
    to_time = serializers.TimeField(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    url = serializers.URLField()


class MuteWindowChange(RecordInput):
    class Meta:
        model = MuteWindow
        fields: tuple[str, ...] = ("code", "weekdays", "from_time", "to_time", "starts_at", "ends_at", "reason")


class MuteWindowInput(MuteWindowChange):
    everybody = serializers.BooleanField(
        required=False, default=False, help_text="For the whole organization: nothing is sent, and kept as muted."
    )

    class Meta(MuteWindowChange.Meta):
        fields = (*MuteWindowChange.Meta.fields, "everybody")


class DeliveryRow(serializers.Serializer[Any]):
    uid = serializers.UUIDField(help_text="Of a webhook, the `webhook-id` is `msg_` and this without dashes.")
    kind = serializers.ChoiceField(choices=ChannelKind.choices)
    channel = serializers.CharField(allow_null=True)
    person = serializers.EmailField(allow_null=True)
    group = serializers.CharField(allow_null=True, help_text="Code of the group of alerts.")
    episode = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=DeliveryReason.choices)
    subject = serializers.CharField(help_text="Empty until the first attempt.")
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    attempts = serializers.IntegerField()
    next_at = serializers.DateTimeField(allow_null=True)
    last_error = serializers.CharField()
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    read_at = serializers.DateTimeField(allow_null=True)
    url = serializers.URLField()
