"""The form that sets a status by hand, on a KPI or an objective."""

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from objectives.pace import BY_HAND, BY_HAND_AT_THE_END

REASON_LENGTH = 2000


class OverrideForm(forms.Form):
    """Status, reason, last day; hidden, the statement that was on the screen."""

    state = forms.ChoiceField(label=_("Status"))
    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    prefix = "hand"

    def __init__(self, *args: Any, ended: bool, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = BY_HAND_AT_THE_END if ended else BY_HAND
        cast(forms.ChoiceField, self.fields["state"]).choices = [(state.value, state.label) for state in possible]
        self.fields["until"].help_text = hint

    def said(self) -> dict[str, Any]:
        """What the services take."""
        sent = self.cleaned_data
        return {name: sent[name] for name in ("state", "reason", "until", "seen")}


def has_ended(end: date | None, today: date) -> bool:
    """Whether only an outcome can be said."""
    return end is not None and today >= end
