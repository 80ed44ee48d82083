"""My week: the page, the form of the line that is open, and what comes back after something was done."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from dashboards.reports.week import Week, week_page
from dashboards.views.week_panels import panel_of
from organization.access import MemberRequest, member_required
from organization.partials import wants_part

UNPROCESSABLE: Final = 422
UNDO: Final = "week_undo"
"""Where the session keeps how to take back what was just done, for the page after the redirect."""


@dataclass(frozen=True, slots=True)
class Undo:
    """What was done, and the form that takes it back; without an address it only says so."""

    text: str
    url: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A form that came back with something to mend, and what its line says about that."""

    key: str
    name: str
    form: Form
    more: dict[str, Any] = field(default_factory=dict)


@require_safe
@vary_on_headers("HX-Request")
@member_required
def week(request: MemberRequest) -> HttpResponse:
    """Everything due from the person; `item` says which line is open."""
    opened = request.GET.get("item", "")
    return week_response(request, opened=opened, focus="field" if opened else "")


def week_response(
    request: MemberRequest,
    *,
    opened: str = "",
    focus: str = "",
    bound: Bound | None = None,
    said: Undo | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, or for htmx the part of it that changes: one line open with its form, the first one unless told."""
    found = week_page(request.actor, request.organization, request.user, at=request.at)
    key = opened if opened in found.items else next(iter(found.items), "")
    context = {
        "week": found,
        "opened": key,
        "focus": focus if bound is None or bound.key == key else "",
        "panel": _panel(request, found, key, bound),
        "said": said or _kept(request),
        "count": len(found.keys),
        "problem": _unplaced(bound, key),
        "is_part": wants_part(request),
    }
    template = "dashboards/week_part.html" if wants_part(request) else "dashboards/week.html"
    return render(request, template, context, status=status)


def refused(request: MemberRequest, bound: Bound) -> HttpResponse:
    """The line again with what was typed."""
    return week_response(request, opened=bound.key, focus="field", bound=bound, status=UNPROCESSABLE)


def answered(request: MemberRequest, done: Undo) -> HttpResponseBase:
    """The list without what was done and with the next line open; or a redirect to it."""
    then = request.POST.get("then", "")[:200]
    if wants_part(request):
        return week_response(request, opened=then, focus="line", said=done)
    if done.url:
        request.session[UNDO] = asdict(done)
    else:
        messages.add_message(request, messages.WARNING if done.warns else messages.SUCCESS, done.text)
    query = f"?{urlencode({'item': then})}" if then else ""
    return redirect(f"{reverse('week')}{query}")


def _panel(request: MemberRequest, found: Week, key: str, bound: Bound | None) -> dict[str, Any]:
    """What the form of the open line needs; nothing when the list is empty."""
    if not key:
        return {}
    panel = panel_of(request, found.dues[key])
    if bound is not None and bound.key == key:
        panel = {**panel, bound.name: bound.form, **bound.more}
    return panel


def _unplaced(bound: Bound | None, key: str) -> str:
    """What is wrong with a form whose line is no longer in the list: somebody else has done it meanwhile."""
    if bound is None or bound.key == key:
        return ""
    problem = bound.more.get("problem")
    return str(problem) if problem else " ".join(str(error) for error in bound.form.non_field_errors())


def _kept(request: MemberRequest) -> Undo | None:
    kept = request.session.pop(UNDO, None) if UNDO in request.session else None
    return Undo(**kept) if kept else None
