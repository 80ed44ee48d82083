"""From text to tree: the grammar, and the bounds that hold before and after it.

Pure: the same text gives the same formula; time is bounded by the length of the text, which is bounded first.
"""

from decimal import Decimal
from typing import Final

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken, v_args

from kpis.formulas.problems import refusal
from kpis.formulas.tree import (
    Binary,
    Call,
    Formula,
    Function,
    Negated,
    Node,
    Number,
    Operand,
    PieceKind,
    Sign,
    joined,
    nodes_of,
    pieces_of,
)
from kpis.formulas.words import (
    BRACKETED,
    FUNCTIONS,
    MAX_LENGTH,
    MAX_NESTING,
    NAME,
    NUMBER,
    SPACES,
    check_words,
    code_in,
)

MAX_NODES: Final = 200
MAX_OPERANDS: Final = 50

GRAMMAR: Final = rf"""
?start: total
?total: product
      | total (PLUS | MINUS) product -> binary
?product: factor
      | product (TIMES | OVER) factor -> binary
?factor: atom
      | MINUS factor -> negated
?atom: NUMBER -> number
      | NAME -> bare
      | BRACKETED -> bracketed
      | NAME "(" total ("," total)* ")" -> call
      | "(" total ")"

PLUS: "+"
MINUS: "-" | "−"
TIMES: "*" | "×"
OVER: "/" | "÷"
NUMBER: /{NUMBER}/
NAME: /{NAME}/
BRACKETED: /{BRACKETED}/
SPACES: /{SPACES}/
%ignore SPACES
"""

SIGNS: Final = {"PLUS": Sign.PLUS, "MINUS": Sign.MINUS, "TIMES": Sign.TIMES, "OVER": Sign.OVER}


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Makes our nodes while the parser reduces; nothing recurses."""

    def binary(self, left: Node, sign: Token, right: Node) -> Node:
        return Binary(SIGNS[sign.type], left, right, _at(sign))

    def negated(self, _sign: Token, inner: Node) -> Node:
        return Negated(inner)

    def number(self, token: Token) -> Node:
        whole, _point, rest = token.partition(".")
        rest = rest.rstrip("0")
        return Number(Decimal(f"{whole or '0'}.{rest}" if rest else whole or "0"))

    def bare(self, token: Token) -> Node:
        if token.lower() in FUNCTIONS:
            raise refusal("reserved", _at(token), found=str(token))
        return Operand(str(token), _at(token))

    def bracketed(self, token: Token) -> Node:
        return Operand(code_in(str(token), _at(token)), _at(token))

    def call(self, name: Token, *arguments: Node) -> Node:
        if name.lower() not in FUNCTIONS:
            raise refusal("function", _at(name), found=str(name))
        function = Function(name.lower())
        if function is Function.ABS and len(arguments) != 1:
            raise refusal("arguments", _at(name))
        return Call(function, arguments, _at(name))


PARSER: Final = Lark(GRAMMAR, parser="lalr", lexer="basic", transformer=_Builder(), maybe_placeholders=False)
"""Built once, when the module is loaded; parsing keeps its state to itself, so threads may share it."""


def parse(text: str) -> Formula:
    """The formula that a text says. Raises FormulaError with a code and a place for every other text."""
    if len(text) <= MAX_LENGTH and not text.strip():
        raise refusal("empty")
    check_words(text)
    try:
        root = _tree(text)
    except UnexpectedCharacters as problem:
        place = problem.pos_in_stream or 0
        raise refusal("character", place, found=text[place]) from None
    except UnexpectedToken as problem:
        if problem.token.type == "$END":
            raise refusal("end", len(text)) from None
        raise refusal("syntax", _at(problem.token), found=str(problem.token)) from None
    return _bounded(root)


def _tree(text: str) -> Node:
    root: Node = PARSER.parse(text)  # type: ignore[assignment]  # the transformer makes our nodes, not lark's
    return root


def _bounded(root: Node) -> Formula:
    """The formula of a tree, whose canonical text keeps the same bounds as the text that was given."""
    nodes = list(nodes_of(root))
    if len(nodes) > MAX_NODES:
        raise refusal("too_many_parts", limit=MAX_NODES)
    operands = tuple(dict.fromkeys(node.code for node in nodes if isinstance(node, Operand)))
    if not operands:
        raise refusal("no_operand")
    if len(operands) > MAX_OPERANDS:
        raise refusal("too_many_operands", limit=MAX_OPERANDS)
    if _nesting(root) > MAX_NESTING:
        raise refusal("too_deep", limit=MAX_NESTING)
    text = joined(pieces_of(root))
    if len(text) > MAX_LENGTH:
        raise refusal("too_long", limit=MAX_LENGTH)
    return Formula(root, text, operands)


def _nesting(root: Node) -> int:
    """The deepest parenthesis of the canonical text, where a minus of a minus counts as one."""
    depth = deepest = 0
    for piece in pieces_of(root):
        depth += {PieceKind.OPEN: 1, PieceKind.CLOSE: -1}.get(piece.kind, 0)
        deepest = max(deepest, depth)
    return deepest


def _at(token: Token) -> int:
    return token.start_pos or 0
