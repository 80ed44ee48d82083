"""What the resources of alerts and rules take and show."""

from typing import Any

from rest_framework import serializers

from alerts.choices import LEAST_SEVERITIES, AlertState, RuleKind, Severity
from alerts.models import AlertRule
from organization.api.described import FigureField
from organization.api.fields import CodeField, departments
from organization.api.serializers import RecordInput, TranslationsField


class AlertRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    rule = serializers.CharField()
    kind = serializers.ChoiceField(choices=RuleKind.choices)
    kpi = serializers.CharField(allow_null=True, help_text="The KPI it is about; else the objective.")
    objective = serializers.CharField(allow_null=True)
    department = serializers.CharField(allow_null=True)
    owner = serializers.EmailField(allow_null=True)
    severity = serializers.ChoiceField(choices=Severity.choices)
    state = serializers.ChoiceField(choices=AlertState.choices)
    holds = serializers.BooleanField(help_text="Whether the condition is true now; a closed alert may still hold.")
    facts = serializers.DictField(help_text="Figures as they stood when last compared, as text.")
    opened_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.EmailField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.EmailField(allow_null=True)
    comment = serializers.CharField()
    version = serializers.IntegerField()
    url = serializers.URLField()


class AcknowledgeInput(serializers.Serializer[Any]):
    comment = serializers.CharField(required=False, allow_blank=True, default="")


class CloseInput(serializers.Serializer[Any]):
    comment = serializers.CharField(help_text="Why it can be closed.")


class RuleRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=RuleKind.choices)
    department = serializers.CharField(allow_null=True, help_text="Watches it and everything below; empty = all.")
    least_severity = serializers.ChoiceField(choices=LEAST_SEVERITIES)
    variance_pct = FigureField(help_text="As a share: 0.1 is 10 %.")
    variance_abs = FigureField(help_text="In the KPI's unit; both thresholds must be passed.")
    enabled = serializers.BooleanField()
    updated_at = serializers.DateTimeField()
    url = serializers.URLField()


class RuleDetail(RuleRow):
    translations = TranslationsField()
    version = serializers.IntegerField()


class RuleInput(RecordInput):
    department = CodeField(departments, required=False, allow_null=True)

    class Meta:
        model = AlertRule
        fields = (
            "code",
            "name",
            "kind",
            "department",
            "least_severity",
            "variance_pct",
            "variance_abs",
            "enabled",
            "translations",
        )
