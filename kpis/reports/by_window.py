"""The page of a KPI by month, quarter, year, to date or over twelve months: choices, picture, lines of the table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from kpis.choices import Frequency, Kind
from kpis.models import Kpi
from kpis.reports.course import Window, drawn, labels_every, names_of
from kpis.reports.windows import NAMED_AFTER, NAMES, WindowLine, windowed_lines
from kpis.reports.words import amount, change
from kpis.windows import By, fits
from objectives.services import today_of
from organization.drawing.figure import Chart
from organization.models import Organization
from organization.narrowing import Choice

SAME: Final = {
    Frequency.MONTHLY.value: frozenset({By.MONTH}),
    Frequency.QUARTERLY.value: frozenset({By.QUARTER, By.QTD}),
    Frequency.YEARLY.value: frozenset({By.YEAR, By.YTD, By.ROLLING12}),
}
"""Windows that say what the KPI's own periods say already."""
FIRST_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class ByWindow:
    """The KPI by one kind of window, its lines newest first. `notes` explain what is marked."""

    by: str
    name: str
    chart: Chart
    lines: tuple[WindowLine, ...]
    more: int
    notes: tuple[str, ...]


def by_choices(kpi: Kpi, chosen: str) -> tuple[Choice, ...]:
    """Its own periods first (""), then the windows that say something else; nothing where there are none."""
    useful = _useful(kpi)
    if not useful:
        return ()
    own = Choice("", str(Frequency(kpi.frequency).label), not chosen)
    return (own, *(Choice(one.value, str(NAMES[one]), one.value == chosen) for one in useful))


def by_asked(kpi: Kpi, text: str) -> By | None:
    """The window that an address names; None is the KPI's own period, also for what does not fit."""
    return next((one for one in _useful(kpi) if one.value == text), None)


def by_window(
    kpi: Kpi, by: By, window: Window, *, organization: Organization, at: datetime, every: bool, title: str
) -> ByWindow:
    """The windows of a stretch. Four queries."""
    since = window.since
    lines = windowed_lines(kpi, by, organization=organization, at=at, since=None if every else since)
    reach = [line for line in lines if since is None or line.period >= since]
    today = today_of(organization, at)
    passed = [line for line in reversed(lines) if line.period <= today and (line.observed or line.state)]
    shown = tuple(passed if every else passed[:FIRST_LINES])
    return ByWindow(
        by=by.value,
        name=str(NAMES[by]),
        chart=_chart(kpi, by, [_so_far(line, today) for line in reach], title),
        lines=shown,
        more=len(passed) - len(shown),
        notes=_notes(shown),
    )


def _so_far(line: WindowLine, today: date) -> WindowLine:
    """A window up to a period that lies ahead says nothing yet: its plan alone is drawn."""
    return line if line.period <= today else replace(line, value=None, expected=None, variance=None, observed=0)


def _useful(kpi: Kpi) -> list[By]:
    same = SAME.get(kpi.frequency, frozenset())
    return [one for one in By if fits(one, kpi.frequency) and one not in same]


def _notes(lines: Sequence[WindowLine]) -> tuple[str, ...]:
    """What "partial", "provisional" and an empty value mean, where they occur."""
    notes = []
    if any(line.partial for line in lines):
        notes.append(_("Partial: some of its periods have no value; target and value are those of the rest."))
    if any(line.provisional for line in lines):
        notes.append(_("Provisional: the window is not over yet."))
    notes += sorted({line.why_blank for line in lines if line.why_blank})
    return tuple(notes)


def _chart(kpi: Kpi, by: By, lines: Sequence[WindowLine], title: str) -> Chart:
    names = names_of(kpi) | {"expected": ""}
    if kpi.kind == Kind.MOVE:
        names["target"] = _("expected")
    if kpi.kind == Kind.RANGE:
        names["expected"] = _("lower bound")
    known = [line for line in lines if line.value is not None]
    return Chart(
        key="trajectory",
        recipe="trajectory",
        title=title,
        subtitle=", ".join(part for part in (kpi.text("name"), kpi.text("unit"), str(NAMES[by]).lower()) if part),
        summary=_summary(kpi, known),
        data=_data(kpi, by, lines, names),
        head=(_("Window"), _("Actual"), _("Expected"), _("Variance"), _("Periods known")),
        rows=tuple(_row(kpi, line) for line in lines),
        height=320,
    )


def _data(kpi: Kpi, by: By, lines: Sequence[WindowLine], names: dict[str, str]) -> dict[str, Any]:
    ranged = kpi.kind == Kind.RANGE
    latest = next((line for line in reversed(lines) if line.value is not None), None)
    wanted = [line.high if ranged else _wanted(line) for line in lines]
    return {
        "x": [line.period.isoformat() for line in lines],
        "actual": [drawn(line.value) for line in lines],
        "target": [drawn(value) for value in wanted] if names["target"] else None,
        "expected": [drawn(line.low) for line in lines] if ranged else None,
        "hollow": [line.value is not None and (line.partial or line.provisional) for line in lines],
        "amber": None,
        "red": None,
        "unit": kpi.text("unit"),
        "decimals": kpi.precision,
        "colour": latest.colour if latest else "grey",
        "today": None,
        "every": labels_every(NAMED_AFTER.get(by, kpi.frequency), len(lines)),
        "floor": None,
        "ceiling": None,
        "words": {"actual": _("actual"), "today": _("today"), **names},
    }


def _wanted(line: WindowLine) -> Decimal | None:
    """What was expected of its known periods; of a window that lies ahead the plan, else the target."""
    return next((value for value in (line.expected, line.plan, line.target) if value is not None), None)


def _row(kpi: Kpi, line: WindowLine) -> tuple[str, ...]:
    known = f"{line.observed} / {line.periods}"
    return (line.name, amount(line.value, kpi), amount(line.expected, kpi), change(line.variance, kpi), known)


def _summary(kpi: Kpi, known: Sequence[WindowLine]) -> str:
    if not known:
        return _("Line chart without values yet.")
    first, last = known[0], known[-1]
    return _("Line chart: from %(first)s in %(from)s to %(last)s in %(to)s.") % {
        "first": amount(first.value, kpi),
        "from": first.name,
        "last": amount(last.value, kpi),
        "to": last.name,
    }
