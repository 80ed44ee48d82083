"""Killed workers and a broker that goes away lose nothing: afterwards a rebuild finds no row that differs."""

import os
import re
import signal
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import requests

from tests.portal import Portal, running_portal

pytestmark = pytest.mark.slow

POSTS = 500
SETTLE_SECONDS = 60


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    with running_portal() as started:
        yield started


@pytest.fixture(scope="module")
def client(portal: Portal) -> requests.Session:
    """A machine that may write values anywhere: a token of the strategy office."""
    email, _password = portal.sign_in_of("strategy")
    said = portal.manage("issue_token", email, "--organization", "KESTRANE", "--scope", "read", "--scope", "kpi:write")
    token = next(word for word in said.split() if word.startswith("cmo"))
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    return session


def monthly_kpis(portal: Portal, client: requests.Session) -> list[str]:
    rows = client.get(f"{portal.url}/api/v1/kpis/", params={"page_size": 200}, timeout=10).json()["results"]
    monthly = [row["code"] for row in rows if row["frequency"] == "monthly" and row["kind"] == "move"]
    found = [client.get(f"{portal.url}/api/v1/kpis/{code}/", timeout=10).json() for code in monthly]
    return [row["code"] for row in found if row["time_aggregation"] != "ratio" and not is_worked_out(row)]


def is_worked_out(kpi: dict[str, str]) -> bool:
    """Out of other KPIs: nobody enters its values."""
    return bool(kpi["formula"]) or kpi["unit_aggregation"] != "none"


def post(portal: Portal, client: requests.Session, code: str, value: int) -> None:
    period = date.today().replace(day=1).isoformat()  # noqa: DTZ011 - the month is all that matters
    row = {"kpi": code, "period": period, "value": str(value)}
    answer = client.post(f"{portal.url}/api/v1/measurements/", json=[row], timeout=30)
    assert answer.status_code == 201, answer.text


def processes(*words: str) -> list[int]:
    """Processes whose command line holds all the words."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if all(word in command for word in words):
                found.append(int(folder.name))
    return found


def workers_of(portal: Portal) -> list[int]:
    """The celery workers that are children of this portal, at any depth."""
    return [pid for pid in processes("celery", "worker") if portal.process.pid in ancestors(pid)]


def ancestors(pid: int) -> list[int]:
    above = []
    while pid > 1:
        try:
            found = re.search(r"^PPid:\t(\d+)$", Path(f"/proc/{pid}/status").read_text(), re.M)
        except OSError:
            break
        pid = int(found.group(1)) if found else 0
        above.append(pid)
    return above


def rebuilt(portal: Portal) -> str:
    """What `rebuild` says once the worker has answered every message."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        waiting = portal.manage(
            "shell",
            "-v0",
            "-c",
            "from objectives.models import ObjectiveFigures as F; print(F.objects.exclude(stale_at=None).count())",
        )
        if waiting.split()[-1] == "0":
            break
        time.sleep(0.5)
    return portal.manage("rebuild").strip().splitlines()[-1]


def test_a_worker_killed_in_the_middle_of_roll_ups_loses_nothing(portal: Portal, client: requests.Session) -> None:
    codes = monthly_kpis(portal, client)
    killed = 0
    for number in range(60):
        post(portal, client, codes[number % len(codes)], number)
        if number % 20 == 10:
            for pid in workers_of(portal):
                os.kill(pid, signal.SIGKILL)
                killed += 1
    assert killed >= 3
    assert rebuilt(portal) == "0 rows differed"


def test_redis_stopped_and_started_during_500_posts_loses_nothing(portal: Portal, client: requests.Session) -> None:
    codes = monthly_kpis(portal, client)
    before = client.get(f"{portal.url}/api/v1/events/", timeout=10).json()["results"][0]["id"]
    slowest = 0.0
    for number in range(POSTS):
        if number in (100, 300):
            for pid in processes(str(portal.folder / "var"), "redis.sock"):
                os.kill(pid, signal.SIGKILL)
        began = time.monotonic()
        post(portal, client, codes[number % len(codes)], 1000 + number)
        slowest = max(slowest, time.monotonic() - began)
    assert rebuilt(portal) == "0 rows differed"
    assert measurements_since(before, portal, client) >= POSTS - 1
    assert slowest < 10


def measurements_since(event: int, portal: Portal, client: requests.Session) -> int:
    """How many events of measurements follow the given one; the newest come first, among others of the alerts."""
    found, address = 0, f"{portal.url}/api/v1/events/?page_size=500"
    while address:
        page = client.get(address, timeout=10).json()
        rows = [row for row in page["results"] if row["id"] > event]
        found += sum(row["verb"].startswith("measurement.") for row in rows)
        address = page["next"] if len(rows) == len(page["results"]) else None
    return found
