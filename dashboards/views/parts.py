"""Parts of pages that come when they are reached; asked for directly, they stand in a page of their own."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from organization.access import MemberRequest
from organization.partials import wants_part


def render_part(request: MemberRequest, template: str, context: Mapping[str, Any], *, title: str) -> HttpResponse:
    """The part alone for htmx, else with everything around it."""
    if wants_part(request):
        response = render(request, template, dict(context))
    else:
        response = render(request, "dashboards/part.html", {**context, "title": title, "part": template})
    patch_vary_headers(response, ["HX-Request"])
    return response
