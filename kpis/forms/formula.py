"""The form of a KPI's formula."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kpis.formulas import MAX_LENGTH


class FormulaForm(forms.Form):
    """The text of the formula, empty for a KPI whose values are entered, and the version that the person saw."""

    formula = forms.CharField(
        label=_("Formula"),
        required=False,
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "Arithmetic on other KPIs of the same period: + − × ÷ ( ) and min, max, abs, sum. A code with a minus "
            "sign stands in brackets: [K-01] / [K-02]. Empty: the values are entered."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
