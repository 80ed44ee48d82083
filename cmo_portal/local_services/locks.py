"""File locks: the kernel lets go of them when a process dies, whatever it dies of."""

import fcntl
import os
import time
from pathlib import Path

from cmo_portal.local_services.errors import LocalServicesError


def take(path: Path, *, shared: bool = False, wait: float = 0) -> int | None:
    """Take the lock and return its file descriptor; None when it is not free within `wait` seconds."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise LocalServicesError(f"{path} belongs to another account; run the command as that account.") from error
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(file)
                return None
            time.sleep(0.01)


def release(file: int) -> None:
    """Give the lock back."""
    os.close(file)


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock alone."""
    if not path.exists():
        return False
    file = take(path, shared=True)
    if file is None:
        return True
    release(file)
    return False


def is_held_by_anyone(path: Path) -> bool:
    """Whether somebody holds the lock, alone or with others."""
    file = take(path)
    if file is None:
        return True
    release(file)
    return False
