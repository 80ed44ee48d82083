"""Periods of every frequency, and the age of a value (SEMANTICS §10)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.choices import Freshness
from kpis.freshness import Age, age_of
from kpis.periods import is_period_start, next_period, period_end, period_start, periods_between, previous_period

FREQUENCIES = ["daily", "weekly", "monthly", "quarterly", "yearly"]


@pytest.mark.parametrize(
    ("day", "frequency", "year_start", "first", "last"),
    [
        (date(2026, 3, 4), "daily", 1, date(2026, 3, 4), date(2026, 3, 4)),
        (date(2026, 3, 4), "weekly", 1, date(2026, 3, 2), date(2026, 3, 8)),
        (date(2027, 1, 1), "weekly", 1, date(2026, 12, 28), date(2027, 1, 3)),
        (date(2028, 2, 29), "monthly", 4, date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 3, 31), "quarterly", 1, date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 1, 15), "quarterly", 12, date(2025, 12, 1), date(2026, 2, 28)),
        (date(2026, 9, 30), "yearly", 10, date(2025, 10, 1), date(2026, 9, 30)),
        (date(2026, 10, 1), "yearly", 10, date(2026, 10, 1), date(2027, 9, 30)),
    ],
)
def test_period_holds_its_days(day: date, frequency: str, year_start: int, first: date, last: date) -> None:
    assert period_start(day, frequency, year_start) == first
    assert period_end(day, frequency, year_start) == last


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(FREQUENCIES), st.integers(1, 12))
def test_periods_follow_each_other_without_gap(day: date, frequency: str, year_start: int) -> None:
    first, last = period_start(day, frequency, year_start), period_end(day, frequency, year_start)
    following = next_period(day, frequency, year_start)
    assert first <= day <= last
    assert (following - last).days == 1
    assert is_period_start(first, frequency, year_start)
    assert is_period_start(following, frequency, year_start)
    assert previous_period(following, frequency, year_start) == first
    assert list(periods_between(day, following, frequency, year_start)) == [first, following]


@pytest.mark.parametrize(
    ("on", "freshness"),
    [
        (date(2026, 3, 9), Freshness.FRESH),
        (date(2026, 3, 10), Freshness.DUE),
        (date(2026, 3, 20), Freshness.DUE),
        (date(2026, 3, 21), Freshness.LATE),
        (date(2026, 4, 9), Freshness.LATE),
        (date(2026, 4, 10), Freshness.STALE),
    ],
)
def test_age_grows_from_fresh_to_stale(on: date, freshness: Freshness) -> None:
    found = age_of(date(2026, 1, 1), frequency="monthly", on=on, grace_days=10)
    assert found == Age(freshness, date(2026, 3, 10))


def test_age_with_a_grace_longer_than_a_period_goes_stale_straight_away() -> None:
    assert (
        age_of(date(2026, 3, 2), frequency="weekly", on=date(2026, 4, 12), grace_days=21).freshness == Freshness.STALE
    )


def test_age_after_the_end_is_final_and_nothing_is_due_any_more() -> None:
    end = date(2026, 3, 31)
    assert age_of(date(2025, 1, 1), frequency="monthly", on=date(2030, 1, 1), end=end) == Age(Freshness.FINAL, None)
    assert age_of(date(2026, 3, 1), frequency="monthly", on=end, end=end) == Age(Freshness.FRESH, None)


def test_age_without_a_value_waits_for_the_first_period() -> None:
    found = age_of(None, frequency="quarterly", on=date(2026, 5, 5), grace_days=5, start=date(2026, 2, 10))
    assert found == Age(Freshness.NO_DATA, date(2026, 4, 5))
    assert age_of(None, frequency="quarterly", on=date(2026, 5, 5)) == Age(Freshness.NO_DATA, None)
