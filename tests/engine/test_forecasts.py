"""Forecasts against known closed forms, an independent implementation, and cases made by hand (SEMANTICS §10)."""

from datetime import date

import numpy as np
import pytest

from kpis.forecasts.accuracy import Accuracy, Kept, accuracy_of
from kpis.forecasts.backtest import past_of, try_method
from kpis.forecasts.forecast import MOST_POINTS, forecast_of
from kpis.forecasts.interval import growth_of, normal, widths
from kpis.forecasts.methods import MethodName, Setting, methods_for, smoothed

NOISE = [12.0, 14.5, 13.0, 17.5, 16.0, 19.0, 18.5, 22.0, 20.5, 24.0, 23.0, 27.5]
SEASONAL = [10.0, 20, 30, 24, 13, 22, 35, 27, 14, 27, 36, 30, 17, 28, 41, 33]
YEAR = [4.0, 1, 2, 8, 5, 5, 9, 3, 2, 6, 7, 12]


def test_forecast_needs_six_known_values():
    assert forecast_of([1, 2, 3, 4, 5], ahead=1, season=1) is None
    assert forecast_of([1, 2, None, 3, 4, None, 5], ahead=1, season=1) is None
    assert forecast_of([], ahead=1, season=1) is None
    assert forecast_of([None] * 9, ahead=1, season=1) is None
    assert forecast_of([1, 2, None, 3, 4, 5, 6], ahead=1, season=1).points_used == 6


@pytest.mark.parametrize("number", [0.0, 0.1, -7.0, 1e300, -5e-324])
def test_constant_series_stays_without_width(number):
    found = forecast_of([number] * 9, ahead=4, season=1, target=number)
    assert found.method == MethodName.LAST_VALUE
    assert [(row.low95, row.low80, row.centre, row.high80, row.high95) for row in found.points] == [(number,) * 5] * 4
    assert (found.probability, found.mae, found.naive_mae, found.naive_ratio) == (1.0, 0.0, 0.0, None)


def test_straight_line_is_drawn_on_and_every_gap_bridged():
    line = [3.0 + 2 * index if index not in (4, 5, 9) else None for index in range(16)]
    found = forecast_of(line, ahead=5, season=1, target=43.0)
    assert found.method == MethodName.DRIFT
    assert [row.centre for row in found.points] == pytest.approx([35, 37, 39, 41, 43])
    assert found.probability == 1.0
    assert found.naive == 33.0
    assert found.points_used == 13


def test_missing_values_at_the_ends_are_cut_off():
    values = [None, None, *NOISE, None]
    assert forecast_of(values, ahead=3, season=1) == forecast_of(NOISE, ahead=3, season=1)


def test_every_second_value_missing_is_judged_where_something_is_known():
    found = forecast_of([1.0, None, 2.0, None, 1.5, None, 2.5, None, 1.0, None, 3.0], ahead=1, season=1)
    assert found.points_used == 6
    assert found.steps_tested == 2
    assert found.mae > 0


def test_long_gap_before_the_last_value_leaves_one_origin():
    found = forecast_of([4.0, 2, 6, 3, 5, *[None] * 18, 9.0], ahead=2, season=12, additive_total=3)
    assert (found.origins, found.naive_mae, found.naive) == (1, 4.0, 27.0)
    assert MethodName.SEASONAL_SMOOTHING not in {row.name for row in found.candidates}


def test_naive_error_is_that_of_the_last_value():
    found = forecast_of([0.0, 1, 0, 1, 0, 1], ahead=1, season=1)
    assert found.naive_mae == 1.0
    assert found.origins == 3
    assert {row.name: row.naive_ratio for row in found.candidates}[MethodName.LAST_VALUE] == 1.0


def test_candidates_stand_from_the_least_error_to_the_greatest():
    rows = forecast_of(SEASONAL, ahead=4, season=4).candidates
    assert [row.mae for row in rows] == sorted(row.mae for row in rows)
    assert {row.name for row in rows} == set(MethodName) - {MethodName.RUN_RATE, MethodName.SEASONAL_SHARE}


def test_tie_goes_to_the_simpler_method():
    found = forecast_of([float(number) for number in range(12)] * 3, ahead=1, season=12)
    level = [row.name for row in found.candidates if row.mae <= found.candidates[0].mae * 1.02 + 1e-12]
    assert found.method == min(level, key=lambda name: name.simplicity)
    assert found.method == MethodName.SEASONAL_LAST_VALUE


def test_seasonal_methods_wait_for_two_cycles():
    names = {row.name for row in forecast_of(YEAR * 2, ahead=3, season=12).candidates}
    assert MethodName.SEASONAL_SMOOTHING in names
    names = {row.name for row in forecast_of((YEAR * 2)[:-1], ahead=3, season=12).candidates}
    assert MethodName.SEASONAL_SMOOTHING not in names


