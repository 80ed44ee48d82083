"""Numbers as people type them."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import get_language


class NumberField(forms.DecimalField):
    """A number typed in English or French, with or without a percent sign."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "inp--num"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **options)

    def to_python(self, value: Any) -> Any:
        """The number; None when the field was left empty."""
        bare = "".join(str(value or "").replace("\u2212", "-").split()).removesuffix("%").replace(",", ".")
        return super().to_python(bare)

    def prepare_value(self, value: Any) -> Any:
        """A stored number as a person would type it; what was typed stays as it was."""
        return as_typed(value) if isinstance(value, Decimal) else value


def as_typed(value: Decimal) -> str:
    """All its digits, no grouping, the reader's decimal sign."""
    try:
        text = f"{value.normalize():f}"
    except InvalidOperation:
        text = str(value)
    return text.replace(".", ",") if (get_language() or "").startswith("fr") else text
