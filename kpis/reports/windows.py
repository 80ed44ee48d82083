"""A KPI by month, quarter, year, to date or over twelve months, as a reader sees it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpis.choices import Frequency
from kpis.models import Kpi
from kpis.reports.words import language
from kpis.services import windows_of_kpi
from kpis.windows import Blank, By, TooShort, WindowPoint
from objectives.services import today_of
from organization.downloads import Cell
from organization.drawing import dates
from organization.models import Organization

NAMES: Final = {
    By.MONTH: gettext_lazy("Month"),
    By.QUARTER: gettext_lazy("Quarter"),
    By.YEAR: gettext_lazy("Year"),
    By.QTD: gettext_lazy("Quarter to date"),
    By.YTD: gettext_lazy("Year to date"),
    By.ROLLING12: gettext_lazy("Last twelve months"),
}
NAMED_AFTER: Final = {
    By.MONTH: Frequency.MONTHLY.value,
    By.QUARTER: Frequency.QUARTERLY.value,
    By.YEAR: Frequency.YEARLY.value,
}
WINDOW_HEAD: Final = (
    "window",
    "first",
    "last",
    "value",
    "numerator",
    "denominator",
    "target",
    "expected",
    "variance",
    "variance_pct",
    "state",
    "colour",
    "observed",
    "periods",
    "coverage",
    "partial",
    "provisional",
    "blank",
)


@dataclass(frozen=True, slots=True)
class WindowLine:
    """One window of the table, the same figures as in the API; `why_blank` is the sentence where there is no value."""

    name: str
    period: date
    first: date
    last: date
    value: Decimal | None
    target: Decimal | None
    low: Decimal | None
    high: Decimal | None
    plan: Decimal | None
    expected: Decimal | None
    variance: Decimal | None
    variance_pct: Decimal | None
    good: bool | None
    colour: str
    state: str
    observed: int
    periods: int
    coverage: Decimal
    partial: bool
    provisional: bool
    why_blank: str


def windowed_lines(
    kpi: Kpi,
    by: By,
    *,
    organization: Organization,
    at: datetime,
    since: date | None = None,
    until: date | None = None,
) -> tuple[WindowLine, ...]:
    """The KPI's windows, oldest first. Raises TooShort. Two queries."""
    points = windows_of_kpi(kpi, by=by, on=today_of(organization, at), since=since, until=until)
    return tuple(_line(point, by, kpi) for point in points)


def window_values(kpi: Kpi, by: By, *, organization: Organization, at: datetime) -> Iterator[tuple[Cell, ...]]:
    """The same as lines of a file, under WINDOW_HEAD."""
    for point in windows_of_kpi(kpi, by=by, on=today_of(organization, at)):
        cells = {one.name: getattr(point, one.name) for one in fields(WindowPoint)}
        cells |= {
            "window": window_name(point, by, kpi),
            "state": str(point.state or ""),
            "colour": str(point.colour),
            "blank": str(point.blank),
        }
        yield tuple(cells[name] for name in WINDOW_HEAD)


def window_name(point: WindowPoint, by: By, kpi: Kpi) -> str:
    """2026, Q2 2026, May 2026; Jan 2026 to May 2026 for what runs up to a period."""
    tongue = language()
    if by in NAMED_AFTER:
        return dates.period(point.first, NAMED_AFTER[by], tongue)
    months = [dates.period(day, Frequency.MONTHLY.value, tongue) for day in (point.first, point.last)]
    return months[0] if months[0] == months[1] else _("%(first)s to %(last)s") % {"first": months[0], "last": months[1]}


def too_short(error: TooShort) -> str:
    """Why a KPI cannot be looked at like this."""
    frequency = Frequency(error.frequency)
    return _("A KPI that is measured %(frequency)s has no value by this window: %(window)s.") % {
        "frequency": str(frequency.label).lower(),
        "window": str(NAMES[error.by]).lower(),
    }


def why_blank(blank: Blank) -> str:
    """Why a window has no value although something was observed."""
    words = {
        Blank.NOT_AGGREGATED: _("Not aggregated over time: a longer period has to come from the source."),
        Blank.NO_OPERANDS: _("A ratio without its numerators and denominators."),
        Blank.ZERO_DIVISOR: _("The denominators add up to zero."),
        Blank.STALE: _("The last value was out of date by then."),
    }
    return words.get(blank, "")


def _line(point: WindowPoint, by: By, kpi: Kpi) -> WindowLine:
    return WindowLine(
        name=window_name(point, by, kpi),
        period=point.period,
        first=point.first,
        last=point.last,
        value=point.value,
        target=point.target,
        low=point.low,
        high=point.high,
        plan=point.plan,
        expected=point.expected,
        variance=point.variance,
        variance_pct=point.variance_pct,
        good=None if point.favourable_variance is None else point.favourable_variance >= 0,
        colour=str(point.colour),
        state=str(point.state or ""),
        observed=point.observed,
        periods=point.periods,
        coverage=point.coverage,
        partial=point.partial,
        provisional=point.provisional,
        why_blank=why_blank(point.blank),
    )
