"""What a KPI's values say against its targets on a day (SEMANTICS §1–7, §10)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from kpis.choices import Flag, Frequency, Freshness, Kind, Trajectory
from kpis.definition import Definition, Reading, TargetPoint, exact, minus, unit
from kpis.freshness import Age, age_of
from kpis.growth import growth_pace, years_between
from kpis.periods import later, period_end, period_start, previous_period
from kpis.seasons import has_gaps, held, is_seasonal, seasoned
from kpis.trajectory import expected_value, same_sign, share_on, target_on
from kpis.zones import ONE, Zone, attainment_of, progress_of, stored, zone_of
from objectives.choices import Colour, Rule, State
from objectives.pace import EXACT, Status, band_status, grey, pace_status

JUDGED: Final = frozenset({Rule.PACE, Rule.BAND, Rule.ACHIEVED, Rule.TOO_EARLY})
"""Rules whose colour a daily KPI changes only after two evaluations in a row agree."""


@dataclass(frozen=True)
class Figures:
    """One value held against its plan on a day; None is unknown. `counted` is what enters a roll-up, unclamped."""

    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    expected: Decimal | None = None
    expected_share: Decimal | None = None
    progress: Decimal | None = None
    attainment: Decimal | None = None
    achieved: bool | None = None
    inside: bool | None = None
    variance: Decimal | None = None
    favourable_variance: Decimal | None = None
    variance_pct: Decimal | None = None
    flags: tuple[str, ...] = ()

    @property
    def has_target(self) -> bool:
        """Whether there is anything to compare with."""
        return self.target is not None or self.low is not None or self.high is not None

    @property
    def counted(self) -> Decimal | None:
        """Progress, or the attainment that stands in for it."""
        return self.progress if self.progress is not None else self.attainment


@dataclass(frozen=True)
class Score:
    """What a KPI shows on a day. `counts` False keeps it out of roll-ups; `roll_progress` None there is unknown.

    `outline_colour` is the colour the last value had before it went stale. `due_on` is when the next value is due.
    `value` and `previous_value` are what is held against the plan: of a seasonal KPI the baseline and all that came
    since the start. `growth_pace` belongs to a compound KPI.
    """

    period: date | None
    value: Decimal | None
    previous_value: Decimal | None
    target: Decimal | None
    low: Decimal | None
    high: Decimal | None
    expected: Decimal | None
    expected_share: Decimal | None
    progress: Decimal | None
    attainment: Decimal | None
    achieved: bool | None
    inside: bool | None
    compliance_rate: Decimal | None
    variance: Decimal | None
    favourable_variance: Decimal | None
    variance_pct: Decimal | None
    state: State
    colour: Colour
    rule: Rule
    outline_colour: Colour | None
    freshness: Freshness
    due_on: date | None
    flags: tuple[str, ...]
    counts: bool
    roll_progress: Decimal | None
    roll_expected: Decimal | None
    growth_pace: Decimal | None = None


def score(definition: Definition, readings: Sequence[Reading], *, on: date) -> Score:
    """Score the values known on a day, sorted by period; `on` is today where the organization is.

    Values of periods that begin after `on`, or after the KPI's end, do not count. The status follows SEMANTICS §6.
    """
    definition = seasoned(definition, readings)
    known_values = observed(definition, readings, on)
    values = held(definition, known_values)
    last = values[-1] if values else Reading(on, None)
    age = _age(definition, known_values, on)
    figures = figures_of(definition, last, on=on)
    status, outline = _status(definition, values, figures, age, on)
    scored = is_scored(definition)
    counts = scored and status.state != State.NOT_STARTED
    known = counts and age.freshness != Freshness.STALE and figures.counted is not None
    return Score(
        period=last.period if values else None,
        value=last.value,
        previous_value=values[-2].value if len(values) > 1 else None,
        target=figures.target,
        low=figures.low,
        high=figures.high,
        expected=figures.expected,
        expected_share=figures.expected_share,
        progress=figures.progress,
        attainment=figures.attainment,
        achieved=figures.achieved,
        inside=figures.inside,
        compliance_rate=_compliance(definition, values, on),
        variance=figures.variance,
        favourable_variance=figures.favourable_variance,
        variance_pct=figures.variance_pct,
        state=status.state,
        colour=status.colour,
        rule=status.rule,
        outline_colour=outline,
        freshness=age.freshness,
        due_on=age.due_on,
        flags=(*figures.flags, *_missing(definition, values, on), *_seasonal(definition, known_values)),
        counts=counts,
        roll_progress=figures.counted if known else None,
        roll_expected=_roll_expected(definition, figures) if known else None,
        growth_pace=pace_of_growth(definition, last, figures.target),
    )


def is_scored(definition: Definition) -> bool:
    """Whether the kind is compared with anything at all."""
    return str(definition.kind) != Kind.UNSCORED.value


def observed(definition: Definition, readings: Sequence[Reading], on: date) -> list[Reading]:
    """The values that count on a day, rounded to the precision, by period."""
    last_day = on if definition.end is None else min(on, definition.end)
    kept = (reading for reading in readings if reading.value is not None and reading.period <= last_day)
    return [Reading(reading.period, exact(reading.value, definition.precision)) for reading in kept]


def figures_of(definition: Definition, reading: Reading, *, on: date) -> Figures:
    """Hold one value against the plan: a `move` KPI on the day `on`, the other kinds within the value's own period."""
    kind = str(definition.kind)
    if kind == Kind.MOVE.value:
        return _moved(definition, reading, on)
    valid_on = _valid_on(definition, reading, on)
    if kind == Kind.PERIOD.value:
        return _attained(definition, reading, valid_on)
    if kind in (Kind.GUARDRAIL.value, Kind.RANGE.value):
        return _zoned(definition, reading, valid_on)
    return Figures(flags=_no_data(reading))


