"""Whatever is written: the same tree back, the value of plain decimal arithmetic, and no error but our own."""

import time
from decimal import Decimal, DivisionByZero, InvalidOperation, localcontext

from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.formulas import Formula, FormulaError, Reason, evaluate, explain, parse
from kpis.formulas.problems import SENTENCES
from kpis.formulas.tree import Binary, Call, Function, Negated, Node, Number, Operand, Sign, joined, pieces_of
from objectives.pace import EXACT

CODES = ["a", "b", "K-01", "rate.net", "x y", "min"]
numbers = st.decimals(0, 10**6, places=3).map(lambda value: Number(value.normalize() + 0)) | st.integers(0, 9).map(
    lambda value: Number(Decimal(value))
)
operands = st.sampled_from(CODES).map(Operand)
nodes: st.SearchStrategy[Node] = st.recursive(
    numbers | operands,
    lambda inner: (
        inner.map(Negated)
        | st.builds(Binary, st.sampled_from(Sign), inner, inner)
        | st.builds(
            Call,
            st.sampled_from([Function.MIN, Function.MAX, Function.SUM]),
            st.lists(inner, min_size=1, max_size=3).map(tuple),
        )
        | st.builds(Call, st.just(Function.ABS), inner.map(lambda node: (node,)))
    ),
    max_leaves=12,
)
values = st.fixed_dictionaries(
    {code: st.decimals(-(10**8), 10**8, places=2) | st.sampled_from([Decimal(0), Decimal(1)]) for code in CODES}
)


def read(text: str) -> Formula | FormulaError:
    try:
        return parse(text)
    except FormulaError as problem:
        return problem


def reference(node: Node, known: dict[str, Decimal]) -> Decimal:
    """Python's own operators on decimals, in the context of the caller."""
    match node:
        case Number(value):
            return value
        case Operand(code):
            return known[code]
        case Negated(inner):
            return -reference(inner, known)
        case Binary(sign, left, right):
            one, two = reference(left, known), reference(right, known)
            match sign:
                case Sign.PLUS:
                    return one + two
                case Sign.MINUS:
                    return one - two
                case Sign.TIMES:
                    return one * two
                case Sign.OVER:
                    return one / two
        case Call(function, arguments):
            inside = [reference(argument, known) for argument in arguments]
            return Decimal(
                {"min": min, "max": max, "sum": sum, "abs": lambda given: abs(given[0])}[function.value](inside)
            )


@given(nodes, values)
@settings(max_examples=300)
def test_every_expression_is_read_back_and_computed_as_plain_decimals(root: Node, known: dict[str, Decimal]) -> None:
    text = joined(pieces_of(root))
    formula = read(text)
    if isinstance(formula, FormulaError):
        assert formula.code in ("no_operand", "too_deep")
        return
    assert (formula.root, formula.text) == (root, text)
    found = evaluate(formula, known)
    with localcontext(EXACT):
        try:
            expected = reference(root, known)
        except (DivisionByZero, InvalidOperation):
            assert (found.value, found.reason) == (None, Reason.ZERO_DIVISOR)
            return
    if found.value is None:
        assert found.reason == Reason.RANGE
        assert abs(expected) >= Decimal(10**20)
    else:
        assert found.value == expected
        assert explain(formula, known).result == found


@given(nodes, values, st.sampled_from(CODES))
def test_a_blank_operand_makes_the_result_blank(root: Node, known: dict[str, Decimal], code: str) -> None:
    text = joined(pieces_of(Binary(Sign.PLUS, root, Operand(code))))
    formula = read(text)
    if isinstance(formula, FormulaError):
        assert formula.code == "too_deep"
        return
    found = evaluate(formula, {**known, code: None})
    assert (found.value, found.reason, found.blanks) == (None, Reason.BLANK, (code,))


TOKENS = ["a", "K-01", "[", "]", "[K-01]", "(", ")", ",", "+", "-", "*", "/", "−", "×", "÷", " ", ".", "1", "9" * 29]
TOKENS += ["min", "sum(", "abs", "1e9", "**", "\0", "é", "\u202e", "__import__('os')", "]]", "%", "\ud800"]


@given(
    st.text(max_size=60)
    | st.binary(max_size=60).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
    | st.lists(st.sampled_from(TOKENS), max_size=40).map("".join)
    | st.lists(st.sampled_from(TOKENS), max_size=4).map("".join).map(lambda part: part * 300)
)
@settings(max_examples=1000, deadline=None)
def test_any_text_is_a_formula_or_refused_in_time(text: str) -> None:
    began = time.perf_counter()
    formula = read(text)
    assert time.perf_counter() - began < 1
    if isinstance(formula, FormulaError):
        assert formula.code in SENTENCES
        assert 0 <= formula.position <= len(text)
        formula.message.encode()
    else:
        assert parse(formula.text) == formula
