"""The formula language of KPIs (SEMANTICS §8): arithmetic on other KPIs' values of the same period, and nothing else.

    parse("([SALES] - [K-01]) / 4") → Formula → evaluate(…, values) → Result

Texts come from anybody: length, nesting and digits are bounded before the grammar sees them, and there is nothing in
the language but numbers, codes, four signs, parentheses and four functions.
"""

from kpis.formulas.dependency import cycle_in, order_of
from kpis.formulas.evaluation import Reason, Result, evaluate
from kpis.formulas.explanation import explain
from kpis.formulas.parsing import parse
from kpis.formulas.problems import FormulaError
from kpis.formulas.tree import Formula
from kpis.formulas.units import check_unit, unit_of
from kpis.formulas.words import MAX_LENGTH

__all__ = [
    "MAX_LENGTH",
    "Formula",
    "FormulaError",
    "Reason",
    "Result",
    "check_unit",
    "cycle_in",
    "evaluate",
    "explain",
    "order_of",
    "parse",
    "unit_of",
]
