"""Words of the exchange of strategy files."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """Where an uploaded package stands. The first and the third wait for a worker."""

    UPLOADED = "uploaded", _("Being checked")
    CHECKED = "checked", _("Waiting for your confirmation")
    CONFIRMED = "confirmed", _("Being imported")
    DONE = "done", _("Imported")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    DISCARDED = "discarded", _("Discarded")


WAITING_STATES = frozenset({ImportState.UPLOADED, ImportState.CONFIRMED})
"""States in which the row is a message to a worker."""
