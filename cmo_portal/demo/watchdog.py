"""Ends the programs of a supervisor that died without ending them; see `cmo_portal.demo.parts`.

Reads process groups, one a line, from its standard input. When the other end closes without the word "done" before,
the supervisor was killed: then the groups are told to end, and killed if they do not.
"""

import os
import signal
import sys
import time

PATIENCE = 3.0


def main() -> None:
    """Wait for the end of the supervisor."""
    for name in ("SIGINT", "SIGHUP", "SIGTERM"):
        signal.signal(signal.Signals[name], signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        word = line.strip()
        if word == "done":
            return
        groups.add(int(word))
    send(groups, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while groups and time.monotonic() < deadline:
        time.sleep(0.1)
        groups = {group for group in groups if is_alive(group)}
    send(groups, signal.SIGKILL)


def send(groups: set[int], how: signal.Signals) -> None:
    for group in groups:
        try:
            os.killpg(group, how)
        except ProcessLookupError:
            continue


def is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main()
