"""An initiative as people write it, and the objectives that it serves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from initiatives.choices import NEXT_STAGES, Stage
from initiatives.models import Initiative
from objectives.forms.numbers import NumberField
from objectives.models import Objective
from organization.actors import Actor
from organization.choices import Role
from organization.editing import CodeChoice, DayField, DepartmentChoice, FreeCode, PersonChoice, RecordForm

DESCRIPTION_LENGTH: Final = 10_000
OBJECTIVE_LIST: Final = "objectives-known"
HUNDRED: Final = Decimal(100)
NEW_ROWS: Final = 3
MOST_ROWS: Final = 100

STATED: Final = ("title", "description", "stage", "start", "end", "budget", "actual_cost")
"""What the form holds as it is stored."""

REFERENCES: Final = ("department", "owner", "sponsor")


@dataclass(frozen=True, slots=True)
class ServedRow:
    """An objective that an initiative serves, with its share of 1; None are equal ones."""

    code: str
    title: str
    share: Decimal | None = None


def money(label: Any, **options: Any) -> NumberField:
    """An amount in the organization's currency."""
    return NumberField(label=label, required=False, min_value=0, max_digits=20, decimal_places=4, **options)


class InitiativeForm(RecordForm):
    """A new initiative (`record` None), or one that is there. How it stands is said in a status update."""

    translated: ClassVar[tuple[str, ...]] = ("title", "description")
    layout: ClassVar[tuple[tuple[str, str | Promise, tuple[tuple[str, ...], ...]], ...]] = (
        ("what", _("What is done"), (("title",), ("description",), ("code",))),
        ("who", _("Who answers for it"), (("department",), ("owner", "sponsor"))),
        ("when", _("Stage, dates and money"), (("stage",), ("start", "end"), ("budget", "actual_cost"))),
    )

    title = forms.CharField(label=_("Title"), max_length=500)
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=DESCRIPTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices, initial=Stage.IDEA)
    start = DayField(label=_("Start"), required=False)
    end = DayField(label=_("End"), required=False)
    budget = money(_("Budget"))
    actual_cost = money(_("Cost to date"))

    def __init__(self, *args: Any, actor: Actor, record: Initiative | None = None, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **kwargs)
        present: dict[str, Any] = {name: getattr(record, name, None) for name in REFERENCES}
        self.add_field("department", DepartmentChoice(actor, present=present["department"], label=_("Department")))
        address = _("The e-mail address, or the name. Empty: nobody.")
        for name, label in (("owner", _("Owner")), ("sponsor", _("Sponsor"))):
            self.add_field(name, PersonChoice(actor, present=present[name], label=label, help_text=address))
        for name in ("budget", "actual_cost"):
            self.fields[name].help_text = self.organization.currency
        if record is None:
            self.add_field("code", FreeCode(Initiative, actor))
        elif not actor.holds(Role.STRATEGY_OFFICE):
            following = {Stage(record.stage), *NEXT_STAGES[Stage(record.stage)]}
            stages = [(stage.value, stage.label) for stage in Stage if stage in following]
            self.add_field("stage", forms.ChoiceField(label=_("Stage"), choices=stages))

    def state_of(self, record: Initiative) -> dict[str, Any]:
        """The initiative as the form says it."""
        return {
            **{name: getattr(record, name) for name in STATED},
            "department": record.department.code if record.department else "",
            "owner": record.owner.email if record.owner else "",
            "sponsor": record.sponsor.email if record.sponsor else "",
        }

    def clean(self) -> dict[str, Any]:
        """The end is not before the start."""
        said: dict[str, Any] = super().clean() or {}
        start, end = said.get("start"), said.get("end")
        if start and end and end < start:
            self.add_error("end", ValidationError(_("The end lies before the start."), "dates"))
        return said

    def changes(self) -> dict[str, Any]:
        """What differs from what is stored, as it is stored; everything of a new one."""
        said = {name: self.cleaned_data[name] for name in (*STATED, *REFERENCES)}
        said["translations"] = self.translations()
        if self.record is not None:
            return {name: value for name, value in said.items() if getattr(self.record, name) != value}
        code = self.cleaned_data["code"]
        return {**said, **({"code": code} if code else {})}


class AllocationForm(forms.Form):
    """One objective that is served, with its share of the effort in percent."""

    def __init__(self, *args: Any, actor: Actor, titles: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles = titles
        widget = forms.TextInput(attrs={"maxlength": 100, "list": OBJECTIVE_LIST, "autocomplete": "off"})
        known = Objective.objects.visible_to(actor)
        self.fields["objective"] = CodeChoice(known, label=_("Objective"), widget=widget)
        self.fields["share"] = NumberField(
            label=_("Share, %"), required=False, min_value=0, max_value=100, max_digits=7, decimal_places=4
        )

    @property
    def title(self) -> str:
        """What the objective is called, where it was served already."""
        return self.titles.get(str(self["objective"].value() or "").strip(), "")

    def clean(self) -> dict[str, Any]:
        """A share belongs to an objective."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("share") is not None and not said.get("objective") and "objective" not in self.errors:
            self.add_error("objective", ValidationError(_("Name the objective."), "required"))
        return said


class AllocationRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """The rows. An empty one says nothing; one that is marked is left out."""

    def initial_form_count(self) -> int:
        """None: a row that was emptied is no error."""
        return 0

    def total_form_count(self) -> int:
        """On a fresh page the known rows and some new ones."""
        return super().total_form_count() if self.is_bound else len(self.initial or ()) + NEW_ROWS

    def clean(self) -> None:
        """No objective twice."""
        served = [objective.pk for objective, _share in self._said()]
        if len(served) != len(set(served)):
            raise ValidationError(_("An objective is named twice."), "duplicate")

    def shares(self) -> dict[int, Decimal | None]:
        """Share of 1 by objective; all None means equal ones."""
        return {objective.pk: None if share is None else share / HUNDRED for objective, share in self._said()}

    def by_code(self) -> dict[str, Decimal | None]:
        """As `shares`, by the code of the objective."""
        return {objective.code: None if share is None else share / HUNDRED for objective, share in self._said()}

    def refuse(self, errors: Iterable[ValidationError]) -> None:
        """Show above the rows what a service refuses."""
        self.non_form_errors().extend(text for error in errors for text in error.messages)

    def _said(self) -> list[tuple[Objective, Decimal | None]]:
        valid = [form.cleaned_data for form in self.forms if form.has_changed() and form.is_valid()]
        kept = [said for said in valid if said.get("objective") and not said.get("DELETE")]
        return [(said["objective"], said["share"]) for said in kept]


Rows = forms.formset_factory(
    AllocationForm, formset=AllocationRows, extra=0, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)


def allocation_rows(actor: Actor, served: Sequence[ServedRow], data: Mapping[str, Any] | None = None) -> AllocationRows:
    """The rows as they stand, or as they were sent."""
    stored = [{"objective": row.code, "share": None if row.share is None else row.share * HUNDRED} for row in served]
    known = {"actor": actor, "titles": {row.code: row.title for row in served}}
    rows = Rows(data, initial=None if data is not None else stored, prefix="served", form_kwargs=known)
    return cast(AllocationRows, rows)
