"""The worst colour among all descendants that carry weight, one level at a time (SEMANTICS §9).

A mean hides red; a worst-of paints everything red; both are shown, so each node keeps its worst descendant, the path
to it and its share of the node's figure. A node needs only what its inputs keep, so one change costs its ancestors.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from objectives.choices import Colour
from objectives.pace import SEVERITY
from objectives.rollup.sides import rounded


@dataclass(frozen=True)
class WorstBelow:
    """The worst colour below a node, the codes on the way down to it, and its normalised share of the node."""

    colour: Colour
    path: tuple[str, ...]
    share: float


@dataclass(frozen=True)
class Input:
    """One input of a node: a KPI or a contributing objective with what it keeps itself. `share` is w / Σ w."""

    code: str
    colour: Colour
    share: float
    below: WorstBelow | None = None


def worst_below(inputs: Iterable[Input]) -> WorstBelow | None:
    """The worst of the inputs and of what lies below them; None when nothing carries weight.

    Among equal colours the larger share wins, then the shorter path, then the smaller code.
    """
    found: list[WorstBelow] = []
    for entry in inputs:
        found.append(WorstBelow(entry.colour, (entry.code,), rounded(entry.share)))
        if entry.below is not None:
            below = entry.below
            found.append(WorstBelow(below.colour, (entry.code, *below.path), rounded(entry.share * below.share)))
    return min(found, key=_rank, default=None)


def _rank(found: WorstBelow) -> tuple[int, float, int, tuple[str, ...]]:
    return -SEVERITY[found.colour], -found.share, len(found.path), found.path
