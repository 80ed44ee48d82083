"""A formula with its numbers filled in: (120 − 20) ÷ 4 = 25, in pieces that a page can link and format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from kpis.definition import exact
from kpis.formulas.evaluation import Result, evaluate
from kpis.formulas.tree import CLOSE, OPEN, Formula, Piece, PieceKind, joined, pieces_of
from organization.numbers import typed

UNKNOWN: Final = "?"
PRINTED: Final = str.maketrans("-*/", "−×÷")
STORED: Final = 10
"""Decimals of a stored value: a result without a declared precision is shown with as many."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The pieces in reading order, an equals sign and the result at their end, and what `evaluate` found."""

    pieces: tuple[Piece, ...]
    result: Result

    @property
    def text(self) -> str:
        """The pieces as one line, numbers plain; a page that formats for a reader uses the pieces."""
        return joined(self.pieces)


def explain(formula: Formula, values: Mapping[str, Decimal | None], *, precision: int = STORED) -> Explanation:
    """The formula with the values of one period. Operands keep their code; a blank one has the value None.

    The result is rounded half-even to the precision, the operands stand as they entered.
    """
    result = evaluate(formula, values)
    value = exact(result.value, precision)
    end = Piece(PieceKind.EQUALS, "="), Piece(PieceKind.RESULT, _printed(value), value=value)
    return Explanation((*_filled(formula, values), *end), result)


def _filled(formula: Formula, values: Mapping[str, Decimal | None]) -> Iterator[Piece]:
    """The formula's pieces with values for codes; a negative value after a sign gets parentheses."""
    before: Piece | None = None
    for piece in pieces_of(formula.root):
        if piece.kind is PieceKind.OPERAND:
            value = values.get(piece.code)
            filled = replace(piece, text=_printed(value), value=value)
            signed = before is not None and before.kind in (PieceKind.OPERATOR, PieceKind.NEGATIVE)
            yield from (OPEN, filled, CLOSE) if signed and value is not None and value < 0 else (filled,)
        elif piece.kind in (PieceKind.OPERATOR, PieceKind.NEGATIVE):
            yield replace(piece, text=piece.text.translate(PRINTED))
        else:
            yield piece
        before = piece


def _printed(value: Decimal | None) -> str:
    return UNKNOWN if value is None else typed(value).translate(PRINTED)
