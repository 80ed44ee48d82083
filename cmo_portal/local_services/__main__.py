"""Look at the local services, or run a command against them: python -m cmo_portal.local_services --help."""

import argparse
import os
import subprocess
import sys

from cmo_portal.local_services import LocalServicesError, services_status, stop_services
from cmo_portal.local_services.environment import prepare_environment


def main() -> int:
    """Parse the command line and do it. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m cmo_portal.local_services",
        description="The private PostgreSQL and Redis of this checkout. They start when a command needs them and end "
        "a few seconds after the last one.",
    )
    parser.add_argument("--profile", choices=["local", "test"], default="local", help="whose services (default: local)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help="say whether they run, where they listen and where the data is")
    commands.add_parser("stop", help="stop them, unless a running command uses them")
    run = commands.add_parser("run", help="run a command with DATABASE_URL, REDIS_URL and the rest set")
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="command …")
    options = parser.parse_args()
    try:
        if options.command == "status":
            return print_status(options.profile)
        if options.command == "stop":
            return stop(options.profile)
        prepare_environment(options.profile)
    except LocalServicesError as error:
        print(error, file=sys.stderr)
        return 1
    words = [word for word in options.words if word != "--"]
    return subprocess.run(words, env=os.environ).returncode


def print_status(profile: str) -> int:
    """Print the state; exit code 0 when the services run, 3 when they do not."""
    status = services_status("test" if profile == "test" else "local")
    state = "running" if status.running else "not running"
    print(f"{state}{', in use' if status.in_use else ''}\ndata      {status.data}")
    print(f"database  {status.urls.database_url}\nredis     {status.urls.redis_url}")
    return 0 if status.running else 3


def stop(profile: str) -> int:
    """Stop the services and say so."""
    stopped = stop_services("test" if profile == "test" else "local")
    print("Stopped." if stopped else "Not stopped: another command uses them.")
    return 0 if stopped else 1


if __name__ == "__main__":
    sys.exit(main())
