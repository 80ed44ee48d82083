"""One error shape for every answer that is not a success: RFC 9457, with a pointer to each field and row.

    {"type": "about:blank", "title": "Bad Request", "status": 400, "code": "invalid", "detail": "…",
     "errors": [{"field": "value", "row": 3, "code": "out_of_bounds", "message": "…"}]}

A service names field and row of an error by `ValidationError(message, code, {"field": "value", "row": 3})`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.exceptions import APIException, ErrorDetail
from rest_framework.response import Response
from rest_framework.views import set_rollback

from organization.records import Conflict, InvalidRows, StaleVersion

CONTENT_TYPE = "application/problem+json"
WHOLE = (NON_FIELD_ERRORS, "non_field_errors", "detail")


@dataclass(frozen=True)
class ProblemError:
    """One mistake: where it is (field, row of a list from 1) and what it is."""

    message: str
    code: str = "invalid"
    field: str | None = None
    row: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return {"field": self.field, "row": self.row, "code": self.code, "message": self.message}


@dataclass(frozen=True)
class Problem:
    """What a refused request is told."""

    status: int
    code: str
    detail: str
    errors: Sequence[ProblemError] = field(default=())
    extensions: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "errors": [error.as_dict() for error in self.errors],
            **self.extensions,
        }


def problem_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | Response | None:
    """Turn what a view raised into a problem; None (a fault of ours) lets Django answer 500 and log it."""
    problem = problem_of(error)
    if problem is None:
        return None
    set_rollback()
    return problem_response(problem, headers_of(error))


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A problem as an answer outside of the API's renderers as well."""
    body = orjson.dumps(problem.as_dict())
    return HttpResponse(body, status=problem.status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def problem_of(error: Exception) -> Problem | None:
    """The problem that an exception stands for."""
    match error:
        case ValidationError() | exceptions.ValidationError() | InvalidRows():
            return Problem(400, "invalid", _("Nothing was stored."), tuple(errors_in(error)))
        case Conflict():
            return Problem(409, "conflict", str(error) or _("This contradicts what is stored already."))
        case StaleVersion():
            return Problem(412, "stale", str(error))
        case Http404():
            return Problem(404, "not_found", _("There is nothing here."))
        case PermissionDenied():
            return Problem(403, "permission_denied", str(error) or _("This is not allowed."))
        case APIException():
            detail = error.detail if isinstance(error.detail, ErrorDetail) else error.default_detail
            code = str(getattr(detail, "code", error.default_code))
            return Problem(error.status_code, code, str(detail), extensions=getattr(error, "extensions", {}))
    return None


def errors_in(error: ValidationError | exceptions.ValidationError | InvalidRows) -> Iterator[ProblemError]:
    """Every mistake that a refusal names, whoever named it."""
    if isinstance(error, InvalidRows):
        yield from (ProblemError(one.message, one.code, one.field, one.row) for one in error.problems)
    elif isinstance(error, ValidationError):
        yield from django_errors(error)
    else:
        yield from rest_errors(error.detail)


def headers_of(error: Exception) -> dict[str, str]:
    """The headers that some refusals need: when to come again, how to sign in."""
    headers: dict[str, str] = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(getattr(error, "auth_header", ""))
    wait = getattr(error, "wait", None)
    if isinstance(error, exceptions.Throttled) and wait is not None:
        headers["Retry-After"] = str(max(1, round(wait)))
    return headers


def django_errors(error: ValidationError, name: str | None = None) -> Iterator[ProblemError]:
    """Flatten Django's tree of errors; `field` and `row` in an error's params win."""
    if hasattr(error, "error_dict"):
        for key, several in error.error_dict.items():
            for one in several:
                yield from django_errors(one, None if key in WHOLE else key)
        return
    for one in error.error_list:
        params = one.params if isinstance(one.params, Mapping) else {}
        message = one.message % params if params else one.message
        yield ProblemError(str(message), str(one.code or "invalid"), params.get("field", name), params.get("row"))


def rest_errors(detail: Any, name: str | None = None, row: int | None = None) -> Iterator[ProblemError]:
    """Flatten the serializers' tree of errors: nested names with dots, places in a list as rows from 1."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            if isinstance(key, int):  # errors of some elements of a list, by place
                yield from rest_errors(inner, name, key + 1)
            else:
                below = name if key in WHOLE else f"{name}.{key}" if name else str(key)
                yield from rest_errors(inner, below, row)
    elif isinstance(detail, ErrorDetail):
        yield ProblemError(str(detail), str(detail.code), name, row)
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for place, inner in enumerate(detail, start=1):
            yield from rest_errors(inner, name, place if isinstance(inner, Mapping) and row is None else row)
    else:
        yield ProblemError(str(detail), "invalid", name, row)
