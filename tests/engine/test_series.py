"""A KPI period by period."""

from datetime import date
from decimal import Decimal

from kpis.definition import Definition, Reading
from kpis.series import period_series
from objectives.choices import Colour, State

D = Decimal


def test_series_draws_the_plan_to_the_end_and_leaves_the_future_blank() -> None:
    definition = Definition(
        baseline=D(0), target=D(100), precision=0, frequency="quarterly", start=date(2026, 1, 1), end=date(2026, 12, 31)
    )
    readings = [Reading(date(2026, 1, 1), D(30)), Reading(date(2026, 4, 1), D(25))]
    points = period_series(definition, readings, on=date(2026, 5, 20))
    assert [point.period.month for point in points] == [1, 4, 7, 10]
    assert [point.plan for point in points] == [D(24), D(49), D(75), D(100)]
    assert [point.value for point in points] == [D(30), D(25), None, None]
    assert [point.expected for point in points] == [D(24), D(38), D(75), D(100)]
    assert [point.colour for point in points] == [Colour.GREY, Colour.RED, Colour.GREY, Colour.GREY]
    assert [point.state for point in points] == [State.TOO_EARLY, State.OFF_TRACK, None, None]


def test_series_shows_a_gap_as_unknown() -> None:
    definition = Definition(kind="period", target=D(10))
    readings = [Reading(date(2026, 1, 1), D(10)), Reading(date(2026, 3, 9), D(8))]
    points = period_series(definition, readings, on=date(2026, 4, 2))
    assert [point.value for point in points] == [D(10), None, D(8), None]
    assert [point.state for point in points] == [State.ON_TRACK, State.NO_DATA, State.AT_RISK, State.NO_DATA]
    assert [point.attainment for point in points] == [1, None, D("0.8"), None]


def test_series_without_any_date_is_empty() -> None:
    assert period_series(Definition(target=D(1)), [], on=date(2026, 1, 1)) == []
