"""The formula language of KPIs (SEMANTICS §8): arithmetic on other KPIs' values of the same period, and nothing else.

    parse("([SALES] - [K-01]) / 4") → Formula → evaluate(…, values) → Result

Texts come from anybody: length, nesting and digits are bounded before the grammar sees them, and there is nothing in
the language but numbers, codes, four signs, parentheses and four functions.
"""

from kpis.formulas.dependency import cycle_in, order_of
from kpis.formulas.evaluation import Reason, Result, evaluate, evaluate_many
from kpis.formulas.explanation import Explanation, explain
from kpis.formulas.parsing import MAX_NODES, MAX_OPERANDS, parse
from kpis.formulas.problems import FormulaError
from kpis.formulas.tree import Formula, Piece, PieceKind
from kpis.formulas.units import check_unit, unit_of
from kpis.formulas.words import MAX_DIGITS, MAX_LENGTH, MAX_NESTING, written_code

__all__ = [
    "MAX_DIGITS",
    "MAX_LENGTH",
    "MAX_NESTING",
    "MAX_NODES",
    "MAX_OPERANDS",
    "Explanation",
    "Formula",
    "FormulaError",
    "Piece",
    "PieceKind",
    "Reason",
    "Result",
    "check_unit",
    "cycle_in",
    "evaluate",
    "evaluate_many",
    "explain",
    "order_of",
    "parse",
    "unit_of",
    "written_code",
]
