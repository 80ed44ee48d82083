"""Workers that race or die: nothing is lost, no row is doubled, and a receiver can tell twice from two."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import close_old_connections, connection

from alerts.channels import deliver
from alerts.models import Delivery
from alerts.retries import MOST_ATTEMPTS
from alerts.services import reconcile
from alerts.services.sending import LEASE, claim_deliveries, settle_sent
from cmo_portal.local_services.homes import CHECKOUT
from tests.alerts.posting import TELL, channel_to, one_to, red_kpi, watch
from tests.alerts.receivers import answering, receiving, stalling
from tests.factories import NOW, Company, make_company

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = """
import sys
from datetime import datetime
import django
django.setup()
from alerts.channels import deliver
deliver(at=datetime.fromisoformat(sys.argv[1]))
"""


@pytest.fixture
def company(settings: Any) -> Company:
    settings.OUTGOING_PRIVATE = True
    settings.OUTGOING_TIMEOUT = (1.0, 5.0)
    return make_company()


def start_worker() -> "subprocess.Popen[bytes]":
    """A process of its own on the test's database, as a worker is."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    environment = {**os.environ, "DATABASE_URL": url, "OUTGOING_PRIVATE": "true"}
    return subprocess.Popen([sys.executable, "-c", WORKER, TELL.isoformat()], cwd=CHECKOUT, env=environment)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_worker_killed_in_the_middle_loses_nothing_and_doubles_no_row(company: Company) -> None:
    watch(company)
    with receiving(answering(200), stalling(30), answering(200)) as receiver:
        channel_to(company, receiver.url)
        for person in (company.alice, company.bob, company.erin, company.olga):
            red_kpi(company, owner=person)
        reconcile(at=NOW)
        Delivery.objects.filter(channel=None).delete()
        worker = start_worker()
        try:
            wait_until(lambda: len(receiver.received) == 2)  # the second has arrived and is not yet written down
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        states = list(Delivery.objects.order_by("pk").values_list("state", flat=True))
        assert states == ["sent", "sending", "sending", "sending"]
        deliver(at=TELL + timedelta(minutes=1))
        assert len(receiver.received) == 2  # the dead worker's lease still holds
        deliver(at=TELL + LEASE)
        deliver(at=TELL + 2 * LEASE)
    rows = Delivery.objects.order_by("pk")
    assert [(row.state, row.attempts) for row in rows] == [("sent", 1), ("sent", 2), ("sent", 2), ("sent", 2)]
    names = [received.headers["webhook-id"] for received in receiver.received]
    expected = [f"msg_{row.uid.hex}" for row in rows]
    assert names == [expected[0], expected[1], expected[1], expected[2], expected[3]]


def test_row_that_kills_every_worker_is_given_up(company: Company) -> None:
    with receiving() as receiver:
        one_to(company, receiver.url)
        at = TELL
        for _ in range(MOST_ATTEMPTS):
            claimed, _looked_at = claim_deliveries(at=at, limit=10)
            assert len(claimed) == 1  # and then the worker is gone
            at += LEASE
        assert deliver(at=at) == 1
        row = Delivery.objects.get()
        assert (row.state, row.attempts, row.last_error) == (
            "dead",
            MOST_ATTEMPTS,
            "The sender was stopped each time.",
        )
    assert receiver.received == []


def test_late_worker_does_not_overwrite_what_another_has_taken_over(company: Company) -> None:
    with receiving() as receiver:
        one_to(company, receiver.url)
    [slow], _ = claim_deliveries(at=TELL, limit=10)
    [quick], _ = claim_deliveries(at=TELL + LEASE, limit=10)
    settle_sent(slow, at=TELL + LEASE)
    assert Delivery.objects.get().state == "sending"
    settle_sent(quick, at=TELL + LEASE)
    settle_sent(slow, at=TELL + 2 * LEASE)
    row = Delivery.objects.get()
    assert (row.state, row.sent_at) == ("sent", TELL + LEASE)


def test_workers_at_once_send_each_message_once(company: Company) -> None:
    watch(company)
    with receiving() as receiver:
        channel_to(company, receiver.url)
        for number in range(30):
            red_kpi(company, owner=type(company.bob).objects.create(email=f"p{number}@example.org", name=f"P{number}"))
        reconcile(at=NOW)
        Delivery.objects.filter(channel=None).delete()
        start = Barrier(3)

        def work() -> int:
            close_old_connections()
            start.wait()
            try:
                return sum(deliver(at=TELL, limit=4) for _ in range(12))
            finally:
                connection.close()

        with ThreadPoolExecutor(3) as pool:
            handled = [future.result() for future in [pool.submit(work) for _ in range(3)]]
    assert sum(handled) == 30
    names = sorted(received.headers["webhook-id"] for received in receiver.received)
    assert names == sorted(f"msg_{uid.hex}" for uid in Delivery.objects.values_list("uid", flat=True))
    assert len(names) == 30
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


@pytest.mark.parametrize("count", [1, 3])
def test_claiming_takes_the_same_statements_for_any_number(
    company: Company, django_assert_num_queries: Any, count: int
) -> None:
    watch(company)
    for person in (company.alice, company.bob, company.erin)[:count]:
        red_kpi(company, owner=person)
    reconcile(at=NOW)
    with django_assert_num_queries(5):
        claimed, looked_at = claim_deliveries(at=TELL, limit=50)
    assert (len(claimed), looked_at) == (2 * count, 2 * count)
