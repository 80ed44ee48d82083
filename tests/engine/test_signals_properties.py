"""Invariants of charts: shifted, scaled, mirrored and continued series (SEMANTICS §11, decision 0010)."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.signals import Chart, Limits, Point, Rule, Side, chart_of, deseasonalised, limits_of, signals_of
from kpis.signals.dense import follow
from kpis.signals.limits import FIRM, moving_ranges
from objectives.pace import EXACT

values = st.decimals(Decimal("-1e6"), Decimal("1e6"), places=3)
series = st.lists(values, min_size=6, max_size=40)
factors = st.decimals(Decimal("0.001"), Decimal(1000), places=3)
DIGITS = Decimal("1e-40")


def known(limits: Limits | None) -> Limits:
    assert limits is not None
    return limits


def rounded(limits: Limits | None) -> list[Decimal]:
    found = known(limits)
    lines = (found.centre, found.lower, found.upper, found.range_upper, found.mean_range)
    return [at_digits(line) for line in lines]


def at_digits(line: Decimal, digits: Decimal = DIGITS) -> Decimal:
    return line.quantize(digits, context=EXACT)


def marked(found: list[Decimal]) -> list[tuple[Rule, int, Side]]:
    return [(signal.rule, signal.index, signal.side) for signal in signals_of(found, limits_of(found))]


def daily(found: list[Decimal]) -> list[Point]:
    return [Point(date(2024, 1, 1) + timedelta(index), value) for index, value in enumerate(found)]


def chart(found: list[Decimal], *, dense: bool = False) -> Chart:
    return chart_of(daily(found), direction="up", dense=dense)


@given(series, values)
def test_a_shift_moves_the_limits_and_no_signal(found: list[Decimal], shift: Decimal) -> None:
    moved = [value + shift for value in found]
    before, after = known(limits_of(found)), known(limits_of(moved))
    assert after.mean_range == before.mean_range
    assert rounded(limits_of(moved))[:3] == [
        at_digits(EXACT.add(line, shift)) for line in (before.centre, before.lower, before.upper)
    ]
    assert marked(moved) == marked(found)


@given(series, factors)
def test_a_scale_stretches_the_limits_and_no_signal(found: list[Decimal], factor: Decimal) -> None:
    stretched = [value * factor for value in found]
    before = known(limits_of(found))
    assert rounded(limits_of(stretched)) == [
        at_digits(EXACT.multiply(line, factor))
        for line in (before.centre, before.lower, before.upper, before.range_upper, before.mean_range)
    ]
    assert marked(stretched) == marked(found)


@given(series)
def test_a_mirrored_series_signals_on_the_other_side(found: list[Decimal]) -> None:
    other = {Side.ABOVE: Side.BELOW, Side.BELOW: Side.ABOVE}
    mirrored = marked([-value for value in found])
    assert mirrored == [(rule, index, other[side]) for rule, index, side in marked(found)]


@given(series)
def test_read_backwards_the_limits_and_the_points_outside_are_the_same(found: list[Decimal]) -> None:
    backwards = found[::-1]
    assert rounded(limits_of(backwards)) == rounded(limits_of(found))
    last = len(found) - 1
    assert sorted(last - index for rule, index, _side in marked(backwards) if rule is Rule.OUTSIDE) == [
        index for rule, index, _side in marked(found) if rule is Rule.OUTSIDE
    ]


@given(values, st.integers(6, 40))
def test_equal_values_never_signal(value: Decimal, count: int) -> None:
    assert marked([value] * count) == []
    assert set(moving_ranges([value] * count)) == {Decimal(0)}


@given(st.lists(values, min_size=FIRM, max_size=30), st.lists(values, max_size=30))
def test_what_comes_after_the_lock_changes_no_limit_and_no_earlier_point_outside(
    found: list[Decimal], later: list[Decimal]
) -> None:
    before, after = chart(found), chart([*found, *later])
    assert after.limits == before.limits == limits_of(found[:FIRM])
    assert after.bands[: len(found)] == before.bands
    assert [signal for signal in after.signals if signal.rule is Rule.OUTSIDE and signal.index < len(found)] == [
        signal for signal in before.signals if signal.rule is Rule.OUTSIDE
    ]
    assert set(before.signals) <= set(after.signals)


@given(st.lists(values, min_size=12, max_size=40), st.integers(1, 39))
def test_a_step_change_leaves_the_phase_before_it_as_it_was(found: list[Decimal], place: int) -> None:
    place = min(place, len(found) - 1)
    points = daily(found)
    whole = chart_of(points, direction="", breaks=[points[place].period], dense=False)
    alone = chart_of(points[:place], direction="", dense=False)
    assert whole.phases[0] == alone.phases[0]
    assert whole.bands[:place] == alone.bands
    assert tuple(signal for signal in whole.signals if signal.index < place) == alone.signals
    assert len(whole.bands) == len(whole.moving_ranges) == len(found)


@settings(max_examples=25)
@given(st.lists(values, min_size=50, max_size=70), st.lists(values, min_size=1, max_size=20))
def test_a_dense_chart_changes_nothing_that_was_said(found: list[Decimal], later: list[Decimal]) -> None:
    before, after = chart(found, dense=True), chart([*found, *later], dense=True)
    assert after.bands[: len(found)] == before.bands
    assert tuple(signal for signal in after.signals if signal.index < len(found)) == before.signals
    coming, limits = follow(found).bands[-1], known(before.limits)
    assert coming is not None
    assert (limits.centre, limits.lower, limits.upper) == (coming.centre, coming.lower, coming.upper)


@settings(max_examples=25)
@given(st.lists(values, min_size=50, max_size=70), values, factors)
def test_a_dense_chart_signals_alike_shifted_and_scaled(found: list[Decimal], shift: Decimal, factor: Decimal) -> None:
    changed = [value * factor + shift for value in found]
    assert chart(changed, dense=True).signals == chart(found, dense=True).signals


@settings(max_examples=50)
@given(st.lists(values, min_size=13, max_size=40), st.lists(values, min_size=1, max_size=10))
def test_adjusted_values_stay_when_others_come(found: list[Decimal], later: list[Decimal]) -> None:
    cycle = [value * 3 for value in found[:6]]
    seasonal = [cycle[index % 6] + value / 1000 for index, value in enumerate([*found, *later])]
    before, after = deseasonalised(seasonal[: len(found)], 6), deseasonalised(seasonal, 6)
    if before is not None:
        assert after is not None
        assert after.since == before.since
        assert after.values[: len(found)] == before.values
