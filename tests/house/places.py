"""A place of its own for a test that starts services or the whole demo, and what is left in it afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cmo_portal.local_services.homes import CHECKOUT, ROOTS_PLACES, short_hash

TAKEN_OUT = (
    "DATABASE_URL",
    "REDIS_URL",
    "CMO_PROFILE",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "MAKELEVEL",
    "PORT",
    "LOG_LEVEL",
)


@dataclass(frozen=True)
class Place:
    """A folder that stands for the `var/` of a checkout."""

    var: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in TAKEN_OUT}
        return {**kept, "CMO_VAR": str(self.var)}

    def python(self, *words: str, **extra: str) -> list[str]:
        return [sys.executable, *words]

    def start(self, *words: str, **extra: str) -> "subprocess.Popen[str]":
        """Start Python with these words, in this place, as the leader of a process group."""
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=CHECKOUT,
            env={**self.environment, **extra},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, **extra: str) -> "subprocess.CompletedProcess[str]":
        """Run Python with these words, in this place, to its end."""
        process = self.start(*words, **extra)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def processes(self) -> list[str]:
        """The command lines of what runs in this place or over its data: nobody's parent matters."""
        marks = [os.fsencode(self.var), os.fsencode(short_hash(self.var))]
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                words, environment = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
            except OSError:
                continue
            if words and any(mark in words or mark in environment for mark in marks):
                found.append(words.replace(b"\0", b" ").decode(errors="replace"))
        return found

    def clear(self) -> None:
        """End what runs here and remove the data, also where root keeps it."""
        self.run("-m", "cmo_portal.local_services", "stop")
        for parent in map(Path, ROOTS_PLACES):
            for found in parent.glob(f"cmo-*{short_hash(self.var)}"):
                shutil.rmtree(found, ignore_errors=True)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kill_group(process: "subprocess.Popen[str]", how: signal.Signals) -> None:
    os.killpg(process.pid, how)
