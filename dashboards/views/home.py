"""Strategy at a glance, its parts that refresh by themselves, and its panels."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboards.reports.home import home_report, news_part, objectives_part
from dashboards.reports.panels import course_panel, heatmap_panel
from dashboards.services import mark_seen as keep_mark
from dashboards.views.parts import render_part
from organization.access import MemberRequest, member_required
from organization.partials import wants_part


@require_safe
@member_required
def home(request: MemberRequest) -> HttpResponse:
    """The whole page."""
    report = home_report(request.actor, request.organization, at=request.at, language=_language())
    return render(request, "dashboards/home.html", {"report": report})


@require_safe
@member_required
def objectives(request: MemberRequest) -> HttpResponse:
    """The counts and the rows of the strategic objectives, again."""
    part = objectives_part(request.actor, request.organization, at=request.at)
    return render(request, "dashboards/home_objectives.html", {"part": part, "is_refresh": True})


@require_safe
@member_required
def news(request: MemberRequest) -> HttpResponse:
    """Variances, alerts, changes and blockers, again."""
    return _news(request)


@require_safe
@member_required
def course(request: MemberRequest) -> HttpResponse:
    chart = course_panel(request.actor, request.organization, at=request.at, language=_language())
    return render_part(
        request,
        "dashboards/home_panel.html",
        {"chart": chart, "panel": "course"},
        title=_("Course of the strategic objectives"),
    )


@require_safe
@member_required
def heatmap(request: MemberRequest) -> HttpResponse:
    chart = heatmap_panel(request.actor, request.organization, language=_language())
    return render_part(
        request,
        "dashboards/home_panel.html",
        {"chart": chart, "panel": "heatmap"},
        title=_("Departments and perspectives"),
    )


@require_POST
@member_required
def mark_seen(request: MemberRequest) -> HttpResponse:
    """From now on the feed begins here."""
    keep_mark(actor=request.actor, at=request.at)
    return _news(request) if wants_part(request) else redirect("home")


def _news(request: MemberRequest) -> HttpResponse:
    now = request.at
    part = objectives_part(request.actor, request.organization, at=now)
    news = news_part(request.actor, request.organization, part, at=now, language=_language())
    return render(request, "dashboards/home_news.html", {"news": news})


def _language() -> str:
    return get_language() or "en"
