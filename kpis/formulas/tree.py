"""A formula as a tree, and the one writer that lays a tree out as text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kpis.formulas.words import written_code


class Sign(StrEnum):
    """The four operations."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    OVER = "/"


class Function(StrEnum):
    """The functions; all but `abs` take one argument or more."""

    MIN = "min"
    MAX = "max"
    ABS = "abs"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in the formula; never negative."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Operand:
    """The value of the KPI of this code."""

    code: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negated:
    """Minus what follows."""

    inner: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two sides and the sign between them."""

    sign: Sign
    left: "Node"
    right: "Node"
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of its arguments."""

    function: Function
    arguments: tuple["Node", ...]
    position: int = field(default=0, compare=False)


Node = Number | Operand | Negated | Binary | Call


@dataclass(frozen=True, slots=True)
class Formula:
    """What `parse` understood: the tree, its canonical text, the codes in order of first appearance."""

    root: Node
    text: str
    operands: tuple[str, ...]


class PieceKind(StrEnum):
    """What a piece of a written formula is."""

    NUMBER = "number"
    OPERAND = "operand"
    OPERATOR = "operator"
    NEGATIVE = "negative"
    FUNCTION = "function"
    OPEN = "open"
    CLOSE = "close"
    COMMA = "comma"
    EQUALS = "equals"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a written formula: an operand has a code, and with its numbers filled in a value or None."""

    kind: PieceKind
    text: str
    code: str = ""
    value: Decimal | None = None


OPEN: Final = Piece(PieceKind.OPEN, "(")
CLOSE: Final = Piece(PieceKind.CLOSE, ")")
COMMA: Final = Piece(PieceKind.COMMA, ",")
NEGATIVE: Final = Piece(PieceKind.NEGATIVE, "-")
STRENGTH: Final = {Sign.PLUS: 1, Sign.MINUS: 1, Sign.TIMES: 2, Sign.OVER: 2}


def pieces_of(node: Node) -> Iterator[Piece]:
    """The formula in order, with only the parentheses that it needs to be read back as the same tree."""
    match node:
        case Number(value):
            yield Piece(PieceKind.NUMBER, f"{value:f}", value=value)
        case Operand(code):
            yield Piece(PieceKind.OPERAND, written_code(code), code=code)
        case Negated(inner):
            yield NEGATIVE
            yield from _wrapped(inner, isinstance(inner, Binary | Negated))
        case Binary(sign, left, right):
            yield from _wrapped(left, isinstance(left, Binary) and STRENGTH[left.sign] < STRENGTH[sign])
            yield Piece(PieceKind.OPERATOR, sign.value)
            closer = isinstance(right, Binary) and STRENGTH[right.sign] <= STRENGTH[sign]
            yield from _wrapped(right, closer or isinstance(right, Negated))
        case Call(function, arguments):
            yield Piece(PieceKind.FUNCTION, function.value)
            yield OPEN
            for index, argument in enumerate(arguments):
                if index:
                    yield COMMA
                yield from pieces_of(argument)
            yield CLOSE


def joined(pieces: Iterable[Piece]) -> str:
    """The pieces as one text: operators between spaces, a comma before one."""
    spaced = {PieceKind.OPERATOR: " {} ", PieceKind.EQUALS: " {} ", PieceKind.COMMA: "{} "}
    return "".join(spaced.get(piece.kind, "{}").format(piece.text) for piece in pieces)


def nodes_of(root: Node) -> Iterator[Node]:
    """Every node, a node before what it holds, from left to right."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(inside(node))


def inside(node: Node) -> tuple[Node, ...]:
    """What a node holds."""
    match node:
        case Negated(inner):
            return (inner,)
        case Binary(_sign, left, right):
            return (left, right)
        case Call(_function, arguments):
            return arguments
        case _:
            return ()


def _wrapped(node: Node, wrap: bool) -> Iterator[Piece]:
    if wrap:
        yield OPEN
    yield from pieces_of(node)
    if wrap:
        yield CLOSE
