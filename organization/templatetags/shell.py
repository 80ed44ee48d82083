"""What the page around every page needs to know of its reader: the chosen theme."""

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

THEMES = {"light": mark_safe(' data-theme="light"'), "dark": mark_safe(' data-theme="dark"')}


@register.simple_tag(takes_context=True)
def theme_attribute(context: Context) -> SafeString:
    """The root's theme as the cookie says; without one nothing, and the system decides."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request is not None else ""
    return THEMES.get(chosen, mark_safe(""))
