"""Whether the units of a formula fit (SEMANTICS §8: EUR + % is refused).

A unit is a product of names with exponents, read from its text: EUR, EUR/person, kg/m², person·day. Names are compared
as they are written; nothing is converted: k€ and EUR are two units.

- `+ - min max sum`: every side has the same unit. A bare number takes the unit of the other side.
- `* /`: names multiply and cancel. A bare number changes nothing: EUR × 2 is EUR.
- `%`, `pp` and `pts` are units of their own in a sum (5 % and 3 EUR do not add up, nor do 5 % and a KPI without unit);
  in a product or quotient with another KPI they are plain numbers: EUR × % is EUR.
- A product or quotient in which everything cancels is a ratio: it adds up with any dimensionless unit, never with EUR.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kpis.formulas.problems import NO_UNIT, FormulaError, refusal
from kpis.formulas.tree import Binary, Call, Formula, Function, Negated, Node, Number, Operand, Sign

SHARES: Final = ("%", "pp", "pts")
"""Dimensionless words."""

RAISED: Final = re.compile(r"(.*?[^⁰¹²³⁴⁵⁶⁷⁸⁹])([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})")
BEFORE_RAISED: Final = re.compile(r" +(?=[⁰¹²³⁴⁵⁶⁷⁸⁹])")
"""A blank before an exponent is no part of the name."""

RAISED_DIGITS: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹"
TO_DIGITS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
TO_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Unit:
    """Names with exponents, by name; without any it is dimensionless: a word of SHARES, none, or a free ratio."""

    factors: tuple[tuple[str, int], ...] = ()
    share: str = ""
    free: bool = False

    @property
    def text(self) -> str:
        """The canonical text: numerators with ·, then every denominator after a stroke."""
        above = "·".join(word for name, power in self.factors if power > 0 for word in _raised(name, power))
        below = "".join(f"/{word}" for name, power in self.factors if power < 0 for word in _raised(name, -power))
        return f"{above or '1'}{below}" if self.factors else self.share


RATIO: Final = Unit(free=True)


def read_unit(text: str) -> Unit:
    """The unit of a declared text; 1 and the dimensionless words count for nothing beside others."""
    clean = BEFORE_RAISED.sub("", " ".join(text.split()))
    if clean in SHARES:
        return Unit(share=clean)
    powers: dict[str, int] = {}
    for index, part in enumerate(clean.split("/")):
        for word in re.split(r"[·*×]", part):
            name, power = _lowered(word.strip())
            if name and name != "1" and name not in SHARES:
                powers[name] = powers.get(name, 0) + (-power if index else power)
    return Unit(_factors(powers))


def unit_of(formula: Formula, units: Mapping[str, str]) -> str:
    """The canonical text of the result's unit, '' where it is dimensionless.

    Raises FormulaError: `unit` where units do not fit, naming both; `unknown` for an operand that `units` lacks.
    """
    return _result(formula, units).text


def check_unit(formula: Formula, units: Mapping[str, str], declared: str) -> FormulaError | None:
    """What is wrong with the units inside, or between the result and the unit that the KPI declares; or None.

    A dimensionless result may be declared as nothing or as any dimensionless word.
    """
    try:
        found = _result(formula, units)
    except FormulaError as problem:
        return problem
    wanted = read_unit(declared)
    if found.factors == wanted.factors:
        return None
    return refusal("declared_unit", left=_named(found), right=_named(wanted))


def _result(formula: Formula, units: Mapping[str, str]) -> Unit:
    return _unit(formula.root, units) or RATIO


def _unit(node: Node, units: Mapping[str, str]) -> Unit | None:
    """The unit of a node; None of a bare number."""
    match node:
        case Number():
            return None
        case Operand(code):
            if code not in units:
                raise refusal("unknown", node.position, found=code)
            return read_unit(units[code])
        case Negated(inner):
            return _unit(inner, units)
        case Binary(sign, left, right):
            sides = _unit(left, units), _unit(right, units)
            if sign in (Sign.PLUS, Sign.MINUS):
                return _same(sides, node.position)
            return _product(*sides, -1 if sign is Sign.OVER else 1)
        case Call(Function(), arguments):
            return _same((_unit(argument, units) for argument in arguments), node.position)


def _same(sides: Iterable[Unit | None], position: int) -> Unit | None:
    """The one unit of all sides."""
    found: Unit | None = None
    for side in sides:
        if side is None or side == found:
            continue
        if found is None or (found.free and not side.factors):
            found = side
        elif found.factors or not side.free:
            raise refusal("unit", position, left=_named(found), right=_named(side))
    return found


def _product(left: Unit | None, right: Unit | None, way: int) -> Unit | None:
    """The unit of left × right, or of left ÷ right where `way` is −1."""
    if right is None:
        return left
    if left is None and way > 0:
        return right
    powers = dict(left.factors) if left else {}
    for name, power in right.factors:
        powers[name] = powers.get(name, 0) + way * power
    factors = _factors(powers)
    return Unit(factors) if factors else RATIO


def _factors(powers: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def _lowered(word: str) -> tuple[str, int]:
    """A name and its exponent: m² is (m, 2)."""
    found = RAISED.fullmatch(word)
    return (found[1], int(found[2].translate(TO_DIGITS))) if found else (word, 1)


def _raised(name: str, power: int) -> list[str]:
    """The words that say a power: one with its exponent; the name again and again where it ends in a raised digit."""
    if power == 1 or name[-1] in RAISED_DIGITS:
        return [name] * power
    return [name + str(power).translate(TO_RAISED)]


def _named(unit: Unit) -> str:
    return unit.text or str(NO_UNIT)
