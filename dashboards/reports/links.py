"""Addresses of the things that pages name."""

from urllib.parse import urlencode

from django.urls import reverse


def objective_url(code: str) -> str:
    return reverse("objective-detail", args=[code])


def kpi_url(code: str) -> str:
    return reverse("kpi-detail", args=[code])


def initiative_url(code: str) -> str:
    return reverse("initiative-detail", args=[code])


def department_url(code: str) -> str:
    return reverse("scorecard", args=[code])


def objective_edit_url(code: str, field: str = "") -> str:
    """Where an objective is changed; `field` puts the cursor there: owner, start, end, department, …"""
    return f"{reverse('objective-edit', args=[code])}{f'#id_{field}' if field else ''}"


def objective_links_url(code: str, part: str = "") -> str:
    """Where an objective is linked; `part`: up (what it contributes to), down (what contributes to it), measures."""
    return f"{reverse('objective-links', args=[code])}{f'#{part}' if part else ''}"


def objective_new_url(*, parent: str = "", department: str = "") -> str:
    """Where an objective is made, for a parent or in a department."""
    words = {name: value for name, value in (("parent", parent), ("department", department)) if value}
    return f"{reverse('objective-new')}{f'?{urlencode(words)}' if words else ''}"
