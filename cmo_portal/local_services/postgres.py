"""One private PostgreSQL server: its cluster, its start, its end."""

import locale
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from cmo_portal.local_services.binaries import Program
from cmo_portal.local_services.children import last_lines, start_child
from cmo_portal.local_services.errors import LocalServicesError
from cmo_portal.local_services.homes import Account, Home
from cmo_portal.local_services.wire import ServerSaidNo, ask_postgres

USER = DATABASE = "cmo_portal"
START_SECONDS = 60
STOP_SECONDS = 20
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "max_connections": "80",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_min_messages": "warning",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresServer:
    """A server over `home.root/postgres` that listens on `home.postgres_socket` and on no port."""

    def __init__(self, home: Home, program: Program, account: Account | None) -> None:
        self.home = home
        self.program = program
        self.account = account
        self.data = home.root / "postgres"
        self.log = home.root / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the cluster if there is none, start the server, make the database if there is none."""
        self.make_cluster()
        self.end_previous()
        self.process = None
        deadline = time.monotonic() + START_SECONDS
        while not postgres_answers(self.home):
            if not self.is_running():
                if time.monotonic() > deadline or not self.is_worth_another_try():
                    raise LocalServicesError(
                        f"PostgreSQL did not start. The end of {self.log}:\n{last_lines(self.log)}"
                    )
                self.launch()
            time.sleep(0.02)
        self.make_database()

    def launch(self) -> None:
        settings = {**SETTINGS, "unix_socket_directories": str(self.home.sockets)}
        if self.home.profile == "test":
            settings.update(FORGETFUL)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = start_child(
            [self.program.path, "-D", self.data, *options],
            log=self.log,
            at_parents_death=signal.SIGINT,
            account=self.account,
            environment=environment(),
            cwd=self.data,
        )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def is_worth_another_try(self) -> bool:
        """After a kill, the dead server's helpers hold its memory for a moment; the new one then gives up."""
        if self.process is None:
            return True
        said = last_lines(self.log, 4)
        if "still in use" in said or "lock file" in said:
            time.sleep(0.2)
            return True
        return False

    def make_cluster(self) -> None:
        """Run initdb beside the final place and rename: a cluster is there whole or not at all."""
        if (self.data / "PG_VERSION").exists():
            found = int((self.data / "PG_VERSION").read_text())
            if found != self.program.major:
                raise LocalServicesError(
                    f"The data in {self.data} was made by PostgreSQL {found}; this is PostgreSQL {self.program.major}. "
                    f"Go back to the version before, or move the folder away to begin anew."
                )
            return
        fresh = self.home.root / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self.give(fresh)
        who = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []} if self.account else {}
        options = ["--username", USER, "--auth", "trust", "--encoding", "UTF8", *locale_options(self.program.major)]
        if self.home.profile == "test":
            options.append("--no-sync")
        answer = subprocess.run(
            [self.program.path.with_name("initdb"), "--pgdata", fresh, "--no-instructions", *options],
            capture_output=True,
            text=True,
            env=environment(),
            cwd=fresh,
            **who,  # type: ignore[call-overload]
        )
        if answer.returncode:
            raise LocalServicesError(
                f"The database cluster could not be made:\n{answer.stderr.strip() or answer.stdout.strip()}"
            )
        fresh.rename(self.data)

    def give(self, path: Path) -> None:
        """Hand a file to the account of the server."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    def make_database(self) -> None:
        found = self.ask(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'")  # noqa: S608 - a constant
        if not found:
            self.ask(f"CREATE DATABASE {DATABASE}")

    def ask(self, sql: str) -> list[list[str | None]]:
        return ask_postgres(self.home.postgres_socket, sql, user=USER, database="postgres")

    def end_previous(self) -> None:
        """A server left over from a killed keeper is ended; a note that names no living server is removed.

        A zombie, or another program that got the old number, would make PostgreSQL refuse to start.
        """
        note = self.data / "postmaster.pid"
        if not note.exists():
            return
        number = int(note.read_text().split()[0])
        deadline = time.monotonic() + STOP_SECONDS
        while runs_in(number, self.data) and time.monotonic() < deadline:
            os.kill(number, signal.SIGINT)
            time.sleep(0.05)
        note.unlink(missing_ok=True)

    def stop(self) -> None:
        """Fast shutdown; when that takes too long, the immediate one (nothing committed is lost by it)."""
        if self.process is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(how)
            try:
                self.process.wait(STOP_SECONDS)
                return
            except subprocess.TimeoutExpired:
                continue


def postgres_answers(home: Home) -> bool:
    """Whether the server takes a statement: asked by connecting, since a process number proves nothing."""
    try:
        return ask_postgres(home.postgres_socket, "SELECT 1", user=USER, database="postgres") == [["1"]]
    except (OSError, ServerSaidNo):
        return False


def runs_in(number: int, data: Path) -> bool:
    """Whether the process is a living PostgreSQL over this folder."""
    proc = Path(f"/proc/{number}/cmdline")
    if Path("/proc/self").exists():
        try:
            return os.fsencode(data) in proc.read_bytes()
        except OSError:
            return False
    answer = subprocess.run(["ps", "-p", str(number), "-o", "command="], capture_output=True, text=True)
    return str(data) in answer.stdout


def locale_options(major: int) -> list[str]:
    """UTF-8 with the same rules on every machine: PostgreSQL's own where it has them, else the system's."""
    try:
        before = locale.setlocale(locale.LC_CTYPE)
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
        locale.setlocale(locale.LC_CTYPE, before)
        system = "C.UTF-8"
    except locale.Error:
        system = "C"
    if major >= 17:
        return ["--locale", system, "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    return ["--locale", system]


def environment() -> dict[str, str]:
    """Nothing of the caller's environment reaches the server."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
