"""Departments × perspectives: where the strategy is behind its plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization.drawing import numbers
from organization.drawing.figure import Chart
from organization.drawing.status import word_of


@dataclass(frozen=True)
class Cell:
    """The objectives of one department and one perspective, weighted alike."""

    state: str
    colour: str
    progress: float | None
    expected: float | None
    objectives: int
    off_track: int

    @property
    def gap(self) -> float | None:
        return None if self.progress is None or self.expected is None else self.progress - self.expected


def heatmap_chart(
    rows: Sequence[str], columns: Sequence[str], cells: Mapping[tuple[str, str], Cell], *, language: str
) -> Chart:
    """Recipe `heatmap`; a cell says the gap to plan in points, and its colour follows the same bands as everything."""
    grid = [[cells.get((row, column)) for column in columns] for row in rows]
    return Chart(
        key="heatmap",
        recipe="heatmap",
        title=_title(cells),
        subtitle=_("Gap between progress and expected progress in points, mean of the objectives of each field"),
        summary=_summary(cells, language),
        data={
            "x": list(columns),
            "y": list(rows),
            "colours": [[cell.colour if cell else None for cell in line] for line in grid],
            "texts": [[numbers.points(cell.gap, 0, language) if cell else "" for cell in line] for line in grid],
            "words": [[_words(cell) if cell else "" for cell in line] for line in grid],
        },
        head=(_("Department"), *columns),
        rows=tuple((name, *(_text(cell, language) for cell in line)) for name, line in zip(rows, grid, strict=True)),
        height=_height(len(rows)),
    )


def _height(rows: int) -> int:
    wanted = 60 + rows * 40
    return next((height for height in (200, 240, 280, 320, 360, 480) if height >= wanted), 640)


def _title(cells: Mapping[tuple[str, str], Cell]) -> str:
    known = {key: cell.gap for key, cell in cells.items() if cell.gap is not None}
    worst = min(known, key=lambda key: (known[key], key), default=None)
    if worst is None:
        return _("No field has a figure yet")
    if known[worst] >= -0.005:
        return _("No department is behind its plan in any perspective")
    words = {"department": worst[0], "perspective": worst[1]}
    return _("%(department)s is farthest behind its plan: %(perspective)s") % words


def _summary(cells: Mapping[tuple[str, str], Cell], language: str) -> str:
    coloured = {key: cell for key, cell in cells.items() if cell.colour in ("red", "amber")}
    behind = sorted((cell.gap, key) for key, cell in coloured.items() if cell.gap is not None)
    if not behind:
        return _("All fields are on track.")
    return " ".join(
        _("%(department)s, %(perspective)s: %(gap)s.")
        % {"department": key[0], "perspective": key[1], "gap": numbers.points(gap, 0, language)}
        for gap, key in behind[:3]
    )


def _words(cell: Cell) -> str:
    count = ngettext("%(count)s objective", "%(count)s objectives", cell.objectives) % {"count": cell.objectives}
    parts = [word_of(cell.state, cell.colour), count]
    if cell.off_track:
        parts.append(_("%(count)s of them off track") % {"count": cell.off_track})
    return ", ".join(parts)


def _text(cell: Cell | None, language: str) -> str:
    if cell is None:
        return numbers.NO_VALUE
    return f"{numbers.points(cell.gap, 0, language)}, {_words(cell)}"
