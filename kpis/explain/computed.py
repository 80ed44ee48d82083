"""What a computed value was made of: the formula with its numbers, or the parts with their weights."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from kpis.aggregation import RATIO, WEIGHTED_MEAN
from kpis.choices import UnitAggregation
from kpis.computation import Cell, Input, Recipe, operands_of
from kpis.explain.cells import cells_of
from kpis.explain.parts import Step, plain
from kpis.formulas import explain as explain_formula
from kpis.models import Kpi, KpiFigures
from kpis.services.recipes import recipes_of
from organization.actors import Actor

WRITTEN = 6
"""So many parts are written out in the line of the sum; all of them are in the list."""


@dataclass(frozen=True)
class Operand:
    """A KPI that the value follows from; `value` is None where it was not known in the period."""

    code: str
    name: str
    value: str | None
    weight: str | None
    coverage: float
    estimate: bool
    hidden: bool = False


@dataclass(frozen=True)
class Computation:
    """How the value of `period` came about. `rule` is `formula` or the rule across departments."""

    rule: str
    period: date | None
    formula: str
    filled: str
    result: str | None
    coverage: float | None
    operands: tuple[Operand, ...]
    known: int
    hidden_operands: int


def computation_of(kpi: Kpi, figures: KpiFigures, *, actor: Actor) -> Computation | None:
    """None for a KPI whose values are entered. Six queries at most."""
    recipe = recipes_of([kpi.pk]).get(kpi.pk)
    if recipe is None:
        return None
    cells = cells_of(recipe, figures.period, kpi.organization.fiscal_year_start)
    names = {row.pk: row.text("name") for row in Kpi.objects.visible_to(actor).filter(pk__in=cells)}
    operands = tuple(_operand(one, recipe, cells[one.kpi_id], names) for one in recipe.inputs)
    hidden = sum(one.hidden for one in operands)
    formula, filled = _written(recipe, cells, hidden=bool(hidden), precision=kpi.precision)
    return Computation(
        rule="formula" if recipe.formula is not None else recipe.method,
        period=figures.period,
        formula=formula,
        filled=filled,
        result=plain(figures.value, kpi.precision),
        coverage=figures.coverage,
        operands=operands,
        known=sum(cell is not None for cell in cells.values()),
        hidden_operands=hidden,
    )


def step_of(found: Computation) -> Step:
    """The same as a line of the explanation, before the score."""
    return Step(_("Value"), found.formula, found.filled, found.result)


def _operand(one: Input, recipe: Recipe, cell: Cell | None, names: Mapping[int, str]) -> Operand:
    if one.kpi_id not in names:
        return Operand("", _("Hidden from you"), None, None, 0.0, estimate=False, hidden=True)
    weight = None
    if recipe.formula is None and recipe.method == WEIGHTED_MEAN:
        weight = plain(one.weight)
    elif recipe.formula is None and recipe.method == RATIO:
        weight = plain(one.stated if cell is None or cell.denominator is None else cell.denominator)
    return Operand(
        code=one.code,
        name=names[one.kpi_id],
        value=None if cell is None else plain(cell.value),
        weight=weight,
        coverage=0.0 if cell is None else float(cell.coverage),
        estimate=cell is not None and cell.estimate,
    )


def _written(recipe: Recipe, cells: Mapping[int, Cell | None], *, hidden: bool, precision: int) -> tuple[str, str]:
    """The rule in words or signs, and the same with numbers; no numbers where the reader may not see one of them."""
    if recipe.formula is not None:
        values = {one.code: cell.value if (cell := cells[one.kpi_id]) else None for one in recipe.inputs}
        text = "" if hidden else explain_formula(recipe.formula, values, precision=precision).text.rpartition(" = ")[0]
        return recipe.formula.text, text
    rule = str(UnitAggregation(recipe.method).label)
    known = [(one, cell) for one in recipe.inputs if (cell := cells[one.kpi_id]) is not None]
    if hidden or not known:
        return rule, ""
    if recipe.method == WEIGHTED_MEAN:
        total = plain(sum((one.weight or Decimal(0) for one, _cell in known), Decimal(0))) or "0"
        return rule, f"({_joined(f'{plain(one.weight)} × {plain(cell.value)}' for one, cell in known)}) / {total}"
    if recipe.method == RATIO:
        return rule, _ratio(known, recipe.scale)
    values_known = [plain(cell.value) or "–" for _one, cell in known]
    if recipe.method == UnitAggregation.SUM:
        return rule, _joined(values_known)
    if recipe.method == UnitAggregation.MEAN:
        return rule, f"({_joined(values_known)}) / {len(known)}"
    return rule, f"{recipe.method}({_joined(values_known, ', ')})"


def _ratio(known: list[tuple[Input, Cell]], scale: Decimal) -> str:
    found = [pair for one, cell in known if (pair := operands_of(one, cell)) is not None]
    pairs = [(plain(above), plain(below)) for above, below in found]
    if not pairs:
        return ""
    times = "" if scale == 1 else f"{plain(scale)} × "
    above, below = (_joined(pair[side] or "–" for pair in pairs) for side in (0, 1))
    return f"{times}({above}) / ({below})"


def _joined(texts: Iterable[str], sign: str = " + ") -> str:
    """The first few, and that there are more."""
    written = list(texts)
    return sign.join([*written[:WRITTEN], *(["…"] if len(written) > WRITTEN else [])])
