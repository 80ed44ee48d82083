"""Words of the conditions that are true now."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RuleKind(models.TextChoices):
    COLOUR = "colour_change", _("Change of colour")
    VARIANCE = "variance", _("Variance beyond a threshold")
    STALE = "staleness", _("Value out of date")


class AlertState(models.TextChoices):
    FIRING = "firing", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    CLOSED = "closed", pgettext_lazy("alert", "Closed")
    RESOLVED = "resolved", _("Recovered")


class Severity(models.TextChoices):
    AMBER = "amber", _("At risk")
    RED = "red", _("Off track")
    DATA = "data", _("Data")


LEAST_SEVERITIES = [("amber", _("At risk")), ("red", _("Off track"))]
"""From which colour on a rule on colours fires."""

OPEN_STATES = frozenset({AlertState.FIRING, AlertState.ACKNOWLEDGED})
"""States in which an alert still asks for somebody."""
