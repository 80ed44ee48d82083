"""How one objective came to where it stands: its snapshots as a picture with a finding, and the changes in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.reports.objective_parts import language, less
from dashboards.reports.snapshots import OLDEST_OF_USE
from objectives.models import Objective, ObjectiveSnapshot
from organization.drawing import dates, numbers
from organization.drawing.figure import Chart

WATCHED: Final = timedelta(days=30)
LOOKED_BACK: Final = timedelta(days=85)
"""The finding compares with about three months earlier."""

STILL: Final = 0.015
"""A movement of progress below this is none."""

NEAR: Final = 0.03
"""A gap below this is no finding."""

SHORT_HISTORY: Final = timedelta(days=120)
"""Below this the picture has a point for each day, not for each month."""


LABELS: Final = ((6, 1), (12, 2), (27, 3), (54, 6))
"""Up to so many points every so many carry a label."""


@dataclass(frozen=True, slots=True)
class Point:
    """How the objective stood on one day."""

    day: date
    progress: float | None
    expected: float | None
    confidence: int | None
    state: str
    colour: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of status: on which day, from what to what."""

    day: date
    was_state: str
    was_colour: str
    state: str
    colour: str


@dataclass(frozen=True, slots=True)
class History:
    """Every day that is known, from old to new, today with the present figures last."""

    points: tuple[Point, ...]

    def since(self) -> date | None:
        """Since when the present status holds; None when it has never been another."""
        turns = self.turns()
        return turns[-1].day if turns else None

    def turns(self) -> list[Turn]:
        """Every change of status, from old to new."""
        pairs = zip(self.points, self.points[1:], strict=False)
        return [
            Turn(now.day, was.state, was.colour, now.state, now.colour) for was, now in pairs if was.state != now.state
        ]

    def at(self, back: timedelta) -> Point | None:
        """The last day that is so far back, unless it is too old to say anything of that day."""
        day = self.points[-1].day - back
        found = next((point for point in reversed(self.points) if point.day <= day), None)
        return found if found is not None and day - found.day <= OLDEST_OF_USE else None


def history_of(objective: Objective, *, today: date) -> History:
    """One query."""
    figures = objective.figures
    rows = (
        ObjectiveSnapshot.objects.filter(objective=objective, day__lt=today)
        .order_by("day")
        .values_list("day", "progress", "expected", "confidence", "state", "colour")
    )
    now = Point(today, figures.progress, figures.expected, objective.confidence, figures.state, figures.colour)
    return History((*(Point(*row) for row in rows), now))


def course_chart(objective: Objective, history: History) -> Chart | None:
    """The picture with its finding; None while fewer than two days are known."""
    points = [point for point in _drawn(history.points) if point.progress is not None or point.expected is not None]
    if sum(point.progress is not None for point in points) < 2:
        return None
    title = finding(points)
    return Chart(
        key="course",
        recipe="trajectory",
        title=title,
        subtitle=_("Progress of %(code)s and what was expected of it, in percent of the way")
        % {"code": objective.code},
        summary=_summary(points, title),
        data=_data(points),
        head=(_("Day"), _("Progress"), _("Expected"), _("Gap")),
        rows=tuple(_row(point) for point in points),
        height=280,
    )


