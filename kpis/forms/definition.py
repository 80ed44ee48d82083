"""What a KPI is, as people write it: its name, who answers for it, how it is measured, its plan, what it is made of."""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kpis.choices import Direction, Frequency, Kind, TimeAggregation, Trajectory, UnitAggregation
from kpis.forms.formula import FormulaForm
from kpis.forms.value import NumberField
from kpis.models import Kpi
from organization.actors import Actor
from organization.editing import CodeChoice, DayField, DepartmentChoice, FreeCode, PersonChoice, RecordForm

DESCRIPTION_LENGTH: Final = 10_000
BREAKDOWN_LENGTH: Final = 2000
KPI_LIST: Final = "kpis-known"
LARGEST_GRACE: Final = 32_767
STORED: Final = DecimalValidator(30, 10)

STATED: Final = (
    "name",
    "description",
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
    "unit_weight",
    "dimensions",
)
"""What the form holds as it is stored."""

REFERENCES: Final = ("department", "owner", "updater", "parent")


def number(label: Any, **options: Any) -> NumberField:
    """A number that may be left out, exact as it is stored."""
    return NumberField(label=label, required=False, **{"validators": [STORED], **options})


class BreakdownField(forms.CharField):
    """What sets a series apart: a name and a value on each line."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})
        super().__init__(required=False, max_length=BREAKDOWN_LENGTH, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        """The values by name."""
        found: dict[str, str] = {}
        for line in super().clean(value).splitlines():
            name, sign, said = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not (sign and name and said) or name in found:
                raise ValidationError(_("Write one name and its value on each line: region = North."), "breakdown")
            found[name] = said
        return found

    def prepare_value(self, value: Any) -> Any:
        """One line for each name."""
        return "\n".join(f"{name} = {said}" for name, said in value.items()) if isinstance(value, dict) else value


class DefinitionForm(RecordForm):
    """A new KPI (`record` None), with its formula, or one that is there; that has its formula on a page of its own."""

    translated: ClassVar[tuple[str, ...]] = ("name", "description", "unit")
    layout: ClassVar[tuple[tuple[str, str | Promise, tuple[tuple[str, ...], ...]], ...]] = (
        ("what", _("What is measured"), (("name",), ("description",), ("unit", "precision"), ("code",))),
        ("who", _("Who answers for it"), (("department",), ("owner", "updater"))),
        (
            "how",
            _("How it is measured"),
            (("direction", "kind"), ("frequency", "grace_days"), ("time_aggregation",), ("cumulative",)),
        ),
        (
            "plan",
            _("What is wanted"),
            (("baseline", "target"), ("low", "high", "width"), ("start", "end"), ("trajectory",)),
        ),
        ("limits", _("Values that are possible"), (("minimum", "maximum"),)),
        (
            "parts",
            _("What it is made of"),
            (("formula",), ("unit_aggregation",), ("parent", "unit_weight"), ("dimensions",)),
        ),
    )

    name = forms.CharField(label=_("Name"), max_length=500)
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=DESCRIPTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What is counted, how, and where the values come from."),
    )
    unit = forms.CharField(label=_("Unit"), required=False, max_length=40)
    precision = forms.IntegerField(label=_("Decimals"), min_value=0, max_value=10, initial=0)
    direction = forms.ChoiceField(label=_("Better is"), choices=Direction.choices, initial=Direction.UP)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.MOVE)
    frequency = forms.ChoiceField(label=_("Measured"), choices=Frequency.choices, initial=Frequency.MONTHLY)
    grace_days = forms.IntegerField(
        label=_("Days of grace"),
        min_value=0,
        max_value=LARGEST_GRACE,
        initial=10,
        help_text=_("So many days after a period its value is due; later it is out of date."),
    )
    time_aggregation = forms.ChoiceField(
        label=_("Over time"),
        choices=TimeAggregation.choices,
        initial=TimeAggregation.LAST,
        help_text=_("What makes a quarter or a year of its periods. A ratio takes a numerator and a denominator."),
    )
    cumulative = forms.BooleanField(
        label=_("Running total"),
        required=False,
        help_text=_("Each value contains the ones before it; no signals are read."),
    )
    baseline = number(_("Baseline"))
    target = number(_("Target"), help_text=_("At the end; dated targets go before it."))
    low = number(_("Lower bound"))
    high = number(_("Upper bound"))
    width = number(_("Tolerance width"), help_text=_("How far outside is still amber."))
    start = DayField(label=_("Start"), required=False)
    end = DayField(label=_("End"), required=False)
    trajectory = forms.ChoiceField(label=_("Way to the target"), choices=Trajectory.choices, initial=Trajectory.LINEAR)
    minimum = number(_("Smallest possible value"), help_text=_("A value below is refused."))
    maximum = number(_("Largest possible value"), help_text=_("A value above is refused."))
    unit_aggregation = forms.ChoiceField(
        label=_("Across departments"),
        choices=UnitAggregation.choices,
        initial=UnitAggregation.NONE,
        help_text=_("How the KPIs that are part of this one make its value. Not aggregated: its values are entered."),
    )
    unit_weight = NumberField(
        label=_("Weight among the parts"),
        required=False,
        validators=[DecimalValidator(20, 6)],
        help_text=_("For a weighted mean; empty means the headcount of the department."),
    )
    dimensions = BreakdownField(
        label=_("Breakdown"),
        help_text=_("What sets a series apart from the KPI it is part of, on each line: region = North."),
    )

    def __init__(self, *args: Any, actor: Actor, record: Kpi | None = None, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **kwargs)
        present: dict[str, Any] = {name: getattr(record, name, None) for name in REFERENCES}
        self.add_field("department", DepartmentChoice(actor, present=present["department"], label=_("Department")))
        address = _("The e-mail address, or the name. Empty: nobody.")
        owner = PersonChoice(actor, present=present["owner"], label=_("Owner"), help_text=address)
        self.add_field("owner", owner)
        updater = PersonChoice(
            actor, present=present["updater"], label=_("Who enters the values"), help_text=_("Empty: the owner.")
        )
        self.add_field("updater", updater)
        widget = forms.TextInput(attrs={"maxlength": 100, "list": KPI_LIST, "autocomplete": "off"})
        parent = CodeChoice(
            Kpi.objects.visible_to(actor),
            present=present["parent"],
            label=_("Part of"),
            widget=widget,
            help_text=_("The code of the KPI that sums this one up across departments."),
        )
        self.add_field("parent", parent)
        if record is None:
            self.add_field("formula", deepcopy(FormulaForm.base_fields["formula"]))
            self.add_field("code", FreeCode(Kpi, actor))
        self._read_units()

    def state_of(self, record: Kpi) -> dict[str, Any]:
        """The KPI as the form says it."""
        return {
            **{name: getattr(record, name) for name in STATED},
            "department": record.department.code if record.department else "",
            "owner": record.owner.email if record.owner else "",
            "updater": record.updater.email if record.updater else "",
            "parent": record.parent.code if record.parent else "",
        }

    def clean(self) -> dict[str, Any]:
        """Bounds and days in their order."""
        said: dict[str, Any] = super().clean() or {}
        self._require_order(said, "start", "end", _("The end must come after the start."))
        above = _("The upper bound lies below the lower one.")
        self._require_order(said, "low", "high", above)
        self._require_order(said, "minimum", "maximum", _("The largest possible value lies below the smallest one."))
        return said

    def changes(self) -> dict[str, Any]:
        """What differs from what is stored, as it is stored; everything of a new one."""
        said = {name: self.cleaned_data[name] for name in (*STATED, *REFERENCES)}
        said["translations"] = self.translations()
        if self.record is not None:
            return {name: value for name, value in said.items() if getattr(self.record, name) != value}
        code = self.cleaned_data["code"]
        return {**said, "formula": self.cleaned_data["formula"], **({"code": code} if code else {})}

    def _require_order(self, said: dict[str, Any], lower: str, upper: str, problem: Any) -> None:
        first: date | Decimal | None = said.get(lower)
        last: date | Decimal | None = said.get(upper)
        if first is not None and last is not None and last < first:  # type: ignore[operator]
            self.add_error(upper, ValidationError(problem, "order"))

    def _read_units(self) -> None:
        """Numbers may be typed with the unit beside them."""
        unit = str(self["unit"].value() or "")
        for field in self.fields.values():
            if isinstance(field, NumberField):
                field.unit = unit