def _valid_on(definition: Definition, reading: Reading, on: date) -> date:
    """The day within a value's own period whose target it is held against."""
    return min(end_of(definition, reading.period), max(on, reading.period))


def end_of(definition: Definition, period: date) -> date:
    """Last day of the KPI's period that holds the day."""
    return period_end(period, definition.frequency, definition.fiscal_year_start)


def _moved(definition: Definition, reading: Reading, on: date) -> Figures:
    target = target_on(definition, on)
    share = share_on(definition, target, on)
    found = progress_of(reading.value, definition.baseline, target, definition.direction, definition.precision)
    figures = Figures(
        target=target,
        expected=expected_value(definition, target, on),
        expected_share=None if share is None else stored(share),
        progress=found.progress,
        achieved=found.achieved,
        flags=found.flags,
    )
    return _varied(definition, figures, reading.value)


def _attained(definition: Definition, reading: Reading, valid_on: date) -> Figures:
    target = target_on(definition, valid_on)
    found = attainment_of(reading.value, target, definition.direction, definition.precision)
    figures = Figures(
        target=target,
        expected=target,
        attainment=found.attainment,
        achieved=found.achieved,
        flags=_no_data(reading),
    )
    return _varied(definition, figures, reading.value)


def _zoned(definition: Definition, reading: Reading, valid_on: date) -> Figures:
    target, low, high = bounds_on(definition, valid_on)
    zone = zone_of(reading.value, low, high, definition.width, definition.precision)
    figures = Figures(
        target=target,
        low=low,
        high=high,
        expected=target,
        attainment=zone.attainment,
        achieved=zone.inside,
        inside=zone.inside,
        flags=_no_data(reading),
    )
    if str(definition.kind) == Kind.GUARDRAIL.value:
        return _varied(definition, figures, reading.value)
    return _outside(definition, figures, zone)


