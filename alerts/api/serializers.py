"""What the resources of alerts and rules take and show."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from alerts.api.rows import RULE_SETTINGS
from alerts.choices import (
    CLOSING_OUTCOMES,
    LEAST_SEVERITIES,
    AlertState,
    Outcome,
    RuleKind,
    Severity,
    ThresholdSide,
)
from alerts.models import AlertRule
from kpis.models import Kpi
from organization.actors import Actor
from organization.api.described import FigureField
from organization.api.fields import CodeField, PersonField, departments
from organization.api.serializers import RecordInput, TranslationsField


class AlertRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    rule = serializers.CharField()
    kind = serializers.ChoiceField(choices=RuleKind.choices)
    kpi = serializers.CharField(allow_null=True, help_text="The KPI it is about; else the objective.")
    objective = serializers.CharField(allow_null=True)
    initiative = serializers.CharField(allow_null=True)
    department = serializers.CharField(allow_null=True)
    owner = serializers.EmailField(allow_null=True)
    group = serializers.CharField(allow_null=True, help_text="What its owner is told of in one message.")
    severity = serializers.ChoiceField(choices=Severity.choices)
    state = serializers.ChoiceField(choices=AlertState.choices)
    holds = serializers.BooleanField(help_text="Whether the condition is true now; a closed alert may still hold.")
    facts = serializers.DictField(help_text="Figures as they stood when last compared, as text.")
    opened_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    pending_since = serializers.DateTimeField(allow_null=True, help_text="Since when the condition holds.")
    recovering_since = serializers.DateTimeField(allow_null=True, help_text="Since when it no longer holds.")
    snoozed_until = serializers.DateTimeField(allow_null=True)
    snoozed_by = serializers.EmailField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.EmailField(allow_null=True)
    escalation_level = serializers.IntegerField(help_text="How many steps up the departments it has come.")
    escalated_to = serializers.EmailField(allow_null=True)
    escalated_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.EmailField(allow_null=True)
    outcome = serializers.ChoiceField(choices=Outcome.choices, allow_blank=True)
    accepted_until = serializers.DateField(allow_null=True, help_text="The last day of an accepted deviation.")
    action_code = serializers.CharField(help_text="An initiative, or what will be done.")
    comment = serializers.CharField()
    version = serializers.IntegerField()
    url = serializers.URLField()


class AcknowledgeInput(serializers.Serializer[Any]):
    comment = serializers.CharField(required=False, allow_blank=True, default="")


class CloseInput(serializers.Serializer[Any]):
    comment = serializers.CharField(help_text="Why it can be closed.")
    outcome = serializers.ChoiceField(choices=CLOSING_OUTCOMES, required=False, default=Outcome.DECISION)
    accepted_until = serializers.DateField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The last day of an accepted deviation; needed with it. What still holds after it opens again.",
    )
    action_code = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=200, help_text="Needed with an action."
    )


class SnoozeInput(serializers.Serializer[Any]):
    until = serializers.DateTimeField(allow_null=True, help_text="Null ends the snooze now.")


class AssignInput(serializers.Serializer[Any]):
    owner = PersonField()


class ReopenInput(serializers.Serializer[Any]):
    pass


class GroupRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    number = serializers.IntegerField()
    owner = serializers.EmailField(allow_null=True)
    branch = serializers.CharField(
        allow_null=True, help_text="The department directly below the root of its tree; null for the organization."
    )
    alerts_open = serializers.IntegerField()
    alerts_red = serializers.IntegerField(help_text="Open and red.")
    opened_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    url = serializers.URLField()


class RuleRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=RuleKind.choices)
    department = serializers.CharField(allow_null=True, help_text="Watches it and everything below; empty = all.")
    kpi = serializers.CharField(allow_null=True, help_text="Watches this KPI alone, in place of what it inherits.")
    least_severity = serializers.ChoiceField(choices=LEAST_SEVERITIES)
    threshold = FigureField(allow_null=True)
    threshold_side = serializers.ChoiceField(
        choices=ThresholdSide.choices, allow_blank=True, help_text="On which side of the threshold a value is bad."
    )
    variance_pct = FigureField(help_text="As a share: 0.1 is 10 %.")
    variance_abs = FigureField(help_text="In the KPI's unit; both thresholds must be passed.")
    confidence_points = serializers.IntegerField(help_text="A drop of at least these points, or two falls in a row.")
    probability_below = FigureField(help_text="Of reaching the target, from the forecast.")
    burn_ahead = FigureField(help_text="Share of the budget spent beyond the progress.")
    hold_hours = serializers.IntegerField(help_text="How long the condition holds before it fires.")
    recovery_hours = serializers.IntegerField(help_text="How long it is over before the alert resolves.")
    escalate_after_hours = serializers.IntegerField(
        allow_null=True, help_text="Unacknowledged for so long, it goes to the next manager up the departments."
    )
    enabled = serializers.BooleanField()
    updated_at = serializers.DateTimeField()
    url = serializers.URLField()


class RuleDetail(RuleRow):
    translations = TranslationsField()
    version = serializers.IntegerField()


class DraftInput(RecordInput):
    """A rule that is not stored yet, as far as it says what to look for."""

    class Meta:
        model = AlertRule
        fields = (
            "kind",
            "least_severity",
            "threshold",
            "threshold_side",
            "variance_pct",
            "variance_abs",
            "probability_below",
            "hold_hours",
            "recovery_hours",
        )


class EffectiveRuleRow(RuleRow):
    inherited_from = serializers.CharField(
        allow_null=True, help_text="A department's code, `organization`, or null for a rule of the KPI itself."
    )
    replaces = serializers.ListField(child=serializers.CharField(), help_text="Rules further up that do not apply.")


class EffectiveRules(serializers.Serializer[Any]):
    effective = EffectiveRuleRow(many=True, help_text="By kind. One that is off silences what it replaces.")


def kpis(actor: Actor) -> QuerySet[Kpi]:
    return Kpi.objects.visible_to(actor)


class RuleInput(RecordInput):
    department = CodeField(departments, required=False, allow_null=True)
    kpi = CodeField(kpis, required=False, allow_null=True)

    class Meta:
        model = AlertRule
        fields = (
            "code",
            "name",
            "kind",
            "department",
            "kpi",
            *RULE_SETTINGS,
            "translations",
        )
