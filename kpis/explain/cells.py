"""What the inputs of a computed KPI say of a period, as they were stored for it."""

from datetime import date, timedelta
from decimal import Decimal

from kpis.computation import Cell, Recipe, input_cell
from kpis.periods import period_end
from kpis.services.storing import stored_between

ONE = Decimal(1)


def cells_of(recipe: Recipe, period: date | None, year: int) -> dict[int, Cell | None]:
    """By input; None where it says nothing. `year`: the month in which the fiscal year starts. One query."""
    if period is None:
        return {one.kpi_id: None for one in recipe.inputs}
    last = period_end(period, recipe.frequency, year)
    known: dict[int, dict[date, Cell]] = {}
    for row in stored_between({one.kpi_id for one in recipe.inputs}, period - timedelta(days=6), last).values():
        coverage = ONE if row.coverage is None else Decimal(repr(row.coverage))
        cell = Cell(row.value, row.numerator, row.denominator, coverage, row.estimate)
        known.setdefault(row.kpi_id, {})[row.period] = cell
    return {
        one.kpi_id: input_cell(one, recipe.frequency, known.get(one.kpi_id, {}), period, year)[0]
        for one in recipe.inputs
    }
