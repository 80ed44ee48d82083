"""The value of a formula for one period: exact decimals, and null instead of a guess (SEMANTICS §8).

Every step is made with 100 digits, half-even (`objectives.pace.EXACT`). The caller rounds the result to the declared
precision, as it does with every value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, Overflow
from enum import StrEnum
from typing import Final

from kpis.definition import sum_of
from kpis.formulas.tree import Binary, Call, Formula, Function, Negated, Node, Number, Operand, Sign
from objectives.pace import EXACT

LARGEST: Final = Decimal("99999999999999999999.5")
"""What rounds to 10²⁰ cannot be stored: a measurement has 20 digits before the point."""


class Reason(StrEnum):
    """Why there is no value."""

    NONE = ""
    BLANK = "blank"
    ZERO_DIVISOR = "zero_divisor"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Result:
    """A value, or the reason why there is none; `blanks` names the operands that were not observed."""

    value: Decimal | None
    reason: Reason = Reason.NONE
    blanks: tuple[str, ...] = ()


class _ZeroDivisor(ArithmeticError):
    """A divisor is zero."""


def evaluate(formula: Formula, values: Mapping[str, Decimal | None]) -> Result:
    """The value where every operand is known; an operand that is None, not given or not finite is blank.

    A blank operand makes the result blank wherever it stands, also in `0 * x` and `max(x, 0)`; then a zero divisor
    does, then a result of 10²⁰ or more.
    """
    blanks = tuple(code for code in formula.operands if _is_blank(values.get(code)))
    if blanks:
        return Result(None, Reason.BLANK, blanks)
    try:
        value = EXACT.plus(_value(formula.root, values))
    except _ZeroDivisor:
        return Result(None, Reason.ZERO_DIVISOR)
    except Overflow:
        return Result(None, Reason.RANGE)
    return Result(value) if abs(value) < LARGEST else Result(None, Reason.RANGE)


def _is_blank(value: Decimal | None) -> bool:
    return value is None or not value.is_finite()


def _value(node: Node, values: Mapping[str, Decimal | None]) -> Decimal:
    match node:
        case Number(value):
            return value
        case Operand(code):
            known = values[code]
            assert known is not None, "blanks were looked for before"  # noqa: S101
            return known
        case Negated(inner):
            return EXACT.minus(_value(inner, values))
        case Binary(sign, left, right):
            return _calculated(sign, _value(left, values), _value(right, values))
        case Call(function, arguments):
            return _called(function, [_value(argument, values) for argument in arguments])


def _calculated(sign: Sign, left: Decimal, right: Decimal) -> Decimal:
    match sign:
        case Sign.PLUS:
            return EXACT.add(left, right)
        case Sign.MINUS:
            return EXACT.subtract(left, right)
        case Sign.TIMES:
            return EXACT.multiply(left, right)
        case Sign.OVER:
            if not right:
                raise _ZeroDivisor
            return EXACT.divide(left, right)


def _called(function: Function, arguments: list[Decimal]) -> Decimal:
    match function:
        case Function.MIN:
            return min(arguments)
        case Function.MAX:
            return max(arguments)
        case Function.ABS:
            return EXACT.abs(arguments[0])
        case Function.SUM:
            return sum_of(arguments)
