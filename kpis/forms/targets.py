"""The form of a KPI's dated targets: a row for each, room for new ones, and the reason."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.utils.translation import gettext_lazy as _

from kpis.choices import Kind
from kpis.definition import TargetPoint
from kpis.forms.value import NOTE_LENGTH, NumberField
from kpis.models import Kpi
from kpis.periods import period_start

NEW_ROWS = 2
MOST_ROWS = 400
STORED = DecimalValidator(30, 10)


class TargetRowForm(forms.Form):
    """One dated target: the period by any of its days, then a value or the bounds of a range."""

    period = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    value = NumberField(label=_("Target"), validators=[STORED])
    low = NumberField(label=_("Lower bound"), validators=[STORED])
    high = NumberField(label=_("Upper bound"), validators=[STORED])

    def __init__(self, *args: Any, kpi: Kpi, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kpi = kpi
        for name in ("value",) if kpi.kind == Kind.RANGE else ("low", "high"):
            del self.fields[name]
        for name in ("value", "low", "high"):
            if name in self.fields:
                cast(NumberField, self.fields[name]).unit = kpi.text("unit")

    def clean_period(self) -> date:
        """The first day of the period."""
        day: date = self.cleaned_data["period"]
        return period_start(day, self.kpi.frequency, self.kpi.organization.fiscal_year_start)

    def point(self) -> TargetPoint:
        """The target as it is stored."""
        sent = self.cleaned_data
        return TargetPoint(sent["period"], sent.get("value"), sent.get("low"), sent.get("high"))


class TargetRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """The rows. An empty one says nothing; one that is marked is left out."""

    def initial_form_count(self) -> int:
        """None: a row that was emptied is no error."""
        return 0

    def total_form_count(self) -> int:
        """On a fresh page the known rows and some new ones."""
        if self.is_bound:
            return super().total_form_count()
        return len(self.initial or ()) + NEW_ROWS

    def clean(self) -> None:
        """No period twice."""
        seen: set[date] = set()
        for point in self.points():
            if point.period in seen:
                raise ValidationError(_("Two targets are given for the same period."), "duplicate")
            seen.add(point.period)

    def points(self) -> list[TargetPoint]:
        """What is to be stored."""
        kept = (
            form
            for form in self.forms
            if form.has_changed() and form.is_valid() and not form.cleaned_data.get("DELETE")
        )
        return [form.point() for form in kept]


class ReasonForm(forms.Form):
    """Why the targets change, and which version of the KPI the person saw."""

    reason = forms.CharField(
        label=_("Reason for the change"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when a target that is or was in force changes."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


Rows = forms.formset_factory(
    TargetRowForm, formset=TargetRows, extra=0, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)


def rows_form(kpi: Kpi, points: Sequence[TargetPoint], data: Mapping[str, Any] | None = None) -> TargetRows:
    """The rows as they stand, or as they were sent."""
    initial = [
        {"period": point.period, "value": _plain(point.value), "low": _plain(point.low), "high": _plain(point.high)}
        for point in points
    ]
    form = Rows(data, initial=None if data is not None else initial, prefix="targets", form_kwargs={"kpi": kpi})
    return cast(TargetRows, form)


def _plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.normalize()
