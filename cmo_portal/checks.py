"""Mistakes of deployment, found at the start. Each has an id, and a hint that says what to do.

E001 CMO_PROFILE · E002 SECRET_KEY · E003 ALLOWED_HOSTS · E004 DATABASE_URL · E005 PostgreSQL too old · E006 REDIS_URL ·
E007 protection switched off · E008 logging · E009 number · E010 static files not packaged · E011 e-mail ·
E012 PORTAL_URL.
"""

import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import CheckMessage, Error, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from cmo_portal.addresses import SENDS_NOTHING

SHORTEST_KEY = 50
FEWEST_DIFFERENT = 10
OLDEST_POSTGRES = 150000
GUESSABLE = ("django-insecure-", "changeme", "change-me", "secret")
NEW_KEY = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(64))"'


def check_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Whatever can be judged without asking another machine."""
    return [
        *check_secret_key(),
        *check_hosts(),
        *check_addresses(),
        *check_protection(),
        *check_words_and_numbers(),
        *check_messages(),
    ]


def check_secret_key() -> list[CheckMessage]:
    key = str(settings._wrapped.SECRET_KEY)  # Django raises on access to an empty one, before it could be said nicely
    if not key:
        return [Error("SECRET_KEY is not set.", hint=NEW_KEY, id="cmo.E002")]
    weak = len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_DIFFERENT
    if weak or key.lower().startswith(GUESSABLE):
        return [
            Error(f"SECRET_KEY is too weak: {SHORTEST_KEY} random characters or more.", hint=NEW_KEY, id="cmo.E002")
        ]
    return []


def check_hosts() -> list[CheckMessage]:
    if not settings.ALLOWED_HOSTS:
        return [Error("ALLOWED_HOSTS is empty.", hint="Name the hosts people use: portal.example.org", id="cmo.E003")]
    if settings.IS_PRODUCTION and "*" in settings.ALLOWED_HOSTS:
        return [Error("ALLOWED_HOSTS allows every host.", hint="Name the hosts people use.", id="cmo.E003")]
    return []


def check_addresses() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    engine = settings.DATABASES.get("default", {}).get("ENGINE", "")
    if engine != "django.db.backends.postgresql":
        said = "is not an address of PostgreSQL" if settings.DATABASE_URL else "is not set"
        found.append(Error(f"DATABASE_URL {said}.", hint="postgres://USER:PASSWORD@HOST:5432/NAME", id="cmo.E004"))
    if not settings.REDIS_URL.startswith(("redis://", "rediss://", "unix://", "sentinel://")):
        said = "is not an address of Redis" if settings.REDIS_URL else "is not set"
        found.append(Error(f"REDIS_URL {said}.", hint="redis://HOST:6379/0 or unix:///PATH?db=0", id="cmo.E006"))
    return found


def check_protection() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(Error("DEBUG is on; it shows settings to strangers.", id="cmo.E007"))
    if settings.IS_PRODUCTION and settings.HTTPS and not settings.SESSION_COOKIE_SECURE:
        found.append(Error("Session cookies may travel over plain HTTP.", id="cmo.E007"))
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < 20:
        found.append(Error("METRICS_TOKEN is shorter than 20 characters.", hint=NEW_KEY, id="cmo.E007"))
    return found


def check_words_and_numbers() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.LOG_LEVEL not in logging.getLevelNamesMapping():
        found.append(
            Error(f"LOG_LEVEL “{settings.LOG_LEVEL}” is unknown.", hint="DEBUG, INFO, WARNING or ERROR", id="cmo.E008")
        )
    if settings.LOG_FORMAT not in ("json", "console"):
        found.append(Error(f"LOG_FORMAT “{settings.LOG_FORMAT}” is unknown.", hint="json or console", id="cmo.E008"))
    if settings.API_REQUESTS_PER_MINUTE < 1:
        found.append(Error("API_REQUESTS_PER_MINUTE must be 1 or more.", id="cmo.E009"))
    return found


def check_messages() -> list[CheckMessage]:
    """In production letters leave the machine, or somebody has said that there are none; their links lead somewhere."""
    found: list[CheckMessage] = []
    stays_here = any(f".{name}." in settings.EMAIL_BACKEND for name in SENDS_NOTHING)
    if settings.IS_PRODUCTION and stays_here:
        hint = "smtp+tls://USER:PASSWORD@HOST:587, or none where the portal sends no e-mail"
        found.append(Error("EMAIL_URL names no mail server.", hint=hint, id="cmo.E011"))
    parts = urlsplit(settings.PORTAL_URL)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        hint = "https://portal.example.org"
        found.append(Error(f"PORTAL_URL “{settings.PORTAL_URL}” is not an address.", hint=hint, id="cmo.E012"))
    return found


def check_database_server(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The server must be PostgreSQL 15 or newer; asked only by commands that use the database anyway."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
        if version < OLDEST_POSTGRES:
            message = f"PostgreSQL {version // 10000} is too old; 15 or newer is needed."
            found.append(Error(message, hint="Upgrade the server that DATABASE_URL names.", id="cmo.E005"))
    return found


def refuse_wrong_settings() -> None:
    """Stop a server from starting with settings that a check calls an error. Commands run the checks by themselves."""
    found = [message for message in run_checks(tags=["cmo"]) if message.is_serious()]
    if settings.IS_PRODUCTION and not getattr(staticfiles_storage, "hashed_files", True):
        hint = "Run: python manage.py collectstatic"
        found.append(Error("The static files are not packaged.", hint=hint, id="cmo.E010"))
    if found:
        lines = [f"({message.id}) {message.msg}" + (f" {message.hint}" if message.hint else "") for message in found]
        raise ImproperlyConfigured("The portal does not start like this:\n" + "\n".join(lines))
