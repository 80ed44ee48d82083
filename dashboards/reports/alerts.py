"""Open alerts in short."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When, Window
from django.utils.translation import gettext as _

from alerts.choices import AlertState, RuleKind, Severity
from alerts.models import Alert
from dashboards.reports.links import initiative_url, kpi_url, objective_url
from objectives.choices import Colour, State
from organization.actors import Actor
from organization.texts import local_text

ROWS_SHOWN: Final = 5
LOOKS: Final = {
    Severity.RED.value: (State.OFF_TRACK.value, Colour.RED.value),
    Severity.AMBER.value: (State.AT_RISK.value, Colour.AMBER.value),
    Severity.DATA.value: (State.NO_DATA.value, Colour.GREY.value),
}
FIELDS: Final = [
    "code",
    "severity",
    "state",
    "opened_at",
    "ended_at",
    "rule__kind",
    "kpi__code",
    "kpi__name",
    "kpi__translations",
    "objective__code",
    "objective__title",
    "objective__translations",
    "initiative__code",
    "initiative__title",
    "initiative__translations",
    "owner__name",
]

SUBJECTS: Final = (
    ("kpi", "name", kpi_url),
    ("objective", "title", objective_url),
    ("initiative", "title", initiative_url),
)
"""What an alert may be about, the field of its name, its address."""


@dataclass(frozen=True)
class AlertRow:
    """One alert: what it is about and since when."""

    code: str
    name: str
    subject: str
    url: str
    state: str
    colour: str
    kind: str
    owner: str
    opened_at: datetime
    ended_at: datetime | None
    is_acknowledged: bool
    has_recovered: bool


@dataclass(frozen=True)
class OpenAlerts:
    """The loudest, out of how many."""

    rows: tuple[AlertRow, ...]
    total: int


def alert_rows(rows: "QuerySet[Alert]", limit: int) -> tuple[AlertRow, ...]:
    """One query."""
    return tuple(_row(row) for row in rows.values(*FIELDS)[:limit])


def open_alerts(actor: Actor) -> OpenAlerts:
    """What nobody has taken up yet first, then the most severe, then the newest (one query)."""
    severity = Case(
        When(severity=Severity.RED, then=Value(0)),
        When(severity=Severity.AMBER, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    taken = Case(When(state=AlertState.FIRING, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = Alert.objects.asking().visible_to(actor)
    counted = rows.annotate(total=Window(Count("pk"))).order_by(taken, severity, "-opened_at", "-pk")
    found = list(counted.values("total", *FIELDS)[: ROWS_SHOWN * 3])
    shown = _one_for_each_subject(tuple(_row(dict(row)) for row in found))[:ROWS_SHOWN]
    return OpenAlerts(shown, found[0]["total"] if found else 0)


def _one_for_each_subject(rows: tuple[AlertRow, ...]) -> tuple[AlertRow, ...]:
    """Several rules may say the same of one thing: one row then names them all."""
    found: dict[str, AlertRow] = {}
    for row in rows:
        known = found.setdefault(row.url, row)
        if row.kind not in known.kind:
            found[row.url] = replace(known, kind=f"{known.kind}, {row.kind}")
    return tuple(found.values())


def _row(row: dict[str, Any]) -> AlertRow:
    state, colour = LOOKS[row["severity"]]
    subject, field, address = next(one for one in SUBJECTS if row[f"{one[0]}__code"])
    about = row[f"{subject}__code"]
    name = local_text(row[f"{subject}__{field}"], row[f"{subject}__translations"], field)
    return AlertRow(
        code=row["code"],
        name=name,
        subject=about,
        url=address(about),
        state=state,
        colour=colour,
        kind=_kind(row["rule__kind"], row["severity"]),
        owner=row["owner__name"] or "",
        opened_at=row["opened_at"],
        ended_at=row["ended_at"],
        is_acknowledged=row["state"] == AlertState.ACKNOWLEDGED,
        has_recovered=row["state"] == AlertState.RESOLVED,
    )


def _kind(kind: str, severity: str) -> str:
    """What the condition says, in a few words."""
    if kind == RuleKind.STALE:
        return _("value out of date")
    if kind == RuleKind.VARIANCE:
        return _("variance beyond the threshold")
    said = {
        RuleKind.THRESHOLD: _("value beyond the threshold"),
        RuleKind.SIGNAL: _("signal of concern"),
        RuleKind.FORECAST: _("target likely to be missed"),
        RuleKind.CONFIDENCE: _("confidence falls"),
        RuleKind.BUDGET: _("budget used ahead of progress"),
    }
    if kind in said:
        return said[RuleKind(kind)]
    return _("turned off track") if severity == Severity.RED else _("turned at risk")
