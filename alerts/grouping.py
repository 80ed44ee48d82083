"""Which group an alert joins, and when the group is told of. Pure.

A group is what one owner has to look at in one branch. Its messages come in episodes: the first alert of an episode
sets the moment of the message, alerts that fire until then are told of in it, and the next episode's message comes
`QUIET` after the last one at the earliest. A storm is one message; what trickles in is one message an hour.
"""

from datetime import datetime, timedelta
from typing import Final

SETTLE: Final = timedelta(minutes=2)
"""How long a message waits for more of the same: an import is compared in several batches."""

QUIET: Final = timedelta(hours=1)
"""The least time between two messages of one group."""


def branch_of(path: str | None) -> int | None:
    """The department directly below the root of its tree; the root for what lies there; None without a department."""
    if not path:
        return None
    labels = path.split(".")
    return int(labels[1] if len(labels) > 1 else labels[0])


def next_episode(episode: int, tell_at: datetime, *, at: datetime) -> tuple[int, datetime]:
    """The episode that an alert firing now belongs to, and when that is told: the present one until it was told."""
    if at < tell_at:
        return episode, tell_at
    return episode + 1, max(at + SETTLE, tell_at + QUIET)
