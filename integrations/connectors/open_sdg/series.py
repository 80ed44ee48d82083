"""From the lines of one file to its series: one for each breakdown that has a value (docs/open-sdg.md)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import chain
from typing import Final

from integrations.connectors.open_sdg.texts import shortened, tidy
from integrations.connectors.open_sdg.years import When, holds_months, understood
from kpis.choices import Frequency

PLACES: Final = 10
LARGEST: Final = Decimal(10) ** 20
NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?\Z")
GROUPED: Final = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\Z")
UNKNOWN: Final = frozenset(
    {"", "-", "–", "—", ".", "..", "...", "…", ":", "x", "n/a", "na", "nan", "null", "none", "#n/a"}
)
CODED: Final = re.compile(r"\[[a-z]{1,2}\]\Z")
"""`[c]` confidential, `[x]` not available, `[z]` not applicable, `[u]` unreliable."""

VALUE: Final = ("value",)
PROGRESS: Final = ("progress",)
STATUS: Final = ("observation status", "obs_status", "obs status")
MULTIPLIER: Final = ("unit multiplier", "unit_mult", "unit mult")
UNITS: Final = ("units", "unit measure", "unit_measure", "unit")
SERIES: Final = ("series",)
PLACE: Final = ("geocode",)
ONES: Final = frozenset({"", "units", "unit", "0", "1"})
"""Multipliers that multiply by nothing."""

ESTIMATES: Final = ("estimate", "provisional", "forecast")
ORDINARY: Final = frozenset({"", "normal", "normal value", "undefined", "a"})
ESTIMATE_CODES: Final = frozenset({"e", "p", "f"})
MISSING_CODES: Final = frozenset({"m", "o"})

FREQUENCY: Final = "Frequency"
COLUMN: Final = "Column"


@dataclass(frozen=True, slots=True)
class Point:
    """What one line says of one period; `doubt` is a number that its own status calls missing."""

    when: When
    label: str
    value: Decimal | None
    estimate: bool
    note: str
    doubt: bool = False


@dataclass
class Series:
    """One breakdown. `dimensions` are the columns that set it apart, `apart` those besides series and unit."""

    dimensions: dict[str, str]
    apart: int
    unit: str
    frequency: str
    points: list[Point] = field(default_factory=list)

    @property
    def has_value(self) -> bool:
        return any(point.value is not None for point in self.points)

    @property
    def precision(self) -> int:
        """The most decimals of any value."""
        return max((_decimals(point.value) for point in self.points if point.value is not None), default=0)

    def values(self) -> Iterator[tuple[date, Decimal]]:
        """Days and known values in order, the first one said of each day."""
        known: dict[date, Decimal] = {}
        for point in self.points:
            if point.value is not None:
                known.setdefault(point.when.day, point.value)
        yield from sorted(known.items())

    def says(self, column: str) -> str:
        """What stands in a column; the name without regard to capitals."""
        wanted = column.lower()
        return next((value for name, value in self.dimensions.items() if name.lower() == wanted), "")


@dataclass(frozen=True)
class Sheet:
    """A file understood: its series in the order of the file, and what else stands in it."""

    series: list[Series] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    remarks: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    """Label and text of cells that are neither a number nor a known placeholder."""


@dataclass(frozen=True)
class _Columns:
    """Where things stand in a line."""

    year: int
    value: int
    progress: int | None
    status: int | None
    multiplier: int | None
    others: tuple[tuple[int, str], ...]


def read_sheet(rows: Sequence[Sequence[str]]) -> Sheet:
    """The series of a file whose first line is the header; a file without the columns Year and Value has none."""
    header = [tidy(name) for name in rows[0]] if rows else []
    columns = _columns(header)
    if columns is None:
        return Sheet(remarks=[", ".join(filter(None, header))] if any(header) else [])
    labels = [tidy(row[columns.year]) if len(row) > columns.year else "" for row in rows[1:]]
    months = holds_months(set(labels))
    whens = {label: understood(label, months=months) for label in set(labels)}
    sheet = Sheet(columns=tuple(name for _place, name in columns.others))
    found: dict[tuple[tuple[str, str], ...], dict[str, Series]] = {}
    for label, row in zip(labels, rows[1:], strict=True):
        when = whens[label]
        if when is None:
            if label and label not in sheet.remarks and label.lower() != "year":
                sheet.remarks.append(label)
            continue
        _take(row, label, when, columns, found, sheet)
    sheet.series.extend(chain.from_iterable(_apart(by_frequency) for by_frequency in found.values()))
    return sheet


def headline_of(series: Sequence[Series], start: Mapping[str, str]) -> Series | None:
    """The series that stands for the indicator: no breakdown; else what the publisher shows first; else the coarsest.

    Among equals the one with the longest past, then the first of the file.
    """
    if not series:
        return None
    places = {id(one): place for place, one in enumerate(series)}

    def rank(one: Series) -> tuple[int, int, int, int, int]:
        missed = sum(one.says(column) != value for column, value in start.items())
        return (
            int(COLUMN in one.dimensions or FREQUENCY in one.dimensions),
            0 if one.apart == 0 else 1 + missed,
            one.apart,
            -sum(point.value is not None for point in one.points),
            places[id(one)],
        )

    return min(series, key=rank)


def _columns(header: Sequence[str]) -> _Columns | None:
    names = [name.lower() for name in header]

    def place(among: Sequence[str]) -> int | None:
        return next((number for number, name in enumerate(names) if name in among), None)

    year, value = place(("year",)), place(VALUE)
    if year is None or value is None:
        return None
    progress, status, multiplier = place(PROGRESS), place(STATUS), place(MULTIPLIER)
    taken = {year, value, progress, status, multiplier, place(PLACE)}
    shown = [name.removeprefix("data.") or f"Column {number + 1}" for number, name in enumerate(header)]
    others = tuple(
        (number, header[number] if shown.count(name) > 1 else name)
        for number, name in enumerate(shown)
        if number not in taken
    )
    return _Columns(year, value, progress, status, multiplier, others)


def _take(
    row: Sequence[str],
    label: str,
    when: When,
    columns: _Columns,
    found: dict[tuple[tuple[str, str], ...], dict[str, Series]],
    sheet: Sheet,
) -> None:
    """One line: a point of its series, and one of the series of its progress figure where there is one."""
    width = len(row)
    pairs = [(name, tidy(row[place])) for place, name in columns.others if place < width and row[place].strip()]
    multiplier = tidy(row[columns.multiplier]) if columns.multiplier is not None and columns.multiplier < width else ""
    multiplier = "" if multiplier.lower() in ONES else multiplier
    if multiplier:
        pairs.append(("Unit multiplier", multiplier))
    status = tidy(row[columns.status]) if columns.status is not None and columns.status < width else ""
    for place, more in ((columns.value, ()), (columns.progress, ((COLUMN, "Progress"),))):
        if place is None:
            continue
        said = tidy(row[place]) if place < width else ""
        if more and not said:
            continue
        value = _number(said)
        if value is None and said.lower() not in UNKNOWN and not CODED.match(said.lower()):
            sheet.unreadable.append((label, shortened(said, 40)))
        key = (*pairs, *more)
        series = found.setdefault(key, {}).get(when.frequency)
        if series is None:
            series = found[key][when.frequency] = _series(key, multiplier, when.frequency)
        series.points.append(_point(when, label, said, value, status))


def _series(key: tuple[tuple[str, str], ...], multiplier: str, frequency: str) -> Series:
    units = [value for name, value in key if name.lower() in UNITS]
    own = (*UNITS, *SERIES, "unit multiplier")
    unit = " · ".join(dict.fromkeys(units))
    if multiplier:
        unit = f"{unit} ({multiplier.lower()})" if unit and "%" not in multiplier else multiplier
    return Series(dict(key), sum(name.lower() not in own for name, _value in key), unit, frequency)


def _point(when: When, label: str, said: str, value: Decimal | None, status: str) -> Point:
    """A status of “missing” is believed rather than the number beside it, which stays in the note."""
    known = status.lower()
    is_missing = known.startswith("missing") or known in MISSING_CODES
    parts = [] if when.is_plain else [label]
    if known not in ORDINARY:
        parts.append(status)
    if value is None and said:
        parts.append(said)
    doubt = is_missing and value is not None
    if doubt:
        parts.append(said)
    estimate = any(word in known for word in ESTIMATES) or known in ESTIMATE_CODES
    return Point(when, label, None if is_missing else value, estimate and not is_missing, "; ".join(parts), doubt)


def _apart(by_frequency: dict[str, Series]) -> list[Series]:
    """Years and quarters of one breakdown are two series; the coarsest keeps the name, the others say how often."""
    order = [frequency.value for frequency in reversed(Frequency)]
    kept = sorted(by_frequency.values(), key=lambda one: order.index(one.frequency))
    for one in kept[1:]:
        one.dimensions[FREQUENCY] = one.frequency
    return kept


def _number(said: str) -> Decimal | None:
    if GROUPED.match(said):
        said = said.replace(",", "")
    if not NUMBER.match(said):
        return None
    value = Decimal(said)
    if abs(value) >= LARGEST:
        return None
    if _decimals(value) > PLACES:
        value = value.quantize(Decimal(1).scaleb(-PLACES), rounding=ROUND_HALF_EVEN)
    return value


def _decimals(value: Decimal) -> int:
    return len(f"{value:f}".partition(".")[2].rstrip("0"))
