"""Values that follow from other KPIs' values: worked out when an operand changes, stored like observed ones.

Whoever writes values or changes what is computed from what comes through here: `hold_graph` and
`lock_with_dependents` before anything is read, `derive` after the values are written.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from graphlib import TopologicalSorter
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from kpis.choices import Source
from kpis.computation import Cell, Recipe, cell_of, period_for
from kpis.models import Kpi, Restatement
from kpis.periods import period_end
from kpis.services.checks import locked_through
from kpis.services.evaluation import evaluate_kpis, lock_kpi_figures
from kpis.services.recipes import recipes_of
from kpis.services.storing import Place, Row, Stored, kept, replace_values, stored_between
from organization.actors import Actor
from organization.models import Organization
from organization.records import hold
from organization.texts import some_of

GRAPH_LOCK: Final = 0x4B504947
"""First key of the advisory lock on what is computed from what."""

DEPENDENTS: Final = """
    WITH RECURSIVE link(input_id, reader_id) AS NOT MATERIALIZED (
        SELECT o.operand_id, o.kpi_id FROM kpis_formulaoperand o
        UNION ALL
        SELECT part.id, part.parent_id
        FROM kpis_kpi part JOIN kpis_kpi parent ON parent.id = part.parent_id
        WHERE parent.unit_aggregation <> 'none' AND parent.formula = ''
    ), above(kpi_id) AS (
        SELECT link.reader_id FROM link WHERE link.input_id = ANY(%s::bigint[])
        UNION
        SELECT link.reader_id FROM above JOIN link ON link.input_id = above.kpi_id
    )
    SELECT kpi_id FROM above ORDER BY kpi_id
"""

Touched = Mapping[int, Collection[date]]
"""Periods by KPI."""


@dataclass(frozen=True)
class Derived:
    """What changed: values by KPI and period. Everything else was right already."""

    changes: Mapping[int, frozenset[date]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many values were stored or replaced."""
        return sum(len(periods) for periods in self.changes.values())


def hold_graph(organization_id: int, *, shared: bool) -> None:
    """Hold what is computed from what until the transaction ends: shared to write values, alone to change it.

    Taken before any row is locked; so nobody adds a reader to a value that is being written.
    """
    hold(GRAPH_LOCK, organization_id, shared=shared)


def dependents_of(kpi_ids: Iterable[int]) -> list[int]:
    """Every KPI whose values follow from these, at any distance. One query."""
    with connection.cursor() as cursor:
        cursor.execute(DEPENDENTS, [sorted(set(kpi_ids))])
        return [kpi_id for (kpi_id,) in cursor.fetchall()]


def lock_with_dependents(kpi_ids: Iterable[int], *, organization_id: int) -> list[int]:
    """Lock the figures of the KPIs and of all that follows from them, in primary-key order; returns the latter."""
    ids = set(kpi_ids)
    hold_graph(organization_id, shared=True)
    dependents = dependents_of(ids)
    lock_kpi_figures(ids | set(dependents))
    return dependents


def refresh_computed(kpi_ids: Iterable[int], *, actor: Actor, at: datetime, reason: str = "") -> Derived:
    """Work out all periods of the computed KPIs among these and of all that follows from them.

    Closed periods stay as they were reported. What is right already is left alone: on a healthy system nothing changes.
    """
    with transaction.atomic():
        ids = set(kpi_ids)
        ids |= set(lock_with_dependents(ids, organization_id=actor.organization_id))
        derived = derive(ids, actor=actor, at=at, reason=reason)
        evaluate_kpis(sorted(derived.changes), at=at)
    return derived


def refresh_all_computed(organization: Organization, *, actor: Actor, at: datetime) -> Derived:
    """Work out every computed value of an organization."""
    ids = Kpi.objects.filter(organization=organization).computed().values_list("pk", flat=True)
    return refresh_computed(list(ids), actor=actor, at=at, reason=_("Worked out again"))


def derive(
    kpi_ids: Collection[int],
    *,
    actor: Actor,
    at: datetime,
    touched: Touched | None = None,
    reason: str = "",
    restatement: Restatement | None = None,
) -> Derived:
    """Work out the computed KPIs among these, operands first, and store what differs; nothing is scored here.

    `touched` are the changed periods of the operands (None: all periods). A closed period is left alone unless a
    `restatement` opens it. The caller holds the figures of all of them. A constant number of statements.
    """
    recipes = recipes_of(kpi_ids)
    if not recipes or (touched is not None and not any(touched.values())):
        return Derived()
    organization = Organization.objects.get(pk=actor.organization_id)
    work = _Work(_ordered(recipes), organization, touched, restatement)
    rows, reasons = work.run(reason)
    replaced = [work.stored[row.kpi_id, row.period] for row in rows if (row.kpi_id, row.period) in work.stored]
    replace_values(rows, replaced, reasons, actor=actor, at=at, restatement=restatement)
    changes: dict[int, set[date]] = {}
    for row in rows:
        changes.setdefault(row.kpi_id, set()).add(row.period)
    return Derived({kpi_id: frozenset(periods) for kpi_id, periods in changes.items()})


