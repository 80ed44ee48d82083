"""Reading what is compared: present figures as plain values, and the rules that watch them (one query each)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from alerts.choices import INITIATIVE_KINDS, KPI_KINDS, OBJECTIVE_KINDS, RuleKind
from alerts.conditions import Outlook, Present, Watch
from alerts.inheritance import RuleBook
from alerts.lifecycle import Patience
from alerts.models import AlertRule, LastSeen
from initiatives.models import Initiative
from kpis.models import KpiFigures
from objectives.models import CheckIn, ObjectiveFigures

CHECK_INS_SEEN = 3


@dataclass(frozen=True)
class Before:
    """How a subject stood at the last comparison; empty words where there was none."""

    state: str = ""
    colour: str = ""
    value: str = ""


@dataclass(frozen=True)
class Subject:
    """A KPI, an objective or an initiative (the other ids are None) with its present figures."""

    kpi_id: int | None
    objective_id: int | None
    code: str
    department_id: int | None
    path: str | None
    owner_id: int | None
    present: Present
    initiative_id: int | None = None
    before: Before = field(default_factory=Before)

    @property
    def kinds(self) -> frozenset[RuleKind]:
        """Kinds of rules that watch such a thing."""
        if self.kpi_id is not None:
            return KPI_KINDS
        return OBJECTIVE_KINDS if self.objective_id is not None else INITIATIVE_KINDS


@dataclass(frozen=True)
class Rule:
    """A rule, its place (a KPI, a department and below, or the organization) and its patience."""

    id: int
    code: str
    enabled: bool
    kpi_id: int | None
    path: str | None
    watch: Watch
    patience: Patience

    @property
    def kind(self) -> str:
        return self.watch.kind


ABOUT = ("code", "department_id", "department__path", "owner_id")
KPI_COLUMNS = (
    "state",
    "colour",
    "freshness",
    "period",
    "value",
    "expected",
    "variance",
    "favourable_variance",
    "variance_pct",
    "kpi__unit",
    "kpi__precision",
    "target",
)
OUTLOOK_COLUMNS = (
    "signal_rule",
    "signal_nature",
    "signal_period",
    "lower_limit",
    "upper_limit",
    "forecast_period",
    "forecast_value",
    "forecast_low",
    "forecast_high",
    "probability",
)


def kpis_of(kpi_ids: Sequence[int]) -> list[Subject]:
    """The KPIs in primary-key order, with what their past says of them: two queries."""
    before = _seen(Q(kpi_id__in=kpi_ids))
    about = ("pk", *(f"kpi__{name}" for name in ABOUT))
    outlook = tuple(f"kpi__outlook__{name}" for name in ("stale", "computed_at", *OUTLOOK_COLUMNS))
    rows = KpiFigures.objects.filter(pk__in=kpi_ids).order_by("pk").values_list(*about, *KPI_COLUMNS, *outlook)
    return [
        Subject(
            pk,
            None,
            code,
            department_id,
            path,
            owner_id,
            _present(figures),
            before=before.get((pk, None), Before()),
        )
        for pk, code, department_id, path, owner_id, *figures in rows
    ]


def objectives_of(objective_ids: Sequence[int], *, with_confidence: bool) -> list[Subject]:
    """The objectives in primary-key order; their value is the progress. Three queries at most."""
    before = _seen(Q(objective_id__in=objective_ids))
    said = _confidences(objective_ids) if with_confidence and objective_ids else {}
    about = ("pk", *(f"objective__{name}" for name in ABOUT))
    columns = ("state", "colour", "progress", "expected")
    rows = ObjectiveFigures.objects.filter(pk__in=objective_ids).order_by("pk").values_list(*about, *columns)
    return [
        Subject(
            None,
            pk,
            code,
            department_id,
            path,
            owner_id,
            Present(state, colour, value=progress, expected=expected, confidences=said.get(pk, ())),
            before=before.get((None, pk), Before()),
        )
        for pk, code, department_id, path, owner_id, state, colour, progress, expected in rows
    ]


def initiatives_of(initiative_ids: Iterable[int]) -> list[Subject]:
    """The initiatives in primary-key order; their state is the stage, their value the progress. One query."""
    columns = ("stage", "status", "progress", "budget", "actual_cost", "organization__currency")
    rows = Initiative.objects.filter(pk__in=list(initiative_ids)).order_by("pk").values_list("pk", *ABOUT, *columns)
    return [
        Subject(
            None,
            None,
            code,
            department_id,
            path,
            owner_id,
            Present(stage, status, value=progress, budget=budget, actual_cost=cost, unit=currency),
            initiative_id=pk,
        )
        for pk, code, department_id, path, owner_id, stage, status, progress, budget, cost, currency in rows
    ]


def rules_of(organization_id: int) -> RuleBook[Rule]:
    """Every rule of the organization, those that are off included: they silence what they replace."""
    rows = AlertRule.objects.filter(organization_id=organization_id).order_by("pk").select_related("department")
    return RuleBook(plain_rule(rule) for rule in rows)


def plain_rule(rule: AlertRule) -> Rule:
    """A rule's row as a plain value."""
    return Rule(
        id=rule.pk,
        code=rule.code,
        enabled=rule.enabled,
        kpi_id=rule.kpi_id,
        path=rule.department.path if rule.department else None,
        watch=Watch(
            rule.kind,
            rule.least_severity,
            rule.variance_pct,
            rule.variance_abs,
            rule.threshold,
            rule.threshold_side,
            rule.confidence_points,
            rule.probability_below,
            rule.burn_ahead,
        ),
        patience=patience_of(rule),
    )


def patience_of(rule: AlertRule) -> Patience:
    """Hours as spans of time."""
    hours = rule.escalate_after_hours
    return Patience(
        timedelta(hours=rule.hold_hours),
        timedelta(hours=rule.recovery_hours),
        None if hours is None else timedelta(hours=hours),
    )


def _present(columns: Sequence[Any]) -> Present:
    names = [name.removeprefix("kpi__") for name in KPI_COLUMNS]
    figures = dict(zip(names, columns, strict=False))
    return Present(**figures, outlook=_outlook(columns[len(names) :]))


def _outlook(columns: Sequence[Any]) -> Outlook:
    stale, computed_at, *said = columns
    if stale is not False or computed_at is None:
        return Outlook()
    return Outlook(**dict(zip(OUTLOOK_COLUMNS, said, strict=True)), known=True)


def _seen(about: Q) -> dict[tuple[int | None, int | None], Before]:
    rows = LastSeen.objects.filter(about).values_list("kpi_id", "objective_id", "state", "colour", "value")
    return {(kpi_id, objective_id): Before(*said) for kpi_id, objective_id, *said in rows}


def _confidences(objective_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The confidence of the last check-ins that gave one, by objective, the newest first."""
    place = Window(RowNumber(), partition_by=F("objective_id"), order_by=[F("at").desc(), F("pk").desc()])
    rows = CheckIn.objects.filter(objective_id__in=objective_ids, confidence__isnull=False).annotate(place=place)
    found: dict[int, tuple[int, ...]] = {}
    for objective_id, points in (
        rows.filter(place__lte=CHECK_INS_SEEN)
        .order_by("objective_id", "place")
        .values_list("objective_id", "confidence")
    ):
        found[objective_id] = (*found.get(objective_id, ()), int(points or 0))
    return found