def bounds_on(definition: Definition, on: date) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Target, low and high valid on a day: a guardrail's target is one of its bounds, a range has dated bounds."""
    if str(definition.kind) == Kind.GUARDRAIL.value:
        target = target_on(definition, on)
        return (target, target, None) if definition.sign > 0 else (target, None, target)
    rows = [row for row in definition.targets if row.period <= on and (row.low is not None or row.high is not None)]
    declared = TargetPoint(on, low=definition.low, high=definition.high)
    row = max(rows, key=lambda point: point.period, default=declared)
    return None, exact(row.low, definition.precision), exact(row.high, definition.precision)


def _varied(definition: Definition, figures: Figures, value: Decimal | None) -> Figures:
    """V = A − E, favourable = dir × V, percent of |E| (§7)."""
    if value is None or figures.expected is None:
        return figures
    variance = minus(value, figures.expected)
    favourable = variance if definition.sign > 0 else minus(figures.expected, value)
    return replace(
        figures,
        variance=variance,
        favourable_variance=favourable,
        variance_pct=percent(favourable, figures.expected, definition.precision),
    )


def _outside(definition: Definition, figures: Figures, zone: Zone) -> Figures:
    """A range: 0 inside, the distance to the crossed bound outside, never favourable."""
    if zone.distance is None:
        return figures
    crossed = figures.high if zone.distance > 0 else figures.low
    favourable = minus(Decimal(0), zone.distance.copy_abs())
    share = percent(favourable, crossed, definition.precision) if zone.distance else Decimal(0)
    return replace(figures, variance=zone.distance, favourable_variance=favourable, variance_pct=share)


def percent(favourable: Decimal, expected: Decimal | None, precision: int) -> Decimal | None:
    """Vf / |E|, null when |E| is below the smallest unit of the precision."""
    if expected is None or expected.copy_abs() < unit(precision):
        return None
    return stored(EXACT.divide(favourable, expected.copy_abs()))


def _no_data(reading: Reading) -> tuple[str, ...]:
    return (Flag.NO_DATA.value,) if reading.value is None else ()


def _missing(definition: Definition, values: Sequence[Reading], on: date) -> tuple[str, ...]:
    """A `period` KPI whose latest closed period has no value."""
    if str(definition.kind) != Kind.PERIOD.value or not values:
        return ()
    closed = previous_period(on, definition.frequency, definition.fiscal_year_start)
    if definition.end is not None:
        last_one = period_start(definition.end, definition.frequency, definition.fiscal_year_start)
        closed = min(closed, last_one)
    return (Flag.MISSING.value,) if end_of(definition, values[-1].period) < closed else ()


def _seasonal(definition: Definition, values: Sequence[Reading]) -> tuple[str, ...]:
    """What is not as it should be with a seasonal KPI: no season known, or periods left out of the sum."""
    if not is_seasonal(definition):
        return ()
    unseasoned = (Flag.UNSEASONED.value,) if definition.season is None else ()
    return (*unseasoned, *((Flag.PARTIAL.value,) if has_gaps(definition, values) else ()))


def pace_of_growth(definition: Definition, reading: Reading, target: Decimal | None) -> Decimal | None:
    """Yearly growth so far over the yearly growth that the plan needs; of a compound `move` KPI alone (§5)."""
    compound = str(definition.trajectory) == Trajectory.COMPOUND.value
    if not compound or str(definition.kind) != Kind.MOVE.value or definition.start is None or definition.end is None:
        return None
    base = exact(definition.baseline, definition.precision)
    if not same_sign(base, target):
        return None
    calendar = definition.frequency, definition.fiscal_year_start
    pace = growth_pace(
        base,
        target,
        exact(reading.value, definition.precision),
        so_far=years_between(definition.start, reading.period, *calendar),
        in_all=years_between(definition.start, definition.end, *calendar),
    )
    return None if pace is None else stored(pace)


