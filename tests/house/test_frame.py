"""What surrounds every answer: health, metrics, request ids, the policy, problems, limits."""

from decimal import Decimal

import orjson
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client
from rest_framework import exceptions
from rest_framework.exceptions import ErrorDetail
from rest_framework.test import APIRequestFactory

from cmo_portal.api.problems import problem_handler
from cmo_portal.api.rendering import OrjsonRenderer
from cmo_portal.api.throttling import PerMinuteThrottle
from cmo_portal.logging import hide_secrets
from organization.records import Conflict


def test_healthz_answers_under_any_host_without_the_database(client: Client) -> None:
    answer = client.get("/healthz", HTTP_HOST="10.0.0.7")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@pytest.mark.django_db
def test_readyz_says_what_answers(client: Client) -> None:
    answer = client.get("/readyz", HTTP_HOST="10.0.0.7")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "database": "ok", "broker": "ok"})


@pytest.mark.django_db
def test_readyz_without_the_broker_is_still_ready(client: Client, settings: object) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"  # type: ignore[attr-defined]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "database": "ok", "broker": "down"})


@pytest.mark.parametrize(
    ("headers", "address", "expected"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "192.0.2.9", 403),
        ({"X-Forwarded-For": "192.0.2.9"}, "127.0.0.1", 403),
        ({"Authorization": "Bearer wrong"}, "192.0.2.9", 403),
        ({"Authorization": "Bearer a-token-of-twenty-signs"}, "192.0.2.9", 200),
    ],
)
def test_metrics_are_for_this_machine_or_the_token(
    client: Client, settings: object, headers: dict[str, str], address: str, expected: int
) -> None:
    settings.METRICS_TOKEN = "a-token-of-twenty-signs"  # type: ignore[attr-defined]
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("offered", "kept"), [("abcdef-0123456789", True), ("bad id\n", False), ("x" * 65, False)])
def test_request_id_is_taken_when_it_is_one_and_sent_back(client: Client, offered: str, kept: bool) -> None:
    answer = client.get("/api/v1/nothing-here/", HTTP_X_REQUEST_ID=offered)
    assert (answer["X-Request-ID"] == offered) is kept
    assert len(answer["X-Request-ID"]) >= 8


@pytest.mark.django_db
def test_policy_allows_no_inline_script_anywhere(client: Client) -> None:
    for address in ("/api/v1/docs/", "/api/v1/nothing-here/", "/nothing-here/"):
        policy = dict(part.strip().split(" ", 1) for part in client.get(address)["Content-Security-Policy"].split(";"))
        assert policy["script-src"] == "'self'"
        assert policy["default-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["object-src"] == "'none'"


@pytest.mark.django_db
def test_unknown_address_of_the_api_is_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/nothing-here/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "There is nothing here.",
        "errors": [],
    }


def told(error: Exception) -> tuple[int, str, list[dict[str, object]]]:
    answer = problem_handler(error, {})
    assert answer is not None
    body = orjson.loads(answer.content)
    assert answer["Content-Type"] == "application/problem+json"
    assert body["status"] == answer.status_code
    return body["status"], body["code"], body["errors"]


def test_problem_names_field_and_row_of_each_mistake() -> None:
    several = ValidationError(
        [
            ValidationError("%(value)s is too much.", "out_of_bounds", {"value": 7, "field": "value", "row": 3}),
            ValidationError("No such KPI.", "reference", {"field": "kpi", "row": 9}),
        ]
    )
    assert told(several) == (
        400,
        "invalid",
        [
            {"field": "value", "row": 3, "code": "out_of_bounds", "message": "7 is too much."},
            {"field": "kpi", "row": 9, "code": "reference", "message": "No such KPI."},
        ],
    )


def test_problem_of_a_models_mistakes_names_the_fields() -> None:
    error = ValidationError({"end": ValidationError("Too early.", "dates"), "__all__": ValidationError("No.", "no")})
    assert told(error)[2] == [
        {"field": "end", "row": None, "code": "dates", "message": "Too early."},
        {"field": None, "row": None, "code": "no", "message": "No."},
    ]


def test_problem_of_a_serializers_list_counts_rows_from_one() -> None:
    error = exceptions.ValidationError(
        [
            {},
            {"value": [ErrorDetail("A number, please.", "invalid")]},
            {"kpi": {"code": [ErrorDetail("Blank.", "blank")]}},
        ]
    )
    assert told(error)[2] == [
        {"field": "value", "row": 2, "code": "invalid", "message": "A number, please."},
        {"field": "kpi.code", "row": 3, "code": "blank", "message": "Blank."},
    ]


class PreconditionRequired(exceptions.APIException):
    status_code = 428
    default_code = "precondition_required"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Conflict("Still used by OBJ-4."), 409, "conflict"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/xml"), 415, "unsupported_media_type"),
        (PreconditionRequired(), 428, "precondition_required"),
    ],
)
def test_problem_has_one_shape_for_every_refusal(error: Exception, status: int, code: str) -> None:
    assert told(error) == (status, code, [])


def test_problem_of_a_limit_says_when_to_come_again() -> None:
    answer = problem_handler(exceptions.Throttled(wait=17.2), {})
    assert answer is not None
    assert (answer.status_code, answer["Retry-After"]) == (429, "18")


def test_fault_of_ours_is_no_problem_document() -> None:
    assert problem_handler(ZeroDivisionError(), {}) is None


def test_throttle_counts_each_caller_for_itself(settings: object) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3  # type: ignore[attr-defined]

    def ask(address: str) -> bool:
        request = APIRequestFactory().get("/", REMOTE_ADDR=address)
        request.user = type("Anonymous", (), {"is_authenticated": False})()  # type: ignore[attr-defined]
        return PerMinuteThrottle().allow_request(request, None)  # type: ignore[arg-type]

    assert [ask("192.0.2.77") for _ in range(4)] == [True, True, True, False]
    assert ask("192.0.2.78") is True


def test_decimals_are_rendered_as_strings() -> None:
    assert OrjsonRenderer().render({"value": Decimal("0.10"), 3: None}) == b'{"value":"0.10","3":null}'


def test_log_line_hides_what_is_secret() -> None:
    line = {"event": "x", "api_token": "abc", "Authorization": "Bearer abc", "kpi": "KPI-1"}
    assert hide_secrets(None, "", line) == {
        "event": "x",
        "api_token": "(hidden)",
        "Authorization": "(hidden)",
        "kpi": "KPI-1",
    }
