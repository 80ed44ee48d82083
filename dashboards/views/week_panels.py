"""The form of each kind of line of my week, as it stands before anybody types."""

from decimal import Decimal
from typing import Any

from alerts.forms import CloseForm, SnoozeForm
from alerts.models import Alert
from alerts.reports import words as alert_words
from dashboards.agenda import Kind
from dashboards.services import Due
from dashboards.views.objectives import is_manual
from initiatives.forms import StatusUpdateForm
from initiatives.models import Initiative
from kpis.forms import DecisionForm, ValueForm, seen_text
from kpis.models import Kpi, Restatement
from kpis.reports.entry import Entry, entry_of
from kpis.reports.restatements import restatement_rows
from objectives.forms import CheckInForm
from objectives.models import Objective
from organization.access import MemberRequest
from organization.choices import Role

IDS = "week-%s"


def panel_of(request: MemberRequest, due: Due) -> dict[str, Any]:
    """The names that the form's template reads."""
    row = due.subject
    if isinstance(row, Kpi):
        entry = entry_of(row, organization=request.organization, at=request.at, asked=due.period)
        return {"entry": entry, "form": value_form(row, entry), "present": None, "problem": ""}
    if isinstance(row, Objective):
        return {"form": check_in_form(row), "overtaken": False}
    if isinstance(row, Initiative):
        return {"form": update_form(request, row), "stale": False}
    if isinstance(row, Alert):
        start = {"version": row.version}
        return {
            "explanation": alert_words.explanation(row),
            "snooze": SnoozeForm(initial=start, auto_id=f"snooze-{IDS}"),
            "form": CloseForm(initial=start, auto_id=IDS),
            "problem": "",
        }
    return {"restatement": _restatement(request, row), "form": decision_form(row), "problem": ""}


def value_form(kpi: Kpi, entry: Entry, data: Any = None) -> ValueForm:
    """For the period that waits; `seen` is what is stored there."""
    period, stored = entry.period, entry.stored
    initial = {}
    if period is not None:
        initial = {"period": period.isoformat(), "seen": seen_text(period, stored.recorded_at if stored else None)}
    return ValueForm(data, kpi=kpi, choices=entry.choices, initial=initial, auto_id=IDS)


def check_in_form(row: Objective, data: Any = None) -> CheckInForm:
    """As it was said last."""
    start = {
        "confidence": None if row.confidence is None else Decimal(row.confidence) / 10,
        "progress": None if row.manual_progress is None else row.manual_progress * 100,
        "version": row.version,
    }
    return CheckInForm(data, initial=start, manual=is_manual(row), auto_id=IDS)


def update_form(request: MemberRequest, row: Initiative, data: Any = None) -> StatusUpdateForm:
    """As it was said last, with what blocked it then."""
    start = {**StatusUpdateForm.present_state(row), "blocker": last_blocker(row)}
    any_stage = request.actor.holds(Role.STRATEGY_OFFICE)
    return StatusUpdateForm(data, initiative=row, any_stage=any_stage, initial=start, auto_id=IDS)


def last_blocker(row: Initiative) -> str:
    """What the latest update says that blocks it."""
    return row.status_updates.order_by("-at", "-pk").values_list("blocker", flat=True).first() or ""


def decision_form(row: Restatement, data: Any = None) -> DecisionForm:
    return DecisionForm(data, initial={"version": row.version}, auto_id=IDS)


def _restatement(request: MemberRequest, row: Restatement) -> Any:
    return restatement_rows([row], request.actor)[0]


def key_of(kind: Kind, code: str) -> str:
    """The key of a line."""
    return f"{kind}:{code}"
