"""AlertGroup: what one owner has to look at in one branch. Deliveries speak of groups, never of single alerts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models import Department, Organization, User, code_field
from organization.scoping import ScopedQuerySet


class AlertGroupQuerySet(ScopedQuerySet["AlertGroup"]):
    path_field = "branch__path"

    def open(self) -> "AlertGroupQuerySet":
        return self.filter(ended_at__isnull=True)


class AlertGroup(models.Model):
    """Alerts that fire join the open group of their owner and branch; it ends when none of its alerts is open.

    `branch` is the department directly below the root of its tree (the root itself for what belongs there, null for
    what belongs to the whole organization). One message tells of all alerts of one `episode`, at `tell_at`: those that
    join until then belong to it, the next one opens the next episode (`alerts.grouping`).
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"), editable=False)
    code = code_field()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    branch = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    episode = models.PositiveIntegerField(_("message"), default=1)
    tell_at = models.DateTimeField(_("message due"))
    opened_at = models.DateTimeField(_("opened"))
    changed_at = models.DateTimeField(_("changed"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = AlertGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("group of alerts")
        verbose_name_plural = _("groups of alerts")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="alert_group_code_once"),
            models.UniqueConstraint(fields=["organization", "number"], name="alert_group_number_once"),
            models.UniqueConstraint(
                fields=["organization", "owner", "branch"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="alert_group_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.code
