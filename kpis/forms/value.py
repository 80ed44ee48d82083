"""The form that takes one value of one period."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kpis.choices import TimeAggregation
from kpis.entry import PeriodChoice, Wait
from kpis.models import Kpi
from kpis.services import Reading
from organization.drawing import dates
from organization.numbers import NotANumber, parse_number, typed

NOTE_LENGTH = 2000
LONGEST_NUMBER = 60


class NumberField(forms.Field):
    """A number typed in English or French, with or without its unit."""

    default_error_messages = {"number": _("Write a number, such as %(example)s.")}

    def __init__(self, *, unit: str = "", **options: Any) -> None:
        self.unit = unit
        attrs = {"inputmode": "decimal", "autocomplete": "off", "maxlength": LONGEST_NUMBER, "class": "inp--num"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **options)

    def to_python(self, value: Any) -> Decimal | None:
        """The number; None when the field was left empty."""
        text = str(value or "").strip()
        if not text:
            return None
        language = get_language() or "en"
        try:
            if len(text) > LONGEST_NUMBER:
                raise NotANumber(text[:LONGEST_NUMBER])
            return parse_number(text, language=language, unit=self.unit)
        except NotANumber:
            params = {"example": typed(Decimal("86.6"), language)}
            raise ValidationError(self.error_messages["number"], "number", params) from None

    def prepare_value(self, value: Any) -> Any:
        """A stored number as a person would type it; what was typed stays as it was."""
        return typed(value, get_language() or "en") if isinstance(value, Decimal) else value


class ValueForm(forms.Form):
    """Period, value or its operands, estimate, note, reason; and what the person saw, hidden."""

    period = forms.TypedChoiceField(label=_("Period"))
    value = NumberField(label=_("Value"))
    numerator = NumberField(label=_("Numerator"))
    denominator = NumberField(label=_("Denominator"))
    estimate = forms.BooleanField(label=_("This is an estimate"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )
    reason = forms.CharField(label=_("Reason for the correction"), required=False, max_length=NOTE_LENGTH)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kpi: Kpi, choices: Sequence[PeriodChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kpi = kpi
        self.choices = tuple(choices)
        self.is_ratio = kpi.time_aggregation == TimeAggregation.RATIO
        for name in ("value",) if self.is_ratio else ("numerator", "denominator"):
            del self.fields[name]
        if not self.is_ratio:
            self.fields["value"].unit = kpi.text("unit")  # type: ignore[attr-defined]
        period = cast(forms.TypedChoiceField, self.fields["period"])
        period.coerce = date.fromisoformat
        period.choices = grouped(choices, kpi.frequency)

    def point_at_error(self) -> None:
        """Let the first field with an error take the focus when the form is shown again."""
        for name in self.fields:
            if name in self.errors:
                self.fields[name].widget.attrs["autofocus"] = True
                return

    def hint(self, text: str) -> None:
        """What helps to type the value, under its field."""
        name = "denominator" if self.is_ratio else "value"
        self.fields[name].help_text = self[name].help_text = text

    def saw_the_period(self) -> bool:
        """Whether the page showed the period that was sent."""
        return str(self.cleaned_data["seen"]).partition(" ")[0] == str(self.cleaned_data["period"])

    def seen_at(self) -> datetime | None:
        """When the value on the person's screen was recorded; None when the page showed another period, or no value."""
        if not self.saw_the_period():
            return None
        try:
            return datetime.fromisoformat(str(self.cleaned_data["seen"]).partition(" ")[2])
        except ValueError:
            return None

    def reading(self) -> Reading:
        """The row to record."""
        sent = self.cleaned_data
        return Reading(
            kpi_id=self.kpi.pk,
            period=sent["period"],
            value=sent.get("value"),
            numerator=sent.get("numerator"),
            denominator=sent.get("denominator"),
            estimate=sent["estimate"],
            note=sent["note"],
            reason=sent["reason"],
        )


def seen_text(period: date, recorded_at: datetime | None) -> str:
    """What the hidden field carries: the period on the screen, and when its value was recorded."""
    return f"{period.isoformat()} {recorded_at.isoformat() if recorded_at else ''}".strip()


def grouped(choices: Sequence[PeriodChoice], frequency: str) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The options of the period: what waits, what was left out, what may be corrected."""
    language = get_language() or "en"
    groups: dict[str, list[tuple[str, str]]] = {"wait": [], "missing": [], "known": []}
    for choice in choices:
        text = dates.period(choice.period, frequency, language)
        if choice.wait is Wait.DUE:
            text = _("%(period)s, due %(day)s") % {"period": text, "day": dates.day(choice.due_on, language)}
        elif choice.wait is Wait.OPEN:
            text = _("%(period)s, not closed yet") % {"period": text}
        name = choice.wait.value if choice.wait.value in groups else "wait"
        groups[name].append((choice.period.isoformat(), str(text)))
    names = {"wait": _("To enter"), "missing": _("Left out"), "known": _("Correct a stored value")}
    return [(names[name], options) for name, options in groups.items() if options]
