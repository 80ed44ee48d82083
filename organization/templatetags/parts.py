"""Boxes that hold a part of a page."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_block_tag
def panel(
    content: str,
    title: str,
    *,
    key: str,
    small: str = "",
    link: str = "",
    link_text: str = "",
    css: str = "",
    bare: bool = False,
) -> SafeString:
    """`{% panel title key="blockers" small="4 open" link=url link_text=word %}…{% endpanel %}`: the only box.

    `key` names the heading's id. `css` adds classes such as c8. `bare=True` leaves out the body's room, for tables
    and lists that reach the edges.
    """
    count = format_html('<small class="mute">{}</small>', small) if small else ""
    more = format_html('<a class="meta link" href="{}">{}</a>', link, link_text) if link else ""
    inner = mark_safe(content)  # noqa: S308 (rendered by the template, which escapes)
    body = inner if bare else format_html('<div class="panel__b">{}</div>', inner)
    return format_html(
        '<section class="panel {}" aria-labelledby="{}-h">'
        '<div class="panel__h"><h2 id="{}-h">{}{}</h2>{}</div>{}</section>',
        css,
        key,
        key,
        title,
        count,
        more,
        body,
    )
