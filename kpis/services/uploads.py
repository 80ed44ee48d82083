"""A file of values: opened, its columns assigned, and what it says turned into rows to record."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from kpis.choices import Frequency
from kpis.columns import (
    Assignment,
    Cell,
    Given,
    NotAPeriod,
    NotRead,
    Role,
    Sheet,
    cells_of,
    guess,
    is_missing,
    read_csv,
    read_flag,
    read_number,
    read_period,
    sheet_of,
)
from kpis.columns.assignment import LOOKED_AT
from kpis.models import Kpi
from kpis.services.recording import Reading
from organization.actors import Actor
from organization.archives import Unsafe
from organization.models import Organization
from organization.spreadsheets import sheets_in

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_VALUES: Final = 50_000
ZIP_MARK: Final = b"PK\x03\x04"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell: its line, its column, what stands there, what was expected."""

    row: int
    column: str
    value: str
    expected: str


@dataclass(frozen=True)
class Said:
    """What a file says: rows with their places in it, faults, and how many cells give nothing."""

    readings: tuple[Reading, ...]
    givens: tuple[Given, ...]
    faults: tuple[Fault, ...]
    left_out: int
    says_all: bool


def open_table(content: bytes) -> Sheet:
    """The first sheet of an `.xlsx` that holds anything, or the lines of a CSV. Raises ValidationError on `file`."""
    if not content:
        raise _refusal(_("The file is empty."), "empty")
    if len(content) > MOST_BYTES:
        message = _("The file is larger than %(size)s MB.") % {"size": MOST_BYTES // 1024 // 1024}
        raise _refusal(message, "too_large")
    try:
        if content.startswith(ZIP_MARK):
            sheets = (sheet_of(lines) for _name, lines in sheets_in(content))
            sheet = next((one for one in sheets if one.rows), Sheet((), (), ()))
        else:
            sheet = sheet_of(read_csv(content))
    except Unsafe as error:
        raise _refusal(_("Expected: %(what)s.") % {"what": error.expected}, "unreadable") from error
    except ValueError as error:
        raise _refusal(_("This is neither an .xlsx nor a table as text (CSV)."), "unreadable") from error
    if not sheet.rows:
        raise _refusal(_("There is no table: a line with names, and lines with values below it."), "empty")
    return sheet


def guess_columns(sheet: Sheet, *, actor: Actor) -> Assignment:
    """The likeliest assignment; looks at the KPIs that the actor sees. One query."""
    texts = {name.strip() for name in sheet.header}
    texts |= {cell.strip() for row in sheet.rows[:LOOKED_AT] for cell in row}
    known = kpis_named(texts, actor)
    return guess(sheet.header, sheet.rows, lambda text: text.strip() in known)


def kpis_named(texts: Iterable[str], actor: Actor) -> dict[str, Kpi]:
    """Visible KPIs by code, and by name where only one has it. One query."""
    wanted = {text for text in texts if text and "\x00" not in text}
    rows = list(Kpi.objects.visible_to(actor).filter(Q(code__in=wanted) | Q(name__in=wanted)))
    names = [kpi.name for kpi in rows]
    found = {kpi.name: kpi for kpi in rows if names.count(kpi.name) == 1} if len(rows) < 5000 else {}
    return found | {kpi.code: kpi for kpi in rows}


def read_values(sheet: Sheet, assignment: Assignment, *, actor: Actor) -> Said:
    """Every cell as a row to record, or as a fault; all faults at once. Two queries."""
    givens = list(cells_of(sheet, assignment))
    if len(givens) > MOST_VALUES:
        message = _("The file gives %(count)s values; the most is %(most)s. Cut it.")
        raise _refusal(message % {"count": len(givens), "most": MOST_VALUES}, "too_many")
    organization = Organization.objects.get(pk=actor.organization_id)
    known = kpis_named({given.kpi.text for given in givens}, actor)
    reader = _Reader(assignment, known, organization)
    for given in givens:
        reader.read(given)
    says_all = Role.ESTIMATE in assignment.roles or Role.NUMERATOR in assignment.roles
    return Said(tuple(reader.readings), tuple(reader.givens), tuple(reader.faults), reader.left_out, says_all)


def column_of(given: Given, name: str) -> Cell:
    """Where in the file a field of a row stands."""
    if name in ("kpi", "period"):
        return given.kpi if name == "kpi" else given.period
    return given.said.get(name) or given.said.get("value") or Cell("", "")


@dataclass
class _Reader:
    assignment: Assignment
    kpis: Mapping[str, Kpi]
    organization: Organization
    readings: list[Reading] = field(default_factory=list)
    givens: list[Given] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: int = 0
    periods: dict[tuple[str, str], date | None] = field(default_factory=dict)

    def read(self, given: Given) -> None:
        before = len(self.faults)
        said = given.said
        if all(not said[name].text for name in ("value", "numerator", "denominator") if name in said):
            self.left_out += 1
            return
        kpi = self.kpis.get(given.kpi.text)
        if kpi is None:
            self._fault(given, given.kpi, _("the code or the name of a KPI that you may see"))
        period = self._period(given, kpi) if kpi is not None else None
        rest: dict[str, Any] = {}
        for name, cell in said.items():
            if name in ("value", "numerator", "denominator"):
                rest[name] = self._number(given, cell)
            elif name == "estimate":
                rest[name] = self._flag(given, cell)
            elif name == "note" and cell.text:
                rest[name] = cell.text.replace("\x00", "")
        if len(self.faults) == before and kpi is not None and period is not None:
            self.readings.append(Reading(kpi.pk, period, **rest))
            self.givens.append(given)

    def _period(self, given: Given, kpi: Kpi) -> date | None:
        key = (given.period.text, kpi.frequency)
        if key not in self.periods:
            try:
                self.periods[key] = read_period(
                    given.period.text,
                    kpi.frequency,
                    fiscal_year_start=self.organization.fiscal_year_start,
                    month_first=self.assignment.month_first,
                )
            except NotAPeriod:
                self.periods[key] = None
        if self.periods[key] is None:
            self._fault(given, given.period, _wanted_period(kpi.frequency))
        return self.periods[key]

    def _number(self, given: Given, cell: Cell) -> Decimal | None:
        if is_missing(cell.text):
            return None
        try:
            return read_number(cell.text, self.assignment.decimal)
        except NotRead:
            example = "1,250.5" if self.assignment.decimal == "." else "1 250,5"
            self._fault(given, cell, _("a number such as %(example)s") % {"example": example})
            return None

    def _flag(self, given: Given, cell: Cell) -> bool:
        try:
            return read_flag(cell.text)
        except NotRead:
            self._fault(given, cell, _("yes or no"))
            return False

    def _fault(self, given: Given, cell: Cell, expected: str) -> None:
        self.faults.append(Fault(given.row, cell.column, cell.text[:200], expected))


def _wanted_period(frequency: str) -> str:
    wanted: Mapping[str, Callable[[], str]] = {
        Frequency.DAILY.value: lambda: _("a day such as 2026-10-31 or 31/10/2026"),
        Frequency.WEEKLY.value: lambda: _("a week such as 2026-W44, or its first or last day"),
        Frequency.MONTHLY.value: lambda: _("a month such as 2026-10 or Oct 2026, or its first or last day"),
        Frequency.QUARTERLY.value: lambda: _("a quarter such as 2026 Q3, or its first or last day or month"),
        Frequency.YEARLY.value: lambda: _("a year such as 2026 or 2025/26, or its first or last day"),
    }
    return wanted[frequency]()


def _refusal(message: str, code: str) -> ValidationError:
    return ValidationError({"file": ValidationError(message, code)})
