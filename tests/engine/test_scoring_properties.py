"""Invariants of scoring: exact target is achieved, null stays null, no division by zero (SEMANTICS §17)."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.choices import Direction, Frequency, Kind
from kpis.definition import Definition, Reading, TargetPoint
from kpis.scoring import score
from kpis.series import period_series
from kpis.validation import validate
from kpis.zones import progress_of
from objectives.choices import Colour, State

days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
values = st.decimals(Decimal("-1e19"), Decimal("1e19"), places=10) | st.sampled_from(
    [Decimal(0), Decimal("-0.0"), Decimal(1)]
)
maybe = st.none() | values
definitions = st.builds(
    Definition,
    kind=st.sampled_from(Kind.values),
    direction=st.sampled_from(Direction.values),
    precision=st.integers(0, 10),
    frequency=st.sampled_from([name for name in Frequency.values if name != "daily"]),
    baseline=maybe,
    target=maybe,
    low=maybe,
    high=maybe,
    width=maybe,
    start=st.none() | days,
    end=st.none() | days,
    trajectory=st.sampled_from(["linear", "stepped", "milestones", "custom"]),
    grace_days=st.integers(0, 40),
    targets=st.lists(st.builds(TargetPoint, days, maybe, maybe, maybe), max_size=3).map(tuple),
    fiscal_year_start=st.integers(1, 12),
)
series = st.lists(st.builds(Reading, days, maybe), max_size=5).map(
    lambda rows: sorted(rows, key=lambda row: row.period)
)


@given(definitions, series, days)
@settings(max_examples=400)
def test_score_answers_every_input(definition: Definition, readings: list[Reading], on: date) -> None:
    found = score(definition, readings, on=on)
    if found.value is None:
        assert (found.progress, found.attainment, found.achieved, found.variance) == (None, None, None, None)
        assert found.roll_progress is None
        assert found.colour == Colour.GREY
    if found.state in (State.STALE, State.NO_DATA, State.NO_TARGET, State.NOT_STARTED, State.TOO_EARLY):
        assert found.colour == Colour.GREY
    assert (found.roll_progress is None) or found.counts
    validate(definition)


@given(definitions, series, days)
def test_series_answers_every_input(definition: Definition, readings: list[Reading], on: date) -> None:
    points = period_series(definition, readings, on=on)
    periods = [point.period for point in points]
    assert periods == sorted(set(periods))
    assert all(point.achieved is None for point in points if point.value is None)


@given(
    st.sampled_from(["move", "period", "guardrail"]),
    st.sampled_from(Direction.values),
    values,
    values,
    st.integers(0, 6),
)
def test_value_on_target_is_achieved_in_every_kind(
    kind: str, direction: str, baseline: Decimal, target: Decimal, precision: int
) -> None:
    definition = Definition(kind=kind, direction=direction, precision=precision, baseline=baseline, target=target)
    found = score(definition, [Reading(date(2026, 6, 1), target)], on=date(2026, 6, 20))
    assert found.achieved is True
    assert found.progress in (None, 1)
    assert found.attainment in (None, 1)


@given(values, st.decimals(0, 1000, places=2), st.booleans())
def test_value_on_a_bound_of_a_range_is_achieved(low: Decimal, span: Decimal, upper: bool) -> None:
    definition = Definition(kind="range", precision=2, low=low, high=low + span)
    bound = definition.high if upper else definition.low
    found = score(definition, [Reading(date(2026, 6, 1), bound)], on=date(2026, 6, 20))
    assert (found.achieved, found.attainment, found.variance) == (True, 1, 0)


@given(values, values, values, st.integers(0, 6))
def test_progress_mirrors_when_every_sign_changes(
    actual: Decimal, baseline: Decimal, target: Decimal, precision: int
) -> None:
    up = progress_of(actual, baseline, target, "up", precision)
    down = progress_of(-actual, -baseline, -target, "down", precision)
    assert up == down
