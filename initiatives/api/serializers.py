"""What the initiatives' resources take and show."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from initiatives.choices import Declared, Stage
from initiatives.models import Initiative, StatusUpdate
from objectives.models import Objective
from organization.actors import Actor
from organization.api.described import FigureField
from organization.api.fields import CodeField, PersonField, departments
from organization.api.serializers import RecordInput, TranslationsField


def objectives(actor: Actor) -> QuerySet[Objective]:
    return Objective.objects.visible_to(actor)


class ServedShown(serializers.Serializer[Any]):
    objective = serializers.CharField()
    allocation = FigureField(allow_null=True, help_text="Share of the initiative; empty = equal shares.")


class ServedInput(serializers.Serializer[Any]):
    objective = CodeField(objectives)
    allocation = serializers.DecimalField(
        max_digits=7, decimal_places=6, min_value=0, max_value=1, required=False, allow_null=True, default=None
    )


class InitiativeRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    department = serializers.CharField(allow_null=True)
    owner = serializers.EmailField(allow_null=True)
    sponsor = serializers.EmailField(allow_null=True)
    stage = serializers.ChoiceField(choices=Stage.choices)
    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)
    budget = FigureField(allow_null=True)
    actual_cost = FigureField(allow_null=True)
    progress = FigureField(allow_null=True)
    status = serializers.ChoiceField(choices=Declared.choices, allow_blank=True)
    confidence = serializers.IntegerField(allow_null=True)
    status_at = serializers.DateTimeField(allow_null=True)
    objectives = ServedShown(many=True)
    updated_at = serializers.DateTimeField()
    url = serializers.URLField()


class InitiativeDetail(InitiativeRow):
    description = serializers.CharField()
    comment = serializers.CharField()
    translations = TranslationsField()
    version = serializers.IntegerField()


class InitiativeInput(RecordInput):
    department = CodeField(departments, required=False, allow_null=True)
    owner = PersonField(required=False, allow_null=True)
    sponsor = PersonField(required=False, allow_null=True)
    objectives = ServedInput(many=True, required=False)

    class Meta:
        model = Initiative
        fields = (
            "code",
            "title",
            "description",
            "department",
            "owner",
            "sponsor",
            "stage",
            "start",
            "end",
            "budget",
            "actual_cost",
            "progress",
            "status",
            "comment",
            "confidence",
            "translations",
            "objectives",
        )


class StatusUpdateRow(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    author = serializers.EmailField(allow_null=True)
    stage = serializers.ChoiceField(choices=Stage.choices)
    status = serializers.ChoiceField(choices=Declared.choices, allow_blank=True)
    progress = FigureField(allow_null=True)
    previous_progress = FigureField(allow_null=True)
    confidence = serializers.IntegerField(allow_null=True)
    comment = serializers.CharField()
    blocker = serializers.CharField()


class StatusUpdateBody(serializers.ModelSerializer[Any]):
    """What is left out keeps what was said before."""

    stage = serializers.ChoiceField(choices=Stage.choices, required=False)

    class Meta:
        model = StatusUpdate
        fields = ("stage", "status", "progress", "confidence", "comment", "blocker")
