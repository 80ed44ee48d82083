"""Numbers as the reader's language writes them: English of Britain, French of France.

Signs are U+2212, +, ±. French groups with U+202F and puts U+00A0 before a percent sign. None gives an en dash.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

Number = Decimal | float | int

MINUS: Final = "\u2212"
NARROW: Final = "\u202f"
HARD: Final = "\u00a0"
NO_VALUE: Final = "\u2013"

SYMBOLS: Final = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
SIZES: Final = (
    (Decimal(10) ** 9, "bn", "Md"),
    (Decimal(10) ** 6, "M", "M"),
    (Decimal(10) ** 3, "k", "k"),
)
SHORTEN_FROM: Final = 10_000
"""Amounts below it are written out."""


class Signed(str):
    """A difference already written with its sign; with a percent unit it is said in points."""

    __slots__ = ()


def number(value: Number | None, decimals: int | None = None, language: str = "en") -> str:
    """1,250.5 or 1 250,5. Without decimals: as many as the value has, two at most."""
    if value is None:
        return NO_VALUE
    exact = _rounded(value, decimals)
    text = f"{abs(exact):,f}"
    if _french(language):
        text = text.replace(",", NARROW).replace(".", ",")
    return f"{MINUS}{text}" if exact < 0 else text


def signed(value: Number | None, decimals: int | None = None, language: str = "en") -> str:
    """+17, −0.3, ±0 (what rounds to zero has no direction)."""
    if value is None:
        return NO_VALUE
    exact = _rounded(value, decimals)
    sign = "+" if exact > 0 else "±" if exact == 0 else ""
    return Signed(f"{sign}{number(exact, decimals, language)}")


def percent(fraction: Number | None, decimals: int = 0, language: str = "en") -> str:
    """0.866 → 86.6% or 86,6 %."""
    if fraction is None:
        return NO_VALUE
    return with_unit(number(_decimal(fraction) * 100, decimals, language), "%", language)


def points(fraction: Number | None, decimals: int = 0, language: str = "en") -> str:
    """A difference of two fractions, in points: −0.034 → −3 pts."""
    if fraction is None:
        return NO_VALUE
    return with_unit(signed(_decimal(fraction) * 100, decimals, language), "%", language)


def with_unit(text: str, unit: str, language: str = "en") -> str:
    """A written number with its unit. A signed percentage is a difference and is said in points."""
    if not unit or text == NO_VALUE:
        return text
    if unit == "%" and isinstance(text, Signed):
        return f"{text}{HARD}pts"
    if unit == "%":
        return f"{text}{HARD}%" if _french(language) else f"{text}%"
    symbol = SYMBOLS.get(unit, unit)
    if symbol in SYMBOLS.values() and not _french(language):
        return _with_prefix(text, symbol)
    return f"{text}{HARD}{symbol}"


def money(value: Number | None, currency: str = "EUR", language: str = "en") -> str:
    """€4.2M, €640k, €9,500; 4,2 M€, 640 k€, 9 500 €. One decimal at most, and only above a million."""
    if value is None:
        return NO_VALUE
    exact = _decimal(value)
    symbol = SYMBOLS.get(currency, currency)
    size, short = _size(exact, language)
    scaled = exact / size
    decimals = 1 if size >= SIZES[1][0] and abs(scaled) < 100 and scaled != scaled.to_integral_value() else 0
    text = number(scaled, decimals, language)
    if _french(language):
        joined = f"{short}{symbol}" if len(symbol) == 1 else f"{short}{HARD if short else ''}{symbol}"
        return f"{text}{HARD}{joined}"
    if len(symbol) == 1:
        return _with_prefix(f"{text}{short}", symbol)
    return f"{symbol}{HARD}{text}{short}"


def confidence(value: Number | None, language: str = "en") -> str:
    """Stored 0 to 100, shown 0 to 10 with one decimal."""
    return NO_VALUE if value is None else number(_decimal(value) / 10, 1, language)


def _size(value: Decimal, language: str) -> tuple[Decimal, str]:
    if abs(value) >= SHORTEN_FROM:
        for size, english, french in SIZES:
            if abs(value) >= size:
                return size, french if _french(language) else english
    return Decimal(1), ""


def _with_prefix(text: str, symbol: str) -> str:
    if text[0] in {MINUS, "+", "±"}:
        return f"{text[0]}{symbol}{text[1:]}"
    return f"{symbol}{text}"


def _rounded(value: Number, decimals: int | None) -> Decimal:
    exact = _decimal(value)
    if decimals is not None:
        return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN) + 0
    short = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN).normalize() + 0
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _decimal(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _french(language: str) -> bool:
    return language.startswith("fr")
