"""Numbers as people type them, periods that wait, and values that surprise."""

from datetime import date
from decimal import Decimal

import pytest

from kpis.bands import Edges, edges_on
from kpis.definition import Definition
from kpis.entry import PeriodChoice, Wait, period_choices
from kpis.plausibility import UsualRange, usual_range
from organization.numbers import NotANumber, parse_number, typed


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("86.6", "86.6", "86.6"),
        ("86,6", "86.6", "86.6"),
        ("86,6\u00a0%", "86.6", "86.6"),
        ("86.6%", "86.6", "86.6"),
        ("1,250.5", "1250.5", "1250.5"),
        ("1.250,5", "1250.5", "1250.5"),
        ("1\u202f250,5", "1250.5", "1250.5"),
        ("1 250", "1250", "1250"),
        ("1'250", "1250", "1250"),
        ("1,250", "1250", "1.250"),
        ("1.250", "1.250", "1.250"),
        ("0,125", "0.125", "0.125"),
        ("1,250,000", "1250000", "1250000"),
        ("1.250.000", "1250000", "1250000"),
        ("\u22123,4", "-3.4", "-3.4"),
        ("+3", "3", "3"),
        (".5", "0.5", "0.5"),
        ("12 days", "12", "12"),
    ],
)
def test_number_is_read_as_the_person_meant_it(text: str, english: str, french: str) -> None:
    assert parse_number(text, language="en", unit="days") == Decimal(english)
    assert parse_number(text, language="fr", unit="days") == Decimal(french)


@pytest.mark.parametrize(
    "text", ["", "-", "forty", "1e5", "1,2,3", "1.2,3.4", "--3", "+-3", "٣", "NaN", "1/2", "3 apples"]
)
def test_text_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(text)


def test_value_is_offered_as_it_would_be_typed() -> None:
    assert typed(Decimal("1250.5000000000"), "en") == "1250.5"
    assert typed(Decimal("1250.5000000000"), "fr") == "1250,5"
    assert typed(Decimal("100.0000000000"), "en") == "100"
    assert typed(None, "en") == ""


def test_usual_range_needs_six_values() -> None:
    assert usual_range([Decimal(5)] * 5) is None


def test_usual_range_of_a_steady_series_holds_what_was_seen_and_one_natural_step() -> None:
    values = [Decimal(value) for value in (44, 46, 47, 51, 48, 47, 47)]
    assert usual_range(values) == UsualRange(Decimal("41.005"), Decimal("52.995"))
    found = usual_range(values)
    assert found is not None
    assert not found.holds(Decimal(41))
    assert found.holds(Decimal("41.005"))


def test_usual_range_lets_a_trend_go_on_and_stops_at_zero() -> None:
    falling = usual_range([Decimal(value) for value in (12, 10, 8, 6, 4, 2)])
    assert falling == UsualRange(Decimal(0), Decimal(12))
    rising = usual_range([Decimal(value) for value in range(-5, 1)])
    assert rising == UsualRange(Decimal(-5), Decimal("3.27"))


MONTHLY = Definition(start=date(2026, 7, 1), end=date(2026, 12, 31), grace_days=10)


def test_periods_offer_what_waits_then_gaps_then_corrections() -> None:
    known = {date(2026, 7, 1), date(2026, 9, 1)}
    assert period_choices(MONTHLY, known, on=date(2026, 11, 12)) == [
        PeriodChoice(date(2026, 10, 1), Wait.DUE, date(2026, 11, 10)),
        PeriodChoice(date(2026, 11, 1), Wait.OPEN, date(2026, 12, 10)),
        PeriodChoice(date(2026, 8, 1), Wait.MISSING, date(2026, 9, 10)),
        PeriodChoice(date(2026, 9, 1), Wait.KNOWN, date(2026, 10, 10)),
        PeriodChoice(date(2026, 7, 1), Wait.KNOWN, date(2026, 8, 10)),
    ]


def test_periods_end_with_the_plan_and_do_not_begin_before_it() -> None:
    assert period_choices(MONTHLY, (), on=date(2026, 6, 30)) == []
    after = period_choices(MONTHLY, (), on=date(2027, 3, 1))
    assert [choice.period for choice in after] == [date(2026, month, 1) for month in range(7, 13)]


def test_periods_offer_an_old_correction_that_is_asked_for() -> None:
    daily = Definition(frequency="daily")
    known = {date.fromordinal(date(2026, 6, 1).toordinal() + day) for day in range(120)}
    asked = date(2026, 6, 2)
    offered = period_choices(daily, known, on=date(2026, 9, 30), asked=asked)
    assert offered[-1] == PeriodChoice(asked, Wait.KNOWN, asked)
    assert asked not in [choice.period for choice in period_choices(daily, known, on=date(2026, 9, 30))]


def test_edges_of_a_plan_are_where_its_colours_end() -> None:
    plan = Definition(
        baseline=Decimal(0), target=Decimal(100), precision=0, start=date(2026, 1, 1), end=date(2026, 12, 31)
    )
    assert edges_on(plan, date(2026, 12, 31)) == Edges(Decimal("95.00"), Decimal("80.00"))
    assert edges_on(plan, date(2026, 1, 1)) == Edges()


def test_edges_of_targets_limits_and_ranges() -> None:
    period = Definition(kind="period", target=Decimal(200), direction="down")
    assert edges_on(period, date(2026, 1, 31)) == Edges(Decimal("210.00"), Decimal("240.00"))
    limit = Definition(kind="guardrail", target=Decimal(50), width=Decimal(20))
    assert edges_on(limit, date(2026, 1, 31)) == Edges(Decimal("49.00"), Decimal("46.00"))
    assert edges_on(Definition(kind="period", target=Decimal(0)), date(2026, 1, 31)) == Edges()
    assert edges_on(Definition(kind="range", low=Decimal(1), high=Decimal(2)), date(2026, 1, 31)) == Edges()
