"""The rules: what is watched, with which thresholds, how many alerts are open because of it."""

from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from alerts.choices import OPEN_STATES, RuleKind
from alerts.forms import RuleForm
from alerts.models import Alert, AlertRule
from organization.actors import Actor


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule with the form that changes it; no form for who may only look on."""

    code: str
    name: str
    kind: str
    kind_word: str
    department: str
    enabled: bool
    least_severity: str
    variance_pct: float
    variance_abs: str
    open_alerts: int
    form: RuleForm | None
    is_refused: bool


def rule_lines(actor: Actor, refused: tuple[str, RuleForm] | None = None) -> tuple[RuleLine, ...]:
    """The rules that the actor sees: two queries. `refused` is the code of a rule and its form with errors."""
    of_rule = Alert.objects.filter(rule=OuterRef("pk"), state__in=OPEN_STATES).order_by().values("rule")
    count = Subquery(of_rule.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    rules = AlertRule.objects.visible_to(actor).select_related("department").annotate(open_alerts=Coalesce(count, 0))
    editable = set(AlertRule.objects.editable_by(actor).values_list("pk", flat=True))
    lines = []
    for rule in rules.order_by("kind", "code"):
        form = RuleForm(rule=rule) if rule.pk in editable else None
        is_refused = refused is not None and refused[0] == rule.code
        lines.append(_line(rule, refused[1] if refused is not None and is_refused else form, is_refused))
    return tuple(lines)


def _line(rule: AlertRule, form: RuleForm | None, is_refused: bool) -> RuleLine:
    return RuleLine(
        code=rule.code,
        name=rule.text("name"),
        kind=rule.kind,
        kind_word=str(RuleKind(rule.kind).label),
        department=rule.department.text("name") if rule.department else "",
        enabled=rule.enabled,
        least_severity=rule.least_severity,
        variance_pct=float(rule.variance_pct),
        variance_abs=format(rule.variance_abs.normalize(), "f"),
        open_alerts=rule.open_alerts,  # type: ignore[attr-defined]
        form=form,
        is_refused=is_refused,
    )
