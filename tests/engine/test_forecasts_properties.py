"""What holds for the forecast of any series, and how often its interval holds what happens (SEMANTICS §10)."""

import math
from itertools import pairwise
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.forecasts.forecast import forecast_of

numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))
extremes = st.one_of(numbers, st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0.0, 1.0]))
gappy = st.one_of(
    st.lists(st.one_of(st.none(), extremes, extremes), min_size=6, max_size=40),
    st.lists(st.one_of(st.none(), st.none(), st.none(), extremes), min_size=20, max_size=60),
)
asked = st.fixed_dictionaries(
    {
        "ahead": st.integers(1, 30),
        "season": st.sampled_from([1, 4, 7, 12]),
        "additive_total": st.one_of(st.none(), st.integers(0, 20)),
        "direction": st.sampled_from(["up", "down"]),
    }
)


@given(gappy, asked, extremes)
@settings(max_examples=150, deadline=None)
def test_forecast_is_finite_ordered_and_repeatable(values, question, target):
    found = forecast_of(values, target=target, **question)
    if sum(value is not None for value in values) < 6:
        assert found is None
        return
    assert found == forecast_of(values, target=target, **question)
    assert len(found.points) == question["ahead"]
    assert 0 <= found.probability <= 1
    for row in found.points:
        assert -math.inf < row.low95 <= row.low80 <= row.centre <= row.high80 <= row.high95 < math.inf
    assert all(0 <= row.mae < math.inf for row in found.candidates)
    assert found.mae <= found.naive_mae * 1.02 + 1e-11 * max(abs(value) for value in values if value is not None)


@given(st.lists(numbers, min_size=6, max_size=30), st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_interval_never_shrinks_with_the_steps(values, ahead):
    found = forecast_of(values, ahead=ahead, season=4)
    slack = 1e-9 * max(1.0, *map(abs, values))
    for before, after in pairwise(found.points):
        assert after.high80 - after.low80 >= before.high80 - before.low80 - slack
        assert after.high95 - after.low95 >= before.high95 - before.low95 - slack


@given(st.lists(numbers, min_size=6, max_size=30), st.lists(numbers, min_size=2, max_size=5))
@settings(max_examples=60, deadline=None)
def test_harder_target_is_never_likelier(values, targets):
    up = [forecast_of(values, ahead=3, season=1, target=target).probability for target in sorted(targets)]
    down = [
        forecast_of(values, ahead=3, season=1, target=target, direction="down").probability
        for target in sorted(targets)
    ]
    assert up == sorted(up, reverse=True)
    assert down == sorted(down)


@given(st.lists(numbers, min_size=6, max_size=30), st.integers(-40, 40), numbers)
@settings(max_examples=60, deadline=None)
def test_other_unit_changes_the_figures_and_nothing_else(values, power, target):
    unit = 2.0**power
    plain = forecast_of(values, ahead=5, season=4, target=target)
    other = forecast_of([value * unit for value in values], ahead=5, season=4, target=target * unit)
    assert (other.method, other.probability) == (plain.method, plain.probability)
    assert [row.centre for row in other.points] == [row.centre * unit for row in plain.points]
    assert [row.high95 for row in other.points] == [row.high95 * unit for row in plain.points]
    assert other.mae == plain.mae * unit


@given(st.lists(numbers, min_size=6, max_size=30), numbers)
@settings(max_examples=60, deadline=None)
def test_mirrored_series_has_the_mirrored_forecast(values, target):
    plain = forecast_of(values, ahead=5, season=4, target=target)
    other = forecast_of([-value for value in values], ahead=5, season=4, target=-target, direction="down")
    assert [row.centre for row in other.points] == [-row.centre for row in plain.points]
    assert [row.low80 for row in other.points] == [-row.high80 for row in plain.points]
    assert other.probability == plain.probability


@pytest.mark.parametrize("seed", range(8))
def test_shifted_series_has_the_shifted_forecast(seed):
    dice = np.random.default_rng(seed)
    values = (np.cumsum(dice.standard_normal(50)) * 0.3 + dice.standard_normal(50)).tolist()
    plain = forecast_of(values, ahead=6, season=12, target=1.0)
    other = forecast_of([value + 100 for value in values], ahead=6, season=12, target=101.0)
    assert other.method == plain.method
    assert [row.centre - 100 for row in other.points] == pytest.approx([row.centre for row in plain.points], abs=1e-9)
    assert [row.low95 - 100 for row in other.points] == pytest.approx([row.low95 for row in plain.points], abs=1e-9)
    assert other.probability == pytest.approx(plain.probability, abs=0.002)


def test_interval_holds_four_fifths_of_what_happens():
    inside: dict[int, list[bool]] = {}
    for length in (12, 24, 48):
        for values in population(length + 6, seed=length):
            found = forecast_of(values[:length], ahead=6, season=12)
            for row, actual in zip(found.points, values[length:], strict=True):
                inside.setdefault(length, []).append(row.low80 <= actual <= row.high80)
    shares = {length: fmean(found) for length, found in inside.items()}
    assert 0.75 <= fmean(shares.values()) <= 0.85
    assert all(0.72 <= share <= 0.88 for share in shares.values()), shares


def population(length: int, *, seed: int) -> list[list[float]]:
    """Series of six kinds: noise about a level, walks, walks that return, trends, seasons, growth in percent."""
    dice = np.random.default_rng(seed)
    found = []
    for number in range(120):
        noise, time = dice.standard_normal(length), np.arange(length)
        kinds = (
            50 + noise,
            np.cumsum(noise),
            50 + _returning(noise, 0.7),
            0.3 * time + 2 * noise,
            10 * np.sin(2 * np.pi * time / 12) + 0.5 * np.cumsum(noise) + dice.standard_normal(length),
            100 * np.exp(np.cumsum(0.03 * noise + 0.01)),
        )
        found.append(kinds[number % len(kinds)].tolist())
    return found


def _returning(noise: np.ndarray, kept: float) -> np.ndarray:
    found = noise.copy()
    for index in range(1, noise.size):
        found[index] += kept * found[index - 1]
    return found
