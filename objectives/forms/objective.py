"""An objective as people write it."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from objectives.choices import Level, Lifecycle, Perspective, ProgressMode
from objectives.forms.numbers import NumberField
from objectives.models import Objective, Vision
from organization.actors import Actor
from organization.editing import CodeChoice, DayField, DepartmentChoice, FreeCode, PersonChoice, RecordForm

HUNDRED: Final = Decimal(100)
DESCRIPTION_LENGTH: Final = 10_000
OBJECTIVE_LIST: Final = "objectives-known"

FIELDS: Final = (
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
    "lifecycle",
)
"""What is stored as it was said."""

BELOW: Final = {
    Level.STRATEGIC: Level.DEPARTMENT,
    Level.DEPARTMENT: Level.TEAM,
    Level.TEAM: Level.INDIVIDUAL,
    Level.INDIVIDUAL: Level.INDIVIDUAL,
}
"""The level of what contributes to an objective, as a proposal."""


class ObjectiveForm(RecordForm):
    """A new objective (`record` None), with what it contributes to, or one that is there."""

    translated: ClassVar[tuple[str, ...]] = ("title", "description")
    layout: ClassVar[tuple[tuple[str, str | Promise, tuple[tuple[str, ...], ...]], ...]] = (
        ("what", _("What is wanted"), (("title",), ("description",))),
        (
            "where",
            _("Where it belongs"),
            (("level", "perspective"), ("department", "owner"), ("start", "end"), ("parent", "code"), ("vision",)),
        ),
        ("progress", _("How its progress comes about"), (("progress_mode", "blend"), ("lifecycle",))),
    )

    title = forms.CharField(label=_("Title"), max_length=500)
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=DESCRIPTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)
    perspective = forms.ChoiceField(label=_("Perspective"), choices=[("", "–"), *Perspective.choices], required=False)
    start = DayField(label=_("Start"))
    end = DayField(label=_("End"))
    progress_mode = forms.ChoiceField(
        label=_("Progress comes from"),
        choices=[("", _("Its own KPIs if it has any, else what contributes")), *ProgressMode.choices],
        required=False,
    )
    blend = NumberField(
        label=_("Share of its own KPIs, in percent"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=_("Only where both are blended; the rest comes from contributing objectives."),
    )
    lifecycle = forms.ChoiceField(
        label=_("Lifecycle"),
        choices=Lifecycle.choices,
        initial=Lifecycle.ACTIVE,
        help_text=_("What is a draft, paused or cancelled does not count above it."),
    )

    def __init__(self, *args: Any, actor: Actor, record: Objective | None = None, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **kwargs)
        self.add_field(
            "department",
            DepartmentChoice(actor, present=record.department if record else None, label=_("Department")),
        )
        self.add_field(
            "owner",
            PersonChoice(
                actor,
                present=record.owner if record else None,
                label=_("Owner"),
                help_text=_("The e-mail address, or the name. Empty: nobody."),
            ),
        )
        self.visions = {vision.code: vision for vision in Vision.objects.visible_to(actor).order_by("-start", "code")}
        named = [(code, _short(vision)) for code, vision in self.visions.items()]
        self.add_field("vision", forms.ChoiceField(label=_("Vision"), choices=[("", "–"), *named], required=False))
        if record is None:
            widget = forms.TextInput(attrs={"maxlength": 100, "list": OBJECTIVE_LIST, "autocomplete": "off"})
            parent = CodeChoice(
                Objective.objects.visible_to(actor),
                label=_("Contributes to"),
                widget=widget,
                help_text=_("The code of an objective. More of them, and weights, once it is saved."),
            )
            self.add_field("parent", parent)
            self.add_field("code", FreeCode(Objective, actor))

    def state_of(self, record: Objective) -> dict[str, Any]:
        """The objective as the form says it."""
        plain = ("title", "description", "level", "start", "end", "perspective", "progress_mode", "lifecycle")
        return {
            **{name: getattr(record, name) for name in plain},
            "department": record.department.code if record.department else "",
            "owner": record.owner.email if record.owner else "",
            "vision": record.vision.code if record.vision else "",
            "blend": None if record.blend is None else record.blend * HUNDRED,
        }

    def clean_vision(self) -> Vision | None:
        """The vision itself."""
        return self.visions.get(self.cleaned_data["vision"])

    def clean(self) -> dict[str, Any]:
        """The end is not before the start; a blend says its share."""
        said: dict[str, Any] = super().clean() or {}
        start, end = said.get("start"), said.get("end")
        if start and end and end < start:
            self.add_error("end", ValidationError(_("The end lies before the start."), "dates"))
        if said.get("progress_mode") == ProgressMode.BLEND and said.get("blend") is None and "blend" not in self.errors:
            self.add_error("blend", ValidationError(_("A blend needs the share of its own KPIs."), "blend"))
        return said

    def changes(self) -> dict[str, Any]:
        """Everything that was said, as it is stored."""
        said = self.cleaned_data
        blend = said["blend"]
        return {
            **{name: said[name] for name in FIELDS},
            "blend": None if blend is None else blend / HUNDRED,
            "translations": self.translations(),
            **({"code": said["code"]} if said.get("code") else {}),
        }


def objective_start(*, parent: Objective | None, department: str, today: date) -> dict[str, Any]:
    """How the form of a new objective opens: like the objective that it is to contribute to, else for this year."""
    year = {"start": date(today.year, 1, 1), "end": date(today.year, 12, 31), "level": Level.DEPARTMENT}
    if parent is None:
        return {**year, "department": department}
    return {
        "parent": parent.code,
        "level": BELOW[Level(parent.level)],
        "perspective": parent.perspective,
        "start": parent.start,
        "end": parent.end,
        "vision": parent.vision.code if parent.vision else "",
        "department": department or (parent.department.code if parent.department else ""),
    }


def _short(vision: Vision) -> str:
    return f"{vision.code} {Truncator(vision.text('statement')).chars(70)}"
