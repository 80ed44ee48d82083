"""Batches of measurements as they arrive: a JSON list, NDJSON or CSV. Every row is read before anything is stored.

Written by hand and not with serializers: ten thousand rows are read in a few hundredths of a second.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from kpis.services import Reading
from organization.api.formats import read_json
from organization.api.refusals import TooLarge
from organization.records import InvalidRows, RowProblem

MOST_ROWS: Final = 10_000
MOST_BYTES: Final = 16 * 1024 * 1024
COLUMNS: Final = ("kpi", "period", "value", "numerator", "denominator", "estimate", "note", "reason")
KNOWN: Final = frozenset(COLUMNS)
NUMBERS: Final = frozenset({"value", "numerator", "denominator"})
TEXTS: Final = frozenset({"note", "reason"})
NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
FLAGS: Final[Mapping[Any, bool]] = {True: True, False: False, "true": True, "false": False, "": False}

RawRow = Mapping[str, Any]


class JsonRows(BaseParser):
    """A list of objects."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        rows = read_json(whole(stream))
        if not isinstance(rows, list):
            raise ParseError(_("The body is a list of rows: [{…}, …]."))
        return rows


class LineRows(BaseParser):
    """One object per line; empty lines are skipped but counted."""

    media_type = "application/x-ndjson"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        rows = []
        for number, line in enumerate(whole(stream).split(b"\n"), start=1):
            if line.strip():
                try:
                    rows.append(read_json(line))
                except ParseError as error:
                    raise ParseError(_("Line %(number)d: %(error)s") % {"number": number, "error": error}) from error
                if len(rows) > MOST_ROWS:
                    raise too_many()
        return rows


class TableRows(BaseParser):
    """Comma-separated values with a header row; an empty cell is unknown."""

    media_type = "text/csv"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        try:
            text = whole(stream).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ParseError(_("The body is not UTF-8 (byte %(at)d).") % {"at": error.start}) from error
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = [name.strip() for name in next(lines, [])]
            check_header(header)
            return [as_row(header, cells) for cells in lines if cells]
        except csv.Error as error:
            message = _("Line %(number)d is not CSV: %(error)s.") % {"number": lines.line_num, "error": error}
            raise ParseError(message) from error


def whole(stream: Any) -> bytes:
    """The body, at most so large."""
    body: bytes = stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise TooLarge(_("A batch has at most %(most)d MB.") % {"most": MOST_BYTES // 1024 // 1024})
    return body


def too_many() -> TooLarge:
    return TooLarge(_("A batch has at most %(most)d rows; send several.") % {"most": MOST_ROWS})


def check_header(header: Sequence[str]) -> None:
    unknown = [name for name in header if name not in COLUMNS]
    if unknown or len(set(header)) != len(header) or not header:
        wanted = ", ".join(COLUMNS)
        raise ParseError(_("The first line names the columns, each once, out of: %(names)s.") % {"names": wanted})


def as_row(header: Sequence[str], cells: Sequence[str]) -> RawRow:
    """A line as a row; too many cells are kept under a name that no column has, so that the row is refused."""
    row: dict[str, Any] = {name: cell for name, cell in zip(header, cells, strict=False) if cell != ""}
    if len(cells) > len(header):
        row[_("a cell beyond the header")] = ""
    return row


@dataclass
class Batch:
    """Rows being read: what is wrong so far, and the readings that are right."""

    ids: Mapping[str, int]
    only: str | None = None
    problems: list[RowProblem] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    days: dict[str, date] = field(default_factory=dict)

    def read(self, rows: Iterable[Any]) -> list[Reading]:
        """All rows as readings; raises InvalidRows with every problem of every row."""
        for number, row in enumerate(rows, start=1):
            if isinstance(row, Mapping):
                self._read_row(number, row)
            else:
                self._refuse(number, "", "invalid", _("A row is an object with the fields of a measurement."))
        if self.problems:
            raise InvalidRows(self.problems)
        return self.readings

    def _read_row(self, number: int, row: RawRow) -> None:
        before = len(self.problems)
        if not row.keys() <= KNOWN:
            for name in row.keys() - KNOWN:
                self._refuse(number, str(name), "unknown", _("There is no such field."))
        kpi_id = self._kpi(number, row)
        given = row.get("period")
        period = self.days.get(given) if isinstance(given, str) else None
        if period is None:
            period = self._day(number, given)
        rest: dict[str, Any] = {}
        for name, cell in row.items():
            if name in NUMBERS:
                rest[name] = self._number(number, name, cell)
            elif name == "estimate":
                rest[name] = self._flag(number, cell)
            elif name in TEXTS and cell is not None:
                rest[name] = self._text(number, name, cell)
        if kpi_id is not None and period is not None and len(self.problems) == before:
            self.readings.append(Reading(kpi_id, period, **rest))

    def _kpi(self, number: int, row: RawRow) -> int | None:
        code = row.get("kpi", self.only)
        if self.only is not None and code != self.only:
            message = _("This address takes values of %(code)s only.") % {"code": self.only}
            self._refuse(number, "kpi", "reference", message)
            return None
        if code is None or code == "":
            self._refuse(number, "kpi", "required", _("Name the KPI by its code."))
            return None
        found = self.ids.get(code) if isinstance(code, str) else None
        if found is None:
            self._refuse(number, "kpi", "reference", _("There is no KPI with the code “%(code)s”.") % {"code": code})
        return found

    def _day(self, number: int, given: Any) -> date | None:
        if given is None or given == "":
            self._refuse(number, "period", "required", _("Name the period by its first day."))
            return None
        try:
            if isinstance(given, str) and DAY.fullmatch(given):
                return self.days.setdefault(given, date.fromisoformat(given))
        except ValueError:
            pass
        self._refuse(number, "period", "date", _("“%(value)s” is not a date like 2026-01-31.") % {"value": given})
        return None

    def _number(self, number: int, name: str, given: Any) -> Decimal | None:
        if given is None or given == "":
            return None
        if isinstance(given, Decimal):
            return given
        if isinstance(given, int) and not isinstance(given, bool):
            return Decimal(given)
        if isinstance(given, str) and NUMBER.fullmatch(given):
            return Decimal(given)
        self._refuse(number, name, "number", _("“%(value)s” is not a number like 12.5.") % {"value": given})
        return None

    def _flag(self, number: int, given: Any) -> bool:
        if given is None:
            return False
        if isinstance(given, (bool, str)) and given in FLAGS:
            return FLAGS[given]
        self._refuse(number, "estimate", "boolean", _("Write true or false."))
        return False

    def _text(self, number: int, name: str, given: Any) -> str | None:
        if given is None or (isinstance(given, str) and "\x00" not in given):
            return given
        self._refuse(number, name, "text", _("This is not a text."))
        return None

    def _refuse(self, row: int, name: str, code: str, message: str) -> None:
        self.problems.append(RowProblem(row, name, code, message))


def codes_in(rows: Iterable[Any]) -> set[str]:
    """The KPI codes that rows name, for one look-up."""
    named = (row.get("kpi") for row in rows if isinstance(row, Mapping))
    return {code for code in named if isinstance(code, str) and code and "\x00" not in code}
