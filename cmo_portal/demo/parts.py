"""The portal's programs (web, worker, beat): started, brought back when they fall, ended."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from cmo_portal.local_services.children import start_child
from cmo_portal.local_services.homes import CHECKOUT, var_folder
from cmo_portal.queues import QUEUES

STOP_SECONDS = 10
REMEMBER_FALLS = 60.0
LONGEST_PAUSE = 10.0
MEMORY_FOLDER = "/dev/shm"  # noqa: S108 - where gunicorn advises to keep its heartbeat


class CannotRun(Exception):
    """A sentence that says why the demo does not start, or does not go on."""


@dataclass
class Part:
    """One program: how it is started, and when it fell."""

    name: str
    command: list[str]
    log: Path
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    falls: list[float] = field(default_factory=list)

    def has_fallen(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def may_start(self, now: float) -> bool:
        """At once after the first fall, then after pauses that grow."""
        recent = [when for when in self.falls if now - when < REMEMBER_FALLS]
        return not recent or now - recent[-1] >= min(2.0 ** (len(recent) - 1), LONGEST_PAUSE)


class Parts:
    """All programs together, with the watchdog that ends them should this process be killed."""

    def __init__(self, listener: int) -> None:
        self.parts = make_parts(listener)
        self.watchdog: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.watchdog = subprocess.Popen(
            [sys.executable, "-m", "cmo_portal.demo.watchdog"],
            stdin=subprocess.PIPE,
            cwd=CHECKOUT,
            start_new_session=True,
            text=True,
        )
        for part in self.parts:
            self.launch(part)

    def launch(self, part: Part) -> None:
        """Start a part as the leader of a process group of its own."""
        part.process = start_child(
            part.command,
            log=part.log,
            at_parents_death=signal.SIGTERM,
            environment=os.environ,
            cwd=CHECKOUT,
            pass_fds=part.pass_fds,
        )
        self.tell_watchdog(str(part.process.pid))

    def bring_back(self) -> list[Part]:
        """Start parts that fell again and return them."""
        now = time.monotonic()
        fallen = [part for part in self.parts if part.has_fallen() and part.may_start(now)]
        for part in fallen:
            part.falls = [*part.falls[-10:], now]
            self.launch(part)
        return fallen

    def end(self) -> None:
        """Ask all parts to end, then kill what is left of them."""
        running = [part.process for part in self.parts if part.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        self.tell_watchdog("done")
        if self.watchdog is not None:
            self.watchdog.wait()

    def tell_watchdog(self, word: str) -> None:
        if self.watchdog is not None and self.watchdog.stdin is not None and self.watchdog.poll() is None:
            print(word, file=self.watchdog.stdin, flush=True)


def make_parts(listener: int) -> list[Part]:
    """Web, worker and beat; each writes to a log of its own in var/log."""
    logs = var_folder() / "log"
    logs.mkdir(parents=True, exist_ok=True)
    metrics = var_folder() / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
    gunicorn = [sys.executable, "-m", "gunicorn", "cmo_portal.wsgi:application", "--bind", f"fd://{listener}"]
    threads = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket"]
    manners = ["--graceful-timeout", "2", "--timeout", "60", "--log-level", "warning"]
    memory = ["--worker-tmp-dir", MEMORY_FOLDER] if os.access(MEMORY_FOLDER, os.W_OK) else []
    celery = [sys.executable, "-m", "celery", "-A", "cmo_portal"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--hostname", "demo@local"]
    worker = ["worker", "--queues", ",".join(QUEUES), "--concurrency", "2", "--loglevel", "WARNING", *alone]
    beat = ["beat", "--loglevel", "WARNING", "--pidfile", ""]
    return [
        Part("web", [*gunicorn, *threads, *manners, *memory], logs / "web.log", (listener,)),
        Part("worker", [*celery, *worker], logs / "worker.log"),
        Part("beat", [*celery, *beat], logs / "beat.log"),
    ]
