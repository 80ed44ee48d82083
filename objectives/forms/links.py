"""What an objective is linked with: weights of links that are there, and new ones."""

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from objectives.choices import EdgeKind
from objectives.forms.numbers import NumberField
from organization.editing import CodeChoice


def weight_field() -> NumberField:
    """How much a link counts among those beside it."""
    return NumberField(label=_("Weight"), min_value=0, max_digits=14, decimal_places=6)


class WeightForm(forms.Form):
    """The weight of one link; `version` is what the person saw."""

    weight = weight_field()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def changes(self) -> dict[str, Any]:
        """What was said, as it is stored."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class EdgeForm(WeightForm):
    """Kind and weight of a contribution."""

    kind = forms.ChoiceField(label=_("Kind"), choices=EdgeKind.choices)


CODE: Final = {"maxlength": 100, "autocomplete": "off"}


class AddLinkForm(forms.Form):
    """A new link to one of `rows`, with a kind where `kinds` says so."""

    def __init__(self, *args: Any, rows: QuerySet[Any], label: Any, datalist: str, kinds: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.TextInput(attrs={**CODE, "list": datalist})
        text = _("Its code: type some of it or of its name, and choose.")
        self.fields["code"] = CodeChoice(rows, label=label, required=True, widget=widget, help_text=text)
        if kinds:
            self.fields["kind"] = forms.ChoiceField(
                label=_("Kind"), choices=EdgeKind.choices, initial=EdgeKind.CONTRIBUTES
            )
        self.fields["weight"] = weight_field()
        self.fields["weight"].initial = "1"


class RemovalForm(forms.Form):
    """Which link goes, by its number, and which version of it the person saw."""

    link = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    version = forms.IntegerField(min_value=1)
