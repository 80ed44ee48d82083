"""Parts of pages that come when they are reached; asked for directly, they stand in a page of their own."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from organization.access import MemberRequest


def render_part(request: MemberRequest, template: str, context: Mapping[str, Any], *, title: str) -> HttpResponse:
    """The part alone for htmx, else with everything around it."""
    if request.headers.get("HX-Request") == "true":
        return render(request, template, dict(context))
    return render(request, "dashboards/part.html", {**context, "title": title, "part": template})
