"""What the strategy's resources take and show."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from objectives.choices import Colour, EdgeKind, Level, Lifecycle, Perspective, ProgressMode, RollupState, State
from objectives.models import CheckIn, Contribution, Objective, Vision
from organization.actors import Actor
from organization.api.described import FigureField
from organization.api.fields import CodeField, PersonField, departments
from organization.api.serializers import RecordInput, StatusShown, TranslatedInput, TranslationsField


def visions(actor: Actor) -> QuerySet[Vision]:
    return Vision.objects.visible_to(actor)


def objectives(actor: Actor) -> QuerySet[Objective]:
    return Objective.objects.visible_to(actor)


class WorstShown(serializers.Serializer[Any]):
    colour = serializers.ChoiceField(choices=Colour.choices)
    path = serializers.ListField(child=serializers.CharField(), help_text="Codes down to the worst descendant.")


class VisionRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    statement = serializers.CharField()
    start = serializers.DateField()
    end = serializers.DateField(allow_null=True)
    updated_at = serializers.DateTimeField()
    url = serializers.URLField()


class VisionDetail(VisionRow):
    translations = TranslationsField()
    version = serializers.IntegerField()


class VisionInput(TranslatedInput):
    class Meta:
        model = Vision
        fields = ("code", "statement", "start", "end", "translations")


class ObjectiveRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    level = serializers.ChoiceField(choices=Level.choices)
    department = serializers.CharField(allow_null=True)
    owner = serializers.EmailField(allow_null=True)
    start = serializers.DateField()
    end = serializers.DateField()
    progress = FigureField(allow_null=True)
    expected = FigureField(allow_null=True)
    delivery = FigureField(allow_null=True)
    coverage = FigureField()
    roll_up_state = serializers.ChoiceField(choices=RollupState.choices)
    confidence = serializers.IntegerField(allow_null=True)
    status = StatusShown()
    worst = WorstShown(allow_null=True)
    kpis = serializers.IntegerField(help_text="How many of its own KPIs count in its figure.")
    children = serializers.IntegerField(help_text="How many objectives point to it.")
    url = serializers.URLField()


class ConfidenceBelow(serializers.Serializer[Any]):
    """Weighted mean of what contributing objectives say; the lowest statement below and the code of where it stands."""

    mean = FigureField(allow_null=True)
    low = serializers.IntegerField(allow_null=True)
    low_code = serializers.CharField()


class ObjectiveDetail(ObjectiveRow):
    description = serializers.CharField()
    vision = serializers.CharField(allow_null=True)
    perspective = serializers.ChoiceField(choices=Perspective.choices, allow_blank=True)
    progress_mode = serializers.ChoiceField(choices=ProgressMode.choices, allow_blank=True)
    blend = FigureField(allow_null=True)
    lifecycle = serializers.ChoiceField(choices=Lifecycle.choices)
    manual_progress = FigureField(allow_null=True)
    inputs_known = serializers.IntegerField()
    inputs_total = serializers.IntegerField()
    confidence_below = ConfidenceBelow()
    changed_at = serializers.DateTimeField(allow_null=True, help_text="When the figures changed last.")
    translations = TranslationsField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class ObjectiveInput(TranslatedInput):
    department = CodeField(departments, required=False, allow_null=True)
    vision = CodeField(visions, required=False, allow_null=True)
    owner = PersonField(required=False, allow_null=True)

    class Meta:
        model = Objective
        fields = (
            "code",
            "title",
            "description",
            "level",
            "department",
            "vision",
            "owner",
            "start",
            "end",
            "perspective",
            "progress_mode",
            "blend",
            "lifecycle",
            "confidence",
            "translations",
        )


class ContributionRow(serializers.Serializer[Any]):
    child = serializers.CharField()
    parent = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=EdgeKind.choices)
    weight = FigureField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()
    url = serializers.URLField(help_text="Ends in `CHILD~PARENT`.")


class ContributionInput(RecordInput):
    child = CodeField(objectives)
    parent = CodeField(objectives)  # type: ignore[assignment]

    class Meta:
        model = Contribution
        fields = ("child", "parent", "kind", "weight")


class CheckInRow(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    author = serializers.EmailField(allow_null=True)
    confidence = serializers.IntegerField(allow_null=True)
    previous_confidence = serializers.IntegerField(allow_null=True)
    progress = FigureField(allow_null=True)
    comment = serializers.CharField()


class CheckInInput(serializers.ModelSerializer[Any]):
    class Meta:
        model = CheckIn
        fields = ("confidence", "progress", "comment")


class SnapshotRow(serializers.Serializer[Any]):
    day = serializers.DateField()
    progress = FigureField(allow_null=True)
    expected = FigureField(allow_null=True)
    coverage = FigureField()
    delivery = FigureField(allow_null=True)
    confidence = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=State.choices)
    colour = serializers.ChoiceField(choices=Colour.choices)
