"""Where the local services keep their data and their sockets, and under which account they run."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cmo_portal.local_services.errors import LocalServicesError

Profile = Literal["local", "test"]

CHECKOUT = Path(__file__).resolve().parents[2]
LONGEST_SOCKET_PATH = 107
POSTGRES_SOCKET = ".s.PGSQL.5432"
REDIS_SOCKET = "redis.sock"
SERVICE_ACCOUNT = "cmo-portal"
OTHER_ACCOUNTS = ("postgres", "nobody")
ROOTS_PLACES = ("/var/lib", "/var/tmp", "/tmp")  # noqa: S108 - the folder in it is made private
SHORT_PLACE = Path("/tmp")  # noqa: S108


@dataclass(frozen=True)
class Account:
    """An account of the system that a server runs under."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Home:
    """The folder of one set of services: `root` holds the data, `sockets` the two sockets."""

    profile: Profile
    root: Path
    sockets: Path

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / POSTGRES_SOCKET

    @property
    def redis_socket(self) -> Path:
        return self.sockets / REDIS_SOCKET


def var_folder() -> Path:
    """The folder for what a running portal keeps on this machine: `var/` in the checkout, or CMO_VAR."""
    return Path(os.environ.get("CMO_VAR") or CHECKOUT / "var").absolute()


def find_home(profile: Profile) -> Home:
    """The home of a profile; creates the folders that can be created by the caller."""
    var = var_folder()
    try:
        var.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LocalServicesError(
            f"The folder {var} cannot be made ({error.strerror}). Set CMO_VAR to a folder you may write to."
        ) from error
    if not os.access(var, os.W_OK | os.X_OK):
        owner = account_of(var).name
        raise LocalServicesError(
            f"The folder {var} belongs to {owner} and cannot be written to. "
            f"Run the command as {owner}, or set CMO_VAR to a folder of your own."
        )
    root = (place_for_root(var) if os.geteuid() == 0 else var) / profile
    make_private(root, 0o755 if os.geteuid() == 0 else 0o700)
    return Home(profile, root, find_sockets(root))


def place_for_root(var: Path) -> Path:
    """Where root keeps the data. PostgreSQL refuses to run as root, so its account must be able to get there.

    `var` itself when every folder above it lets strangers pass; otherwise a folder of the system, and a note
    in `var` that says which. Nobody's folder permissions are changed.
    """
    if all(folder.stat().st_mode & stat.S_IXOTH for folder in (var, *var.parents)):
        return var
    name = f"cmo-portal-{short_hash(var)}"
    for parent in map(Path, ROOTS_PLACES):
        if parent.is_dir() and os.access(parent, os.W_OK):
            place = parent / name
            make_private(place, 0o755)
            (var / "data-is-in").write_text(f"{place}\n")
            return place
    raise LocalServicesError("No folder was found for the database: set CMO_VAR to one that other accounts can enter.")


def find_sockets(root: Path) -> Path:
    """The folder of the sockets: beside the data, or a short one where that path is too long for a socket."""
    if len(os.fsencode(root / "run" / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH:
        return root / "run"
    return SHORT_PLACE / f"cmo-{os.geteuid()}-{short_hash(root)}"


def make_private(folder: Path, mode: int) -> None:
    """Create a folder of ours; an existing one must be a real folder that belongs to us or to the services."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except FileExistsError:
        raise LocalServicesError(f"{folder} is in the way: it is not a folder.") from None
    found = folder.lstat()
    mine = found.st_uid == os.geteuid() or os.geteuid() == 0
    if not stat.S_ISDIR(found.st_mode) or not mine:
        raise LocalServicesError(f"{folder} is not a folder of {pwd.getpwuid(os.geteuid()).pw_name}; move it away.")


def short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def account_of(path: Path) -> Account:
    """The owner of a file."""
    found = path.stat()
    try:
        name = pwd.getpwuid(found.st_uid).pw_name
    except KeyError:
        name = str(found.st_uid)
    return Account(name, found.st_uid, found.st_gid)


def choose_account(home: Home) -> Account | None:
    """Whom the servers run as: ourselves (None), or as root the owner of the data, or an account for them."""
    if os.geteuid() != 0:
        return None
    data = home.root / "postgres"
    if data.exists() and data.stat().st_uid != 0:
        return account_of(data)
    if not account_exists(SERVICE_ACCOUNT):
        create_service_account()
    for name in (SERVICE_ACCOUNT, *OTHER_ACCOUNTS):
        if account_exists(name):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise LocalServicesError(
        f"PostgreSQL refuses to run as root, and no account for it could be made. "
        f"Create one: useradd --system {SERVICE_ACCOUNT}"
    )


def account_exists(name: str) -> bool:
    try:
        return pwd.getpwnam(name).pw_uid != 0
    except KeyError:
        return False


def create_service_account() -> None:
    """Make the account with useradd where there is one; without it an existing account is used."""
    command = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if command is None:
        return
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    shell = ["--shell", "/usr/sbin/nologin"]
    subprocess.run([command, *options, *shell, SERVICE_ACCOUNT], capture_output=True, check=False)
