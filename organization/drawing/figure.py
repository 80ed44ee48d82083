"""A larger picture as a page hands it to the browser: recipe, data, and the same figures as a table."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Chart:
    """What templates/components/chart.html needs.

    `recipe` is a name in static/js/charts (trajectory, xmr, waterfall, course, icicle, sankey,
    heatmap, figure), where the shape of
    `data` is written. `title` says the finding, `subtitle` the measure, unit and period, `summary` tells the story in a
    sentence or two to those who cannot see it. `head` and `rows` are the table twin: texts written for the reader.
    `height` is one of 180, 200, 240, 280, 320, 360, 480, 640 pixels.
    """

    key: str
    recipe: str
    title: str
    subtitle: str
    summary: str
    data: dict[str, Any]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    height: int = 280

    @property
    def data_key(self) -> str:
        """Id of the block that holds the data."""
        return f"{self.key}-data"
