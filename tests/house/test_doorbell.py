"""Ringing without a broker: nobody waits, nothing is raised, and the next request does not even try."""

import socket
import time
from collections.abc import Iterator

import pytest
from celery import Celery

from cmo_portal.celery import Doorbell, app
from cmo_portal.queues import BEAT_SCHEDULE, QUEUES, TASK_ROUTES


@pytest.fixture(autouse=True)
def hearing() -> Iterator[None]:
    """No test inherits the quiet time of another."""
    Doorbell.silent_until = 0.0
    yield
    Doorbell.silent_until = 0.0


def bell_at(broker: str) -> Doorbell:
    """A task like ours, with our settings, whose broker is at the given address."""
    other = Celery("other", task_cls=Doorbell, set_as_current=False)
    other.config_from_object("django.conf:settings", namespace="CELERY")
    other.conf.broker_url = broker

    @other.task(name="ring", shared=False)
    def ring() -> None: ...

    return ring


@pytest.mark.parametrize(
    "broker", ["redis://127.0.0.1:9/0", "redis+socket:///nowhere/redis.sock", "redis://nowhere.invalid:6379/0"]
)
def test_delay_without_a_broker_returns_at_once(broker: str) -> None:
    bell = bell_at(broker)
    began = time.monotonic()
    assert bell.delay() is None
    assert time.monotonic() - began < 4
    began = time.monotonic()
    assert [bell.delay() for _ in range(100)] == [None] * 100
    assert time.monotonic() - began < 0.5


def test_delay_with_a_broker_that_hangs_returns_soon() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        bell = bell_at(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
        began = time.monotonic()
        assert bell.delay() is None
        assert time.monotonic() - began < 5


def test_delay_reaches_the_broker_that_is_there() -> None:
    app.loader.import_default_modules()
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        channel.queue_purge("alerts")
        app.tasks["alerts.tasks.reconcile_due"].delay()
        assert channel.queue_purge("alerts") == 1


def test_timetable_names_tasks_that_exist_and_queues_that_are_served() -> None:
    app.loader.import_default_modules()
    assert [entry["task"] for entry in BEAT_SCHEDULE.values() if entry["task"] not in app.tasks] == []
    assert [route for route in TASK_ROUTES.values() if route["queue"] not in QUEUES] == []
