"""What enters a roll-up and what comes out of it (SEMANTICS §9); null is None and never 0."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from objectives.choices import Lifecycle, ProgressMode, RollupState, State
from objectives.pace import Number

DECIMALS: Final = 12
"""Outputs are rounded here, before they feed the next level: a stored figure equals the one that was used."""

SCALE: Final = 10.0**DECIMALS

COMPARED: Final = 9
"""Decimals of a comparison with a threshold."""

NOT_COUNTED: Final = frozenset(
    str(word) for word in (Lifecycle.CANCELLED, Lifecycle.PAUSED, Lifecycle.DRAFT, State.NOT_STARTED)
)
"""Lifecycles that keep a node out of its parents' sums; its own figure is computed all the same."""


@dataclass(frozen=True)
class Side:
    """One side of an objective: its own KPIs, or its children. Coverage is 0 when nothing feeds it."""

    progress: float | None = None
    expected: float | None = None
    coverage: float = 0.0
    state: RollupState = RollupState.NO_INPUT
    known: int = 0
    total: int = 0


NO_SIDE: Final = Side()


@dataclass(frozen=True)
class Node:
    """An objective. Mode None is the default: direct when it has any KPI that counts, else roll-up.

    `lifecycle` is one of `objectives.choices.Lifecycle` or `not_started`; `blend` is λ, half and half when None.
    """

    id: int
    mode: str | None = None
    lifecycle: str = Lifecycle.ACTIVE.value
    direct: Side = NO_SIDE
    manual_progress: Number | None = None
    manual_expected: Number | None = None
    blend: Number | None = None

    @property
    def counts(self) -> bool:
        """Whether the node enters its parents' sums."""
        return str(self.lifecycle) not in NOT_COUNTED

    @property
    def resolved_mode(self) -> str:
        """The mode in force, the default filled in."""
        if self.mode:
            return str(self.mode)
        has_measures = self.direct.state != RollupState.NO_INPUT
        return (ProgressMode.DIRECT if has_measures else ProgressMode.ROLLUP).value


def factors(
    mode: str, blend: Number | None, *, own_known: bool = True, below_known: bool = True
) -> tuple[float, float]:
    """How much of an objective's figure its own KPIs make, and how much the objectives below (SEMANTICS §9).

    `mode` is the resolved one. In a blend λ and 1 − λ, half and half when λ is None; where one side is not known the
    other stands alone. An owner's figure is made of neither.
    """
    if str(mode) != ProgressMode.BLEND.value:
        return float(str(mode) == ProgressMode.DIRECT.value), float(str(mode) == ProgressMode.ROLLUP.value)
    if own_known != below_known:
        return float(own_known), float(below_known)
    own = 0.5 if blend is None else float(blend)
    return own, 1.0 - own


@dataclass(frozen=True)
class StoredFigure:
    """What is stored of an objective's figure and of its own side; what was never computed is None."""

    progress: float | None
    coverage: float | None
    direct_progress: float | None
    direct_coverage: float | None
    direct_state: str | None


STORED_FIGURE: Final = tuple(StoredFigure.__dataclass_fields__)
"""The columns of the figures that `stored_factors` reads, in their order."""


def stored_factors(mode: str, blend: Number | None, stored: StoredFigure) -> tuple[float, float]:
    """The factors behind a stored figure: where progress and coverage are the own KPIs', these stand alone in it.

    `mode` may be empty: then the default is filled in from the own side.
    """
    state = RollupState(stored.direct_state or RollupState.NO_INPUT)
    alone = (stored.progress, stored.coverage) == (stored.direct_progress, stored.direct_coverage)
    resolved = Node(id=0, mode=mode, direct=Side(state=state)).resolved_mode
    return factors(resolved, blend, own_known=state == RollupState.OK, below_known=not alone)


@dataclass(frozen=True)
class Edge:
    """A contribution child → parent. Only `contributes` with a weight above 0 enters progress."""

    child: int
    parent: int
    kind: str = "contributes"
    weight: Number = 1


@dataclass(frozen=True)
class Figure:
    """What a node shows: progress P, the expected progress of the same inputs, coverage κ and how it came about."""

    progress: float | None
    expected: float | None
    coverage: float
    state: RollupState
    inputs_known: int
    inputs_total: int


@dataclass(frozen=True)
class Input:
    """One measure of an objective; `expected` of an attainment is 1. `progress` None is unknown."""

    progress: Number | None
    expected: Number | None
    weight: Number = 1


def rounded(value: float) -> float:
    """Twelve decimals the way numpy rounds, so that one by one and column by column agree in every bit; never −0."""
    return round(value * SCALE) / SCALE


def clamped(progress: float, cap: float) -> float:
    """Progress as it counts in a roll-up: 0..cap."""
    return min(max(progress, 0.0), cap)


def weighted_side(inputs: Iterable[Input], cap: Number = 1, floor: Number = 0.5) -> Side:
    """P = Σ w·clamp(P, 0, cap) / Σ w over the known inputs; κ = Σ known w / Σ w; κ < floor → null.

    The expected progress runs over the same inputs and is null when one of them has none. Inputs are put in order
    before they are added, so the order in which they are given changes not one bit. Weights of 0 do not count.
    """
    rows = sorted(_row(item, float(cap)) for item in inputs if float(item.weight) > 0)
    if not rows:
        return NO_SIDE
    weight = known_weight = points = plan = 0.0
    known = 0
    planned = True
    for row_weight, unknown, progress, no_plan, expected in rows:
        weight += row_weight
        if unknown:
            continue
        known += 1
        known_weight += row_weight
        points += row_weight * progress
        plan += row_weight * expected
        planned = planned and not no_plan
    coverage = rounded(known_weight / weight)
    if not known or round(coverage, COMPARED) < round(float(floor), COMPARED):
        return Side(None, None, coverage, RollupState.INSUFFICIENT_DATA, known, len(rows))
    expected_side = rounded(plan / known_weight) if planned else None
    return Side(rounded(points / known_weight), expected_side, coverage, RollupState.OK, known, len(rows))


def _row(item: Input, cap: float) -> tuple[float, bool, float, bool, float]:
    progress = 0.0 if item.progress is None else clamped(float(item.progress), cap)
    expected = 0.0 if item.expected is None else float(item.expected)
    return (float(item.weight), item.progress is None, progress, item.expected is None, expected)
