"""Uploaded packages: each row is the message to the worker that checks or imports it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrations.choices import WAITING_STATES, ImportState
from organization.choices import Scope
from organization.models import Organization, User
from organization.scoping import ScopedQuerySet


class ImportJobQuerySet(ScopedQuerySet["ImportJob"]):
    owner_fields = ("author_id",)

    def shared_by_all(self) -> Q:
        return Q(pk__in=[])

    def _below(self, paths: list[str]) -> Q:
        return Q(pk__in=[])  # an import concerns the whole organization


class ImportJob(models.Model):
    """One uploaded package, from the check to the outcome.

    The worker holds the row while it works, so a worker that dies leaves it to the next one; what it has done so far
    vanishes with its transaction. `content` is emptied once it is not needed any more.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), null=True)
    language = models.CharField(_("language"), max_length=2, default="en")
    filename = models.CharField(_("file"), max_length=255)
    size = models.PositiveIntegerField(_("size"))
    content = models.BinaryField(default=b"")
    state = models.CharField(_("state"), max_length=9, choices=ImportState.choices, default=ImportState.UPLOADED)
    plan = models.JSONField(_("plan"), default=dict, blank=True)
    errors = models.JSONField(_("errors"), default=list, blank=True)
    error_count = models.PositiveIntegerField(_("number of errors"), default=0)
    message = models.TextField(_("message"), blank=True)
    created_at = models.DateTimeField(_("uploaded"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(state__in=ImportState.values), name="importjob_state")]
        indexes = [
            # used by run_next_import to claim its messages
            models.Index(fields=["id"], name="importjob_waiting", condition=Q(state__in=sorted(WAITING_STATES))),
            models.Index(fields=["organization", "-id"], name="importjob_of_organization"),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_waiting(self) -> bool:
        """Whether a worker has, or will have, something to do."""
        return self.state in WAITING_STATES


class ImportProgress(models.Model):
    """How far the worker has come. Written over a connection of its own: the import's transaction shows nothing yet."""

    job = models.OneToOneField(ImportJob, on_delete=models.CASCADE, primary_key=True, related_name="progress")
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    table = models.CharField(max_length=30, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("progress of an import")
        verbose_name_plural = _("progress of imports")

    def __str__(self) -> str:
        return f"{self.job_id} {self.table} {self.done}/{self.total}"
