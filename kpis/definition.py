"""What a KPI says of itself, as plain values: the input of scoring, trajectory and series."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final, Protocol

from kpis.choices import Direction, Frequency, Kind, TimeAggregation, Trajectory
from objectives.pace import DEFAULT_THRESHOLDS, EXACT, Thresholds

PARTS_OF_ONE: Final = {"%": Decimal(100), "‰": Decimal(1000)}
"""Units that count parts of a whole: a quotient in them is so many times numerator divided by denominator."""


@dataclass(frozen=True)
class TargetPoint:
    """A dated target: a value, or the bounds of a range."""

    period: date
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Reading:
    """An observed value; a value of None was not observed."""

    period: date
    value: Decimal | None


@dataclass(frozen=True)
class Season:
    """Share of a year that is normally reached by the end of each of its periods, and how many years it is made of."""

    reached: tuple[Decimal, ...]
    years: int


class Planned(Protocol):
    """What says which shape a plan has: a definition, or the KPI itself."""

    @property
    def kind(self) -> str: ...

    @property
    def trajectory(self) -> str: ...


@dataclass(frozen=True)
class Definition:
    """A KPI without its values. Dated targets in any order; words as in `kpis.choices`.

    `season` is read from the past of a KPI with a seasonal trajectory: `kpis.seasons.seasoned` fills it in.
    """

    kind: str = Kind.MOVE.value
    unit: str = ""
    direction: str = Direction.UP.value
    precision: int = 0
    frequency: str = Frequency.MONTHLY.value
    baseline: Decimal | None = None
    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    width: Decimal | None = None
    start: date | None = None
    end: date | None = None
    trajectory: str = Trajectory.LINEAR.value
    grace_days: int = 0
    time_aggregation: str = TimeAggregation.LAST.value
    cumulative: bool = False
    season: Season | None = None
    targets: tuple[TargetPoint, ...] = ()
    thresholds: Thresholds = DEFAULT_THRESHOLDS
    fiscal_year_start: int = 1

    @property
    def sign(self) -> int:
        """+1 when higher is better, −1 when lower is better."""
        return -1 if str(self.direction) == Direction.DOWN.value else 1

    @property
    def scale(self) -> Decimal:
        """What the quotient of its operands is multiplied by."""
        return ratio_scale(self.unit)

    @property
    def milestones(self) -> tuple[TargetPoint, ...]:
        """Dated targets with a value, by period."""
        return tuple(sorted((row for row in self.targets if row.value is not None), key=lambda row: row.period))


def ratio_scale(unit: str) -> Decimal:
    """What the quotient of a ratio in this unit is multiplied by: 45 of 50 are 90 %, and 0.9 without a unit."""
    return PARTS_OF_ONE.get(unit.strip(), Decimal(1))


def quotient(numerator: Decimal, denominator: Decimal, scale: Decimal) -> Decimal | None:
    """The value of a ratio in a unit of this scale, exact; None when it is divided by zero."""
    return EXACT.divide(EXACT.multiply(scale, numerator), denominator) if denominator else None


def exact(value: Decimal | None, precision: int) -> Decimal | None:
    """The value rounded half-even to the declared precision, as it enters every comparison and computation."""
    if value is None:
        return None
    return value.quantize(unit(precision), context=EXACT)


@cache
def unit(precision: int) -> Decimal:
    """The smallest step of a precision."""
    return Decimal(1).scaleb(-precision)


def sum_of(values: Iterable[Decimal]) -> Decimal:
    """Σ x, exact; 0 of none."""
    total = Decimal(0)
    for value in values:
        total = EXACT.add(total, value)
    return total


def minus(value: Decimal, other: Decimal) -> Decimal:
    """The exact difference, whatever the digits."""
    return EXACT.subtract(value, other)
