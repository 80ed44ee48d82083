"""Charts of many daily points (decision 0010), and what they do on the labelled series of a public benchmark."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks import nab
from kpis.signals import Method, Point, Rule, chart_of, is_dense
from kpis.signals.dense import MANY, follow, multiple

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "nab"


def days(count: int, step: int = 1) -> list[date]:
    return [date(2024, 1, 1) + timedelta(step * index) for index in range(count)]


def daily(values: list[Decimal]) -> list[Point]:
    return [Point(day, value) for day, value in zip(days(len(values)), values, strict=True)]


def wandering(count: int, memory: str) -> list[Decimal]:
    """An autoregressive series: each value holds this share of the one before."""
    chance = random.Random(11)
    values = [Decimal(0)]
    for _ in range(count - 1):
        values.append(round(values[-1] * Decimal(memory) + Decimal(str(chance.gauss(0, 1))), 6))
    return values


def test_a_series_is_dense_from_fifty_daily_points_on() -> None:
    assert is_dense(days(50))
    assert not is_dense(days(49))
    assert not is_dense(days(200, step=7))
    assert is_dense([day for day in days(80) if day.weekday() < 5])
    hours = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=index) for index in range(50)]
    assert is_dense(hours)
    assert not is_dense(days(50), within_a_day=False)
    assert is_dense(days(50, step=7), within_a_day=True)


def test_a_daily_series_is_followed_from_its_fiftieth_point_on() -> None:
    values = wandering(60, "0.9")
    before, after = (chart_of(daily(values[:count]), direction="up") for count in (49, 50))
    assert (before.phases[0].method, before.phases[0].locked) == (Method.PLAIN, True)
    assert (after.phases[0].method, after.phases[0].locked) == (Method.DENSE, False)
    assert after.phases[0].weight is not None
    assert after.bands[:16] == (None,) * 16
    assert None not in after.bands[16:]


def test_independent_values_keep_the_mean_as_their_level() -> None:
    values = wandering(80, "0")
    following = follow(values)
    assert following.weight is None
    coming = following.bands[-1]
    assert coming is not None
    assert coming.centre.quantize(Decimal("1e-9")) == (sum(values, Decimal(0)) / 80).quantize(Decimal("1e-9"))


def test_a_wandering_series_is_quiet_and_a_jump_is_seen() -> None:
    values = wandering(300, "0.95")
    quiet = chart_of(daily(values), direction="down")
    plain = chart_of(daily(values), direction="down", dense=False)
    assert quiet.signals == ()
    assert len(plain.signals) > 100
    jumped = chart_of(daily([*values[:200], *(value + 12 for value in values[200:])]), direction="down")
    assert [(signal.rule, signal.index, signal.nature.value) for signal in jumped.signals] == [
        (Rule.OUTSIDE, 200, "concern")
    ]


def test_the_limits_are_those_of_the_next_point() -> None:
    drawn = chart_of(daily([Decimal(index % 2) for index in range(MANY)]), direction="")
    limits = drawn.limits
    assert limits is not None
    assert limits.centre.quantize(Decimal("1e-9")) == Decimal("0.5")
    assert (limits.mean_range, limits.range_upper, limits.provisional) == (Decimal(1), Decimal("3.267"), False)
    assert drawn.phases[0].autocorrelation == Decimal("-0.98")


def test_the_more_points_the_wider_the_limits() -> None:
    assert round(multiple(1), 6) == Decimal("2.999977")
    assert [round(multiple(known), 2) for known in (15, 50, 337, 5000)] == [
        Decimal("3.75"),
        Decimal("4.04"),
        Decimal("4.46"),
        Decimal("5.01"),
    ]


def test_fewer_than_fifty_points_cannot_be_followed() -> None:
    with pytest.raises(ValueError, match="fifty"):
        follow(wandering(49, "0.5"))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled series are absent (../shared/data/nab)")
@pytest.mark.slow
def test_labelled_series_give_fewer_false_alarms_than_the_published_baseline(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert nab.main(SHARED) == 0
    lines = capsys.readouterr().out.splitlines()
    alarms = next(line for line in lines if line.startswith("false alarms"))
    ours, hours, baseline = (int(word) for word in alarms.split() if word.isdigit())
    assert (ours, hours, baseline) == (33, 54, 98)
    assert next(line for line in lines if line.startswith("found")).split()[1:4] == ["34", "of", "46"]


def test_the_benchmark_says_when_its_files_are_absent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert nab.main(tmp_path / "nowhere") == 2
    assert "nowhere is absent" in capsys.readouterr().err
