"""Words of the strategy graph and of every status (SEMANTICS §5–6, §9)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Colour(models.TextChoices):
    GREEN = "green", _("Green")
    AMBER = "amber", _("Amber")
    RED = "red", _("Red")
    GREY = "grey", _("Grey")


class State(models.TextChoices):
    """What a status says. The look of a colour lives in CSS only."""

    ON_TRACK = "on_track", _("On track")
    AT_RISK = "at_risk", _("At risk")
    OFF_TRACK = "off_track", _("Off track")
    ACHIEVED = "achieved", _("Achieved")
    PARTLY_ACHIEVED = "partly_achieved", _("Partly achieved")
    MISSED = "missed", _("Missed")
    TOO_EARLY = "too_early", _("Too early to tell")
    NO_TARGET = "no_target", _("No target")
    NO_DATA = "no_data", _("No data")
    STALE = "stale", _("Out of date")
    NOT_STARTED = "not_started", _("Not started")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", _("Cancelled")


class Rule(models.TextChoices):
    """Which rule of SEMANTICS §6 decided a status; the first match wins."""

    LIFECYCLE = "lifecycle", _("Paused or cancelled")
    NOT_STARTED = "not_started", _("The start date lies ahead")
    NO_TARGET = "no_target", _("There is no target to compare with")
    NO_DATA = "no_data", _("No value has arrived yet")
    STALE = "stale", _("The last value is too old")
    OVERRIDE = "override", _("Set by hand")
    TOO_EARLY = "too_early", _("Less than one update period has passed")
    OUTCOME = "outcome", _("The end date has passed")
    PACE = "pace", _("Progress against what is expected today")
    BAND = "band", _("Attainment of the target")
    ACHIEVED = "achieved", _("On target or better")
    COVERAGE = "coverage", _("Too few inputs are known")
    NO_INPUT = "no_input", _("Nothing feeds this figure yet")
    NO_PLAN = "no_plan", _("There is no dated plan to compare with")
    BASELINING = "baselining", _("The baseline is not known yet")


class RollupState(models.TextChoices):
    """Whether a roll-up yields a figure (SEMANTICS §9)."""

    OK = "ok", _("Known")
    INSUFFICIENT_DATA = "insufficient_data", _("Too little data")
    NO_INPUT = "no_input", _("No input")


class Level(models.TextChoices):
    STRATEGIC = "strategic", _("Strategic")
    DEPARTMENT = "department", _("Department")
    TEAM = "team", _("Team")
    INDIVIDUAL = "individual", _("Individual")


class Perspective(models.TextChoices):
    FINANCIAL = "financial", _("Financial")
    CUSTOMER = "customer", _("Customer")
    PROCESS = "process", _("Process")
    LEARNING = "learning", _("Learning and growth")
    ENVIRONMENT = "environment", _("Environment")
    SOCIAL = "social", _("Social")
    GOVERNANCE = "governance", _("Governance")


class ProgressMode(models.TextChoices):
    DIRECT = "direct", _("Its own KPIs")
    ROLLUP = "rollup", _("Contributing objectives")
    BLEND = "blend", _("Both, blended")
    MANUAL = "manual", _("The owner's figure")


class Lifecycle(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", _("Cancelled")
    CLOSED = "closed", _("Closed")


class EdgeKind(models.TextChoices):
    CONTRIBUTES = "contributes", _("Contributes to")
    SUPPORTS = "supports", _("Supports")
    HARMS = "harms", _("Harms")
