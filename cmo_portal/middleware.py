"""What surrounds every request: health, its id, its log line, its place in the metrics."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from audit.request_id import request_id_variable
from cmo_portal.health import HEALTH_VIEWS
from cmo_portal.metrics import count_request

ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")
QUIET_PATHS = ("/static/",)
logger = structlog.get_logger("cmo_portal.request")

Respond = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Answers the addresses for machines, which ask under whatever host name and without HTTPS."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = HEALTH_VIEWS.get(request.path)
        return view(request) if view else self.respond(request)


class RequestIdMiddleware:
    """Take `X-Request-ID` from the proxy or make one; keep it for events and log lines; send it back."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "")
        request_id = offered if ACCEPTABLE_ID.match(offered) else uuid.uuid4().hex
        mark = request_id_variable.set(request_id)
        try:
            response = self.respond(request)
            response["X-Request-ID"] = request_id
            return response
        finally:
            request_id_variable.reset(mark)


class MetricsMiddleware:
    """One log line and one count per request; addresses are counted by route, so that no code becomes a label."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.respond(request)
        seconds = time.perf_counter() - began
        match = request.resolver_match
        count_request(str(request.method), match.route if match else "(none)", response.status_code, seconds)
        if not request.path.startswith(QUIET_PATHS):
            logger.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
                user=getattr(getattr(request, "user", None), "pk", None),
            )
        return response
