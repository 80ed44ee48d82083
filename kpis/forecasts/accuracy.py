"""How good the forecasts that were kept turned out to be (SEMANTICS §10)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import fsum


@dataclass(frozen=True)
class Kept:
    """A forecast as it was made; `naive` is what the last value said then, None where that was not kept."""

    made_on: date
    period: date
    centre: float
    low80: float
    high80: float
    naive: float | None = None


@dataclass(frozen=True)
class Accuracy:
    """Over the forecasts whose period has happened. `naive_ratio` is over those that kept the naive one beside them."""

    count: int
    mae: float | None
    naive_ratio: float | None
    within80: float | None


def accuracy_of(kept: Iterable[Kept], happened: Mapping[date, float]) -> Accuracy:
    """Mean absolute error, the same beside the naive forecast's, and the share inside the 80 % interval or on its edge.

    `happened` maps a period to its value. A forecast of a period that has no value yet does not count.
    """
    known = [(row, happened[row.period]) for row in kept if row.period in happened]
    if not known:
        return Accuracy(0, None, None, None)
    errors = [abs(actual - row.centre) for row, actual in known]
    inside = sum(row.low80 <= actual <= row.high80 for row, actual in known)
    return Accuracy(len(known), fsum(errors) / len(errors), _naive_ratio(known), inside / len(known))


def _naive_ratio(known: list[tuple[Kept, float]]) -> float | None:
    """None where no naive forecast was kept, or where it never erred."""
    pairs = [(abs(actual - row.centre), abs(actual - row.naive)) for row, actual in known if row.naive is not None]
    naive = fsum(other for _error, other in pairs)
    return fsum(error for error, _other in pairs) / naive if naive > 0 else None
