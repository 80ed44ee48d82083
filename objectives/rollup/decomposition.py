"""Why a figure changed between two days: lines that add up exactly to the change (SEMANTICS §7)."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from objectives.rollup.sides import DECIMALS

UNIT: Final = Decimal(1).scaleb(-DECIMALS)
"""Figures are rounded to so many decimals: the unit in which the lines are counted."""

ROUNDING: Final = 1e-9
"""So far the inputs may be from the figure that they make."""


@dataclass(frozen=True)
class Held:
    """One known input of a figure on a day: its normalised weight (all make 1) and its progress as it counts."""

    key: Hashable
    weight: float
    progress: float


@dataclass(frozen=True)
class Effect:
    """What an input that counted on both days did: `points` = `weight` · (`after` − `before`)."""

    key: Hashable
    weight: float
    before: float
    after: float
    points: Decimal


@dataclass(frozen=True)
class Decomposition:
    """`total` = Σ points of the effects + `weights` + `membership`, to the last decimal."""

    total: Decimal
    effects: tuple[Effect, ...]
    weights: Decimal
    membership: Decimal
    entered: tuple[Hashable, ...]
    left: tuple[Hashable, ...]


def decompose_change(before: Iterable[Held], after: Iterable[Held], *, was: float, now: float) -> Decomposition:
    """The change from `was` to `now`, each made of its inputs: P = Σ n·P, Σ n = 1.

    Over the inputs of both days, with weights normalised among themselves, m = n / Σ n:
    an input gives m₀·(P₁ − P₀), the changed weights give Σ (m₁ − m₀)·P₁. Entries and exits give what is left: the
    figure less that of the inputs that stay, on either day. Without entries and exits m is n. Rounded to the unit of
    figures; what rounding leaves goes to the greatest line. Raises ValueError when the inputs do not make the figures.
    """
    first, second = {one.key: one for one in before}, {one.key: one for one in after}
    _require_sum(first.values(), was)
    _require_sum(second.values(), now)
    stay = [key for key in first if key in second]
    entered = tuple(key for key in second if key not in first)
    left = tuple(key for key in first if key not in second)
    whole = sum(first[key].weight for key in stay), sum(second[key].weight for key in stay)
    if not stay or not all(whole):
        total = _units(now) - _units(was)
        return Decomposition(_decimal(total), (), Decimal(0), _decimal(total), entered, left)
    former = [first[key].weight / whole[0] for key in stay]
    present = [second[key].weight / whole[1] for key in stay]
    moved = [(first[key].progress, second[key].progress) for key in stay]
    kept = sum(m * p for m, (p, _q) in zip(former, moved, strict=True))
    reached = sum(m * q for m, (_p, q) in zip(present, moved, strict=True))
    reweighted = sum((n - m) * q for m, n, (_p, q) in zip(former, present, moved, strict=True))
    changed = entered or left
    lines = [_units(m * (q - p)) for m, (p, q) in zip(former, moved, strict=True)]
    lines += [_units(reweighted), _units((kept - was) + (now - reached)) if changed else 0]
    total = _units(now) - _units(was)
    lines[max(range(len(lines)), key=lambda place: abs(lines[place]))] += total - sum(lines)
    *effects, weights, membership = (_decimal(line) for line in lines)
    return Decomposition(
        _decimal(total),
        tuple(
            Effect(key, m, p, q, points) for key, m, (p, q), points in zip(stay, former, moved, effects, strict=True)
        ),
        weights,
        membership,
        entered,
        left,
    )


def _require_sum(inputs: Iterable[Held], figure: float) -> None:
    if abs(sum(one.weight * one.progress for one in inputs) - figure) > ROUNDING:
        raise ValueError(f"The inputs do not make the figure {figure}.")


def _units(value: float) -> int:
    return round(value * 10**DECIMALS)


def _decimal(units: int) -> Decimal:
    return units * UNIT
