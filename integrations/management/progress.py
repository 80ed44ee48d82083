"""Progress on the error stream: a line that rewrites itself on a terminal, one line every few seconds elsewhere."""

import time

from django.core.management.base import OutputWrapper

EVERY = 5.0


class ProgressLine:
    """Call it with a table and counts; `close` leaves the cursor on a fresh line."""

    def __init__(self, stream: OutputWrapper, *, every: float = EVERY) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._every = 0.1 if self._is_terminal else every
        self._said_at = time.monotonic()
        self._is_open = False

    def __call__(self, what: str, done: int = 0, total: int = 0) -> None:
        now = time.monotonic()
        if now - self._said_at < self._every and (done < total or not self._is_terminal):
            return
        self._said_at = now
        count = f" {done:,} of {total:,}" if total else ""
        if self._is_terminal:
            self._stream.write(f"\r\x1b[K{what}{count}", ending="")
            self._stream.flush()
            self._is_open = True
        else:
            self._stream.write(f"{what}{count}")

    def close(self) -> None:
        if self._is_open:
            self._stream.write("\r\x1b[K", ending="")
            self._is_open = False
