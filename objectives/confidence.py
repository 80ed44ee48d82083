"""Confidence (SEMANTICS §10): the owner's probability that the target is met, what it comes to above, how good it was.

An objective passes upward what its owner states, and where nothing is stated the mean of what is passed to it. Only
what counts in the roll-up counts here, with the same weights; progress modes make no difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from math import fsum
from typing import Final

from objectives.rollup import Edge
from objectives.rollup.sides import rounded

FEWEST_CLOSED: Final = 10
"""Closed items from which on a Brier score says something."""

FAR: Final = 20
"""A fall by so many points asks what is in the way; so does a second fall in a row."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """Weighted mean of what the contributing objectives pass on, and the lowest statement below with its code.

    Of an objective to which nobody passes anything: its own statement.
    """

    mean: float | None = None
    low: int | None = None
    low_code: str = ""


NONE: Final = Confidence()


@dataclass(frozen=True, slots=True)
class Stated:
    """What an objective's owner says, 0 to 100, and whether the objective counts above."""

    code: str
    confidence: int | None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Fall:
    """The confidence fell from `was` to `now` over so many check-ins."""

    was: int
    now: int
    check_ins: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """A closed objective: the last probability stated before its end, 0 to 100, and whether it was achieved."""

    confidence: int
    achieved: bool


@dataclass(frozen=True, slots=True)
class Brier:
    """How good probabilities were: 0 is perfect, always saying one half gives 0.25. None below ten closed items."""

    items: int
    score: float | None
    mean_confidence: float | None
    achieved_share: float | None


def confidences(
    stated: Mapping[int, Stated], edges: Sequence[Edge], *, only: set[int], known: Mapping[int, Confidence]
) -> dict[int, Confidence]:
    """Of every objective in `only`; `known` is what is stored of the others. Raises ValueError on a circle.

    `edges` are counting contributions: mean = Σ w·c / Σ w over the children that pass something on.
    """
    below: dict[int, list[tuple[int, float]]] = {}
    for edge in edges:
        if edge.parent in only and stated[edge.child].counts:
            below.setdefault(edge.parent, []).append((edge.child, float(edge.weight)))
    order = TopologicalSorter({pk: [child for child, _w in below.get(pk, ()) if child in only] for pk in sorted(only)})
    found: dict[int, Confidence] = {}
    for pk in order.static_order():
        passed = [
            (weight, stated[child], found.get(child) or known.get(child, NONE)) for child, weight in below.get(pk, ())
        ]
        found[pk] = _of_children(passed) or _own(stated[pk])
    return found


def _of_children(passed: Iterable[tuple[float, Stated, Confidence]]) -> Confidence | None:
    known: list[tuple[float, float]] = []
    lowest: list[tuple[int, str]] = []
    for weight, child, inside in passed:
        value = inside.mean if child.confidence is None else float(child.confidence)
        if value is None:
            continue
        known.append((weight, value))
        if child.confidence is not None:
            lowest.append((child.confidence, child.code))
        if inside.low is not None:
            lowest.append((inside.low, inside.low_code))
    if not known:
        return None
    mean = fsum(weight * value for weight, value in known) / fsum(weight for weight, _value in known)
    low, code = min(lowest)
    return Confidence(rounded(mean), low, code)


def _own(stated: Stated) -> Confidence:
    if stated.confidence is None:
        return NONE
    return Confidence(float(stated.confidence), stated.confidence, stated.code)


def fall_of(said: Sequence[int]) -> Fall | None:
    """Whether the confidences of the last check-ins, the newest first, ask what is in the way."""
    if len(said) >= 3 and said[0] < said[1] < said[2]:
        return Fall(said[2], said[0], 2)
    if len(said) >= 2 and said[1] - said[0] >= FAR:
        return Fall(said[1], said[0], 1)
    return None


def brier_of(items: Sequence[Forecast]) -> Brier:
    """mean((p − o)²) with p the stated probability and o 1 where the objective was achieved, else 0."""
    if len(items) < FEWEST_CLOSED:
        return Brier(len(items), None, None, None)
    squares = [(item.confidence / 100 - item.achieved) ** 2 for item in items]
    return Brier(
        items=len(items),
        score=rounded(fsum(squares) / len(items)),
        mean_confidence=rounded(fsum(item.confidence for item in items) / len(items)),
        achieved_share=rounded(sum(item.achieved for item in items) / len(items)),
    )
