"""The roll-up through the strategy graph (SEMANTICS §9): pure arithmetic on plain values and arrays."""

from objectives.rollup.arrays import MODES, STATES, FigureArrays, GraphArrays, SideArrays, roll_up_arrays
from objectives.rollup.decomposition import Decomposition, Effect, Held, decompose_change
from objectives.rollup.explanation import Part, Row, decompose
from objectives.rollup.graph import figures_by_id, graph_arrays, roll_up, side_arrays
from objectives.rollup.paths import find_cycle
from objectives.rollup.sides import (
    NO_SIDE,
    NOT_COUNTED,
    STORED_FIGURE,
    Edge,
    Figure,
    Input,
    Node,
    Side,
    StoredFigure,
    factors,
    stored_factors,
    weighted_side,
)

__all__ = [
    "MODES",
    "NOT_COUNTED",
    "NO_SIDE",
    "STATES",
    "STORED_FIGURE",
    "Decomposition",
    "Edge",
    "Effect",
    "Figure",
    "FigureArrays",
    "GraphArrays",
    "Held",
    "Input",
    "Node",
    "Part",
    "Row",
    "Side",
    "SideArrays",
    "StoredFigure",
    "decompose",
    "decompose_change",
    "factors",
    "figures_by_id",
    "find_cycle",
    "graph_arrays",
    "roll_up",
    "roll_up_arrays",
    "side_arrays",
    "stored_factors",
    "weighted_side",
]
