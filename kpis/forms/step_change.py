"""The form that states a step change."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.choices import Cause
from kpis.models import Kpi
from kpis.periods import period_start

NOTE_LENGTH = 2000


class StepChangeForm(forms.Form):
    """From when, why, and what changed; hidden, the version that was on the screen."""

    period = forms.DateField(
        label=_("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Any day of the first period of the new process."),
    )
    cause = forms.ChoiceField(label=_("Cause"), choices=Cause.choices)
    cause_code = forms.CharField(
        label=_("Code"),
        max_length=100,
        required=False,
        help_text=_("Of the initiative or decision, where there is one."),
    )
    note = forms.CharField(
        label=_("What changed"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kpi: Kpi, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kpi = kpi

    def clean_period(self) -> date:
        """The first day of the period."""
        day: date = self.cleaned_data["period"]
        return period_start(day, self.kpi.frequency, self.kpi.organization.fiscal_year_start)

    def said(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in ("period", "cause", "cause_code", "note")}
