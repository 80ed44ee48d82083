"""A whole portal for tests: `make demo`'s own runner with services and data of its own, in a folder of its own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
READY = re.compile(r"^Ready: (http://\S+)$")
START_SECONDS = 180
SET_BY_THE_TEST_RUN = (
    "DATABASE_URL",
    "REDIS_URL",
    "CMO_PROFILE",
    "DJANGO_SETTINGS_MODULE",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
)


@dataclass
class Portal:
    """A running portal: its address, the sign-ins it printed, and its environment for `manage.py`."""

    url: str
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def manage(self, *arguments: str) -> str:
        """Run a management command against this portal; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def sign_in_of(self, role: str) -> tuple[str, str]:
        """E-mail address and password that the start-up printed for a role."""
        for line in self.lines:
            words = line.split()
            if role in line.lower() and any("@" in word for word in words):
                place = next(number for number, word in enumerate(words) if "@" in word)
                return words[place], words[-1]
        raise AssertionError(f"no sign-in for {role} in {self.lines}")


@contextmanager
def running_portal() -> Iterator[Portal]:
    """Start the demo as a person would and stop it with Ctrl-C afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="portal-"))
    folder.chmod(0o755)  # PostgreSQL's own account must be able to enter
    environment = {name: value for name, value in os.environ.items() if name not in SET_BY_THE_TEST_RUN}
    environment |= {"CMO_VAR": str(folder / "var"), "PORT": str(free_port()), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "cmo_portal.demo"],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []
    ready = threading.Event()
    reader = threading.Thread(target=_read, args=(process, lines, ready), daemon=True)
    reader.start()
    try:
        assert ready.wait(START_SECONDS), "\n".join(lines)
        url = next(found.group(1) for found in map(READY.match, lines) if found)
        yield Portal(url.rstrip("/"), folder, environment, process, lines)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        reader.join(10)
        if process.stdout is not None:
            process.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _read(process: subprocess.Popen[str], lines: list[str], ready: threading.Event) -> None:
    assert process.stdout is not None
    seen_ready = False
    for raw in process.stdout:
        line = raw.rstrip("\n")
        lines.append(line)
        seen_ready = seen_ready or bool(READY.match(line))
        if seen_ready and ("Ctrl-C" in line or line.count("@") or READY.match(line)):
            threading.Timer(0.5, ready.set).start()
    ready.set()
