"""What was known when: the database keeps every former state of a row, and a transaction can be shown a past one."""

from audit.versioning.keeping import KeepHistory, RefreshHistory
from audit.versioning.moments import Moment, moment_shown
from audit.versioning.reading import computing, known_at, known_since
from audit.versioning.tables import Dated, Kept, Revised, Tracked

__all__ = [
    "Dated",
    "KeepHistory",
    "Kept",
    "Moment",
    "RefreshHistory",
    "Revised",
    "Tracked",
    "computing",
    "known_at",
    "known_since",
    "moment_shown",
]
