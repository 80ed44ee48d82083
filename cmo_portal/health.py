"""Answers for machines: alive, able to serve, counts. The first middleware gives them, before all else."""

import secrets
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from cmo_portal.metrics import metrics_text

BROKER_SECONDS = 1.0
LOOPBACK = ("127.0.0.1", "::1")
FORWARDING_HEADERS = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
seen_migrated: list[bool] = []


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The portal can serve: the database answers and is migrated. Without a broker it can too, and says so."""
    state = {"database": database_state(), "broker": broker_state()}
    ready = state["database"] == "ok"
    return JsonResponse({"ready": ready, **state}, status=200 if ready else 503)


@require_GET
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts for Prometheus, to this machine itself or to who knows METRICS_TOKEN."""
    if not may_read_metrics(request):
        return HttpResponseForbidden("The metrics are not public.", content_type="text/plain")
    return HttpResponse(metrics_text(), content_type=CONTENT_TYPE_LATEST)


def may_read_metrics(request: HttpRequest) -> bool:
    """A request that came through a proxy is not of this machine, whatever its address says."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    if settings.METRICS_TOKEN and secrets.compare_digest(
        request.headers.get("Authorization", "").encode(), expected.encode()
    ):
        return True
    forwarded = any(name in request.headers for name in FORWARDING_HEADERS)
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded


def database_state() -> str:
    """`ok`, `not migrated` or `down`. That it is migrated is asked until the answer is yes."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not seen_migrated:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return "not migrated"
            seen_migrated.append(True)
    except DatabaseError:
        return "down"
    return "ok"


def broker_state() -> str:
    """`ok` or `down`."""
    options = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **options) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError):
        return "down"
    return "ok"


HEALTH_VIEWS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}
