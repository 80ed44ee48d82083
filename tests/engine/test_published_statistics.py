"""Published worked cases: process behaviour charts (Wheeler 2003) and the statistics certified by NIST."""

import csv
import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from kpis.signals import Limits, Rule, limits_between, limits_of, moving_ranges, signals_of
from kpis.signals.moments import autocorrelation_of, deviation_of, mean_of
from kpis.signals.trend import line_through, trend_limits

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CHARTS = DATA / "xmr-examples" / "cases.json"
NIST = DATA / "nist-strd"
charts = pytest.mark.skipif(not CHARTS.is_file(), reason="the worked charts are absent (../shared/data/xmr-examples)")
certified = pytest.mark.skipif(not NIST.is_dir(), reason="the certified data are absent (../shared/data/nist-strd)")
BOOK_RANGE_FACTOR = Decimal("3.268")
"""The book's factor of the upper range limit; SEMANTICS §11 takes 3.267."""


def case_of(name: str) -> dict[str, Any]:
    cases = json.loads(CHARTS.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
    found: dict[str, Any] = next(case for case in cases if case["id"] == name)
    return found


def limits_for(case: dict[str, Any]) -> Limits:
    limits = limits_of(case["values"])
    assert limits is not None
    return limits


def as_published(value: Decimal | None, published: Decimal) -> Decimal:
    """The value at as many decimals as were published."""
    assert value is not None
    return value.quantize(published, rounding=ROUND_HALF_UP)


def marked(values: list[Decimal], limits: Limits, rule: Rule) -> list[int]:
    return [signal.index for signal in signals_of(values, limits) if signal.rule is rule]


@charts
@pytest.mark.parametrize("name", ["verify-software", "peak-flow"])
def test_limits_are_as_published(name: str) -> None:
    case = case_of(name)
    limits, expected = limits_for(case), case["expected"]
    found = {
        "centre": limits.centre,
        "mean_moving_range": limits.mean_range,
        "upper_natural_process_limit": limits.upper,
        "lower_natural_process_limit": limits.lower,
        "upper_range_limit": limits.mean_range * BOOK_RANGE_FACTOR,
    }
    assert {key: as_published(value, expected[key]) for key, value in found.items()} == {
        key: expected[key] for key in found
    }
    assert not limits.provisional
    assert nine_digits(limits.range_upper) == nine_digits(limits.mean_range * Decimal("3.267"))


@charts
def test_moving_ranges_and_the_point_beyond_are_as_published() -> None:
    case = case_of("verify-software")
    assert moving_ranges(case["values"]) == case["expected"]["moving_ranges"]
    outside = marked(case["values"], limits_for(case), Rule.OUTSIDE)
    assert outside == case["expected"]["points_beyond_limits_zero_based"]


@charts
@pytest.mark.parametrize("name", ["accident-rates-a-against-b", "accident-rates-b-against-a"])
def test_points_beyond_given_limits_are_as_published(name: str) -> None:
    case = case_of(name)
    limits = limits_between(case["given_limits"]["lower"], case["given_limits"]["upper"])
    outside = marked(case["values"], limits, Rule.OUTSIDE)
    assert outside == case["expected"]["points_beyond_limits_zero_based"]


@charts
def test_run_about_the_centre_is_as_published() -> None:
    case = case_of("daily-smokers")
    run = marked(case["values"], limits_for(case), Rule.RUN_OF_8)
    assert run == case["expected"]["run_about_centre_zero_based"]


@charts
def test_peak_flow_lies_above_the_half_way_line_where_the_book_says() -> None:
    case = case_of("peak-flow")
    limits = limits_for(case)
    half_way = (limits.centre + limits.upper) / 2
    assert [value > half_way for value in case["values"][8:12]] == [True] * 4
    assert {8, 9, 11} <= set(marked(case["values"], limits, Rule.TWO_OF_THREE))


@charts
def test_trend_limits_are_as_published() -> None:
    case = case_of("region-d-trend")
    trend, expected = trend_limits(case["values"]), case["expected"]
    assert trend is not None
    assert as_published(trend.slope, expected["trend_slope_per_period"]) == expected["trend_slope_per_period"]
    distance = expected["limits_distance_from_trend"]
    assert as_published(trend.distance, distance) == distance
    for before, after, height in expected["trend_centre_passes_between"]:
        assert as_published(trend.centre((before + after) / 2), height) == height


def column(name: str) -> list[Decimal]:
    with (NIST / f"{name}.csv").open(encoding="utf-8", newline="") as text:
        return [Decimal(row["value"]) for row in csv.DictReader(text)]


def norris() -> tuple[list[Decimal], list[Decimal]]:
    rows = [line.split() for line in (NIST / "Norris.dat").read_text(encoding="ascii").splitlines()[60:96]]
    return [Decimal(row[0]) for row in rows], [Decimal(row[1]) for row in rows]


def nine_digits(value: Decimal | None) -> str:
    assert value is not None
    return f"{value:.8e}"


def certificate(name: str) -> dict[str, Decimal]:
    table = json.loads((NIST / "certified.json").read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
    found: dict[str, Decimal] = table[name]
    return found


@certified
@pytest.mark.parametrize("name", ["NumAcc1", "NumAcc3"])
def test_moments_hold_nine_digits(name: str) -> None:
    values, expected = column(name), certificate(name)
    assert len(values) == expected["n"]
    assert nine_digits(mean_of(values)) == nine_digits(expected["mean"])
    assert nine_digits(deviation_of(values)) == nine_digits(expected["standard_deviation_n_minus_1"])
    assert nine_digits(autocorrelation_of(values)) == nine_digits(expected["lag1_autocorrelation"])


@certified
def test_trend_line_holds_nine_digits() -> None:
    (y, x), expected = norris(), certificate("Norris")
    line = line_through(y, x)
    assert line is not None
    assert len(y) == expected["n"]
    assert nine_digits(line.slope) == nine_digits(expected["slope"])
    assert nine_digits(line.intercept) == nine_digits(expected["intercept"])
    assert nine_digits(line.residual_deviation) == nine_digits(expected["residual_standard_deviation"])
    assert nine_digits(line.r_squared) == nine_digits(expected["r_squared"])
