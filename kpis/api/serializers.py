"""What the measured quantities take and show."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from kpis.choices import Direction, Frequency, Freshness, Kind, TimeAggregation, Trajectory, UnitAggregation
from kpis.models import Kpi, Measure, Target
from objectives.models import Objective
from organization.actors import Actor
from organization.api.described import FigureField
from organization.api.fields import CodeField, PersonField, departments
from organization.api.serializers import RecordInput, StatusShown, TranslatedInput, TranslationsField


def kpis(actor: Actor) -> QuerySet[Kpi]:
    return Kpi.objects.visible_to(actor)


def objectives(actor: Actor) -> QuerySet[Objective]:
    return Objective.objects.visible_to(actor)


class KpiRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    department = serializers.CharField(allow_null=True)
    owner = serializers.EmailField(allow_null=True)
    unit = serializers.CharField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    kind = serializers.ChoiceField(choices=Kind.choices)
    frequency = serializers.ChoiceField(choices=Frequency.choices)
    value = FigureField(allow_null=True)
    period = serializers.DateField(allow_null=True)
    target = FigureField(allow_null=True, help_text="The target in force; `declared_target` is the definition's.")
    expected = FigureField(allow_null=True)
    variance = FigureField(allow_null=True, help_text="Value less expected.")
    variance_pct = FigureField(allow_null=True, help_text="Favourable variance as a share of the expected.")
    progress = FigureField(allow_null=True)
    attainment = FigureField(allow_null=True)
    status = StatusShown()
    freshness = serializers.ChoiceField(choices=Freshness.choices)
    updated_at = serializers.DateTimeField(help_text="When the definition or the figures changed last.")
    url = serializers.URLField()


class KpiDetail(KpiRow):
    description = serializers.CharField()
    updater = serializers.EmailField(allow_null=True)
    precision = serializers.IntegerField()
    time_aggregation = serializers.ChoiceField(choices=TimeAggregation.choices)
    unit_aggregation = serializers.ChoiceField(choices=UnitAggregation.choices)
    baseline = FigureField(allow_null=True)
    declared_target = FigureField(allow_null=True, help_text="What `target` says when it is written.")
    low = FigureField(allow_null=True)
    high = FigureField(allow_null=True)
    width = FigureField(allow_null=True)
    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)
    trajectory = serializers.ChoiceField(choices=Trajectory.choices)
    grace_days = serializers.IntegerField()
    previous_value = FigureField(allow_null=True)
    expected_share = FigureField(allow_null=True)
    growth_pace = FigureField(
        allow_null=True, help_text="Yearly growth so far over what is needed; of a compound trajectory."
    )
    achieved = serializers.BooleanField(allow_null=True)
    compliance_rate = FigureField(allow_null=True)
    favourable_variance = FigureField(allow_null=True)
    outline_colour = serializers.CharField(help_text="The last known colour of a stale KPI.")
    due_on = serializers.DateField(allow_null=True)
    flags = serializers.ListField(child=serializers.CharField())
    recorded_at = serializers.DateTimeField(allow_null=True)
    minimum = FigureField(allow_null=True, help_text="The smallest possible value; less is refused.")
    maximum = FigureField(allow_null=True, help_text="The largest possible value; more is refused.")
    cumulative = serializers.BooleanField(help_text="Each value contains the ones before it.")
    formula = serializers.CharField(help_text="Arithmetic on other KPIs; then nobody enters values.")
    parent = serializers.CharField(  # type: ignore[assignment]
        allow_null=True, help_text="The KPI that sums this one up."
    )
    unit_weight = FigureField(allow_null=True, help_text="Weight among the parts; empty: the department's headcount.")
    dimensions = serializers.DictField(child=serializers.CharField(), help_text="What sets a series apart.")
    coverage = FigureField(allow_null=True, help_text="The known share of what a computed value was made of.")
    translations = TranslationsField()
    version = serializers.IntegerField()


class KpiInput(TranslatedInput):
    department = CodeField(departments, required=False, allow_null=True)
    owner = PersonField(required=False, allow_null=True)
    updater = PersonField(required=False, allow_null=True)
    parent = CodeField(kpis, required=False, allow_null=True)  # type: ignore[assignment]
    dimensions = serializers.DictField(child=serializers.CharField(max_length=200), required=False)

    class Meta:
        model = Kpi
        fields = (
            "code",
            "name",
            "description",
            "department",
            "owner",
            "updater",
            "unit",
            "precision",
            "direction",
            "kind",
            "frequency",
            "time_aggregation",
            "unit_aggregation",
            "baseline",
            "target",
            "low",
            "high",
            "width",
            "start",
            "end",
            "trajectory",
            "grace_days",
            "minimum",
            "maximum",
            "cumulative",
            "formula",
            "parent",
            "unit_weight",
            "dimensions",
            "translations",
        )


class MeasureRow(serializers.Serializer[Any]):
    objective = serializers.CharField()
    kpi = serializers.CharField()
    weight = FigureField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()
    url = serializers.URLField(help_text="Ends in `OBJECTIVE~KPI`.")


class MeasureInput(RecordInput):
    objective = CodeField(objectives)
    kpi = CodeField(kpis)

    class Meta:
        model = Measure
        fields = ("objective", "kpi", "weight")


class MeasurementRow(serializers.Serializer[Any]):
    kpi = serializers.CharField()
    period = serializers.DateField()
    value = FigureField(allow_null=True)
    numerator = FigureField(allow_null=True)
    denominator = FigureField(allow_null=True)
    estimate = serializers.BooleanField()
    note = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.EmailField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    coverage = FigureField(allow_null=True, help_text="The known share of what a computed value was made of.")


class KpiMeasurementInput(serializers.Serializer[Any]):
    period = serializers.DateField(help_text="The first day of the period.")
    value = FigureField(required=False, allow_null=True)
    numerator = FigureField(required=False, allow_null=True)
    denominator = FigureField(required=False, allow_null=True)
    estimate = serializers.BooleanField(required=False)
    note = serializers.CharField(required=False, allow_blank=True)
    reason = serializers.CharField(required=False, allow_blank=True, help_text="Why a value is corrected.")


class MeasurementInput(KpiMeasurementInput):
    kpi = serializers.CharField()


class Recorded(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    batch = serializers.CharField(allow_null=True, help_text="The code to undo it with; empty when nothing changed.")


class TargetShown(serializers.ModelSerializer[Any]):
    class Meta:
        model = Target
        fields = ("period", "value", "low", "high")
