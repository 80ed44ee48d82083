"""Starts the tests' own PostgreSQL and Redis before the settings are loaded, hence a plugin named by `-p`.

The processes of a parallel run share the servers; each has a database of its own (pytest-django names it) and a
numbered Redis database of its own. With DATABASE_URL and REDIS_URL set those servers are used.
"""

import os
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest

from cmo_portal.local_services import LocalServicesError
from cmo_portal.local_services.environment import prepare_environment

REDIS_DATABASES = 16


def start() -> None:
    """Prepare the environment of the test profile. The controller passes it on to its workers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo_portal.settings")
    os.environ["CMO_PROFILE"] = "test"
    try:
        prepare_environment("test")
    except LocalServicesError as error:
        pytest.exit(f"The tests need PostgreSQL and Redis. {error}", returncode=3)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        number = (int(worker.removeprefix("gw")) + 1) % REDIS_DATABASES
        os.environ["REDIS_URL"] = with_database(os.environ["REDIS_URL"], number)


def with_database(url: str, number: int) -> str:
    """The address of another numbered database of the same Redis."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        query = {**dict(parse_qsl(parts.query)), "db": str(number)}
        return f"unix://{parts.path}?{urlencode(query)}"
    return urlunsplit(parts._replace(path=f"/{number}"))


start()
