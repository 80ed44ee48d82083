"""Error pages for people, problem documents for API clients."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults

from cmo_portal.api.problems import Problem, problem_response

API_PREFIX = "/api/"


def bad_request(request: HttpRequest, exception: Exception, *args: Any, **kwargs: Any) -> HttpResponse:
    return answer(
        request, Problem(400, "invalid", _("The request cannot be understood.")), defaults.bad_request, exception
    )


def permission_denied(request: HttpRequest, exception: Exception, *args: Any, **kwargs: Any) -> HttpResponse:
    return answer(
        request, Problem(403, "permission_denied", _("This is not allowed.")), defaults.permission_denied, exception
    )


def page_not_found(request: HttpRequest, exception: Exception, *args: Any, **kwargs: Any) -> HttpResponse:
    return answer(request, Problem(404, "not_found", _("There is nothing here.")), defaults.page_not_found, exception)


def server_error(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return answer(request, Problem(500, "error", _("This is a fault of the portal.")), defaults.server_error)


def answer(request: HttpRequest, problem: Problem, page: Callable[..., Any], *exception: Exception) -> HttpResponse:
    """The problem to a client of the API, the page to everybody else."""
    if request.path.startswith(API_PREFIX):
        return problem_response(problem)
    response: HttpResponse = page(request, *exception)
    return response
