"""One indicator: the KPI that stands for it, a part for every further series, and the values of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _

from integrations.connectors.open_sdg.folder import listed, text
from integrations.connectors.open_sdg.series import Series, Sheet, headline_of, read_sheet
from integrations.connectors.open_sdg.summary import Note, Summary
from integrations.connectors.open_sdg.targets import Wanted, wanted_of
from integrations.connectors.open_sdg.texts import plain, series_code, shortened, tidy
from integrations.values import text_of
from kpis.choices import Direction, Frequency, Kind, TimeAggregation, Trajectory
from kpis.definition import exact
from kpis.periods import period_end
from kpis.trajectory import same_sign

UNIT: Final = 40
NAME: Final = 500
"""What fits into a KPI."""

GRACE: Final = "365"
"""Days: official figures of a year are published in the course of the next one."""

PERCENT: Final = frozenset({"%", "percent", "percent (%)", "percentage", "percentage (%)"})
NOT_STARTED: Final = "notstarted"
DESCRIPTIONS: Final = ("national_indicator_description", "indicator_definition", "STAT_CONC_DEF")
SOURCES: Final = tuple(f"source_organisation_{number}" for number in range(1, 7))

Cells = tuple[str, str, str, str]
"""Period, value, estimate, note."""


@dataclass
class Line:
    """One row of kpis.csv with the values that go with it."""

    HEADER: ClassVar = (
        *("code", "name", "description", "unit", "precision", "direction", "kind", "frequency", "time_aggregation"),
        *("baseline", "target", "start", "end", "trajectory", "grace_days", "parent", "dimensions"),
    )

    code: str
    name: str
    description: str = ""
    unit: str = ""
    precision: int = 0
    direction: str = Direction.UP.value
    kind: str = Kind.UNSCORED.value
    frequency: str = Frequency.YEARLY.value
    baseline: Decimal | None = None
    target: Decimal | None = None
    start: date | None = None
    end: date | None = None
    trajectory: str = Trajectory.LINEAR.value
    parent: str = ""
    dimensions: dict[str, str] = field(default_factory=dict)
    points: list[Cells] = field(default_factory=list)

    time_aggregation: ClassVar = TimeAggregation.LAST.value
    grace_days: ClassVar = GRACE

    def cells(self) -> tuple[str, ...]:
        return tuple(text_of(getattr(self, name)) for name in self.HEADER)


@dataclass(frozen=True)
class Source:
    """What a folder says of one indicator, and what holds for the whole import."""

    code: str
    name: str
    meta: Mapping[str, Any]
    rows: Sequence[Sequence[str]]
    components: Mapping[str, Any]
    fiscal_year_start: int
    today: date
    summary: Summary

    @property
    def start(self) -> dict[str, str]:
        """What the publisher shows first: values by column."""
        chosen = listed(self.meta.get("data_start_values"))
        pairs = ((one.get("field"), one.get("value")) for one in chosen if isinstance(one, dict))
        return {tidy(text(field)): tidy(text(value)) for field, value in pairs}


def lines_of(source: Source) -> list[Line]:
    """The indicator's own line first, then its parts in the order of the file.

    Counts in the summary what was found and names there what is doubtful.
    """
    sheet = _without_placeholder(read_sheet(source.rows), source)
    wanted = list(wanted_of(source.code, source.meta, source.components))
    directions = {one.direction for one in wanted}
    usual = directions.pop() if len(directions) == 1 else Direction.UP.value
    series = [one for one in sheet.series if one.has_value]
    headline = headline_of(series, source.start)
    own = Line(source.code, shortened(source.name, NAME), description=_description(source.meta, headline))
    own.direction = usual
    lines = {id(headline): own}
    for one in series:
        if one is not headline:
            lines[id(one)] = _part(one, own, source)
    for one in series:
        _fill(lines[id(one)], one, source)
    if not own.unit:
        own.unit, _full = _unit(plain(text(source.meta.get("computation_units")), between=" "))
    for option in wanted:
        meant = option.series(series)
        _judge(None if meant is None else lines[id(meant)], meant, option, source)
    _count(sheet, series, source)
    return [own, *(line for line in lines.values() if line is not own)]


def _without_placeholder(sheet: Sheet, source: Source) -> Sheet:
    """Where reporting has not started, a single number is a stand-in; several are taken, and somebody should look."""
    if text(source.meta.get("reporting_status")).lower() != NOT_STARTED:
        return sheet
    count = sum(point.value is not None for one in sheet.series for point in one.points)
    if count > 1:
        source.summary.warn(
            source.code, f"reporting has not started, says its description, but there are {count} values: taken"
        )
        return sheet
    source.summary.placeholder_values += count
    return Sheet(remarks=["reporting has not started", *sheet.remarks])


def _part(one: Series, own: Line, source: Source) -> Line:
    tail = f" – {', '.join(dict.fromkeys(one.dimensions.values()))}"
    name = shortened(shortened(source.name, max(NAME - len(tail), NAME // 2)) + tail, NAME)
    line = Line(series_code(source.code, one.dimensions), name, direction=own.direction)
    line.parent, line.dimensions = source.code, dict(one.dimensions)
    return line


def _fill(line: Line, one: Series, source: Source) -> None:
    """Unit, precision and values; of two values for one period the first is kept."""
    summary = source.summary
    line.unit, full = _unit(one.unit)
    if full:
        line.description = "\n".join(filter(None, (line.description, _("Unit: %(unit)s") % {"unit": full})))
    line.precision, line.frequency = one.precision, one.frequency
    said: dict[date, tuple[Decimal | None, Cells]] = {}
    twice: list[str] = []
    for point in one.points:
        period = point.when.period(source.fiscal_year_start)
        if period > source.today:
            summary.future += 1
            continue
        cells = (period.isoformat(), text_of(point.value), text_of(point.estimate), point.note)
        before = said.get(period)
        if before is not None and (before[0] is not None or point.value is None):
            if point.value is not None:
                summary.said_twice += 1
                twice += [point.label] if point.value != before[0] else []
            continue
        said[period] = (point.value, cells)
    if twice:
        summary.warn(line.code, f"two different values for {', '.join(dict.fromkeys(twice))}: the first is kept")
    line.points = [cells for _value, cells in said.values()]
    for value, cells in said.values():
        if value is None:
            summary.count_missing(source.code)
        else:
            summary.values += 1
            summary.estimates += cells[2] == "true"
    doubts = sum(point.doubt for point in one.points)
    if doubts:
        summary.warn(line.code, f"{doubts} values are called missing and have a number: not known, the number is noted")


def _judge(line: Line | None, series: Series | None, wanted: Wanted, source: Source) -> None:
    """Let the KPI move to its target, unless what is said of it contradicts itself: then it is named and not judged."""
    summary = source.summary
    if line is None or series is None:
        if wanted.target is not None:
            summary.warn(source.code, f"a target, {text_of(wanted.target)}, for a series that is not in its file")
        return
    line.direction = wanted.direction
    if wanted.target is None:
        return
    base = wanted.base(series)
    where = _where(line)
    if base is None:
        summary.warn(where, f"no value in or after the base year {wanted.base_year}: not judged against its target")
        return
    day, value = base
    target = wanted.target.quantize(Decimal("1e-10")).normalize()
    line.precision = max(line.precision, min(10, len(f"{target:f}".partition(".")[2])))
    if _agree(value, target, wanted.direction, line.precision):
        _aim(line, wanted.target_year, day, value, target, source)
        return
    words = {"base": text_of(value), "base_year": day.year, "target": text_of(target), "year": wanted.target_year}
    said = _(
        "Not judged: the wanted direction (%(direction)s) contradicts the way from %(base)s (%(base_year)s) to the "
        "target %(target)s (%(year)s)."
    ) % (words | {"direction": Direction(wanted.direction).label})
    line.description = "\n".join(filter(None, (line.description, said)))
    way = "the way from {base} ({base_year}) to the target {target} ({year})".format(**words)
    summary.warn(where, f"the wanted direction ({wanted.direction}) contradicts {way}: imported without being judged")


def _aim(line: Line, year: int, day: date, base: Decimal, target: Decimal, source: Source) -> None:
    """From the base value to the target by the end of its year, at an equal pace of growth where there can be one."""
    first = source.fiscal_year_start
    line.kind, line.baseline, line.target = Kind.MOVE.value, base, target
    line.start = date(day.year, first, 1)
    line.end = period_end(date(year, first, 1), Frequency.YEARLY.value, first)
    compound = same_sign(exact(base, line.precision), exact(target, line.precision))
    line.trajectory = (Trajectory.COMPOUND if compound else Trajectory.LINEAR).value
    source.summary.targets += 1


def _agree(base: Decimal, target: Decimal, direction: str, precision: int) -> bool:
    """Whether the way from base to target leads where better is."""
    start, end = exact(base, precision), exact(target, precision)
    if start is None or end is None or start == end:
        return False
    return (end > start) == (direction == Direction.UP.value)


def _where(line: Line) -> str:
    """A KPI by its code and what sets it apart."""
    apart = " / ".join(line.dimensions.values())
    return f"{line.code} ({apart})" if apart else line.code


def _count(sheet: Sheet, series: Sequence[Series], source: Source) -> None:
    summary = source.summary
    summary.indicators += 1
    summary.with_values += bool(series)
    summary.series += len(series)
    for one in sheet.series:
        if not one.has_value:
            summary.series_without_value += 1
            for _point in one.points:
                summary.count_missing(source.code)
    if sheet.unreadable:
        label, said = sheet.unreadable[0]
        count = len(sheet.unreadable)
        summary.warn(source.code, f"{count} cells are no numbers, the first for {label}: “{said}”: not known")
    if not series:
        reason = "; ".join(shortened(remark, 80) for remark in sheet.remarks[:2]) or "no line with a value"
        summary.placeholders.append(Note(source.code, reason))


def _description(meta: Mapping[str, Any], headline: Series | None) -> str:
    """What the publisher says of the indicator, which series stands for it, and where the figures come from."""
    parts = [plain(text(meta.get(key))) for key in DESCRIPTIONS]
    if headline is not None and headline.dimensions:
        parts.append(_("Shown: %(series)s") % {"series": ", ".join(dict.fromkeys(headline.dimensions.values()))})
    sources = dict.fromkeys(filter(None, (plain(text(meta.get(key)), between=" ") for key in SOURCES)))
    if sources:
        parts.append(_("Source: %(names)s") % {"names": "; ".join(sources)})
    return "\n".join(_once(parts))


def _once(parts: Sequence[str]) -> Iterator[str]:
    yield from dict.fromkeys(part for part in parts if part)


def _unit(said: str) -> tuple[str, str]:
    """The unit, and the whole text where it is too long for one."""
    if said.lower() in PERCENT:
        return "%", ""
    return shortened(said, UNIT), said if len(said) > UNIT else ""
