"""Variance against other values of the same KPI (SEMANTICS §7): the period before, the year before, the baseline."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kpis.choices import Frequency, Kind
from kpis.definition import Definition, minus, unit
from kpis.periods import previous_period
from objectives.pace import EXACT

WEEKS_OF_A_YEAR: Final = 52
SIDELESS: Final = frozenset([Kind.RANGE.value, Kind.UNSCORED.value])
"""Kinds in which neither more nor less is better."""


class Versus(StrEnum):
    """What a value is compared with."""

    PREVIOUS = "previous_period"
    LAST_YEAR = "same_period_last_year"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A value beside another one: V = A − reference, favourable = dir × V; None where better has no side."""

    versus: Versus
    period: date | None
    reference: Decimal
    change: Decimal
    favourable: Decimal | None


def year_before(period: date, frequency: str) -> date:
    """The same period one year earlier; the same weekday 52 weeks earlier for days and weeks."""
    if str(frequency) in (Frequency.DAILY.value, Frequency.WEEKLY.value):
        return period - timedelta(weeks=WEEKS_OF_A_YEAR)
    return period.replace(year=period.year - 1)


def comparisons_of(
    definition: Definition, values: Mapping[date, Decimal], period: date, *, actual: Decimal | None = None
) -> tuple[Comparison, ...]:
    """What the value of a period is compared with, as far as that is known; a yearly KPI has one of the first two.

    `values` are by first day of the period. `actual` is what stands against the baseline where that is not the
    period's own value: the sum so far of a seasonal KPI.
    """
    value = values.get(period)
    if value is None:
        return ()
    references = _references(definition, values, period)
    return tuple(
        _compared(definition, versus, day, actual if versus is Versus.BASELINE and actual is not None else value, past)
        for versus, day, past in references
        if past is not None
    )


def change_against(found: tuple[Comparison, ...], versus: Versus) -> Decimal | None:
    """The change against one of them; None where it is unknown."""
    return next((one.change for one in found if one.versus is versus), None)


def _references(
    definition: Definition, values: Mapping[date, Decimal], period: date
) -> Iterator[tuple[Versus, date | None, Decimal | None]]:
    before = previous_period(period, definition.frequency, definition.fiscal_year_start)
    yield Versus.PREVIOUS, before, values.get(before)
    if str(definition.frequency) != Frequency.YEARLY.value:
        year = year_before(period, definition.frequency)
        yield Versus.LAST_YEAR, year, values.get(year)
    if str(definition.kind) == Kind.MOVE.value:
        yield Versus.BASELINE, definition.start, definition.baseline


def _compared(definition: Definition, versus: Versus, day: date | None, actual: Decimal, past: Decimal) -> Comparison:
    step = unit(definition.precision)
    value, reference = actual.quantize(step, context=EXACT), past.quantize(step, context=EXACT)
    change = minus(value, reference)
    favourable = None if str(definition.kind) in SIDELESS else EXACT.multiply(Decimal(definition.sign), change)
    return Comparison(versus, day, reference, change, favourable)
