"""How the addresses of the environment are read: the mail server's, the portal's own."""

from collections.abc import Sequence
from typing import Final

NO_MAIL: Final = "none"
FILED_MAIL: Final = "django.core.mail.backends.filebased.EmailBackend"
SENDS_NOTHING: Final = ("console", "filebased", "locmem")
"""Django's back ends that keep letters on this machine."""


def email_address(said: str) -> str:
    """EMAIL_URL as django-environ takes it: nothing said = letters become files in var/mail; none = no letters."""
    if said == NO_MAIL:
        return "dummymail://"
    return said or "filemail://"


def portal_url(hosts: Sequence[str], *, https: bool) -> str:
    """Where the portal is, when nobody says so: the first host, as far as it is one."""
    host = next((name.removeprefix(".") for name in hosts if name != "*"), "localhost")
    return f"{'https' if https else 'http'}://{host}"
