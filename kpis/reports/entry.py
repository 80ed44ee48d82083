"""What surrounds the form for one value: the periods that wait, what is stored, what is usual."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kpis.choices import TimeAggregation
from kpis.definition import exact
from kpis.entry import PeriodChoice, Wait, period_choices
from kpis.models import Kpi, Measurement
from kpis.periods import period_end
from kpis.plausibility import UsualRange, usual_range
from kpis.services import closed_through, definition_of, readings_of
from objectives.services import today_of
from organization.models import Organization


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a period: the value, who recorded it when."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    estimate: bool
    note: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Entry:
    """The panel around the form, for one period. `previous` is the value before it."""

    code: str
    name: str
    unit: str
    precision: int
    frequency: str
    is_ratio: bool
    choices: tuple[PeriodChoice, ...]
    period: date | None
    is_open: bool
    stored: Stored | None
    previous_period: date | None
    previous: Decimal | None
    usual: UsualRange | None
    locked_through: date | None
    """The last closed day, where the period is closed: then a value is proposed, not stored."""

    @property
    def corrects(self) -> bool:
        """Whether a known value would be replaced."""
        return self.stored is not None and self.stored.value is not None


def entry_of(kpi: Kpi, *, organization: Organization, at: datetime, asked: date | None = None) -> Entry:
    """The panel for the period asked for, or the one that waits longest. Three queries."""
    today = today_of(organization, at)
    values = {row.period: row.value for row in readings_of([kpi.pk]).get(kpi.pk, []) if row.value is not None}
    choices = period_choices(definition_of(kpi, (), organization), values, on=today, asked=asked)
    chosen = next((one for one in choices if one.period == asked), choices[0] if choices else None)
    before = sorted(period for period in values if chosen is not None and period < chosen.period)
    known = [exact(values[period], kpi.precision) for period in before]
    row = _stored(kpi, chosen.period) if chosen else None
    return Entry(
        code=kpi.code,
        name=kpi.text("name"),
        unit=kpi.text("unit"),
        precision=kpi.precision,
        frequency=kpi.frequency,
        is_ratio=kpi.time_aggregation == TimeAggregation.RATIO,
        choices=tuple(choices),
        period=chosen.period if chosen else None,
        is_open=chosen is not None and chosen.wait is Wait.OPEN,
        stored=row,
        previous_period=before[-1] if before else None,
        previous=known[-1] if known else None,
        usual=usual_range([value for value in known if value is not None]),
        locked_through=_lock_over(chosen.period, kpi, organization) if chosen else None,
    )


def _lock_over(period: date, kpi: Kpi, organization: Organization) -> date | None:
    through = closed_through(organization.pk)
    ends = period_end(period, kpi.frequency, organization.fiscal_year_start)
    return through if through is not None and ends <= through else None


def implausible(entry: Entry, value: Decimal | None) -> bool:
    """Whether a value deserves a second look before, or after, it is stored."""
    return value is not None and entry.usual is not None and not entry.usual.holds(value)


def stored_of(row: Measurement | None) -> Stored | None:
    """A measurement as the panel shows it."""
    if row is None:
        return None
    return Stored(
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        estimate=row.estimate,
        note=row.note,
        recorded_at=row.recorded_at,
        recorded_by=str(row.recorded_by or ""),
    )


def _stored(kpi: Kpi, period: date) -> Stored | None:
    return stored_of(Measurement.objects.filter(kpi=kpi, period=period).select_related("recorded_by").first())
