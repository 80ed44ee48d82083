"""The Celery app, and a doorbell that never makes anybody wait."""

import os
import time
from typing import Any

import django
import structlog
from celery import Celery, signals
from celery.contrib.django.task import DjangoTask
from django.core.exceptions import ImproperlyConfigured
from kombu.exceptions import OperationalError

from audit.request_id import request_id_variable
from cmo_portal.checks import refuse_wrong_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_portal.settings")

logger = structlog.get_logger(__name__)
QUIET_SECONDS = 5.0
WORKER_PATIENCE = 10.0


class Doorbell(DjangoTask[Any, Any]):
    """A task whose call may fail to reach the broker without anybody noticing: the row says what is due.

    After a failure the broker is left alone for a few seconds, so that a request never waits for it twice.
    """

    abstract = True
    silent_until = 0.0

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Ring; when the broker does not answer, write a log line and return None. The beat rings again."""
        if time.monotonic() < Doorbell.silent_until:
            return None
        try:
            return super().apply_async(*args, **kwargs)
        except (OperationalError, ConnectionError, TimeoutError) as error:
            Doorbell.silent_until = time.monotonic() + QUIET_SECONDS
            logger.warning(
                "The broker does not answer; the next tick will do the work.", task=self.name, error=str(error)
            )
            return None


app = Celery("cmo_portal", task_cls=Doorbell)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_init.connect
def be_patient(**_: Any) -> None:
    """A worker may wait longer for the broker than a request."""
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "socket_timeout": WORKER_PATIENCE}


@signals.before_task_publish.connect
def send_request_id(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Let the task write under the id of the request that rang."""
    if headers is not None and (current := request_id_variable.get()):
        headers["portal_request_id"] = current


@signals.task_prerun.connect
def take_request_id(task: Any = None, task_id: str = "", **_: Any) -> None:
    """The id of the ringing request, or the task's own where the beat rang."""
    request = getattr(task, "request", None)
    request_id_variable.set(getattr(request, "portal_request_id", None) or task_id)


@signals.task_postrun.connect
def forget_request_id(**_: Any) -> None:
    request_id_variable.set("")


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Celery would set its own logging up; Django has done it already."""


@signals.celeryd_init.connect
@signals.beat_init.connect
def refuse_to_start(**_: Any) -> None:
    """A worker or beat with wrong settings does not start. (Celery swallows any exception here but this one.)"""
    django.setup()
    try:
        refuse_wrong_settings()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
