"""Units of formulas fit or are refused by name; formulas are computed after what they use (SEMANTICS §8)."""

from itertools import pairwise, permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpis.formulas import FormulaError, check_unit, cycle_in, order_of, parse, unit_of
from kpis.formulas.units import read_unit

UNITS = {
    "sales": "EUR",
    "cost": "EUR",
    "people": "person",
    "days": "day",
    "side": "m",
    "rate": "%",
    "margin": "%",
    "points": "pts",
    "count": "",
    "other": "",
    "pay": "EUR/person",
    "monthly": "EUR / person / month",
}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("sales", "EUR"),
        ("sales - cost", "EUR"),
        ("-sales + abs(cost)", "EUR"),
        ("max(sales - cost, 0)", "EUR"),
        ("sum(sales, cost, 10)", "EUR"),
        ("sales + 5", "EUR"),
        ("2 * sales / 4", "EUR"),
        ("sales / cost", ""),
        ("sales / cost * 100", ""),
        ("sales / cost * 100 - rate", "%"),
        ("sales / cost + count", ""),
        ("sales / people", "EUR/person"),
        ("sales / people - pay", "EUR/person"),
        ("pay * people + sales", "EUR"),
        ("people * pay", "EUR"),
        ("sales / people / days", "EUR/day/person"),
        ("sales / (people * days)", "EUR/day/person"),
        ("people * days", "day·person"),
        ("side * side", "m²"),
        ("side * side * side / side", "m²"),
        ("sales / (side * side)", "EUR/m²"),
        ("1 / days", "1/day"),
        ("monthly", "EUR/month/person"),
        ("rate - margin", "%"),
        ("(rate + margin) / 2", "%"),
        ("100 - rate", "%"),
        ("rate * sales / 100", "EUR"),
        ("sales * rate + cost", "EUR"),
        ("rate / margin", ""),
        ("rate * margin", ""),
        ("1 / rate", ""),
        ("rate / sales", "1/EUR"),
        ("count * sales", "EUR"),
        ("sales / count", "EUR"),
        ("count + other", ""),
        ("count / other + rate", "%"),
        ("points", "pts"),
    ],
)
def test_unit_of_follows_the_algebra(text: str, unit: str) -> None:
    assert unit_of(parse(text), UNITS) == unit


@pytest.mark.parametrize(
    ("text", "left", "right", "position"),
    [
        ("sales + rate", "EUR", "%", 6),
        ("sales - people", "EUR", "person", 6),
        ("max(sales, people)", "EUR", "person", 0),
        ("sum(rate, 1, sales)", "%", "EUR", 0),
        ("sales + count", "EUR", "no unit", 6),
        ("count + sales", "no unit", "EUR", 6),
        ("rate + count", "%", "no unit", 5),
        ("rate + points", "%", "pts", 5),
        ("sales + sales / cost", "EUR", "no unit", 6),
        ("sales / cost + cost", "no unit", "EUR", 13),
        ("min(count / other, rate, points)", "%", "pts", 0),
        ("sales / people + sales / days", "EUR/person", "EUR/day", 15),
        ("2 * (sales + rate) / days", "EUR", "%", 11),
    ],
)
def test_unit_of_refuses_sums_of_different_units(text: str, left: str, right: str, position: int) -> None:
    with pytest.raises(FormulaError) as caught:
        unit_of(parse(text), UNITS)
    sentence = f"The units do not fit: {left} and {right} cannot be added, subtracted or compared."
    assert (caught.value.code, caught.value.message, caught.value.position) == ("unit", sentence, position)


def test_unit_of_names_the_kpi_that_is_not_known() -> None:
    with pytest.raises(FormulaError) as caught:
        unit_of(parse("sales + [K-404]"), UNITS)
    assert (caught.value.code, caught.value.message, caught.value.position) == (
        "unknown",
        "There is no KPI with the code “K-404”.",
        8,
    )


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("sales - cost", "EUR"),
        ("sales / people", "EUR/person"),
        ("sales / people", " EUR / person "),
        ("sales / people / days", "EUR/person·day"),
        ("people * days", "person*day"),
        ("side * side", "m²"),
        ("sales / cost", ""),
        ("sales / cost", "%"),
        ("sales / cost", "pts"),
        ("rate - margin", "pp"),
        ("rate", ""),
        ("count / other", "%"),
    ],
)
def test_check_unit_accepts_what_agrees(text: str, declared: str) -> None:
    assert check_unit(parse(text), UNITS, declared) is None


