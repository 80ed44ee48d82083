"""The door of the pages: who may come in at all. What they see and change inside is decided by scoping."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from organization.actors import Actor, Grant
from organization.choices import Role
from organization.models import Department, Membership, Organization, User

P = ParamSpec("P")

SESSION_KEY = "organization"
"""Where the session keeps the code of the chosen organization."""


class MemberRequest(HttpRequest):
    """A request behind `member_required`: actor and organization are there. For annotations only."""

    user: User
    actor: Actor
    organization: Organization
    organizations: tuple[Organization, ...]
    at: datetime
    """The moment for which everything is read and at which everything is written: the clock of one request."""

    as_of: "AsOf | None"
    """The past day that is looked at instead of now."""

    known_on: Callable[[date], AbstractContextManager[None]]
    """Inside, everything is as known at the end of that day; for those who compare days."""


@dataclass(frozen=True)
class AsOf:
    """A look back: what was known at the end of a day. `found` is False where the organization was not there yet."""

    day: date
    at: datetime
    found: bool = True


@dataclass(frozen=True)
class Visitor:
    """What the middleware knows of who is asking."""

    organization: Organization | None = None
    organizations: tuple[Organization, ...] = ()
    actor: Actor | None = None

    def attach(self, request: HttpRequest) -> None:
        """Put it where views and templates look."""
        carrier = cast(Any, request)
        carrier.organization = self.organization
        carrier.organizations = self.organizations
        carrier.actor = self.actor


def chosen_organization(user: User, code: str | None) -> tuple[Organization | None, list[Organization]]:
    """The organization with this code when the person belongs to it, else their first by code; and all of theirs."""
    mine = list(
        Organization.objects.filter(pk__in=Membership.objects.filter(user=user).values("organization_id")).order_by(
            "code"
        )
    )
    return next((one for one in mine if one.code == code), mine[0] if mine else None), mine


def looking_back(actor: Actor) -> Actor:
    """The actor with the roles of now in the departments as they lay then, who only reads.

    Asked where the database shows the past. A role in a department that was not there yet reaches nothing.
    """
    if actor.is_system or actor.user_id is None:
        return replace(actor, only_reads=True)
    held = list(
        Membership.objects.filter(user_id=actor.user_id, organization_id=actor.organization_id).values_list(
            "role", "department_id"
        )
    )
    paths = dict(Department.objects.filter(pk__in=[pk for _role, pk in held if pk]).values_list("pk", "path"))
    grants = (Grant(Role(role), paths[pk] if pk else None) for role, pk in held if pk is None or pk in paths)
    ordered = tuple(sorted(grants, key=lambda grant: (grant.role, grant.path or "")))
    return replace(actor, grants=ordered, only_reads=True)


def member_required(
    view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only for people with a role in an organization: the others sign in, or are told that they have none (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        refusal = turned_away(request)
        return refusal if refusal is not None else view(cast(MemberRequest, request), *args, **kwargs)

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], guarded)


def turned_away(request: HttpRequest) -> HttpResponseBase | None:
    """The way to the sign-in page for a stranger, None for a member; raises PermissionDenied without membership."""
    if not request.user.is_authenticated:
        if request.headers.get("HX-Request") == "true":
            return _sign_in_for_partial(request)
        return redirect_to_login(request.get_full_path())
    if getattr(request, "actor", None) is None:
        raise PermissionDenied(_("You do not have a role in any organization yet. Ask your administrator for one."))
    return None


def _sign_in_for_partial(request: HttpRequest) -> HttpResponse:
    """A part of a page cannot show the sign-in form: the whole page goes there and comes back to itself."""
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = here.path + (f"?{here.query}" if here.query else "") or "/"
    target = redirect_to_login(back, resolve_url(settings.LOGIN_URL))
    return HttpResponse(status=401, headers={"HX-Redirect": target.url})
