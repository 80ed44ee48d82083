"""The formula language: what it reads, what it refuses, what it computes (SEMANTICS §8)."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.formulas import FormulaError, Reason, Result, evaluate, explain, parse
from kpis.formulas.words import CODE
from organization.models import valid_code

D = Decimal
LONGEST = 1.0
"""Seconds that any refusal may take; each takes milliseconds."""


def refused(text: str) -> tuple[str, int]:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert caught.value.message == str(caught.value) != ""
    return caught.value.code, caught.value.position


def value_of(text: str, **values: str | None) -> Result:
    return evaluate(parse(text), {code: None if value is None else D(value) for code, value in values.items()})


@pytest.mark.parametrize(
    ("text", "canonical", "operands"),
    [
        ("[K-01]", "[K-01]", ("K-01",)),
        ("[SALES]", "SALES", ("SALES",)),
        ("  a+b ", "a + b", ("a", "b")),
        ("b - a/b", "b - a / b", ("b", "a")),
        ("a − b × c ÷ d", "a - b * c / d", ("a", "b", "c", "d")),
        ("(a)", "a", ("a",)),
        ("((a + b)) * c", "(a + b) * c", ("a", "b", "c")),
        ("a - (b - c)", "a - (b - c)", ("a", "b", "c")),
        ("(a - b) - c", "a - b - c", ("a", "b", "c")),
        ("a / (b * c)", "a / (b * c)", ("a", "b", "c")),
        ("a*-b", "a * (-b)", ("a", "b")),
        ("--a", "-(-a)", ("a",)),
        ("-(a+b)", "-(a + b)", ("a", "b")),
        ("MAX( a ,0 )", "max(a, 0)", ("a",)),
        ("sum(a, [b-1] , min(c, 2))", "sum(a, [b-1], min(c, 2))", ("a", "b-1", "c")),
        ("[min] + min(a)", "[min] + min(a)", ("min", "a")),
        ("a * 007.50 + .5", "a * 7.5 + 0.5", ("a",)),
        ("a - 120-20", "a - 120 - 20", ("a",)),
        ("[a]-[b]", "a - b", ("a", "b")),
        ("[a]-1", "a - 1", ("a",)),
        ("a -b", "a - b", ("a", "b")),
        ("[ coût net (k€) ] + [été.2-b]", "[coût net (k€)] + [été.2-b]", ("coût net (k€)", "été.2-b")),
        ("[a]]b[c]", "[a]]b[c]", ("a]b[c",)),
        ("a\u00a0+\u202fb", "a + b", ("a", "b")),
        ("a\n+\tb", "a + b", ("a", "b")),
    ],
)
def test_parse_reads_a_formula_and_writes_it_one_way(text: str, canonical: str, operands: tuple[str, ...]) -> None:
    formula = parse(text)
    assert (formula.text, formula.operands) == (canonical, operands)
    assert parse(canonical) == formula


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "empty", 0),
        (" \n ", "empty", 0),
        ("a +", "end", 3),
        ("a b", "syntax", 2),
        ("+a", "syntax", 0),
        ("a + * b", "syntax", 4),
        ("[a]x", "syntax", 3),
        ("2a", "brackets", 0),
        ("a, b", "syntax", 1),
        ("()", "syntax", 1),
        ("sum()", "syntax", 4),
        ("sum(a,)", "syntax", 6),
        ("abs(a, b)", "arguments", 0),
        ("(a", "parenthesis", 2),
        ("a) + (b", "parenthesis", 1),
        ("1 + K-01", "brackets", 4),
        ("K-01 - x", "brackets", 0),
        ("x-1", "brackets", 0),
        ("10-x", "brackets", 0),
        ("a.b", "brackets", 0),
        ("coût", "brackets", 0),
        ("avg(a)", "function", 0),
        ("2 * min", "reserved", 4),
        ("a * 1,5", "comma", 4),
        ("min(1,5)", "comma", 4),
        ("a * 1e5", "number", 4),
        ("a * 1e-5", "number", 4),
        ("a * 1.2.3", "number", 4),
        ("a * 5.", "number", 4),
        ("a ** 2", "power", 2),
        ("a ^ 2", "power", 2),
        ("a; b", "character", 1),
        ("5% * a", "character", 1),
        ("=a", "character", 0),
        ("[a", "bracket_open", 0),
        ("a + [b]]", "bracket_open", 4),
        ("[]", "code", 0),
        ("[ ]", "code", 0),
        ("[a/b]", "code", 0),
        (f"[{'x' * 101}]", "code", 0),
        ("x" * 101, "code", 0),
        ("1 + 2", "no_operand", 0),
    ],
)
def test_parse_refuses_with_a_code_and_a_place(text: str, code: str, position: int) -> None:
    assert refused(text) == (code, position)


def test_parse_proposes_the_brackets_that_are_missing() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("sales + K-01")
    assert caught.value.message == (
        "Write the KPI code in square brackets: [K-01]. A minus between two names takes a space each side."
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 100_000, "too_long"),
        (" " * 100_000, "too_long"),
        ("(" * 10_000 + "a" + ")" * 10_000, "too_long"),
        ("(" * 900 + "a" + ")" * 900, "too_deep"),
        ("(" * 33 + "a" + ")" * 33, "too_deep"),
        ("min(" * 33 + "a" + ")" * 33, "too_deep"),
        ("-" * 40 + "a", "too_deep"),
        ("-" * 1_900 + "a", "too_many_parts"),
        ("a" + "+a" * 990, "too_many_parts"),
        ("a+" * 100 + "a", "too_many_parts"),
        ("+".join(f"k{index}" for index in range(51)), "too_many_operands"),
        ("a * " + "9" * 31, "too_many_digits"),
        ("a * 0." + "0" * 30, "too_many_digits"),
        ("9" * 1_900, "too_many_digits"),
        ("1-" * 900 + "x", "brackets"),
        ("a" + "-" * 1_900, "end"),
        ("[" * 1_900, "bracket_open"),
        ("]" * 1_900, "character"),
        ("[" + "]" * 1_899, "code"),
        ("." * 1_900, "number"),
        ("1," * 900, "comma"),
        ("9**9**9", "power"),
        ("a.b", "brackets"),
        ("__import__('os')", "character"),
        ("__import__(os)", "function"),
        ("a.__class__", "brackets"),
        ("lambda: a", "character"),
        ("a if b else c", "syntax"),
        ("{a}", "character"),
        ("a == b", "character"),
        ("a or b", "syntax"),
        ('"a"', "character"),
        ("a\0", "character"),
        ("[a\0]", "code"),
        ("\0" * 2_000, "character"),
        ("\u0661 + a", "brackets"),  # an Arabic digit
        ("\uff11 + a", "brackets"),  # a full-width digit
        ("\u0430 + b", "brackets"),  # a Cyrillic letter that looks like a
        ("a\u200b + b", "character"),  # a space of no width
        ("\u202ea + b", "character"),  # the sign that turns the reading direction
        ("a \u2215 b", "character"),  # a stroke that is not the division
        ("a\u3000+ b", "character"),  # a space of another script
        ("a\ud800", "character"),  # half a character
        ("[a\ud800]", "code"),
        ("sum" * 600, "code"),
        ("{{ a }}", "character"),
        ("%(found)s", "character"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_parse_refuses_hostile_texts_at_once(text: str, code: str) -> None:
    began = time.perf_counter()
    assert refused(text)[0] == code
    assert time.perf_counter() - began < LONGEST


def test_parse_takes_what_lies_on_the_bounds() -> None:
    assert parse("(" * 32 + "a" + ")" * 32).text == "a"
    assert len(parse("+".join(f"k{index}" for index in range(50))).operands) == 50
    assert evaluate(parse("-(a" + "+a" * 99 + ")"), {"a": D(2)}).value == -200
    assert evaluate(parse("a * " + "9" * 30), {"a": D("1e-20")}).value == D("9999999999.99999999999999999999")
    assert parse("-" * 33 + "a").text == "-(" * 32 + "-a" + ")" * 32
    assert parse("a" + " " * 1_999).text == "a"


def test_a_refusal_repeats_no_sign_that_cannot_be_seen() -> None:
    with pytest.raises(FormulaError) as caught:
        parse("a\u202e")
    assert caught.value.message == (
        "The character “U+202E” has no meaning in a formula. A KPI code that has it is written in brackets."
    )


@given(st.text(max_size=8) | st.from_regex(CODE, fullmatch=True))
def test_codes_in_brackets_follow_the_rule_of_every_code(code: str) -> None:
    assert CODE.pattern == valid_code.regex.pattern.removeprefix("^").removesuffix("$")
    known = bool(CODE.fullmatch(code)) and len(code) <= 100
    if known and not any("\ud800" <= sign <= "\udfff" for sign in code):
        assert parse(f"[{code.replace(']', ']]')}]").operands == (code,)


@pytest.mark.parametrize(
    ("text", "values", "value"),
    [
        ("a + b * c", {"a": "1", "b": "2", "c": "3"}, "7"),
        ("a - b - c", {"a": "10", "b": "3", "c": "2"}, "5"),
        ("a / b / c", {"a": "12", "b": "3", "c": "2"}, "2"),
        ("-a * b", {"a": "2", "b": "3"}, "-6"),
        ("a * 0.1 + b * 0.2", {"a": "1", "b": "1"}, "0.3"),
        ("(a + b) / a * 100", {"a": "8", "b": "2"}, "125"),
        ("abs(a - b)", {"a": "2", "b": "5"}, "3"),
        ("min(a, b, 4)", {"a": "7", "b": "5"}, "4"),
        ("max(a - b, 0)", {"a": "2", "b": "5"}, "0"),
        ("sum(a, b, 1)", {"a": "2", "b": "5"}, "8"),
        ("sum(a)", {"a": "2"}, "2"),
        ("a / b * b", {"a": "1", "b": "4"}, "1"),
        ("a - a", {"a": "99999999999999999999.9999999999"}, "0"),
        ("a * b / b", {"a": "99999999999999999999", "b": "99999999999999999999"}, "99999999999999999999"),
        ("-a", {"a": "0"}, "0"),
    ],
)
def test_evaluate_computes_exactly(text: str, values: dict[str, str], value: str) -> None:
    assert value_of(text, **values) == Result(D(value))


def test_evaluate_never_answers_minus_zero() -> None:
    found = value_of("a * b", a="0", b="-1").value
    assert (found, found is not None and found.is_signed()) == (D(0), False)


def test_evaluate_keeps_a_hundred_digits() -> None:
    assert str(value_of("a / b", a="1", b="3").value) == "0." + "3" * 100


@pytest.mark.parametrize("text", ["a + b", "0 * b + a", "max(a, b, 0)", "a / b", "b / (a - a)"])
def test_evaluate_of_a_blank_operand_is_blank_and_names_it(text: str) -> None:
    assert value_of(text, a="1", b=None) == Result(None, Reason.BLANK, ("b",))
    assert value_of(text, a="1") == Result(None, Reason.BLANK, ("b",))


@pytest.mark.parametrize("broken", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_evaluate_takes_what_is_no_number_for_blank(broken: str) -> None:
    assert value_of("a * 0", a=broken) == Result(None, Reason.BLANK, ("a",))


def test_evaluate_names_all_blanks_in_order_of_appearance() -> None:
    assert value_of("c + a + b + c", b="1").blanks == ("c", "a")


@pytest.mark.parametrize("text", ["a / b", "b / b", "1 / (a / b)", "a / (a - a)", "max(a, 1 / b)"])
def test_evaluate_of_a_zero_divisor_is_null(text: str) -> None:
    assert value_of(text, a="1", b="0") == Result(None, Reason.ZERO_DIVISOR)
    assert value_of(text, a="1", b="-0.00") == Result(None, Reason.ZERO_DIVISOR)


@pytest.mark.parametrize(
    ("text", "a"),
    [("a", "1e20"), ("a * a", "1e10"), ("-a", "1e20"), ("a * a", "1e600000"), ("a + 0.5", "99999999999999999999")],
)
def test_evaluate_beyond_what_is_stored_is_null(text: str, a: str) -> None:
    assert value_of(text, a=a) == Result(None, Reason.RANGE)


def test_reasons_are_plain_words() -> None:
    assert [str(reason) for reason in Reason] == ["", "blank", "zero_divisor", "range"]


@pytest.mark.parametrize(
    ("text", "values", "line"),
    [
        ("(a - b) / 4", {"a": "120", "b": "20"}, "(120 − 20) ÷ 4 = 25"),
        ("a - b", {"a": "120", "b": "-20"}, "120 − (−20) = 140"),
        ("-a * 2", {"a": "-1.50"}, "−(−1.5) × 2 = 3"),
        ("max(a, b, 0)", {"a": "-3", "b": "2"}, "max(−3, 2, 0) = 2"),
        ("a / b", {"a": "2", "b": "3"}, "2 ÷ 3 = 0.6666666667"),
        ("a / b", {"a": "2", "b": "0"}, "2 ÷ 0 = ?"),
        ("a + b", {"a": "2"}, "2 + ? = ?"),
    ],
)
def test_explain_fills_in_the_numbers(text: str, values: dict[str, str], line: str) -> None:
    assert explain(parse(text), {code: D(value) for code, value in values.items()}).text == line


def test_explain_gives_pieces_that_a_page_can_link() -> None:
    found = explain(parse("[K-01] / [K-02] * 100"), {"K-01": D(1), "K-02": D(3)}, precision=1)
    assert [(piece.kind.value, piece.text, piece.code, piece.value) for piece in found.pieces] == [
        ("operand", "1", "K-01", D(1)),
        ("operator", "÷", "", None),
        ("operand", "3", "K-02", D(3)),
        ("operator", "×", "", None),
        ("number", "100", "", D(100)),
        ("equals", "=", "", None),
        ("result", "33.3", "", D("33.3")),
    ]
    assert found.result.reason == ""