@pytest.mark.parametrize(
    ("text", "declared", "code", "message"),
    [
        ("sales - cost", "", "declared_unit", "the formula gives EUR, the KPI declares no unit."),
        ("sales - cost", "%", "declared_unit", "the formula gives EUR, the KPI declares %."),
        ("sales / cost", "EUR", "declared_unit", "the formula gives no unit, the KPI declares EUR."),
        ("sales / people", "EUR/day", "declared_unit", "the formula gives EUR/person, the KPI declares EUR/day."),
        ("sales", "k€", "declared_unit", "the formula gives EUR, the KPI declares k€."),
        ("sales", "eur", "declared_unit", "the formula gives EUR, the KPI declares eur."),
        ("sales + rate", "EUR", "unit", "EUR and % cannot be added, subtracted or compared."),
    ],
)
def test_check_unit_says_what_contradicts(text: str, declared: str, code: str, message: str) -> None:
    problem = check_unit(parse(text), UNITS, declared)
    assert problem is not None
    assert (problem.code, problem.message) == (code, f"The units do not fit: {message}")


@given(st.text(alphabet="abE€m%1/·*× ²³-", max_size=40) | st.text(max_size=40))
@example("/²/²")
@example("0\r¹")
@example("m ²·m²²")
@example("a ² ²")
@example("m²²²²·m²²²²")
def test_a_unit_is_read_back_as_it_is_written(text: str) -> None:
    unit = read_unit(text)
    assert read_unit(unit.text) == unit
    assert check_unit(parse("k"), {"k": text}, text) is None


def test_order_of_puts_operands_before_formulas() -> None:
    edges = {"profit": ["sales", "cost"], "margin": ["profit", "sales"], "cost": ["pay", "rent"]}
    order = order_of(edges)
    assert sorted(order) == ["cost", "margin", "pay", "profit", "rent", "sales"]
    assert all(order.index(operand) < order.index(code) for code, operands in edges.items() for operand in operands)


def test_order_of_does_not_depend_on_the_order_of_what_it_is_given() -> None:
    edges = {"a": ["x", "y"], "b": ["y", "a"], "c": ["z"]}
    turned = [{code: list(reversed(edges[code])) for code in codes} for codes in permutations(edges)]
    assert {tuple(order_of(one)) for one in [edges, *turned]} == {tuple(order_of(edges))}
    assert order_of({}) == []


@pytest.mark.parametrize(
    ("edges", "path"),
    [
        ({"a": ["a"]}, ["a", "a"]),
        ({"b": ["c"], "c": ["a"], "a": ["b", "x"]}, ["a", "b", "c", "a"]),
        ({"top": ["m"], "m": ["k", "n"], "n": ["m"], "k": []}, ["m", "n", "m"]),
    ],
)
def test_a_cycle_is_refused_and_its_path_named(edges: dict[str, list[str]], path: list[str]) -> None:
    assert cycle_in(edges) == path
    with pytest.raises(FormulaError) as caught:
        order_of(edges)
    sentence = f"The formulas form a cycle: {' → '.join(path)}."
    assert (caught.value.code, caught.value.message) == ("cycle", sentence)


def test_a_graph_without_a_cycle_has_none() -> None:
    assert cycle_in({"a": ["b", "c"], "b": ["c"], "c": []}) is None


codes = st.sampled_from("abcdef")


@given(st.dictionaries(codes, st.lists(codes, max_size=3)))
def test_every_graph_has_an_order_or_a_cycle(edges: dict[str, list[str]]) -> None:
    path = cycle_in(edges)
    if path is None:
        order = order_of(edges)
        assert all(order.index(operand) < order.index(code) for code in edges for operand in edges[code])
    else:
        assert path[0] == path[-1] == min(path)
        assert all(after in edges[before] for before, after in pairwise(path))


def test_a_long_chain_is_ordered_without_recursion() -> None:
    chain = {f"k{index:05}": [f"k{index + 1:05}"] for index in range(20_000)}
    assert order_of(chain)[0] == "k20000"
    assert cycle_in({**chain, "k20000": ["k00000"]}) == [*sorted({*chain, "k20000"}), "k00000"]
