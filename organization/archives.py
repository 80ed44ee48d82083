"""Opening an archive that came from outside: bounded in size, in number and in where its names point."""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

MAX_MEMBERS = 200
MAX_UNPACKED = 512 * 1024 * 1024
MAX_RATIO = 200
"""An archive may unpack to so many times its own size; text packs 5 to 40 times."""
RATIO_FLOOR = 4 * 1024 * 1024
"""Below this size the ratio does not matter."""
CHUNK = 1024 * 1024


class Unsafe(Exception):
    """The archive is refused as a whole; says what was expected."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


@dataclass(frozen=True)
class Member:
    """One unpacked file."""

    name: str
    content: bytes


def members_of(content: bytes) -> Iterator[Member]:
    """Unpack the files of an archive, in the order of their names; raises Unsafe before anything too large is held."""
    left = _room(content)
    with open_archive(content) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            require_safe(info)
            if info.is_dir() or _is_litter(info.filename):
                continue
            data = _unpack(archive, info, left)
            left -= len(data)
            yield Member(info.filename, data)


def open_archive(content: bytes) -> zipfile.ZipFile:
    """The archive, after a look at its directory; raises Unsafe."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unsafe(_("an archive that can be opened: %(why)s") % {"why": error}) from error
    if len(archive.infolist()) > MAX_MEMBERS:
        raise Unsafe(_("at most %(count)s files in the archive") % {"count": MAX_MEMBERS})
    if sum(info.file_size for info in archive.infolist()) > _room(content):
        raise Unsafe(_too_large())
    return archive


def require_safe(info: zipfile.ZipInfo) -> None:
    """Refuse names that point out of the archive, links and encrypted files."""
    name = info.filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or ":" in name or {"\\", "\x00"} & set(info.orig_filename):
        raise Unsafe(_("names that stay inside the archive, not %(name)s") % {"name": repr(info.orig_filename)})
    if stat.S_ISLNK(info.external_attr >> 16):
        raise Unsafe(_("no link in the archive: %(name)s") % {"name": repr(name)})
    if info.flag_bits & 0x1:
        raise Unsafe(_("an archive without a password"))


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    """The content of one file; what its header says of the size is not believed."""
    parts: list[bytes] = []
    try:
        with archive.open(info) as stream:
            while part := stream.read(CHUNK):
                left -= len(part)
                if left < 0:
                    raise Unsafe(_too_large())
                parts.append(part)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unsafe(_("an archive that can be opened: %(why)s") % {"why": error}) from error
    return b"".join(parts)


def _room(content: bytes) -> int:
    return min(MAX_UNPACKED, max(RATIO_FLOOR, len(content) * MAX_RATIO))


def _too_large() -> str:
    return _("an archive that unpacks to at most %(size)s MB and %(ratio)s times its size") % {
        "size": MAX_UNPACKED // 1024 // 1024,
        "ratio": MAX_RATIO,
    }


def _is_litter(name: str) -> bool:
    """What operating systems leave in archives."""
    parts = PurePosixPath(name).parts
    return parts[:1] == ("__MACOSX",) or parts[-1].startswith(".")
