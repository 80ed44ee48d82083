"""The course of each strategic objective against plan, as small panels on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from organization.drawing import dates, numbers
from organization.drawing.figure import Chart


@dataclass(frozen=True)
class Line:
    """One objective: progress and expected progress as fractions, for the same days."""

    code: str
    name: str
    colour: str
    actual: tuple[float | None, ...]
    expected: tuple[float | None, ...]


def course_chart(lines: Sequence[Line], days: Sequence[date], *, language: str) -> Chart:
    """Recipe `course`; the title names what has fallen behind most since the first day."""
    return Chart(
        key="course",
        recipe="course",
        title=_title(lines),
        subtitle=_("Progress and expected progress at each month's end, in percent"),
        summary=" ".join(_sentence(line, language) for line in lines),
        data={
            "x": [day.isoformat() for day in days],
            "unit": "%",
            "decimals": 0,
            "words": {"actual": _("Progress"), "expected": _("Expected")},
            "series": [
                {
                    "code": line.code,
                    "name": line.name,
                    "colour": line.colour,
                    "actual": [_hundred(value) for value in line.actual],
                    "expected": [_hundred(value) for value in line.expected],
                }
                for line in lines
            ],
        },
        head=(_("Month"), *(line.code for line in lines)),
        rows=tuple(
            (dates.period(day, "monthly", language), *(_cell(line, place, language) for line in lines))
            for place, day in enumerate(days)
        ),
        height=280 if len(lines) <= 5 else 480 if len(lines) <= 10 else 640,
    )


def _title(lines: Sequence[Line]) -> str:
    widened = {line.code: _widening(line) for line in lines}
    known = {code: change for code, change in widened.items() if change is not None}
    worst = min(known, key=lambda code: known[code], default=None)
    if worst is None or known[worst] >= -0.005:
        return _("Every strategic objective keeps its distance to plan or closes it")
    return _("%(code)s has lost the most ground on its plan in twelve months") % {"code": worst}


def _widening(line: Line) -> float | None:
    """How the gap to plan has changed from the first to the last known day."""
    pairs = zip(line.actual, line.expected, strict=True)
    gaps = [done - due for done, due in pairs if done is not None and due is not None]
    return gaps[-1] - gaps[0] if len(gaps) > 1 else None


def _sentence(line: Line, language: str) -> str:
    words = {
        "code": line.code,
        "done": numbers.percent(line.actual[-1], 0, language),
        "due": numbers.percent(line.expected[-1], 0, language),
    }
    return _("%(code)s: %(done)s, expected %(due)s.") % words


def _cell(line: Line, place: int, language: str) -> str:
    done, due = line.actual[place], line.expected[place]
    if done is None:
        return numbers.NO_VALUE
    return f"{numbers.percent(done, 0, language)} / {numbers.percent(due, 0, language)}"


def _hundred(value: float | None) -> float | None:
    return None if value is None else round(value * 100, 2)
