"""Geometry of the small pictures: exact shapes for exact figures."""

import pytest

from organization.drawing import bars, rows
from organization.drawing.rows import Scale
from organization.drawing.shapes import Circle, Drawing, Path, Rect
from organization.drawing.status import rank_of, shape_of, symbol


def test_goal_behind_hatches_what_is_missing() -> None:
    assert bars.goal(0.62, 0.71, "amber") == Drawing(
        "goal",
        "100%",
        16,
        (
            Rect("f-track", 0, 4, "100%", 8, 1.5),
            Rect("f-done", 0, 4, "62%", 8),
            Rect("h-risk", "62%", 4, "9%", 8),
            Rect("f-ink", "71%", 0, 2, 16, shift=-1),
        ),
    )


def test_goal_ahead_is_solid_beyond_the_tick() -> None:
    assert bars.goal(0.71, 0.65, "green").shapes[1:] == (
        Rect("f-done", 0, 4, "65%", 8),
        Rect("f-ahead", "65%", 4, "6%", 8),
        Rect("f-ink", "65%", 0, 2, 16, shift=-1),
    )


def test_goal_without_progress_keeps_the_tick() -> None:
    assert bars.goal(None, 0.5, "grey").shapes == (
        Rect("f-track", 0, 4, "100%", 8, 1.5),
        Rect("f-ink", "50%", 0, 2, 16, shift=-1),
    )


def test_goal_without_plan_or_progress_is_an_empty_track() -> None:
    assert bars.goal(None, None, "").shapes == (Rect("f-track", 0, 4, "100%", 8, 1.5),)


@pytest.mark.parametrize(("progress", "drawn"), [(-0.4, "0%"), (1.7, "100%")])
def test_goal_stays_inside_its_track(progress: float, drawn: str) -> None:
    assert bars.goal(progress, None, "").shapes[1] == Rect("f-done", 0, 4, drawn, 8)


def test_mix_leaves_out_empty_parts() -> None:
    assert bars.mix({"green": 3, "amber": 0, "red": 1}).shapes == (
        Rect("f-on", "0%", 0, "74.1%", 8, 1),
        Rect("f-off", "75%", 0, "24.1%", 8, 1),
    )


def test_mix_of_nothing_is_an_empty_track() -> None:
    assert bars.mix({}).shapes == (Rect("f-track", 0, 0, "100%", 8, 1),)


def test_effect_puts_better_right_whatever_the_sign() -> None:
    assert bars.effect(-5, 10, good=True).shapes == (
        Rect("f-on", 27, 4, 13.5, 10),
        Rect("f-zero", 26.5, 0, 1, 18),
    )
    assert bars.effect(5, 10, good=False, css="f-risk").shapes[0] == Rect("f-risk", 13.5, 4, 13.5, 10)


def test_effect_without_variance_keeps_the_zero_line() -> None:
    assert bars.effect(None, 10, good=True).shapes == (Rect("f-zero", 26.5, 0, 1, 18),)


def test_missing_reaches_back_from_the_edge() -> None:
    tick = Rect("f-ink", "100%", 0, 1, 14, shift=-1)
    assert bars.missing(-0.035, 0.07, "red").shapes == (Rect("h-off", "50%", 3, "50%", 8), tick)
    assert bars.missing(0.01, 0.07, "green").shapes == (Rect("f-ahead", "100%", 3, 3, 8, shift=-1), tick)
    assert bars.missing(None, 0.07, "grey").shapes == (tick,)


def test_pips_fill_the_last_one_in_part() -> None:
    shapes = bars.pips(63).shapes
    assert len(shapes) == 11
    assert shapes[5] == Rect("f-pip", 30, 0, 4.4, 9, 1)
    assert shapes[6] == Rect("f-track", 36, 0, 4.4, 9, 1)
    assert isinstance(shapes[7], Rect)
    assert shapes[7].width == pytest.approx(1.32)


def test_bullet_scale_starts_at_zero_only_when_values_lie_far_apart() -> None:
    assert rows.bullet_scale([86, 190]) == Scale(0, 190 * 1.15)
    assert rows.bullet_scale([80, 90]) == Scale(80 - 2.815, 90 + 2.815)
    assert rows.bullet_scale([-5, 90]).low < -5


def test_bullet_on_a_cut_scale_draws_a_dot_with_a_line_to_the_target() -> None:
    drawing = rows.bullet(80, 90, amber=89, red=85)
    assert [shape.css for shape in drawing.shapes] == ["f-b1", "f-b2", "f-b3", "f-actual", "f-actual", "f-ink"]
    assert drawing.shapes[4] == Circle("f-actual", "18.01%", 9, 4.2)


def test_bullet_with_lower_is_better_turns_its_zones() -> None:
    drawing = rows.bullet(47, 42, amber=43, red=46)
    assert [shape.css for shape in drawing.shapes[:3]] == ["f-b3", "f-b2", "f-b1"]


def test_bullet_from_zero_draws_a_bar() -> None:
    assert rows.bullet(50, 200).shapes[1] == Rect("f-actual", 0, 6, "21.74%", 6)


def test_bullet_of_a_range_marks_the_allowed_zone() -> None:
    shapes = rows.bullet(5, None, allowed=(4, 6)).shapes
    assert [shape.css for shape in shapes] == ["f-b1", "f-b3", "f-actual"]


def test_bullet_of_nothing_is_a_track() -> None:
    assert rows.bullet(None, None).shapes == (Rect("f-track", 0, 1, "100%", 16),)


def test_spark_breaks_at_a_gap_and_ends_with_the_last_known_value() -> None:
    shapes = rows.spark([1, 2, None, 4, 5, None], css="f-off").shapes
    assert shapes == (
        Path("l-actual", "M3,23 19,18"),
        Path("l-actual", "M51,8 67,3"),
        Circle("f-off ring", 67.0, 3.0, 2.9),
    )


def test_spark_of_one_value_is_a_dot_in_the_middle() -> None:
    assert rows.spark([5]).shapes == (Circle("f-actual ring", 3.0, 13.0, 2.9),)


def test_spark_without_values_is_empty() -> None:
    assert rows.spark([None, None], [1, 2]).shapes == ()


@pytest.mark.parametrize(
    ("state", "colour", "shape"),
    [
        ("on_track", "green", "on"),
        ("achieved", "green", "on"),
        ("at_risk", "amber", "risk"),
        ("partly_achieved", "amber", "risk"),
        ("missed", "red", "off"),
        ("too_early", "grey", "new"),
        ("not_started", "grey", "new"),
        ("paused", "grey", "hold"),
        ("cancelled", "grey", "hold"),
        ("done", "", "done"),
        ("stale", "grey", "none"),
        ("no_target", "grey", "none"),
        ("insufficient_data", "grey", "none"),
        ("", "", "none"),
    ],
)
def test_shape_follows_the_colour_then_the_state(state: str, colour: str, shape: str) -> None:
    assert shape_of(state, colour) == shape


def test_rank_puts_what_is_off_first() -> None:
    assert rank_of("off_track", "red") < rank_of("no_data", "grey") < rank_of("on_track", "green")


def test_markup_hides_an_unnamed_drawing_and_escapes_a_name() -> None:
    assert symbol("new").markup() == (
        '<svg class="sym" width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">'
        '<circle class="o-ink" cx="8" cy="8" r="6"/></svg>'
    )
    assert 'role="img" aria-label="A &quot;b&quot; &lt;c&gt;"' in symbol("new").markup('A "b" <c>')