def _ordered(recipes: Mapping[int, Recipe]) -> list[Recipe]:
    """Operands before those who read them; the order of the KPIs does not matter."""
    sorter = TopologicalSorter(
        {kpi_id: sorted(one.kpi_id for one in recipes[kpi_id].inputs) for kpi_id in sorted(recipes)}
    )
    return [recipes[kpi_id] for kpi_id in sorter.static_order() if kpi_id in recipes]


class _Work:
    """One derivation: the values read once, each KPI worked out in turn."""

    def __init__(
        self,
        recipes: list[Recipe],
        organization: Organization,
        touched: Touched | None,
        restatement: Restatement | None,
    ) -> None:
        self.recipes, self.touched = recipes, touched
        self.year = organization.fiscal_year_start
        self.through = None if restatement is not None else locked_through(organization.pk)
        self.asked = self._periods_asked() if touched is not None else {}
        self.stored = self._read()
        self.cells: dict[int, dict[date, Cell]] = {}
        for row in self.stored.values():
            self.cells.setdefault(row.kpi_id, {})[row.period] = _cell(row)

    def run(self, reason: str) -> tuple[list[Row], dict[Place, str]]:
        """What is to be stored, and why it replaces what stands there."""
        rows: list[Row] = []
        reasons: dict[Place, str] = {}
        changed: dict[int, set[date]] = {one: set(periods) for one, periods in (self.touched or {}).items()}
        for recipe in self.recipes:
            why = reason or self._because(recipe, changed)
            for period in sorted(self._periods(recipe)):
                row = self._row(recipe, period)
                if row is None:
                    continue
                rows.append(row)
                reasons[row.kpi_id, period] = why
                changed.setdefault(row.kpi_id, set()).add(period)
                self.cells.setdefault(row.kpi_id, {})[period] = _cell(row)
        return rows, reasons

    def _periods_asked(self) -> dict[int, set[date]]:
        """The periods of every recipe that the touched ones reach."""
        reached: dict[int, set[date]] = {one: set(periods) for one, periods in (self.touched or {}).items()}
        asked: dict[int, set[date]] = {}
        for recipe in self.recipes:
            mine = {
                period_for(period, one.frequency, recipe.frequency, self.year)
                for one in recipe.inputs
                for period in reached.get(one.kpi_id, ())
            }
            asked[recipe.kpi_id] = mine
            reached[recipe.kpi_id] = reached.get(recipe.kpi_id, set()) | mine
        return asked

    def _read(self) -> dict[Place, Stored]:
        ids = {one.kpi_id for recipe in self.recipes for one in recipe.inputs} | {one.kpi_id for one in self.recipes}
        if self.touched is None:
            return stored_between(ids, date.min, date.max)
        edges = [
            edge
            for recipe in self.recipes
            for period in self.asked[recipe.kpi_id]
            for edge in (period, period_end(period, recipe.frequency, self.year))
        ]
        if not edges:
            return {}
        first = date.fromordinal(max(1, min(edges).toordinal() - 6))  # a week may begin before its month
        return stored_between(ids, first, max(edges))

    def _periods(self, recipe: Recipe) -> set[date]:
        """What is worked out: the periods asked for, else all in which something is known; never a closed one."""
        if self.touched is not None:
            found = self.asked[recipe.kpi_id]
        else:
            found = {
                period_for(period, one.frequency, recipe.frequency, self.year)
                for one in recipe.inputs
                for period in self.cells.get(one.kpi_id, ())
            } | set(self.cells.get(recipe.kpi_id, ()))
        if self.through is None:
            return found
        return {one for one in found if period_end(one, recipe.frequency, self.year) > self.through}

    def _row(self, recipe: Recipe, period: date) -> Row | None:
        """The value as it is to be stored; None where it stands so already, or where nothing is known nor stored."""
        cell = cell_of(recipe, self.cells, period, self.year)
        row = _stored_form(recipe, period, cell)
        old = self.stored.get((recipe.kpi_id, period))
        if old is None:
            return row if cell.is_known else None
        same = all(getattr(row, name) == getattr(old, name) for name in Row.__slots__ if name != "note")
        return None if same else row

    @staticmethod
    def _because(recipe: Recipe, changed: Mapping[int, set[date]]) -> str:
        codes = sorted(one.code for one in recipe.inputs if changed.get(one.kpi_id))
        return _("%(names)s changed") % {"names": some_of(codes)} if codes else _("Worked out again")


def _cell(row: Row) -> Cell:
    coverage = Decimal(1) if row.coverage is None else Decimal(repr(row.coverage))
    return Cell(row.value, row.numerator, row.denominator, coverage, row.estimate)


def _stored_form(recipe: Recipe, period: date, cell: Cell) -> Row:
    """Ten decimals, half-even; what is too large to be stored is unknown."""
    source = Source.PARTS if recipe.formula is None else Source.FORMULA
    above, below = kept(cell.numerator), kept(cell.denominator)
    if above is None or below is None:
        above = below = None
    return Row(
        kpi_id=recipe.kpi_id,
        period=period,
        value=kept(cell.value),
        numerator=above,
        denominator=below,
        estimate=cell.estimate,
        note="",
        source=source.value,
        coverage=round(float(cell.coverage), 12),
    )
