"""What is remembered of the readers; the subjects themselves belong to the other apps."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from organization.models import Organization, User


class Visit(models.Model):
    """Up to when a person has seen what changed in an organization."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(_("seen up to"))

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [models.UniqueConstraint(fields=["user", "organization"], name="visit_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.seen_at:%Y-%m-%d}"


class DigestTurn(models.Model):
    """The last day, where the person is, on which it was looked whether they get a digest: once a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(_("last day"), null=True)

    class Meta:
        verbose_name = _("turn of a digest")
        verbose_name_plural = _("turns of digests")
        constraints = [models.UniqueConstraint(fields=["user", "organization"], name="digest_turn_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"
