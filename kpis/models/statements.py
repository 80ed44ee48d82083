"""What people say about a KPI: a status in place of the computed one, a step change with its cause."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kpis.choices import Cause
from kpis.models.definitions import Kpi
from objectives.models import Override
from organization.models import User


class StatusOverride(Override):
    """`spoken_at` is when the value on screen was recorded: the next value ends it."""

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="overrides")

    class Meta:
        verbose_name = _("status set by hand")
        verbose_name_plural = _("statuses set by hand")
        ordering = ["-set_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kpi"], condition=Q(ended_at__isnull=True), name="kpi_override_one_in_force"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="kpi_override_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id}: {self.state}"


class StepChange(models.Model):
    """From this period on the process is another one: new limits begin. The cause has a name.

    `cause_code` is free text: of an initiative or a decision, here or in another system. `author` None is the system.
    """

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="step_changes")
    period = models.DateField(_("period"))
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices)
    cause_code = models.CharField(_("code"), max_length=100, blank=True)
    note = models.TextField(_("what changed"))
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("step change")
        verbose_name_plural = _("step changes")
        ordering = ["kpi_id", "period"]
        constraints = [
            models.UniqueConstraint(fields=["kpi", "period"], name="step_change_once"),
            models.CheckConstraint(condition=~Q(note=""), name="step_change_note"),
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.period}"
