"""AlertRule: what is watched, where, and how patiently."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alerts.choices import KPI_KINDS, LEAST_SEVERITIES, RuleKind, Severity, ThresholdSide
from kpis.models import Kpi
from organization.models import Department, Organization, code_field
from organization.scoping import ScopedQuerySet
from organization.texts import Translated

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MAX_HOURS = 24 * 366


def hours_field(label: "StrPromise") -> "models.PositiveIntegerField[int, int]":
    return models.PositiveIntegerField(label, default=0, validators=[MaxValueValidator(MAX_HOURS)])


def share_of_one(label: "StrPromise", default: str, most: int) -> "models.DecimalField[Decimal | str | int, Decimal]":
    return models.DecimalField(
        label,
        max_digits=7,
        decimal_places=4,
        default=Decimal(default),
        validators=[MinValueValidator(0), MaxValueValidator(most)],
    )


class AlertRuleQuerySet(ScopedQuerySet["AlertRule"]):
    """A rule of one KPI lies where its KPI lies."""

    owner_fields = ("kpi__owner_id", "kpi__updater_id")

    def shared_by_all(self) -> Q:
        return Q(department__isnull=True) & (Q(kpi__isnull=True) | Q(kpi__department__isnull=True))

    def _below(self, paths: list[str]) -> Q:
        if not paths:
            return Q(pk__in=[])
        return Q(department__path__below_any=paths) | Q(kpi__department__path__below_any=paths)


class AlertRule(Translated):
    """A rule for the whole organization, for a department and below, or for one KPI.

    The most specific rules of a kind apply: a KPI's own replace those of the nearest department upward that has some,
    which replace those further up, which replace the organization's. One that is off silences what it replaces.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    code = code_field()
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=15, choices=RuleKind.choices)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    least_severity = models.CharField(_("from"), max_length=5, choices=LEAST_SEVERITIES, default=Severity.RED)
    threshold = models.DecimalField(_("threshold"), max_digits=30, decimal_places=10, null=True, blank=True)
    threshold_side = models.CharField(_("bad when"), max_length=5, choices=ThresholdSide.choices, blank=True)
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
    confidence_points = models.PositiveSmallIntegerField(
        _("drop of at least, in points"), default=20, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    probability_below = share_of_one(_("probability of the target below"), "0.5", 1)
    burn_ahead = share_of_one(_("budget used ahead of progress by more than, as a share"), "0.1", 100)
    hold_hours = hours_field(_("holds for, in hours"))
    recovery_hours = hours_field(_("is over for, in hours"))
    escalate_after_hours = models.PositiveIntegerField(
        _("escalates when nobody acknowledges for, in hours"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_HOURS)],
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
            models.CheckConstraint(
                condition=Q(department__isnull=True) | Q(kpi__isnull=True), name="alert_rule_one_place"
            ),
            models.CheckConstraint(
                condition=Q(probability_below__gte=0, probability_below__lte=1, burn_ahead__gte=0),
                name="alert_rule_shares",
            ),
            models.CheckConstraint(
                condition=Q(escalate_after_hours__isnull=True) | Q(escalate_after_hours__gte=1),
                name="alert_rule_escalation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        if self.department is not None and self.department.organization_id != self.organization_id:
            raise ValidationError({"department": ValidationError(_("No such department."), "reference")})
        if self.kpi is not None and self.kpi.organization_id != self.organization_id:
            raise ValidationError({"kpi": ValidationError(_("No such KPI."), "reference")})
        if self.kpi is not None and self.department is not None:
            text = _("A rule is for one KPI or for a department, not for both.")
            raise ValidationError({"department": ValidationError(text, "one_place")})
        if self.kpi is not None and self.kind not in KPI_KINDS:
            raise ValidationError({"kpi": ValidationError(_("A rule of this kind does not watch KPIs."), "kind")})
        if self.kind == RuleKind.THRESHOLD:
            self.require_threshold()

    def require_threshold(self) -> None:
        """A threshold and its bad side."""
        problems = {}
        if self.threshold is None:
            problems["threshold"] = ValidationError(_("Say which threshold."), "required")
        if not self.threshold_side:
            text = _("Say on which side of the threshold a value is bad.")
            problems["threshold_side"] = ValidationError(text, "required")
        if problems:
            raise ValidationError(problems)
