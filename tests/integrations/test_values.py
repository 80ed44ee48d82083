"""Cells to values and back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integrations.tables import Column, Type
from integrations.values import CODE, Refused, reader_of, text_of
from organization.models import valid_code

NUMBER = Column("value", Type.DECIMAL, least=Decimal(-1000), most=Decimal(1000), places=4)


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", "12"), (" 12.50 ", "12.5"), ("-.5", "-0.5"), ("+1e2", "100"), ("0.12340000", "0.1234"), ("-0", "0")],
)
def test_a_number_is_read(text: str, value: str) -> None:
    assert reader_of(NUMBER)(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,000", "a number like 1234.5"),
        ("NaN", "a number like 1234.5"),
        ("1e999", "a number like 1234.5"),
        ("٣", "a number like 1234.5"),
        ("1001", "a number from -1000 to 1000"),
        ("0.00001", "at most 4 digits after the point"),
    ],
)
def test_what_is_not_a_number_is_refused(text: str, expected: str) -> None:
    with pytest.raises(Refused) as refusal:
        reader_of(NUMBER)(text)
    assert str(refusal.value) == expected


@pytest.mark.parametrize("text", ["31/12/2026", "2026-02-30", "2026-1-1", "20260101", "2026-01-01T00:00"])
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        reader_of(Column("period", Type.DATE))(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (Decimal("100.00"), "100"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.0000000001"), "-0.0000000001"),
        (Decimal("-0.00"), "0"),
        (Decimal("12345678901234567890.0123456789"), "12345678901234567890.0123456789"),
        (date(2026, 1, 31), "2026-01-31"),
    ],
)
def test_text_of_writes_without_exponent_and_trailing_zeros(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_codes_are_what_the_models_take() -> None:
    assert "^" + CODE.pattern.replace(r"\Z", "$") == valid_code.regex.pattern  # type: ignore[union-attr]
