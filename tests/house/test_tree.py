"""The tree itself: contracts that hold and would break, locks that are locked, a compose file without secrets."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cmo_portal.local_services.homes import CHECKOUT
from cmo_portal.queues import QUEUES

APPS = (
    "cmo_portal",
    "dashboards",
    "integrations",
    "alerts",
    "initiatives",
    "kpis",
    "objectives",
    "organization",
    "audit",
)
LINTER = Path(sys.executable).parent / "lint-imports"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the apps that may be spoilt."""
    folder = tmp_path_factory.mktemp("copy")
    for app in APPS:
        shutil.copytree(CHECKOUT / app, folder / app, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", folder)
    return folder


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([LINTER, "--no-cache"], cwd=folder, capture_output=True, text=True)


def test_import_contracts_hold(copy: Path) -> None:
    answer = lint(copy)
    assert answer.returncode == 0, answer.stdout
    assert "0 broken" in answer.stdout


@pytest.mark.parametrize(
    ("room", "forbidden", "contract"),
    [
        ("objectives/choices.py", "import kpis.models", "objectives is not allowed to import kpis"),
        (
            "organization/models.py",
            "import organization.services",
            "organization.models is not allowed to import organization.services",
        ),
        ("kpis/scoring.py", "import django.conf", "kpis.scoring is not allowed to import django"),
        ("kpis/services/__init__.py", "import celery", "kpis.services is not allowed to import celery"),
    ],
)
def test_planted_import_breaks_its_contract(copy: Path, room: str, forbidden: str, contract: str) -> None:
    path = copy / room
    path = path if path.exists() else path.parent.with_suffix(".py")
    before = path.read_text()
    path.write_text(f"{before}\n{forbidden}\n")
    try:
        answer = lint(copy)
    finally:
        path.write_text(before)
    assert answer.returncode == 1
    assert contract in " ".join(answer.stdout.split())


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_lock_has_a_hash_for_each_package_and_names_no_host(name: str) -> None:
    text = (CHECKOUT / name).read_text()
    entries = re.split(r"\n(?=[a-z])", text.replace("\\\n", " "))
    unhashed = [entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
    assert unhashed == []
    assert [line for line in text.splitlines() if "//" in line or line.startswith("--")] == []


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    return loaded


def test_compose_has_the_services_with_health_checks_and_named_volumes(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert sorted(services) == ["beat", "broker", "database", "migrate", "web", "worker"]
    assert [name for name in services if name != "migrate" and "healthcheck" not in services[name]] == []
    major = int(services["database"]["image"].removeprefix("postgres:").split("-")[0])
    assert major >= 16
    assert sorted(compose["volumes"]) == ["beat", "broker", "database"]
    used = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert used == set(compose["volumes"])


def test_compose_waits_for_the_migration(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat"):
        waited_for = compose["services"][name]["depends_on"]
        assert waited_for["migrate"] == {"condition": "service_completed_successfully"}
    assert compose["services"]["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_compose_worker_serves_every_queue(compose: dict[str, Any]) -> None:
    command = compose["services"]["worker"]["command"]
    assert command[command.index("--queues") + 1] == ",".join(QUEUES)


def test_compose_takes_every_secret_from_the_environment(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if any(word in name for word in ("SECRET", "PASSWORD")):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value), name
            if name == "DATABASE_URL":
                assert "${POSTGRES_PASSWORD:?" in value


def test_example_environment_holds_no_value() -> None:
    lines = (CHECKOUT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#") and not line.endswith("=")] == []


def test_dockerfile_runs_as_an_account_of_its_own() -> None:
    lines = (CHECKOUT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER portal"]
