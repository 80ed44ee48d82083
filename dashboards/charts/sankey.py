"""How the weights flow: each ribbon is a contribution, as wide as its influence on the whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dashboards.charts.tree import Leaf
from organization.drawing import numbers
from organization.drawing.figure import Chart
from organization.drawing.status import word_of


@dataclass(frozen=True)
class Flow:
    """From what contributes to what it contributes to: its share of that, and its influence on the whole."""

    source: str
    target: str
    share: float
    influence: float


def sankey_chart(leaves: Sequence[Leaf], flows: Sequence[Flow], *, language: str) -> Chart:
    """Recipe `sankey`."""
    place = {leaf.key: at for at, leaf in enumerate(leaves)}
    labels = {leaf.key: leaf.label for leaf in leaves}
    known = [flow for flow in flows if flow.source in place and flow.target in place and flow.influence > 0]
    widest = max(known, key=lambda flow: flow.share * flow.influence, default=None)
    return Chart(
        key="sankey",
        recipe="sankey",
        title=_title(known, labels, language),
        subtitle=_("Width: influence on the whole by weight, in percent"),
        summary=_("%(flows)s contributions between %(parts)s parts; the table below lists them.")
        % {"flows": len(known), "parts": len(leaves)}
        if widest
        else _("No contribution carries a weight."),
        data={
            "nodes": [
                {"label": leaf.label, "code": leaf.code, "colour": leaf.colour, "word": _word(leaf)} for leaf in leaves
            ],
            "links": [
                {
                    "source": place[flow.source],
                    "target": place[flow.target],
                    "value": round(flow.influence * 100, 4),
                    "text": numbers.percent(flow.share, 0, language),
                }
                for flow in known
            ],
        },
        head=(_("Contributes"), _("To"), _("Weight"), _("Influence on the whole")),
        rows=tuple(
            (
                labels[flow.source],
                labels[flow.target],
                numbers.percent(flow.share, 0, language),
                numbers.percent(flow.influence, 1, language),
            )
            for flow in known
        ),
        height=640,
    )


def _title(flows: Sequence[Flow], labels: dict[str, str], language: str) -> str:
    """The part that carries the most of the whole, among those to which nothing contributes here."""
    targets = {flow.target for flow in flows}
    carried: dict[str, float] = {}
    for flow in flows:
        if flow.source not in targets:
            carried[flow.source] = carried.get(flow.source, 0.0) + flow.influence
    if not carried:
        return _("Nothing carries a weight yet")
    most = max(carried, key=lambda key: (carried[key], key))
    words = {"part": labels[most], "share": numbers.percent(carried[most], 0, language)}
    return _("%(part)s carries the most: %(share)s of the whole") % words


def _word(leaf: Leaf) -> str:
    """Status and figure; a department and the vision have neither."""
    return ", ".join(text for text in (word_of(leaf.state, leaf.colour), leaf.text) if text) if leaf.colour else ""
