"""Season found, not found, and taken off a series before it is charted."""

import random
from datetime import date
from decimal import Decimal

from kpis.signals import LENGTHS, Point, chart_of, deseasonalised, season_of, strongest_of

YEAR = [Decimal(value) for value in (-6, -4, -2, 0, 2, 4, 6, 4, 2, 0, -2, -4)]


def noise(count: int) -> list[Decimal]:
    chance = random.Random(7)
    return [Decimal(chance.randint(-500, 500)) / 1000 for _ in range(count)]


def seasonal(count: int, *, rise: int = 0) -> list[Decimal]:
    return [100 + YEAR[index % 12] + rise * index + each for index, each in enumerate(noise(count))]


def test_a_season_without_noise_is_found_exactly() -> None:
    season = season_of([100 + value for value in YEAR * 3], 12)
    assert season is not None
    assert (season.length, season.share) == (12, Decimal(1))
    assert list(season.indices) == YEAR


def test_a_season_on_a_rising_series_is_found_about_its_line() -> None:
    season = season_of(seasonal(48, rise=3), 12)
    assert season is not None
    assert season.share > Decimal("0.95")
    assert max(range(12), key=lambda place: season.indices[place]) == 6


def test_a_season_needs_two_cycles_and_twelve_values() -> None:
    assert season_of(seasonal(23), 12) is None
    assert season_of(seasonal(24), 12) is not None
    quarters = [Decimal(value) for value in (10, 20, 30, 20)] * 3
    assert season_of(quarters[:11], 4) is None
    assert season_of(quarters, 4) is not None


def test_noise_a_line_and_equal_values_have_no_season() -> None:
    assert season_of(noise(48), 12) is None
    assert season_of([Decimal(index) / 7 for index in range(48)], 12) is None
    assert season_of([Decimal(3)] * 48, 12) is None
    assert deseasonalised(noise(48), 12) is None
    assert deseasonalised([], 12) is None


def test_missing_periods_do_not_shift_the_season() -> None:
    values = seasonal(48)
    places = [place for place in range(48) if place not in (5, 17, 18, 40)]
    season = season_of([values[place] for place in places], 12, places)
    assert season is not None
    assert max(range(12), key=lambda place: season.indices[place]) == 6
    assert season_of([values[place] for place in places], 12) is None


def test_of_two_cycles_the_one_that_explains_more_is_taken() -> None:
    found = strongest_of(seasonal(72), (5, 12))
    assert found is not None
    assert found.length == 12
    assert strongest_of(noise(72), (5, 12)) is None


def test_a_series_less_its_season_shows_the_one_month_that_differs() -> None:
    values = seasonal(48)
    values[40] += 5
    adjusted = deseasonalised(values, LENGTHS["monthly"])
    assert adjusted is not None
    assert (adjusted.since, len(adjusted.values)) == (24, 48)
    days = [date(2020 + index // 12, 1 + index % 12, 1) for index in range(48)]
    plain = chart_of([Point(day, value) for day, value in zip(days, values, strict=True)], direction="up")
    less = chart_of([Point(day, value) for day, value in zip(days, adjusted.values, strict=True)], direction="up")
    assert [signal.index for signal in less.signals if signal.rule.value == "outside"] == [40]
    assert len({signal.index for signal in plain.signals}) > 12


def test_a_season_that_ends_is_dropped() -> None:
    values = [*seasonal(24), *(100 + each for each in noise(120))]
    adjusted = deseasonalised(values, 12)
    assert adjusted is not None
    assert adjusted.season is None
    assert adjusted.values[-12:] == tuple(values[-12:])
