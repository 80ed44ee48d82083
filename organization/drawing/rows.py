"""Pictures of one KPI that stand in a table row: the bullet and the sparkline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from organization.drawing.shapes import Circle, Drawing, Path, Rect, Shape, clamp, points, share

MARGIN: Final = 0.2815
"""Room left and right of a cut scale, as a share of its span."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A stretch of values laid over the width of a picture."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Where the value lies, 0 at the left edge and 1 at the right."""
        return clamp((value - self.low) / (self.high - self.low))


def bullet_scale(values: Sequence[float]) -> Scale:
    """From zero when the smallest value is well below the largest, else cut with equal room on both sides."""
    low, high = min(values), max(values)
    if low >= 0 and low < high / 2:
        return Scale(0, high * 1.15)
    span = (high - low) or abs(high) or 1.0
    return Scale(low - span * MARGIN, high + span * MARGIN)


def bullet(
    value: float | None,
    target: float | None,
    *,
    amber: float | None = None,
    red: float | None = None,
    allowed: tuple[float, float] | None = None,
    width: float = 118,
    height: float = 18,
) -> Drawing:
    """Actual against its target on its own scale.

    `amber` and `red` are the values where green ends and where amber ends; their order tells which way is better.
    `allowed` is the zone of a KPI that must stay between two values. A bar stands on zero only; on a cut scale the
    actual is a dot with a line to the target.
    """
    known = [mark for mark in (value, target, amber, red, *(allowed or ())) if mark is not None]
    if not known:
        return Drawing("bullet", width, height, (Rect("f-track", 0, 1, "100%", height - 2),))
    scale = bullet_scale(known)
    shapes: list[Shape] = list(_zones(scale, amber, red, allowed, height))
    middle = height / 2
    if value is not None and scale.low == 0:
        shapes.append(Rect("f-actual", 0, middle - 3, share(scale.at(value)), 6))
    elif value is not None:
        if target is not None:
            left, right = sorted((scale.at(value), scale.at(target)))
            shapes.append(Rect("f-actual", share(left), middle - 1.25, share(right - left), 2.5))
        shapes.append(Circle("f-actual", share(scale.at(value)), middle, 4.2))
    if target is not None:
        shapes.append(Rect("f-ink", share(scale.at(target)), 2, 2.5, height - 4, shift=-1.2))
    return Drawing("bullet", width, height, tuple(shapes))


def _zones(
    scale: Scale, amber: float | None, red: float | None, allowed: tuple[float, float] | None, height: float
) -> list[Rect]:
    if allowed is not None:
        low, high = (scale.at(edge) for edge in allowed)
        return [
            Rect("f-b1", 0, 1, "100%", height - 2),
            Rect("f-b3", share(low), 1, share(high - low), height - 2),
        ]
    if amber is None or red is None:
        return [Rect("f-b3", 0, 1, "100%", height - 2)]
    inks = ("f-b1", "f-b2", "f-b3") if red <= amber else ("f-b3", "f-b2", "f-b1")
    edges = (0.0, *sorted((scale.at(amber), scale.at(red))), 1.0)
    return [
        Rect(ink, share(left), 1, share(right - left), height - 2)
        for ink, (left, right) in zip(inks, pairwise(edges), strict=True)
        if right > left
    ]


PAD: Final = 3.0
"""Room around a sparkline, for the last point."""

Placing = Callable[[int, float], tuple[float, float]]


def spark(
    values: Sequence[float | None],
    target: Sequence[float | None] = (),
    *,
    css: str = "f-actual",
    width: float = 88,
    height: float = 26,
) -> Drawing:
    """The recent course as a line, its target dotted, the last known point in the ink of its status.

    A gap in the values breaks the line. Values and targets share one scale and lie over the same periods.
    """
    box = f"0 0 {width:g} {height:g}"
    known = [value for value in (*values, *target) if value is not None]
    if not any(value is not None for value in values):
        return Drawing("spark", width, height, (), box=box)
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    steps = max(len(values), len(target)) - 1
    across = (width - PAD - PAD - 2) / max(steps, 1)

    def place(at: int, value: float) -> tuple[float, float]:
        level = (value - low) / span if high > low else 0.5
        return PAD + at * across, height - PAD - level * (height - 2 * PAD)

    shapes: list[Shape] = [Path("l-plan", points(run)) for run in _runs(target, place)]
    shapes += [Path("l-actual", points(run)) for run in _runs(values, place)]
    last = max(at for at, value in enumerate(values) if value is not None)
    final = values[last]
    if final is not None:
        x, y = place(last, final)
        shapes.append(Circle(f"{css} ring", round(x, 2), round(y, 2), 2.9))
    return Drawing("spark", width, height, tuple(shapes), box=box)


def _runs(values: Sequence[float | None], place: Placing) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(place(at, value))
    return [run for run in runs if len(run) > 1]
