"""Measurements with every correction, the batches they came in, and the lock on what is closed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kpis.choices import BatchState, RestatementState
from kpis.models.definitions import Kpi, value_field
from organization.models import Organization, User, code_field


class Batch(models.Model):
    """Values that came together: a file with its columns assigned, or a call of the API. Undone as a whole."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"), editable=False)
    code = code_field()
    state = models.CharField(_("state"), max_length=9, choices=BatchState.choices, default=BatchState.DRAFT)
    source = models.CharField(_("source"), max_length=20)
    name = models.CharField(_("file"), max_length=255, blank=True)
    content = models.BinaryField(null=True, editable=False)
    columns = models.JSONField(_("columns"), default=dict)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(_("started"))
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(_("applied"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("batch of values")
        verbose_name_plural = _("batches of values")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="batch_number_once"),
            models.UniqueConstraint(fields=["organization", "code"], name="batch_code_once"),
        ]

    def __str__(self) -> str:
        return self.code


class PeriodLock(models.Model):
    """Every period that ends on or before the day is closed: a change to it is a restatement. Never moved back."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    through = models.DateField(_("through"))
    locked_at = models.DateTimeField(_("locked"))
    locked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("lock of periods")
        verbose_name_plural = _("locks of periods")
        ordering = ["-through"]
        constraints = [models.UniqueConstraint(fields=["organization", "through"], name="lock_once")]

    def __str__(self) -> str:
        return f"{self.organization_id} → {self.through}"


class RestatementQuerySet(models.QuerySet["Restatement"]):
    def waiting(self) -> "RestatementQuerySet":
        """Those that a second person still has to decide."""
        return self.filter(state=RestatementState.PROPOSED)


class Restatement(models.Model):
    """A proposed change of closed periods; a second person approves or rejects it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"), editable=False)
    code = code_field()
    reason = models.TextField(_("reason"))
    state = models.CharField(
        _("state"), max_length=9, choices=RestatementState.choices, default=RestatementState.PROPOSED
    )
    proposed_at = models.DateTimeField(_("proposed"))
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    comment = models.TextField(_("comment"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RestatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("restatement")
        verbose_name_plural = _("restatements")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="restatement_number_once"),
            models.UniqueConstraint(fields=["organization", "code"], name="restatement_code_once"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(proposed_by__isnull=True)
                | Q(state="withdrawn")
                | ~Q(decided_by=F("proposed_by")),
                name="restatement_second_person",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RestatedValue(models.Model):
    """One value that a restatement wants to store, and what stood there when it was proposed."""

    restatement = models.ForeignKey(Restatement, on_delete=models.CASCADE, related_name="values")
    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="+")
    period = models.DateField(_("period"))
    value = value_field(_("value"))
    numerator = value_field(_("numerator"))
    denominator = value_field(_("denominator"))
    estimate = models.BooleanField(_("estimate"), default=False)
    note = models.TextField(_("note"), blank=True)
    former = value_field(_("former value"))

    class Meta:
        verbose_name = _("restated value")
        verbose_name_plural = _("restated values")
        ordering = ["kpi_id", "period"]
        constraints = [models.UniqueConstraint(fields=["restatement", "kpi", "period"], name="restated_once")]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.period}: {self.value}"


class Measurement(models.Model):
    """What was observed for a period, as known now. The natural key is the primary key.

    `source` says who speaks: a machine, a page, or one of `kpis.choices.COMPUTED`. `coverage` is the known share of the
    parts that a computed value was made of (None for an observed one).
    """

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
    coverage = models.FloatField(_("coverage"), null=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        indexes = [
            models.Index(fields=["batch"], name="measurement_batch", condition=Q(batch__isnull=False)),  # to undo one
        ]

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
    coverage = models.FloatField(_("coverage"), null=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    replaced_at = models.DateTimeField(_("replaced"))
    replaced_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"))
    restatement = models.ForeignKey(Restatement, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("replaced value")
        verbose_name_plural = _("replaced values")
        ordering = ["-replaced_at", "-id"]
        indexes = [
            models.Index(fields=["kpi", "period", "-replaced_at"], name="revision_of_period"),
            models.Index(fields=["batch"], name="revision_batch", condition=Q(batch__isnull=False)),  # to undo one
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.period}: {self.value}"
