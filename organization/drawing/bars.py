"""Bars that fit in a line of text: progress against expected, shares of states, better or worse, confidence."""

from collections.abc import Mapping
from typing import Final

from organization.drawing.shapes import Drawing, Rect, Shape, clamp, share
from organization.drawing.status import BY_COLOUR

BAR: Final = 8
"""Thickness of a bar in pixels."""

PIP_STEP: Final = 6
PIP_WIDTH: Final = 4.4


def goal(progress: float | None, expected: float | None, colour: str, height: float = 16) -> Drawing:
    """Ink = done, tick = expected today, hatch in the status colour = missing, solid teal beyond the tick = ahead.

    Progress and expected are fractions; None draws an empty track. The picture holds them between 0 and 1.
    """
    top = (height - BAR) / 2
    shapes: list[Shape] = [Rect("f-track", 0, top, "100%", BAR, 1.5)]
    due = None if expected is None else clamp(expected)
    if progress is not None:
        done = clamp(progress)
        solid = done if due is None else min(done, due)
        shapes.append(Rect("f-done", 0, top, share(solid), BAR))
        if due is not None and done < due:
            hatch = f"h-{BY_COLOUR.get(colour, 'gap')}"
            shapes.append(Rect(hatch, share(done), top, share(due - done), BAR))
        elif due is not None and done > due:
            shapes.append(Rect("f-ahead", share(due), top, share(done - due), BAR))
    if due is not None:
        shapes.append(Rect("f-ink", share(due), 0, 2, height, shift=-1))
    return Drawing("goal", "100%", height, tuple(shapes))


def bar(progress: float | None, height: float = 6) -> Drawing:
    """Plain progress without a plan."""
    shapes: list[Shape] = [Rect("f-track", 0, 0, "100%", height, 1.5)]
    if progress is not None:
        shapes.append(Rect("f-done", 0, 0, share(clamp(progress)), height, 1.5))
    return Drawing("bar", "100%", height, tuple(shapes))


MIX: Final = (
    ("green", "f-on"),
    ("amber", "f-risk"),
    ("red", "f-off"),
    ("grey", "f-hold"),
    ("done", "f-doneseg"),
)
"""Parts of a mix bar in their order, with their ink."""

GAP: Final = 0.009
"""Share of the width left empty between two parts."""


def mix(counts: Mapping[str, int], height: float = 8) -> Drawing:
    """Shares of green, amber, red, grey and done things, in that order; an empty count draws an empty track."""
    total = sum(counts.get(name, 0) for name, _css in MIX)
    if total == 0:
        return Drawing("seg", "100%", height, (Rect("f-track", 0, 0, "100%", height, 1),))
    shapes: list[Shape] = []
    left = 0.0
    for name, css in MIX:
        width = counts.get(name, 0) / total
        if width:
            shapes.append(Rect(css, share(left), 0, share(max(width - GAP, 0.0035)), height, 1))
        left += width
    return Drawing("seg", "100%", height, tuple(shapes))


def effect(
    variance: float | None, scale: float, *, good: bool, css: str = "", width: float = 54, height: float = 18
) -> Drawing:
    """Worse to the left, better to the right of a common zero; `scale` is the largest variance of the list."""
    middle = width / 2
    zero = Rect("f-zero", middle - 0.5, 0, 1, height)
    if variance is None or not scale:
        return Drawing("vbar", width, height, (zero,), box=f"0 0 {width:g} {height:g}")
    long = clamp(abs(variance) / scale) * middle
    ink = css or ("f-on" if good else "f-off")
    block = Rect(ink, middle if good else middle - long, 4, long, height - 8)
    return Drawing("vbar", width, height, (block, zero), box=f"0 0 {width:g} {height:g}")


def missing(share_missing: float | None, scale: float, colour: str, height: float = 14) -> Drawing:
    """Points missing, hatched back from a tick at the right edge; what is ahead of its plan is a thin solid mark.

    `share_missing` is signed (below zero = behind), `scale` the largest of the list.
    """
    tick = Rect("f-ink", "100%", 0, 1, height, shift=-1)
    if share_missing is None or not scale:
        return Drawing("miss", "100%", height, (tick,))
    if share_missing >= 0:
        return Drawing("miss", "100%", height, (Rect("f-ahead", "100%", 3, 3, BAR, shift=-1), tick))
    long = clamp(-share_missing / scale)
    ink = f"h-{BY_COLOUR.get(colour, 'ink')}" if colour != "green" else "h-ink"
    return Drawing("miss", "100%", height, (Rect(ink, share(1 - long), 3, share(long), BAR), tick))


def pips(confidence: float | None) -> Drawing:
    """Ten pips for a confidence of 0 to 100, the last one filled in part."""
    shapes: list[Shape] = []
    level = 0.0 if confidence is None else clamp(confidence / 10, 0, 10)
    for place in range(10):
        part = clamp(level - place)
        if part < 1:
            shapes.append(Rect("f-track", place * PIP_STEP, 0, PIP_WIDTH, 9, 1))
        if part > 0:
            shapes.append(Rect("f-pip", place * PIP_STEP, 0, PIP_WIDTH * part, 9, 1))
    return Drawing("pips", 59, 9, tuple(shapes), box="0 0 59 9")


def clock(passed: int, total: int) -> Drawing:
    """A plan's months in a row: passed in grey ink, the running one in the accent, those to come empty."""
    step = 1 / max(total, 1)
    shapes = tuple(
        Rect(
            "f-tl2" if place < passed - 1 else "f-accent" if place == passed - 1 else "f-tl",
            share(place * step),
            0,
            share(step * 0.8),
            8,
            1,
        )
        for place in range(total)
    )
    return Drawing("clock", "100%", 8, shapes)
