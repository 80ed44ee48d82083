"""The demo's course: take the port, prepare, start, say so, watch, end."""

import ctypes
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import django
from django.core.management import CommandError, call_command, get_commands
from django.db import connections

from cmo_portal.demo.parts import CannotRun, Parts
from cmo_portal.local_services import LocalServicesError, locks, stop_services
from cmo_portal.local_services.children import LIBC, PR_SET_PDEATHSIG, last_lines
from cmo_portal.local_services.environment import prepare_environment
from cmo_portal.local_services.homes import var_folder

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
READY_SECONDS = 90
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(Exception):
    """A signal asked for the end."""


def main() -> int:
    """Run the demo until it is told to stop. Returns the exit code."""
    end_with_make()
    for number in SIGNALS:
        signal.signal(number, stop_once)
    os.environ["CMO_PROFILE"] = "local"
    code = 0
    try:
        port = wanted_port()
        with the_only_one(port), listening(port) as listener:
            run(port, listener)
    except (CannotRun, LocalServicesError, CommandError) as error:
        print(error, file=sys.stderr, flush=True)
        code = 1
    except Stop:
        pass
    return code


def run(port: int, listener: socket.socket) -> None:
    """From the services to the last line, and back."""
    parts = Parts(listener.fileno())
    try:
        prepare()
        parts.start()
        wait_until_ready(port, parts)
        print_ready(port)
        while True:
            time.sleep(0.5)
            for part in parts.bring_back():
                say(f"The {part.name} ended by itself and was started again (log: {part.log}).")
    finally:
        asked_to_stop.append(True)
        say("\nStopping …")
        parts.end()
        stop_services("local")


asked_to_stop: list[bool] = []


def stop_once(*_: object) -> None:
    """The first signal ends the demo; later ones (make passes its own on as well) do not disturb the ending."""
    if not asked_to_stop:
        asked_to_stop.append(True)
        raise Stop


def say(text: str) -> None:
    """Tell the terminal; one that was closed is not missed."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - until the end of the process


def end_with_make() -> None:
    """Killed `make` ends this process too (Linux)."""
    if LIBC is not None and Path(f"/proc/{os.getppid()}/comm").read_text().strip() in ("make", "gmake"):
        LIBC.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGTERM))


def wanted_port() -> int:
    """The port of the environment."""
    given = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise CannotRun(f"PORT is “{given}”; it must be a number between 1 and 65535.")
    return int(given)


@contextmanager
def the_only_one(port: int) -> Iterator[None]:
    """Hold the lock of this checkout's demo, with a note for who comes second."""
    path = var_folder() / "demo.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = locks.take(path)
    if lock is None:
        where, _, number = path.read_text().strip().partition(" ")
        raise CannotRun(
            f"The demo of this checkout is already running at {where} (process {number}). "
            f"Use it there, or stop it first with Ctrl-C in its window."
        )
    os.truncate(lock, 0)
    os.write(lock, f"http://{HOST}:{port}/ {os.getpid()}\n".encode())
    try:
        yield
    finally:
        locks.release(lock)


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """Take the port now, and hold it: the web server inherits it, also when it is started again."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(256)
        except PermissionError:
            raise CannotRun(f"Port {port} is reserved for root. Choose another: make demo PORT=8001") from None
        except OSError:
            other = port + 1 if port < 65535 else DEFAULT_PORT
            raise CannotRun(
                f"Port {port} is taken by another program. Choose another: make demo PORT={other}"
            ) from None
        yield listener


def prepare() -> None:
    """Services, migrations, the demo company (left out with DEMO_COMPANY=0): quick when they are there already."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_portal.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    say("Starting PostgreSQL and Redis …")
    prepare_environment("local")
    django.setup()
    say("Bringing the database up to date …")
    call_command("migrate", interactive=False, verbosity=0)
    if "seed_demo" in get_commands() and os.environ.get("DEMO_COMPANY") != "0":
        say("Looking after the demo company …")
        call_command("seed_demo")
    connections.close_all()


def wait_until_ready(port: int, parts: Parts) -> None:
    """Return when the portal says that it can serve."""
    web = parts.parts[0]
    deadline = time.monotonic() + READY_SECONDS
    while not answers(port):
        if web.has_fallen() or time.monotonic() > deadline:
            raise CannotRun(f"The web server did not start. The end of {web.log}:\n{last_lines(web.log)}")
        time.sleep(0.05)


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def print_ready(port: int) -> None:
    """The address, and how to sign in for each role."""
    say("Ctrl-C stops everything; the data stays.\n")
    say(f"Ready: http://{HOST}:{port}/")
    if find_spec("integrations.demo") is None or os.environ.get("DEMO_COMPANY") == "0":
        return
    sign_ins: Callable[[], list[tuple[str, str, str]]] = import_module("integrations.demo").sign_ins
    people = [tuple(str(part) for part in person) for person in sign_ins()]
    connections.close_all()
    widths = [max(len(person[place]) for person in people) for place in range(2)] if people else []
    for role, email, password in people:
        say(f"  {role:<{widths[0]}}  {email:<{widths[1]}}  {password}")


if __name__ == "__main__":
    sys.exit(main())
