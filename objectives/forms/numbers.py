"""Numbers as people type them."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import get_language

from organization.numbers import NotANumber, parse_number, typed

LONGEST: Final = 60
"""Characters of a number; longer ones are none."""


class NumberField(forms.DecimalField):
    """A number typed in English or French, with or without a percent sign."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "inp--num"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **options)

    def to_python(self, value: Any) -> Any:
        """The number; None when the field was left empty."""
        text = str(value or "")
        if not text.strip():
            return super().to_python("")
        try:
            if len(text) > LONGEST:
                raise NotANumber(text[:LONGEST])
            return super().to_python(parse_number(text, language=get_language() or "en"))
        except NotANumber:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid") from None

    def prepare_value(self, value: Any) -> Any:
        """A stored number as a person would type it; what was typed stays as it was."""
        return as_typed(value) if isinstance(value, Decimal) else value


def as_typed(value: Decimal) -> str:
    """All its digits, no grouping, the reader's decimal sign."""
    return typed(value, get_language() or "en")
