"""The figures of past days, once they are computed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from organization.models import Organization


class PastFigures(models.Model):
    """The rows of one table of figures as known at a moment, packed as the database copies them.

    What was known then stays, so a row holds as long as the code computes alike: `engine` names the code that made it.
    Written and forgotten by `cmo_portal.past_figures` alone; whoever deletes it all loses nothing but time.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    engine = models.CharField(max_length=64)
    table = models.CharField(max_length=63)
    rows = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("figures of a past day")
        verbose_name_plural = _("figures of past days")
        constraints = [
            models.UniqueConstraint(fields=["organization", "at", "engine", "table"], name="past_figures_once")
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.at}"
