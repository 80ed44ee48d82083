"""Whether a value looks like the ones before it. A remark for whoever types it, never a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

LEAST: Final = 6
"""Fewer values than this say nothing about what is usual."""

LOOKED_AT: Final = 12
STEP_LIMIT: Final = Decimal("3.27")
"""Upper natural limit of a moving range, as a multiple of its mean (Shewhart, D4 for two values)."""


@dataclass(frozen=True, slots=True)
class UsualRange:
    """Between these a value surprises nobody."""

    low: Decimal
    high: Decimal

    def holds(self, value: Decimal) -> bool:
        """Whether the value lies within, bounds included."""
        return self.low <= value <= self.high


def usual_range(before: Sequence[Decimal]) -> UsualRange | None:
    """What is usual after these values, the latest last; None with fewer than six.

    Of the last twelve: everything already seen, and every step from the last one that is not larger than the natural
    limit of the steps so far (3.27 × their mean). So a trend may go on and a steady series stays narrow. A quantity
    that was never negative is not expected below zero.
    """
    known = list(before)[-LOOKED_AT:]
    if len(known) < LEAST:
        return None
    steps = [abs(later - earlier) for earlier, later in pairwise(known)]
    reach = STEP_LIMIT * sum(steps) / len(steps)
    low, high = min(*known, known[-1] - reach), max(*known, known[-1] + reach)
    return UsualRange(max(low, Decimal(0)) if min(known) >= 0 else low, high)
