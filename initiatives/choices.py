"""Words of the work that moves objectives."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    IDEA = "idea", _("Idea")
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    IN_PROGRESS = "in_progress", _("In progress")
    ON_HOLD = "on_hold", _("On hold")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class Declared(models.TextChoices):
    """The status its manager declares."""

    GREEN = "green", _("On track")
    AMBER = "amber", _("At risk")
    RED = "red", _("Off track")


DELIVERING_STAGES = frozenset({Stage.IN_PROGRESS, Stage.DONE})
"""Stages that enter the delivery progress of an objective: begun and neither stopped nor cancelled."""

NEXT_STAGES: dict[Stage, frozenset[Stage]] = {
    Stage.IDEA: frozenset({Stage.PROPOSED, Stage.CANCELLED}),
    Stage.PROPOSED: frozenset({Stage.IDEA, Stage.APPROVED, Stage.CANCELLED}),
    Stage.APPROVED: frozenset({Stage.IN_PROGRESS, Stage.ON_HOLD, Stage.CANCELLED}),
    Stage.IN_PROGRESS: frozenset({Stage.ON_HOLD, Stage.DONE, Stage.CANCELLED}),
    Stage.ON_HOLD: frozenset({Stage.IN_PROGRESS, Stage.CANCELLED}),
    Stage.DONE: frozenset({Stage.IN_PROGRESS}),
    Stage.CANCELLED: frozenset({Stage.IDEA}),
}
"""Transitions that a status update may make; the strategy office may set any stage."""
