"""What a KPI is worth that is worked out from others (SEMANTICS §8): by its formula, or from its parts.

Units first within each period, then time: a period's value comes from the same period of the others. What is measured
more often comes in by its own rule over time. Pure and exact; the caller rounds to what can be stored.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpis.aggregation import NONE, RATIO, WEIGHTED_MEAN, Aggregate, Pair, aggregate, aggregate_ratio
from kpis.definition import sum_of
from kpis.formulas import Formula, evaluate
from kpis.periods import period_end, period_start
from kpis.windows import anchor, periods_inside
from objectives.pace import EXACT

ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a period. `coverage` is the known share of what it was made of, 1 for an observed one."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    coverage: Decimal = ONE
    estimate: bool = False

    @property
    def is_known(self) -> bool:
        """Whether something was observed; a ratio with a zero divisor was, although it has no value."""
        return self.value is not None or (self.numerator is not None and self.denominator is not None)


UNKNOWN = Cell(None, coverage=ZERO)
Cells = Mapping[date, Cell]


@dataclass(frozen=True, slots=True)
class Input:
    """A KPI that another one is made of. `stated` is the weight it declares, `weight` the one that counts.

    `scale`: what a quotient in its unit is multiplied by.
    """

    kpi_id: int
    code: str
    frequency: str
    time_aggregation: str
    stated: Decimal | None = None
    weight: Decimal | None = None
    start: date | None = None
    end: date | None = None
    scale: Decimal = ONE


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a KPI is worked out: by a formula where there is one, else by `method` from its parts; `scale` as of them."""

    kpi_id: int
    frequency: str
    method: str
    inputs: tuple[Input, ...]
    formula: Formula | None = None
    scale: Decimal = ONE


def period_for(period: date, inner: str, outer: str, fiscal_year_start: int) -> date:
    """The period of the coarser frequency to which a period of the finer one belongs."""
    return period_start(anchor(period, inner, fiscal_year_start), outer, fiscal_year_start)


def cell_of(recipe: Recipe, known: Mapping[int, Cells], period: date, fiscal_year_start: int) -> Cell:
    """The value of a period; its `value` is None where nothing can be said."""
    if recipe.formula is not None:
        return _by_formula(recipe, recipe.formula, known, period, fiscal_year_start)
    return _from_parts(recipe, known, period, fiscal_year_start)


def _by_formula(recipe: Recipe, formula: Formula, known: Mapping[int, Cells], period: date, year: int) -> Cell:
    """Blank as soon as one operand is; an operand measured more often must be known in all of its periods."""
    cells = {
        one.code: input_cell(one, recipe.frequency, known.get(one.kpi_id, {}), period, year) for one in recipe.inputs
    }
    values = {code: cell.value if cell is not None and not gaps else None for code, (cell, gaps) in cells.items()}
    found = evaluate(formula, values)
    read = [cell for code in formula.operands if (cell := cells.get(code, (None, False))[0]) is not None]
    if found.value is None:
        share = Decimal(sum(values.get(code) is not None for code in formula.operands))
        return Cell(None, coverage=EXACT.divide(share, Decimal(len(formula.operands))))
    return Cell(found.value, coverage=min(cell.coverage for cell in read), estimate=any(cell.estimate for cell in read))


def _from_parts(recipe: Recipe, known: Mapping[int, Cells], period: date, year: int) -> Cell:
    """The parts that live in the period; one without a value lowers the coverage and is never taken for 0."""
    living = [one for one in recipe.inputs if lives(one, recipe.frequency, period, year)]
    cells = [input_cell(one, recipe.frequency, known.get(one.kpi_id, {}), period, year)[0] for one in living]
    method, weights = recipe.method, [ONE] * len(living)
    if method == WEIGHTED_MEAN:
        stated = [one.weight for one in living]
        if any(weight is None for weight in stated):
            return UNKNOWN
        weights = [weight or ZERO for weight in stated]
    if method == RATIO:
        pairs = [operands_of(one, cell) for one, cell in zip(living, cells, strict=True)]
        found = aggregate_ratio(pairs, recipe.scale)
        counted = [cell if pair is not None else None for cell, pair in zip(cells, pairs, strict=True)]
    else:
        found = aggregate(method, [None if cell is None else cell.value for cell in cells], weights)
        counted = cells
    return _summed(found, counted, weights)


def _summed(found: Aggregate, cells: Collection[Cell | None], weights: Collection[Decimal]) -> Cell:
    """With the coverage of the parts themselves, so that a gap two levels down is still seen."""
    total = sum_of(weights)
    known = sum_of(
        EXACT.multiply(weight, cell.coverage)
        for cell, weight in zip(cells, weights, strict=True)
        if cell is not None and cell.is_known
    )
    coverage = EXACT.divide(known, total) if total else ZERO
    estimate = any(cell.estimate for cell in cells if cell is not None)
    return Cell(found.value, found.numerator, found.denominator, coverage, estimate)


def operands_of(one: Input, cell: Cell | None) -> Pair | None:
    """Numerator and denominator of a part: what it was divided from, else its value with the weight it declares."""
    if cell is None:
        return None
    if cell.numerator is not None and cell.denominator is not None:
        return cell.numerator, cell.denominator
    if cell.value is None or one.stated is None:
        return None
    return EXACT.divide(EXACT.multiply(cell.value, one.stated), one.scale), one.stated


def input_cell(one: Input, frequency: str, cells: Cells, period: date, year: int) -> tuple[Cell | None, bool]:
    """What an input says of a period of this frequency, and whether some of its own periods there lack a value."""
    if one.frequency == frequency:
        cell = cells.get(period)
        return (cell, False) if cell is not None and cell.is_known else (None, True)
    inside = [
        inner
        for inner in periods_inside(period, period_end(period, frequency, year), one.frequency, year)
        if lives(one, one.frequency, inner, year)
    ]
    values = [cell if (cell := cells.get(inner)) is not None and cell.is_known else None for inner in inside]
    if len(values) == 1 and values[0] is not None:
        return values[0], False
    if one.time_aggregation == RATIO:
        pairs = [None if cell is None else (cell.numerator, cell.denominator) for cell in values]
        total = aggregate_ratio(pairs, one.scale)
    else:
        total = aggregate(one.time_aggregation, [None if cell is None else cell.value for cell in values])
    if not total.coverage or one.time_aggregation == NONE:
        return None, True
    return _summed(total, values, [ONE] * len(values)), total.coverage != ONE


def lives(one: Input, frequency: str, period: date, year: int) -> bool:
    """Whether a value is expected: the period lies neither before the start nor after the end."""
    if one.end is not None and one.end < period:
        return False
    return one.start is None or one.start <= period_end(period, frequency, year)
