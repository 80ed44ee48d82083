"""The door to the past: `?as_of=YYYY-MM-DD` on pages and API shows what was known at the end of that day.

For pages the choice stays in the session until it is taken back (`?as_of=today`); the API asks each time. What comes
in to change something is refused there.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import date, datetime, time, timedelta
from typing import Any, Final, cast

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from cmo_portal.as_of import as_known_at
from objectives.services import today_of
from organization.access import AsOf, MemberRequest, looking_back
from organization.api.refusals import invalid
from organization.models import Organization
from organization.records import Conflict

PARAMETER: Final = "as_of"
TODAY: Final = "today"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ELSEWHERE: Final = ("/api/", "/admin/", "/static/")
"""Addresses on which the day in the session means nothing: the API looks itself, operators see what is stored."""

FREE: Final = frozenset({"sign-in", "sign-out", "switch-organization", "set_language", "live"})
"""Pages that are of no day: one comes in and goes out through them."""

DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
EARLIEST: Final = date(1900, 1, 1)
"""Before it nothing is known of anything."""

Respond = Callable[[HttpRequest], HttpResponseBase]


class AsOfMiddleware:
    """Wraps a request in the past that it asks for; needs the organization before it."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with ExitStack() as past:
            member = cast(MemberRequest, request)
            cast(Any, request).look_back = lambda text: _look_back_for_client(member, text, past)
            member.known_on = lambda day: _known_on(member, day)
            refusal = None if _is_elsewhere(request) else _look_back_on_page(member, past)
            response = refusal or self.respond(request)
            if isinstance(response, StreamingHttpResponse) and getattr(request, "as_of", None):
                response.streaming_content = list(cast(Any, response.streaming_content))
            return response


def asked_day(text: str, *, now: datetime, organization: Organization) -> date | None:
    """The past day that the text names; None for today and what comes. Raises ValidationError."""
    if text in ("", TODAY):
        return None
    try:
        day = date.fromisoformat(text) if DAY.match(text) else None
    except ValueError:
        day = None
    if day is None:
        raise ValidationError(_("“%(text)s” is not a day. Write it like 2026-09-30."), "day", {"text": text[:40]})
    return day if day < today_of(organization, now) else None


def end_of(day: date, organization: Organization) -> datetime:
    """The last instant of the day in the organization's zone."""
    return datetime.combine(max(day, EARLIEST) + timedelta(days=1), time(), organization.zone) - timedelta.resolution


def _known_on(request: MemberRequest, day: date) -> AbstractContextManager[None]:
    """What was known at the end of a day; from the last day on that the request looks at, what it looks at."""
    last = request.as_of.day if request.as_of is not None else today_of(request.organization, request.at)
    if day >= last:
        return nullcontext()
    return as_known_at(request.organization, end_of(day, request.organization))


def _look_back_for_client(request: MemberRequest, text: str, past: ExitStack) -> None:
    """For the API, which knows only late who asks. Raises what becomes a problem document."""
    try:
        day = asked_day(text, now=request.at, organization=request.organization)
    except ValidationError as error:
        raise invalid(PARAMETER, error.messages[0]) from error
    if day is None:
        return
    if request.method not in SAFE:
        raise Conflict(_("What was known on a past day cannot be changed. Leave out as_of."))
    _enter(request, day, past)


def _look_back_on_page(request: MemberRequest, past: ExitStack) -> HttpResponse | None:
    """Enter the past that the address or the session names; returns the answer where there is nothing to enter."""
    if request.actor is None or (PARAMETER not in request.GET and PARAMETER not in request.session):
        return None
    text = request.GET.get(PARAMETER, request.session.get(PARAMETER, ""))
    try:
        day = asked_day(text, now=request.at, organization=request.organization)
    except ValidationError as error:
        return render(request, "as_of/not_a_day.html", {"problem": error.messages[0]}, status=400)
    if day is None:
        request.session.pop(PARAMETER, None)
        return None
    if request.session.get(PARAMETER) != day.isoformat():
        request.session[PARAMETER] = day.isoformat()
    name = _name_of(request)
    if name in FREE:
        request.as_of = AsOf(day, end_of(day, request.organization))
        return None
    if request.method not in SAFE:
        request.as_of = AsOf(day, end_of(day, request.organization))
        return render(request, "as_of/refused.html", status=409)
    if not _enter(request, day, past):
        return render(request, "as_of/nothing_known.html")
    return None


def _enter(request: MemberRequest, day: date, past: ExitStack) -> bool:
    """From here on the request is answered in the past, to the end of the stack; False before the organization was."""
    present, at = request.organization, end_of(day, request.organization)
    with ExitStack() as entered:
        entered.enter_context(as_known_at(present, at))
        former = Organization.objects.filter(pk=present.pk).first()
        if former is not None:
            request.organization = former
            past.push(entered.pop_all())
    request.as_of, request.at = AsOf(day, at, found=former is not None), at
    if former is None:
        if not _is_elsewhere(request):
            return False
        past.enter_context(as_known_at(present, end_of(EARLIEST, present)))
    request.actor = looking_back(request.actor)
    return former is not None


def _is_elsewhere(request: HttpRequest) -> bool:
    return request.path.startswith(ELSEWHERE)


def _name_of(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""
