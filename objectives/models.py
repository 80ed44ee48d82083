"""Vision, Objective, Contribution (the weighted graph), CheckIn, and the stored figures of the roll-up."""

from datetime import date, datetime
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from objectives.choices import Colour, EdgeKind, Level, Lifecycle, Perspective, ProgressMode, RollupState, Rule, State
from organization.models import Department, Organization, User, code_field
from organization.scoping import ScopedQuerySet
from organization.texts import Translated, full_text


def confidence_field() -> "models.PositiveSmallIntegerField[int | None, int | None]":
    """Probability in percent that the target will be met (SEMANTICS §10)."""
    return models.PositiveSmallIntegerField(
        _("confidence"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )


class VisionQuerySet(ScopedQuerySet["Vision"]):
    owner_fields = ()

    def shared_by_all(self) -> Q:
        return Q(pk__isnull=False)  # everybody; an empty Q would vanish in an OR

    def _below(self, paths: list[str]) -> Q:
        return Q(pk__in=[])  # a vision has no department: only the whole organization's roles reach it


class Vision(Translated):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    code = code_field()
    statement = models.TextField(_("statement"))
    start = models.DateField(_("start"))
    end = models.DateField(_("end"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("vision")
        verbose_name_plural = _("visions")
        ordering = ["-start", "code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="vision_code_once"),
            models.CheckConstraint(condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="vision_dates"),
        ]

    def __str__(self) -> str:
        return self.code


class ObjectiveQuerySet(ScopedQuerySet["Objective"]):
    def shared_by_all(self) -> Q:
        return Q(department__isnull=True) | Q(level=Level.STRATEGIC)


class Objective(Translated):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    code = code_field()
    title = models.CharField(_("title"), max_length=500)
    description = models.TextField(_("description"), blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, default=Level.DEPARTMENT)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    vision = models.ForeignKey(Vision, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    start = models.DateField(_("start"))
    end = models.DateField(_("end"))
    perspective = models.CharField(_("perspective"), max_length=12, choices=Perspective.choices, blank=True)
    progress_mode = models.CharField(
        _("progress comes from"),
        max_length=6,
        choices=ProgressMode.choices,
        blank=True,
        help_text=_("Empty: its own KPIs when it has any, else the objectives that contribute to it."),
    )
    blend = models.DecimalField(
        _("share of its own KPIs in a blend"),
        max_digits=5,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    lifecycle = models.CharField(_("lifecycle"), max_length=9, choices=Lifecycle.choices, default=Lifecycle.ACTIVE)
    confidence = confidence_field()
    manual_progress = models.DecimalField(_("owner's figure"), max_digits=9, decimal_places=6, null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="objective_code_once"),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="objective_dates"),
            models.CheckConstraint(
                condition=Q(blend__isnull=True) | Q(blend__gte=0, blend__lte=1), name="objective_blend"
            ),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=100),
                name="objective_confidence",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "level", "code"], name="objective_by_level"),
            GinIndex(full_text("code", "title", "description"), name="objective_text"),  # the filter q
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def clean(self) -> None:
        if self.start and self.end and self.end < self.start:
            raise ValidationError({"end": ValidationError(_("The end lies before the start."), "dates")})
        if self.progress_mode == ProgressMode.BLEND and self.blend is None:
            raise ValidationError({"blend": ValidationError(_("A blend needs the share of its own KPIs."), "blend")})


class ObjectiveFigures(models.Model):
    """The narrow result table of the roll-up: one row per objective.

    `direct_*` is written by kpis, `delivery_own*` by initiatives, the rest by `objectives.services.roll_up` alone.
    `state`, `colour` and `rule` are what is shown, a status set by hand included; `computed_…` is what the engine says.
    A row with `stale_at` is a message: it waits to be rolled up. `announced` is False until alerts have looked.
    """

    objective = models.OneToOneField(Objective, on_delete=models.CASCADE, primary_key=True, related_name="figures")
    direct_progress = models.FloatField(null=True)
    direct_expected = models.FloatField(null=True)
    direct_coverage = models.FloatField(default=0)
    direct_state = models.CharField(max_length=17, choices=RollupState.choices, default=RollupState.NO_INPUT)
    direct_known = models.PositiveIntegerField(default=0)
    direct_total = models.PositiveIntegerField(default=0)
    direct_worst_colour = models.CharField(max_length=5, choices=Colour.choices, blank=True)
    direct_worst_code = models.CharField(max_length=100, blank=True)
    direct_worst_share = models.FloatField(default=0)
    delivery_own = models.FloatField(null=True)
    delivery_own_coverage = models.FloatField(default=0)
    delivery_own_total = models.PositiveIntegerField(default=0)

    progress = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    coverage = models.FloatField(default=0)
    roll_up_state = models.CharField(max_length=17, choices=RollupState.choices, default=RollupState.NO_INPUT)
    inputs_known = models.PositiveIntegerField(default=0)
    inputs_total = models.PositiveIntegerField(default=0)
    delivery = models.FloatField(null=True)
    state = models.CharField(max_length=15, choices=State.choices, default=State.NO_DATA)
    colour = models.CharField(max_length=5, choices=Colour.choices, default=Colour.GREY)
    rule = models.CharField(max_length=12, choices=Rule.choices, default=Rule.NO_INPUT)
    computed_state = models.CharField(max_length=15, choices=State.choices, default=State.NO_DATA)
    computed_colour = models.CharField(max_length=5, choices=Colour.choices, default=Colour.GREY)
    computed_rule = models.CharField(max_length=12, choices=Rule.choices, default=Rule.NO_INPUT)
    confidence_mean = models.FloatField(null=True)
    confidence_low = models.PositiveSmallIntegerField(null=True)
    confidence_low_code = models.CharField(max_length=100, blank=True)
    worst_colour = models.CharField(max_length=5, choices=Colour.choices, blank=True)
    worst_path = ArrayField(models.CharField(max_length=100), default=list)
    worst_share = models.FloatField(default=0)
    computed_on = models.DateField(null=True)
    changed_at = models.DateTimeField(null=True)
    stale_at = models.DateTimeField(null=True)
    announced = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("figures of an objective")
        verbose_name_plural = _("figures of objectives")
        indexes = [
            # used by roll_up to claim its messages
            models.Index(fields=["objective"], name="figures_stale", condition=Q(stale_at__isnull=False)),
            # used by alerts to claim what it has not compared yet
            models.Index(fields=["objective"], name="figures_unannounced", condition=Q(announced=False)),
        ]

    def __str__(self) -> str:
        return f"{self.objective_id}: {self.progress}"


class ContributionQuerySet(ScopedQuerySet["Contribution"]):
    path_field = "child__department__path"
    owner_fields = ()

    def shared_by_all(self) -> Q:
        return Q(child__department__isnull=True) | Q(child__level=Level.STRATEGIC)


class Contribution(models.Model):
    """Weighted edge child → parent. Only `contributes` with a weight above 0 counts in progress."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    child = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="contributions_up")
    parent = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="contributions_down")
    kind = models.CharField(_("kind"), max_length=11, choices=EdgeKind.choices, default=EdgeKind.CONTRIBUTES)
    weight = models.DecimalField(
        _("weight"), max_digits=14, decimal_places=6, default=Decimal(1), validators=[MinValueValidator(0)]
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["parent_id", "child_id"]
        constraints = [
            models.UniqueConstraint(fields=["child", "parent"], name="contribution_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="contribution_weight"),
            models.CheckConstraint(condition=~Q(child=F("parent")), name="contribution_not_itself"),
        ]
        indexes = [models.Index(fields=["organization", "parent"], name="contribution_of_parent")]

    def __str__(self) -> str:
        return f"{self.child_id} → {self.parent_id}"


class CheckIn(models.Model):
    """A dated statement of the owner on an objective."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="check_ins")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))
    confidence = confidence_field()
    previous_confidence = models.PositiveSmallIntegerField(null=True)
    progress = models.DecimalField(_("owner's figure"), max_digits=9, decimal_places=6, null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.objective_id} {self.at:%Y-%m-%d}"


class Override(models.Model):
    """A status set by hand (SEMANTICS §6): in force until its day is over, the next statement, or somebody ends it."""

    state = models.CharField(_("status"), max_length=15, choices=State.choices)
    colour = models.CharField(max_length=5, choices=Colour.choices)
    reason = models.TextField(_("reason"))
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(_("set"))
    expires_on = models.DateField(_("until"), null=True, blank=True)
    spoken_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    def clean(self) -> None:
        if not self.reason.strip():
            raise ValidationError({"reason": ValidationError(_("Say why the status is set by hand."), "required")})

    def is_over(self, spoken_at: datetime | None, today: date) -> bool:
        """Whether its day has passed, or something newer than what it stood beside was said at `spoken_at`."""
        if self.expires_on is not None and today > self.expires_on:
            return True
        return spoken_at is not None and (self.spoken_at is None or spoken_at > self.spoken_at)


class ObjectiveOverride(Override):
    """`spoken_at` is the latest check-in when it was set: the next one ends it."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="overrides")

    class Meta:
        verbose_name = _("status set by hand")
        verbose_name_plural = _("statuses set by hand")
        ordering = ["-set_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["objective"], condition=Q(ended_at__isnull=True), name="objective_override_one_in_force"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="objective_override_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.objective_id}: {self.state}"


class ObjectiveSnapshot(models.Model):
    """What the figures were at the end of a day (the last roll-up of that day in the organization's zone)."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="snapshots")
    day = models.DateField(_("day"))
    progress = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    coverage = models.FloatField(default=0)
    delivery = models.FloatField(null=True)
    confidence = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=15, choices=State.choices)
    colour = models.CharField(max_length=5, choices=Colour.choices)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["objective_id", "day"]
        constraints = [models.UniqueConstraint(fields=["objective", "day"], name="snapshot_once_a_day")]

    def __str__(self) -> str:
        return f"{self.objective_id} {self.day}"
