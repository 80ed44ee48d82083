"""What a check-in says."""

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from objectives.forms.numbers import NumberField

COMMENT_LENGTH: Final = 4000
LARGEST_FIGURE: Final = 200
"""An owner's figure above this, in percent, is a slip of the keyboard."""


class CheckInForm(forms.Form):
    """Confidence from 0 to 10, a comment, the owner's figure where the progress is that; hidden, what was seen."""

    confidence = NumberField(
        label=_("Confidence"),
        required=False,
        min_value=0,
        max_value=10,
        decimal_places=1,
        help_text=_("0 to 10: how likely it is that the target will be met at the end."),
    )
    progress = NumberField(
        label=_("Progress in percent"),
        required=False,
        min_value=0,
        max_value=LARGEST_FIGURE,
        decimal_places=2,
        help_text=_("Your own figure: this objective has no KPI that says it."),
    )
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, manual: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_manual = manual
        if not manual:
            del self.fields["progress"]

    def clean(self) -> dict[str, Any]:
        """Something must have been said."""
        sent = self.cleaned_data
        if not self.errors and all(sent.get(name) in (None, "") for name in ("confidence", "progress", "comment")):
            raise ValidationError(_("Say how confident you are, or write a comment."), "empty")
        return sent

    @property
    def range_value(self) -> str:
        """Where the slider stands: with a point for every browser, in the middle while nothing is known."""
        typed = str(self["confidence"].value() or "").replace(",", ".")
        try:
            return f"{Decimal(typed):f}"
        except InvalidOperation:
            return "5"

    def stored_confidence(self) -> int | None:
        """0 to 100, as it is kept."""
        shown = self.cleaned_data["confidence"]
        return None if shown is None else int(shown * 10)

    def stored_progress(self) -> Decimal | None:
        """A fraction, as it is kept."""
        shown = self.cleaned_data.get("progress")
        return None if shown is None else shown / 100
