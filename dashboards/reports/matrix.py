"""Departments × strategic objectives: who works on what."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import connection

from dashboards.reports.below import BELOW
from dashboards.reports.departments import Unit, units_of
from initiatives.choices import Stage
from initiatives.models import Initiative
from objectives.choices import Level, Lifecycle
from objectives.models import Objective
from organization.actors import Actor
from organization.texts import local_text

COLUMNS_SHOWN: Final = 12
ROWS_SHOWN: Final = 80
STEPS: Final = (1, 3, 5, 9)
"""From these counts on a cell takes the next darker ink."""

COUNTS = """
    {below}
    SELECT 'objective', below.root, objective.department_id, count(DISTINCT objective.id)
    FROM below JOIN objectives_objective objective ON objective.id = below.id AND below.id <> below.root
    WHERE objective.id IN ({objectives}) AND objective.department_id IS NOT NULL
    GROUP BY below.root, objective.department_id
    UNION ALL
    SELECT 'work', below.root, work.department_id, count(DISTINCT work.id)
    FROM below
    JOIN initiatives_initiativeobjective served ON served.objective_id = below.id
    JOIN initiatives_initiative work ON work.id = served.initiative_id
    WHERE work.id IN ({works}) AND work.department_id IS NOT NULL
    GROUP BY below.root, work.department_id
"""


@dataclass(frozen=True)
class Head:
    code: str
    name: str


@dataclass(frozen=True)
class MatrixCell:
    """How many initiatives serve it and how many objectives aim at it."""

    works: int
    objectives: int
    counts_work: bool

    @property
    def shown(self) -> int:
        return self.works if self.counts_work else self.objectives

    @property
    def is_gap(self) -> bool:
        """An objective without any work for it."""
        return self.counts_work and bool(self.objectives) and not self.works

    @property
    def css(self) -> str:
        return f"h{sum(self.shown >= step for step in STEPS)}"


@dataclass(frozen=True)
class MatrixRow:
    head: Head
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True)
class Matrix:
    """`counts_work` tells what the cells count; `by_objective` that rows are objectives and columns departments."""

    columns: tuple[Head, ...]
    rows: tuple[MatrixRow, ...]
    counts_work: bool
    more: int
    by_objective: bool = False


def coverage_matrix(actor: Actor) -> Matrix:
    """The longer of the two lists goes down the page (three queries)."""
    units = units_of(actor)
    tops = list(
        Objective.objects.visible_to(actor)
        .filter(level=Level.STRATEGIC)
        .exclude(lifecycle=Lifecycle.CANCELLED)
        .order_by("code")
        .values_list("pk", "code", "title", "translations")
    )
    counts: dict[tuple[str, int, int], int] = defaultdict(int)
    for kind, top, department_id, count in _counts([row[0] for row in tops], actor):
        unit = units.unit_of.get(department_id)
        if unit is not None:
            counts[kind, unit.id, top] += count
    counts_work = any(kind == "work" for kind, _unit, _top in counts)
    shown = [unit for unit in units.shown if any((k, unit.id, top[0]) in counts for k in KINDS for top in tops)]
    heads = [(pk, Head(code, local_text(title, texts, "title"))) for pk, code, title, texts in tops]

    def cell(unit: Unit, top: int) -> MatrixCell:
        return MatrixCell(counts["work", unit.id, top], counts["objective", unit.id, top], counts_work)

    if len(tops) > COLUMNS_SHOWN:
        columns = shown[:COLUMNS_SHOWN]
        rows = [MatrixRow(head, tuple(cell(unit, pk) for unit in columns)) for pk, head in heads]
        busy = [row for row in rows if any(one.shown for one in row.cells)]
        names = tuple(Head(unit.code, unit.name) for unit in columns)
        return Matrix(names, tuple(busy[:ROWS_SHOWN]), counts_work, len(shown) - len(columns), by_objective=True)
    rows = [MatrixRow(Head(unit.code, unit.name), tuple(cell(unit, pk) for pk, _head in heads)) for unit in shown]
    names = tuple(head for _pk, head in heads)
    return Matrix(names, tuple(rows[:ROWS_SHOWN]), counts_work, len(rows) - len(rows[:ROWS_SHOWN]))


KINDS: Final = ("work", "objective")


def _counts(top_ids: Iterable[int], actor: Actor) -> list[tuple[str, int, int, int]]:
    objectives, first = Objective.objects.visible_to(actor).order_by().values("pk").query.sql_with_params()
    running = Initiative.objects.visible_to(actor).exclude(stage__in=[Stage.CANCELLED, Stage.DONE])
    works, second = running.order_by().values("pk").query.sql_with_params()
    sql = COUNTS.format(below=BELOW, objectives=objectives, works=works)
    with connection.cursor() as cursor:
        cursor.execute(sql, [sorted(top_ids), *first, *second])
        return list(cursor.fetchall())
