"""The environment of a portal on one's own machine: what settings.py wants and a server would be given."""

import os
import secrets
from pathlib import Path

from cmo_portal.local_services.homes import Profile, find_home, var_folder
from cmo_portal.local_services.supervision import ensure_services, urls_of

LOCAL_HOSTS = "localhost,127.0.0.1,[::1]"
WITHOUT_SERVICES = {"collectstatic", "compilemessages", "help", "makemessages", "selfcheck", "version"}


def prepare_environment(profile: Profile = "local", *, start: bool = True) -> None:
    """Fill in what is not set: the services (started unless `start` is false), a secret key, the hosts.

    Does nothing where CMO_PROFILE says "production": there the environment alone decides.
    """
    if os.environ.setdefault("CMO_PROFILE", profile) == "production":
        return
    urls = ensure_services(profile) if start else urls_of(find_home(profile))
    os.environ.setdefault("DATABASE_URL", urls.database_url)
    os.environ.setdefault("REDIS_URL", urls.redis_url)
    os.environ.setdefault("ALLOWED_HOSTS", LOCAL_HOSTS)
    if "SECRET_KEY" not in os.environ:
        os.environ["SECRET_KEY"] = local_secret_key(var_folder())


def prepare_for_command(arguments: list[str]) -> None:
    """Prepare for `manage.py`; commands that only read files and ask for help start nothing."""
    command = arguments[1] if len(arguments) > 1 else "help"
    prepare_environment(start=command not in WITHOUT_SERVICES and not {"-h", "--help"} & set(arguments))


def local_secret_key(var: Path) -> str:
    """The secret key of this checkout: random, made at the first start, readable by its owner alone."""
    path = var / "secret-key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        draft = var / f"secret-key.{os.getpid()}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)  # the first of several wins, and nobody reads half a key
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_text().strip()
