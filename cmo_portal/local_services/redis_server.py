"""One private server of the Redis protocol (Valkey or Redis): its start and its end."""

import os
import signal
import subprocess
import time

from cmo_portal.local_services.binaries import Program
from cmo_portal.local_services.children import last_lines, start_child
from cmo_portal.local_services.errors import LocalServicesError
from cmo_portal.local_services.homes import Account, Home
from cmo_portal.local_services.wire import ask_redis

START_SECONDS = 30
STOP_SECONDS = 10


class RedisServer:
    """A server over `home.root/redis` that listens on `home.redis_socket` and on no port."""

    def __init__(self, home: Home, program: Program, account: Account | None) -> None:
        self.home = home
        self.program = program
        self.account = account
        self.data = home.root / "redis"
        self.log = home.root / "redis.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server; what the broker held before is there again (append-only file)."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(self.data, self.account.uid, self.account.gid)
        self.end_previous()
        durable = "yes" if self.home.profile == "local" else "no"
        listening = ["--port", "0", "--unixsocket", str(self.home.redis_socket), "--unixsocketperm", "700"]
        keeping = ["--dir", str(self.data), "--appendonly", durable, "--save", "", "--maxmemory-policy", "noeviction"]
        telling = ["--daemonize", "no", "--logfile", "", "--loglevel", "warning"]
        self.process = start_child(
            [self.program.path, *listening, *keeping, *telling],
            log=self.log,
            at_parents_death=signal.SIGTERM,
            account=self.account,
            environment={"PATH": os.defpath, "LC_ALL": "C"},
            cwd=self.data,
        )
        deadline = time.monotonic() + START_SECONDS
        while not redis_answers(self.home):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise LocalServicesError(f"Redis did not start. The end of {self.log}:\n{last_lines(self.log)}")
            time.sleep(0.01)

    def end_previous(self) -> None:
        """A server left over from a killed keeper is ended."""
        deadline = time.monotonic() + STOP_SECONDS
        while redis_answers(self.home) and time.monotonic() < deadline:
            try:
                ask_redis(self.home.redis_socket, "SHUTDOWN")
            except OSError:
                pass
            time.sleep(0.05)
        self.home.redis_socket.unlink(missing_ok=True)

    def stop(self) -> None:
        """End the server; it writes its file first."""
        if self.process is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(how)
            try:
                self.process.wait(STOP_SECONDS)
                return
            except subprocess.TimeoutExpired:
                continue


def redis_answers(home: Home) -> bool:
    """Whether the server takes commands (while it loads its file it does not yet)."""
    try:
        return ask_redis(home.redis_socket, "PING") == "+PONG"
    except OSError:
        return False
