"""Who is asking, in which organization: known once, at the door."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from organization.access import SESSION_KEY, Visitor, chosen_organization
from organization.models import actor_of

__all__ = ["SESSION_KEY", "OrganizationMiddleware"]


class OrganizationMiddleware:
    """Sets `request.organization`, `.organizations`, `.actor` and the clock `.at`; after session and user.

    For a signed-in person two queries; for anybody else none, and all but the clock are empty. The language chosen in
    this browser goes before the person's, which goes before what the browser asks for; times are shown in the
    organization's zone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        admit(request)
        return self.get_response(request)


def admit(request: HttpRequest) -> None:
    """Find the person's organization and what they may do there."""
    timezone.deactivate()
    carrier = cast(Any, request)
    carrier.at, carrier.as_of = timezone.now(), None
    visitor = Visitor()
    user = request.user
    if user.is_authenticated:
        organization, organizations = chosen_organization(user, request.session.get(SESSION_KEY))
        actor = actor_of(user, organization) if organization is not None else None
        visitor = Visitor(organization, tuple(organizations), actor)
        if user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(user.language)
    if visitor.organization is not None:
        timezone.activate(visitor.organization.zone)
    visitor.attach(request)
