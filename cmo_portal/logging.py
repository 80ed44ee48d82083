"""One log line per request, service write and task, with the request id; JSON on servers, readable on a desk."""

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from audit.request_id import current_request_id

SECRET_WORDS = ("password", "secret", "token", "authorization", "cookie", "api_key")
HIDDEN = "(hidden)"


def add_request_id(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the id of the request or task into the line."""
    if current := current_request_id():
        event.setdefault("request_id", current)
    return event


def hide_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blot out values whose names say that they are secrets."""
    for name in event:
        if any(word in name.lower() for word in SECRET_WORDS):
            event[name] = HIDDEN
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    add_request_id,
    hide_secrets,
    structlog.processors.StackInfoRenderer(),
]


def logging_config(*, level: str, form: str) -> dict[str, Any]:
    """The LOGGING setting; also sets structlog up, so that both kinds of loggers write the same lines."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if form == "json":
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.plain_traceback  # the pretty one prints every local variable, and takes half a minute
        last.append(structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain))
    known = level in logging.getLevelNamesMapping()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": last,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level if known else "INFO"},
        "loggers": {
            # Each refused request is in our own line already; the server's access log would be a second one.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            # Celery's two lines a task would drown the rest: ours says what was done.
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
        },
    }
