"""Initiative, its allocation to objectives, its status updates."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from initiatives.choices import Declared, Stage
from objectives.models import Objective, confidence_field
from organization.models import Department, Organization, User, code_field
from organization.scoping import ScopedQuerySet
from organization.texts import Translated, full_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def progress_field() -> "models.DecimalField[Decimal | str | int | None, Decimal | None]":
    return models.DecimalField(
        _("progress"),
        max_digits=5,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )


def money_field(label: "StrOrPromise") -> "models.DecimalField[Decimal | str | int | None, Decimal | None]":
    """An amount in the organization's currency."""
    return models.DecimalField(label, max_digits=20, decimal_places=4, null=True, blank=True)


class InitiativeQuerySet(ScopedQuerySet["Initiative"]):
    owner_fields = ("owner_id", "sponsor_id")


class Initiative(Translated):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    code = code_field()
    title = models.CharField(_("title"), max_length=500)
    description = models.TextField(_("description"), blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sponsor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stage = models.CharField(_("stage"), max_length=11, choices=Stage.choices, default=Stage.IDEA)
    start = models.DateField(_("start"), null=True, blank=True)
    end = models.DateField(_("end"), null=True, blank=True)
    budget = money_field(_("budget"))
    actual_cost = money_field(_("cost to date"))
    progress = progress_field()
    status = models.CharField(_("status"), max_length=5, choices=Declared.choices, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    confidence = confidence_field()
    status_at = models.DateTimeField(_("last status update"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="initiative_code_once"),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")), name="initiative_dates"
            ),
            models.CheckConstraint(
                condition=Q(progress__isnull=True) | Q(progress__gte=0, progress__lte=1), name="initiative_progress"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "stage", "status"], name="initiative_by_status"),
            GinIndex(full_text("code", "title", "description"), name="initiative_text"),  # the filter q
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def clean(self) -> None:
        if self.start and self.end and self.end < self.start:
            raise ValidationError({"end": ValidationError(_("The end lies before the start."), "dates")})
        if self.department is not None and self.department.organization_id != self.organization_id:
            raise ValidationError({"department": ValidationError(_("No such department."), "reference")})


class InitiativeObjective(models.Model):
    """Which objectives an initiative serves, with its share of the effort; no shares at all = equal shares."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="allocations")
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="+")
    allocation = models.DecimalField(
        _("share"),
        max_digits=7,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["initiative_id", "objective_id"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "objective"], name="allocation_once"),
            models.CheckConstraint(
                condition=Q(allocation__isnull=True) | Q(allocation__gte=0, allocation__lte=1), name="allocation_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.initiative_id} → {self.objective_id}"


class StatusUpdate(models.Model):
    """A dated statement on an initiative: how it stands, how sure its manager is, what blocks it."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="status_updates")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))
    stage = models.CharField(_("stage"), max_length=11, choices=Stage.choices)
    status = models.CharField(_("status"), max_length=5, choices=Declared.choices, blank=True)
    progress = progress_field()
    previous_progress = progress_field()
    confidence = confidence_field()
    comment = models.TextField(_("comment"), blank=True)
    blocker = models.TextField(_("blocker"), blank=True)

    class Meta:
        verbose_name = _("status update")
        verbose_name_plural = _("status updates")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["initiative", "-at"], name="status_update_latest")]

    def __str__(self) -> str:
        return f"{self.initiative_id} {self.at:%Y-%m-%d}"


class AlignmentSnapshot(models.Model):
    """One figure of alignment coverage (SEMANTICS §14) at the end of a day: so many of so many.

    `value` is numerator / denominator, None without a denominator. Written by `initiatives.services.alignment` alone.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    measure = models.CharField(_("figure"), max_length=20)
    numerator = models.FloatField(default=0)
    denominator = models.FloatField(default=0)
    value = models.FloatField(null=True)

    class Meta:
        verbose_name = _("alignment on a day")
        verbose_name_plural = _("alignment on days")
        ordering = ["organization_id", "measure", "day"]
        constraints = [models.UniqueConstraint(fields=["organization", "measure", "day"], name="alignment_once_a_day")]

    def __str__(self) -> str:
        return f"{self.measure} {self.day}: {self.value}"
