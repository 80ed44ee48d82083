"""The strategy as a weighted tree, for the pictures that show shares. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

WHOLE: Final = 1_000_000_000
"""The area of the top in whole units: shares are cut down to units, so parts never exceed their whole."""


@dataclass(frozen=True)
class Leaf:
    """Anything in the tree: an objective, a KPI, the vision."""

    key: str
    code: str
    label: str
    state: str
    colour: str
    text: str


@dataclass
class Tree:
    """Leaves by key and, by parent, the keys below it with their share of it."""

    leaves: dict[str, Leaf] = field(default_factory=dict)
    below: dict[str, list[tuple[str, float]]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Placed:
    """A leaf where it is drawn: under which parent, and its area in units."""

    leaf: Leaf
    parent: str
    units: int


def placed(tree: Tree, top: str) -> list[Placed]:
    """Every leaf reachable from the top once, parents before children."""
    found = [Placed(tree.leaves[top], "", WHOLE)]
    seen = {top}
    for here in found:
        for key, share in tree.below.get(here.leaf.key, ()):
            if key not in seen and key in tree.leaves:
                seen.add(key)
                found.append(Placed(tree.leaves[key], here.leaf.key, int(here.units * min(share, 1.0))))
    return found


def first_places(pairs: Iterable[tuple[str, str, float]]) -> dict[str, tuple[str, float]]:
    """For each child of (child, parent, share) the parent it has the largest share of."""
    found: dict[str, tuple[str, float]] = {}
    for child, parent, share in sorted(pairs):
        if child not in found or share > found[child][1]:
            found[child] = (parent, share)
    return found
