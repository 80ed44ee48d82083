"""The process that owns the two servers: starts them, brings a fallen one back, ends them when nobody is left.

Run as `python -m cmo_portal.local_services.keeper PROFILE FD`; FD is where it says "ready" or what is wrong.
Who uses the services holds a shared lock on `users.lock`. The kernel drops that lock when a user dies, however
it dies, so nothing is left running for long after the last one.
"""

import os
import signal
import sys
import time
from pathlib import Path
from typing import cast

from cmo_portal.local_services import locks
from cmo_portal.local_services.binaries import copy_for_account, find_postgres, find_redis
from cmo_portal.local_services.errors import LocalServicesError
from cmo_portal.local_services.homes import Account, Home, Profile, choose_account, find_home, make_private
from cmo_portal.local_services.postgres import PostgresServer
from cmo_portal.local_services.redis_server import RedisServer

LOOK_EVERY = 0.25
LINGER_SECONDS = 5.0
RESTART_PAUSE = 1.0

Server = PostgresServer | RedisServer


class Stopped(Exception):
    """Somebody asked the keeper to end."""


def main(arguments: list[str]) -> int:
    """Keep the services of a profile until nobody uses them any more, or until told to stop."""
    home = find_home(cast(Profile, arguments[0]))
    answer = os.fdopen(int(arguments[1]), "w")
    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    mine = locks.take(home.root / "keeper.lock", wait=30)
    if mine is None:
        print("Another keeper does not end.", file=answer)
        return 1
    os.truncate(mine, 0)
    os.write(mine, str(os.getpid()).encode())
    servers: list[Server] = []
    try:
        remarks: list[str] = []
        servers += make_servers(home, remarks)
        for server in servers:
            server.start()
        print("\n".join(["ready", *remarks]), file=answer)
        answer.close()
        watch(home, servers)
    except (LocalServicesError, OSError) as error:
        if not answer.closed:
            print(error, file=answer)
            answer.close()
        return 1
    except Stopped:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for server in reversed(servers):
            server.stop()
    return 0


def ask_to_stop(*_: object) -> None:
    raise Stopped


def make_servers(home: Home, remarks: list[str]) -> list[Server]:
    """The two servers with the programs, the folders and the account they need."""
    account = choose_account(home)
    postgres, redis = find_postgres(), find_redis()
    remarks += [program.remark for program in (postgres, redis) if program.remark]
    make_private(home.sockets, 0o700)
    if account:
        give_folder(home.sockets, account)
        postgres, redis = (copy_for_account(program, home.root / "programs") for program in (postgres, redis))
    return [PostgresServer(home, postgres, account), RedisServer(home, redis, account)]


def give_folder(folder: Path, account: Account) -> None:
    os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def watch(home: Home, servers: list[Server]) -> None:
    """Bring back a server that fell; return when nobody has used the services for a while."""
    quiet_since: float | None = None
    while True:
        time.sleep(LOOK_EVERY)
        for server in servers:
            if server.process is not None and server.process.poll() is not None:
                bring_back(server)
        alone = locks.take(home.root / "users.lock")
        if alone is None:
            quiet_since = None
            continue
        now = time.monotonic()
        quiet_since = quiet_since if quiet_since is not None else now
        if now - quiet_since >= LINGER_SECONDS:
            return  # the lock goes with this process, so who comes now waits until the servers are down
        locks.release(alone)


def bring_back(server: Server) -> None:
    """Start a fallen server again; one that cannot start is tried again at the next look."""
    print(f"{type(server).__name__} ended by itself; starting it again.", flush=True)
    try:
        server.start()
    except (LocalServicesError, OSError) as error:
        print(error, flush=True)
        time.sleep(RESTART_PAUSE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