def finding(points: Sequence[Point]) -> str:
    """What the course says, as a sentence."""
    now = points[-1]
    before = next((point for point in reversed(points) if point.day <= now.day - LOOKED_BACK), points[0])
    if now.progress is None:
        return _("There is no figure today")
    moved, due = less(now.progress, before.progress), less(now.expected, before.expected)
    gap, gap_before = less(now.progress, now.expected), less(before.progress, before.expected)
    words = {"month": _month(before.day, now.day), "points": _points(gap), "before": _points(gap_before)}
    if moved is not None and moved < -STILL:
        count = _points(moved)
        text = ngettext(
            "Progress has fallen by %(count)s point since %(month)s",
            "Progress has fallen by %(count)s points since %(month)s",
            count,
        )
        return text % {**words, "count": count}
    if moved is not None and moved <= STILL and (due or 0) > NEAR:
        return _("Progress has stalled since %(month)s") % {
            "month": _month(min(before.day, _still_since(points)), now.day)
        }
    if gap is None:
        return _("There is no plan to compare with")
    if gap < -NEAR and gap_before is not None and gap < gap_before - STILL and gap_before < -STILL:
        return _("The gap has widened from %(before)s to %(points)s points since %(month)s") % words
    if gap < -NEAR and gap_before is not None and gap > gap_before + STILL:
        return _("The gap has narrowed from %(before)s to %(points)s points since %(month)s") % words
    return _standing(gap, words)


def _standing(gap: float, words: dict[str, Any]) -> str:
    count = _points(gap)
    if gap < -NEAR:
        text = ngettext(
            "Progress runs %(points)s point behind plan", "Progress runs %(points)s points behind plan", count
        )
        return text % words
    if round(gap * 100) > 0:
        text = ngettext(
            "Progress runs %(points)s point ahead of plan", "Progress runs %(points)s points ahead of plan", count
        )
        return text % words
    return _("Progress keeps to its plan")


def _still_since(points: Sequence[Point]) -> date:
    """The first of the last days on which progress was about what it is now."""
    now, since = points[-1].progress or 0.0, points[-1].day
    for point in reversed(points):
        if point.progress is None or abs(point.progress - now) > NEAR:
            break
        since = point.day
    return since


def _drawn(points: Sequence[Point]) -> list[Point]:
    """The last day known of each month, and today; every day of a short history."""
    if points[-1].day - points[0].day < SHORT_HISTORY:
        return list(points)
    months = {(point.day.year, point.day.month): point for point in points}
    return list(months.values())


def _data(points: Sequence[Point]) -> dict[str, Any]:
    known = [value * 100 for point in points for value in (point.progress, point.expected) if value is not None]
    planned = any(point.expected is not None for point in points)
    return {
        "x": [point.day.isoformat() for point in points],
        "actual": [_hundredfold(point.progress) for point in points],
        "target": None,
        "expected": [_hundredfold(point.expected) for point in points] if planned else None,
        "amber": None,
        "red": None,
        "unit": "%",
        "decimals": 0,
        "colour": points[-1].colour,
        "today": None,
        "every": next((step for most, step in LABELS if len(points) <= most), 12),
        "floor": min(0, *known),
        "ceiling": max(100, *known),
        "words": {"actual": _("progress"), "target": "", "expected": _("expected"), "today": ""},
    }


def _row(point: Point) -> tuple[str, ...]:
    tongue = language()
    return (
        dates.day(point.day, tongue),
        numbers.percent(point.progress, 1, tongue),
        numbers.percent(point.expected, 1, tongue),
        numbers.points(less(point.progress, point.expected), 1, tongue),
    )


def _summary(points: Sequence[Point], title: str) -> str:
    tongue = language()
    known = [point for point in points if point.progress is not None]
    words = {
        "finding": title,
        "first": numbers.percent(known[0].progress, 0, tongue),
        "from": dates.day(known[0].day, tongue),
        "last": numbers.percent(known[-1].progress, 0, tongue),
        "expected": numbers.percent(points[-1].expected, 0, tongue),
    }
    return (
        _("Line chart. %(finding)s. From %(first)s on %(from)s to %(last)s today; expected today is %(expected)s.")
        % words
    )


def _hundredfold(value: float | None) -> float | None:
    return None if value is None else round(value * 100, 2)


def _points(difference: float | None) -> int:
    return abs(round((difference or 0.0) * 100))


def _month(day: date, today: date) -> str:
    """August; with the year where another August lies between."""
    if (today - day).days < 330:
        return str(MONTHS[day.month])
    return dates.period(day, "monthly", language())