def _age(definition: Definition, values: Sequence[Reading], on: date) -> Age:
    return age_of(
        values[-1].period if values else None,
        frequency=definition.frequency,
        on=on,
        grace_days=definition.grace_days,
        start=definition.start,
        end=definition.end,
        fiscal_year_start=definition.fiscal_year_start,
    )


def _status(
    definition: Definition, values: Sequence[Reading], figures: Figures, age: Age, on: date
) -> tuple[Status, Colour | None]:
    """Steps 2–8 of SEMANTICS §6, and the outline colour of a stale KPI. Step 5, an override, belongs to the caller."""
    if definition.start is not None and on < definition.start:
        return grey(State.NOT_STARTED, Rule.NOT_STARTED), None
    if not is_scored(definition) or not figures.has_target:
        return grey(State.NO_TARGET, Rule.NO_TARGET), None
    if not values:
        return grey(State.NO_DATA, Rule.NO_DATA), None
    status = judged(definition, figures, on)
    if str(definition.frequency) == Frequency.DAILY.value and status.rule in JUDGED:
        status = _steady(definition, values, status)
    if age.freshness == Freshness.STALE:
        return grey(State.STALE, Rule.STALE), status.colour
    return status, None


def judged(definition: Definition, figures: Figures, on: date) -> Status:
    """Steps 6–8: too early, the outcome at the end, then pace or band."""
    if str(definition.kind) != Kind.MOVE.value:
        return band_status(figures.attainment, figures.achieved, thresholds=definition.thresholds)
    if Flag.BASELINING.value in figures.flags:
        return grey(State.NO_DATA, Rule.BASELINING)
    return pace_status(
        figures.progress,
        figures.expected_share,
        period_share=period_share(definition.start, definition.end, definition.frequency),
        ended=definition.end is not None and on >= definition.end,
        thresholds=definition.thresholds,
    )


def period_share(start: date | None, end: date | None, frequency: str) -> Decimal:
    """One update period as a share of the time from start to end, at most 1; 0 when a date is unknown."""
    if start is None or end is None:
        return Decimal(0)
    if end <= start:
        return ONE
    return min(ONE, EXACT.divide(Decimal((later(start, frequency) - start).days), Decimal((end - start).days)))


def _steady(definition: Definition, values: Sequence[Reading], latest: Status) -> Status:
    """The status of the latest two values in a row that agree in colour; the latest one where no two do.

    Each earlier value is judged on its own day, so the answer depends on the series alone.
    """
    after = latest
    for reading in reversed(values[:-1]):
        before = judged(definition, figures_of(definition, reading, on=reading.period), reading.period)
        if before.colour == after.colour:
            return after
        after = before
    return latest


def _compliance(definition: Definition, values: Sequence[Reading], on: date) -> Decimal | None:
    """Periods inside the zone / periods observed since the start (§4)."""
    if str(definition.kind) not in (Kind.GUARDRAIL.value, Kind.RANGE.value):
        return None
    since = definition.start
    counted = [
        reading
        for reading in values
        if since is None or reading.period >= since or end_of(definition, reading.period) >= since
    ]
    found = [_is_inside(definition, reading, on) for reading in counted]
    known = [inside for inside in found if inside is not None]
    return stored(EXACT.divide(Decimal(sum(known)), Decimal(len(known)))) if known else None


def _is_inside(definition: Definition, reading: Reading, on: date) -> bool | None:
    """Whether one value lies inside the bounds of its period; without dated targets they are the same on every day."""
    valid_on = _valid_on(definition, reading, on) if definition.targets else on
    _target, low, high = bounds_on(definition, valid_on)
    return zone_of(reading.value, low, high, definition.width, definition.precision).inside


def _roll_expected(definition: Definition, figures: Figures) -> Decimal | None:
    """The expected share of a `move` KPI, 1 for an attainment."""
    if str(definition.kind) != Kind.MOVE.value:
        return ONE
    return figures.expected_share
