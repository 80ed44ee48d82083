"""What my week takes beside the forms of the other apps: when the digest comes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alerts.choices import DueRhythm


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
