"""A KPI's status set by hand, as the scoring meets it: which statements are in force, what is shown then."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from audit.services import Entry, record_events
from kpis.models import StatusOverride
from objectives.choices import Colour, Rule, State
from objectives.pace import Status, shown_status
from objectives.services import end_statements, status_said
from organization.actors import system_actor

STATUS_COLUMNS = ("state", "colour", "rule")


def with_override(columns: Mapping[str, Any], by_hand: Status | None) -> dict[str, Any]:
    """The columns of a score with both statuses: `computed_…` as the engine says, the plain ones as shown."""
    computed = Status(State(columns["state"]), Colour(columns["colour"]), Rule(columns["rule"]))
    shown = shown_status(computed, by_hand)
    said = {name: str(getattr(shown, name)) for name in STATUS_COLUMNS}
    return {**columns, **{f"computed_{name}": columns[name] for name in STATUS_COLUMNS}, **said}


def statements_in_force(
    days: Mapping[int, date],
    recorded: Mapping[int, datetime],
    organization_of: Mapping[int, int],
    *,
    at: datetime,
) -> dict[int, Status]:
    """What was said by hand and still holds, by KPI; what a new value or the day has ended is ended. One query.

    `days` is today by KPI, `recorded` when the value shown was recorded. The KPIs' figures are locked by the caller.
    """
    rows = StatusOverride.objects.filter(kpi_id__in=list(days), ended_at__isnull=True).order_by("kpi_id")
    found = list(rows.select_related("kpi"))
    over = [row for row in found if row.is_over(recorded.get(row.kpi_id), days[row.kpi_id])]
    if over:
        end_statements(over, at=at, user_id=None)
        for organization_id in {organization_of[row.kpi_id] for row in over}:
            entries = [
                Entry("kpi.status_released", "kpi", row.kpi.code, {"state": row.state})
                for row in over
                if organization_of[row.kpi_id] == organization_id
            ]
            record_events(entries, actor=system_actor(organization_id), at=at)
    return {row.kpi_id: status_said(row) for row in found if row not in over}
