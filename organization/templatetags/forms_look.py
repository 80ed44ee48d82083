"""The look of form controls: our classes on Django's widgets, without every form having to name them."""

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()

PLAIN = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.ClearableFileInput)
"""Widgets that keep the browser's look."""


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """`{% control field %}`: the widget with its class; its errors are announced with it."""
    widget = field.field.widget
    css = "" if isinstance(widget, PLAIN) else "inp"
    if isinstance(widget, forms.NumberInput):
        css = "inp inp--num"
    attributes: dict[str, str | bool] = {"class": f"{widget.attrs.get('class', '')} {css}".strip()} if css else {}
    described = [f"{field.auto_id}_helptext"] if field.help_text else []
    described += [f"{field.auto_id}_error{place}" for place, _error in enumerate(field.errors, start=1)]
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attributes)
