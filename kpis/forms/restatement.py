"""What is said when closed periods change, or when periods are closed."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DecisionForm(forms.Form):
    """A comment on the version that was on the screen."""

    comment = forms.CharField(label=_("Comment"), required=False, max_length=2000)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class LockForm(forms.Form):
    """The last day of what is closed, and why."""

    through = forms.DateField(
        label=_("Close every period that ends by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)
