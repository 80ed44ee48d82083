"""Starting, sharing and stopping the services of this checkout."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cmo_portal.local_services import locks
from cmo_portal.local_services.errors import LocalServicesError
from cmo_portal.local_services.homes import CHECKOUT, Home, Profile, find_home
from cmo_portal.local_services.postgres import DATABASE, USER, postgres_answers
from cmo_portal.local_services.redis_server import redis_answers

PATIENCE = 90.0
USED: dict[Path, int] = {}


@dataclass(frozen=True)
class ServiceUrls:
    """Where the database and the broker are, in the form that DATABASE_URL and REDIS_URL take."""

    database_url: str
    redis_url: str


@dataclass(frozen=True)
class ServicesStatus:
    """What `status` prints."""

    running: bool
    in_use: bool
    data: Path
    urls: ServiceUrls


def ensure_services(profile: Profile = "local") -> ServiceUrls:
    """Return running services, started if need be, and count this process among their users until it ends.

    What DATABASE_URL or REDIS_URL name comes first; with both set nothing is started. Any number of processes may
    call this at the same time: one starts the servers, the others wait for it.
    """
    given = ServiceUrls(os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", ""))
    if given.database_url and given.redis_url:
        return given
    home = find_home(profile)
    use(home)
    if not answers(home):
        start(home)
    own = urls_of(home)
    return ServiceUrls(given.database_url or own.database_url, given.redis_url or own.redis_url)


def stop_services(profile: Profile = "local", *, wait: float = 30) -> bool:
    """End this process's use and stop the servers, unless another process uses them. True when they are down."""
    home = find_home(profile)
    mine = USED.pop(home.root, None)
    if mine is not None:
        locks.release(mine)
    alone = locks.take(home.root / "users.lock")
    if alone is None:
        return not locks.is_held(home.root / "keeper.lock")
    try:
        tell_keeper_to_stop(home, wait)
        return not locks.is_held(home.root / "keeper.lock")
    finally:
        locks.release(alone)


def services_status(profile: Profile = "local") -> ServicesStatus:
    """Whether the servers answer, whether somebody uses them, where the data is."""
    home = find_home(profile)
    mine = USED.pop(home.root, None)
    if mine is not None:
        locks.release(mine)
    in_use = locks.is_held_by_anyone(home.root / "users.lock")
    if mine is not None:
        use(home)
    return ServicesStatus(answers(home), in_use, home.root, urls_of(home))


def urls_of(home: Home) -> ServiceUrls:
    """The addresses of a home's servers, running or not."""
    host = quote(str(home.sockets), safe="")
    return ServiceUrls(f"postgres://{USER}@{host}/{DATABASE}", f"unix://{home.redis_socket}?db=0")


def use(home: Home) -> None:
    """Hold the shared lock that keeps the servers up; waits while a keeper is just ending."""
    if home.root in USED:
        return
    lock = locks.take(home.root / "users.lock", shared=True, wait=PATIENCE)
    if lock is None:
        raise LocalServicesError(
            f"The services in {home.root} have been stopping for {PATIENCE:.0f} s; see keeper.log there."
        )
    USED[home.root] = lock


def answers(home: Home) -> bool:
    """Whether both servers are there with a keeper that looks after them."""
    return locks.is_held(home.root / "keeper.lock") and postgres_answers(home) and redis_answers(home)


def start(home: Home) -> None:
    """Start a keeper and wait until it says ready; only one process does so at a time."""
    lock = locks.take(home.root / "start.lock", wait=PATIENCE)
    if lock is None:
        raise LocalServicesError(f"Another command has been starting the services in {home.root} for {PATIENCE:.0f} s.")
    try:
        if wait_for_restart(home):
            return
        said = launch_keeper(home)
    finally:
        locks.release(lock)
    first, _, rest = said.partition("\n")
    if first != "ready":
        raise LocalServicesError(said.strip() or f"The services did not start; see {home.root / 'keeper.log'}.")
    if rest.strip():
        print(rest.strip(), file=sys.stderr)


def wait_for_restart(home: Home) -> bool:
    """Whether the servers are there after all: just started by another, or brought back by their keeper."""
    deadline = time.monotonic() + PATIENCE
    while locks.is_held(home.root / "keeper.lock"):
        if answers(home):
            return True
        if time.monotonic() > deadline:
            raise LocalServicesError(f"The services in {home.root} do not answer; see the logs there.")
        time.sleep(0.05)
    return False


def launch_keeper(home: Home) -> str:
    """Start the keeper as a process of its own and return what it says."""
    reading, writing = os.pipe()
    with open(home.root / "keeper.log", "wb") as log, os.fdopen(reading) as answer:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "cmo_portal.local_services.keeper", home.profile, str(writing)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=CHECKOUT,
            pass_fds=[writing],
            start_new_session=True,
        )
        keeper.returncode = 0  # it outlives this process, which therefore never waits for it
        os.close(writing)
        return answer.read()


def tell_keeper_to_stop(home: Home, wait: float) -> None:
    """Ask the keeper to end its servers and itself, and wait for it."""
    lock = home.root / "keeper.lock"
    deadline = time.monotonic() + wait
    if locks.is_held(lock):
        number = lock.read_text().strip()
        if number:
            os.kill(int(number), signal.SIGTERM)
    while locks.is_held(lock) and time.monotonic() < deadline:
        time.sleep(0.02)
