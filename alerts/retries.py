"""When a sending that failed is tried again, and when it is given up. Pure.

The waits grow by `GROWTH` from `FIRST_WAIT` on: 30 s, 2 min, 6½ min, 23 min, 1 h 24, 5 h, 18 h – eight attempts within
25 hours, each up to a fifth earlier or later. What decides how much is the delivery's own name: the same delivery
always waits as long, and a thousand that failed together do not come back together.
"""

import hashlib
from datetime import timedelta
from typing import Final

MOST_ATTEMPTS: Final = 8
FIRST_WAIT: Final = 30.0
GROWTH: Final = 3.6
JITTER: Final = 0.2
LONGEST_WAIT: Final = timedelta(days=1)
"""As long as a receiver may ask for with Retry-After."""


def wait_after(attempts: int, name: str, *, asked: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many failed attempts; None = give up. `asked` is the receiver's Retry-After."""
    if attempts >= MOST_ATTEMPTS:
        return None
    seconds = FIRST_WAIT * GROWTH ** (attempts - 1) * (1 + JITTER * (2 * _share(f"{name}:{attempts}") - 1))
    wait = timedelta(seconds=round(seconds, 3))
    return wait if asked is None else max(wait, min(asked, LONGEST_WAIT))


def _share(text: str) -> float:
    """A number from 0 to below 1 that looks like chance and is always the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32
