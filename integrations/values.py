"""From the text of a cell to a value and back. Empty means unknown, or the column's default."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from integrations.tables import Column, Type

NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?\Z")
WHOLE = re.compile(r"[+-]?[0-9]{1,12}\Z")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
CODE = re.compile(r"[^\s/\\?#%\x00-\x1f](?:[^/\\?#%\x00-\x1f]*[^\s/\\?#%\x00-\x1f])?\Z")
CURRENCY = re.compile(r"[A-Z]{3}\Z")
PAIR = re.compile(r"((?:[^\\=;]|\\[\\=;])+)=((?:[^\\=;]|\\[\\=;])*)(?:;|\Z)")
ESCAPED = re.compile(r"\\([\\=;])")
MARKS = re.compile(r"([\\=;])")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
valid_email = EmailValidator()


class Refused(Exception):
    """The text is not what the column holds; says what was expected."""


def reader_of(column: Column) -> Callable[[str], Any]:
    """A function from the text of a non-empty cell to its value; it raises Refused."""
    read = READERS[column.type]
    return lambda text: read(column, text)


def text_of(value: Any) -> str:
    """The cell that says the value; numbers without exponent and trailing zeros. `reader_of` reads it back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = format(value, "f")
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return "; ".join(f"{_marked(name)}={_marked(value[name])}" for name in sorted(value))
    return str(value)


def _marked(text: str) -> str:
    """A name or a value of a breakdown: its own semicolons and equals signs follow a backslash."""
    return MARKS.sub(r"\\\1", text)


def _text(column: Column, text: str) -> str:
    if CONTROL.search(text):
        raise Refused(_("text without control characters"))
    if column.length and len(text) > column.length:
        raise Refused(_("at most %(length)s characters") % {"length": column.length})
    return text


def _code(column: Column, text: str) -> str:
    text = _text(column, text.strip())
    if not CODE.match(text):
        raise Refused(_("a code without slash, question mark, hash or percent sign"))
    return text


def _email(column: Column, text: str) -> str:
    text = _text(column, text.strip().lower())
    try:
        valid_email(text)
    except ValidationError:
        raise Refused(_("an e-mail address")) from None
    return text


def _decimal(column: Column, text: str) -> Decimal:
    text = text.strip()
    if not NUMBER.match(text):
        raise Refused(_("a number like 1234.5"))
    number = Decimal(text)
    _within(column, number)
    if _places(number) > column.places:
        raise Refused(_("at most %(places)s digits after the point") % {"places": column.places})
    return number


def _integer(column: Column, text: str) -> int:
    text = text.strip()
    if not WHOLE.match(text):
        raise Refused(_("a whole number"))
    number = int(text)
    _within(column, Decimal(number))
    return number


def _within(column: Column, number: Decimal) -> None:
    if (column.least is not None and number < column.least) or (column.most is not None and number > column.most):
        bounds = {"least": text_of(column.least), "most": text_of(column.most)}
        raise Refused(_("a number from %(least)s to %(most)s") % bounds)


def _places(number: Decimal) -> int:
    fraction = format(number, "f").partition(".")[2]
    return len(fraction.rstrip("0"))


def _date(column: Column, text: str) -> date:
    text = text.strip()
    try:
        if DATE.match(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Refused(_("a date like 2026-01-31"))


def _boolean(column: Column, text: str) -> bool:
    found = {"true": True, "false": False}.get(text.strip().lower())
    if found is None:
        raise Refused(_("true or false"))
    return found


def _choice(column: Column, text: str) -> str:
    text = text.strip()
    if text not in column.choices:
        raise Refused(_("one of: %(choices)s") % {"choices": ", ".join(column.choices)})
    return text


def _timezone(column: Column, text: str) -> str:
    text = text.strip()
    if text not in available_timezones():
        raise Refused(_("a time zone like Europe/Paris"))
    return text


def _currency(column: Column, text: str) -> str:
    text = text.strip()
    if not CURRENCY.match(text):
        raise Refused(_("a currency of three letters, like EUR"))
    return text


def _formula(column: Column, text: str) -> str:
    return text.strip()


def _dimensions(column: Column, text: str) -> dict[str, str]:
    text = _text(column, text.strip())
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        pair = PAIR.match(text, place)
        name = ESCAPED.sub(r"\1", pair[1]).strip() if pair else ""
        if pair is None or not name or name in found:
            raise Refused(_("names with a value each, like Sex=Female; Age=15-24"))
        found[name] = ESCAPED.sub(r"\1", pair[2]).strip()
        place = pair.end()
    return found


READERS: dict[Type, Callable[[Column, str], Any]] = {
    Type.TEXT: _text,
    Type.CODE: _code,
    Type.EMAIL: _email,
    Type.DECIMAL: _decimal,
    Type.INTEGER: _integer,
    Type.DATE: _date,
    Type.BOOLEAN: _boolean,
    Type.CHOICE: _choice,
    Type.TIMEZONE: _timezone,
    Type.CURRENCY: _currency,
    Type.FORMULA: _formula,
    Type.DIMENSIONS: _dimensions,
}
