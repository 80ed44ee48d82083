"""How numbers and dates are written for readers of English and French."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from organization.drawing import dates, numbers


@pytest.mark.parametrize(
    ("value", "decimals", "english", "french"),
    [
        (Decimal("1250.5"), 1, "1,250.5", "1\u202f250,5"),
        (1234567, 0, "1,234,567", "1\u202f234\u202f567"),
        (-3.4, 1, "\u22123.4", "\u22123,4"),
        (86.6, None, "86.6", "86,6"),
        (90.0, None, "90", "90"),
        (Decimal("1E+3"), None, "1,000", "1\u202f000"),
        (2.5, 0, "2", "2"),
        (-0.001, 1, "0.0", "0,0"),
        (None, 1, "–", "–"),
    ],
)
def test_number_is_written_for_its_reader(
    value: numbers.Number | None, decimals: int | None, english: str, french: str
) -> None:
    assert (numbers.number(value, decimals, "en"), numbers.number(value, decimals, "fr")) == (english, french)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(17, 0, "+17"), (-0.3, 1, "\u22120.3"), (0, 0, "±0"), (0.004, 2, "±0.00"), (None, 0, "–")],
)
def test_signed_always_says_its_direction(value: numbers.Number | None, decimals: int, text: str) -> None:
    assert numbers.signed(value, decimals) == text


def test_percent_takes_a_fraction() -> None:
    assert numbers.percent(0.866, 1, "en") == "86.6%"
    assert numbers.percent(0.866, 1, "fr") == "86,6\u00a0%"
    assert numbers.percent(None) == "–"


def test_points_are_signed() -> None:
    assert numbers.points(-0.09) == "\u22129\u00a0pts"
    assert numbers.points(Decimal("-0.034"), 1, "fr") == "\u22123,4\u00a0pts"


@pytest.mark.parametrize(
    ("unit", "english", "french"),
    [
        ("%", "1,250%", "1\u202f250\u00a0%"),
        ("days", "1,250\u00a0days", "1\u202f250\u00a0days"),
        ("EUR", "€1,250", "1\u202f250\u00a0€"),
        ("k€", "1,250\u00a0k€", "1\u202f250\u00a0k€"),
        ("", "1,250", "1\u202f250"),
    ],
)
def test_unit_stands_where_the_language_puts_it(unit: str, english: str, french: str) -> None:
    assert numbers.with_unit(numbers.number(1250, 0, "en"), unit, "en") == english
    assert numbers.with_unit(numbers.number(1250, 0, "fr"), unit, "fr") == french


def test_unit_of_a_percentage_difference_is_points() -> None:
    assert numbers.with_unit(numbers.signed(-3.4, 1), "%") == "\u22123.4\u00a0pts"
    assert numbers.with_unit(numbers.number(-3.4, 1), "%") == "\u22123.4%"
    assert numbers.with_unit(numbers.signed(6.4, 1), "EUR") == "+€6.4"


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (4_200_000, "€4.2M", "4,2\u00a0M€"),
        (640_000, "€640k", "640\u00a0k€"),
        (9_500, "€9,500", "9\u202f500\u00a0€"),
        (2_000_000_000, "€2bn", "2\u00a0Md€"),
        (-18_400_000, "\u2212€18.4M", "\u221218,4\u00a0M€"),
        (None, "–", "–"),
    ],
)
def test_money_is_shortened(value: int | None, english: str, french: str) -> None:
    assert (numbers.money(value, "EUR", "en"), numbers.money(value, "EUR", "fr")) == (english, french)


def test_money_keeps_a_currency_without_a_sign() -> None:
    assert numbers.money(4_200_000, "CHF", "en") == "CHF\u00a04.2M"
    assert numbers.money(4_200_000, "CHF", "fr") == "4,2\u00a0M\u00a0CHF"


def test_confidence_is_shown_out_of_ten() -> None:
    assert numbers.confidence(72) == "7.2"
    assert numbers.confidence(Decimal("54"), "fr") == "5,4"


@pytest.mark.parametrize(
    ("frequency", "first", "english", "french"),
    [
        ("monthly", date(2026, 10, 1), "Oct 2026", "oct. 2026"),
        ("quarterly", date(2026, 10, 1), "Q4 2026", "T4 2026"),
        ("quarterly", date(2026, 11, 1), "Nov 2026", "nov. 2026"),
        ("yearly", date(2026, 1, 1), "2026", "2026"),
        ("yearly", date(2026, 4, 1), "2026–27", "2026–27"),
        ("weekly", date(2026, 11, 16), "W47 2026", "S47 2026"),
        ("daily", date(2026, 11, 12), "12\u00a0Nov 2026", "12\u00a0nov. 2026"),
    ],
)
def test_period_is_named_by_its_frequency(frequency: str, first: date, english: str, french: str) -> None:
    assert (dates.period(first, frequency, "en"), dates.period(first, frequency, "fr")) == (english, french)


def test_day_with_its_weekday_leaves_out_the_year() -> None:
    assert dates.day(date(2026, 11, 12), weekday=True) == "Thu 12\u00a0Nov"
    assert dates.day(date(2026, 11, 12), "fr", weekday=True) == "jeu. 12\u00a0nov."
    assert dates.day(date(2026, 11, 1), "fr") == "1er\u00a0nov. 2026"


def test_moment_names_the_time() -> None:
    assert dates.moment(datetime(2026, 11, 12, 6, 0, tzinfo=UTC)) == "12\u00a0Nov 2026, 06:00"


@pytest.mark.parametrize(
    ("elapsed", "english", "french"),
    [
        (timedelta(seconds=20), "live", "en direct"),
        (timedelta(minutes=5), "5\u00a0min", "5\u00a0min"),
        (timedelta(hours=3), "3\u00a0h", "3\u00a0h"),
        (timedelta(days=41), "41\u00a0d", "41\u00a0j"),
        (None, "–", "–"),
    ],
)
def test_age_is_short(elapsed: timedelta | None, english: str, french: str) -> None:
    assert (dates.age(elapsed, "en"), dates.age(elapsed, "fr")) == (english, french)
