"""Whether an address may be a channel's. Pure: names are resolved only when something is sent."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

LOCAL_NAMES: Final = ("localhost", ".localhost", ".local", ".internal", ".localdomain")


def fault_of(url: str, *, private_allowed: bool) -> str:
    """What speaks against the address, as a word for machines: scheme, user, host, private; "" when nothing does."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "host"
    if parts.scheme != "https" and not (private_allowed and parts.scheme == "http"):
        return "scheme"
    if parts.username or parts.password:
        return "user"
    if not host:
        return "host"
    return "" if private_allowed or not is_private(host) else "private"


def is_private(host: str) -> bool:
    """Whether the host is, by its very name, not one of the public network."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".").lower()
        return "." not in name or name.endswith(LOCAL_NAMES)


def masked(url: str) -> str:
    """The address without what opens the door: the paths of chat channels are keys."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}/…"
