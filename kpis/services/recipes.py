"""How computed KPIs are worked out, read from their definitions. Three queries for any number."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from kpis.choices import UnitAggregation
from kpis.computation import Input, Recipe
from kpis.definition import ratio_scale
from kpis.formulas import parse
from kpis.models import FormulaOperand, Kpi

INPUT_FIELDS = (
    *("pk", "code", "unit", "frequency", "time_aggregation"),
    *("unit_weight", "start", "end", "department__headcount"),
)


def recipes_of(kpi_ids: Iterable[int]) -> dict[int, Recipe]:
    """The recipes of the computed KPIs among these: formula first, else the parts where units are aggregated."""
    kpis = list(Kpi.objects.filter(pk__in=list(kpi_ids)).computed().order_by("pk"))
    by_formula = [kpi.pk for kpi in kpis if kpi.formula]
    from_parts = [kpi.pk for kpi in kpis if not kpi.formula and kpi.unit_aggregation != UnitAggregation.NONE]
    inputs: dict[int, list[Input]] = {kpi.pk: [] for kpi in kpis}
    operands = FormulaOperand.objects.filter(kpi_id__in=by_formula).order_by("operand__code")
    for row in operands.values_list("kpi_id", *(f"operand__{name}" for name in INPUT_FIELDS)) if by_formula else ():
        inputs[row[0]].append(_input(row[1:]))
    parts = Kpi.objects.filter(parent_id__in=from_parts).order_by("code")
    for row in parts.values_list("parent_id", *INPUT_FIELDS) if from_parts else ():
        inputs[row[0]].append(_input(row[1:]))
    return {
        kpi.pk: Recipe(
            kpi_id=kpi.pk,
            frequency=kpi.frequency,
            method=kpi.unit_aggregation,
            inputs=tuple(inputs[kpi.pk]),
            formula=parse(kpi.formula) if kpi.formula else None,
            scale=ratio_scale(kpi.unit),
        )
        for kpi in kpis
    }


def _input(row: tuple[Any, ...]) -> Input:
    kpi_id, code, unit, frequency, time_aggregation, unit_weight, start, end, headcount = row
    weight = unit_weight if unit_weight is not None or headcount is None else Decimal(headcount)
    return Input(kpi_id, code, frequency, time_aggregation, unit_weight, weight, start, end, ratio_scale(unit))
