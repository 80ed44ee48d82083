"""Reading a table of worked cases: `{"version": 1, "cases": [{"id", "kind", "input", "expect"}]}`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

VERSION: Final = 1


class TableError(ValueError):
    """The file is not a table, or a case cannot be read; the message says which and why."""


@dataclass(frozen=True)
class Case:
    """One worked case; numbers of the input are decimal strings, numbers expected are JSON numbers."""

    id: str
    kind: str
    given: "Fields"
    expect: Mapping[str, Any]


@dataclass(frozen=True)
class Fields:
    """The input of a case, read by type; an error names the case and the field."""

    case: str
    values: Mapping[str, Any]

    def number(self, name: str, default: str | None = None) -> Decimal | None:
        """A decimal string or a JSON number; None when it is null or absent."""
        value = self.values.get(name, default)
        if value is None:
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if isinstance(value, bool) or not number.is_finite():
            raise self._wrong(name, _("a number"))
        return number

    def required(self, name: str, default: str | None = None) -> Decimal:
        """A number that must be there."""
        value = self.number(name, default)
        if value is None:
            raise self._wrong(name, _("a number"))
        return value

    def whole(self, name: str) -> int:
        """A whole number that must be there."""
        value = self.required(name)
        if value != value.to_integral_value():
            raise self._wrong(name, _("a whole number"))
        return int(value)

    def word(self, name: str, choices: frozenset[str], default: str | None = None) -> str:
        """One of the words."""
        value = self.values.get(name, default)
        if not isinstance(value, str) or value not in choices:
            raise self._wrong(name, _("one of: %(words)s") % {"words": ", ".join(sorted(choices))})
        return value

    def text(self, name: str) -> str:
        """A name."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value:
            raise self._wrong(name, _("a text"))
        return value

    def day(self, name: str) -> date:
        """An ISO date."""
        try:
            return date.fromisoformat(str(self.values.get(name)))
        except ValueError as error:
            raise self._wrong(name, _("a date")) from error

    def truth(self, name: str) -> bool | None:
        """True, false or null."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(name, _("true, false or null"))
        return value

    def rows(self, name: str) -> "Iterator[Fields]":
        """The objects of a list; none when it is absent."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise self._wrong(name, _("a list of objects"))
        return (Fields(self.case, row) for row in value)

    def _wrong(self, name: str, wanted: str) -> TableError:
        found = json.dumps(self.values.get(name), ensure_ascii=False)
        text = _("%(case)s: %(field)s is %(found)s, expected %(wanted)s")
        return TableError(text % {"case": self.case, "field": name, "found": found, "wanted": wanted})


def read_table(path: Path) -> list[Case]:
    """The cases of a file, in its order; TableError when it is not a table."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        text = _("%(file)s cannot be read: %(reason)s")
        raise TableError(text % {"file": path, "reason": error.strerror or error}) from error
    except ValueError as error:
        raise TableError(_("%(file)s is not JSON: %(reason)s") % {"file": path, "reason": error}) from error
    if not isinstance(table, dict) or not isinstance(table.get("cases"), list):
        raise TableError(_("%(file)s is not a table of cases: it has no list of cases") % {"file": path})
    if table.get("version") != VERSION:
        text = _("%(file)s has version %(found)s, expected %(wanted)s")
        raise TableError(text % {"file": path, "found": table.get("version"), "wanted": VERSION})
    return [_case(path, number, row) for number, row in enumerate(table["cases"], start=1)]


def _case(path: Path, number: int, row: object) -> Case:
    shape = {"id": str, "kind": str, "input": dict, "expect": dict}
    if isinstance(row, dict):
        wrong = [name for name, kind in shape.items() if not isinstance(row.get(name), kind)]
        if not wrong:
            return Case(row["id"], row["kind"], Fields(row["id"], row["input"]), row["expect"])
        text = _("%(file)s: case %(number)s (%(id)s) lacks or misstates: %(fields)s")
        what = {"file": path, "number": number, "id": row.get("id"), "fields": ", ".join(wrong)}
        raise TableError(text % what)
    raise TableError(_("%(file)s: case %(number)s is not an object") % {"file": path, "number": number})
