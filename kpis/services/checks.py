"""What a value must respect before it is stored: the bounds of its KPI, and the lock on closed periods."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from kpis.models import Kpi, PeriodLock
from kpis.periods import period_end
from organization.models import Organization
from organization.numbers import typed
from organization.records import InvalidRows, RowProblem, hold

if TYPE_CHECKING:
    from kpis.services.recording import Reading

PERIODS_LOCK: Final = 0x4C4F434B
"""First key of the advisory lock between what records values (shared) and what closes periods (alone)."""


def bound_problems(number: int, reading: "Reading", kpi: Kpi) -> list[RowProblem]:
    """A value below the smallest or above the largest possible one is refused, naming the bound."""
    value = reading.value
    if value is None:
        return []
    if kpi.minimum is not None and value < kpi.minimum:
        message = _("%(value)s is below the smallest possible value, %(bound)s.")
        return [RowProblem(number, "value", "minimum", message % {"value": typed(value), "bound": typed(kpi.minimum)})]
    if kpi.maximum is not None and value > kpi.maximum:
        message = _("%(value)s is above the largest possible value, %(bound)s.")
        return [RowProblem(number, "value", "maximum", message % {"value": typed(value), "bound": typed(kpi.maximum)})]
    return []


def require_open(
    readings: Iterable["Reading"], touched: Iterable["Reading"], kpis: Mapping[int, Kpi], organization: Organization
) -> None:
    """Refuse, by row, what would change a closed period; rows that change nothing pass.

    Holds the lock of the organization's periods shared until the transaction ends: nobody closes one meanwhile.
    """
    changing = {(row.kpi_id, row.period) for row in touched}
    if not changing:
        return
    through = locked_through(organization.pk)
    if through is None:
        return
    numbered = [(at, row) for at, row in enumerate(readings, start=1) if (row.kpi_id, row.period) in changing]
    problems = locked_problems(numbered, kpis, organization, through)
    if problems:
        raise InvalidRows(problems)


def locked_problems(
    numbered: Iterable[tuple[int, "Reading"]], kpis: Mapping[int, Kpi], organization: Organization, through: date
) -> list[RowProblem]:
    """The rows, by number, that lie in periods closed through the day."""
    first_month = organization.fiscal_year_start
    return [
        RowProblem(number, "period", "locked", locked_message(through))
        for number, row in numbered
        if period_end(row.period, kpis[row.kpi_id].frequency, first_month) <= through
    ]


def locked_message(through: date) -> str:
    """Why a value is refused, and the way that remains."""
    message = _("Periods are closed through %(day)s. Propose a restatement; a second person approves it.")
    return message % {"day": through.isoformat()}


def locked_through(organization_id: int) -> date | None:
    """The last closed day, held still until the transaction ends; None when nothing is closed."""
    hold_periods(organization_id, shared=True)
    return closed_through(organization_id)


def is_locked(kpi: Kpi, period: date) -> bool:
    """Whether a period of the KPI is closed."""
    through = closed_through(kpi.organization_id)
    return through is not None and period_end(period, kpi.frequency, kpi.organization.fiscal_year_start) <= through


def closed_through(organization_id: int) -> date | None:
    """The last closed day as it stands."""
    return (
        PeriodLock.objects.filter(organization_id=organization_id)
        .order_by("-through")
        .values_list("through", flat=True)
        .first()
    )


def hold_periods(organization_id: int, *, shared: bool) -> None:
    """Take the advisory lock on the organization's periods until the transaction ends."""
    hold(PERIODS_LOCK, organization_id, shared=shared)
