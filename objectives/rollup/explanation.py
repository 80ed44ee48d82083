"""Why a roll-up is what it is: what each input gave and what was expected of it (SEMANTICS, rule 3)."""

from collections.abc import Iterable
from dataclasses import dataclass

from objectives.pace import Number
from objectives.rollup.sides import clamped, rounded


@dataclass(frozen=True)
class Part:
    """One input of a figure. `key` is whatever the caller names it by; `counts` False keeps it out of both sums."""

    key: object
    progress: Number | None
    expected: Number | None
    weight: Number = 1
    counts: bool = True


@dataclass(frozen=True)
class Row:
    """One line of "why this number".

    `share` is w / Σ w over all that counts; `normalised` is w / Σ w over what is known, None when the input is not.
    `points` = normalised · clamped progress; `expected_points` = normalised · expected; `missing` = points − expected.
    """

    key: object
    weight: float
    share: float
    normalised: float | None
    progress: float | None
    clamped: float | None
    expected: float | None
    points: float | None
    expected_points: float | None
    missing: float | None
    counts: bool


def decompose(parts: Iterable[Part], *, cap: Number = 1, factor: Number = 1) -> list[Row]:
    """Rows in the order given; the points of a side add up to its progress. `factor` is λ or 1 − λ in a blend."""
    rows = list(parts)
    counted = [part for part in rows if _enters(part)]
    total = sum(sorted(float(part.weight) for part in counted))
    known = sum(sorted(float(part.weight) for part in counted if part.progress is not None))
    return [_line(part, total, known, float(cap), float(factor)) for part in rows]


def _enters(part: Part) -> bool:
    return part.counts and float(part.weight) > 0


def _line(part: Part, total: float, known: float, cap: float, factor: float) -> Row:
    weight = float(part.weight)
    progress = None if part.progress is None else float(part.progress)
    expected = None if part.expected is None else float(part.expected)
    enters = _enters(part)
    counted = clamped(progress, cap) if progress is not None else None
    normal = factor * weight / known if enters and progress is not None else None
    points = None if normal is None or counted is None else normal * counted
    planned = None if normal is None or expected is None else normal * expected
    return Row(
        key=part.key,
        weight=weight,
        share=rounded(factor * weight / total) if enters else 0.0,
        normalised=_rounded(normal),
        progress=progress,
        clamped=counted,
        expected=expected,
        points=_rounded(points),
        expected_points=_rounded(planned),
        missing=None if points is None or planned is None else rounded(points - planned),
        counts=enters,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else rounded(value)