def test_seasonal_pattern_returns():
    found = forecast_of(YEAR * 3, ahead=12, season=12)
    assert found.method == MethodName.SEASONAL_LAST_VALUE
    assert [row.centre for row in found.points] == pytest.approx(YEAR)


# --- an independent implementation: statsmodels 0.15.0, its ETSModel and ExponentialSmoothing, same start and settings
def test_damped_trend_agrees_with_an_independent_implementation():
    said = smoothed(np.array(NOISE), (Setting(0.5, 0.3, 0.9),))(np.array([11]), 4)[0, 0]
    assert said.tolist() == pytest.approx(
        [26.97668976554995, 27.98699828609546, 28.89627595458642, 29.714625856228285], rel=1e-13
    )


def test_seasonal_smoothing_agrees_with_an_independent_implementation():
    said = smoothed(np.array(SEASONAL), (Setting(0.3, 0.1, 0.9, 0.6),), season=4)(np.array([15]), 6)[0, 0]
    expected = [
        19.32084264065864,
        30.252584075419488,
        41.40056629808136,
        33.68725613796328,
        20.201277855645234,
        31.044975768907424,
    ]
    assert said.tolist() == pytest.approx(expected, rel=1e-13)


def test_smoothed_level_agrees_with_an_independent_implementation():
    said = smoothed(np.array(NOISE), (Setting(0.3),))(np.array([11]), 1)
    assert said[0, 0, 0] == pytest.approx(23.1209855, rel=1e-9)


# --- running totals ---------------------------------------------------------------------------------------------------
def test_running_total_of_equal_parts_is_exact():
    found = forecast_of([5.0] * 12, ahead=4, season=1, additive_total=8, target=60.0)
    assert [row.centre for row in found.points] == [45.0, 50.0, 55.0, 60.0]
    assert (found.end.low95, found.end.high95, found.probability, found.naive) == (60.0, 60.0, 1.0, 60.0)


def test_running_total_begins_at_what_was_reached():
    values = [float(7 + (index * 5) % 3) for index in range(24)]
    run = forecast_of(values, ahead=6, season=1, additive_total=10)
    fresh = forecast_of(values, ahead=6, season=1, additive_total=0)
    assert run.points[0].centre == pytest.approx(sum(values[-10:]) + 8, abs=1)
    assert fresh.points[0].centre == pytest.approx(8, abs=1)
    assert MethodName.RUN_RATE in {row.name for row in run.candidates}


def test_run_rate_is_the_mean_since_the_start():
    values = [9.0, 1.0] * 10
    found = forecast_of(values, ahead=4, season=1, additive_total=6)
    assert found.method == MethodName.RUN_RATE
    assert found.end.centre == pytest.approx(30 + 4 * 5)


def test_seasonal_share_of_a_growing_year_is_exact():
    years = [part * growth for growth in (1, 2, 4) for part in YEAR]
    begun = [8 * part for part in YEAR[:5]]
    found = forecast_of(years + begun, ahead=7, season=12, additive_total=5)
    assert found.method == MethodName.SEASONAL_SHARE
    assert [row.centre for row in found.points] == pytest.approx([8 * sum(YEAR[:count]) for count in range(6, 13)])


def test_seasonal_share_needs_two_complete_years_of_its_own_calendar():
    names = {row.name for row in forecast_of([*YEAR, *YEAR, 4.0], ahead=6, season=12, additive_total=7).candidates}
    assert MethodName.SEASONAL_SHARE not in names
    names = {row.name for row in forecast_of([*YEAR, *YEAR, 4.0], ahead=6, season=12, additive_total=1).candidates}
    assert MethodName.SEASONAL_SHARE in names


def test_running_total_passes_over_missing_periods():
    values = [5.0, None, 5.0, 5.0, None, 5.0, 5.0, 5.0]
    found = forecast_of(values, ahead=2, season=1, additive_total=4)
    assert [row.centre for row in found.points] == [20.0, 25.0]


# --- what is asked for ------------------------------------------------------------------------------------------------
def test_probability_counts_ends_on_the_good_side():
    up = forecast_of(NOISE, ahead=3, season=1, target=29.0)
    down = forecast_of(NOISE, ahead=3, season=1, target=29.0, direction="down")
    assert up.probability + down.probability == 1.0
    assert forecast_of(NOISE, ahead=3, season=1).probability is None
    at_edge = forecast_of(NOISE, ahead=3, season=1, target=up.end.high80)
    assert at_edge.probability == pytest.approx(0.1, abs=0.002)


def test_target_missed_by_a_rounding_of_floats_is_met():
    found = forecast_of([0.1] * 12, ahead=3, season=1, additive_total=9, target=1.2)
    assert found.probability == 1.0


