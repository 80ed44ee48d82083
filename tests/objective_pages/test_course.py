"""What the course of an objective says."""

from datetime import date, timedelta

import pytest

from dashboards.reports.objective_course import History, Point, finding

TODAY = date(2026, 11, 22)


def points(*rows: tuple[int, float | None, float | None]) -> list[Point]:
    """Rows of (days back, progress, expected), from old to new."""
    return [Point(TODAY - timedelta(days=back), done, due, 50, "on_track", "green") for back, done, due in rows]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([(100, 0.50, 0.50), (0, 0.60, 0.60)], "Progress keeps to its plan"),
        ([(100, 0.50, 0.50), (0, 0.65, 0.60)], "Progress runs 5 points ahead of plan"),
        ([(100, 0.50, 0.55), (0, 0.56, 0.61)], "Progress runs 5 points behind plan"),
        ([(100, 0.50, 0.55), (0, 0.52, 0.65)], "The gap has widened from 5 to 13 points since August"),
        ([(100, 0.40, 0.55), (0, 0.56, 0.65)], "The gap has narrowed from 15 to 9 points since August"),
        ([(160, 0.40, 0.40), (130, 0.60, 0.50), (100, 0.60, 0.60), (0, 0.60, 0.70)], "Progress has stalled since July"),
        ([(100, 0.62, 0.60), (0, 0.59, 0.70)], "Progress has fallen by 3 points since August"),
        ([(100, 0.62, None), (0, 0.70, None)], "There is no plan to compare with"),
        ([(100, 0.62, 0.50), (0, None, 0.70)], "There is no figure today"),
    ],
)
def test_finding_names_what_happened(rows: list[tuple[int, float | None, float | None]], sentence: str) -> None:
    assert finding(points(*rows)) == sentence


def history(*states: tuple[int, str]) -> History:
    return History(tuple(Point(TODAY - timedelta(days=back), 0.5, 0.5, 50, state, "grey") for back, state in states))


def test_status_began_on_the_first_day_of_its_last_run() -> None:
    assert history((30, "on_track"), (20, "at_risk"), (5, "at_risk"), (0, "at_risk")).since() == date(2026, 11, 2)


def test_beginning_of_a_status_that_never_turned_is_not_known() -> None:
    assert history((30, "on_track"), (0, "on_track")).since() is None


def test_what_is_too_old_says_nothing_of_a_month_ago() -> None:
    assert history((120, "on_track"), (0, "on_track")).at(timedelta(days=30)) is None
    assert history((60, "on_track"), (0, "on_track")).at(timedelta(days=30)) is not None
