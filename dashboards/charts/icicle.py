"""The strategy as nested boxes: an area is the influence on the whole."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.charts.tree import WHOLE, Placed
from organization.drawing import numbers
from organization.drawing.figure import Chart
from organization.drawing.status import word_of

ROWS_IN_TABLE: Final = 200
LINE: Final = 30
"""Letters that fit into the width of a box."""

SHARE_OF_A_LINE: Final = 0.027
"""Height of a line of text as a share of the whole picture."""


def icicle_chart(boxes: Sequence[Placed], *, language: str) -> Chart:
    """Recipe `icicle`; boxes come parents first."""
    labels = {box.leaf.key: box.leaf.label for box in boxes}
    red = sum(box.leaf.colour == "red" for box in boxes)
    return Chart(
        key="icicle",
        recipe="icicle",
        title=ngettext(
            "%(count)s part of the strategy is off track", "%(count)s parts of the strategy are off track", red
        )
        % {"count": red},
        subtitle=_("Area: influence on the whole by weight. Choose a box to look inside."),
        summary=_("%(count)s boxes from the vision down to the KPIs; the table below lists them with their influence.")
        % {"count": len(boxes)},
        data={
            "ids": [box.leaf.key for box in boxes],
            "labels": [_label(box) for box in boxes],
            "codes": [box.leaf.code for box in boxes],
            "parents": [box.parent for box in boxes],
            "values": [box.units for box in boxes],
            "colours": [box.leaf.colour for box in boxes],
            "words": [_words(box, language) for box in boxes],
            "texts": [box.leaf.text for box in boxes],
        },
        head=(_("Part"), _("Of"), _("Progress"), _("Status"), _("Influence")),
        rows=tuple(
            (
                box.leaf.label,
                labels.get(box.parent, numbers.NO_VALUE),
                box.leaf.text or numbers.NO_VALUE,
                _word(box),
                numbers.percent(box.units / WHOLE, 1, language),
            )
            for box in boxes[:ROWS_IN_TABLE]
        ),
        height=640,
    )


def _label(box: Placed) -> str:
    """As many lines as the box is likely to be tall enough for, the last one cut where the text is longer."""
    lines = wrap(box.leaf.label, LINE)
    room = max(1, int(box.units / WHOLE / SHARE_OF_A_LINE) - 1)
    shown = lines[:room]
    if len(lines) > room:
        shown[-1] = f"{shown[-1][: LINE - 1].rstrip()}…"
    return "<br>".join(shown)


def _word(box: Placed) -> str:
    return word_of(box.leaf.state, box.leaf.colour) if box.leaf.colour else ""


def _words(box: Placed, language: str) -> str:
    share = numbers.percent(box.units / WHOLE, 1, language)
    if not box.leaf.colour:
        return _("influence %(share)s") % {"share": share}
    return _("%(status)s, influence %(share)s") % {"status": _word(box), "share": share}