def test_bounds_are_never_passed():
    values = [90.0, 95, 93, 97, 99, 96, 98, 100, 99, 100]
    found = forecast_of(values, ahead=6, season=1, target=100.0, lower=0.0, upper=100.0)
    assert max(row.high95 for row in found.points) == 100.0
    assert 0 < found.probability < 1
    assert found.points[0].low95 < found.points[0].centre <= 100


def test_far_end_is_drawn_on_beyond_the_back_test():
    found = forecast_of(NOISE, ahead=100, season=1)
    assert len(found.points) == 100
    assert found.steps_tested < 12
    sizes = [row.high80 - row.low80 for row in found.points]
    assert sizes[99] > sizes[11]


def test_only_the_last_values_of_a_long_series_are_read():
    values = [float(index * 7 % 11) for index in range(MOST_POINTS + 50)]
    found = forecast_of([1e9, *values], ahead=2, season=1)
    assert found == forecast_of(values, ahead=2, season=1)
    assert found.points_used == MOST_POINTS


def test_running_total_counts_what_the_methods_no_longer_read():
    found = forecast_of([2.0] * (MOST_POINTS + 50), ahead=5, season=1, additive_total=MOST_POINTS + 40)
    assert found.end.centre == 2.0 * (MOST_POINTS + 45)


@pytest.mark.parametrize("wrong", [{"ahead": 0}, {"season": 0}, {"additive_total": -1}])
def test_senseless_question_is_refused(wrong):
    with pytest.raises(ValueError, match="or more"):
        forecast_of(NOISE, **({"ahead": 1, "season": 1} | wrong))


def test_unknown_direction_is_refused():
    with pytest.raises(ValueError, match="up or down"):
        forecast_of(NOISE, ahead=1, season=1, target=1.0, direction="sideways")


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_value_that_is_no_number_is_refused(wrong):
    with pytest.raises(ValueError, match="finite"):
        forecast_of([*NOISE, wrong], ahead=1, season=1)


# --- the back-test and the interval -----------------------------------------------------------------------------------
@pytest.mark.parametrize("run", [None, 5])
def test_back_test_sees_nothing_after_its_origin(run):
    values = np.random.default_rng(5).uniform(1, 9, 40)
    changed = values.copy()
    changed[30:] = 100.0
    for method, other in zip(_methods(values, run), _methods(changed, run), strict=True):
        assert method.name == other.name
        assert _said_until(30, values, method, run) == pytest.approx(_said_until(30, changed, other, run), abs=1e-9)


def _methods(values, run):
    return list(methods_for(values, season=4, run=run))


def _said_until(end, values, method, run):
    """What the back-test held a method to at the origins before `end`."""
    past = past_of(values, _methods(values, run), ahead=3, total=run is not None)
    actual = np.cumsum(past.actual, axis=1) if past.total else past.actual
    said = actual[past.origins >= past.first] - try_method(method, past).residuals
    return said[: end - past.first]


def test_width_is_the_quantile_of_the_errors_widened_for_their_number():
    errors = np.array([[-1.0], [2], [-3], [4], [-5], [6], [-7], [8], [-9]])
    assert normal((0.8, 0.95)).tolist() == pytest.approx([1.281552, 1.959964], rel=1e-6)
    student_beside_normal = 1.396815 / 1.281552  # 8 degrees of freedom, 90 % one-sided
    assert widths(errors, 1, (0.8,))[0, 0] == pytest.approx(8 * student_beside_normal, rel=1e-4)


def test_width_grows_with_the_root_of_the_steps_when_there_is_one_step_only():
    errors = np.array([[1.0], [1.0], [1.0], [1.0]])
    found = widths(errors, 9, (0.5,))[:, 0]
    assert found / found[0] == pytest.approx(np.sqrt(np.arange(1, 10)))


def test_growth_of_many_errors_is_their_own():
    sizes = {step: np.full(4000, float(step)) for step in range(1, 9)}
    assert growth_of(sizes) == pytest.approx(1.0, abs=0.01)
    assert growth_of({1: np.zeros(4), 2: np.zeros(4)}) == 0.5


# --- forecasts that were kept -----------------------------------------------------------------------------------------
def test_accuracy_of_kept_forecasts():
    march, april, may = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
    kept = [
        Kept(made_on=date(2026, 1, 9), period=march, centre=10, low80=8, high80=12, naive=6),
        Kept(made_on=date(2026, 2, 9), period=march, centre=13, low80=12, high80=14, naive=None),
        Kept(made_on=date(2026, 2, 9), period=april, centre=20, low80=18, high80=22, naive=15),
        Kept(made_on=date(2026, 2, 9), period=may, centre=99, low80=90, high80=110, naive=15),
    ]
    found = accuracy_of(kept, {march: 12.0, april: 23.0})
    assert found == Accuracy(count=3, mae=2.0, naive_ratio=5 / 14, within80=2 / 3)
    assert accuracy_of(kept, {}) == Accuracy(0, None, None, None)
    assert accuracy_of(kept[1:2], {march: 12.0}).naive_ratio is None
