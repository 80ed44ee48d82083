"""Windows of the fiscal calendar: which periods they hold, what they are worth, how they are judged."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.aggregation import aggregate
from kpis.definition import Definition, TargetPoint, ratio_scale
from kpis.windows import Blank, By, Observed, TooShort, WindowPoint, windowed_series, windows_of
from objectives.choices import Colour, State

D = Decimal
ON = date(2026, 6, 15)
SALES = Definition(kind="period", time_aggregation="sum", target=D(100), grace_days=10)


def monthly(year: int, *values: str | None) -> list[Observed]:
    return [
        Observed(date(year, month, 1), None if value is None else D(value))
        for month, value in enumerate(values, start=1)
    ]


def last_of(definition: Definition, values: list[Observed], by: By, on: date = ON) -> WindowPoint:
    return windowed_series(definition, values, by=by, on=on)[-1]


def test_year_of_a_fiscal_calendar_begins_with_its_month() -> None:
    found = list(windows_of(By.YEAR, "monthly", 4, first=date(2025, 4, 1), last=date(2026, 6, 1), on=ON))
    assert [(one.first, one.last, len(one.periods), one.provisional) for one in found] == [
        (date(2025, 4, 1), date(2026, 3, 31), 12, False),
        (date(2026, 4, 1), date(2027, 3, 31), 12, True),
    ]


def test_quarter_of_a_fiscal_calendar_is_its_own() -> None:
    found = list(windows_of(By.QUARTER, "monthly", 2, first=date(2026, 2, 1), last=date(2026, 5, 1), on=ON))
    assert [(one.first, one.last) for one in found] == [
        (date(2026, 2, 1), date(2026, 4, 30)),
        (date(2026, 5, 1), date(2026, 7, 31)),
    ]


def test_a_window_counts_only_the_own_periods_of_the_kpi() -> None:
    ends = date(2026, 10, 31)
    found = next(windows_of(By.YEAR, "monthly", 1, first=date(2026, 3, 1), last=date(2026, 6, 1), end=ends, on=ON))
    assert (found.periods[0], found.periods[-1], len(found.periods)) == (date(2026, 3, 1), date(2026, 10, 1), 8)


def test_a_week_belongs_where_its_thursday_lies() -> None:
    first, last = date(2025, 12, 22), date(2026, 1, 5)
    found = list(windows_of(By.MONTH, "weekly", 1, first=first, last=last, on=ON))
    assert [(one.first, one.periods[-1], one.periods[0]) for one in found] == [
        (date(2025, 12, 1), date(2025, 12, 22), date(2025, 12, 22)),
        (date(2026, 1, 1), date(2026, 1, 26), date(2025, 12, 29)),
    ]


@pytest.mark.parametrize(
    ("by", "frequency"), [(By.MONTH, "quarterly"), (By.QUARTER, "yearly"), (By.QTD, "yearly"), (By.MONTH, "yearly")]
)
def test_a_window_shorter_than_the_period_is_refused(by: By, frequency: str) -> None:
    with pytest.raises(TooShort) as refused:
        windowed_series(Definition(frequency=frequency), [Observed(date(2026, 1, 1), D(1))], by=by, on=ON)
    assert (refused.value.by, refused.value.frequency) == (by, frequency)


def test_year_to_date_compares_the_sum_with_the_sum_of_the_targets() -> None:
    targets = tuple(TargetPoint(date(2026, month, 1), D(month * 10)) for month in range(1, 13))
    point = last_of(replace(SALES, target=None, targets=targets), monthly(2026, "9", "18", "27", "36", "45"), By.YTD)
    assert (point.first, point.last, point.value) == (date(2026, 1, 1), date(2026, 6, 30), D(135))
    assert (point.expected, point.target) == (D(150), D(210))
    assert (point.variance, point.variance_pct, point.attainment) == (D(-15), D("-0.1"), D("0.9"))
    assert (point.colour, point.state) == (Colour.AMBER, State.AT_RISK)
    assert (point.observed, point.periods, point.partial, point.provisional) == (5, 6, True, True)


def test_variance_is_never_a_mean_of_the_periods_percents() -> None:
    targets = (TargetPoint(date(2026, 1, 1), D(10)), TargetPoint(date(2026, 2, 1), D(1000)))
    point = windowed_series(
        replace(SALES, target=None, targets=targets), monthly(2026, "20", "900"), by=By.YTD, on=date(2026, 3, 31)
    )[1]
    assert (point.variance, point.expected) == (D(-90), D(1010))
    assert point.variance_pct is not None
    assert round(point.variance_pct, 6) == D("-0.089109")


def test_a_sum_with_a_gap_is_partial_and_held_against_the_same_periods() -> None:
    year = windowed_series(SALES, monthly(2025, "100", None, *["100"] * 10), by=By.YEAR, on=ON)[0]
    assert (year.value, year.expected, year.target) == (D(1100), D(1100), D(1200))
    assert (year.partial, year.provisional, year.coverage) == (True, False, D("0.916666666667"))
    assert (year.variance, year.colour) == (D(0), Colour.GREEN)


def test_mean_last_and_extremes_carry_their_targets_by_the_same_rule() -> None:
    values = monthly(2025, *(str(number) for number in range(1, 13)))
    targets = tuple(TargetPoint(date(2025, month, 1), D(2 * month)) for month in range(1, 13))
    base = Definition(kind="period", precision=1, targets=targets, grace_days=10)
    found = {
        method: windowed_series(replace(base, time_aggregation=method), values, by=By.YEAR, on=ON)[0]
        for method in ("mean", "last", "min", "max")
    }
    assert {method: (point.value, point.expected) for method, point in found.items()} == {
        "mean": (D("6.5"), D("13.0")),
        "last": (D("12.0"), D("24.0")),
        "min": (D("1.0"), D("2.0")),
        "max": (D("12.0"), D("24.0")),
    }


def test_what_is_not_aggregated_has_no_longer_window_but_its_own_period() -> None:
    customers = replace(SALES, time_aggregation="none")
    values = monthly(2026, "5", "6")
    months = windowed_series(customers, values, by=By.MONTH, on=ON)
    assert [point.value for point in months[:2]] == [D(5), D(6)]
    year = last_of(customers, values, By.YEAR)
    assert (year.value, year.blank, year.state) == (None, Blank.NOT_AGGREGATED, State.NO_DATA)


def test_last_is_blank_once_it_is_out_of_date() -> None:
    level = Definition(kind="period", target=D(10), grace_days=10)
    values = monthly(2025, "7", "8")
    first, second = windowed_series(level, values, by=By.QUARTER, on=ON)[:2]
    assert (first.value, first.blank) == (D(8), Blank.NONE)
    assert (second.value, second.blank) == (None, Blank.NONE)
    year = windowed_series(level, values, by=By.YEAR, on=ON)[0]
    assert (year.value, year.blank) == (None, Blank.STALE)


def test_rolling_twelve_months_end_with_each_period() -> None:
    values = [*monthly(2025, *["10"] * 12), *monthly(2026, *["20"] * 5)]
    found = windowed_series(SALES, values, by=By.ROLLING12, on=date(2026, 5, 31))
    assert [(point.first, point.last, point.value) for point in found[-2:]] == [
        (date(2025, 5, 1), date(2026, 4, 30), D(160)),
        (date(2025, 6, 1), date(2026, 5, 31), D(170)),
    ]


def test_ratio_of_a_year_is_the_ratio_of_the_sums_and_so_is_its_target() -> None:
    ratio = Definition(kind="period", time_aggregation="ratio", precision=4, frequency="quarterly", grace_days=400)
    targets = (TargetPoint(date(2025, 1, 1), D("0.4")), TargetPoint(date(2025, 4, 1), D("0.02")))
    values = [
        Observed(date(2025, 1, 1), D("0.5"), D(2), D(4)),
        Observed(date(2025, 4, 1), D("0.02"), D(2), D(100)),
    ]
    year = windowed_series(replace(ratio, targets=targets), values, by=By.YEAR, on=ON)[0]
    assert (year.value, year.numerator, year.denominator) == (D("0.0385"), D(4), D(104))
    assert year.expected == D("0.0346")  # (0.4 × 4 + 0.02 × 100) / 104


def test_ratio_in_percent_counts_hundredths_over_months_quarters_and_the_year() -> None:
    targets = (TargetPoint(date(2025, 1, 1), D(40)), TargetPoint(date(2025, 2, 1), D(2)))
    ratio = Definition(kind="period", time_aggregation="ratio", unit=" % ", precision=1, grace_days=400)
    values = [Observed(date(2025, 1, 1), D(50), D(2), D(4)), Observed(date(2025, 2, 1), D(2), D(2), D(100))]
    ratio = replace(ratio, targets=targets, start=date(2025, 1, 1), end=date(2025, 2, 28))
    month = windowed_series(ratio, values, by=By.MONTH, on=ON)[0]
    assert (month.value, month.expected) == (D("50.0"), D("40.0"))
    for by in (By.QUARTER, By.YEAR):
        point = windowed_series(ratio, values, by=by, on=ON)[0]
        assert (point.value, point.numerator, point.denominator) == (D("3.8"), D(4), D(104))
        assert point.expected == D("3.5")  # (40 × 4 + 2 × 100) / 104: a target is in percent already
    assert windowed_series(replace(ratio, unit="‰"), values, by=By.YEAR, on=ON)[0].value == D("38.5")


def test_a_ratio_whose_unit_only_contains_percent_is_not_scaled() -> None:
    units = {"%": 100, " %": 100, "‰": 1000, "": 1, "pp": 1, "% of sales": 1, "kWh/t": 1}
    assert {unit: ratio_scale(unit) for unit in units} == units


def test_ratio_without_operands_has_no_longer_window() -> None:
    ratio = Definition(kind="period", time_aggregation="ratio", precision=2)
    year = last_of(ratio, monthly(2026, "0.5", "0.6"), By.YEAR)
    assert (year.value, year.blank) == (None, Blank.NO_OPERANDS)


def test_ratio_of_zero_divisors_is_blank_and_says_so() -> None:
    ratio = Definition(kind="period", time_aggregation="ratio", precision=2, start=date(2026, 1, 1))
    values = [Observed(date(2026, 1, 1), None, D(2), D(0)), Observed(date(2026, 2, 1), None, D(1), D(0))]
    assert last_of(ratio, values, By.YEAR).blank is Blank.ZERO_DIVISOR


def test_a_kpi_on_its_way_is_judged_in_a_window_as_at_its_last_value() -> None:
    moving = Definition(
        baseline=D(0), target=D(120), start=date(2026, 1, 1), end=date(2026, 12, 31), precision=2, grace_days=10
    )
    values = monthly(2026, "9", "18", "20")
    quarter = windowed_series(moving, values, by=By.QUARTER, on=ON)[0]
    month = windowed_series(moving, values, by=By.MONTH, on=ON)[2]
    assert (quarter.value, quarter.expected, quarter.progress) == (month.value, month.expected, month.progress)
    assert (quarter.colour, quarter.state) == (month.colour, month.state) == (Colour.AMBER, State.AT_RISK)


def test_a_kpi_on_its_way_that_adds_up_is_held_against_the_sum_of_its_plan() -> None:
    moving = Definition(
        baseline=D(100),
        target=D(200),
        start=date(2026, 1, 1),
        end=date(2026, 12, 31),
        precision=2,
        time_aggregation="sum",
        grace_days=10,
    )
    months = windowed_series(moving, monthly(2026, "100", "110", "120"), by=By.MONTH, on=date(2026, 3, 31))
    quarter = windowed_series(moving, monthly(2026, "100", "110", "120"), by=By.QUARTER, on=date(2026, 3, 31))[0]
    expected = [point.expected for point in months[:3] if point.expected is not None]
    progress = [point.progress for point in months[:3] if point.progress is not None]
    assert (quarter.value, quarter.expected) == (D(330), sum(expected))
    assert quarter.progress == sum(progress) / 3


def test_a_guardrail_that_adds_up_adds_up_its_bound() -> None:
    accidents = Definition(kind="guardrail", direction="down", target=D(2), time_aggregation="sum", grace_days=10)
    quarter = windowed_series(accidents, monthly(2026, "1", "4", "1"), by=By.QUARTER, on=date(2026, 4, 5))[0]
    assert (quarter.value, quarter.high, quarter.achieved, quarter.colour) == (D(6), D(6), True, Colour.GREEN)


def test_a_window_ahead_has_a_target_and_no_state() -> None:
    values = monthly(2026, *["100"] * 5)
    ends = replace(SALES, start=date(2026, 1, 1), end=date(2026, 12, 31))
    found = windowed_series(ends, values, by=By.QUARTER, on=ON)
    assert [(point.target, point.state, point.provisional) for point in found] == [
        (D(300), State.ON_TRACK, False),
        (D(300), State.ON_TRACK, True),
        (D(300), None, True),
        (D(300), None, True),
    ]


def test_year_of_an_open_ended_kpi_wants_all_its_periods() -> None:
    year = last_of(SALES, monthly(2026, "100"), By.YEAR)
    assert (year.target, year.observed, year.periods) == (D(1200), 1, 12)


def test_without_any_value_or_start_there_is_no_window() -> None:
    assert windowed_series(SALES, [], by=By.YEAR, on=ON) == []


@given(
    st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), min_size=12, max_size=12).filter(any),
    st.sampled_from(["sum", "mean", "min", "max"]),
)
def test_a_year_is_the_aggregate_of_its_months(values: list[int | None], method: str) -> None:
    definition = Definition(kind="unscored", time_aggregation=method, precision=6, start=date(2025, 1, 1))
    rows = [None if value is None else D(value) for value in values]
    observed = [Observed(date(2025, month, 1), value) for month, value in enumerate(rows, start=1)]
    year = windowed_series(definition, observed, by=By.YEAR, on=ON)[0]
    expected = aggregate(method, rows)
    assert expected.value is not None
    assert year.value == round(expected.value, 6)
    assert year.partial == expected.partial
