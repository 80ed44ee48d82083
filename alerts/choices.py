"""Words of the conditions that are true now, of what becomes of them, and of who is told."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RuleKind(models.TextChoices):
    THRESHOLD = "threshold", _("Value beyond a threshold")
    COLOUR = "colour_change", _("Change of colour")
    VARIANCE = "variance", _("Variance beyond a threshold")
    SIGNAL = "signal", _("Signal of concern")
    FORECAST = "forecast_miss", _("Target likely to be missed")
    STALE = "staleness", _("Value out of date")
    CONFIDENCE = "confidence_drop", _("Drop of confidence")
    BUDGET = "budget_burn", _("Budget used ahead of progress")


class AlertState(models.TextChoices):
    PENDING = "pending", pgettext_lazy("alert", "Waiting")
    FIRING = "firing", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    RECOVERING = "recovering", _("Recovering")
    NO_DATA = "no_data", _("No data")
    ERROR = "error", pgettext_lazy("alert", "Cannot be judged")
    CLOSED = "closed", pgettext_lazy("alert", "Closed")
    RESOLVED = "resolved", _("Recovered")


class Outcome(models.TextChoices):
    """How an alert ended."""

    DECISION = "decision", _("Decision")
    ACTION = "action", _("Action")
    ACCEPTED = "accepted_deviation", _("Accepted deviation")
    RECOVERED = "recovered", _("Recovered")


class Severity(models.TextChoices):
    AMBER = "amber", _("At risk")
    RED = "red", _("Off track")
    DATA = "data", _("Data")


class ThresholdSide(models.TextChoices):
    """On which side of the threshold a value is bad; exactly at it is good."""

    ABOVE = "above", _("above")
    BELOW = "below", _("below")


class ChannelKind(models.TextChoices):
    IN_APP = "in_app", _("In the portal")
    EMAIL = "email", _("E-mail")
    WEBHOOK = "webhook", _("Webhook")
    SLACK = "slack", "Slack"
    TEAMS = "teams", "Teams"


class Rhythm(models.TextChoices):
    AT_ONCE = "at_once", _("At once")
    DIGEST = "digest", _("In the digest")


DIGEST_HOUR: Final = 7
"""When digests are sent on working days unless somebody says otherwise: of alerts in the organization's zone, of what
is due where the person is."""


class DueRhythm(models.TextChoices):
    """How often a person gets the digest of what is due from them."""

    DAILY = "daily", _("On working days")
    WEEKLY = "weekly", _("On Mondays")
    OFF = "off", _("Never")


class DeliveryReason(models.TextChoices):
    OPENED = "opened", _("New alerts")
    ESCALATED = "escalated", _("Escalated")
    DIGEST = "digest", _("Digest")
    TEST = "test", pgettext_lazy("delivery", "Test")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("delivery", "Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed, will be tried again")
    DEAD = "dead", _("Given up")
    MUTED = "muted", pgettext_lazy("delivery", "Muted")
    SKIPPED = "skipped", _("Nothing left to tell")


ENDPOINT_KINDS = [(kind.value, kind.label) for kind in (ChannelKind.WEBHOOK, ChannelKind.SLACK, ChannelKind.TEAMS)]
"""What an organization's channel can be; in the portal and by e-mail one reaches people."""

DUE_STATES = frozenset({DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.FAILED})
"""States of a delivery that is still to be sent (again)."""

REPEATABLE_STATES = frozenset({DeliveryState.FAILED, DeliveryState.DEAD, DeliveryState.MUTED})
"""States of a delivery that a person may send again."""

SHOWN_AS = {Severity.AMBER.value: "at_risk", Severity.RED.value: "off_track", Severity.DATA.value: "stale"}
"""The state that an open alert is drawn with."""

LEAST_SEVERITIES = [("amber", _("At risk")), ("red", _("Off track"))]
"""From which colour on a rule on colours fires."""

FIRED_STATES = frozenset({AlertState.FIRING, AlertState.ACKNOWLEDGED, AlertState.RECOVERING})

OPEN_STATES = FIRED_STATES | {AlertState.NO_DATA, AlertState.ERROR}
"""States in which an alert still asks for somebody."""

LIVE_STATES = OPEN_STATES | {AlertState.PENDING}
"""States in which there is no second alert of the same rule on the same subject."""

ENDED_STATES = frozenset({AlertState.CLOSED, AlertState.RESOLVED})

CLOSING_OUTCOMES = [choice for choice in Outcome.choices if choice[0] != Outcome.RECOVERED]
"""What a person may close an alert with; recovering is what the figures do."""

KPI_KINDS = frozenset(RuleKind) - {RuleKind.CONFIDENCE, RuleKind.BUDGET}
"""Kinds that watch KPIs."""

OBJECTIVE_KINDS = frozenset({RuleKind.COLOUR, RuleKind.CONFIDENCE})
"""Kinds that watch objectives."""

INITIATIVE_KINDS = frozenset({RuleKind.BUDGET})
"""Kinds that watch initiatives."""


def colour_of(severity: str) -> str:
    """The colour that an open alert is drawn with; "" = neutral: missing data are no bad performance."""
    return "" if severity == Severity.DATA else str(severity)
