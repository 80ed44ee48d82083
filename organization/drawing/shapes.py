"""The few shapes that small pictures are made of, and their SVG text. Looks come from classes, never from styles."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

Length = float | str
"""A number of pixels, or a share such as "62%"."""


@dataclass(frozen=True, slots=True)
class Rect:
    css: str
    x: Length
    y: Length
    width: Length
    height: Length
    rx: float = 0
    shift: float = 0

    def markup(self) -> str:
        rounded = f' rx="{_text(self.rx)}"' if self.rx else ""
        moved = f' transform="translate({_text(self.shift)} 0)"' if self.shift else ""
        return (
            f'<rect class="{self.css}" x="{_text(self.x)}" y="{_text(self.y)}" '
            f'width="{_text(self.width)}" height="{_text(self.height)}"{rounded}{moved}/>'
        )


@dataclass(frozen=True, slots=True)
class Circle:
    css: str
    cx: Length
    cy: Length
    r: float

    def markup(self) -> str:
        return f'<circle class="{self.css}" cx="{_text(self.cx)}" cy="{_text(self.cy)}" r="{_text(self.r)}"/>'


@dataclass(frozen=True, slots=True)
class Path:
    css: str
    d: str

    def markup(self) -> str:
        return f'<path class="{self.css}" d="{self.d}"/>'


Shape = Rect | Circle | Path


@dataclass(frozen=True, slots=True)
class Drawing:
    """One SVG: its class, its size, an optional box of its own units, and its shapes from back to front."""

    css: str
    width: Length
    height: Length
    shapes: tuple[Shape, ...]
    box: str = ""

    def markup(self, label: str = "") -> str:
        """The SVG text: a picture with that name, or without a label hidden from assistive technology."""
        box = f' viewBox="{self.box}"' if self.box else ""
        name = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
        inside = "".join(shape.markup() for shape in self.shapes)
        size = f'width="{_text(self.width)}" height="{_text(self.height)}"'
        return f'<svg class="{self.css}" {size}{box} {name}>{inside}</svg>'


def share(value: float) -> str:
    """A fraction as a percentage of the picture's width: 0.62 → "62%"."""
    return f"{_text(value * 100)}%"


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """The value held between low and high."""
    return min(max(value, low), high)


def points(pairs: Sequence[tuple[float, float]]) -> str:
    """A path through the points."""
    return "M" + " ".join(f"{_text(x)},{_text(y)}" for x, y in pairs)


def _text(value: Length) -> str:
    if isinstance(value, str):
        return value
    return f"{round(value, 2) + 0:g}" if abs(value) < 1e5 else f"{value:.0f}"
