"""Words of the measured quantities (SEMANTICS §1, §5, §8, §10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    MOVE = "move", _("From a baseline to a target by a date")
    PERIOD = "period", _("A target for each period")
    GUARDRAIL = "guardrail", _("Stay at or above, at or below")
    RANGE = "range", _("Stay between")
    UNSCORED = "unscored", _("Value only")


class Direction(models.TextChoices):
    UP = "up", _("Higher is better")
    DOWN = "down", _("Lower is better")


class Frequency(models.TextChoices):
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")
    YEARLY = "yearly", _("Yearly")


class TimeAggregation(models.TextChoices):
    SUM = "sum", _("Sum")
    MEAN = "mean", _("Mean")
    LAST = "last", _("Last value")
    MIN = "min", _("Lowest")
    MAX = "max", _("Highest")
    RATIO = "ratio", _("Ratio of the sums")
    NONE = "none", _("Not aggregated")


class UnitAggregation(models.TextChoices):
    SUM = "sum", _("Sum")
    MEAN = "mean", _("Mean")
    WEIGHTED_MEAN = "weighted_mean", _("Weighted mean")
    RATIO = "ratio", _("Ratio of the sums")
    MIN = "min", _("Lowest")
    MAX = "max", _("Highest")
    NONE = "none", _("Not aggregated")


class Trajectory(models.TextChoices):
    LINEAR = "linear", _("Linear")
    STEPPED = "stepped", _("Stepped")
    MILESTONES = "milestones", _("Through milestones")
    SEASONAL = "seasonal", _("Seasonal")
    COMPOUND = "compound", _("Compound growth")
    CUSTOM = "custom", _("As entered")


class Freshness(models.TextChoices):
    FRESH = "fresh", _("Fresh")
    DUE = "due", _("Due")
    LATE = "late", _("Late")
    STALE = "stale", _("Out of date")
    FINAL = "final", _("Final")
    NO_DATA = "no_data", _("No value yet")


class Flag(models.TextChoices):
    DEGENERATE = "degenerate", _("Target equals baseline")
    NO_DATA = "no_data", _("No value")
    REGRESSING = "regressing", _("Moving away from the target")
    BASELINING = "baselining", _("Baseline not known yet")
    MISSING = "missing", _("Closed period without a value")
    PARTIAL = "partial", _("Made of a part of its values")
    UNSEASONED = "unseasoned", _("No season known yet: a straight line instead")


class BatchState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("batch", "Not stored yet")
    APPLIED = "applied", pgettext_lazy("batch", "Stored")
    UNDONE = "undone", pgettext_lazy("batch", "Undone")
    DISCARDED = "discarded", pgettext_lazy("batch", "Discarded")


class RestatementState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("restatement", "Waiting for a second person")
    APPROVED = "approved", pgettext_lazy("restatement", "Approved")
    REJECTED = "rejected", pgettext_lazy("restatement", "Rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("restatement", "Withdrawn")


class Cause(models.TextChoices):
    INITIATIVE = "initiative", _("Initiative")
    DECISION = "decision", _("Decision")
    EVENT = "event", _("Event")


class Source(models.TextChoices):
    """Who speaks in a measurement besides machines and pages: the engine itself."""

    FORMULA = "formula", _("Worked out by a formula")
    PARTS = "parts", _("Summed up from its parts")


COMPUTED = frozenset({Source.FORMULA.value, Source.PARTS.value})
"""Sources of values that nobody enters: they follow other KPIs' values."""
