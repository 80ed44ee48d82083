"""What people write in tables: numbers, periods, placeholders, and what columns mean."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.choices import Frequency
from kpis.columns import (
    Assignment,
    NotAPeriod,
    NotRead,
    Role,
    Shape,
    cells_of,
    guess,
    guess_decimal,
    is_missing,
    read_csv,
    read_flag,
    read_number,
    read_period,
    sheet_of,
)
from kpis.periods import period_end, period_start

MONTHLY, QUARTERLY, YEARLY, WEEKLY = "monthly", "quarterly", "yearly", "weekly"


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("1,250.5", ".", "1250.5"),
        ("1.250,5", ",", "1250.5"),
        ("1 250,5", ",", "1250.5"),
        ("1 250,50 €", ",", "1250.50"),
        ("1'250.5", ".", "1250.5"),
        ("−3.4", ".", "-3.4"),
        ("(1,200)", ".", "-1200"),
        ("86.6 %", ".", "86.6"),
        ("€3", ".", "3"),
        ("-€3", ".", "-3"),
        ("1.2E-5", ".", "0.000012"),
        (".5", ".", "0.5"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("0", ".", "0"),
        ("-0", ".", "0"),
    ],
)
def test_numbers_as_people_write_them(text: str, sign: str, value: str) -> None:
    assert read_number(text, sign) == Decimal(value)


@pytest.mark.parametrize("text", ["", "abc", "1,25", "1,2345", "1.2.3", "12-3", "1e9999", "--3", "٣", "1" * 61, "NaN"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotRead):
        read_number(text, ".")


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=4),
    st.sampled_from([".", ","]),
    st.sampled_from(["", " ", "\u202f", "'", "group"]),
)
def test_every_number_written_with_its_sign_is_read_back(value: Decimal, sign: str, grouping: str) -> None:
    group = ("," if sign == "." else ".") if grouping == "group" else grouping
    text = f"{value:,.4f}".replace(",", "\x00").replace(".", sign).replace("\x00", group)
    assert read_number(text, sign) == value


@given(st.text(max_size=70), st.sampled_from([".", ","]))
def test_any_text_is_a_finite_number_or_refused(text: str, sign: str) -> None:
    try:
        assert read_number(text, sign).is_finite()
    except NotRead:
        pass


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1,5", "2,25"], ","),
        (["1.5", "2,250.5"], "."),
        (["1.250", "1.250,5"], ","),
        (["1,250", "3,100"], "."),
        (["1.250.000"], ","),
        ([], "."),
        (["n/a", "12"], "."),
    ],
)
def test_decimal_sign_is_what_most_cells_show(texts: list[str], sign: str) -> None:
    assert guess_decimal(texts) == sign


@pytest.mark.parametrize("text", ["", " ", "-", "–", "n/a", "N/A", "..", "…", "nd", "null", "NaN", "s.o."])
def test_placeholders_are_not_known(text: str) -> None:
    assert is_missing(text)


@pytest.mark.parametrize("text", ["0", "0,0", "-1", "1-", "n"])
def test_numbers_and_words_are_no_placeholders(text: str) -> None:
    assert not is_missing(text)


def test_flags() -> None:
    assert [read_flag(text) for text in ("yes", "Oui", "E", "1", "", "no", "-", "final")] == [True] * 4 + [False] * 4
    with pytest.raises(NotRead):
        read_flag("perhaps")


OCTOBER = date(2026, 10, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-01",
        "2026-10-31",
        "2026-10-01T00:00:00Z",
        "01/10/2026",
        "31.10.2026",
        "1-10-2026",
        "1 oct 2026",
        "2026-10",
        "2026/10",
        "10/2026",
        "2026M10",
        "2026-M10",
        "Oct 2026",
        "oct. 2026",
        "Oct-26",
        "October, 2026",
        "octobre 2026",
        "2026 Oct",
        "2026-Oct",
    ],
)
def test_months_as_people_write_them(text: str) -> None:
    assert read_period(text, MONTHLY) == OCTOBER


@pytest.mark.parametrize(
    ("text", "frequency", "year_start", "period"),
    [
        ("2026 Q3", QUARTERLY, 1, date(2026, 7, 1)),
        ("2026-Q3", QUARTERLY, 4, date(2026, 7, 1)),
        ("Q3 2026", QUARTERLY, 1, date(2026, 7, 1)),
        ("T3 2026", QUARTERLY, 1, date(2026, 7, 1)),
        ("2026T3", QUARTERLY, 1, date(2026, 7, 1)),
        ("Q2 2026", QUARTERLY, 2, date(2026, 5, 1)),
        ("Jul 2026", QUARTERLY, 1, date(2026, 7, 1)),
        ("30/09/2026", QUARTERLY, 1, date(2026, 7, 1)),
        ("2026", YEARLY, 1, date(2026, 1, 1)),
        ("2026", YEARLY, 4, date(2026, 4, 1)),
        ("2025/26", YEARLY, 4, date(2025, 4, 1)),
        ("2025-26", YEARLY, 4, date(2025, 4, 1)),
        ("2025/2026", YEARLY, 7, date(2025, 7, 1)),
        ("FY 2025/26", YEARLY, 4, date(2025, 4, 1)),
        ("2011-12", YEARLY, 4, date(2011, 4, 1)),
        ("2011-12", MONTHLY, 4, date(2011, 12, 1)),
        ("FY26", YEARLY, 4, date(2025, 4, 1)),
        ("FY2026", YEARLY, 1, date(2026, 1, 1)),
        ("31/12/2026", YEARLY, 1, date(2026, 1, 1)),
        ("2026-W05", WEEKLY, 1, date(2026, 1, 26)),
        ("W5 2026", WEEKLY, 1, date(2026, 1, 26)),
        ("2026-01-26", WEEKLY, 1, date(2026, 1, 26)),
        ("2026-02-03", "daily", 1, date(2026, 2, 3)),
    ],
)
def test_periods_of_every_length(text: str, frequency: str, year_start: int, period: date) -> None:
    assert read_period(text, frequency, fiscal_year_start=year_start) == period


def test_month_first_where_it_is_said() -> None:
    assert read_period("04/01/2026", MONTHLY, month_first=True) == date(2026, 4, 1)
    assert read_period("01/04/2026", MONTHLY) == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("2026-10-15", MONTHLY),
        ("2026", MONTHLY),
        ("Q3 2026", MONTHLY),
        ("Aug 2026", QUARTERLY),
        ("2026-13", MONTHLY),
        ("31/02/2026", MONTHLY),
        ("2025/27", YEARLY),
        ("total", MONTHLY),
        ("", MONTHLY),
        ("2026-W60", WEEKLY),
        ("9" * 50, YEARLY),
    ],
)
def test_what_names_no_period_is_refused(text: str, frequency: str) -> None:
    with pytest.raises(NotAPeriod):
        read_period(text, frequency)


@given(
    st.dates(date(1901, 1, 1), date(2198, 12, 31)),
    st.sampled_from([one.value for one in Frequency]),
    st.integers(1, 12),
    st.booleans(),
)
def test_first_and_last_day_of_a_period_name_it(day: date, frequency: str, year_start: int, month_first: bool) -> None:
    start = period_start(day, frequency, year_start)
    local = "%m/%d/%Y" if month_first else "%d/%m/%Y"
    for end in (start, period_end(start, frequency, year_start)):
        for text in (end.isoformat(), f"{end:{local}}"):
            found = read_period(text, frequency, fiscal_year_start=year_start, month_first=month_first)
            assert found == start


@given(st.text(max_size=45), st.sampled_from([one.value for one in Frequency]))
def test_any_text_is_the_start_of_a_period_or_refused(text: str, frequency: str) -> None:
    try:
        found = read_period(text, frequency)
    except NotAPeriod:
        return
    assert period_start(found, frequency) == found


def known(text: str) -> bool:
    return text.strip().casefold() in {"k-1", "k-2", "delivery"}


def guessed(csv: str) -> Assignment:
    sheet = sheet_of(read_csv(csv.encode()))
    return guess(sheet.header, sheet.rows, known)


def test_long_tables_are_recognised_in_both_languages() -> None:
    english = guessed("KPI,Period,Value,Estimate,Comment\nK-1,2026-10,1.5,yes,ok\n")
    assert (english.shape, [role.value for role in english.roles], english.decimal) == (
        Shape.VALUES,
        ["kpi", "period", "value", "estimate", "note"],
        ".",
    )
    french = guessed("Indicateur;Période;Numérateur;Dénominateur;Valeur;Unité\nK-1;oct. 2026;1;2;0,5;%\n")
    assert ([role.value for role in french.roles], french.decimal) == (
        ["kpi", "period", "numerator", "denominator", "value", "ignore"],
        ",",
    )


def test_unnamed_columns_are_recognised_by_what_they_hold() -> None:
    found = guessed("a,b,c\nK-1,2026-10,7\nK-2,2026-11,8\n")
    assert [role.value for role in found.roles] == ["kpi", "period", "value"]


def test_wide_tables_are_recognised() -> None:
    periods = guessed("Indicator,Unit,2026 Q1,2026 Q2\nK-1,%,1,2\n")
    assert (periods.shape, [role.value for role in periods.roles]) == (
        Shape.PERIODS,
        ["kpi", "ignore", "value", "value"],
    )
    kpis = guessed("Mois;K-1;Delivery;autre\noct. 2026;1,5;2;3\n")
    assert (kpis.shape, [role.value for role in kpis.roles], kpis.decimal) == (
        Shape.KPIS,
        ["period", "value", "value", "ignore"],
        ",",
    )


def test_month_first_is_seen_from_the_days() -> None:
    assert guessed("kpi,date,value\nK-1,01/31/2026,1\nK-1,02/28/2026,2\n").month_first
    assert not guessed("kpi,date,value\nK-1,31/01/2026,1\n").month_first


def test_assignment_survives_being_stored() -> None:
    found = guessed("Mois;K-1\noct. 2026;1,5\n")
    assert Assignment.from_dict(found.as_dict()) == found
    assert Assignment(Shape.VALUES, (Role.KPI, Role.VALUE)).missing() == (Role.PERIOD,)


def test_cells_say_where_they_stand_and_empty_ones_of_wide_tables_say_nothing() -> None:
    sheet = sheet_of(read_csv(b"\n;2026-01;2026-02\nK-1;5;\n\nK-2;n/a;7\n"))
    cells = list(cells_of(sheet, Assignment(Shape.PERIODS, (Role.KPI, Role.VALUE, Role.VALUE))))
    assert [(one.row, one.kpi.text, one.period.text, one.said["value"].text) for one in cells] == [
        (3, "K-1", "2026-01", "5"),
        (5, "K-2", "2026-01", "n/a"),
        (5, "K-2", "2026-02", "7"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_files_in_usual_encodings_and_separators(encoding: str, separator: str) -> None:
    text = separator.join(["Période", "été"]) + "\r\n" + separator.join(["2026", '"a;b,c"']) + "\r\n"
    assert read_csv(text.encode(encoding)) == [["Période", "été"], ["2026", "a;b,c"]]


def test_binary_is_no_table() -> None:
    with pytest.raises(ValueError, match="binary"):
        read_csv(b"PK\x03\x04\x00\x00")
