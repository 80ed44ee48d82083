"""Conditional requests: what was read is what is changed, and what is known is not sent again."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from rest_framework.request import Request

from organization.api.plain import as_json
from organization.api.refusals import PreconditionRequired

TAG: Final = re.compile(r'(?:W/)?"([^"]*)"')
VERSION: Final = re.compile(r"(\d{1,9})(?:-[0-9a-f]*)?\Z")


def etag_of(version: int, body: Mapping[str, Any]) -> str:
    """`"VERSION-HASH"`: the version tells editors apart, the hash also sees figures move."""
    return f'"{version}-{hashlib.blake2b(as_json(body), digest_size=8).hexdigest()}"'


def asked_version(request: Request, present: int) -> int | None:
    """The version that `If-Match` names; None for `*`. Raises 428 when it is missing.

    Only the version counts here: figures that moved meanwhile do not make an edit stale. Of several tags the one that
    fits is taken; when none fits, one that does not, so that the service refuses it under its lock.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionRequired
    if header == "*":
        return None
    named = [int(found[1]) for tag in TAG.findall(header) if (found := VERSION.match(tag))]
    return present if present in named else named[0] if named else -1


def optional_version(request: Request, present: int) -> int | None:
    """As `asked_version`, where a client may leave it out: what is added does not overwrite."""
    return asked_version(request, present) if request.headers.get("If-Match") else None


def is_known(request: Request, etag: str) -> bool:
    """Whether `If-None-Match` says that the client has this already."""
    header = request.headers.get("If-None-Match", "").strip()
    return header == "*" or etag.strip('"') in TAG.findall(header)
