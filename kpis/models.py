"""Kpi, its dated targets, its measurements with every correction, its use by objectives, its stored figures."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kpis.choices import (
    BUILT_TRAJECTORIES,
    Direction,
    Flag,
    Frequency,
    Freshness,
    Kind,
    TimeAggregation,
    Trajectory,
    UnitAggregation,
)
from objectives.choices import Colour, Rule, State
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
            models.CheckConstraint(condition=Q(trajectory__in=sorted(BUILT_TRAJECTORIES)), name="kpi_trajectory"),
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


class Measurement(models.Model):
    """What was observed for a period, as known now. The natural key is the primary key."""

    pk = models.CompositePrimaryKey("kpi_id", "period")
    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="measurements")
    period = models.DateField(_("period"))
    value = value_field(_("value"))
    numerator = value_field(_("numerator"))
    denominator = value_field(_("denominator"))
    estimate = models.BooleanField(_("estimate"), default=False)
    note = models.TextField(_("note"), blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(_("source"), max_length=20)

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.period}: {self.value}"


class MeasurementRevision(models.Model):
    """A value that was replaced: what it said, since when, who replaced it when and why. Nothing is overwritten."""

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="+")
    period = models.DateField(_("period"))
    value = value_field(_("value"))
    numerator = value_field(_("numerator"))
    denominator = value_field(_("denominator"))
    estimate = models.BooleanField(_("estimate"), default=False)
    note = models.TextField(_("note"), blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(_("source"), max_length=20)
    replaced_at = models.DateTimeField(_("replaced"))
    replaced_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("replaced value")
        verbose_name_plural = _("replaced values")
        ordering = ["-replaced_at", "-id"]
        indexes = [models.Index(fields=["kpi", "period", "-replaced_at"], name="revision_of_period")]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.period}: {self.value}"


class KpiFigures(models.Model):
    """The narrow result table of the scoring: one row per KPI, written by `kpis.services` alone.

    `due_at` says when time alone may change the figures (the organization's next midnight);
    `announced` is False until alerts have compared the new state with the open alerts.
    """

    kpi = models.OneToOneField(Kpi, on_delete=models.CASCADE, primary_key=True, related_name="figures")
    period = models.DateField(null=True)
    value = value_field("")
    previous_value = value_field("")
    target = value_field("")
    low = value_field("")
    high = value_field("")
    expected = value_field("")
    expected_share = models.FloatField(null=True)
    progress = models.FloatField(null=True)
    attainment = models.FloatField(null=True)
    achieved = models.BooleanField(null=True)
    compliance_rate = models.FloatField(null=True)
    variance = value_field("")
    favourable_variance = value_field("")
    variance_pct = models.FloatField(null=True)
    state = models.CharField(max_length=15, choices=State.choices, default=State.NO_DATA)
    colour = models.CharField(max_length=5, choices=Colour.choices, default=Colour.GREY)
    rule = models.CharField(max_length=12, choices=Rule.choices, default=Rule.NO_DATA)
    outline_colour = models.CharField(max_length=5, choices=Colour.choices, blank=True)
    freshness = models.CharField(max_length=7, choices=Freshness.choices, default=Freshness.NO_DATA)
    due_on = models.DateField(null=True)
    flags = ArrayField(models.CharField(max_length=10, choices=Flag.choices), default=list)
    counts = models.BooleanField(default=False)
    roll_progress = models.FloatField(null=True)
    roll_expected = models.FloatField(null=True)
    recorded_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    announced = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("figures of a KPI")
        verbose_name_plural = _("figures of KPIs")
        indexes = [
            models.Index(
                fields=["due_at", "kpi"], name="kpi_figures_due"
            ),  # used by evaluate_due to claim its messages
            models.Index(fields=["kpi"], name="kpi_figures_unannounced", condition=Q(announced=False)),  # by alerts
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id}: {self.value}"
