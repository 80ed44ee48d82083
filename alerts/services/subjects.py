"""Reading what is compared: present figures as plain values, and the rules that watch them (one query each)."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.conditions import Present, Watch
from alerts.models import AlertRule
from kpis.models import KpiFigures
from objectives.models import ObjectiveFigures


@dataclass(frozen=True)
class Subject:
    """A KPI or an objective (the other id is None) with its present figures."""

    kpi_id: int | None
    objective_id: int | None
    code: str
    department_id: int | None
    path: str | None
    owner_id: int | None
    present: Present


@dataclass(frozen=True)
class Rule:
    """A rule and the part of the department tree it watches; `path` None is the whole organization."""

    id: int
    code: str
    enabled: bool
    path: str | None
    watch: Watch

    def watches(self, subject: Subject) -> bool:
        """Whether the rule is on and the subject lies in its department or below."""
        if not self.enabled or self.path is None:
            return self.enabled
        return subject.path is not None and f"{subject.path}.".startswith(f"{self.path}.")


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
)


def kpis_of(kpi_ids: Sequence[int]) -> list[Subject]:
    """The KPIs in primary-key order."""
    about = ("pk", *(f"kpi__{name}" for name in ABOUT))
    rows = KpiFigures.objects.filter(pk__in=kpi_ids).order_by("pk").values_list(*about, *KPI_COLUMNS, "kpi__unit")
    return [
        Subject(pk, None, code, department_id, path, owner_id, Present(*figures))
        for pk, code, department_id, path, owner_id, *figures in rows
    ]


def objectives_of(objective_ids: Sequence[int]) -> list[Subject]:
    """The objectives in primary-key order; their value is the progress."""
    about = ("pk", *(f"objective__{name}" for name in ABOUT))
    columns = ("state", "colour", "progress", "expected")
    rows = ObjectiveFigures.objects.filter(pk__in=objective_ids).order_by("pk").values_list(*about, *columns)
    return [
        Subject(
            None, pk, code, department_id, path, owner_id, Present(state, colour, value=progress, expected=expected)
        )
        for pk, code, department_id, path, owner_id, state, colour, progress, expected in rows
    ]


def rules_of(organization_id: int) -> list[Rule]:
    """Every rule of the organization, those that are off included: their alerts must end."""
    rows = AlertRule.objects.filter(organization_id=organization_id).order_by("pk").select_related("department")
    return [
        Rule(
            id=rule.pk,
            code=rule.code,
            enabled=rule.enabled,
            path=rule.department.path if rule.department else None,
            watch=Watch(rule.kind, rule.least_severity, rule.variance_pct, rule.variance_abs),
        )
        for rule in rows
    ]
