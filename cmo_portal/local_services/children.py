"""Starting programs that end with us: the process settings that servers, web and workers share."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen

from cmo_portal.local_services.homes import Account

PR_SET_PDEATHSIG = 1
LONGEST_LOG = 5_000_000
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(how: signal.Signals) -> Callable[[], None]:
    """A function for the child, before it becomes its program: when the parent dies, the kernel signals the child.

    Elsewhere than on Linux it does nothing; the watchdog of the demo is there for that.
    """
    parent = os.getpid()

    def arrange() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, how)
            if os.getppid() != parent:
                os._exit(1)

    return arrange


def start_child(
    command: Sequence[str | Path],
    *,
    log: Path,
    at_parents_death: signal.Signals,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    pass_fds: Sequence[int] = (),
) -> Popen[bytes]:
    """Start a program in a session of its own, its output appended to `log`."""
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    who = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    with open(log, "ab") as output:
        process: Popen[bytes] = Popen(
            [str(part) for part in command],
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            env=dict(environment) if environment is not None else None,
            cwd=cwd,
            umask=0o077,
            start_new_session=True,
            pass_fds=pass_fds,
            preexec_fn=end_with_parent(at_parents_death),  # noqa: PLW1509 - there is one thread
            **who,  # type: ignore[call-overload]
        )
    return process


def last_lines(log: Path, count: int = 8) -> str:
    """The end of a log, for a message that says why something did not start."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
