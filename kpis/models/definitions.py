"""Kpi, its dated targets, its use by objectives, and the KPIs that its formula reads."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kpis.choices import Direction, Frequency, Kind, TimeAggregation, Trajectory, UnitAggregation
from objectives.models import Objective
from organization.models import Department, Organization, User, code_field
from organization.scoping import ScopedQuerySet
from organization.texts import Translated, full_text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def value_field(label: "str | StrPromise") -> "models.DecimalField[str | int | Decimal | None, Decimal | None]":
    """An exact value; the KPI's precision decides how it is rounded before any comparison."""
    return models.DecimalField(label, max_digits=30, decimal_places=10, null=True, blank=True)


class KpiQuerySet(ScopedQuerySet["Kpi"]):
    owner_fields = ("owner_id", "updater_id")

    def of_their_own(self) -> "KpiQuerySet":
        """Without those that are a breakdown of another one: series, which lists and counts leave out."""
        return self.filter(dimensions={})

    def computed(self) -> "KpiQuerySet":
        """Those whose values follow from other KPIs' values: by a formula, or from their parts."""
        parts = Kpi.objects.filter(parent=OuterRef("pk"))
        return self.filter(~Q(formula="") | (~Q(unit_aggregation=UnitAggregation.NONE) & Exists(parts)))


class Kpi(Translated):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    code = code_field()
    name = models.CharField(_("name"), max_length=500)
    description = models.TextField(_("description"), blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    updater = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    precision = models.PositiveSmallIntegerField(_("decimals"), default=0, validators=[MaxValueValidator(10)])
    direction = models.CharField(_("direction"), max_length=4, choices=Direction.choices, default=Direction.UP)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices, default=Kind.MOVE)
    frequency = models.CharField(_("frequency"), max_length=9, choices=Frequency.choices, default=Frequency.MONTHLY)
    time_aggregation = models.CharField(
        _("over time"), max_length=5, choices=TimeAggregation.choices, default=TimeAggregation.LAST
    )
    unit_aggregation = models.CharField(
        _("across departments"), max_length=13, choices=UnitAggregation.choices, default=UnitAggregation.NONE
    )
    baseline = value_field(_("baseline"))
    target = value_field(_("target"))
    low = value_field(_("lower bound"))
    high = value_field(_("upper bound"))
    width = value_field(_("tolerance width"))
    start = models.DateField(_("start"), null=True, blank=True)
    end = models.DateField(_("end"), null=True, blank=True)
    trajectory = models.CharField(_("trajectory"), max_length=10, choices=Trajectory.choices, default=Trajectory.LINEAR)
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=10)
    minimum = value_field(_("smallest possible value"))
    maximum = value_field(_("largest possible value"))
    cumulative = models.BooleanField(
        _("running total"), default=False, help_text=_("Each value contains the ones before it; no signals are read.")
    )
    formula = models.TextField(_("formula"), blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        help_text=_("The KPI that sums this one up across departments."),
    )
    unit_weight = models.DecimalField(
        _("weight among the parts"),
        max_digits=20,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("For a weighted mean; empty means the headcount of the department."),
    )
    dimensions = models.JSONField(
        _("breakdown"), default=dict, blank=True, help_text=_("What sets a series apart from the KPI it is part of.")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = KpiQuerySet.as_manager()

    class Meta:
        verbose_name = _("KPI")
        verbose_name_plural = _("KPIs")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="kpi_code_once"),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")), name="kpi_dates"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(high__gte=F("low")), name="kpi_bounds"
            ),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(maximum__isnull=True) | Q(maximum__gte=F("minimum")),
                name="kpi_possible_values",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="kpi_not_its_own_part"),
            models.CheckConstraint(condition=Q(dimensions={}) | Q(parent__isnull=False), name="kpi_series_has_parent"),
        ]
        indexes = [GinIndex(full_text("code", "name", "description"), name="kpi_text")]  # the filter q

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Target(models.Model):
    """The wanted value from a period on; the latest one at or before a date is valid then."""

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="targets")
    period = models.DateField(_("period"))
    value = value_field(_("value"))
    low = value_field(_("lower bound"))
    high = value_field(_("upper bound"))
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["kpi_id", "period"]
        constraints = [models.UniqueConstraint(fields=["kpi", "period"], name="target_once")]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.period}"


class Measure(models.Model):
    """The weighted use of a KPI by an objective."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="+")
    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="measures")
    weight = models.DecimalField(
        _("weight"), max_digits=14, decimal_places=6, default=Decimal(1), validators=[MinValueValidator(0)]
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["objective_id", "kpi_id"]
        constraints = [
            models.UniqueConstraint(fields=["objective", "kpi"], name="measure_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="measure_weight"),
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id} → {self.objective_id}"


class FormulaOperand(models.Model):
    """One KPI that another one's formula reads: derived from the formula when it is saved."""

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="operands")
    operand = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="readers")

    class Meta:
        verbose_name = _("operand")
        verbose_name_plural = _("operands")
        constraints = [models.UniqueConstraint(fields=["kpi", "operand"], name="operand_once")]

    def __str__(self) -> str:
        return f"{self.operand_id} → {self.kpi_id}"
