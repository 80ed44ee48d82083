"""Which periods of a KPI wait for a value, and which may be corrected."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

from kpis.definition import Definition
from kpis.periods import period_end, period_start, periods_between, previous_period

MOST_OFFERED: Final = 40
"""Gaps and corrections that a list offers; older ones are reached from the table of values."""


class Wait(Enum):
    """Why a period is offered."""

    DUE = "due"
    OPEN = "open"
    MISSING = "missing"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """A period that may be entered: closed and without a value, still open, left out in the past, or known."""

    period: date
    wait: Wait
    due_on: date


def period_choices(
    definition: Definition, known: Collection[date], *, on: date, asked: date | None = None
) -> list[PeriodChoice]:
    """What waits first: closed periods after the latest value, oldest first, and the open one; then gaps, newest
    first; then what is known, newest first. `asked` is offered whatever its age, when it is a period of the KPI.

    Nothing is offered after the KPI's end nor before its start, unless a value is known there.
    """
    frequency, year = definition.frequency, definition.fiscal_year_start
    current = period_start(on, frequency, year)
    begin = _begin(definition, known, current)
    last = current if definition.end is None else min(current, period_start(definition.end, frequency, year))
    latest = max((period for period in known if period <= current), default=None)
    unknown = [period for period in periods_between(begin, last, frequency, year) if period not in known]
    ahead = [period for period in unknown if latest is None or period > latest]
    gaps = [period for period in reversed(unknown) if latest is not None and period < latest]
    corrections = sorted((period for period in known if period <= current), reverse=True)
    waiting = [(period, Wait.OPEN if period == current else Wait.DUE) for period in ahead[-MOST_OFFERED:]]
    past = [(period, Wait.MISSING) for period in gaps[:MOST_OFFERED]]
    stored = [(period, Wait.KNOWN) for period in corrections[:MOST_OFFERED]]
    offered = [*waiting, *past, *stored]
    if asked is not None and _is_old(asked, offered, definition, begin, last):
        offered.append((asked, Wait.KNOWN if asked in known else Wait.MISSING))
    return [PeriodChoice(period, wait, _due_on(definition, period)) for period, wait in offered]


def _begin(definition: Definition, known: Collection[date], current: date) -> date:
    frequency, year = definition.frequency, definition.fiscal_year_start
    if definition.start is not None:
        return period_start(definition.start, frequency, year)
    return min(known, default=previous_period(current, frequency, year))


def _is_old(asked: date, offered: list[tuple[date, Wait]], definition: Definition, begin: date, last: date) -> bool:
    if any(period == asked for period, _wait in offered):
        return False
    return begin <= asked <= last and period_start(asked, definition.frequency, definition.fiscal_year_start) == asked


def _due_on(definition: Definition, period: date) -> date:
    closes = period_end(period, definition.frequency, definition.fiscal_year_start)
    return closes + timedelta(days=definition.grace_days)
