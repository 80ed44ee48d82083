"""How values are written in JSON: decimals as strings without exponent, dates in ISO, nothing as a float."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

import orjson

UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]+")


def exact_text(value: Decimal | None) -> str | None:
    """A stored value with its trailing zeros cut: `12.5000000000` → `12.5`."""
    if value is None:
        return None
    text = str(value)
    return _cut(format(value, "f") if "E" in text else text)


def figure_text(value: float | None) -> str | None:
    """A computed figure at nine decimals: `0.30000000000000004` → `0.3`."""
    return None if value is None else _cut(format(value, ".9f"))


def day_text(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def moment_text(value: datetime | None) -> str | None:
    """A moment with its offset; UTC in the database is UTC here."""
    return None if value is None else value.isoformat()


def address(base: str, *codes: str) -> str:
    """The address of a resource: codes may hold anything but slashes, so they are quoted."""
    text = "~".join(codes)
    return f"{base}{text if UNRESERVED.fullmatch(text) else quote(text, safe='~')}/"


def plain(value: Any) -> Any:
    """Any value of a frozen result as JSON holds it; floats are figures."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return figure_text(value)
    if isinstance(value, Decimal):
        return exact_text(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return str(value)


def as_json(data: Any) -> bytes:
    """JSON bytes; what JSON does not know becomes text by the same rules as everywhere."""
    return orjson.dumps(data, default=plain)


def _cut(text: str) -> str:
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
