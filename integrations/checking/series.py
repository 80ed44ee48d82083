"""KPIs with their dated targets and values: the definition makes sense, each period is one of the KPI's own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from integrations.checking.cells import BAD, CheckedTable
from integrations.file_errors import FileError
from integrations.stored_rows import Stored
from integrations.tables import KPIS, MEASUREMENTS, ORGANIZATION, TARGETS
from integrations.values import text_of
from kpis.choices import Kind, TimeAggregation
from kpis.definition import Definition, TargetPoint, exact, quotient, ratio_scale
from kpis.periods import period_start
from kpis.validation import validate

DEFINING = (
    *("kind", "unit", "direction", "precision", "frequency", "baseline", "target", "low", "high", "width"),
    *("start", "end", "trajectory", "grace_days", "time_aggregation", "cumulative"),
)
BOUNDS = ("minimum", "maximum")
STORED_PLACES = 10


@dataclass(frozen=True)
class _Kpi:
    definition: Definition
    is_ratio: bool
    row: int | None
    minimum: Decimal | None = None
    maximum: Decimal | None = None


def series_errors(tables: Mapping[str, CheckedTable], stored: Stored, *, today: date) -> Iterator[FileError]:
    """Faults of kpis, targets and measurements. KPIs whose own cells are wrong are left out."""
    fiscal = _fiscal_year_start(tables, stored)
    kpis = _kpis(tables, stored, fiscal)
    for code, kpi in kpis.items():
        if kpi.row is not None:
            yield from _definition_errors(code, kpi, tables[KPIS.name])
    for table in (TARGETS, MEASUREMENTS):
        if table.name in tables:
            yield from _period_errors(tables[table.name], kpis, fiscal)
    if TARGETS.name in tables:
        yield from _target_errors(tables[TARGETS.name], kpis, stored)
    if MEASUREMENTS.name in tables:
        yield from _future_errors(tables[MEASUREMENTS.name], today)
        yield from _operand_errors(tables[MEASUREMENTS.name], kpis, stored)
        yield from _bound_errors(tables[MEASUREMENTS.name], kpis)


def _fiscal_year_start(tables: Mapping[str, CheckedTable], stored: Stored) -> int:
    checked = tables.get(ORGANIZATION.name)
    given = checked.columns.get("fiscal_year_start") if checked else None
    return given[0] if given and given[0] is not BAD else stored.fiscal_year_start


def _kpis(tables: Mapping[str, CheckedTable], stored: Stored, fiscal: int) -> dict[str, _Kpi]:
    """Every KPI that the package or the organization knows, as it will stand."""
    before = stored.of(KPIS)
    names = [*DEFINING, *BOUNDS]
    found: dict[str, _Kpi] = {}
    for key in before.rows:
        found[key[0]] = _kpi({name: before.value(key, name) for name in names}, fiscal, None)
    checked = tables.get(KPIS.name) or CheckedTable(KPIS)
    columns = [checked.effective(name, before) for name in names]
    for number, known, values in zip(checked.numbers, checked.keys, zip(*columns, strict=True), strict=True):
        if known is not None:
            found.pop(known[0], None)
            if BAD not in values:
                found[known[0]] = _kpi(dict(zip(names, values, strict=True)), fiscal, number)
    return found


def _kpi(values: dict[str, Any], fiscal: int, row: int | None) -> _Kpi:
    is_ratio = values["time_aggregation"] == TimeAggregation.RATIO.value
    definition = Definition(**{name: values[name] for name in DEFINING}, fiscal_year_start=fiscal)
    return _Kpi(definition, is_ratio, row, values["minimum"], values["maximum"])


def _definition_errors(code: str, kpi: _Kpi, checked: CheckedTable) -> Iterator[FileError]:
    for problem in validate(kpi.definition):
        value = text_of(getattr(kpi.definition, problem.field, None))
        yield FileError(KPIS.name, kpi.row or 0, problem.field, value, str(problem.message))
    if kpi.minimum is not None and kpi.maximum is not None and kpi.maximum < kpi.minimum:
        expected = _("a number not below the minimum, %(minimum)s") % {"minimum": text_of(kpi.minimum)}
        yield FileError(KPIS.name, kpi.row or 0, "maximum", text_of(kpi.maximum), expected)


def _period_errors(checked: CheckedTable, kpis: Mapping[str, _Kpi], fiscal: int) -> Iterator[FileError]:
    starts: dict[tuple[date, str], date] = {}
    for number, code, period in zip(checked.numbers, checked.cells("kpi"), checked.cells("period"), strict=True):
        kpi = kpis.get(code) if code is not BAD else None
        if kpi is None or period is BAD or period is None:
            continue
        key = (period, kpi.definition.frequency)
        if key not in starts:
            starts[key] = period_start(period, kpi.definition.frequency, fiscal)
        if starts[key] != period:
            expected = _("the first day of a period (%(frequency)s), like %(day)s") % {
                "frequency": kpi.definition.frequency,
                "day": text_of(starts[key]),
            }
            yield FileError(checked.table.name, number, "period", text_of(period), expected)


def _target_errors(checked: CheckedTable, kpis: Mapping[str, _Kpi], stored: Stored) -> Iterator[FileError]:
    """Each dated target on its own against the definition of its KPI."""
    before = stored.of(TARGETS)
    columns = [checked.effective(name, before) for name in ("value", "low", "high")]
    for number, key, value, low, high in zip(checked.numbers, checked.keys, *columns, strict=True):
        kpi = kpis.get(key[0]) if key is not None else None
        if kpi is None or key is None or BAD in (value, low, high):
            continue
        if low is None and high is None and kpi.definition.kind != Kind.MOVE.value:
            continue  # nothing that one value could contradict
        point = TargetPoint(key[1], value, low, high)
        for problem in validate(replace(kpi.definition, targets=(point,))):
            if problem.field == "targets":
                column, said = ("high", high) if problem.code == "below_low" else ("value", value)
                yield FileError(TARGETS.name, number, column, text_of(said), str(problem.message))


def _future_errors(checked: CheckedTable, today: date) -> Iterator[FileError]:
    for number, period in zip(checked.numbers, checked.cells("period"), strict=True):
        if period not in (None, BAD) and period > today:
            expected = _("a period that has begun; today is %(day)s") % {"day": text_of(today)}
            yield FileError(checked.table.name, number, "period", text_of(period), expected)


def _operand_errors(checked: CheckedTable, kpis: Mapping[str, _Kpi], stored: Stored) -> Iterator[FileError]:
    """Operands come in pairs, only with a ratio, and the value is their quotient where both are given."""
    if not {"numerator", "denominator"} & checked.columns.keys():
        return
    before = stored.of(MEASUREMENTS)
    columns = [checked.effective(name, before) for name in ("value", "numerator", "denominator")]
    for number, key, value, above, below in zip(checked.numbers, checked.keys, *columns, strict=True):
        kpi = kpis.get(key[0]) if key is not None else None
        if kpi is None or BAD in (value, above, below) or (above is None and below is None):
            continue
        if above is None or below is None:
            column = "numerator" if above is None else "denominator"
            yield FileError(checked.table.name, number, column, "", _("a number, because the other operand is given"))
        elif not kpi.is_ratio:
            expected = _("an empty cell: only a KPI with time_aggregation ratio has operands")
            yield FileError(checked.table.name, number, "numerator", text_of(above), expected)
        elif value is not None and "value" in checked.columns:
            found = quotient_stored(above, below, kpi.definition.scale)
            if _exact(value, kpi) != _exact(found, kpi):
                expected = _quotient_expected(kpi.definition, text_of(found))
                yield FileError(checked.table.name, number, "value", text_of(value), expected)


def _quotient_expected(definition: Definition, value: str) -> str:
    if definition.scale == 1:
        return _("numerator divided by denominator, %(value)s") % {"value": value}
    said = {"scale": definition.scale, "unit": definition.unit.strip(), "value": value}
    return _("%(scale)s × numerator / denominator (the unit is %(unit)s), %(value)s") % said


def _bound_errors(checked: CheckedTable, kpis: Mapping[str, _Kpi]) -> Iterator[FileError]:
    """Values that the KPI cannot have; those of a ratio are seen when they are recorded."""
    bounded = {code for code, kpi in kpis.items() if kpi.minimum is not None or kpi.maximum is not None}
    if not bounded:
        return
    for number, code, value in zip(checked.numbers, checked.cells("kpi"), checked.cells("value"), strict=True):
        if code is BAD or code not in bounded or value is BAD or value is None:
            continue
        least, most = kpis[code].minimum, kpis[code].maximum
        expected = ""
        if least is not None and value < least:
            expected = _("a number from %(least)s, the smallest possible value") % {"least": text_of(least)}
        elif most is not None and value > most:
            expected = _("a number up to %(most)s, the largest possible value") % {"most": text_of(most)}
        if expected:
            yield FileError(checked.table.name, number, "value", text_of(value), expected)


def scales_of(tables: Mapping[str, CheckedTable], stored: Stored) -> dict[str, Decimal]:
    """What quotients are multiplied by, by the code of the KPI: 100 for one in %; as the KPIs will stand."""
    before = stored.of(KPIS)
    found = {key[0]: ratio_scale(unit) for key, unit in before.column("unit")}
    checked = tables.get(KPIS.name)
    if checked is not None:
        for key, unit in zip(checked.keys, checked.effective("unit", before), strict=True):
            if key is not None and unit is not BAD:
                found[key[0]] = ratio_scale(unit)
    return found


def quotient_stored(numerator: Decimal, denominator: Decimal, scale: Decimal) -> Decimal | None:
    """The value of a ratio as it is stored: ten decimals, half-even; unknown when the denominator is 0."""
    return exact(quotient(numerator, denominator, scale), STORED_PLACES)


def _exact(value: Decimal | None, kpi: _Kpi) -> Decimal | None:
    return exact(value, kpi.definition.precision)
