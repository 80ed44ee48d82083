"""What my week takes: how an alert is snoozed or closed, and how often the digest comes."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from alerts.choices import CLOSING_OUTCOMES, DueRhythm, Outcome

SNOOZES: Final = [("1", _("until tomorrow")), ("7", _("for a week")), ("30", _("for a month"))]
WAKES_AT: Final = time(7)


class SnoozeForm(forms.Form):
    """For how many days an alert is left alone. `version` is what the person saw."""

    days = forms.TypedChoiceField(label=_("Leave it alone"), choices=SNOOZES, coerce=int)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def until(self, today: date, zone: ZoneInfo) -> datetime:
        """The morning of that day."""
        return datetime.combine(today + timedelta(days=self.cleaned_data["days"]), WAKES_AT, tzinfo=zone)


class CloseForm(forms.Form):
    """With what an alert is closed, and why; the service says which of the rest an outcome needs."""

    outcome = forms.ChoiceField(label=_("Close it with"), choices=CLOSING_OUTCOMES, initial=Outcome.DECISION)
    comment = forms.CharField(label=_("Why it can be closed"), max_length=4000, required=False)
    action_code = forms.CharField(
        label=_("Action"), max_length=200, required=False, help_text=_("The code of the initiative, or what is done.")
    )
    accepted_until = forms.DateField(
        label=_("Accepted until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def closing(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in ("outcome", "comment", "action_code", "accepted_until")}


class VersionForm(forms.Form):
    """What the person saw."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class DigestForm(forms.Form):
    """When the digest of what is due comes; an empty zone is the organization's."""

    rhythm = forms.ChoiceField(label=_("When something is due, write to me"), choices=DueRhythm.choices)
    hour = forms.TypedChoiceField(label=_("At"), choices=[(hour, f"{hour:02}:00") for hour in range(24)], coerce=int)
    timezone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        required=False,
        help_text=_("Like Europe/Paris. Empty: the organization's."),
    )
