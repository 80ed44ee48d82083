"""Wrong settings stop the start, each with its id."""

import os
import secrets
import subprocess
import sys
from typing import Any

import pytest
from environ import Env

from cmo_portal.addresses import email_address, portal_url
from cmo_portal.checks import check_database_server, check_settings
from cmo_portal.local_services.homes import CHECKOUT
from cmo_portal.queues import broker_url

GOOD = {
    "CMO_PROFILE": "production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "portal.example.org",
    "DATABASE_URL": "postgres://portal@db.example.org/portal",
    "REDIS_URL": "redis://broker.example.org/0",
}


def test_settings_of_the_tests_are_well() -> None:
    assert check_settings() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SECRET_KEY", "", "cmo.E002"),
        ("SECRET_KEY", "short", "cmo.E002"),
        ("SECRET_KEY", "a" * 80, "cmo.E002"),
        ("SECRET_KEY", "django-insecure-" + secrets.token_urlsafe(64), "cmo.E002"),
        ("ALLOWED_HOSTS", [], "cmo.E003"),
        ("REDIS_URL", "", "cmo.E006"),
        ("REDIS_URL", "amqp://broker", "cmo.E006"),
        ("DEBUG", True, "cmo.E007"),
        ("METRICS_TOKEN", "guess", "cmo.E007"),
        ("LOG_LEVEL", "LOUD", "cmo.E008"),
        ("LOG_FORMAT", "xml", "cmo.E008"),
        ("API_REQUESTS_PER_MINUTE", 0, "cmo.E009"),
        ("PORTAL_URL", "portal.example.org", "cmo.E012"),
        ("PORTAL_URL", "https://portal.example.org/?a=b", "cmo.E012"),
    ],
)
def test_check_settings_names_the_mistake(settings: Any, name: str, value: object, expected: str) -> None:
    setattr(settings, name, value)
    assert [message.id for message in check_settings()] == [expected]


def test_check_settings_refuses_every_host_in_production(settings: Any) -> None:
    settings.IS_PRODUCTION = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.ALLOWED_HOSTS = ["*"]
    assert [message.id for message in check_settings()] == ["cmo.E003"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", ["cmo.E011"]),
        ("consolemail://", ["cmo.E011"]),
        ("none", []),
        ("smtp+tls://portal:word@mail.example.org:587", []),
    ],
)
def test_check_settings_wants_letters_to_leave_in_production(settings: Any, said: str, expected: list[str]) -> None:
    settings.IS_PRODUCTION = True
    settings.EMAIL_BACKEND = Env.email_url_config(email_address(said))["EMAIL_BACKEND"]
    assert [message.id for message in check_settings()] == expected


@pytest.mark.parametrize(
    ("hosts", "https", "expected"),
    [
        (["portal.example.org", "other.example.org"], True, "https://portal.example.org"),
        ([".example.org"], False, "http://example.org"),
        (["*"], False, "http://localhost"),
        ([], True, "https://localhost"),
    ],
)
def test_portal_url_is_the_first_host_unless_it_is_named(hosts: list[str], https: bool, expected: str) -> None:
    assert portal_url(hosts, https=https) == expected


@pytest.mark.django_db
def test_check_database_server_accepts_ours() -> None:
    assert check_database_server(databases=["default"]) == []


def start_web(**changes: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", **GOOD, **changes}
    return subprocess.run(
        [sys.executable, "-c", "import cmo_portal.wsgi"], cwd=CHECKOUT, env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"CMO_PROFILE": "staging"}, "(cmo.E001) CMO_PROFILE is “staging”; it must be production, local or test."),
        ({"SECRET_KEY": ""}, "(cmo.E002) SECRET_KEY is not set."),
        ({"DATABASE_URL": "mysql://db.example.org/portal"}, "(cmo.E004) DATABASE_URL is not an address of PostgreSQL."),
        ({"DATABASE_URL": ""}, "(cmo.E004) DATABASE_URL is not set."),
        ({"API_REQUESTS_PER_MINUTE": "many"}, "(cmo.E009) API_REQUESTS_PER_MINUTE is “many”; it must be a number."),
    ],
)
def test_web_does_not_start_with_wrong_settings(changes: dict[str, str], expected: str) -> None:
    answer = start_web(**changes)
    assert answer.returncode == 1
    assert expected in answer.stderr


def test_worker_does_not_start_with_wrong_settings() -> None:
    environment = {"PATH": os.defpath, **GOOD, "ALLOWED_HOSTS": ""}
    command = [sys.executable, "-m", "celery", "-A", "cmo_portal", "worker"]
    answer = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 1
    assert "(cmo.E003) ALLOWED_HOSTS is empty." in answer.stderr


@pytest.mark.parametrize(
    ("redis_url", "expected"),
    [
        ("redis://broker:6379/1", "redis://broker:6379/1"),
        ("unix:///run/redis.sock?db=3", "redis+socket:///run/redis.sock?virtual_host=3"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
    ],
)
def test_broker_url_speaks_celerys_words(redis_url: str, expected: str) -> None:
    assert broker_url(redis_url) == expected
