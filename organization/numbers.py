"""Numbers as people type them, in English and in French."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

SPACES: Final = re.compile(r"[\s\u00a0\u202f\u2009']+")
GROUPED: Final = {
    ",": re.compile(r"^\d{1,3}(?:,\d{3})+$"),
    ".": re.compile(r"^\d{1,3}(?:\.\d{3})+$"),
}
PLAIN: Final = re.compile(r"^\d+(?:\.\d+)?$|^\.\d+$")
MINUSES: Final = str.maketrans({"\u2212": "-", "\u2013": "-"})


class NotANumber(ValueError):
    """The text is no number in either language."""


def parse_number(text: str, *, language: str = "en", unit: str = "") -> Decimal:
    """1,250.5; 1 250,5; 86,6 %; −3.4; with or without the unit.

    With comma and point the last one is the decimal sign. A lone comma before three digits groups thousands for an
    English reader and is the decimal sign for a French one; a lone point is always the decimal sign.
    """
    bare = SPACES.sub("", text.translate(MINUSES))
    for word in {SPACES.sub("", unit), "%"} - {""}:
        bare = bare.removesuffix(word).removeprefix(word)
    negative = bare.startswith("-")
    digits = _with_point(bare[1:] if bare[:1] in ("+", "-") else bare, language)
    if not PLAIN.match(digits) or not digits.isascii():
        raise NotANumber(text)
    try:
        value = Decimal(digits)
    except InvalidOperation:
        raise NotANumber(text) from None
    return -value if negative else value


def typed(value: Decimal | None, language: str = "en") -> str:
    """A value as a person would type it: all its digits, no grouping, the language's decimal sign."""
    if value is None:
        return ""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",") if language.startswith("fr") else text


def _with_point(digits: str, language: str) -> str:
    """The digits with a point for the decimal sign and no grouping."""
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        sign, group = (",", ".") if comma > point else (".", ",")
        whole, _sign, rest = digits.rpartition(sign)
        return f"{whole.replace(group, '')}.{rest}" if GROUPED[group].match(whole) else digits
    if digits.count(",") > 1 or digits.count(".") > 1:
        group = "," if comma >= 0 else "."
        return digits.replace(group, "") if GROUPED[group].match(digits) else digits
    if comma >= 0 and not language.startswith("fr") and GROUPED[","].match(digits) and not digits.startswith("0"):
        return digits.replace(",", "")
    return digits.replace(",", ".")
