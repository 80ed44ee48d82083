"""`make demo`: one line says ready, and whatever way it ends, nothing is left."""

import os
import signal
import socket
import subprocess
import urllib.request

import pytest

from tests.house.places import Place, free_port, kill_group, wait_until

DEMO = ("-m", "cmo_portal.demo")


def wait_for_ready(demo: "subprocess.Popen[str]") -> str:
    """The line that says ready; fails with the errors when the demo ended instead."""
    assert demo.stdout is not None
    for line in demo.stdout:
        if line.startswith("Ready: "):
            return line.strip()
    raise AssertionError(demo.stderr.read() if demo.stderr else "")


@pytest.mark.slow
def test_demo_serves_and_leaves_nothing_behind(place: Place) -> None:
    port = str(free_port())
    demo = place.start(*DEMO, PORT=port, DEMO_COMPANY="0")
    assert wait_for_ready(demo) == f"Ready: http://127.0.0.1:{port}/"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
        assert answer.read() == b'{"ready": true, "database": "ok", "broker": "ok"}'

    second = place.run(*DEMO, PORT=str(free_port()))
    assert (second.returncode, second.stderr) == (
        1,
        f"The demo of this checkout is already running at http://127.0.0.1:{port}/ (process {demo.pid}). "
        "Use it there, or stop it first with Ctrl-C in its window.\n",
    )

    kill_group(demo, signal.SIGINT)
    _, errors = demo.communicate(timeout=30)
    assert (demo.returncode, errors) == (0, "")
    assert wait_until(lambda: place.processes() == [], 5), place.processes()

    again = place.start(*DEMO, PORT=port, DEMO_COMPANY="0")
    wait_for_ready(again)
    os.kill(again.pid, signal.SIGKILL)
    again.communicate(timeout=30)
    assert wait_until(lambda: place.processes() == [], 20), place.processes()


def test_demo_with_the_port_taken_says_so_and_starts_nothing(place: Place) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        answer = place.run(*DEMO, PORT=str(port))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == f"Port {port} is taken by another program. Choose another: make demo PORT={port + 1}\n"
    assert place.processes() == []
    assert not (place.var / "local").exists()


@pytest.mark.parametrize("port", ["eighty", "0", "70000"])
def test_demo_with_an_impossible_port_says_so(place: Place, port: str) -> None:
    answer = place.run(*DEMO, PORT=port)
    assert (answer.returncode, answer.stderr) == (1, f"PORT is “{port}”; it must be a number between 1 and 65535.\n")
