"""The id of the request (or task) under way, so that every event and log line can name it."""

from contextvars import ContextVar

request_id_variable: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request or task under way; empty outside of one."""
    return request_id_variable.get()
