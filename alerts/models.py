"""AlertRule (what is watched) and Alert (a condition that is true now, or was)."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alerts.choices import LEAST_SEVERITIES, AlertState, RuleKind, Severity
from kpis.models import Kpi
from objectives.choices import Level
from objectives.models import Objective
from organization.models import Department, Organization, User, code_field
from organization.scoping import ScopedQuerySet
from organization.texts import Translated


class AlertRuleQuerySet(ScopedQuerySet["AlertRule"]):
    owner_fields = ()


class AlertRule(Translated):
    """A rule for the whole organization or for a department and below."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    code = code_field()
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=13, choices=RuleKind.choices)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    least_severity = models.CharField(_("from"), max_length=5, choices=LEAST_SEVERITIES, default=Severity.RED)
    variance_pct = models.DecimalField(
        _("variance beyond, as a share"),
        max_digits=7,
        decimal_places=4,
        default=Decimal("0.1"),
        validators=[MinValueValidator(0)],
    )
    variance_abs = models.DecimalField(
        _("and beyond, in the KPI's unit"),
        max_digits=20,
        decimal_places=6,
        default=Decimal(0),
        validators=[MinValueValidator(0)],
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AlertRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert rule")
        verbose_name_plural = _("alert rules")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="alert_rule_code_once"),
            models.CheckConstraint(condition=Q(variance_pct__gte=0, variance_abs__gte=0), name="alert_rule_thresholds"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        if self.department is not None and self.department.organization_id != self.organization_id:
            raise ValidationError({"department": ValidationError(_("No such department."), "reference")})


class AlertQuerySet(ScopedQuerySet["Alert"]):
    def shared_by_all(self) -> Q:
        return Q(department__isnull=True) | Q(objective__level=Level.STRATEGIC)


class Alert(models.Model):
    """One condition on one KPI or objective. While `holds`, no second one is opened for the same rule and thing."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"), editable=False)
    code = code_field()
    rule = models.ForeignKey(AlertRule, on_delete=models.PROTECT, related_name="+")
    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    severity = models.CharField(_("severity"), max_length=5, choices=Severity.choices)
    state = models.CharField(_("state"), max_length=12, choices=AlertState.choices, default=AlertState.FIRING)
    holds = models.BooleanField(_("condition holds"), default=True)
    facts = models.JSONField(_("facts"), default=dict)
    opened_at = models.DateTimeField(_("opened"))
    changed_at = models.DateTimeField(_("changed"))
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    comment = models.TextField(_("comment"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="alert_code_once"),
            models.UniqueConstraint(fields=["organization", "number"], name="alert_number_once"),
            models.UniqueConstraint(
                fields=["rule", "kpi"], condition=Q(holds=True, kpi__isnull=False), name="alert_kpi_once"
            ),
            models.UniqueConstraint(
                fields=["rule", "objective"],
                condition=Q(holds=True, objective__isnull=False),
                name="alert_objective_once",
            ),
            models.CheckConstraint(
                condition=Q(kpi__isnull=False, objective__isnull=True) | Q(kpi__isnull=True, objective__isnull=False),
                name="alert_one_subject",
            ),
        ]
        indexes = [models.Index(fields=["organization", "state", "-opened_at"], name="alert_inbox")]

    def __str__(self) -> str:
        return self.code
