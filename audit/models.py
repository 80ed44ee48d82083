"""The ledger: what was done, by whom, with the state before and after."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One audit row. Append-only: the database refuses update and delete (migration 0002)."""

    organization_id = models.BigIntegerField(_("organization"), null=True)
    actor_id = models.BigIntegerField(_("actor"), null=True)
    actor_label = models.CharField(_("actor"), max_length=254)
    verb = models.CharField(_("verb"), max_length=64)
    subject_type = models.CharField(_("kind of subject"), max_length=64)
    subject_code = models.CharField(_("subject"), max_length=200)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    at = models.DateTimeField(_("at"))
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organization_id", "-id"], name="event_of_organization"),
            models.Index(fields=["organization_id", "subject_type", "subject_code", "-id"], name="event_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_code}"
