"""Where the variance of a KPI comes from that is made of parts: what each of them brings, exactly (SEMANTICS §8).

Over sum, mean, weighted mean and ratio the value is Σ share × value of a part, so a part brings
share × (its value − what was expected of it). A part that has no target of its own is held against that of the whole;
of a sum it cannot be. What is left stands in `rest`: the whole expects something else than its parts do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpis.choices import UnitAggregation
from kpis.computation import Cell, Input, Recipe, lives
from kpis.definition import Definition, Reading, exact, minus
from kpis.explain.cells import cells_of
from kpis.models import Kpi, KpiFigures
from kpis.series import period_series
from kpis.services.reading import definitions_of
from kpis.services.recipes import recipes_of
from objectives.pace import EXACT
from organization.actors import Actor

SPLIT = frozenset(
    {UnitAggregation.SUM, UnitAggregation.MEAN, UnitAggregation.WEIGHTED_MEAN, UnitAggregation.RATIO},
)
ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True)
class VarianceLine:
    """A part: `contribution` is `share` × (`value` − `expected`); `own_target` is False where the whole's was taken."""

    code: str
    name: str
    department: str
    value: Decimal
    expected: Decimal
    share: Decimal
    contribution: Decimal
    own_target: bool


@dataclass(frozen=True)
class VarianceSplit:
    """The variance of `period` as a sum: the lines and the `rest` add up to it exactly.

    `unknown` parts have no value or nothing to be held against; `hidden` ones the reader may not see. Both are in the
    rest.
    """

    method: str
    period: date
    value: Decimal
    expected: Decimal
    variance: Decimal
    lines: tuple[VarianceLine, ...]
    rest: Decimal
    unknown: int
    hidden: int


def variance_split(kpi: Kpi, figures: KpiFigures, *, actor: Actor, today: date) -> VarianceSplit | None:
    """None for a KPI that is not such a sum, or without a value and something to hold it against. Ten queries."""
    if kpi.unit_aggregation not in SPLIT or figures.period is None or figures.variance is None:
        return None
    value, expected = exact(figures.value, kpi.precision), exact(figures.expected, kpi.precision)
    recipe = recipes_of([kpi.pk]).get(kpi.pk)
    if recipe is None or recipe.formula is not None or value is None or expected is None:
        return None
    cells = _cells(recipe, figures.period, kpi.organization.fiscal_year_start)
    shares = _shares(recipe, cells)
    parts = {
        row.pk: row
        for row in Kpi.objects.visible_to(actor).filter(pk__in=shares).select_related("department").order_by("code")
    }
    definitions = definitions_of(parts)
    whole = None if recipe.method == UnitAggregation.SUM else expected
    times = _times(recipe)
    lines = [
        line
        for pk, part in parts.items()
        if (
            line := _line(
                *(part, definitions[pk], cells[pk], shares[pk]),
                period=figures.period,
                whole=whole,
                today=today,
                times=times[pk],
            )
        )
    ]
    variance = minus(value, expected)
    rest = variance
    for line in lines:
        rest = EXACT.subtract(rest, line.contribution)
    return VarianceSplit(
        method=recipe.method,
        period=figures.period,
        value=value,
        expected=expected,
        variance=variance,
        lines=tuple(lines),
        rest=rest,
        unknown=len(recipe.inputs) - len(shares) + len(parts) - len(lines),
        hidden=len(shares) - len(parts),
    )


def _cells(recipe: Recipe, period: date, year: int) -> dict[int, Cell]:
    """What the parts say of the period, of those that say something. One query."""
    cells = cells_of(recipe, period, year)
    found = {one.kpi_id: cells[one.kpi_id] for one in recipe.inputs if lives(one, recipe.frequency, period, year)}
    return {pk: cell for pk, cell in found.items() if cell is not None and cell.value is not None}


def _shares(recipe: Recipe, cells: Mapping[int, Cell]) -> dict[int, Decimal]:
    """What a unit of each part moves the whole by."""
    weights = {
        one.kpi_id: _weight(one, recipe.method, cells[one.kpi_id]) for one in recipe.inputs if one.kpi_id in cells
    }
    known = {pk: weight for pk, weight in weights.items() if weight is not None}
    if recipe.method == UnitAggregation.SUM:
        return known
    total = sum(known.values(), ZERO)
    return {pk: EXACT.divide(weight, total) for pk, weight in known.items()} if total else {}


def _times(recipe: Recipe) -> dict[int, Decimal]:
    """What the values of each part are multiplied by to stand in the unit of a ratio: a part may count in ones."""
    if recipe.method != UnitAggregation.RATIO:
        return {one.kpi_id: ONE for one in recipe.inputs}
    return {one.kpi_id: EXACT.divide(recipe.scale, one.scale) for one in recipe.inputs}


def _weight(one: Input, method: str, cell: Cell) -> Decimal | None:
    if method == UnitAggregation.WEIGHTED_MEAN:
        return one.weight
    if method == UnitAggregation.RATIO:
        return one.stated if cell.denominator is None else cell.denominator
    return ONE


def _line(
    part: Kpi,
    definition: Definition,
    cell: Cell,
    share: Decimal,
    *,
    period: date,
    whole: Decimal | None,
    today: date,
    times: Decimal,
) -> VarianceLine | None:
    wanted = _expected(definition, Reading(period, cell.value), today)
    expected = whole if wanted is None else EXACT.multiply(times, wanted)
    if expected is None or cell.value is None:
        return None
    value = EXACT.multiply(times, cell.value)
    return VarianceLine(
        code=part.code,
        name=part.text("name"),
        department=part.department.text("name") if part.department else "",
        value=value,
        expected=expected,
        share=share,
        contribution=EXACT.multiply(share, EXACT.subtract(value, expected)),
        own_target=wanted is not None,
    )


def _expected(definition: Definition, reading: Reading, today: date) -> Decimal | None:
    """What its own plan expects of the period; a range expects no single value."""
    if definition.low is not None or definition.high is not None:
        return None
    points = period_series(definition, (reading,), on=today, since=reading.period, until=reading.period)
    return points[0].expected if points else None
