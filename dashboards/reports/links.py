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


def objectives_of_url(email: str) -> str:
    """The objectives that a person owns."""
    return f"{reverse('objective-list')}?{urlencode({'owner': email})}"


def kpi_edit_url(code: str, field: str = "") -> str:
    """Where a KPI is changed; `field` puts the cursor there: owner, direction, …"""
    return f"{reverse('kpi-edit', args=[code])}{f'#id_{field}' if field else ''}"


def kpi_targets_url(code: str) -> str:
    return reverse("kpi-targets", args=[code])


def kpi_values_url(code: str) -> str:
    """Where a value is entered."""
    return f"{kpi_url(code)}#kpi-entry"


def initiative_edit_url(code: str, part: str = "") -> str:
    """Where an initiative is changed; `part` is the id of a field or of a section of the form."""
    return f"{reverse('initiative-edit', args=[code])}{f'#{part}' if part else ''}"


def initiative_new_url(*, objective: str = "") -> str:
    """Where an initiative is made, for an objective."""
    words = urlencode({"objective": objective}) if objective else ""
    return f"{reverse('initiative-new')}{f'?{words}' if words else ''}"
