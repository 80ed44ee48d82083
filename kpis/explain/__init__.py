"""Why a figure is what it is: inputs, formula with its numbers, weights, coverage, rule, age (SEMANTICS, rule 3).

The same explanation is served by the pages and the API. Figures are the stored ones; the formula shows how the pure
scoring reached them.
"""

from kpis.explain.change import ChangeLine, InputNamed, KnownOn, ObjectiveChange, explain_change
from kpis.explain.computed import Computation, Operand
from kpis.explain.kpi import Age, KpiExplanation, Quantity, Use, explain_kpi
from kpis.explain.objective import (
    NOT_COUNTED_STATES,
    Contributor,
    Face,
    ObjectiveExplanation,
    explain_objective,
    mode_of,
)
from kpis.explain.outlook import OutlookFacts
from kpis.explain.parts import RULES, ByHand, Judgement, Ruling, Step, by_hand_of, judgement_of, plain
from kpis.explain.variance import SPLIT, VarianceLine, VarianceSplit, variance_split

__all__ = [
    "NOT_COUNTED_STATES",
    "RULES",
    "SPLIT",
    "Age",
    "ByHand",
    "ChangeLine",
    "Computation",
    "Contributor",
    "Face",
    "InputNamed",
    "Judgement",
    "KnownOn",
    "KpiExplanation",
    "ObjectiveChange",
    "ObjectiveExplanation",
    "Operand",
    "OutlookFacts",
    "Quantity",
    "Ruling",
    "Step",
    "Use",
    "VarianceLine",
    "VarianceSplit",
    "by_hand_of",
    "explain_change",
    "explain_kpi",
    "explain_objective",
    "judgement_of",
    "mode_of",
    "plain",
    "variance_split",
]
