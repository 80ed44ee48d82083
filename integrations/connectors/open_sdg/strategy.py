"""An Open SDG folder as the tables of a strategy: goals and targets are objectives, indicators are KPIs, every further
series is a part of its indicator (decision 0018)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from integrations.connectors.open_sdg.folder import Folder, Unreadable, text
from integrations.connectors.open_sdg.indicators import Line, Source, lines_of
from integrations.connectors.open_sdg.summary import Summary
from integrations.connectors.open_sdg.texts import is_key, plain, shortened
from integrations.packages import Package, RawTable
from kpis.choices import Kind
from objectives.choices import Level

START: Final = "2015-01-01"
END: Final = "2030-12-31"
"""The years of the 2030 Agenda: how long goals and targets last."""

HEADERS: Final = {
    "organization": ("code", "name"),
    "objectives": ("code", "title", "level", "start", "end"),
    "contributions": ("child", "parent"),
    "kpis": Line.HEADER,
    "measures": ("objective", "kpi"),
    "measurements": ("kpi", "period", "value", "estimate", "note"),
}

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Strategy:
    """The tables, and what was found on the way."""

    package: Package
    summary: Summary


@dataclass
class _Tables:
    rows: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: {name: [] for name in HEADERS})

    def add(self, table: str, *cells: str) -> None:
        self.rows[table].append(cells)

    def package(self) -> Package:
        return Package({name: RawTable(name, HEADERS[name], rows) for name, rows in self.rows.items() if rows})


def strategy_of(
    folder: Folder, *, code: str, name: str, fiscal_year_start: int, today: date, progress: Progress | None = None
) -> Strategy:
    """Read every file of the folder. Nothing is refused here: what cannot be read is named in the summary.

    `today` bounds what may be stored: the values of later periods are counted and left out.
    """
    summary, tables = Summary(), _Tables()
    tables.add("organization", code, name)
    known: set[str] = set()
    for number, one in enumerate(folder.indicators, start=1):
        if progress is not None:
            progress("Reading indicators", number, len(folder.indicators))
        meta, rows = _meta(folder, one, summary), _rows(folder, one, summary)
        for row in _objectives(folder, one, meta, known):
            tables.add(*row)
        title = _name(folder, one, meta)
        source = Source(one, title, meta, rows, folder.components, fiscal_year_start, today, summary)
        for line in lines_of(source):
            _write(line, one, tables)
    return Strategy(tables.package(), summary)


def _write(line: Line, indicator: str, tables: _Tables) -> None:
    """The KPI, its values, and its use: the indicator itself and whatever has a target of its own."""
    tables.add("kpis", *line.cells())
    if line.code == indicator or line.kind == Kind.MOVE.value:
        tables.add("measures", "-".join(indicator.split("-")[:2]), line.code)
    for point in line.points:
        tables.add("measurements", line.code, *point)


def _objectives(folder: Folder, code: str, meta: dict[str, Any], known: set[str]) -> Iterator[tuple[str, ...]]:
    """The goal and the target of an indicator where they are new, and the edge between them."""
    goal, target = code.split("-", maxsplit=1)[0], "-".join(code.split("-")[:2])
    if goal not in known:
        known.add(goal)
        title = folder.titles.get(f"global_goals.{goal}-title") or f"Goal {goal}"
        yield "objectives", goal, shortened(title, 500), Level.STRATEGIC.value, START, END
    if target not in known:
        known.add(target)
        own = plain(text(meta.get("target_name")), between=" · ")
        title = folder.titles.get(f"global_targets.{target}-title") or ("" if is_key(own) else own)
        yield "objectives", target, shortened(title or f"Target {target}", 500), Level.DEPARTMENT.value, START, END
        yield "contributions", target, goal


def _name(folder: Folder, code: str, meta: dict[str, Any]) -> str:
    """What the indicator is called: the national wording before the global one."""
    for key in ("national_indicator_available", "indicator_available", "indicator_name", "graph_title"):
        said = plain(text(meta.get(key)), between=" · ")
        said = folder.titles.get(said, "") if is_key(said) else said
        if said:
            return said
    return folder.titles.get(f"global_indicators.{code}-title") or code


def _meta(folder: Folder, code: str, summary: Summary) -> dict[str, Any]:
    try:
        return folder.meta(code)
    except Unreadable as problem:
        summary.warn(code, f"its description was not read: {problem}")
        return {}


def _rows(folder: Folder, code: str, summary: Summary) -> list[list[str]]:
    try:
        return folder.rows(code) or []
    except Unreadable as problem:
        summary.warn(code, f"its values were not read: {problem}")
        return []
